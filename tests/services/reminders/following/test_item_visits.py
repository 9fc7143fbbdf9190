"""回厂: which visit an item returned with (S-15)."""

from uuid import UUID, uuid4

import pytest

from contracts.appointments import AppointmentWithdrawn, State
from contracts.reminders import Outcome
from services.reminders.facts.car import CarStore
from tests.services.reminders.following.followed import CAR, a_call, a_slip, a_visit, an_appointment, at, due

ITEM, THEIRS = uuid4(), uuid4()
OTHER_CAR = UUID("c0000000-0000-4000-8000-000000000002")
EVENING = at("12-10", "18:00")


@pytest.mark.parametrize("order", ["visit first", "contact first"])
def test_a_visit_after_the_message_counts_in_whatever_order_we_hear(house, order):
    house.with_items(due(ITEM))
    happenings = [lambda: house.deliver(a_visit(at("12-09"), dealer="CQ02")), lambda: house.sent(ITEM, at("12-03"))]

    for happening in happenings if order == "visit first" else reversed(happenings):
        happening()

    item = house.item()
    assert (item.outcome, item.visit_id, item.visit_dealer, item.returned_at) == (Outcome.RETURNED, UUID(int=1), "CQ02", at("12-09"))


def test_a_visit_before_anybody_was_told_is_none_of_the_reminder(house):
    house.with_items(due(ITEM))
    house.deliver(a_visit(at("12-02")))

    house.sent(ITEM, at("12-03"))

    assert house.item().outcome is Outcome.OPEN


def test_the_earlier_of_message_and_call_is_the_contact(house):
    house.with_items(due(ITEM))
    house.sent(ITEM, at("12-09"))
    house.deliver(a_visit(at("12-06")))

    house.deliver(a_slip(ITEM, a_call(at("12-05"))))

    assert house.item().outcome is Outcome.RETURNED


def test_a_message_that_failed_is_no_contact_and_makes_the_call_urgent(house):
    house.with_items(due(ITEM))
    message = house.with_message(ITEM)
    house.learn_of_message(message, "sent", at("12-03"))
    house.deliver(a_visit(at("12-06")))

    house.learn_of_message(message, "failed", reason="user_blocked")

    item = house.item()
    assert (item.outcome, item.wechat_reason, item.priority) == (Outcome.OPEN, "user_blocked", "high")


def test_the_first_visit_counts(house):
    house.with_items(due(ITEM))
    house.sent(ITEM, at("12-03"))

    house.deliver(a_visit(at("12-20"), 2))
    house.deliver(a_visit(at("12-10"), 1))

    assert house.item().visit_id == UUID(int=1)


@pytest.mark.parametrize(
    ("moment", "outcome"), [(at("2027-01-05", "23:59"), Outcome.RETURNED), (at("2027-01-08", "00:00"), Outcome.FOR_DECISION)]
)
def test_a_visit_in_the_days_of_grace_counts_while_nobody_has_decided(house, moment, outcome):
    house.with_items(due(ITEM))
    house.sent(ITEM, at("12-28"))
    house.until(at("2027-01-01"))

    house.on(at("2027-01-05", "23:59"), a_visit(moment))

    assert house.item().outcome is outcome


def test_what_is_said_when_a_visit_is_closed_stands_whichever_comes_last(house):
    house.with_items(due(ITEM))
    house.sent(ITEM, at("12-03"))

    house.deliver(a_visit(at("12-10"), dealer="CQ02", closed=at("12-10", "17:00")))
    house.deliver(a_visit(at("12-11"), dealer="CQ01"))

    assert (house.item().visit_dealer, house.item().returned_at) == ("CQ02", at("12-10"))


def test_a_visit_of_another_car_and_a_birthday_change_nothing(house):
    birthday = uuid4()
    house.with_items(due(ITEM), due(birthday, type="birthday"))
    house.sent(ITEM, at("12-03"))
    house.sent(birthday, at("12-03"))

    house.deliver(a_visit(at("12-10"), car=uuid4()))
    other_car = house.item(ITEM)
    house.deliver(a_visit(at("12-11"), 2))

    assert other_car.outcome is Outcome.OPEN
    assert house.item(birthday).outcome is Outcome.OPEN


def test_a_campaign_that_is_over_lapses_and_nobody_decides_about_it(house):
    campaign, came = uuid4(), uuid4()
    house.with_items(due(campaign, type="campaign"), due(came, type="campaign"))
    house.sent(came, at("12-03"))
    house.deliver(a_visit(at("12-10")))

    house.until(at("2027-01-07"))

    assert (house.item(campaign).outcome, house.item(came).outcome) == (Outcome.LAPSED, Outcome.RETURNED)
    assert not house.items("2027-01")


