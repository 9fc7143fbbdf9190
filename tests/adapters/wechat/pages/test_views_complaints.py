"""What a follower sees of what they complained of (A-CMP-35): the form, the list, one case in plain words, and what can be done with it."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from adapters.wechat.pages.complaint_copies import MOST_COMPLAINTS, ComplaintCopy, Happened, Said, Word
from adapters.wechat.pages.complaint_sayings import _ENDS, happened_words, saying_of_complaint
from adapters.wechat.pages.session import mint_session
from contracts.complaint_words import CloseReason, FollowerState
from contracts.complaints import (
    ComplaintAssigned,
    ComplaintFiled,
    ComplaintJudged,
    ComplaintProgressed,
    ComplaintReopened,
    ComplaintSurveyRequested,
)
from tests.adapters.wechat.pages.conftest import KEY, NOW, STRANGER, a_complaint
from tests.adapters.wechat.pages.news import COMPLAINT, NUMBER, SURVEY, VEHICLE, binding_news, closed_news, complaint_news, dealer_news
from tests.adapters.wechat.pages.showing import CONSENT, Shown, showing, stand_in_for_weui

PAGE = f"/complaints/{COMPLAINT}"
LATER = NOW + timedelta(hours=3, minutes=30)
"""Of the day of NOW: half past two in the afternoon."""


@pytest.fixture
def shown(database, tmp_path) -> Iterator[Shown]:
    with showing(database, stand_in_for_weui(tmp_path / "assets")) as pages:
        pages.agree()
        yield pages


def complain(shown: Shown, **changed) -> None:
    form = a_complaint(id=str(COMPLAINT), text_version=CONSENT, name="张伟", mobile="13800138000", **changed)
    assert shown.phone.complain(form).status_code == 202


def say(shown: Shown, what: str, **body) -> int:
    return shown.phone.post(f"/api/complaints/{COMPLAINT}/{what}", {"id": str(uuid4())} | body).status_code


def lines(page) -> list[str]:
    return [element.text for element in page.all("li") if "data-no" not in element.attributes]


def test_the_form_asks_for_consent_first_and_leads_back_to_it(shown):
    answer = shown.phone.get("/complaints/new", session=mint_session(KEY, STRANGER, "main"))
    consent = shown.see(answer.headers["Location"], follower=STRANGER)

    assert answer.headers["Location"] == "/consent?next=/complaints/new"
    assert consent.one("form")["data-then"] == "/complaints/new"
    assert "绑定车辆前" not in consent.text
    assert "照片和语音" in consent.text


def test_who_has_bound_no_car_leaves_a_name_and_a_mobile(shown):
    page = shown.see("/complaints/new")

    assert [element["name"] for element in page.all("input", type="text") + page.all("input", type="tel")] == ["name", "mobile"]
    assert page.all("input", name="vehicle_id") == []


def test_who_has_bound_a_car_chooses_it_or_none_and_leaves_nothing(shown):
    shown.hear(binding_news(), dealer_news(), dealer_news(dealer_code="D002", name="渝中服务店"))

    page = shown.see("/complaints/new")

    assert page.all("input", name="name") == page.all("input", name="mobile") == []
    cars = page.all("input", name="vehicle_id")
    assert [(car["value"], "checked" in car.attributes) for car in cars] == [(str(VEHICLE), True), ("", False)]
    assert [dealer["value"] for dealer in page.all("option")] == ["", "D001", "D002"]
    assert page.one("fieldset", data_files="9").attributes.get("hidden") is not None


def test_what_was_just_sent_is_there_at_once_and_waits_for_its_number(shown):
    complain(shown)

    page = shown.see(PAGE)

    assert page.heading == "我们收到了"
    assert page.one("main")["data-poll"] == f"/api/complaints/{COMPLAINT}"
    assert (page.one("main")["data-version"], page.one("main")["data-state"]) == ("0", "null")
    assert "刚保养完，刹车就有异响。" in page.text
    assert "希望：请免费返修。" in page.text
    assert NUMBER not in page.text


def test_the_acknowledgement_has_the_number_and_by_when(shown):
    complain(shown)
    shown.hear(complaint_news(expected_at=LATER))

    page = shown.see(PAGE)

    assert page.heading == "您反映的问题已登记"
    assert NUMBER in page.text
    assert "我们会在今天 14:30 前与您联系。" in page.text
    assert page.one("main")["data-state"] == "received"


@pytest.mark.parametrize(
    ("news", "title", "then"),
    [
        (complaint_news(ComplaintFiled, "file", 2, state="filed", expected_at=LATER), "正在核实您反映的情况", "会在今天 14:30 前答复您"),
        (complaint_news(ComplaintAssigned, "assign", 3, state="assigned"), "正在处理", "有进展马上告诉您"),
        (complaint_news(ComplaintAssigned, "assign", 3, state="assigned", expected_at=NOW), "正在处理", "已超过我们答应您的时间"),
        (complaint_news(ComplaintJudged, "reply_invalid", 3, state="closed_invalid"), "我们已经答复您", "答复就在下面"),
        (complaint_news(ComplaintProgressed, "x", 3, state="disputed"), "正在处理", "专人正在跟进"),
        (closed_news(), "问题已解决", "谢谢您的耐心"),
        (closed_news(close_reason="withdrawn"), "已按您的要求结束", "不再处理"),
        (closed_news(close_reason="accepted_pending"), "方案已与您商定", "再次跟进"),
        (closed_news(close_reason="not_supported"), "已给您答复", "没能满足"),
    ],
)
def test_how_it_stands_is_said_in_plain_words(shown, news, title, then):
    shown.hear(news)

    page = shown.see(PAGE)

    assert page.heading == title
    assert then in page.text


def test_every_state_and_every_reason_has_its_words():
    assert set(_ENDS) == set(CloseReason)
    for state in FollowerState:
        news = complaint_news(shown=state)
        assert saying_of_complaint(ComplaintCopy(COMPLAINT, news), NOW).title


def test_the_history_tells_what_was_answered_and_what_the_follower_said_and_nothing_else(shown):
    complain(shown)
    shown.hear(
        complaint_news(),
        complaint_news(ComplaintProgressed, "note", 2),
        complaint_news(ComplaintProgressed, "contact", 3, said="服务经理明天上午给您打电话。\n请留意接听。"),
    )
    say(shown, "add", text="补充：右前轮", files=[{"file_id": str(UUID(int=1)), "media_id": "m1", "kind": "photo"}])

    page = shown.see(PAGE)

    assert lines(page) == [
        "您补充了补充：右前轮照片 1：正在接收……3月2日 周一 上午11:00",
        "您提交了刚保养完，刹车就有异响。希望：请免费返修。3月2日 周一 上午11:00",
        "给您的答复服务经理明天上午给您打电话。 请留意接听。3月2日 周一 上午10:30",
        "已登记3月2日 周一 上午10:10",
    ]


def test_an_open_one_can_be_added_to_and_withdrawn_after_a_question(shown):
    shown.hear(complaint_news())

    page = shown.see(PAGE)

    assert page.links()["补充情况"] == f"{PAGE}/add"
    assert page.one("button", data_ask="withdraw").text == "不用处理了，撤回"
    (question,) = [form for form in page.all("form") if form["data-send"].endswith("/withdraw")]
    assert question["data-send"] == f"/api{PAGE}/withdraw"
    assert shown.see(f"{PAGE}/add").one("form")["data-then"] == PAGE


def test_a_withdrawal_shows_at_once_and_is_not_offered_again(shown):
    shown.hear(complaint_news())
    say(shown, "withdraw", reason="已经解决")

    page = shown.see(PAGE)

    assert page.heading == "撤回申请已收到"
    assert "您要求撤回已经解决" in lines(page)[0]
    assert page.all("button", data_ask="withdraw") == []


def test_a_closed_one_can_be_objected_to_for_some_days(shown):
    shown.hear(closed_news())

    page = shown.see(PAGE)
    form = shown.see(f"{PAGE}/reopen")

    assert "您可以在 3月17日 周二 上午10:00 前告诉我们" in page.text
    assert page.links()["请重新处理"] == f"{PAGE}/reopen"
    assert form.one("form")["data-send"] == f"/api{PAGE}/reopen"
    assert "补充情况" not in page.links()


def test_an_objection_shows_at_once(shown):
    shown.hear(closed_news())
    say(shown, "reopen", text="还是有异响")

    page = shown.see(PAGE)

    assert page.heading == "您的意见已收到"
    assert "请重新处理" not in page.links()
    assert page.one("main")["data-poll"]


def test_one_that_was_taken_up_again_is_open_again(shown):
    shown.hear(closed_news())
    say(shown, "reopen", text="还是有异响")
    shown.hear(complaint_news(ComplaintReopened, "reopen", 6, state="reopened", reopened_count=1))

    page = shown.see(PAGE)

    assert page.heading == "正在处理"
    assert page.links()["补充情况"]


def test_a_survey_that_waits_is_the_next_step_until_it_is_answered(shown):
    shown.hear(closed_news(), complaint_news(ComplaintSurveyRequested, "request_survey", 6, state="closed", survey_id=SURVEY))

    before, form = shown.see(PAGE), shown.see(f"{PAGE}/survey")
    say(shown, "survey", survey_id=str(SURVEY), score=2, comment="等得太久")
    after = shown.see(PAGE)

    assert before.links()["评价处理结果"] == f"{PAGE}/survey"
    assert [element["value"] for element in form.all("input", name="score")] == ["5", "4", "3", "2", "1"]
    assert form.one("input", name="survey_id")["value"] == str(SURVEY)
    assert "评价处理结果" not in after.links()
    assert any(line.startswith("您的评价：2 分，不满意等得太久") for line in lines(after))


@pytest.mark.parametrize("what", ["add", "reopen", "survey"])
def test_a_page_for_what_cannot_be_done_leads_back_to_how_it_stands(shown, what):
    shown.hear(closed_news(reopen_until=None))

    answer = shown.phone.get(f"{PAGE}/{what}")

    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)


def test_the_list_has_what_is_open_first_and_is_the_followers_alone(shown):
    complain(shown)
    shown.hear(
        closed_news(complaint_id=UUID(int=1), number="TS1"), complaint_news(complaint_id=UUID(int=2), number="TS2", follower_id=STRANGER)
    )

    mine, theirs = shown.see("/complaints"), shown.see("/complaints", follower=STRANGER)

    assert mine.text.index("刚保养完") < mine.text.index("以前的") < mine.text.index("TS1")
    assert "TS2" not in mine.text
    assert "TS2" in theirs.text
    assert "刚保养完" not in theirs.text


def test_an_old_one_behind_many_others_is_still_what_it_is(shown):
    complain(shown)
    shown.hear(closed_news(1))
    shown.hear(*(closed_news(9, complaint_id=UUID(int=1000 + number), number=f"TS{number}") for number in range(MOST_COMPLAINTS)))

    page = shown.see("/complaints")

    assert "提交中" not in page.text
    assert NUMBER in page.text


def test_home_shows_what_is_being_handled_and_leads_to_all_of_it(shown):
    shown.hear(complaint_news(), closed_news(complaint_id=UUID(int=1), number="TS1"))

    without_car = shown.see("/")
    shown.hear(binding_news())
    with_car = shown.see("/")

    for page in (without_car, with_car):
        assert NUMBER in page.text
        assert "TS1" not in page.text
        assert page.links()["投诉与建议"] == "/complaints"


def test_a_case_told_on_the_phone_is_shown_too(shown):
    shown.hear(complaint_news(channel="call_centre_phone", type="quality", dealer_code="D001"), dealer_news())

    page, listed = shown.see(PAGE), shown.see("/complaints")

    assert "江北服务店" in page.text
    assert "车辆质量" in listed.text


def test_everything_is_said_in_english_too(shown):
    complain(shown)
    shown.hear(complaint_news(expected_at=LATER), complaint_news(ComplaintProgressed, "contact", 2, said="We call you."))

    page = shown.see(PAGE, lang="en")

    assert page.heading == "What you told us is recorded"
    chinese = "".join(
        letter for letter in page.text.replace("刚保养完，刹车就有异响。", "").replace("请免费返修。", "") if "一" <= letter <= "鿿"
    )
    assert chinese == ""


def test_a_wish_is_waited_for_until_news_comes_after_it():
    def copy(version, wished_at):
        return ComplaintCopy(COMPLAINT, complaint_news(version=version), (Said("withdraw", wished_at, Word(), NOW),))

    assert [copy(3, wished_at).awaits("withdraw") for wished_at in (2, 3)] == [False, True]


def test_steps_that_only_staff_know_say_no_more_than_that_there_is_an_answer():
    assert {happened_words(Happened(1, step, "x", NOW)) for step in ("contact", "judge_invalid", "escalate")} == {"给您的答复"}
