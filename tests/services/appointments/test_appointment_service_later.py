"""The service on a real schema when it goes another way: another day, another dealer, too late."""

from uuid import uuid4

import pytest

from chassis.errors import Unavailable
from contracts.appointments import (
    AppointmentCallDue,
    AppointmentKept,
    AppointmentRequested,
    AppointmentRescheduled,
    AppointmentTransferred,
    AppointmentWithdrawn,
    State,
)
from contracts.csc import AppointmentTaskCreated, ReopenCallTask
from contracts.dms import AppointmentStored, CancelAppointment, MoveAppointment, StoreAppointment
from services.appointments.hours import end_of
from services.appointments.readings import slip_of, visit_of
from tests.services.appointments.builders import (
    AT,
    FRIDAY,
    NOW,
    RULES,
    SATURDAY,
    a_call_log,
    a_rescheduling,
    a_saved_slip,
    a_visit,
    a_wish,
    a_withdrawal,
    an_appointment,
)
from tests.services.appointments.stages import a_house, agreed, state_of, to_call
from tests.services.house import types_of


@pytest.fixture
def house(tmp_path):
    return a_house(tmp_path / "appointments.sqlite")


def test_another_day_is_told_to_the_follower_the_dms_and_csc(house):
    id = agreed(house)

    told = house.deliver(a_rescheduling(id))

    news = told[0]
    assert types_of(told) == [AppointmentRescheduled, MoveAppointment, ReopenCallTask]
    assert (news.state, news.requested_date, news.request_no, news.slip_id) == (State.RESCHEDULED, SATURDAY, 2, "S-7")


def test_another_day_that_overtook_the_wish_waits_for_it(house):
    with pytest.raises(Unavailable):
        house.deliver(a_rescheduling(uuid4()))


def test_too_late_is_told_and_the_slip_holds(house):
    id = agreed(house)
    house.service.now.at = AT

    told = house.deliver(a_withdrawal(id)) + house.deliver(a_rescheduling(id))

    assert types_of(told) == [AppointmentKept, AppointmentKept]
    assert state_of(house, id) is State.CONFIRMED


def test_a_transfer_begins_one_successor_at_the_other_dealer(house):
    id = to_call(house, source="reminder", reminder_item_id=uuid4())
    transfer = a_call_log(id, 2, "reached", to="D002")

    told = house.deliver(transfer)
    again = house.deliver(transfer) + house.deliver(a_call_log(id, 3, "reached", to="D003"))

    old, _, new, order = told
    assert types_of(told) == [AppointmentTransferred, CancelAppointment, AppointmentRequested, StoreAppointment]
    assert (old.successor_id, new.predecessor_id) == (new.appointment_id, id)
    assert (order.dealer_code, order.source, order.requested_date, order.concern) == ("D002", "phone", FRIDAY, "刹车有异响")
    assert again == []


def test_a_successor_goes_the_usual_way(house):
    id = to_call(house)
    successor = house.deliver(a_call_log(id, 2, "reached", to="D002"))[2].appointment_id

    house.deliver(AppointmentStored(appointment_id=successor, dms_no="D-8"))
    told = house.deliver(AppointmentTaskCreated(appointment_id=successor, task_id="T-2"))

    assert types_of(told) == [AppointmentCallDue]


def test_who_takes_back_what_was_transferred_takes_back_its_successor(house):
    id = to_call(house)
    successor = house.deliver(a_call_log(id, 2, "reached", to="D002"))[2].appointment_id

    told = house.deliver(a_withdrawal(id))

    assert types_of(told) == [AppointmentWithdrawn, CancelAppointment]
    assert {one.appointment_id for one in told} == {successor}


def test_a_transfer_of_what_was_taken_back_begins_nothing(house):
    id = to_call(house)
    house.deliver(a_withdrawal(id))

    assert house.deliver(a_call_log(id, 2, "reached", to="D002")) == []


def test_all_of_it_comes_back_as_it_was(house):
    full = an_appointment(slot="09:00-10:00", reminder_item_id=uuid4(), source="reminder").stored("D-7", NOW)
    full = full.slip_saved(slip_of(a_saved_slip(full.id, request_no=2))).notice_absence(end_of(FRIDAY) + RULES.no_show_after, RULES)
    full = full.visited(visit_of(a_visit(closed=True))).keep_as_it_is(2, "full").give_up_on_its_day(NOW)
    moved = an_appointment(appointment_id=uuid4(), vehicle_id=uuid4())
    moved = moved.reschedule(a_wish(appointment_id=moved.id, request_no=3), NOW, RULES, NOW).refuse("x")

    with house.write() as tx:
        for one in (full, moved):
            house.service.appointments.add(tx, one)
        kept = [house.service.appointments.get(tx, one.id) for one in (full, moved)]

    assert [vars(one) | {"car": None} for one in kept] == [vars(one) | {"car": None} for one in (full, moved)]
