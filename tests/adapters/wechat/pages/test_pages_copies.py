"""The pages' copy of what others own: the higher version wins, and everybody sees their own."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import inspect

from adapters.wechat.pages.copies import SUBMITTING, Copies, Ticket
from adapters.wechat.pages.service import PagesService
from adapters.wechat.pages.tables import metadata
from contracts.appointments import (
    AppointmentCallDue,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentNotified,
    AppointmentRequested,
    AppointmentTransferred,
)
from contracts.catalogue import ALL
from contracts.customers import CustomerUnregistered, RegistrationState
from contracts.partners.pages import ReminderWishForm
from contracts.reminders import ReminderType
from tests.adapters.wechat.pages.conftest import FOLLOWER, STRANGER, a_form, submitting_for
from tests.adapters.wechat.pages.news import (
    APPOINTMENT,
    BINDING,
    ITEM,
    MESSAGE,
    REGISTRATION,
    VEHICLE,
    appointment_news,
    binding_news,
    dealer_news,
    places_news,
    registration_news,
    reminder_news,
    ticket_news,
    wishes_news,
)


def readings():
    """Which method of the service reads which contract."""
    return {
        contract: name
        for name, method in vars(PagesService).items()
        for entrypoint in getattr(method, "nameko_entrypoints", ())
        for contract in getattr(entrypoint, "_types", ())
    }


@pytest.fixture
def hear(database):
    service, methods = PagesService(), readings()

    def deliver(*messages, at_once=1):
        for first in range(0, len(messages), at_once):
            with database.write() as tx:
                for message in messages[first : first + at_once]:
                    getattr(service, methods[type(message)])(message, tx)

    return deliver


@pytest.fixture
def copies(database):
    return Copies(database)


def test_every_message_that_is_sent_to_the_pages_has_its_reader():
    sent_here = {contract for contract in ALL if contract.owner != "*" and "pages" in contract.routes()}

    assert sent_here == set(readings())


def test_migrations_make_the_tables_of_the_code(database):
    inspected = inspect(database.engine)

    for table in metadata.sorted_tables:
        made = {column["name"]: column["nullable"] for column in inspected.get_columns(table.name)}
        assert made == {column.name: column.nullable for column in table.columns}, table.name
        assert {index["name"] for index in inspected.get_indexes(table.name)} >= {index.name for index in table.indexes}


def test_a_car_is_shown_to_its_follower_alone(hear, copies):
    hear(binding_news())

    (car,) = copies.cars(FOLLOWER)
    assert (car.binding_id, car.vehicle_id, car.plate, car.vin, car.mobile) == (
        BINDING,
        VEHICLE,
        "渝A12345",
        "LS4AAAAA1AA000001",
        "13800138000",
    )
    assert copies.car(FOLLOWER, BINDING) == car
    assert copies.cars(STRANGER) == ()
    assert copies.car(STRANGER, BINDING) is None


def test_a_car_whose_binding_ended_is_gone_with_all_that_is_personal(hear, copies):
    hear(binding_news(), binding_news(CustomerUnregistered, version=2, reason="by_follower"))

    assert copies.cars(FOLLOWER) == ()
    ended = copies.car(FOLLOWER, BINDING)
    assert (ended.active, ended.vin, ended.plate, ended.name, ended.mobile) == (False, "", None, "", "")


def test_the_end_of_a_binding_that_overtakes_its_beginning_stays_the_end(hear, copies):
    hear(binding_news(CustomerUnregistered, version=2, reason="by_follower"), binding_news(version=1))

    assert copies.cars(FOLLOWER) == ()


def test_who_follows_again_sees_the_car_again(hear, copies):
    hear(binding_news(CustomerUnregistered, version=2, reason="unfollowed"), binding_news(version=3))

    assert [car.name for car in copies.cars(FOLLOWER)] == ["张伟"]


NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
STORY = [
    (AppointmentRequested, 1, "requested"),
    (AppointmentCallDue, 2, "to_call"),
    (AppointmentConfirmed, 3, "confirmed"),
    (AppointmentNotified, 4, "notified"),
]


@pytest.mark.parametrize("seed", range(6))
def test_of_copies_that_are_overwritten_together_the_newest_stays(hear, copies, seed):
    cars = [binding_news(version=version, name=f"{version}号") for version in range(1, 5)]
    places = [places_news(version=version, left=version) for version in range(1, 5)]
    tickets = [ticket_news(f"ticket-{hours}", expires_at=NOON + timedelta(hours=hours)) for hours in range(1, 5)]
    told = [*cars, *places, *tickets, dealer_news()] * 2
    random.Random(seed).shuffle(told)

    hear(*told, at_once=12)

    assert [car.name for car in copies.cars(FOLLOWER)] == ["4号"]
    assert [one.left for one in copies.places("D001", places_news().day, 1)] == [4]
    assert copies.ticket("main") == Ticket("ticket-4", NOON + timedelta(hours=4))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("at_once", [1, 3, 8])
def test_news_in_any_order_and_twice_and_together_end_as_in_order(hear, copies, seed, at_once):
    told = [appointment_news(kind, version=version, state=state) for kind, version, state in STORY] * 2
    random.Random(seed).shuffle(told)

    hear(*told, at_once=at_once)

    found = copies.appointment(FOLLOWER, APPOINTMENT)
    assert (found.version, found.state) == (4, "notified")
    assert [(step.version, step.state) for step in found.timeline] == [(1, "requested"), (2, "to_call"), (3, "confirmed"), (4, "notified")]
    assert found.timeline[1].happened == "appointment.call.due"


def test_a_booking_is_there_before_anybody_has_heard_of_it(phone, copies):
    form = a_form(slot="09:00-10:00")
    phone.book(form)

    found = copies.appointment(FOLLOWER, UUID(form["id"]))
    assert (found.state, found.version, found.slot, found.concern) == (SUBMITTING, 0, "09:00-10:00", "刹车有异响")
    assert copies.appointments(FOLLOWER) == (found,)
    assert copies.appointments(STRANGER) == ()
    assert copies.appointment(STRANGER, UUID(form["id"])) is None


def test_what_was_typed_stays_beside_the_news(phone, hear, copies):
    form = a_form()
    phone.book(form)

    hear(appointment_news(AppointmentCallDue, appointment_id=form["id"], version=2, state="to_call", dms_no="D-7"))

    found = copies.appointment(FOLLOWER, UUID(form["id"]))
    assert (found.state, found.dms_no, found.concern, found.mileage_km) == ("to_call", "D-7", "刹车有异响", 12000)


def test_the_last_asked_for_comes_first(phone, hear, copies):
    hear(appointment_news())
    form = a_form()
    phone.book(form)

    found = copies.appointments(FOLLOWER)

    # what is told now is younger than the standing clock of the test
    assert [one.appointment_id for one in found] == [APPOINTMENT, UUID(form["id"])]


def test_a_wish_to_withdraw_shows_until_there_is_news(phone, hear, copies):
    form = a_form()
    phone.book(form)
    phone.withdraw(form["id"])
    before = copies.appointment(FOLLOWER, UUID(form["id"])).wanted

    hear(appointment_news(AppointmentKept, appointment_id=form["id"], version=3, state="confirmed", kept_because="too_late"))

    after = copies.appointment(FOLLOWER, UUID(form["id"]))
    assert (before, after.wanted, after.kept_because) == ("withdraw", "", "too_late")


def test_a_successor_after_a_transfer_is_there_though_it_was_never_submitted(hear, copies):
    successor = uuid4()
    hear(
        appointment_news(AppointmentTransferred, version=5, state="transferred", successor_id=successor),
        appointment_news(AppointmentCallDue, appointment_id=successor, dealer_code="D002", state="to_call", predecessor_id=APPOINTMENT),
    )

    assert {one.appointment_id for one in copies.appointments(FOLLOWER)} == {APPOINTMENT, successor}
    assert copies.appointment(FOLLOWER, successor).submitted_at is None


def test_a_registration_goes_on_with_its_news(hear, copies):
    hear(registration_news(version=2, code_no=1, tries_left=5), registration_news(version=1, state="checking"))

    found = copies.registration(FOLLOWER, REGISTRATION)
    assert (found.state, found.code_no, found.tries_left) == (RegistrationState.CODE_SENT, 1, 5)
    assert copies.open_registration(FOLLOWER) == found
    assert copies.registration(STRANGER, REGISTRATION) is None
    assert copies.open_registration(STRANGER) is None


@pytest.mark.parametrize("state", ["active", "rejected", "vin_wanted", "expired", "locked", "limited"])
def test_a_registration_that_leads_nowhere_is_not_open(hear, copies, state):
    hear(registration_news(state=state))

    assert copies.open_registration(FOLLOWER) is None


def test_dealers_that_take_bookings_are_listed_and_others_still_have_a_name(hear, copies):
    hear(dealer_news(), dealer_news(dealer_code="D002", name="南岸服务店", active=False), dealer_news(dealer_version=2, name="江北一店"))
    hear(dealer_news(dealer_version=1, name="old"))

    assert [one.name for one in copies.dealers()] == ["江北一店"]
    assert copies.dealer("D002").name == "南岸服务店"
    assert copies.dealer("D001").hours[0].begins == "08:30"
    assert copies.dealer("D999") is None


def test_places_are_listed_by_day_and_slot_within_the_days_asked_for(hear, copies):
    first = date(2026, 3, 9)
    hear(places_news(first, "09:00-10:00", left=0), places_news(first), places_news(first + timedelta(days=30)))
    hear(places_news(first, version=3, left=1), places_news(first, version=2, left=9))

    assert [(one.day, one.slot, one.left) for one in copies.places("D001", first, 30)] == [(first, "", 1), (first, "09:00-10:00", 0)]
    assert copies.places("D002", first, 30) == ()


def test_a_reminder_is_shown_to_its_follower_alone_and_of_their_cars_alone(hear, copies):
    hear(reminder_news())

    assert [one.message_id for one in copies.reminders(FOLLOWER, {VEHICLE})] == [MESSAGE]
    assert copies.reminder(FOLLOWER, ITEM, MESSAGE, {VEHICLE}) == copies.reminder(FOLLOWER, ITEM, None, {VEHICLE})
    assert copies.reminder(STRANGER, ITEM, MESSAGE, {VEHICLE}) is None
    assert copies.reminders(FOLLOWER, set()) == ()
    assert copies.reminder(FOLLOWER, ITEM, MESSAGE, set()) is None


def test_a_reminder_that_is_told_again_on_another_day_is_the_same_and_stays_opened(hear, copies, database):
    hear(reminder_news(version=2, dealer_code="D002"), reminder_news(version=1))
    submitting_for(database).open(MESSAGE, FOLLOWER)
    hear(reminder_news(version=3, dealer_code="D003"))

    (found,) = copies.reminders(FOLLOWER, {VEHICLE})
    assert (found.version, found.dealer_code, found.opened) == (3, "D003", True)


def test_the_message_that_a_link_names_is_shown_else_the_last(hear, copies):
    another = UUID(int=82)
    hear(reminder_news(), reminder_news(message_id=another))

    assert copies.reminder(FOLLOWER, ITEM, MESSAGE, {VEHICLE}).message_id == MESSAGE
    assert copies.reminder(FOLLOWER, ITEM, UUID(int=999), {VEHICLE}).message_id in (MESSAGE, another)
    assert copies.reminder(FOLLOWER, UUID(int=999), MESSAGE, {VEHICLE}) is None


def wish(type, wanted):
    return ReminderWishForm(id=uuid4(), type=type, wanted=wanted)


def test_a_word_about_reminders_stands_until_there_are_wishes_that_have_it(hear, copies, database):
    submitting = submitting_for(database)
    submitting.wish(wish(ReminderType.BIRTHDAY, wanted=False), FOLLOWER)
    submitting.wish(wish(ReminderType.CAMPAIGN, wanted=False), FOLLOWER)

    hear(wishes_news(ReminderType.BIRTHDAY, version=1))
    first = copies.unwanted(FOLLOWER)
    hear(wishes_news(ReminderType.BIRTHDAY, version=2), wishes_news(version=1))

    assert first == {ReminderType.BIRTHDAY, ReminderType.CAMPAIGN}
    assert copies.unwanted(FOLLOWER) == {ReminderType.BIRTHDAY}
    assert copies.unwanted(STRANGER) == frozenset()


def test_the_last_word_about_a_type_counts(copies, database):
    submitting = submitting_for(database)
    for wanted in (False, True, False, True):
        submitting.wish(wish(ReminderType.WARRANTY, wanted=wanted), FOLLOWER)

    assert copies.unwanted(FOLLOWER) == frozenset()


def test_of_two_tickets_the_later_expiry_wins(hear, copies):
    later = ticket_news("ticket-2")
    hear(later, ticket_news("ticket-1", later.expires_at - timedelta(hours=1)))

    assert copies.ticket("main").ticket == "ticket-2"
    assert copies.ticket("other") is None


def test_nothing_personal_is_on_disk_in_clear(hear, database, tmp_path):
    hear(binding_news(), registration_news(), ticket_news("ticket-canary"))
    database.dispose()

    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for canary in ("LS4AAAAA1AA000001", "渝A12345", "张伟", "13800138000", "oFollower1", "ticket-canary"):
        assert canary.encode() not in kept, canary
