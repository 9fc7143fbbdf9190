"""The service on a real schema: what it takes in, keeps and tells."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.database import Conflict
from chassis.errors import Unavailable
from contracts.appointments import (
    AppointmentCallDue,
    AppointmentCallMissed,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentNotified,
    AppointmentRequested,
    AppointmentTurnedDown,
    AppointmentWithdrawn,
    State,
)
from contracts.csc import AppointmentTaskCreated, AppointmentTaskRefused, CloseCallTask, OpenCallTask
from contracts.customers import CustomerUnregistered
from contracts.dms import AppointmentSlipStored, AppointmentStored, CancelAppointment, StoreAppointment, StoreSlip
from contracts.messaging import AppointmentConfirmationSent
from services.appointments.service import AppointmentsService
from tests.services.appointments.builders import (
    CAR,
    FRIDAY,
    NOW,
    RULES,
    a_binding,
    a_call_log,
    a_request,
    a_saved_slip,
    a_withdrawal,
    an_appointment,
)
from tests.services.house import House, Times, types_of


@pytest.fixture
def house(tmp_path):
    service = AppointmentsService()
    service.now, service.rules = Times(NOW), RULES
    house = House(service, tmp_path / "appointments.sqlite")
    house.deliver(a_binding())
    return house


def stored(request):
    return AppointmentStored(appointment_id=request.appointment_id, dms_no="D-7")


def test_the_whole_way_to_the_confirmation(house):
    request = a_request()
    id = request.appointment_id

    told = [
        house.deliver(request),
        house.deliver(stored(request)),
        house.deliver(AppointmentTaskCreated(appointment_id=id, task_id="T-1")),
        house.deliver(a_call_log(id, 2, "no_answer")),
        house.deliver(a_call_log(id, 3, "no_answer", "reached")),
        house.deliver(a_saved_slip(id)),
        house.deliver(AppointmentSlipStored(appointment_id=id, slip_id="S-7", slip_version=1)),
    ]
    confirmed = told[-1][0]
    told.append(house.deliver(AppointmentConfirmationSent(appointment_id=id, appointment_version=confirmed.version)))

    assert [types_of(one) for one in told] == [
        [AppointmentRequested, StoreAppointment],
        [OpenCallTask],
        [AppointmentCallDue],
        [AppointmentCallMissed],
        [],
        [StoreSlip],
        [AppointmentConfirmed],
        [AppointmentNotified],
    ]
    assert (confirmed.dms_no, confirmed.task_id, confirmed.slip_id) == ("D-7", "T-1", "S-7")


def test_partners_are_given_what_they_need(house):
    request = a_request()

    _, to_dms = house.deliver(request)
    (to_csc,) = house.deliver(stored(request))

    assert (to_dms.vin, to_dms.name, to_dms.mobile, to_dms.concern) == (CAR.vin, CAR.name, CAR.mobile, "刹车有异响")
    assert (to_csc.dms_no, to_csc.customer_id, to_csc.concern) == ("D-7", "C0001", "刹车有异响")
    assert to_csc.due_at == NOW + timedelta(hours=2)


def test_a_repeated_request_changes_nothing(house):
    request = a_request()
    house.deliver(request)

    assert house.deliver(request) == []


def test_a_wish_that_cannot_be_met_is_told_to_the_follower_alone(house):
    (told,) = house.deliver(a_request(requested_date=NOW.date()))

    assert (type(told), told.state, told.reason) == (AppointmentTurnedDown, State.REJECTED, "too_soon")


@pytest.mark.parametrize(("ago", "attempt"), [(0, 0), (0, 9), (6, 0), (3600, 1)], ids=str)
def test_a_wish_that_overtook_the_binding_waits_for_it(house, ago, attempt):
    """Also an old one that is seen for the first time: after we were away, the news of the binding stands in the queue beside it."""
    wish = a_request(vehicle_id=uuid4(), submitted_at=NOW - timedelta(seconds=ago))

    with pytest.raises(Unavailable):
        house.deliver(wish, attempt=attempt)


def test_a_strangers_car_is_turned_away_once_the_binding_was_waited_for(house):
    (told,) = house.deliver(a_request(vehicle_id=uuid4(), submitted_at=NOW - timedelta(seconds=6)), attempt=2)

    assert told.reason == "not_your_car"


def test_a_binding_that_ended_books_nothing_and_old_news_does_not_revive_it(house):
    ended = CustomerUnregistered(**a_binding(version=2).model_dump(), reason="unfollowed")
    house.deliver(ended)
    house.deliver(a_binding(version=1))

    (told,) = house.deliver(a_request())

    assert told.reason == "not_your_car"


def test_a_withdrawal_that_overtook_the_wish_ends_it_unasked(house):
    request = a_request()

    assert house.deliver(a_withdrawal(request.appointment_id)) == []
    (told,) = house.deliver(request)

    assert (type(told), told.state) == (AppointmentWithdrawn, State.WITHDRAWN)


def test_a_strangers_withdrawal_changes_nothing_before_or_after_the_wish(house):
    request = a_request()

    house.deliver(a_withdrawal(request.appointment_id, follower_id=uuid4()))
    told = house.deliver(request)
    after = house.deliver(a_withdrawal(request.appointment_id, follower_id=uuid4()))

    assert (types_of(told), after) == ([AppointmentRequested, StoreAppointment], [])


def test_withdrawing_tells_the_dms_and_csc(house):
    request = a_request()
    house.deliver(request)
    house.deliver(stored(request))

    told = house.deliver(a_withdrawal(request.appointment_id))

    assert types_of(told) == [AppointmentWithdrawn, CancelAppointment, CloseCallTask]


def test_withdrawing_after_the_slip_is_cancelling(house):
    request = a_request()
    house.deliver(request)
    house.deliver(a_saved_slip(request.appointment_id))

    told = house.deliver(a_withdrawal(request.appointment_id))

    assert types_of(told) == [AppointmentCancelled, CancelAppointment, CloseCallTask]


def test_the_followers_own_words_are_kept_and_only_a_code_is_told(house):
    request = a_request()
    house.deliver(request)

    told = house.deliver(a_withdrawal(request.appointment_id))

    with house.write() as tx:
        kept = house.service.appointments.get(tx, request.appointment_id)
    assert (kept.taken_back_because, {one.reason for one in told}) == ("临时有事", {"by_follower"})


def test_withdrawn_before_it_was_stored_no_call_is_asked_for(house):
    request = a_request()
    house.deliver(request)
    house.deliver(a_withdrawal(request.appointment_id))

    assert house.deliver(stored(request)) == []


def test_news_of_an_appointment_that_is_not_known_waits(house):
    with pytest.raises(Unavailable):
        house.deliver(stored(a_request()))


def test_a_refused_task_is_kept_for_the_operator_and_the_state_stays(house):
    request = a_request()
    house.deliver(request)

    told = house.deliver(AppointmentTaskRefused(appointment_id=request.appointment_id, reason="no_capacity"))

    with house.write() as tx:
        kept = house.service.appointments.get(tx, request.appointment_id)
    assert (told, kept.state, kept.troubles) == ([], State.REQUESTED, {"task_refused:no_capacity"})


def test_what_is_kept_comes_back_as_it_was(house):
    full = an_appointment(mileage_km=12_000, concern="异响").stored("D-7", NOW).task_made("T-1")
    full = full.slip_saved(_slip_of(full.id)).slip_stored("S-7", 1).confirmation_sent(9).slip_refused("S-7", 1, "x")
    full = full.take_back(full.wish.follower_id, "临时有事", NOW, RULES)

    with house.write() as tx:
        house.service.appointments.add(tx, full)
        kept = house.service.appointments.get(tx, full.id)

    assert kept == full


def _slip_of(id):
    from services.appointments.readings import slip_of

    return slip_of(a_saved_slip(id))


def test_nothing_personal_is_on_disk_in_clear(house):
    request = a_request(concern="金丝雀异响")
    house.deliver(request)
    house.deliver(a_withdrawal(request.appointment_id))

    with house.database.read() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    on_disk = house.schema.read_bytes()

    assert not any(canary.encode() in on_disk for canary in ("金丝雀异响", "临时有事", CAR.vin, CAR.name, CAR.mobile))


def test_a_request_and_its_withdrawal_at_the_same_moment_end_withdrawn(house):
    requests = [a_request(requested_date=FRIDAY + timedelta(days=n)) for n in range(10)]
    messages = [one for request in requests for one in (request, a_withdrawal(request.appointment_id))]

    threads = [threading.Thread(target=house.only_deliver, args=(message,)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with house.write() as tx:
        assert {house.service.appointments.get(tx, one.appointment_id).state for one in requests} == {State.WITHDRAWN}


def test_nobody_misses_the_other_where_transactions_really_run_side_by_side(place):
    """Both orders of a request and its withdrawal, each begun before the other has committed."""
    service = AppointmentsService()
    service.now, service.rules = Times(NOW), RULES
    house = House(service, place.database_url.format(schema="appointments"))
    house.deliver(a_binding())

    for first_is_withdrawal in (True, False):
        request = a_request()
        pair = [request, a_withdrawal(request.appointment_id)]
        first, second = reversed(pair) if first_is_withdrawal else pair
        with house.write() as tx:
            getattr(service, house.methods[type(first)])(first, tx)
            other = threading.Thread(target=_until_it_is_in, args=(house, second))
            other.start()
            other.join(0.5)  # it waits for us by now, or is done
        other.join()
        with house.write() as tx:
            assert service.appointments.get(tx, request.appointment_id).state is State.WITHDRAWN
    house.database.dispose()


def _until_it_is_in(house, message):
    """As the chassis does: a conflict is tried again at once."""
    while True:
        try:
            house.only_deliver(message)
        except Conflict:
            continue
        return
