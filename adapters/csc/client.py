"""One method per thing CSC can do for us. Takes and returns our words, never the partner's; dialect `reference`."""

from adapters.csc import complaints, reminders, translate
from adapters.csc.cars import VehicleId, campaigns_listed, dates_listed, path_of
from chassis.errors import ContractBroken
from chassis.partner import PartnerClient, harmless, unless
from contracts.complaint_exchange import RecordComplaintStep, RecordComplaintWarning, RefuseComplaintStep
from contracts.csc import CloseCallTask, MarkRegistered, OpenCallTask, RecordOutcome, ReopenCallTask
from contracts.partners.csc import CloseRecord, TaskAnswer
from contracts.partners.reminders import TasksAnswer
from contracts.partners.vehicles import CampaignsPage, DatesPage
from contracts.partners.wire import DoneAnswer
from contracts.reminder_exchange import OpenReminderTasks, RecordReminders, ReminderTasksOpened
from contracts.vehicles import CampaignsListed, FetchCampaigns, FetchServiceDates, ServiceDatesListed

NOTHING_TO_CLOSE = ("not_found", "already_closed")
NOTHING_TO_REOPEN = ("not_found", "declined", "transferred", "cancelled")
"""CSC has ended it itself, and tells us so by itself; or it never made the task, and said so."""


class CscClient:
    """Every method raises Unavailable and ContractBroken; Refused where it says so."""

    def __init__(self, partner: PartnerClient) -> None:
        self._partner = partner

    def open_task(self, wish: OpenCallTask) -> str:
        """Make the call-back task; return CSC's id of it. Raises Refused."""
        path = f"/call-tasks/{wish.appointment_id}"
        return self._partner.post("/call-tasks", translate.task_record(wish), command=wish, answers=TaskAnswer, find=path).task_id

    def reopen_task(self, wish: ReopenCallTask) -> None:
        """Call (again) about another day; the highest `request_no` counts there too. Raises Refused."""
        path = f"/call-tasks/{wish.appointment_id}/reopen"
        with unless(*NOTHING_TO_REOPEN):
            self._partner.post(path, translate.reopen_record(wish), command=wish, answers=DoneAnswer)

    def close_task(self, wish: CloseCallTask) -> None:
        """Nobody need call any more. A task that CSC never had, or has closed itself, need not be closed."""
        path = f"/call-tasks/{wish.appointment_id}/close"
        with harmless(*NOTHING_TO_CLOSE, where="csc close"):
            self._partner.post(path, CloseRecord(reason=wish.reason), command=wish, answers=DoneAnswer)

    def record_outcome(self, wish: RecordOutcome) -> None:
        """For CSC's statistics (A-APT-28), which do not count an appointment that CSC does not have."""
        path = f"/appointments/{wish.appointment_id}/outcome"
        with harmless("not_found", where="csc outcome"):
            self._partner.put(path, translate.outcome_record(wish), command=wish, answers=DoneAnswer)

    def mark_registered(self, wish: MarkRegistered) -> None:
        """This customer can be reached by WeChat for this car, or cannot any more (A-REM-10, 16)."""
        path = f"/registrations/{wish.binding_id}"
        with harmless(where="csc registration"):
            self._partner.put(path, translate.registration_record(wish), command=wish, answers=DoneAnswer)

    def service_dates(self, wish: FetchServiceDates, vehicle_id: VehicleId) -> ServiceDatesListed:
        """One page of them (A-CLD-04)."""
        with harmless(where="csc service dates"):
            page = self._partner.get(path_of("/service-dates", wish), command=wish, answers=DatesPage)
        _leads_on(wish.cursor, page.next_cursor, "csc service dates")
        return dates_listed(wish, page, vehicle_id)

    def campaigns(self, wish: FetchCampaigns) -> CampaignsListed:
        """One page of them (A-REM-13..15)."""
        with harmless(where="csc campaigns"):
            page = self._partner.get(path_of("/campaigns", wish), command=wish, answers=CampaignsPage)
        _leads_on(wish.cursor, page.next_cursor, "csc campaigns")
        return campaigns_listed(wish, page)

    def open_reminder_tasks(self, wish: OpenReminderTasks) -> ReminderTasksOpened:
        """A page of tasks (A-REM-26, 27); those that are there already stay as they are. What CSC refuses it names."""
        page = reminders.tasks_page(wish)
        with harmless(where="csc reminder tasks"):
            answer = self._partner.post("/reminder-tasks", page, command=wish, answers=TasksAnswer)
        if answer.opened + len(answer.refused) != len(page.tasks):
            raise ContractBroken("csc reminder tasks", (("opened", "with the refused ones not as many as were sent"),))
        return reminders.tasks_opened(wish, answer)

    def record_reminders(self, wish: RecordReminders) -> None:
        """How items stand (A-REM-28)."""
        with harmless(where="csc reminder standings"):
            self._partner.post("/reminder-tasks/standings", reminders.standings_page(wish), command=wish, answers=DoneAnswer)

    def record_complaint_step(self, wish: RecordComplaintStep) -> None:
        """Every step of every case (A-GEN-03), also those that CSC asked for."""
        path = f"/complaints/{wish.complaint_id}/steps/{wish.version}"
        with harmless(where="csc complaint step"):
            self._partner.put(path, complaints.step_record(wish), command=wish, answers=DoneAnswer)

    def record_complaint_warning(self, wish: RecordComplaintWarning) -> None:
        """A limit nears its end (A-CMP-37). A case that CSC does not know yet it hears of with its next step."""
        path = f"/complaints/{wish.complaint_id}/deadlines/{wish.deadline_id}/warnings"
        with harmless("not_found", where="csc complaint warning"):
            self._partner.post(path, complaints.warning_record(wish), command=wish, answers=DoneAnswer)

    def refuse_complaint_step(self, wish: RefuseComplaintStep) -> None:
        """A step that CSC asked for was not taken. A case that CSC does not know need not hear it."""
        path = f"/complaints/{wish.complaint_id}/refusals"
        with harmless("not_found", where="csc complaint refusal"):
            self._partner.post(path, complaints.refusal_record(wish), command=wish, answers=DoneAnswer)


def _leads_on(cursor: str, next_cursor: str | None, where: str) -> None:
    if next_cursor == cursor:
        raise ContractBroken(where, (("next_cursor", "leads back to the same page"),))
