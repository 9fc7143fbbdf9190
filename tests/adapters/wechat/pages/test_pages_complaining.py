"""What followers post of complaints: once, of their own alone, and as far as the case still takes it."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, literal_column, select, text

from adapters.wechat.pages import learning
from adapters.wechat.pages.complaint_copies import complaints_of
from adapters.wechat.pages.session import mint_session
from adapters.wechat.pages.tables import complaint, complaint_step, complaint_word, consent
from chassis.tables import outbox
from contracts.complaints import (
    AddToComplaint,
    AnswerSurvey,
    ComplaintProgressed,
    ComplaintReopened,
    ComplaintSurveyRequested,
    ReopenComplaint,
    SubmitComplaint,
    WithdrawComplaint,
)
from tests.adapters.wechat.pages.conftest import FOLLOWER, KEY, NOW, STRANGER, VAULT, a_complaint
from tests.adapters.wechat.pages.news import COMPLAINED_AT, COMPLAINT, SURVEY, VEHICLE, binding_news, closed_news, complaint_news

PHOTO = {"file_id": str(UUID(int=900)), "media_id": "wx-media-1", "kind": "photo"}
WHO = {"name": "张伟", "mobile": "138 0013 8000"}
ADD, WITHDRAW, REOPEN, ANSWER = (f"/api/complaints/{COMPLAINT}/{what}" for what in ("add", "withdraw", "reopen", "survey"))


@pytest.fixture
def agreed(database):
    row = {"follower_id": FOLLOWER, "text_version": "1", "granted": True, "at": 0}
    with database.write() as tx:
        tx.execute(insert(consent).values([row, row | {"follower_id": STRANGER}]))


@pytest.fixture
def hear(database):
    def learn(*news):
        for one in news:
            with database.write() as tx:
                learning.learn_of_complaint(tx, one)

    return learn


@pytest.fixture
def with_car(database):
    with database.write() as tx:
        learning.learn_of_car(tx, binding_news())


def told(database, kind):
    with database.read() as connection:
        bodies = [json.loads(row.body) for row in connection.execute(select(outbox).order_by(outbox.c.number))]
    return [body["data"] for body in bodies if body["type"] == kind.type_name()]


def words(database):
    with database.read() as connection:
        return connection.execute(select(complaint_word).order_by(complaint_word.c.at)).all()


def form(**changed):
    return a_complaint(text_version="1", **changed)


def say(phone, path, **body):
    return phone.post(path, {"id": str(uuid4())} | body)


def test_a_complaint_is_passed_on_with_everything_that_was_said(phone, database, agreed, with_car):
    posted = form(vehicle_id=str(VEHICLE), dealer_code="D001", wanted_type="service", files=[PHOTO])

    answer = phone.complain(posted)

    assert (answer.status_code, answer.json()["id"]) == (202, posted["id"])
    (wish,) = told(database, SubmitComplaint)
    assert VAULT.unseal("complaint_text", wish["text"]) == "刚保养完，刹车就有异响。"
    assert VAULT.unseal("complaint_text", wish["demand"]) == "请免费返修。"
    assert (wish["complaint_id"], wish["follower_id"], wish["account"]) == (posted["id"], str(FOLLOWER), "main")
    assert (wish["vehicle_id"], wish["dealer_code"], wish["wanted_type"]) == (str(VEHICLE), "D001", "service")
    assert wish["files"] == [PHOTO]


def test_the_same_complaint_again_is_one(phone, database, agreed, with_car):
    posted = form()

    answers = [phone.complain(posted) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [202] * 3
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true", "true"]
    assert len(told(database, SubmitComplaint)) == len(words(database)) == 1


def test_the_same_id_with_other_words_is_refused(phone, database, agreed, with_car):
    posted = form()
    phone.complain(posted)

    answer = phone.complain(posted | {"text": "别的事"})

    assert (answer.status_code, answer.json()["code"]) == (409, "another_body")
    assert len(told(database, SubmitComplaint)) == 1


def test_who_has_bound_no_car_says_how_to_be_reached(phone, database, agreed):
    without, with_both = phone.complain(form()), phone.complain(form(**WHO))

    assert (without.status_code, [one["field"] for one in without.json()["problems"]]) == (400, ["name", "mobile"])
    assert with_both.status_code == 202
    (wish,) = told(database, SubmitComplaint)
    assert (VAULT.unseal("name", wish["name"]), VAULT.unseal("mobile", wish["mobile"])) == ("张伟", "13800138000")


def test_a_mobile_that_is_none_is_refused_whoever_gives_it(phone, database, agreed, with_car):
    answer = phone.complain(form(mobile="12345"))

    assert (answer.status_code, answer.json()["field"], answer.json()["code"]) == (400, "mobile", "mobile_form")
    assert told(database, SubmitComplaint) == []


def test_without_consent_nothing_is_taken(phone, database, with_car):
    never, old = phone.complain(form()), phone.complain(a_complaint(text_version="0"))

    assert [(answer.status_code, answer.json()["code"]) for answer in (never, old)] == [(403, "consent_missing")] * 2
    assert words(database) == []


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t", "\u202e"])
def test_a_complaint_says_something(phone, database, agreed, with_car, nothing):
    answer = phone.complain(form(text=nothing))

    assert (answer.status_code, answer.json()["field"]) == (400, "text")
    assert words(database) == []


def test_anothers_car_is_no_car(phone, database, agreed, with_car):
    stranger = mint_session(KEY, STRANGER, "main")

    answer = phone.complain(form(vehicle_id=str(VEHICLE), **WHO), session=stranger)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_car")


@pytest.mark.parametrize("whose", [FOLLOWER, STRANGER])
def test_a_case_that_is_known_already_is_not_complained_of_anew(phone, database, agreed, hear, whose):
    hear(complaint_news(follower_id=whose))

    answer = phone.complain(form(id=str(COMPLAINT), **WHO))

    assert answer.status_code == 404
    assert told(database, SubmitComplaint) == []


def test_more_than_nine_files_are_refused(phone, agreed, with_car):
    answer = phone.complain(form(files=[PHOTO | {"file_id": str(uuid4())} for _ in range(10)]))

    assert (answer.status_code, answer.json()["field"]) == (400, "files")


@pytest.mark.parametrize("media_id", ["", "a b", "x" * 129, "照片"])
def test_what_is_no_media_id_is_refused(phone, agreed, with_car, media_id):
    answer = phone.complain(form(files=[PHOTO | {"media_id": media_id}]))

    assert (answer.status_code, answer.json()["field"].split(".")[0]) == (400, "files")


def test_nothing_that_was_said_can_be_read_in_the_tables(phone, database, agreed, hear):
    hear(complaint_news(ComplaintProgressed, "contact", said="李经理会给您打电话"))
    phone.complain(form(**WHO))
    say(phone, ADD, text="再补充一点")

    with database.read() as connection:
        tables = (complaint, complaint_step, complaint_word, outbox)
        as_kept = [select(literal_column("*")).select_from(text(table.name)) for table in tables]
        rows = "".join(str(tuple(row)) for every in as_kept for row in connection.execute(every))
    assert len(words(database)) == 2
    assert [word for word in ("异响", "返修", "补充", "李经理", "13800138000", "张伟") if word in rows] == []


def test_more_can_be_added_as_long_as_it_is_open(phone, database, hear):
    hear(complaint_news())

    open_ = [say(phone, ADD, text="再补充一点", files=[PHOTO]).status_code, say(phone, ADD, files=[PHOTO]).status_code]
    hear(closed_news())
    late = say(phone, ADD, text="太晚了")

    assert open_ == [202, 202]
    assert (late.status_code, late.json()["code"]) == (409, "closed")
    first, second = told(database, AddToComplaint)
    assert VAULT.unseal("complaint_text", first["text"]) == "再补充一点"
    assert first["addition_id"] != second["addition_id"]
    assert second["files"] == [PHOTO]


def test_an_addition_without_anything_is_none(phone, database, hear):
    hear(complaint_news())

    assert say(phone, ADD, text="  ").status_code == 400
    assert told(database, AddToComplaint) == []


def test_a_complaint_is_added_to_and_taken_back_before_there_is_any_news_of_it(phone, database, agreed, with_car):
    posted = form()
    phone.complain(posted)

    answers = [
        say(phone, f"/api/complaints/{posted['id']}/{what}", **body).status_code
        for what, body in (("add", {"text": "x"}), ("withdraw", {}))
    ]

    assert answers == [202, 202]
    assert len(told(database, AddToComplaint)) == len(told(database, WithdrawComplaint)) == 1


def test_it_is_taken_back_once_until_there_is_news(phone, database, hear):
    hear(complaint_news(ComplaintProgressed, "accept", 3, state="accepted", shown="handling"))

    first, second = say(phone, WITHDRAW, reason="已经解决"), say(phone, WITHDRAW)
    hear(complaint_news(ComplaintProgressed, "withdraw", 4, state="closure_proposed"))
    while_it_waits = say(phone, WITHDRAW)
    hear(complaint_news(ComplaintProgressed, "refuse_closure", 5, state="executing"))
    anew = say(phone, WITHDRAW)

    assert [one.status_code for one in (first, second, while_it_waits, anew)] == [202, 409, 409, 202]
    assert [VAULT.unseal("complaint_text", one["reason"]) if one["reason"] else "" for one in told(database, WithdrawComplaint)] == [
        "已经解决",
        "",
    ]


def test_what_is_closed_is_reopened_within_its_days_and_counted(phone, database, hear):
    hear(closed_news(reopened_count=1))

    first, second = say(phone, REOPEN, text="还是有异响"), say(phone, REOPEN, text="还是有异响")
    hear(complaint_news(ComplaintReopened, "reopen", 6, state="reopened", reopened_count=2))
    while_open = say(phone, REOPEN, text="又来")

    assert [one.status_code for one in (first, second, while_open)] == [202, 409, 409]
    (wish,) = told(database, ReopenComplaint)
    assert (wish["reopening_no"], VAULT.unseal("complaint_text", wish["text"])) == (2, "还是有异响")


@pytest.mark.parametrize("until", [None, NOW - timedelta(seconds=1), NOW])
def test_after_its_days_nothing_is_reopened(phone, database, hear, until):
    hear(closed_news(reopen_until=until))

    assert say(phone, REOPEN, text="太晚了").status_code == 409
    assert told(database, ReopenComplaint) == []


def test_a_reopening_says_why(phone, database, hear):
    hear(closed_news())

    answer = say(phone, REOPEN, text=" ")

    assert (answer.status_code, answer.json()["field"]) == (400, "text")


def test_a_survey_is_answered_once(phone, database, hear):
    hear(closed_news(), complaint_news(ComplaintSurveyRequested, "request_survey", 6, state="closed", survey_id=SURVEY))

    first = say(phone, ANSWER, survey_id=str(SURVEY), score=4, comment="还行")
    second = say(phone, ANSWER, survey_id=str(SURVEY), score=1)
    another = say(phone, ANSWER, survey_id=str(uuid4()), score=1)

    assert [one.status_code for one in (first, second, another)] == [202, 409, 409]
    (wish,) = told(database, AnswerSurvey)
    assert (wish["survey_id"], wish["score"], VAULT.unseal("complaint_text", wish["comment"])) == (str(SURVEY), 4, "还行")


@pytest.mark.parametrize("score", [0, 6, None, "5"])
def test_a_score_is_one_to_five(phone, hear, score):
    hear(closed_news(survey_id=SURVEY))

    answer = say(phone, ANSWER, survey_id=str(SURVEY), score=score)

    assert (answer.status_code, answer.json()["field"]) == (400, "score")


@pytest.mark.parametrize(
    ("path", "body"),
    [(ADD, {"text": "x"}), (WITHDRAW, {}), (REOPEN, {"text": "x"}), (ANSWER, {"survey_id": str(SURVEY), "score": 5})],
)
def test_a_strangers_wish_changes_nothing(phone, database, hear, path, body):
    hear(complaint_news(), closed_news(2, survey_id=SURVEY))

    answer = phone.post(path, {"id": str(uuid4())} | body, session=mint_session(KEY, STRANGER, "main"))

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_complaint")
    assert words(database) == []


def test_whether_the_page_shows_the_present_is_asked_by_its_version(phone, agreed, with_car, hear):
    posted = form(id=str(COMPLAINT))
    phone.complain(posted)

    before = phone.get(f"/api/complaints/{COMPLAINT}").json()
    hear(complaint_news())
    after = phone.get(f"/api/complaints/{COMPLAINT}").json()

    assert (before["version"], before["number"], before["state"]) == (0, "", None)
    assert (after["version"], after["number"], after["state"]) == (1, "TS2603020001", "received")


def test_news_of_a_case_that_is_no_followers_is_not_kept(database, hear):
    hear(complaint_news(follower_id=None, said="给您答复"))

    with database.read() as connection:
        assert connection.execute(select(complaint)).all() == connection.execute(select(complaint_step)).all() == []


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_a_case_that_was_parted_from_a_follower_is_not_theirs_to_see_in_whatever_order_news_comes(phone, database, hear, order):
    news = [
        complaint_news(),
        complaint_news(ComplaintProgressed, "unmatch", 2, follower_id=None),
        complaint_news(ComplaintProgressed, "contact", 3, follower_id=None, said="我们在核实"),
    ]

    hear(*(news[place] for place in order))

    assert phone.get(f"/api/complaints/{COMPLAINT}").status_code == 404
    with database.read() as connection:
        assert complaints_of(connection, FOLLOWER) == []


def test_in_whatever_order_news_comes_the_highest_version_stands_and_every_step_is_there(phone, database, hear):
    steps = [
        complaint_news(),
        complaint_news(ComplaintProgressed, "contact", 2, said="我们在核实"),
        complaint_news(ComplaintProgressed, "accept", 3, state="assigned"),
        closed_news(4),
    ]

    hear(*(steps[place] for place in (3, 1, 0, 2, 1, 3)))

    assert phone.get(f"/api/complaints/{COMPLAINT}").json()["version"] == 4
    with database.read() as connection:
        found = connection.execute(select(complaint_step).order_by(complaint_step.c.version)).all()
    assert [(row.version, row.step, row.said) for row in found] == [
        (1, "receive", None),
        (2, "contact", "我们在核实"),
        (3, "accept", None),
        (4, "approve_closure", None),
    ]
    assert found[0].at == int((COMPLAINED_AT + timedelta(minutes=10)).timestamp() * 1000)


def test_steps_among_staff_are_not_kept(database, hear):
    hear(
        *(complaint_news(ComplaintProgressed, step, number) for number, step in enumerate(("note", "set_deadline", "pause", "escalate"), 1))
    )

    with database.read() as connection:
        assert connection.execute(select(complaint_step)).all() == []
