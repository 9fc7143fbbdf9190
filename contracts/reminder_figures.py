"""What the statistics of reminders and appointments answer (flows 6): sums by month, region and dealer, and their recount.

`GET /reminders/v1/figures…`, `/appointments/v1/figures…`, with the headers of contracts/reminding.py. Rates are worked out from sums by who
shows them; a zero denominator is null.
"""

from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from contracts.operating import Answer
from contracts.reminders import Period, ReminderType

MOST_MONTHS = 36
Level = Literal["nation", "region", "dealer"]


class ReminderSums(Answer):
    """Counts of items (flows 6). D is due_new + due_carried."""

    due_new: int = 0
    due_carried: int = 0
    reminded: int = 0
    delivered: int = 0
    clicked: int = 0
    failed: int = 0
    tracked: int = 0
    reached_either: int = 0
    booked: int = 0
    returned: int = 0
    returned_elsewhere: int = 0
    returned_cars: int = 0
    not_reminded: int = 0
    not_tracked: int = 0
    not_returned: int = 0
    carried_on: int = 0
    dropped: int = 0
    voided: int = 0


class ReminderFigure(Answer):
    """One row of the statistics: of the nation, a region or a dealer in one month. `service` is the five service types; S-13."""

    period: Period
    code: str = Field(description="Of the region or dealer; empty: the nation.")
    name: str = ""
    service: ReminderSums = ReminderSums()
    birthday: ReminderSums = ReminderSums()
    campaign: ReminderSums = ReminderSums()
    by_type: dict[ReminderType, ReminderSums] = Field(default_factory=dict, description="Only where it was asked for.")
    corrections: ReminderSums | None = Field(default=None, description="What changed since the figures were frozen.")


class ReminderFigures(Answer):
    """`GET /figures?first=2026-01&last=2026-12&level=dealer&code=…&by_type=1`; `code` of a region with level dealer: its dealers."""

    rows: tuple[ReminderFigure, ...]
    frozen: dict[Period, AwareDatetime] = Field(default_factory=dict)


class FiguresQuery(BaseModel):
    """What `GET /figures` is asked; `code` is a dealer, a region (with level dealer: its dealers), or empty: all of the level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: Period
    last: Period = Field(description="At most three years from the first.")
    level: Level = "nation"
    code: str = Field(default="", max_length=32)
    by_type: bool = Field(default=False, description="Each of the seven types by itself, too; of reminders only.")

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        first, last = (int(period[:4]) * 12 + int(period[5:]) for period in (self.first, self.last))
        if not 0 <= last - first < MOST_MONTHS:
            raise ValueError(f"1 to {MOST_MONTHS} months")
        return self


class PeriodQuery(BaseModel):
    """What `GET /recount` is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Period


class RecountRow(Answer):
    """A sum, with its corrections, that is not what its rows come to; `type` is empty for appointments."""

    period: Period
    region_code: str
    dealer_code: str
    type: str = ""
    measure: str
    kept: int
    counted: int


class Recount(Answer):
    """`GET /recount?period=2026-12`: counted anew from the items, by another way; `rows` are the first 500 that are off."""

    period: Period
    off: int
    rows: tuple[RecountRow, ...] = ()


class AppointmentSums(Answer):
    """Counts of appointments (flows 6, A-APT-24..28)."""

    requested: int = 0
    """A: submitted in the month."""
    due: int = 0
    """A_due: slips with appointment_at in the month, cancelled ones excluded."""
    withdrawn_uncalled: int = 0
    """F is requested less these."""
    called: int = 0
    """C: of F with a call that reached the follower."""
    called_in_time: int = 0
    confirmed: int = 0
    arrived: int = 0
    no_show: int = 0
    arrived_of_requested: int = 0


class AppointmentFigure(Answer):
    period: Period
    code: str
    name: str = ""
    sums: AppointmentSums = AppointmentSums()
    corrections: AppointmentSums | None = None


class AppointmentFigures(Answer):
    """`GET /appointments/v1/figures` with the same query."""

    rows: tuple[AppointmentFigure, ...]
    frozen: dict[Period, AwareDatetime] = Field(default_factory=dict)
