"""Places at a dealer: who takes one, who is turned away, and who gives one back (flows 3.1, S-19)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.appointments import (
    AppointmentKept,
    AppointmentRequested,
    AppointmentRescheduled,
    AppointmentTurnedDown,
    AppointmentWithdrawn,
    PlacesLeft,
)
from contracts.dms import AppointmentRejected, MoveAppointment, StoreAppointment
from services.appointments.service import AppointmentsService
from tests.services.appointments.builders import (
    AT,
    FRIDAY,
    NOW,
    RULES,
    SATURDAY,
    a_binding,
    a_call_log,
    a_capacity,
    a_request,
    a_rescheduling,
    a_saved_slip,
    a_visit,
    a_withdrawal,
)
from tests.services.house import House, Times, types_of

NINE, TEN = "09:00-10:00", "10:00-11:00"


class Dealers(House):
    """A house whose followers are bound to as many cars as a test asks for."""

    def request(self, **changes):
        vehicle_id = uuid4()
        self.deliver(a_binding(binding_id=uuid4(), vehicle_id=vehicle_id))
        return a_request(**({"vehicle_id": vehicle_id} | changes))

    def booked(self, **changes):
        request = self.request(**changes)
        self.deliver(request)
        return request

    def left(self, message):
        """What is told of places because of it: (day, slot) to what is left, or `closed`."""
        news = [one for one in self.deliver(message) if isinstance(one, PlacesLeft)]
        return {(one.day, one.slot) if one.slot else one.day: "closed" if one.closed else one.left for one in news}


@pytest.fixture
def house(tmp_path):
    service = AppointmentsService()
    service.now, service.rules = Times(NOW), RULES
    return Dealers(service, tmp_path / "appointments.sqlite")


def test_where_nothing_was_told_nothing_is_counted(house):
    told = [house.deliver(house.request()) for _ in range(3)]

    assert {tuple(types_of(one)) for one in told} == {(AppointmentRequested, StoreAppointment)}


def test_the_last_place_is_taken_and_the_next_is_turned_away_at_once(house):
    house.deliver(a_capacity(2))

    taken = [house.left(house.request()) for _ in range(2)]
    (told,) = house.deliver(house.request())

    assert taken == [{FRIDAY: 1}, {FRIDAY: 0}]
    assert (type(told), told.reason) == (AppointmentTurnedDown, "full")


def test_a_closed_day_takes_nobody(house):
    assert house.left(a_capacity(5, closed=True)) == {FRIDAY: "closed"}

    (told,) = house.deliver(house.request())

    assert told.reason == "closed_day"


def test_another_day_and_another_dealer_are_counted_apart(house):
    house.deliver(a_capacity(0))

    told = [house.deliver(house.request(**other))[0] for other in ({"requested_date": SATURDAY}, {"dealer_code": "D002"})]

    assert types_of(told) == [AppointmentRequested, AppointmentRequested]


def test_a_slot_counts_beside_the_day(house):
    house.deliver(a_capacity(3))
    house.deliver(a_capacity(1, slot=NINE))

    first = house.left(house.request(slot=NINE))
    (second,) = house.deliver(house.request(slot=NINE))
    other_slot, no_slot = house.left(house.request(slot=TEN)), house.left(house.request())
    (fourth,) = house.deliver(house.request(slot=TEN))

    assert first == {FRIDAY: 2, (FRIDAY, NINE): 0}
    assert (second.reason, fourth.reason) == ("full", "full")
    assert (other_slot, no_slot) == ({FRIDAY: 1}, {FRIDAY: 0})


def test_where_only_slots_are_counted_a_wish_for_any_time_takes_none_of_them(house):
    house.deliver(a_capacity(1, slot=NINE))

    assert house.left(house.request()) == {}
    assert house.left(house.request(slot=NINE)) == {(FRIDAY, NINE): 0}


@pytest.mark.parametrize(
    "end",
    [
        a_withdrawal,
        lambda id: AppointmentRejected(appointment_id=id, reason="no_bay"),
        lambda id: a_call_log(id, 2, "reached", state="declined"),
        lambda id: a_call_log(id, 2, *["busy"] * 5),
        lambda id: a_saved_slip(id, state="cancelled"),
        lambda id: a_call_log(id, 2, "reached", to="D002"),
    ],
    ids=["withdrawn", "rejected", "declined", "unreachable", "cancelled", "transferred"],
)
def test_what_is_over_gives_its_place_back(house, end):
    house.deliver(a_capacity(1))
    request = house.booked()

    assert house.left(end(request.appointment_id)) == {FRIDAY: 1}
    assert house.left(house.request()) == {FRIDAY: 0}


def test_a_day_that_passed_gives_its_places_back(house):
    house.deliver(a_capacity(2))
    house.booked()
    house.booked()
    house.service.now.at = NOW + timedelta(days=30)
    house.told()

    with house.write() as tx:
        house.service.give_up_on_past_days(tx)

    assert [one.left for one in house.told() if isinstance(one, PlacesLeft)] == [2]


def test_a_withdrawal_that_overtook_its_wish_leaves_the_place_free(house):
    house.deliver(a_capacity(1))
    request = house.request()
    house.deliver(a_withdrawal(request.appointment_id))

    assert types_of(house.deliver(request)) == [AppointmentWithdrawn]
    assert house.left(house.request()) == {FRIDAY: 0}


def test_another_day_moves_the_place(house):
    house.deliver(a_capacity(1))
    house.deliver(a_capacity(1, day=SATURDAY))
    request = house.booked()

    assert house.left(a_rescheduling(request.appointment_id)) == {FRIDAY: 1, SATURDAY: 0}


@pytest.mark.parametrize(
    ("told", "because"), [(a_capacity(0, day=SATURDAY), "full"), (a_capacity(9, day=SATURDAY, closed=True), "closed_day")]
)
def test_no_place_on_the_other_day_keeps_it_where_it_is(house, told, because):
    house.deliver(a_capacity(1))
    house.deliver(told)
    request = house.booked()

    (kept,) = house.deliver(a_rescheduling(request.appointment_id))

    assert (type(kept), kept.kept_because, kept.requested_date) == (AppointmentKept, because, FRIDAY)


def test_another_slot_of_a_full_day_needs_no_second_place_on_it(house):
    house.deliver(a_capacity(1))
    request = house.booked(slot=NINE)

    told = house.deliver(a_rescheduling(request.appointment_id, day=FRIDAY, slot=TEN))

    assert types_of(told) == [AppointmentRescheduled, MoveAppointment]


def test_while_the_old_slip_holds_both_places_are_held(house):
    house.deliver(a_capacity(1))
    house.deliver(a_capacity(1, day=SATURDAY))
    request = house.booked()
    id = request.appointment_id
    house.deliver(a_saved_slip(id))

    assert house.left(a_rescheduling(id)) == {SATURDAY: 0}
    assert house.left(a_saved_slip(id, 2, request_no=2, appointment_at=AT + timedelta(days=1))) == {FRIDAY: 1}


def test_who_comes_early_gives_back_the_days_that_are_not_needed_any_more(house):
    house.deliver(a_capacity(1))
    house.deliver(a_capacity(1, day=SATURDAY))
    request = house.booked()
    id = request.appointment_id
    house.deliver(a_saved_slip(id))
    house.deliver(a_rescheduling(id))

    came = house.left(a_visit(vehicle_id=request.vehicle_id))

    assert came == {SATURDAY: 1}
    assert house.deliver(a_request(vehicle_id=request.vehicle_id))[0].reason == "full"
    assert house.left(a_request(vehicle_id=request.vehicle_id, requested_date=SATURDAY)) == {SATURDAY: 0}


def test_a_slip_is_never_refused_and_moves_the_place_to_its_day_dealer_and_time(house):
    house.deliver(a_capacity(1))
    house.deliver(a_capacity(0, dealer_code="D002"))
    house.deliver(a_capacity(4, dealer_code="D002", slot=NINE))
    id = house.booked(slot=TEN).appointment_id

    moved = house.left(a_saved_slip(id, dealer_code="D002", appointment_at=AT))

    assert moved == {FRIDAY: 1, (FRIDAY, NINE): 3}  # that the other's day is overbooked changes nothing that is seen
    assert house.left(a_capacity(1, version=2, dealer_code="D002")) == {}
    assert house.left(a_capacity(2, version=3, dealer_code="D002")) == {FRIDAY: 1}


def test_a_transfer_agreed_on_by_phone_is_not_refused_either(house):
    house.deliver(a_capacity(0, dealer_code="D002"))
    id = house.booked().appointment_id

    told = house.deliver(a_call_log(id, 2, "reached", to="D002"))

    assert types_of(told)[-2:] == [AppointmentRequested, StoreAppointment]


def test_what_was_booked_before_the_number_was_told_counts(house):
    house.booked(slot=NINE)
    house.booked()
    house.deliver(a_saved_slip(house.booked().appointment_id, appointment_at=AT))  # half past nine

    assert house.left(a_capacity(10)) == {FRIDAY: 7}
    assert house.left(a_capacity(10, slot=NINE)) == {(FRIDAY, NINE): 8}


def test_fewer_places_than_are_taken_leave_none(house):
    house.deliver(a_capacity(5))
    requests = [house.booked() for _ in range(3)]

    assert house.left(a_capacity(2, version=2)) == {FRIDAY: 0}
    assert house.left(a_withdrawal(requests[0].appointment_id)) == {}
    assert house.left(a_withdrawal(requests[1].appointment_id)) == {FRIDAY: 1}


def test_an_old_or_repeated_number_changes_nothing(house):
    house.deliver(a_capacity(5, version=2))

    assert house.left(a_capacity(9, version=1)) == {}
    assert house.left(a_capacity(9, version=2)) == {}


def test_versions_of_what_is_left_rise_one_by_one(house):
    told = house.deliver(a_capacity(3)) + house.deliver(house.request()) + house.deliver(a_capacity(3, version=2, closed=True))

    assert [one.version for one in told if isinstance(one, PlacesLeft)] == [1, 2, 3]


def test_one_open_request_for_a_car_and_a_day(house):
    first = house.booked()
    again = a_request(vehicle_id=first.vehicle_id)

    (refused,) = house.deliver(again)
    other_day = house.deliver(a_request(vehicle_id=first.vehicle_id, requested_date=SATURDAY))
    (kept,) = house.deliver(a_rescheduling(first.appointment_id))
    house.deliver(a_withdrawal(first.appointment_id))
    after_withdrawal = house.deliver(a_request(vehicle_id=first.vehicle_id))

    assert (refused.reason, kept.kept_because) == ("already_booked", "already_booked")
    assert (type(other_day[0]), type(after_withdrawal[0])) == (AppointmentRequested, AppointmentRequested)
