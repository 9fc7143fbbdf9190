"""One method per thing CSC can do for us. Takes and returns our words, never the partner's; dialect `reference`."""

from adapters.csc import translate
from chassis.partner import PartnerClient, harmless, unless
from contracts.csc import CloseCallTask, MarkRegistered, OpenCallTask, RecordOutcome, ReopenCallTask
from contracts.partners.csc import CloseRecord, TaskAnswer
from contracts.partners.wire import DoneAnswer

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