def returned(house):
    return {one.item_id: (one.visit_id, one.visit_dealer, one.returned_at) for one in house.items() if one.outcome is Outcome.RETURNED}


def days_known(house, vehicle_id):
    with house.write() as tx:
        car = CarStore().of(tx, [vehicle_id])[vehicle_id]
    return car.last_visit_on, car.first_maintenance_on


@pytest.mark.parametrize("order", [1, -1])
def test_a_visit_that_was_another_cars_is_that_cars_in_whatever_order_we_hear(house, order):
    house.with_items(due(ITEM), due(THEIRS, vehicle_id=OTHER_CAR))
    house.deliver(an_appointment(at("12-02")))
    house.sent(ITEM, at("12-03"))
    house.sent(THEIRS, at("12-03"))

    for message in [a_visit(at("12-10")), a_visit(at("12-10"), car=OTHER_CAR, closed=EVENING)][::order]:
        house.deliver(message)

    assert returned(house) == {THEIRS: (UUID(int=1), "CQ01", at("12-10"))}
    assert house.item(ITEM).outcome is Outcome.BOOKED
    assert (days_known(house, CAR)[0], days_known(house, OTHER_CAR)[0]) == (None, at("12-10").date())


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("arrived_at", [at("12-02"), at("2027-01-20")], ids=["before contact", "long after the month"])
def test_a_visit_that_was_on_another_day_counts_as_of_that_day(house, arrived_at, order):
    house.with_items(due(ITEM))
    house.sent(ITEM, at("12-03"))

    for message in [a_visit(at("12-10")), a_visit(arrived_at, closed=at("2027-01-20", "18:00"))][::order]:
        house.deliver(message)

    assert (house.item().outcome, house.item().returned_at) == (Outcome.OPEN, None)
    assert days_known(house, CAR)[0] == arrived_at.date()


def test_a_visit_at_another_dealer_is_that_dealers_and_another_visit_takes_its_place_where_it_is_none(house):
    house.with_items(due(ITEM))
    house.sent(ITEM, at("12-03"))
    house.deliver(a_visit(at("12-10")))
    house.deliver(a_visit(at("12-15"), 2))

    house.deliver(a_visit(at("12-10"), dealer="CQ02", closed=EVENING))
    at_another_dealer = returned(house)
    house.deliver(a_visit(at("12-10"), car=OTHER_CAR, closed=at("12-10", "19:00")))

    assert at_another_dealer == {ITEM: (UUID(int=1), "CQ02", at("12-10"))}
    assert returned(house) == {ITEM: (UUID(int=2), "CQ01", at("12-15"))}


def test_what_a_visit_was_thought_to_have_done_is_not_done_where_it_was_another_cars(house):
    house.with_items()
    visit = a_visit(at("12-10"), closed=EVENING)
    house.deliver(visit.model_copy(update={"services": ("FIRST_MAINTENANCE",)}))
    before = days_known(house, CAR)

    house.deliver(a_visit(at("12-10"), car=OTHER_CAR, closed=at("12-10", "19:00")))

    assert (before, days_known(house, CAR)) == ((at("12-10").date(), at("12-10").date()), (None, None))


def test_a_car_whose_owner_had_booked_is_back_though_nobody_had_told_them(house):
    house.with_items(due(ITEM))
    house.deliver(an_appointment(at("12-04")))

    house.deliver(a_visit(at("12-10")))

    assert (house.item().outcome, house.item().appointment_id) == (Outcome.RETURNED, UUID(int=1))


def test_a_visit_before_the_booking_or_before_the_month_of_the_item_is_none_of_it(house):
    house.with_items(due(ITEM), due(THEIRS, vehicle_id=OTHER_CAR))
    house.deliver(an_appointment(at("12-04")))
    house.deliver(an_appointment(at("11-20"), 2, day=at("12-10").date(), car=OTHER_CAR))

    house.deliver(a_visit(at("12-03")))
    house.deliver(a_visit(at("11-30", "23:59"), 2, car=OTHER_CAR))

    assert {one.outcome for one in house.items()} == {Outcome.BOOKED}


@pytest.mark.parametrize("order", [1, -1])
def test_a_booking_that_was_taken_back_is_no_contact(house, order):
    house.with_items(due(ITEM))
    house.deliver(an_appointment(at("12-04")))

    back = an_appointment(at("12-04"), contract=AppointmentWithdrawn, version=2, state=State.WITHDRAWN)
    for message in [a_visit(at("12-10")), back][::order]:
        house.deliver(message)

    assert house.item().outcome is Outcome.OPEN
