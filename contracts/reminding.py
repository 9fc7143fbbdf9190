"""What `/reminders/v1` and `/appointments/v1` take and answer: the console and the command line speak it (A-REM-32..44, A-APT-23..30).

JSON over HTTP in the internal zone, behind the operator's token; `X-Operator` names who orders, `X-Scope` the dealer or region that
they may see (`dealer:D001`, `region:EAST`; absent: all). Problems are as in contracts/operating.py. Lists page by cursor: `next` goes
into `after`.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.operating import Answer
from contracts.reminders import ContactState, Decision, Outcome, Period, ReminderType, WechatState
from contracts.vehicles import Flaw

ListName = Literal["not_reminded", "not_tracked", "not_returned", "for_decision"]
"""未提醒, 未跟踪, 未回厂, and of the last those that wait for the manager."""
DirtyFlaw = Flaw | Literal["refused"]
"""`refused`: CSC would not make the task; the field is its reason."""
DirtySource = Literal["cars", "dates", "campaigns", "items", "tasks"]


class DealerAnswer(Answer):
    """A dealer as the DMS tells of it; `region_code` is empty where it names none."""

    code: str
    name: str = ""
    region_code: str = ""


class Dealers(Answer):
    """`GET /dealers`: all that the DMS has told of, by code."""

    dealers: tuple[DealerAnswer, ...]


class ItemRow(Answer):
    """An item on a list. The VIN is masked: the last six."""

    item_id: UUID
    version: int
    period: Period
    type: ReminderType
    vin: str
    model_name: str = ""
    customer_id: str
    dealer_code: str
    dealer_name: str = ""
    due_date: date
    registered: bool
    priority: str
    wechat_state: WechatState
    wechat_reason: str = ""
    contact_state: ContactState
    outcome: Outcome
    reason: str = ""
    carry_count: int = 0
    customer_answer: str = ""
    decided_by: str = ""


class ItemPage(Answer):
    """`GET /lists/<ListName>?period&dealer&region&type&after`; `number` of all, counted up to 100,000."""

    items: tuple[ItemRow, ...]
    number: int
    next: str | None = None


class DecisionForm(Answer):
    """`POST /decisions` → DecisionAnswer: for one or many items; `reason` is wanted for drop and void."""

    item_ids: tuple[UUID, ...] = Field(min_length=1, max_length=500)
    decision: Decision
    reason: str = Field(default="", max_length=64)


class DecisionAnswer(Answer):
    decided: int
    already: tuple[UUID, ...] = Field(default=(), description="Decided before, by whomever: that stands.")
    not_open: tuple[UUID, ...] = Field(default=(), description="Not waiting for a decision (yet).")


class Step(Answer):
    """Something that happened to an item."""

    at: AwareDatetime
    what: str
    detail: str = ""


class ItemStory(Answer):
    """`GET /items/<id>`"""

    item: ItemRow
    steps: tuple[Step, ...]
    carried_from: UUID | None = None
    carried_to: UUID | None = None


class RunOrder(Answer):
    """`POST /runs`: make a period's items now; again where it was made before, with a report of the differences."""

    period: Period


class RunAnswer(Answer):
    """`GET /runs`, `GET /runs/<id>`, `POST /runs/<id>/accept`; `cars_total` for the progress bar."""

    run_id: UUID
    period: Period
    run_no: int
    origin: Literal["ours", "dms"]
    state: Literal["running", "tasks", "done", "differs"]
    rulebook: int
    cars: int
    cars_total: int
    items: int
    tasks: int = Field(description="Handed to CSC.")
    tasks_opened: int = Field(default=0, description="CSC says that they are there.")
    tasks_refused: int = 0
    counts: dict[ReminderType, int] = Field(default_factory=dict)
    checksum: str | None = None
    told_counts: dict[ReminderType, int] | None = None
    told_checksum: str | None = None
    added: int = 0
    gone: int = 0
    ordered_by: str = ""
    accepted_by: str = Field(default="", description="Who had CSC handed a month that is not what the DMS said.")
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None


