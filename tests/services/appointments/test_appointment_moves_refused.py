"""The DMS will not have it on the other day: what stands, who hears of it, and who holds the place."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.appointments import (
    AppointmentCancelled,
    AppointmentKept,
    AppointmentNotified,
    PlacesLeft,
    State,
)
from contracts.csc import CloseCallTask, ReopenCallTask
from contracts.dms import AppointmentMoveRefused, AppointmentSlipStored, CancelAppointment
from contracts.messaging import AppointmentConfirmationSent
from tests.services.appointments.builders import (
    FRIDAY,
    SATURDAY,
    a_binding,
    a_capacity,
    a_request,
    a_rescheduling,
    a_saved_slip,
    a_withdrawal,
)
from tests.services.appointments.stages import a_house, agreed, booked, state_of, to_call
from tests.services.house import types_of


@pytest.fixture
def house(tmp_path):
    return a_house(tmp_path / "appointments.sqlite")


def a_no(id, request_no=2, reason="no_bay"):
    return AppointmentMoveRefused(appointment_id=id, request_no=request_no, reason=reason)


def notified(house):
    id = agreed(house)
    (confirmed,) = house.deliver(AppointmentSlipStored(appointment_id=id, slip_id="S-7", slip_version=1))
    house.deliver(AppointmentConfirmationSent(appointment_id=id, appointment_version=confirmed.version))
    return id


def test_the_first_day_stands_again_and_the_follower_and_csc_hear_of_it(house):
    id = to_call(house, slot="09:00-10:00")
    house.deliver(a_rescheduling(id))

    kept, reopen = house.deliver(a_no(id))

    assert (type(kept), kept.kept_because, kept.requested_date, kept.slot) == (AppointmentKept, "no_bay", FRIDAY, "09:00-10:00")
    assert (kept.state, kept.request_no) == (State.TO_CALL, 2)
    assert (type(reopen), reopen.request_no, reopen.requested_date) == (ReopenCallTask, 2, FRIDAY)


def test_a_slip_that_was_there_holds_as_if_nothing_had_been_asked(house):
    id = notified(house)
    house.deliver(a_rescheduling(id))

    told = house.deliver(a_no(id))

    assert types_of(told) == [AppointmentKept, AppointmentNotified, ReopenCallTask]


def test_a_repeat_and_a_no_to_an_earlier_request_leave_the_newest_as_it_is(house):
    id = to_call(house)
    house.deliver(a_rescheduling(id))
    house.deliver(a_rescheduling(id, 3, SATURDAY.replace(day=9)))

    assert house.deliver(a_no(id, 2)) == []
    (kept, _) = house.deliver(a_no(id, 3))
    assert kept.requested_date == FRIDAY
    assert house.deliver(a_no(id, 3)) == []


def test_an_earlier_request_that_the_dms_took_stands_again(house):
    id = to_call(house)
    house.deliver(a_rescheduling(id))
    house.deliver(a_rescheduling(id, 3, SATURDAY.replace(day=9)))

    kept, reopen = house.deliver(a_no(id, 3))

    assert (kept.requested_date, reopen.request_no, reopen.requested_date) == (SATURDAY, 3, SATURDAY)


def test_the_next_wish_for_another_day_has_a_number_of_its_own(house):
    id = agreed(house)
    house.deliver(a_rescheduling(id))
    house.deliver(a_no(id))

    news = house.deliver(a_rescheduling(id, 3))[0]

    assert (news.state, news.request_no, news.requested_date) == (State.RESCHEDULED, 3, SATURDAY)


def test_before_csc_is_asked_to_call_nothing_is_told_to_it(house):
    id = booked(house)
    house.deliver(a_rescheduling(id))

    assert types_of(house.deliver(a_no(id))) == [AppointmentKept]


def test_two_days_refused_for_one_reason_are_each_told_with_the_day_that_stands(house):
    """In whichever order the refusals come: the last news must not leave a copy with a day that nobody has."""
    id = to_call(house)
    house.deliver(a_rescheduling(id))
    house.deliver(a_rescheduling(id, 3, SATURDAY + timedelta(days=1)))

    second, _ = house.deliver(a_no(id, 3))
    first, _ = house.deliver(a_no(id, 2))

    assert [type(told) for told in (second, first)] == [AppointmentKept, AppointmentKept]
    assert [told.requested_date for told in (second, first)] == [SATURDAY, FRIDAY]


def test_what_was_agreed_on_the_phone_meanwhile_is_not_called_kept(house):
    id = agreed(house)
    house.deliver(a_rescheduling(id))
    house.deliver(a_saved_slip(id, 2, request_no=2))

    assert types_of(house.deliver(a_no(id))) == [ReopenCallTask]
    assert state_of(house, id) is State.CONFIRMED


def test_what_is_over_stays_as_it_is(house):
    id = to_call(house)
    house.deliver(a_rescheduling(id))
    house.deliver(a_withdrawal(id))

    assert house.deliver(a_no(id)) == []


def test_the_place_goes_back_with_the_day_though_it_was_given_to_another(house):
    house.deliver(a_capacity(1))
    house.deliver(a_capacity(1, day=SATURDAY))
    other, third = ((uuid4(), uuid4()), (uuid4(), uuid4()))
    for binding_id, vehicle_id in (other, third):
        house.deliver(a_binding(binding_id=binding_id, vehicle_id=vehicle_id))
    id = to_call(house)
    house.deliver(a_rescheduling(id))
    house.deliver(a_request(vehicle_id=other[1]))

    told = house.deliver(a_no(id))
    more = house.deliver(a_capacity(2, version=2)), house.deliver(a_request(vehicle_id=third[1]))[0]

    assert [(news.day, news.left) for news in told if isinstance(news, PlacesLeft)] == [(SATURDAY, 1)]
    assert (more[0], more[1].reason) == ([], "full")


def test_where_the_car_has_another_appointment_on_the_old_day_it_gives_way(house):
    id = to_call(house)
    house.deliver(a_rescheduling(id))
    house.deliver(a_request())

    told = house.deliver(a_no(id))

    assert types_of(told) == [AppointmentCancelled, CancelAppointment, CloseCallTask]
    assert told[0].reason == "already_booked"
