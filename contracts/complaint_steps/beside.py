"""What stands beside the case: limits, VRT groups, escalations, disputes, notes and files (A-CMP-08..15, 19..26, 32, 33, 36)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.complaint_steps.form import Form, Minutes, Money, Names, Text
from contracts.complaint_words import Basis, DeadlineKind, DisputeKind, Role, StaffName, Trigger, VrtKind, VrtResult
from contracts.personal import ComplaintText


class SetDeadline(Form):
    """A-CMP-36. Another one of a kind that is there already is a revision."""

    step: Literal["set_deadline"] = "set_deadline"
    kind: DeadlineKind
    deadline_id: UUID | None = Field(default=None, description="Which one is changed, where several of its kind are open.")
    label: Annotated[ComplaintText, Field(max_length=64)] = Field(default="", description="Of a custom one: what is due.")
    minutes: Minutes | None = Field(default=None, description="From its beginning; or `due_at`.")
    due_at: AwareDatetime | None = None
    basis: Basis | None = Field(default=None, description="Where it is not given: as it was; a new one is in working time.")
    reason: ComplaintText = ""


class Pause(Form):
    """Waiting for the customer or a part: the named limits stand still (by the handler, never by the dealer)."""

    step: Literal["pause"] = "pause"
    deadlines: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=20)]
    reason: Literal["customer", "part", "institution", "other"]
    note: Text


class Resume(Form):
    step: Literal["resume"] = "resume"
    deadlines: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=20)]


class MeetDeadline(Form):
    """What a custom limit was set for is done: it is kept, or was met too late. The others are met by what they are for."""

    step: Literal["meet_deadline"] = "meet_deadline"
    deadline_id: UUID
    note: ComplaintText = ""


class DropDeadline(Form):
    """A custom limit is not wanted any more."""

    step: Literal["drop_deadline"] = "drop_deadline"
    deadline_id: UUID
    reason: Text


class Breach(Form):
    """By the system: a limit passed."""

    step: Literal["breach"] = "breach"
    deadline_id: UUID


class StartVrt(Form):
    """A-CMP-08..13. Quality: led by a technical support specialist; other: by the handler."""

    step: Literal["start_vrt"] = "start_vrt"
    kind: VrtKind
    lead: StaffName
    lead_role: Literal[Role.TECHNICAL, Role.HANDLER] | None = Field(
        default=None, description="What the lead's account is, where accounts are known: refused where it does not lead this kind."
    )
    members: Names = ()
    minutes: Minutes
    basis: Basis = Basis.WORKING
    question: Text


class SetVrtMembers(Form):
    step: Literal["set_vrt_members"] = "set_vrt_members"
    vrt_id: UUID
    members: Names


class ConcludeVrt(Form):
    """A-CMP-10..13: whether there is a problem, who is responsible, and the solution or proposal; or none."""

    step: Literal["conclude_vrt"] = "conclude_vrt"
    vrt_id: UUID
    result: VrtResult
    problem_exists: bool | None = Field(default=None, description="Wanted of a quality group.")
    responsibility: ComplaintText = ""
    conclusion: Text
    proposal: ComplaintText = Field(default="", description="The technical solution or the proposal; wanted unless there is none.")


class DraftEscalation(Form):
    """By the system, on each of the five triggers."""

    step: Literal["draft_escalation"] = "draft_escalation"
    escalation_id: UUID
    trigger: Trigger
    vrt_id: UUID | None = None


class Escalate(Form):
    """Raised by the handler (A-CMP-14, 19..25): from a draft, or at once. The level follows from the fee where it is not given."""

    step: Literal["escalate"] = "escalate"
    escalation_id: UUID | None = Field(default=None, description="The draft; none: a new one.")
    trigger: Trigger
    level: int | None = Field(default=None, ge=1, le=9)
    fee: Money = Decimal(0)
    note: Text


class DropEscalation(Form):
    step: Literal["drop_escalation"] = "drop_escalation"
    escalation_id: UUID
    reason: Text


class DecideEscalation(Form):
    """By a leader of the level (A-CMP-25, 26)."""

    step: Literal["decide_escalation"] = "decide_escalation"
    escalation_id: UUID
    decision: Literal["support", "refuse", "higher"]
    note: Text


class Dispute(Form):
    """A-CMP-32"""

    step: Literal["dispute"] = "dispute"
    kind: Literal[DisputeKind.ARBITRATION, DisputeKind.LITIGATION]
    body: Annotated[Text, Field(max_length=128, description="The court or the arbitration body.")]
    filed_on: date
    legal: Names = ()
    note: ComplaintText = ""


class SettleDispute(Form):
    step: Literal["settle_dispute"] = "settle_dispute"
    result: Text
    closes: bool = Field(description="True: nothing is left to do; false: what was decided is carried out.")


class DeclareCrisis(Form):
    """An image, brand or public-opinion crisis (A-CMP-33, A-GEN-09)."""

    step: Literal["declare_crisis"] = "declare_crisis"
    marketing: Names = ()
    note: Text


class EndCrisis(Form):
    step: Literal["end_crisis"] = "end_crisis"
    note: Text


class Note(Form):
    """Among staff; whom it mentions finds it in their queue."""

    step: Literal["note"] = "note"
    text: Text
    mentions: Names = ()


class Attach(Form):
    """A file is in the store. `shown`: the customer sees it too."""

    step: Literal["attach"] = "attach"
    file_id: UUID
    name: Annotated[ComplaintText, Field(max_length=128)]
    shown: bool = False
