"""What `/complaints/v1` takes and answers: the desk of the console speaks it, and the sender, who brings files (A-CMP-01..38, A-GEN-10).

JSON over HTTP in the internal zone, behind the operator's token. `X-Operator` names who acts, `X-Role` in which role (`handler`,
`leader:2` with the level of authority), `X-Scope` the dealer or region whose cases they may see (`dealer:D001`, `region:EAST`; absent:
all). Problems are as in contracts/operating.py. Lists page by cursor: `next` goes into `after`.

A change says the version that it is of; where the case has moved on, it is refused with 409 `changed`, who changed it, and
nothing is lost.
"""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.complaint_case import CaseRow
from contracts.complaint_steps import AnyForm
from contracts.complaint_steps.form import Money
from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import CaseType, Channel, Grade, Kind, State
from contracts.operating import Answer

Queue = Literal["mine", "unassigned", "overdue", "escalated", "call_backs", "open", "all"]
"""`mine`: what waits for who asks, by their role. Most urgent first: by the limit that ends first."""
MOST_ROWS = 100
MOST_IN_BULK = 200
MOST_BYTES = 10 * 1024 * 1024
"""Of one file that is brought."""


class CaseQuery(BaseModel):
    """What `POST /cases/search` is asked, in the body: addresses are logged. `q`: a number, or a whole phone number, VIN or plate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue: Queue = "mine"
    state: State | None = None
    kind: Kind | None = None
    channel: Channel | None = None
    type: CaseType | None = None
    grade: Grade | None = None
    region: str = Field(default="", max_length=32)
    dealer: str = Field(default="", max_length=32)
    handler: str = Field(default="", max_length=64)
    flag: Literal["", "safety", "media", "institution", "crisis"] = ""
    received_from: date | None = None
    received_until: date | None = None
    q: str = Field(default="", max_length=64)
    after: str = Field(default="", max_length=200)


class CasePage(Answer):
    rows: tuple[CaseRow, ...]
    next: str | None = None


class QueueCounts(Answer):
    """`GET /counts`: of who asks. None: more than a thousand."""

    mine: int | None
    unassigned: int | None
    overdue: int | None
    escalated: int | None
    call_backs: int | None
    open: int | None


class DealerAnswer(Answer):
    dealer_code: str
    name: str
    region_code: str
    region_name: str = ""


class Dealers(Answer):
    """`GET /dealers`: to whom a case may be assigned, by code, as far as who asks may see."""

    dealers: tuple[DealerAnswer, ...]


class CaseOrder(BaseModel):
    """`POST /cases`: a case that staff took in. The id is made by the caller, so that a repeat is no second case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    complaint_id: UUID
    form: Receive


class StepOrder(BaseModel):
    """`POST /cases/<id>/steps`: of the version that is said. A repeat of a `step_id` answers with the case as it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    step_id: UUID
    form: AnyForm


class CaseVersion(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    complaint_id: UUID
    version: int = Field(ge=1)


class BulkOrder(BaseModel):
    """`POST /bulk`: the same step in many cases, each by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bulk_id: UUID
    cases: tuple[CaseVersion, ...] = Field(min_length=1, max_length=MOST_IN_BULK)
    form: AnyForm


class BulkRefusal(Answer):
    complaint_id: UUID
    number: str = ""
    code: str
    message: str
    message_en: str


class BulkAnswer(Answer):
    done: int
    refused: tuple[BulkRefusal, ...] = ()


class ChangedCase(Answer):
    complaint_id: UUID
    version: int
    changed_at: AwareDatetime


class Changes(Answer):
    """`GET /changes?since=…`: what the desk shows again. `until` goes into `since`."""

    until: str
    cases: tuple[ChangedCase, ...]


class Looking(Answer):
    """`POST /cases/<id>/looking`: says that who asks has it open, and hears who else does and which version it has by now."""

    version: int
    looking: tuple[str, ...]


class AuthorityRule(Answer):
    """客户关怀费用授权 (A-CMP-24): up to which fee which level decides. Level 1 is the handler."""

    level: int = Field(ge=1, le=9)
    title: str = Field(min_length=1, max_length=64)
    fee_min: Money = Decimal(0)
    fee_max: Money | None = None
    types: tuple[CaseType, ...] = Field(default=(), description="Empty: all.")
    active_from: date


class AuthorityTable(Answer):
    """`GET /authority`, `POST /authority`: `version` is of the table that is changed."""

    version: int = Field(ge=0)
    rules: tuple[AuthorityRule, ...] = Field(default=(), max_length=100)
    set_by: str = Field(default="", description="In answers: who changed it last.")
    set_at: AwareDatetime | None = None


class CalendarDay(Answer):
    """A day on which a calendar is otherwise than its weekday says. No periods: closed. An end of 00:00 is midnight.

    `POST /calendars/<id>/days` sets one, with a reason; `DELETE /calendars/<id>/days/<day>` takes it back. 201 and 200, CalendarAnswer.
    """

    calendar_id: str = Field(pattern=r"^(default|dealer:[A-Za-z0-9._-]{1,32})$")
    day: date
    periods: tuple[tuple[str, str], ...] = Field(default=(), max_length=6, description="[[08:30, 12:00], [13:30, 17:30]]")
    reason: str = Field(default="", max_length=64)
    set_by: str = Field(default="", max_length=64, description="Who set it; empty: a public holiday or make-up day. Not taken.")


class CalendarAnswer(Answer):
    """`GET /calendars/<id>?year=2026`. After a change open limits are reckoned anew within a minute or so, each a revision."""

    calendar_id: str
    periods: dict[str, tuple[tuple[str, str], ...]] = Field(description="By weekday, 1 to 7.")
    days: tuple[CalendarDay, ...] = Field(description="Holidays, make-up days (调休) and exceptions of the year.")
    known_until: date = Field(description="Holidays are published up to then; later weekdays count.")
    applied: bool = Field(default=True, description="False: open limits are still being reckoned anew.")
