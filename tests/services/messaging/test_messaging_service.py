"""Which news becomes a message, in which words, and where it leads."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from chassis.errors import Unavailable
from contracts.appointments import (
    AppointmentArrived,
    AppointmentCallDue,
    AppointmentCallMissed,
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentDeclined,
    AppointmentKept,
    AppointmentNoShow,
    AppointmentNotified,
    AppointmentRequested,
    AppointmentRescheduled,
    AppointmentTransferred,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
)
from contracts.customers import (
    CustomerUnregistered,
    RegistrationMatched,
    RegistrationProgressed,
    RegistrationRejected,
    RegistrationState,
)
from contracts.wechat import (
    FollowerSubscribed,
    FollowerUnsubscribed,
    MenuClicked,
    PushReceived,
    SendTemplate,
    TemplateRefused,
    TextReceived,
)
from services.messaging.service import MessagingService
from services.messaging.store import metadata
from services.messaging.words import OTHER_REASON, REASON_WORDS, REGISTRATION_WORDS, STATE_WORDS, TRANSFERRED, UNREGISTERED_WORDS
from tests.services.house import House, types_of
from tests.services.messaging.builders import APPOINTMENT, FOLLOWER, NOW, WHO, a_binding, a_confirmation, a_dealer, fate, news, pushed

TOLD = [AppointmentTurnedDown, AppointmentUnreachable, AppointmentDeclined, AppointmentWithdrawn, AppointmentCancelled]
SHOWN_BY_THE_PAGE = [
    AppointmentRequested,
    AppointmentNotified,
    AppointmentCallDue,
    AppointmentCallMissed,
    AppointmentRescheduled,
    AppointmentKept,
    AppointmentTransferred,
    AppointmentArrived,
    AppointmentCompleted,
    AppointmentNoShow,
]
JUDGED = {RegistrationMatched: RegistrationState.MATCHED, RegistrationRejected: RegistrationState.REJECTED}


@pytest.fixture
def house(tmp_path):
    house = House(MessagingService(), tmp_path / "messaging.sqlite")
    house.deliver(a_binding())
    return house


def judged(contract, version=2, late=True, **changes):
    record = {"registration_id": uuid4(), "state": JUDGED.get(contract, RegistrationState.CODE_SENT), **WHO}
    return contract(version=version, late=late, **record | changes)


def contact(house):
    with house.write() as tx:
        return house.service.contacts.get(tx, FOLLOWER)


def test_a_confirmation_is_sent_in_the_dealers_words_and_leads_to_the_appointment(house):
    house.deliver(a_dealer())

    (wish,) = house.deliver(a_confirmation())

    assert (type(wish), wish.template, wish.purpose) == (SendTemplate, "appointment_confirmed", "appointment.confirmed")
    assert (wish.account, wish.openid, wish.about_version) == ("main", "oSandboxFollower0001", 5)
    assert wish.url == f"/m/appointments/{APPOINTMENT}"
    assert wish.fields == {
        "items": "保养、轮胎",
        "time": "2026年3月6日 09:30",
        "dealer": "重庆长安铃木北部服务店",
        "state": "预约成功",
        "reason": "请按时到店",
    }


@pytest.mark.parametrize("contract", TOLD)
def test_the_follower_hears_what_became_of_it(house, contract):
    (wish,) = house.deliver(news(contract, reason="closed_day"))

    assert wish.template == contract.type_name().replace(".", "_")
    assert (wish.fields["state"], wish.fields["reason"]) == (STATE_WORDS[contract], "该服务商当天休息")
    assert (wish.fields["time"], wish.url) == ("2026年3月6日", f"/m/appointments/{APPOINTMENT}")


@pytest.mark.parametrize("contract", SHOWN_BY_THE_PAGE)
def test_what_the_page_shows_is_not_sent(house, contract):
    assert house.deliver(news(contract)) == []


def test_a_transfer_is_told_with_the_new_dealers_name_and_leads_to_the_new_appointment(house):
    successor = uuid4()
    house.deliver(a_dealer())
    house.deliver(news(AppointmentTransferred, version=7, dealer_code="D009", successor_id=successor))

    (wish,) = house.deliver(news(AppointmentRequested, version=1, appointment_id=successor, predecessor_id=APPOINTMENT))

    assert (wish.template, wish.about_id, wish.url) == ("appointment_transferred", successor, f"/m/appointments/{successor}")
    assert (wish.fields["dealer"], wish.fields["reason"]) == ("重庆长安铃木北部服务店", "新服务商将再次致电您")


def test_after_a_transfer_nothing_more_is_told_of_the_old_appointment(house):
    house.deliver(news(AppointmentTransferred, version=7))

    assert house.deliver(news(AppointmentCancelled, version=8)) == house.deliver(a_confirmation(version=6)) == []


def test_a_dealer_that_we_have_not_heard_of_goes_by_its_code(house):
    (wish,) = house.deliver(a_confirmation(dealer_code="D404"))

    assert wish.fields["dealer"] == "D404"


def test_the_newest_name_of_a_dealer_wins_in_any_order(house):
    house.deliver(a_dealer(version=3, name="新名"))
    house.deliver(a_dealer(version=2, name="旧名"))

    (wish,) = house.deliver(a_confirmation())

    assert wish.fields["dealer"] == "新名"


def test_the_same_event_is_one_command_whatever_repeats(house, tmp_path):
    event = a_confirmation()
    other = House(MessagingService(), tmp_path / "another.sqlite")
    other.deliver(pushed(FollowerSubscribed))

    (one,), (same,) = house.deliver(event), other.deliver(event)

    assert one.id == same.id
    assert house.deliver(event) == []


def test_old_news_is_not_read_after_new(house):
    house.deliver(a_confirmation(version=8))

    assert house.deliver(a_confirmation(version=5)) == []


@pytest.mark.parametrize("contract", [AppointmentArrived, AppointmentCompleted, AppointmentNoShow])
def test_a_confirmation_that_comes_after_the_visit_is_not_sent(house, contract):
    house.deliver(news(contract, version=9))

    assert house.deliver(a_confirmation(version=5)) == []


def test_that_it_is_over_is_read_once_even_if_the_word_for_it_changes(house):
    first = house.deliver(news(AppointmentWithdrawn, version=5))

    assert types_of(first) == [SendTemplate]
    assert house.deliver(news(AppointmentCancelled, version=6)) == house.deliver(a_confirmation(version=4)) == []


def test_who_could_not_be_reached_and_answers_on_the_page_hears_of_the_new_slip(house):
    house.deliver(news(AppointmentUnreachable, version=5))

    assert types_of(house.deliver(a_confirmation(version=9))) == [SendTemplate]


def test_who_does_not_follow_hears_by_wechat_of_nothing(house):
    house.deliver(pushed(FollowerUnsubscribed))

    assert house.deliver(news(AppointmentCancelled, version=6)) == []


def test_news_for_a_follower_who_is_not_known_yet_waits(house):
    with pytest.raises(Unavailable):
        house.deliver(a_confirmation(follower_id=uuid4()))


@pytest.mark.parametrize("contract", JUDGED)
def test_a_late_judgement_of_a_registration_is_told_with_a_link(house, contract):
    event = judged(contract)

    (wish,) = house.deliver(event)

    assert (wish.template, wish.url) == (contract.type_name().replace(".", "_"), f"/m/registrations/{event.registration_id}")
    assert (wish.fields["state"], wish.fields["reason"]) == REGISTRATION_WORDS[JUDGED[contract]]


def test_who_is_asked_late_for_the_whole_vin_is_told_so(house):
    (wish,) = house.deliver(judged(RegistrationProgressed, state=RegistrationState.VIN_WANTED))

    assert (wish.template, wish.fields["reason"]) == ("registration_rejected", "请打开页面，填写完整车架号")


def test_who_waited_for_a_dms_that_never_answered_is_told_to_begin_anew(house):
    (wish,) = house.deliver(judged(RegistrationProgressed, state=RegistrationState.EXPIRED))

    assert (wish.template, wish.fields["state"]) == ("registration_rejected", "未完成")


@pytest.mark.parametrize("state", [RegistrationState.CODE_SENT, RegistrationState.LOCKED, RegistrationState.ACTIVE])
def test_what_only_the_page_shows_is_not_told_though_it_is_late(house, state):
    assert house.deliver(judged(RegistrationProgressed, state=state)) == []


@pytest.mark.parametrize("contract", JUDGED)
def test_a_judgement_in_time_is_shown_by_the_page_alone(house, contract):
    assert house.deliver(judged(contract, late=False)) == []


def test_a_registration_that_went_on_meanwhile_is_not_told_of_its_match(house):
    registration = uuid4()
    house.deliver(judged(RegistrationProgressed, version=4, registration_id=registration))

    assert house.deliver(judged(RegistrationMatched, version=2, registration_id=registration)) == []


def test_a_registration_is_told_of_before_anything_else_is_known_of_the_follower(house):
    stranger = {"follower_id": uuid4(), "openid": "oNew"}

    (wish,) = house.deliver(judged(RegistrationMatched, **stranger))

    assert wish.openid == "oNew"


def test_who_stopped_following_is_not_told_of_a_registration(house):
    house.deliver(pushed(FollowerUnsubscribed))

    assert house.deliver(judged(RegistrationMatched)) == []


def test_an_owner_who_was_replaced_hears_of_it_once(house):
    end = a_binding(CustomerUnregistered, version=2, reason="owner_changed", model="雨燕")

    (wish,) = house.deliver(end)

    assert (wish.template, wish.fields["items"], wish.fields["state"]) == ("customer_unregistered", "雨燕", "已解绑")
    assert house.deliver(end) == []


@pytest.mark.parametrize("reason", ["by_follower", "unfollowed"])
def test_who_ended_it_themselves_hears_nothing_of_it(house, reason):
    assert house.deliver(a_binding(CustomerUnregistered, version=2, reason=reason)) == []


def test_coming_and_going_in_any_order(house):
    house.deliver(pushed(FollowerUnsubscribed, 5))
    house.deliver(pushed(FollowerSubscribed, 3))
    gone = contact(house)
    house.deliver(pushed(FollowerSubscribed, 9))

    assert (gone.subscribed, contact(house).subscribed) == (False, True)


def test_the_end_of_a_binding_does_not_make_us_forget_who_follows(house):
    before = contact(house)

    house.deliver(a_binding(CustomerUnregistered, version=2, reason="unfollowed"))

    assert contact(house) == before


def test_a_message_is_remembered_apart_from_a_click(house):
    house.deliver(pushed(TextReceived, 7, content="你好"))
    house.deliver(pushed(TextReceived, 5, content="在吗"))
    house.deliver(pushed(MenuClicked, 9, event_key="BOOK"))

    assert contact(house).wrote_at == NOW + timedelta(seconds=7)
    assert contact(house).clicked_at == NOW + timedelta(seconds=9)


@pytest.mark.parametrize("msg_type", ["image", "voice", "video", "shortvideo", "location", "link", "text"])
def test_whatever_is_written_is_a_message(house, msg_type):
    house.deliver(pushed(PushReceived, 7, msg_type=msg_type, raw="{}"))

    assert (contact(house).wrote_at, contact(house).clicked_at) == (NOW + timedelta(seconds=7), None)


@pytest.mark.parametrize("event", ["SCAN", "CLICK", "scancode_waitmsg"])
def test_a_scan_is_a_click(house, event):
    house.deliver(pushed(PushReceived, 7, msg_type="event", event=event, raw="{}"))

    assert (contact(house).wrote_at, contact(house).clicked_at) == (None, NOW + timedelta(seconds=7))


@pytest.mark.parametrize("event", ["LOCATION", "VIEW", "an_event_of_tomorrow"])
def test_what_opens_no_window_is_not_remembered(house, event):
    before = contact(house)

    assert house.deliver(pushed(PushReceived, 7, msg_type="event", event=event, raw="{}")) == []
    assert contact(house) == before


def test_words_fit_into_wechats_keywords():
    states = [*STATE_WORDS.values(), *(state for state, _ in REGISTRATION_WORDS.values()), UNREGISTERED_WORDS[0]]
    things = [
        *REASON_WORDS.values(),
        OTHER_REASON,
        TRANSFERRED,
        *(reason for _, reason in REGISTRATION_WORDS.values()),
        UNREGISTERED_WORDS[1],
    ]

    assert all(1 <= len(word) <= 5 for word in states)
    assert all(1 <= len(word) <= 20 for word in things)


def test_what_shares_a_transaction_is_told_as_if_each_came_by_itself(house, tmp_path):
    story = [
        a_dealer(),
        a_confirmation(5),
        fate(TemplateRefused, errcode=43004, reason="user_state"),
        news(AppointmentCancelled, 6),
        a_confirmation(5),
        news(AppointmentCancelled, 7, appointment_id=uuid4()),
    ]
    other = House(MessagingService(), tmp_path / "other.sqlite")
    other.deliver(a_binding())
    apart = [message for one in story for message in other.deliver(one)]

    with house.write() as tx:
        for message in story:
            getattr(house.service, house.methods[type(message)])(message, tx)

    assert [type(message) for message in house.told()] == [type(message) for message in apart]
    assert rows_of(house) == rows_of(other)


def rows_of(house):
    with house.database.read() as connection:
        return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}
