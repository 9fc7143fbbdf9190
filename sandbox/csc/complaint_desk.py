"""What the CSC's people do about complaints: each step asked for is on record here together with the push that asks Cheqiao for it."""

from datetime import datetime
from uuid import UUID, uuid4

from contracts.complaint_steps import AnyForm
from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import Role
from contracts.partners.complaints import AskedStep, ComplaintStepPush, StaffRole
from contracts.partners.wire import Wire
from sandbox.complaints.records import Cases
from sandbox.office import Office
from sandbox.partner import Telling

EVENTS = "/partners/csc/v1/events"


class ComplaintDesk:
    def __init__(self, office: Office, cases: Cases) -> None:
        self._cases = cases
        self._telling = Telling(office, EVENTS)
        self._now = office.now

    def take_in(self, form: Receive, by: str, role: StaffRole = Role.AGENT) -> tuple[AskedStep, str]:
        """By telephone, letter, mail, or from an institution (A-CMP-01, 35). The id is the CSC's own."""
        return self.step(uuid4(), form, by, role)

    def step(
        self, complaint_id: UUID, form: AnyForm, by: str, role: StaffRole, *, place: str = "", level: int | None = None
    ) -> tuple[AskedStep, str]:
        """`place`: the code of the dealer or region whose step it is; `level`: of a leader. Returns what was asked, and the push's id."""
        asked = AskedStep(
            complaint_id=complaint_id,
            form=form,
            by=by,
            role=role,
            level=level,
            dealer_code=place if role is Role.DEALER else "",
            region_code=place if role is Role.REGION else "",
            at=self._now(),
        )
        told, pushes = self._telling.do(lambda tx: self._cases.ask(tx, asked), _step_asked)
        return told, pushes[0]


def _step_asked(asked: AskedStep, at: datetime) -> tuple[Wire, ...]:
    return (ComplaintStepPush(type="complaint.step", timestamp=at, data=asked),)
