"""A confirmation goes by template, else as a message in the chat, else by SMS; in any order and with repeats it ends the same."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import Unavailable
from contracts.appointments import AppointmentArrived, AppointmentCancelled, AppointmentNotified, AppointmentRescheduled
from contracts.customers import CustomerRegistered, CustomerUnregistered
from contracts.messaging import AppointmentConfirmationFailed, AppointmentConfirmationSent
from contracts.sms import SendSms, SmsAccepted, SmsRefused
from contracts.wechat import (
    FollowerSubscribed,
    FollowerUnsubscribed,
    MenuClicked,
    SendTemplate,
    SendText,
    TemplateAccepted,
    TemplateDelivered,
    TemplateRefused,
    TemplateUndelivered,
    TextAccepted,
    TextReceived,
    TextRefused,
)
from services.messaging.service import MessagingService
from tests.services.house import House, Times, types_of
from tests.services.messaging.builders import MOBILE, NOW, a_binding, a_confirmation, a_dealer, fate, news, pushed

TAKEN = fate(TemplateAccepted, message_number="42")
REFUSED = fate(TemplateRefused, errcode=43101, reason="user_state")
UNDELIVERED = fate(TemplateUndelivered, message_number="42", status="failed:user block")
TEXT_TAKEN = fate(TextAccepted)
TEXT_REFUSED = fate(TextRefused, errcode=45015, reason="window_closed")
SMS_TAKEN = fate(SmsAccepted)
SMS_REFUSED = fate(SmsRefused, reason="invalid_number")


def open_house(place):
    service = MessagingService()
    service.now = Times(NOW)
    house = House(service, place)
    house.deliver(a_binding())
    house.deliver(a_dealer())
    return house


@pytest.fixture
def house(tmp_path):
    return open_house(tmp_path / "messaging.sqlite")


def wrote(house):
    house.deliver(pushed(TextReceived, -3600, content="在吗"))


def test_what_wechat_takes_counts_as_sent(house):
    house.deliver(a_confirmation())

    (sent,) = house.deliver(TAKEN)

    assert (type(sent), sent.appointment_version, sent.channel) == (AppointmentConfirmationSent, 5, "template")
    assert house.deliver(TAKEN) == house.deliver(fate(TemplateDelivered, message_number="42")) == []


@pytest.mark.parametrize("refusal", [REFUSED, UNDELIVERED])
def test_a_template_that_did_not_arrive_is_followed_by_a_message_in_an_open_window(house, refusal):
    wrote(house)
    house.deliver(a_confirmation())

    (wish,) = house.deliver(refusal)

    assert (type(wish), wish.about_version, wish.purpose) == (SendText, 5, "appointment.confirmed")
    assert wish.text == "您预约的保养、轮胎已确认：2026年3月6日 09:30，重庆长安铃木北部服务店。请按时到店，如需改期请致电023-60000001。"


def test_without_an_open_window_an_sms_goes_to_the_mobile_of_the_binding(house):
    house.deliver(a_confirmation())

    (wish,) = house.deliver(REFUSED)

    assert (type(wish), wish.mobile, wish.about_version, wish.purpose) == (SendSms, MOBILE, 5, "appointment.confirmed")
    assert wish.text.startswith("【车桥】您预约的")
    assert "2026年3月6日 09:30" in wish.text
    assert wish.good_until == datetime(2026, 3, 6, 1, 30, tzinfo=UTC)


def test_who_does_not_follow_gets_an_sms_at_once(house):
    wrote(house)
    house.deliver(pushed(FollowerUnsubscribed))
    house.deliver(a_binding(CustomerUnregistered, version=2, reason="unfollowed"))

    assert types_of(house.deliver(a_confirmation())) == [SendSms]


def test_a_message_that_is_refused_is_followed_by_an_sms(house):
    wrote(house)
    house.deliver(a_confirmation())
    house.deliver(REFUSED)

    assert types_of(house.deliver(TEXT_REFUSED)) == [SendSms]
    assert [sent.channel for sent in house.deliver(SMS_TAKEN)] == ["sms"]


def test_when_the_last_channel_says_no_an_operator_hears_why(house):
    house.deliver(a_confirmation())
    house.deliver(REFUSED)

    (failed,) = house.deliver(SMS_REFUSED)

    assert (type(failed), failed.appointment_version, failed.reason) == (AppointmentConfirmationFailed, 5, "invalid_number")


def test_undelivered_after_taken_counts_as_sent_and_goes_on_by_the_next_channel(house):
    house.deliver(a_confirmation())

    assert types_of(house.deliver(TAKEN)) == [AppointmentConfirmationSent]
    assert types_of(house.deliver(UNDELIVERED)) == [SendSms]
    assert house.deliver(SMS_TAKEN) == []


def test_a_window_opened_by_a_message_stays_open_for_two_days(house):
    wrote(house)
    house.deliver(a_confirmation())
    house.service.now.at = NOW + timedelta(hours=46, minutes=59)

    assert types_of(house.deliver(REFUSED)) == [SendText]


def test_a_window_closes_two_days_after_the_message(house):
    wrote(house)
    house.deliver(a_confirmation())
    house.service.now.at = NOW + timedelta(hours=47)

    assert types_of(house.deliver(REFUSED)) == [SendSms]


@pytest.mark.parametrize("opening", [pushed(MenuClicked, event_key="BOOK"), pushed(FollowerSubscribed)])
def test_a_click_opens_a_window_for_a_minute_only(house, opening):
    house.deliver(opening)
    house.deliver(a_confirmation(version=6))

    house.service.now.at = NOW + timedelta(seconds=59)
    in_time = house.deliver(fate(TemplateRefused, version=6, errcode=43101, reason="user_state"))
    house.deliver(a_confirmation(version=7))
    house.service.now.at = NOW + timedelta(seconds=60)
    too_late = house.deliver(fate(TemplateRefused, version=7, errcode=43101, reason="user_state"))

    assert (types_of(in_time), types_of(too_late)) == ([SendText], [SendSms])


@pytest.mark.parametrize("later", [news(AppointmentCancelled, version=6), a_confirmation(version=6), news(AppointmentArrived, version=6)])
def test_no_further_channel_is_tried_for_what_newer_news_has_overtaken(house, later):
    house.deliver(a_confirmation(version=5))
    house.deliver(later)

    assert house.deliver(REFUSED) == []


@pytest.mark.parametrize("later", [AppointmentNotified, AppointmentRescheduled])
def test_news_that_leaves_the_slip_as_it_is_does_not_stop_a_confirmation(house, later):
    house.deliver(a_confirmation(version=5))
    house.deliver(news(later, version=6))

    assert types_of(house.deliver(UNDELIVERED)) == [SendSms]


def test_a_mobile_is_forgotten_with_its_binding_and_then_the_operator_hears(house):
    house.deliver(a_confirmation())
    house.deliver(a_binding(CustomerUnregistered, version=2, reason="by_follower"))
    house.deliver(a_binding(CustomerRegistered, version=1))

    (failed,) = house.deliver(REFUSED)

    assert (type(failed), failed.reason) == (AppointmentConfirmationFailed, "no_mobile")


def test_an_sms_waits_for_the_news_of_the_binding(tmp_path):
    house = House(MessagingService(), tmp_path / "messaging.sqlite")
    house.deliver(pushed(FollowerSubscribed))
    house.deliver(pushed(FollowerUnsubscribed, 5))

    with pytest.raises(Unavailable):
        house.deliver(a_confirmation())

    house.deliver(a_binding())
    assert types_of(house.deliver(a_confirmation())) == [SendSms]


@pytest.mark.parametrize("contract", [TemplateAccepted, TemplateDelivered])
def test_the_fate_of_any_other_message_is_nobodys_news(house, contract):
    house.deliver(a_confirmation())

    assert house.deliver(fate(contract, purpose="appointment.cancelled", message_number="42")) == []
    assert house.deliver(fate(SmsRefused, purpose="registration.code", reason="invalid_number")) == []


def test_a_text_that_is_long_is_cut_part_by_part(house):
    house.deliver(a_dealer(version=2, name="某" * 64, phone=""))
    items = tuple({"code": f"I{number}", "name": "检" * 64} for number in range(20))
    house.deliver(a_confirmation(items=items))

    (wish,) = house.deliver(REFUSED)

    assert len(wish.text) < 120
    assert "如需改期请致电服务店" in wish.text


OUTCOMES = {
    SendTemplate: [[TAKEN], [TAKEN, fate(TemplateDelivered, message_number="42")], [TAKEN, UNDELIVERED], [REFUSED]],
    SendText: [[TEXT_TAKEN], [TEXT_REFUSED]],
    SendSms: [[SMS_TAKEN], [SMS_REFUSED]],
}
GOOD = (TAKEN, TEXT_TAKEN, SMS_TAKEN)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_in_any_order_and_with_repeats_each_channel_is_tried_once_and_the_end_is_told_once(tmp_path_factory, data):
    house = open_house(tmp_path_factory.mktemp("ways") / "messaging.sqlite")
    if data.draw(st.booleans(), "window open"):
        wrote(house)
    chosen = {wish: data.draw(st.sampled_from(ends)) for wish, ends in OUTCOMES.items()}
    on_their_way, delivered, told = [a_confirmation()], [], []
    while on_their_way:
        message = data.draw(st.sampled_from(on_their_way))
        if not (again := data.draw(st.booleans(), "comes again")) or len(delivered) > 30:
            on_their_way.remove(message)
        delivered += [] if again and message in delivered else [message]
        heard = house.deliver(message)
        told += heard
        for wish in heard:
            on_their_way += chosen.get(type(wish), [])

    kinds = types_of(told)
    assert all(kinds.count(kind) <= 1 for kind in kinds)
    assert (AppointmentConfirmationSent in kinds) == any(message in delivered for message in GOOD)
    ends_badly = (UNDELIVERED in delivered or REFUSED in delivered) and TEXT_TAKEN not in delivered and SMS_TAKEN not in delivered
    assert (AppointmentConfirmationFailed in kinds) == ends_badly
