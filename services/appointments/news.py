"""Whom to tell what when something was learnt about an appointment (flows 3.3). Pure: compares before and after."""

from collections.abc import Iterator

from contracts.appointments import (
    AppointmentArrived,
    AppointmentCallDue,
    AppointmentCallMissed,
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentKept,
    AppointmentNews,
    AppointmentNoShow,
    AppointmentNotified,
    AppointmentRequested,
    AppointmentRescheduled,
    AppointmentTransferred,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
    State,
)
from contracts.envelope import Contract
from services.appointments.domain import Appointment
from services.appointments.orders import orders_to_csc, orders_to_dms

NEWS_OF_STATE: dict[State, type[AppointmentNews]] = {
    State.REQUESTED: AppointmentRequested,
    State.REJECTED: AppointmentTurnedDown,
    State.TO_CALL: AppointmentCallDue,
    State.UNREACHABLE: AppointmentUnreachable,
    State.DECLINED: AppointmentDeclined,
    State.TRANSFERRED: AppointmentTransferred,
    State.WITHDRAWN: AppointmentWithdrawn,
    State.CANCELLED: AppointmentCancelled,
    State.NOTIFIED: AppointmentNotified,
    State.NO_SHOW: AppointmentNoShow,
}
"""Not here: confirmed, which is told when the slip is on record, not when it was saved; rescheduled, which is told when it is asked for,
slip or not; arrived and completed, each of which is told once, also where the end of a visit is heard of first."""

NOT_REACHED_YET = frozenset({State.TO_CALL, State.RESCHEDULED})


def news_of(before: Appointment | None, after: Appointment) -> tuple[Contract, ...]:
    """In the order in which they are to be carried out."""
    return (*_facts(before, after), *orders_to_dms(before, after), *orders_to_csc(before, after))


def _facts(before: Appointment | None, after: Appointment) -> Iterator[AppointmentNews]:
    if before is not None:
        yield from (_told_as(contract, after) for contract in _answers(before, after))
        yield from (_told_as(contract, after) for contract in _happenings(before, after))
    if (before is None or before.state != after.state) and after.state in NEWS_OF_STATE:
        yield _told_as(NEWS_OF_STATE[after.state], after)
    if after.announced == after.version:
        yield _told_as(AppointmentConfirmed, after)


def _answers(before: Appointment, after: Appointment) -> Iterator[type[AppointmentNews]]:
    """To what the follower asked for."""
    if after.wish.request_no > before.wish.request_no:
        yield AppointmentRescheduled
    answered_anew = after.kept_because and (after.kept_because, after.answered_no) != (before.kept_because, before.answered_no)
    if answered_anew or _goes_back(before, after):
        yield AppointmentKept


def _goes_back(before: Appointment, after: Appointment) -> bool:
    """To an earlier day, perhaps for the same reason as before. Where a slip has been agreed on since, the slip is what counts."""
    agreed = after.slip is not None and after.slip.request_no >= before.wish.request_no
    return after.wish.request_no < before.wish.request_no and not agreed


def _happenings(before: Appointment, after: Appointment) -> Iterator[type[AppointmentNews]]:
    if after.attempts > before.attempts and after.state in NOT_REACHED_YET:
        yield AppointmentCallMissed
    if after.visit_id and not before.visit_id:
        yield AppointmentArrived
    if after.completed_at and not before.completed_at:
        yield AppointmentCompleted


def _told_as(contract: type[AppointmentNews], after: Appointment) -> AppointmentNews:
    slip = after.slip
    return contract(
        appointment_id=after.id,
        version=after.version,
        state=after.state,
        follower_id=after.wish.follower_id,
        vehicle_id=after.wish.vehicle_id,
        dealer_code=slip.dealer_code if slip else after.wish.dealer_code,
        requested_date=after.wish.requested_date,
        slot=after.wish.slot,
        request_no=after.answered_no,
        items=slip.items if slip else after.wish.items,
        reminder_item_id=after.wish.reminder_item_id,
        submitted_at=after.wish.submitted_at,
        dms_no=after.dms_no,
        task_id=after.task_id,
        slip_id=slip.id if slip else None,
        appointment_at=slip.appointment_at if slip else None,
        reason=after.reason[:64],
        call_due_at=after.call_due_at,
        attempts=after.attempts,
        kept_because=after.kept_because,
        predecessor_id=after.predecessor_id,
        successor_id=after.successor_id,
    )
