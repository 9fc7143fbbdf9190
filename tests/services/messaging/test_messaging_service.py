"""Which news becomes a message, in which words, and what is told of its fate."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.errors import Unavailable
from contracts.appointments import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentNotified,
    AppointmentRequested,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
    ServiceItem,
    State,
)
from contracts.customers import CustomerRegistered, CustomerUnregistered
from contracts.messaging import AppointmentConfirmationFailed, AppointmentConfirmationSent
from contracts.wechat import (
    FollowerSubscribed,
    FollowerUnsubscribed,
    MenuClicked,
    SendTemplate,
    TemplateAccepted,
    TemplateDelivered,
    TemplateRefused,
    TemplateUndelivered,
    TextReceived,
)
from services.messaging.service import MessagingService
from services.messaging.words import OTHER_REASON, REASON_WORDS, STATE_WORDS
from tests.services.house import House, types_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FOLLOWER = UUID("aaaaaaaa-0000-4000-8000-000000000001")
APPOINTMENT = UUID("dddddddd-0000-4000-8000-000000000001")
WHO = {"account": "main", "follower_id": FOLLOWER, "openid": "oSandboxFollower0001"}
STATES = {
    AppointmentRequested: State.REQUESTED,
    AppointmentConfirmed: State.CONFIRMED,
    AppointmentNotified: State.NOTIFIED,
    AppointmentTurnedDown: State.REJECTED,
    AppointmentUnreachable: State.UNREACHABLE,
    AppointmentDeclined: State.DECLINED,
    AppointmentWithdrawn: State.WITHDRAWN,
    AppointmentCancelled: State.CANCELLED,
}
OVER = [AppointmentTurnedDown, AppointmentUnreachable, AppointmentDeclined, AppointmentWithdrawn, AppointmentCancelled]


@pytest.fixture
def house(tmp_path):
    house = House(MessagingService(), tmp_path / "messaging.sqlite")
    binding = {"customer_id": "C0001", "vehicle_id": uuid4(), "vin": "LS4AAAAA1AA000001", "name": "张伟", "mobile": "13800138000"}
    house.deliver(CustomerRegistered(binding_id=uuid4(), version=1, **WHO, **binding))
    return house


def news(contract, version=5, **changes):
    record = {
        "appointment_id": APPOINTMENT,
        "follower_id": FOLLOWER,
        "vehicle_id": uuid4(),
        "dealer_code": "D001",
        "requested_date": date(2026, 3, 6),
        "items": (ServiceItem(code="MNT", name="保养"), ServiceItem(code="TYR", name="轮胎")),
        "state": STATES[contract],
    }
    return contract(version=version, **record | changes)


def fate(contract, purpose="appointment.confirmed", **more):
    return contract(about_id=APPOINTMENT, about_version=5, purpose=purpose, command_id=uuid4(), **more)


def pushed(contract, seconds=0, **more):
    return contract(**WHO, created_at=NOW + timedelta(seconds=seconds), **more)


def contact(house):
    with house.write() as tx:
        return house.service.contacts.get(tx, FOLLOWER)


def test_a_confirmation_is_sent_in_the_dealers_words(house):
    at = datetime(2026, 3, 6, 1, 30, tzinfo=UTC)

    (wish,) = house.deliver(news(AppointmentConfirmed, appointment_at=at))

    assert (type(wish), wish.template, wish.purpose) == (SendTemplate, "appointment_confirmed", "appointment.confirmed")
    assert (wish.account, wish.openid, wish.about_version) == ("main", "oSandboxFollower0001", 5)
    assert wish.fields == {
        "items": "保养、轮胎",
        "time": "2026年3月6日 09:30",
        "dealer": "D001",
        "state": "预约成功",
        "reason": "请按时到店",
    }


@pytest.mark.parametrize("contract", OVER)
def test_the_follower_hears_that_it_is_over(house, contract):
    (wish,) = house.deliver(news(contract, reason="closed_day"))

    assert wish.template == contract.type_name().replace(".", "_")
    assert (wish.fields["state"], wish.fields["reason"]) == (STATE_WORDS[contract], "该服务商当天休息")
    assert wish.fields["time"] == "2026年3月6日"


@pytest.mark.parametrize("contract", [AppointmentRequested, AppointmentNotified])
def test_what_the_follower_knows_already_is_not_sent(house, contract):
    assert house.deliver(news(contract)) == []


def test_the_same_event_is_one_command_whatever_repeats(house, tmp_path):
    event = news(AppointmentConfirmed)
    other = House(MessagingService(), tmp_path / "another.sqlite")
    other.deliver(pushed(FollowerSubscribed))

    (one,), (same,) = house.deliver(event), other.deliver(event)

    assert one.id == same.id
    assert house.deliver(event) == []


def test_old_news_is_not_read_after_new(house):
    house.deliver(news(AppointmentConfirmed, version=8))

    assert house.deliver(news(AppointmentConfirmed, version=5)) == []


def test_that_it_is_over_is_read_once_even_if_the_word_for_it_changes(house):
    first = house.deliver(news(AppointmentWithdrawn, version=5))

    assert types_of(first) == [SendTemplate]
    assert house.deliver(news(AppointmentCancelled, version=6)) == house.deliver(news(AppointmentConfirmed, version=4)) == []


def test_who_does_not_follow_gets_no_message_and_a_confirmation_needs_another_way(house):
    house.deliver(pushed(FollowerUnsubscribed))

    confirmed, cancelled = house.deliver(news(AppointmentConfirmed)), house.deliver(news(AppointmentCancelled, version=6))

    assert types_of(confirmed) == [AppointmentConfirmationFailed]
    assert (confirmed[0].reason, confirmed[0].appointment_version) == ("not_following", 5)
    assert cancelled == []


def test_news_for_a_follower_who_is_not_known_yet_waits(house):
    with pytest.raises(Unavailable):
        house.deliver(news(AppointmentConfirmed, follower_id=uuid4()))


def test_the_fate_of_a_confirmation_is_told(house):
    sent = house.deliver(fate(TemplateAccepted, message_number="42"))
    refused = house.deliver(fate(TemplateRefused, errcode=43004, reason="user_state"))
    undelivered = house.deliver(fate(TemplateUndelivered, message_number="42", status="failed:user block " + "x" * 100))

    assert [types_of(one) for one in (sent, refused, undelivered)] == [
        [AppointmentConfirmationSent],
        [AppointmentConfirmationFailed],
        [AppointmentConfirmationFailed],
    ]
    assert (sent[0].appointment_id, sent[0].appointment_version) == (APPOINTMENT, 5)
    assert refused[0].reason == "user_state"
    assert undelivered[0].reason.startswith("undelivered: failed:user block")


def test_the_fate_of_any_other_message_is_nobodys_news(house):
    assert house.deliver(fate(TemplateAccepted, purpose="appointment.cancelled", message_number="42")) == []
    assert house.deliver(fate(TemplateDelivered, message_number="42")) == []


def test_coming_and_going_in_any_order(house):
    house.deliver(pushed(FollowerUnsubscribed, 5))
    house.deliver(pushed(FollowerSubscribed, 3))
    gone = contact(house)
    house.deliver(pushed(FollowerSubscribed, 9))

    assert (gone.subscribed, contact(house).subscribed) == (False, True)


def test_the_end_of_a_binding_does_not_make_us_forget_who_follows(house):
    before = contact(house)
    binding = {"customer_id": "C1", "vehicle_id": uuid4(), "vin": "LS4AAAAA1AA000001", "name": "张伟", "mobile": "13800138000"}

    house.deliver(CustomerUnregistered(binding_id=uuid4(), version=2, reason="unfollowed", **WHO, **binding))

    assert contact(house) == before


def test_what_a_follower_does_is_remembered_as_the_last_time_they_did(house):
    house.deliver(pushed(MenuClicked, 7, event_key="BOOK"))
    house.deliver(pushed(TextReceived, 5, content="你好"))

    assert contact(house).last_inbound_at == NOW + timedelta(seconds=7)


def test_words_fit_into_wechats_keywords():
    assert all(1 <= len(word) <= 5 for word in STATE_WORDS.values())
    assert all(1 <= len(word) <= 20 for word in (*REASON_WORDS.values(), OTHER_REASON))