class Runs(Answer):
    runs: tuple[RunAnswer, ...]


class DifferenceRow(Answer):
    vin: str
    type: ReminderType
    due_date: date
    kind: Literal["added", "gone"]
    dealer_code: str


class Differences(Answer):
    """`GET /runs/<id>/differences?after`"""

    rows: tuple[DifferenceRow, ...]
    next: str | None = None


class ExplainForm(Answer):
    """`POST /explain` → Explanation (a POST, so that no VIN stands in an address)."""

    vin: str = Field(min_length=17, max_length=17)
    period: Period


class Reason(Answer):
    """Why a car has an item of this type in the period, or none."""

    type: ReminderType
    has: bool
    due_date: date | None = None
    code: str = Field(description="e.g. due_in_period, due_later, no_date, first_maintenance_done, not_in_audience, car_sold, quiet")
    text: str
    text_en: str


class Explanation(Answer):
    known: bool
    rulebook: int
    reasons: tuple[Reason, ...] = ()
    dirty: tuple[str, ...] = Field(default=(), description="field: flaw")


class LoadOrder(Answer):
    """`POST /loads`: all, or what changed since the last load ended."""

    source: Literal["cars", "dates", "campaigns"]
    full: bool = False


class LoadAnswer(Answer):
    """`GET /loads`, `GET /loads/<id>`, `POST /loads/<id>/stop`, `POST /loads/<id>/resume`"""

    load_id: UUID
    source: Literal["cars", "dates", "campaigns"]
    state: Literal["running", "done", "stopped"]
    changed_since: AwareDatetime | None = None
    page_no: int
    rows: int
    dirty: int
    total: int | None = None
    ordered_by: str = ""
    started_at: AwareDatetime
    moved_at: AwareDatetime
    finished_at: AwareDatetime | None = None


class Loads(Answer):
    loads: tuple[LoadAnswer, ...]


class DirtyAnswer(Answer):
    source: str
    record_id: str
    field: str
    flaw: DirtyFlaw = Field(description="refused: CSC would not make the task; `field` is its reason")
    dealer_code: str = ""
    vin: str = Field(default="", description="Masked; empty: it names no car.")
    seen_at: AwareDatetime


class DirtyRows(Answer):
    """`GET /dirty?source&flaw&dealer&after`; `by_flaw` counts all of them."""

    rows: tuple[DirtyAnswer, ...]
    by_flaw: dict[DirtyFlaw, int]
    next: str | None = None


class RuleAnswer(Answer):
    """One type's rule (ReminderRule of flows 2.1)."""

    enabled: bool = True
    months: int | None = Field(default=None, ge=0, le=240, description="After its anchor; by model in `months_by_model`.")
    months_by_model: dict[str, int] = Field(default_factory=dict, description="model_code to months")
    lead_days: int = Field(default=0, ge=0, le=120, description="so long before it is due the owner is told")
    window_days: int = Field(default=0, ge=0, le=365, description="due so long before the period: still made, if it never was")


class Rulebook(Answer):
    """`GET /rules` (the one in force), `POST /rules` (the next version; `version` must be the one it changes)."""

    version: int
    rules: dict[ReminderType, RuleAnswer]
    made_by: str = ""
    made_at: AwareDatetime | None = None
    cars_applied: int | None = Field(default=None, description="Cars whose due dates follow from it so far; None: all.")


class SendingAnswer(Answer):
    """`GET /sending`: today's messages, and the items that wait for one."""

    planned: int = Field(description="Messages that are made up and wait for their turn.")
    asked: int = Field(description="Messages that were handed over and are not answered yet.")
    sent: int
    failed: int
    suppressed: int
    postponed: int = Field(description="Of the planned ones: until tomorrow, or until the hours begin.")
    queued: int = Field(default=0, description="Items that their owners are to be told of by now, and that no message is made up for yet.")
    later: int = Field(default=0, description="Items of this month whose day to be told is still to come.")
    waits_until: AwareDatetime | None = Field(default=None, description="Today's share is used up until then, or the hours are over.")
