"""What complaints exchange with CSC and the DMS (A-GEN-03): each step that was taken, warnings, and the steps that they ask for.

Unlike what is told inside, a record names the customer: they call them.
"""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.complaint_words import CaseType, Channel, Code, DeadlineKind, Grade, Kind, Role, StaffName, State
from contracts.envelope import Actor, Command, PartnerCommand
from contracts.personal import ComplaintText, Mobile, PersonName, Plate, StepForm, Vin


class TakeComplaintStep(Command):
    """CSC (or the DMS) takes a step in a case: what `form` says, as JSON of contracts/complaint_steps."""

    owner: ClassVar[str] = "complaints"
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    partner: Literal["csc", "dms"]
    step: str = Field(max_length=32)
    form: StepForm
    by: StaffName
    role: Role
    level: int = Field(default=0, ge=0, le=9, description="Of a leader's authority; without one a leader's step is refused.")
    dealer_code: Code = Field(default="", description="Of whom a dealer's step is.")
    region_code: Code = ""
    at: AwareDatetime

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.by, self.role.value)


class OpenPart(BaseModel):
    """What a later step names by its id: a limit, a VRT group, an escalation, a survey."""

    model_config = ConfigDict(frozen=True)

    part: Literal["deadline", "vrt", "escalation", "survey"]
    id: UUID
    name: Annotated[ComplaintText, Field(max_length=64)] = Field(
        default="", description="The kind of the limit or group, or what a custom limit is for; the trigger of the escalation."
    )
    due_at: AwareDatetime | None = None
    waits: bool = Field(default=False, description="The limit stands still; the escalation waits for a leader, the survey for a call.")


class RecordComplaintStep(PartnerCommand):
    """CSC gets every step (A-GEN-03): what was done, by whom, and where the case stands after it."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    version: int = Field(ge=1)
    number: str = Field(max_length=20)
    step: str = Field(max_length=32)
    form: StepForm
    by: str = Field(default="", max_length=64)
    role: Role
    kind: Kind
    channel: Channel
    state: State
    type: CaseType | None = None
    grade: Grade | None = None
    region_code: Code = ""
    dealer_code: Code = ""
    customer_id: str = Field(default="", max_length=64)
    vin: Vin | None = None
    plate: Plate | None = None
    name: PersonName | None = None
    mobile: Mobile | None = None
    text: ComplaintText = ""
    demand: ComplaintText = ""
    parts: tuple[OpenPart, ...] = Field(default=(), description="Open ones.")
    at: AwareDatetime


class RecordComplaintWarning(PartnerCommand):
    """CSC hears that a threshold of a limit was passed (A-CMP-36, 37). That a limit was set or breached it hears as a step."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    number: str = Field(max_length=20)
    deadline_id: UUID
    kind: DeadlineKind
    due_at: AwareDatetime
    threshold: str = Field(min_length=1, max_length=16, description="`50%`, `24h`")
    region_code: Code = ""
    dealer_code: Code = ""
    at: AwareDatetime


class RefusedStep(PartnerCommand):
    """A step that a partner asked for could not be taken: why, and where the case stands."""

    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    step: str = Field(max_length=32)
    by: StaffName
    reason: str = Field(max_length=64, description="e.g. not_here, level_missing; unknown_case: there is none that they may step into.")
    message: str = Field(default="", max_length=500, description="The same for who asked: 中文 / English.")
    state: State | None = Field(default=None, description="None: of a case that they may not know.")
    at: AwareDatetime


class RefuseComplaintStep(RefusedStep):
    """To CSC."""

    owner: ClassVar[str] = "csc"


class RefuseDealersStep(RefusedStep):
    """To the DMS, for a dealer."""

    owner: ClassVar[str] = "dms"

    dealer_code: Code
