"""Complaints on the wire: the steps and warnings that CSC is told of, and steps that CSC and dealers' DMS ask for (flows 4.4, A-GEN-03).

The form of a step is one of contracts/complaint_steps. Unlike elsewhere a field that a form does not have is refused: a step is taken
as it was meant, or not at all.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.complaint_exchange import OpenPart
from contracts.complaint_steps import AnyForm
from contracts.complaint_steps.closing import FollowedUp, ProposeClosure
from contracts.complaint_steps.handling import Accept, CarryOut, Return, StartPlanning, SubmitPlan
from contracts.complaint_steps.intake import Add, Contact, Receive, ReplyInvalid
from contracts.complaint_words import CaseType, Channel, Code, DeadlineKind, Grade, Kind, Role, StaffName, State
from contracts.partners.wire import Wire

StaffRole = Literal[
    Role.AGENT,
    Role.HANDLER,
    Role.TECHNICAL,
    Role.VRT,
    Role.REGION,
    Role.DEALER,
    Role.LEADER,
    Role.LEGAL,
    Role.MARKETING,
    Role.MONITOR,
]
"""Whom CSC may speak for: customers and our own clocks speak for themselves."""

DealersForm = Annotated[
    Receive | Accept | Return | StartPlanning | SubmitPlan | CarryOut | ProposeClosure | ReplyInvalid | FollowedUp | Add | Contact,
    Field(discriminator="step"),
]
"""What a dealer does in its DMS."""


class StepRecord(Wire):
    """A step that was taken, by whom, and where the case stands after it. `version` counts the steps of a case without gaps."""

    number: str = Field(max_length=20, description="投诉编号, as the customer is told it.")
    form: AnyForm
    by: str = Field(default="", max_length=64, description="Empty: the customer, or a clock.")
    role: Role
    kind: Kind
    channel: Channel
    state: State
    type: CaseType | None = None
    grade: Grade | None = None
    region_code: Code = ""
    dealer_code: Code = ""
    customer_id: str = Field(default="", max_length=64)
    vin: str = ""
    plate: str = ""
    name: str = ""
    mobile: str = ""
    text: str = ""
    demand: str = ""
    parts: tuple[OpenPart, ...] = ()
    at: AwareDatetime


class WarningRecord(Wire):
    """A threshold of a limit was passed: told once for each. A limit that was set or breached is told as a step."""

    number: str = Field(max_length=20, description="投诉编号, as the customer is told it.")
    kind: DeadlineKind
    due_at: AwareDatetime
    threshold: str = Field(min_length=1, max_length=16, description="`50%` of the time is used up, or `24h` are left.")
    region_code: Code = ""
    dealer_code: Code = ""
    at: AwareDatetime


class StepRefusalRecord(Wire):
    """A step that was asked for was not taken."""

    step: str = Field(min_length=1, max_length=32)
    by: StaffName
    reason: str = Field(
        min_length=1, max_length=64, description="e.g. not_here, level_missing; unknown_case: no case of this id that they may step into"
    )
    message: str = Field(default="", max_length=500, description="For who asked: 中文 / English.")
    state: State | None = Field(default=None, description="Where the case stands; not with `unknown_case`.")
    at: AwareDatetime


class DealersRefusalRecord(StepRefusalRecord):
    dealer_code: Code = Field(min_length=1, description="Who asked.")


class AskedStep(Wire):
    """`receive` makes a new case: the id is then the asking system's own, and a repeat is no second case."""

    complaint_id: UUID
    form: AnyForm
    by: StaffName
    role: StaffRole
    level: int | None = Field(default=None, ge=1, le=9, description="Wanted of a leader: their level of authority (A-CMP-24).")
    dealer_code: Code = Field(default="", description="Of whom a dealer's step is.")
    region_code: Code = Field(default="", description="Of whom a region's step is.")
    at: AwareDatetime


class AskedDealersStep(Wire):
    complaint_id: UUID
    form: DealersForm
    by: StaffName
    dealer_code: Code = Field(min_length=1)
    at: AwareDatetime


class ComplaintStepPush(Wire):
    """CSC takes a step. Whether it was taken, the record of it tells, or a refusal."""

    type: Literal["complaint.step"]
    timestamp: AwareDatetime
    data: AskedStep


class DealersComplaintStepPush(Wire):
    """A dealer takes a step in its DMS."""

    type: Literal["complaint.step"]
    timestamp: AwareDatetime
    data: AskedDealersStep
