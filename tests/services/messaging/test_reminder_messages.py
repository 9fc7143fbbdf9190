"""What a follower reads of what is due for a car, and what is told of the message's fate."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from adapters.wechat.sender.translate import message_of
from chassis.errors import Unavailable
from chassis.settings import load
from contracts.messaging import (
    ReminderMessageDelivered,
    ReminderMessageFailed,
    ReminderMessagePostponed,
    ReminderMessageSent,
)
from contracts.reminders import DueItem, ReminderDue, ReminderType
from contracts.sms import SmsRefused
from contracts.wechat import (
    FollowerUnsubscribed,
    MenuClicked,
    SendTemplate,
    TemplateAccepted,
    TemplateDelivered,
    TemplatePostponed,
    TemplateRefused,
    TemplateUndelivered,
)
from services.messaging.reminding import BEGINS, GOES_ON, GREETING, NAMES, OVER, SOON, TODAY
from services.messaging.service import MessagingService
from tests.services.house import ROOT, House, Times, types_of
from tests.services.messaging.builders import FOLLOWER, VEHICLE, a_binding, a_dealer, pushed

NOW = datetime(2026, 12, 11, 1, 0, tzinfo=UTC)
MESSAGE, ITEM = UUID(int=7), UUID(int=8)
EVERY_SERVICE = [type for type in ReminderType if type not in (ReminderType.BIRTHDAY, ReminderType.CAMPAIGN)]


@pytest.fixture
def house(tmp_path):
    service = MessagingService()
    service.now = Times(NOW)
    house = House(service, tmp_path / "messaging.sqlite")
    house.deliver(a_binding())
    house.deliver(a_dealer())
    return house


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    return load(ROOT / "config.yaml", "embedded", {"CHEQIAO_VAR": str(tmp_path_factory.mktemp("var"))}).accounts["main"].templates


def an_item(type=ReminderType.MAINTENANCE, due_date=date(2026, 12, 20), **changes):
    return DueItem(**{"item_id": ITEM, "type": type, "due_date": due_date} | changes)


def a_reminder(*items, version=1, **changes):
    record = {
        "message_id": MESSAGE,
        "version": version,
        "period": "2026-12",
        "account": "main",
        "follower_id": FOLLOWER,
        "vehicle_id": VEHICLE,
        "model_name": "雨燕",
        "dealer_code": "D001",
        "urgency": "service",
        "items": items or (an_item(),),
    }
    return ReminderDue(**record | changes).identified(UUID(int=90 + version))


def a_campaign(**changes):
    campaign = {"title": "冬季免费检测", "text": "免费检测二十项", "until": date(2026, 12, 31), "due_date": date(2026, 12, 1)}
    return an_item(ReminderType.CAMPAIGN, **campaign | changes)


def fate(contract, purpose="reminder.due", version=1, **more):
    return contract(about_id=MESSAGE, about_version=version, purpose=purpose, command_id=uuid4(), **more)


def test_a_reminder_says_what_is_due_by_when_at_which_dealer_and_leads_to_its_page(house):
    (wish,) = house.deliver(a_reminder())

    assert (type(wish), wish.template, wish.purpose, wish.urgency) == (SendTemplate, "reminder_service", "reminder.due", "service")
    assert (wish.about_id, wish.about_version, wish.openid) == (MESSAGE, 1, "oSandboxFollower0001")
    assert wish.url == f"/m/reminders/{ITEM}?m={MESSAGE}"
    assert wish.fields == {
        "items": "定期保养",
        "time": "2026年12月20日",
        "dealer": "重庆长安铃木北部服务店",
        "state": "即将到期",
        "reason": "雨燕：点击查看并预约",
    }


def test_several_types_of_one_car_are_told_in_one_message_by_the_first_day(house):
    items = (an_item(ReminderType.INSPECTION, date(2026, 12, 25)), an_item(ReminderType.INSURANCE, date(2026, 12, 11)), a_campaign())

    (wish,) = house.deliver(a_reminder(*items))

    assert wish.template == "reminder_service"
    assert (wish.fields["items"], wish.fields["time"]) == ("车辆年审、保险到期、冬季免费检测", "2026年12月11日")
    assert wish.fields["state"] == TODAY


def test_many_types_are_told_by_their_short_names(house):
    (wish,) = house.deliver(a_reminder(*map(an_item, EVERY_SERVICE)))

    assert wish.fields["items"] == "首保、保养、质保、保险、年审"


def test_what_does_not_fit_is_counted(house):
    items = [*map(an_item, EVERY_SERVICE), a_campaign(title="一个名字特别特别特别特别特别长的活动")]

    (wish,) = house.deliver(a_reminder(*items))

    assert wish.fields["items"] == "首保、保养、质保、保险、年审等6项"


def test_a_campaign_says_its_name_and_until_when(house):
    (wish,) = house.deliver(a_reminder(a_campaign(), urgency="campaign"))

    assert (wish.template, wish.urgency) == ("reminder_campaign", "campaign")
    assert (wish.fields["items"], wish.fields["time"], wish.fields["state"]) == ("冬季免费检测", "2026年12月31日", GOES_ON)
    assert wish.fields["reason"] == "雨燕：点击查看活动详情"


def test_a_campaign_that_has_not_begun_says_so(house):
    (wish,) = house.deliver(a_reminder(a_campaign(due_date=date(2026, 12, 15)), urgency="campaign"))

    assert wish.fields["state"] == BEGINS


def test_a_birthday_is_a_greeting(house):
    (wish,) = house.deliver(a_reminder(an_item(ReminderType.BIRTHDAY, date(2026, 12, 11)), urgency="campaign"))

    assert (wish.template, wish.fields["items"], wish.fields["reason"]) == ("reminder_birthday", "生日快乐", "祝您一路平安，万事如意")


def test_a_day_that_is_past_by_the_calendar_of_shanghai_is_over(house):
    house.service.now.at = datetime(2026, 12, 20, 16, 0, tzinfo=UTC)

    (wish,) = house.deliver(a_reminder())

    assert wish.fields["state"] == OVER


@pytest.mark.parametrize("items", [[one] for one in ReminderType] + [list(ReminderType), EVERY_SERVICE * 4])
@pytest.mark.parametrize("model", ["", "雨燕", "某某牌非常非常非常长的车型名称 1.6L 手自一体豪华型"])
def test_every_reminder_fits_into_wechats_keywords(house, items, model, templates):
    items = [a_campaign(title="名" * 64) if type is ReminderType.CAMPAIGN else an_item(type) for type in items]

    (wish,) = house.deliver(a_reminder(*items, model_name=model, dealer_code=""))

    message = message_of(wish, templates[wish.template], "https://car.example.com")
    assert all("…" not in part["value"] or "名名" in part["value"] for part in message["data"].values())


def test_words_that_are_phrases_fit():
    assert all(1 <= len(word) <= 5 for word in (OVER, TODAY, SOON, BEGINS, GOES_ON, GREETING))
    assert set(NAMES) == set(ReminderType)


def test_who_does_not_follow_is_not_sent_to_and_reminders_hears_of_it(house):
    house.deliver(pushed(FollowerUnsubscribed))

    (news,) = house.deliver(a_reminder(version=2))

    assert (type(news), news.reason, news.message_id, news.attempt) == (ReminderMessageFailed, "unsubscribed", MESSAGE, 2)


def test_what_reaches_us_after_hours_is_postponed_and_nobody_is_woken_up(house):
    due = a_reminder(an_item(), version=2, not_after=NOW, again_from=NOW + timedelta(hours=13))

    (news,) = house.deliver(due)

    assert isinstance(news, ReminderMessagePostponed)
    assert (news.message_id, news.attempt, news.until) == (due.message_id, 2, due.again_from)


def test_what_reaches_us_in_time_is_to_be_sent_within_the_same_hours(house):
    due = a_reminder(not_after=NOW + timedelta(seconds=1), again_from=NOW + timedelta(hours=13))

    (wish,) = house.deliver(due)

    assert isinstance(wish, SendTemplate)
    assert (wish.not_after, wish.again_from) == (due.not_after, due.again_from)


def test_a_follower_who_is_not_known_yet_is_waited_for(house):
    with pytest.raises(Unavailable):
        house.deliver(a_reminder(follower_id=uuid4()))


def test_a_repeat_is_the_same_command_and_the_next_try_is_another(house):
    (one,), (next_try,) = house.deliver(a_reminder()), house.deliver(a_reminder(version=2))

    assert house.deliver(a_reminder()) == []
    assert one.id != next_try.id


def test_what_wechat_took_and_brought_is_told(house):
    (sent,) = house.deliver(fate(TemplateAccepted, message_number="42"))
    (delivered,) = house.deliver(fate(TemplateDelivered, message_number="42"))

    assert (type(sent), sent.message_id, sent.attempt, sent.at) == (ReminderMessageSent, MESSAGE, 1, NOW)
    assert (type(delivered), delivered.at) == (ReminderMessageDelivered, NOW)


REFUSALS = [
    (43101, "user_state", "user_blocked"),
    (48002, "user_state", "user_blocked"),
    (43004, "user_state", "unsubscribed"),
    (47003, "our_data", "template"),
    (48001, "operator_config", "system"),
    (99999, "unknown", "system"),
]


@pytest.mark.parametrize(("errcode", "reason", "why"), REFUSALS)
def test_a_no_is_told_with_whose_matter_it_is_and_goes_by_no_other_channel(house, errcode, reason, why):
    house.deliver(
        pushed(MenuClicked, int((NOW - timedelta(seconds=5)).timestamp() - datetime(2026, 3, 2, 1, tzinfo=UTC).timestamp()), event_key="X")
    )
    house.deliver(a_reminder())

    (news,) = house.deliver(fate(TemplateRefused, errcode=errcode, reason=reason))

    assert (type(news), news.reason) == (ReminderMessageFailed, why)


@pytest.mark.parametrize(("status", "why"), [("failed:user block", "user_blocked"), ("failed: system failed", "system")])
def test_what_was_taken_and_not_brought_is_told(house, status, why):
    (news,) = house.deliver(fate(TemplateUndelivered, message_number="42", status=status))

    assert (type(news), news.reason) == (ReminderMessageFailed, why)


def test_what_is_postponed_is_told_with_the_moment(house):
    until = NOW + timedelta(hours=15)

    (news,) = house.deliver(fate(TemplatePostponed, version=3, until=until))

    assert (type(news), news.attempt, news.until) == (ReminderMessagePostponed, 3, until)


def test_the_fate_of_other_messages_is_not_told_as_a_reminders(house):
    fates = [
        fate(TemplateAccepted, purpose="appointment.cancelled", message_number="1"),
        fate(TemplateDelivered, purpose="appointment.confirmed", message_number="1"),
        fate(SmsRefused, purpose="registration.code", reason="invalid_number"),
    ]

    assert types_of([news for one in fates for news in house.deliver(one)]) == []
