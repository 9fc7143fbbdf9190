"""What the reports about complaints answer (A-CMP-34, 38, A-GEN-11): sums by month, region, dealer, type and grade, and what is overdue.

`GET /complaints/v1/figures…`, with the headers of contracts/complaining.py. A rate is made of the sums of what is shown, never averaged:
on time = close_kept / close_met, reopened = closed_reopened / closed, content = content / answered, mean score = score_total / answered.
A case is a dealer's while it is assigned to them, a region's once it is filed; else its `code` is empty. Type and grade are as
they are now.
"""

from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from contracts.complaint_words import CaseType, Channel, CloseReason, Code, Grade, Kind, State
from contracts.operating import Answer
from contracts.reminder_figures import MOST_MONTHS, Level
from contracts.reminders import Period

Split = Literal["none", "type", "grade"]


class ComplaintSums(Answer):
    """Counts of what happened in a month (flows 6)."""

    received: int = 0
    received_grievances: int = Field(default=0, description="Of `received`: grievances that were not raised to a complaint.")
    closed_invalid: int = Field(default=0, description="Answered as not valid.")
    solved_direct: int = 0
    closed: int = Field(default=0, description="Each closing counts.")
    closed_withdrawn: int = 0
    closed_satisfied: int = 0
    closed_accepted_pending: int = 0
    closed_not_supported: int = 0
    closed_settled: int = Field(default=0, description="Ended with a dispute.")
    closed_reopened: int = Field(default=0, description="Of `closed`: what was opened again, whenever that was.")
    reopened: int = Field(default=0, description="Opened again in the month, whenever it was closed.")

    first_reply_met: int = Field(default=0, description="Limits of this kind that were met in the month.")
    first_reply_kept: int = Field(default=0, description="Of these, before they were over.")
    first_reply_breached: int = Field(default=0, description="Limits that ran out in the month.")
    dealer_plan_met: int = 0
    dealer_plan_kept: int = 0
    dealer_plan_breached: int = 0
    vrt_conclusion_met: int = 0
    vrt_conclusion_kept: int = 0
    vrt_conclusion_breached: int = 0
    close_met: int = Field(default=0, description="Closings for which a limit ran: none does of what is withdrawn before it is filed.")
    close_kept: int = 0
    close_breached: int = 0
    custom_met: int = 0
    custom_kept: int = 0
    custom_breached: int = 0

    drafted: int = Field(default=0, description="Escalations that were begun in the month, raised or not.")
    escalated: int = Field(default=0, description="Raised in the month; passed on to a higher level counts again.")
    escalated_overdue: int = 0
    escalated_foreseen_overdue: int = 0
    escalated_vrt_late: int = 0
    escalated_no_proposal: int = 0
    escalated_plan_late: int = 0
    escalated_level_1: int = 0
    escalated_level_2: int = 0
    escalated_level_3: int = 0
    escalated_level_4: int = 0
    escalated_level_5: int = 0
    escalated_level_6: int = 0
    escalated_level_7: int = 0
    escalated_level_8: int = 0
    escalated_level_9: int = 0
    supported: int = Field(default=0, description="Escalations decided so in the month.")
    refused: int = 0

    surveyed: int = 0
    answered: int = Field(default=0, description="With a score, by the customer or by a call.")
    score_total: int = 0
    content: int = Field(default=0, description="Scores of 4 or more.")
    low: int = Field(default=0, description="Scores that are followed up.")


class ComplaintFigure(Answer):
    period: Period
    code: Code = Field(description="Of the region or dealer; empty: the nation, or nobody's.")
    name: str = ""
    type: CaseType | None = Field(default=None, description="Where it is split by type; null: not filed.")
    grade: Grade | None = None
    sums: ComplaintSums = ComplaintSums()
    corrections: ComplaintSums | None = Field(default=None, description="What changed since the figures were frozen.")


class ComplaintFigures(Answer):
    """`GET /figures?first=2026-01&last=2026-12&level=dealer&code=…&split=type&type=…&grade=…`."""

    rows: tuple[ComplaintFigure, ...]
    frozen: dict[Period, AwareDatetime] = Field(default_factory=dict)


class ComplaintFiguresQuery(BaseModel):
    """What `GET /figures` is asked; `code` is a dealer, a region (with level dealer: its dealers), or empty: all of the level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: Period
    last: Period = Field(description="At most three years from the first.")
    level: Level = "nation"
    code: Code = ""
    split: Split = "none"
    type: CaseType | None = None
    grade: Grade | None = None

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        first, last = (int(period[:4]) * 12 + int(period[5:]) for period in (self.first, self.last))
        if not 0 <= last - first < MOST_MONTHS:
            raise ValueError(f"1 to {MOST_MONTHS} months")
        return self


class OverdueQuery(BaseModel):
    """What `GET /figures/overdue` is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Period
    level: Level = "nation"
    code: Code = ""
    split: Split = "none"
    type: CaseType | None = None
    grade: Grade | None = None


class OverdueRow(Answer):
    """Open cases whose limit to close was over, by how long: days of 24 hours since it ended."""

    code: Code
    name: str = ""
    type: CaseType | None = None
    grade: Grade | None = None
    total: int = 0
    up_to_1_day: int = 0
    up_to_3_days: int = 0
    up_to_7_days: int = 0
    up_to_30_days: int = 0
    longer: int = 0


class Overdue(Answer):
    """At the end of the month, or now where it is not over; counted from the limits themselves."""

    at: AwareDatetime
    rows: tuple[OverdueRow, ...]


class ComplaintRecountRow(Answer):
    """A sum, with its corrections, that is not what its cases come to."""

    region_code: Code
    dealer_code: Code
    type: str = ""
    grade: str = ""
    measure: str
    kept: int
    counted: int


class ComplaintRecount(Answer):
    """`GET /figures/recount?period=2026-12`: counted anew from the steps and a case's parts; `rows` are the first 500 that are off."""

    period: Period
    off: int
    rows: tuple[ComplaintRecountRow, ...] = ()


class AppraisalQuery(BaseModel):
    """What `GET /appraisal` is asked; pages by `after`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Period
    region: Code = ""
    dealer: Code = ""
    after: str = Field(default="", max_length=64)


class AppraisalRow(Answer):
    """One case that ended in the month and is not opened again: for appraisals (A-CMP-34). Nothing of the customer."""

    number: str
    kind: Kind
    channel: Channel
    type: CaseType | None
    grade: Grade | None
    region_code: Code
    dealer_code: Code
    handler: str
    state: State
    received_at: AwareDatetime
    filed_at: AwareDatetime | None
    closed_at: AwareDatetime
    close_reason: CloseReason | None
    limits_met: int
    limits_kept: int
    limits_breached: int
    escalated: int
    plans_sent_back: int
    fee_yuan: str = Field(description="Of the plan that was authorised last, with two decimals; empty: none.")
    reopened: int
    score: int | None


class Appraisal(Answer):
    rows: tuple[AppraisalRow, ...]
    next: str | None = None
