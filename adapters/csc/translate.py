"""CSC's words and ours: pure functions, dialect `reference`."""

from adapters.csc.cars import VehicleId, campaign_news, dates_updated
from adapters.csc.complaints import step_asked
from adapters.csc.reminders import news_of_reminder
from contracts.appointments import ServiceItem
from contracts.csc import AppointmentCallLogged, AppointmentSlipSaved, Call, MarkRegistered, OpenCallTask, RecordOutcome, ReopenCallTask
from contracts.envelope import Contract
from contracts.partners.complaints import ComplaintStepPush
from contracts.partners.csc import CallLoggedPush, CscPush, ReopenRecord, Slip, SlipSavedPush, Task, TaskRecord
from contracts.partners.reminders import ReminderDecidedPush, ReminderSlipSavedPush
from contracts.partners.vehicles import CampaignPublishedPush, CampaignWithdrawnPush, DatesUpdatedPush
from contracts.partners.wire import Item, OutcomeRecord, RegistrationRecord


def task_record(wish: OpenCallTask) -> TaskRecord:
    """The call-back task (电话反馈任务) as CSC keeps it (A-APT-13)."""
    return TaskRecord(
        appointment_id=wish.appointment_id,
        dms_no=wish.dms_no,
        customer_id=wish.customer_id,
        vin=wish.vin,
        name=wish.name,
        mobile=wish.mobile,
        dealer_code=wish.dealer_code,
        requested_date=wish.requested_date,
        slot=wish.slot,
        request_no=wish.request_no,
        items=tuple(Item(code=item.code, name=item.name) for item in wish.items),
        concern=wish.concern,
        due_at=wish.due_at,
    )


def reopen_record(wish: ReopenCallTask) -> ReopenRecord:
    return ReopenRecord(request_no=wish.request_no, requested_date=wish.requested_date, slot=wish.slot, due_at=wish.due_at)


def outcome_record(wish: RecordOutcome) -> OutcomeRecord:
    return OutcomeRecord(outcome=wish.outcome, at=wish.at)


def registration_record(wish: MarkRegistered) -> RegistrationRecord:
    return RegistrationRecord(
        version=wish.binding_version, customer_id=wish.customer_id, vin=wish.vin, registered=wish.registered, at=wish.at
    )


def news_of(push: CscPush, vehicle_id: VehicleId) -> Contract:
    """CSC's news as ours, each with its record in full; and a step that it takes in a complaint as a command."""
    match push:
        case CallLoggedPush(data=task):
            return _call_logged(task)
        case SlipSavedPush(data=slip):
            return _slip_saved(slip)
        case DatesUpdatedPush():
            return dates_updated(push, vehicle_id)
        case CampaignPublishedPush() | CampaignWithdrawnPush():
            return campaign_news(push)
        case ReminderSlipSavedPush() | ReminderDecidedPush():
            return news_of_reminder(push)
        case ComplaintStepPush(data=asked):
            return step_asked(asked)


def _call_logged(task: Task) -> AppointmentCallLogged:
    """A-APT-14..17"""
    return AppointmentCallLogged(
        appointment_id=task.appointment_id,
        task_id=task.task_id,
        task_version=task.version,
        task_state=task.state,
        calls=tuple(Call(at=call.at, result=call.result) for call in task.calls),
        transferred_to=task.transferred_to,
    )


def _slip_saved(slip: Slip) -> AppointmentSlipSaved:
    """A-APT-18, 19"""
    return AppointmentSlipSaved(
        appointment_id=slip.appointment_id,
        slip_id=slip.slip_id,
        slip_version=slip.version,
        slip_state=slip.state,
        request_no=slip.request_no,
        dealer_code=slip.dealer_code,
        appointment_at=slip.appointment_at,
        items=tuple(ServiceItem(code=item.code, name=item.name) for item in slip.items),
        confirmed_by=slip.confirmed_by,
        reason=slip.reason,
    )
