"""What a follower reads of a complaint: that it was taken in, that there is an answer, that it is over, and how content they are."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from adapters.wechat.sender.translate import message_of
from chassis.errors import Unavailable
from chassis.settings import load
from contracts.complaint_words import FollowerState, State
from contracts.complaints import (
    ComplaintAssigned,
    ComplaintClosed,
    ComplaintDisputed,
    ComplaintFiled,
    ComplaintJudged,
    ComplaintProgressed,
    ComplaintReceived,
    ComplaintReopened,
    ComplaintSurveyRequested,
)
from contracts.sms import SendSms, SmsRefused
from contracts.wechat import FollowerUnsubscribed, PushReceived, SendTemplate, TemplateRefused
from services.messaging import complaining
from services.messaging.service import TRIES_FOR_CONTACT, MessagingService
from tests.services.house import ROOT, House, Times
from tests.services.messaging.builders import FOLLOWER, a_binding, pushed

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
COMPLAINT, SURVEY = UUID(int=7), UUID(int=8)
EXPECTED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LONGEST_PHRASE, LONGEST_THING = 5, 20


@pytest.fixture
def empty_house(tmp_path):
    service = MessagingService()
    service.now = Times(NOW)
    return House(service, tmp_path / "messaging.sqlite")


@pytest.fixture
def house(empty_house):
    empty_house.deliver(a_binding())
    return empty_house


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    return load(ROOT / "config.yaml", "embedded", {"CHEQIAO_VAR": str(tmp_path_factory.mktemp("var"))}).accounts["main"].templates


def complaint(kind=ComplaintReceived, step="receive", version=1, **changes):
    record = {
        "complaint_id": COMPLAINT,
        "version": version,
        "step": step,
        "number": "TS2611220001",
        "kind": "complaint",
        "channel": "official_account",
        "state": State.RECEIVED,
        "shown": FollowerState.RECEIVED,
        "account": "main",
        "follower_id": FOLLOWER,
        "expected_at": EXPECTED,
        "at": NOW,
    }
    return kind(**record | changes).identified(UUID(int=90 + version))


def closed(version=5, **changes):
    return complaint(ComplaintClosed, "approve_closure", version, state=State.CLOSED, **changes)


def survey(version=6):
    return complaint(ComplaintSurveyRequested, "request_survey", version, state=State.CLOSED, survey_id=SURVEY)


TOLD = [
    (complaint(), "已登记", "11月24日 17:30前与您联系"),
    (complaint(expected_at=None), "已登记", "我们会尽快与您联系"),
    (complaint(expected_at=NOW), "已登记", "我们会尽快与您联系"),
    (complaint(ComplaintFiled, "file", 2, state=State.FILED), "核实中", "11月24日 17:30前答复您"),
    (complaint(ComplaintFiled, "file", 2, state=State.FILED, said="已核实"), "有新答复", "点击查看答复"),
    (complaint(ComplaintProgressed, "contact", 3, said="明天给您打电话"), "有新答复", "点击查看答复"),
    (complaint(ComplaintJudged, "reply_invalid", 3, state=State.CLOSED_INVALID, said="不在保修范围"), "有新答复", "点击查看答复"),
    (complaint(ComplaintJudged, "solve_directly", 3, state=State.SOLVED_DIRECT, said="已处理"), "有新答复", "点击查看答复"),
    (complaint(ComplaintProgressed, "withdraw", 3, state=State.CLOSED), "已结束", "点击查看处理结果"),
    (complaint(ComplaintDisputed, "settle_dispute", 3, state=State.CLOSED), "已结束", "点击查看处理结果"),
    (closed(), "已结束", "点击查看处理结果"),
    (closed(said="谢谢您的耐心"), "已结束", "点击查看处理结果"),
    (complaint(ComplaintReopened, "reopen", 6, state=State.REOPENED), "重新处理", "11月24日 17:30前答复您"),
]
NOT_TOLD = [
    complaint(ComplaintProgressed, "note", 2),
    complaint(ComplaintProgressed, "set_deadline", 2),
    complaint(ComplaintProgressed, "add", 2),
    complaint(ComplaintProgressed, "withdraw", 3, state=State.CLOSURE_PROPOSED),
    complaint(ComplaintProgressed, "followed_up", 7, state=State.CLOSED),
    complaint(ComplaintJudged, "judge_invalid", 2, state=State.INVALID),
    complaint(ComplaintJudged, "raise_to_complaint", 2),
    complaint(ComplaintAssigned, "assign", 4, state=State.ASSIGNED),
    complaint(ComplaintDisputed, "dispute", 4, state=State.DISPUTED),
]


@pytest.mark.parametrize(("news", "state", "reason"), TOLD)
def test_what_changes_something_for_the_follower_is_told(house, news, state, reason):
    (wish,) = house.deliver(news)

    assert (type(wish), wish.template, wish.purpose) == (SendTemplate, "complaint_progress", news.type_name())
    assert (wish.about_id, wish.about_version, wish.openid) == (COMPLAINT, news.version, "oSandboxFollower0001")
    assert wish.url == f"/m/complaints/{COMPLAINT}"
    assert wish.fields == {"number": "TS2611220001", "time": "2026年11月22日 09:00", "state": state, "reason": reason}


@pytest.mark.parametrize("news", NOT_TOLD, ids=lambda news: f"{news.step}-{news.state}")
def test_what_happens_among_staff_is_not_told(house, news):
    assert house.deliver(news) == []


def test_how_content_they_are_is_asked_with_a_link_to_the_survey(house):
    (wish,) = house.deliver(survey())

    assert (wish.template, wish.url) == ("complaint_survey", f"/m/complaints/{COMPLAINT}/survey")
    assert wish.fields["reason"] == "点击评价，只需半分钟"


def test_what_was_said_stays_on_the_page(house):
    (wish,) = house.deliver(complaint(ComplaintProgressed, "contact", 2, said="张先生，您的车要换发动机"))

    assert "发动机" not in wish.model_dump_json()


def test_the_words_fit_what_wechat_takes(house, templates):
    for news in (*(news for news, _, _ in TOLD), survey(7)):
        wish = complaining.message_about_complaint(news, contact_of(house), NOW)
        assert set(message_of(wish, templates[wish.template], "https://car.example.com")["data"])
        assert len(wish.fields["state"]) <= LONGEST_PHRASE
        assert len(wish.fields["reason"]) <= LONGEST_THING


def contact_of(house):
    with house.database.write() as tx:
        return house.service.contacts.get(tx, FOLLOWER)


def test_a_repeat_is_told_once_and_under_the_same_id(house):
    first, second = house.deliver(complaint()), house.deliver(complaint())

    assert ([wish.id for wish in first], second) == ([first[0].id], [])


def test_older_news_is_not_told_after_newer(house):
    house.deliver(closed())

    assert house.deliver(complaint()) == house.deliver(complaint(ComplaintProgressed, "contact", 2, said="我们在核实")) == []


def test_an_answer_is_told_also_where_a_step_among_staff_has_overtaken_it(house):
    house.deliver(complaint(ComplaintProgressed, "note", 9))

    (wish,) = house.deliver(complaint(ComplaintProgressed, "contact", 2, said="我们在核实"))

    assert wish.fields["state"] == "有新答复"


def test_who_does_not_follow_us_gets_no_message(house):
    house.deliver(pushed(FollowerUnsubscribed))

    assert house.deliver(complaint()) == []


def test_a_complaint_by_phone_of_somebody_unknown_is_told_to_nobody(house):
    assert house.deliver(complaint(follower_id=None)) == []


def by_phone(kind=ComplaintReceived, step="receive", version=1, mobile="13900139000", **changes):
    return complaint(kind, step, version, follower_id=None, mobile=mobile, **changes)


def test_who_complained_by_phone_gets_the_number_and_by_when_as_a_text_message(house):
    (wish,) = house.deliver(by_phone(expected_at=EXPECTED))

    assert isinstance(wish, SendSms)
    assert wish.text == "【车桥】您反映的问题已登记，编号TS2611220001，11月24日 17:30前与您联系。"
    assert (wish.mobile, wish.purpose, wish.about_id, wish.good_until) == ("13900139000", "complaint.received", COMPLAINT, EXPECTED)


@pytest.mark.parametrize(
    ("news", "words"),
    [
        (by_phone(ComplaintClosed, "approve_closure", 5, state=State.CLOSED, said="刹车片已免费更换。"), "已处理结束：刹车片已免费更换。"),
        (by_phone(ComplaintJudged, "reply_invalid", 3, state=State.CLOSED_INVALID, said="属正常磨损。"), "已处理结束：属正常磨损。"),
        (by_phone(ComplaintJudged, "solve_directly", 2, state=State.SOLVED_DIRECT), "已处理结束。"),
        (by_phone(ComplaintProgressed, "withdraw", 2, state=State.CLOSED, close_reason="withdrawn"), "已按您的要求结束。"),
        (by_phone(ComplaintDisputed, "settle_dispute", 9, state=State.CLOSED), "已处理结束。"),
    ],
)
def test_how_it_ended_is_told_by_text_message_too(house, news, words):
    (wish,) = house.deliver(news)

    assert (wish.text, wish.purpose) == (f"【车桥】您反映的问题（编号TS2611220001）{words}", "complaint.closed")


@pytest.mark.parametrize(
    "news",
    [
        by_phone(ComplaintFiled, "file", 2, state=State.FILED),
        by_phone(ComplaintJudged, "judge_invalid", 2, state=State.INVALID),
        by_phone(ComplaintProgressed, "contact", 3, said="我们在核实"),
        by_phone(ComplaintReopened, "reopen", 6, state=State.REOPENED),
    ],
)
def test_what_comes_between_is_not_sent_by_text_message(house, news):
    assert house.deliver(news) == []


def test_who_follows_us_no_more_is_told_by_text_message(house):
    house.deliver(pushed(FollowerUnsubscribed))

    (wish,) = house.deliver(complaint(mobile="13900139000"))

    assert (type(wish), wish.mobile) == (SendSms, "13900139000")


def test_who_follows_us_gets_no_text_message_beside_the_template(house):
    assert [type(wish) for wish in house.deliver(complaint(mobile="13900139000"))] == [SendTemplate]


@pytest.mark.parametrize(
    ("mobile", "sent"), [("139 0013-9000", ["13900139000"]), ("+8613900139000", ["13900139000"]), ("023-67890000", []), ("不详", [])]
)
def test_only_a_mobile_is_sent_to(house, mobile, sent):
    assert [wish.mobile for wish in house.deliver(by_phone(mobile=mobile))] == sent


def test_a_text_message_is_sent_once_and_its_fate_is_nobodys_news(house):
    news = by_phone()
    (wish,) = house.deliver(news)
    fate = SmsRefused(about_id=COMPLAINT, about_version=1, purpose=wish.purpose, command_id=wish.id, reason="no_such_number")

    assert house.deliver(news) == house.deliver(fate) == []


def test_a_long_answer_fits_a_text_message(house):
    (wish,) = house.deliver(by_phone(ComplaintClosed, "approve_closure", 5, state=State.CLOSED, said="好" * 4000))

    assert len(wish.text) < 400
    assert wish.text.endswith("…")


def test_news_that_overtakes_the_follower_waits_for_them_and_then_gives_up(empty_house):
    for attempt in range(TRIES_FOR_CONTACT):
        with pytest.raises(Unavailable):
            empty_house.deliver(complaint(), attempt=attempt)

    assert empty_house.deliver(complaint(), attempt=TRIES_FOR_CONTACT) == []


def test_who_came_by_the_menu_without_binding_a_car_is_told_too(empty_house):
    empty_house.deliver(pushed(PushReceived, msg_type="event", event="VIEW", raw="{}"))

    (wish,) = empty_house.deliver(complaint())

    assert wish.openid == "oSandboxFollower0001"


def test_a_message_that_does_not_arrive_goes_by_no_other_channel(house):
    (wish,) = house.deliver(complaint())
    refused = TemplateRefused(
        about_id=COMPLAINT, about_version=1, purpose=wish.purpose, command_id=uuid4(), errcode=43004, reason="user_state"
    )

    assert house.deliver(refused) == []


def test_the_hour_is_that_of_the_dealers(house):
    midnight = datetime(2026, 11, 30, 16, 5, tzinfo=UTC)

    (wish,) = house.deliver(complaint(expected_at=midnight, at=midnight - timedelta(hours=1)))

    assert wish.fields["reason"] == "12月1日 00:05前与您联系"
    assert wish.fields["time"] == "2026年11月30日 23:05"
