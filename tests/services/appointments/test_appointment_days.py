"""The service on a real schema when the day comes: visits, absences, and days that passed without a word."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from chassis.database import Conflict
from contracts.appointments import (
    AppointmentArrived,
    AppointmentCompleted,
    AppointmentNoShow,
    AppointmentUnreachable,
    State,
)
from contracts.csc import CloseCallTask, RecordOutcome
from contracts.dms import CancelAppointment, StoreOutcome, StoreSlip
from services.appointments.hours import end_of
from services.appointments.store import MOST_AT_ONCE
from services.appointments.tables import stray_visits
from tests.services.appointments.builders import (
    AT,
    FRIDAY,
    RULES,
    SATURDAY,
    a_binding,
    a_call_log,
    a_saved_slip,
    a_visit,
    an_appointment,
)
from tests.services.appointments.stages import a_house, agreed, state_of, to_call
from tests.services.house import types_of


@pytest.fixture
def house(tmp_path):
    return a_house(tmp_path / "appointments.sqlite")


def strays(house):
    with house.database.read() as connection:
        return connection.execute(select(stray_visits.c.visit_id)).scalars().all()


def by_the_clock(house, now, *sweeps):
    house.told()
    house.service.now.at = now
    for sweep in sweeps:
        with house.write() as tx:
            sweep(tx)
    return house.told()


def test_a_visit_and_its_end(house):
    id = agreed(house)

    told = house.deliver(a_visit()), house.deliver(a_visit(closed=True)), house.deliver(a_visit())

    assert [types_of(one) for one in told] == [
        [AppointmentArrived, StoreOutcome, RecordOutcome],
        [AppointmentCompleted, StoreOutcome, RecordOutcome],
        [],
    ]
    assert (state_of(house, id), strays(house)) == (State.COMPLETED, [])


def test_the_end_of_a_visit_may_overtake_its_beginning_and_both_the_slip(house):
    id = to_call(house)

    early = house.deliver(a_visit(closed=True)) + house.deliver(a_visit())
    told = house.deliver(a_saved_slip(id))

    assert early == []
    assert types_of(told) == [
        StoreSlip,
        AppointmentArrived,
        AppointmentCompleted,
        *[StoreOutcome] * 2,
        *[RecordOutcome] * 2,
    ]
    assert (state_of(house, id), strays(house)) == (State.COMPLETED, [])


def test_a_visit_of_another_car_changes_nothing(house):
    id = agreed(house)

    assert house.deliver(a_visit(vehicle_id=uuid4(), appointment_id=id)) == []
    assert state_of(house, id) is State.CONFIRMED


def test_the_adviser_may_name_the_appointment_even_days_later(house):
    id = agreed(house)

    told = house.deliver(a_visit(appointment_id=id, arrived_at=AT + timedelta(days=9)))

    assert types_of(told)[0] is AppointmentArrived


def test_a_visit_goes_to_the_successor_when_its_appointment_was_transferred_after_all(house):
    id = agreed(house)
    house.deliver(a_visit())
    successor = house.deliver(a_call_log(id, 2, "reached", to="D002"))[0].successor_id

    told = house.deliver(a_saved_slip(successor, dealer_code="D002"))

    assert AppointmentArrived in types_of(told)
    assert (state_of(house, id), state_of(house, successor)) == (State.TRANSFERRED, State.ARRIVED)


def test_a_day_that_passed_without_a_word_is_given_up_once(house):
    id, other = to_call(house), agreed(house, requested_date=SATURDAY)

    told = by_the_clock(house, end_of(SATURDAY), *[house.service.give_up_on_past_days] * 2)

    assert types_of(told) == [AppointmentUnreachable, CancelAppointment, CloseCallTask]
    assert (state_of(house, id), state_of(house, other)) == (State.UNREACHABLE, State.CONFIRMED)


def test_an_absence_is_noticed_once_after_the_grace_and_a_late_visit_sets_it_right(house):
    id = agreed(house)
    over = end_of(FRIDAY) + RULES.no_show_after

    early = by_the_clock(house, over - timedelta(seconds=1), house.service.notice_absences)
    told = by_the_clock(house, over, *[house.service.notice_absences] * 2)
    late = house.deliver(a_visit())

    assert (early, types_of(told)) == ([], [AppointmentNoShow, StoreOutcome, RecordOutcome])
    assert types_of(late) == [AppointmentArrived, StoreOutcome, RecordOutcome]
    assert state_of(house, id) is State.ARRIVED


def test_the_clock_takes_no_more_at_once_than_one_transaction_should(house):
    with house.write() as tx:
        for number in range(MOST_AT_ONCE + 5):
            day = FRIDAY - timedelta(days=number)
            house.service.appointments.add(tx, an_appointment(appointment_id=uuid4(), requested_date=day))

    told = by_the_clock(house, end_of(FRIDAY), house.service.give_up_on_past_days)
    rest = by_the_clock(house, end_of(FRIDAY), house.service.give_up_on_past_days)

    assert [types_of(one).count(AppointmentUnreachable) for one in (told, rest)] == [MOST_AT_ONCE, 5]


def test_visits_that_match_nothing_are_forgotten_in_the_end(house):
    house.deliver(a_visit())

    by_the_clock(house, AT + timedelta(days=29), house.service.forget_stray_visits)
    kept = strays(house)
    by_the_clock(house, AT + timedelta(days=31), house.service.forget_stray_visits)

    assert (len(kept), strays(house)) == (1, [])


def test_a_slip_and_a_visit_do_not_miss_each_other_where_transactions_run_side_by_side(place):
    """Both orders, each begun before the other has committed."""
    house = a_house(place.database_url.format(schema="appointments"))

    for number, first_is_visit in enumerate((True, False)):
        car = uuid4()
        house.deliver(a_binding(binding_id=uuid4(), vehicle_id=car))
        id = to_call(house, vehicle_id=car)
        pair = [a_saved_slip(id), a_visit(visit_id=uuid4(), vehicle_id=car)]
        first, second = reversed(pair) if first_is_visit else pair
        other = threading.Thread(target=_until_it_is_in, args=(house, second))
        try:
            with house.write() as tx:
                getattr(house.service, house.methods[type(first)])(first, tx)
                other.start()
                other.join(0.5)  # it waits for us by now, or is done
        except Conflict:
            _until_it_is_in(house, first)
        other.join()
        assert state_of(house, id) is State.ARRIVED, number
    house.database.dispose()


def _until_it_is_in(house, message):
    """As the chassis does: a conflict is tried again at once."""
    while True:
        try:
            house.only_deliver(message)
        except Conflict:
            continue
        return
