"""What several routes have in common: queries and cursors."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from chassis.internal_api import Problem
from contracts.reminders import Period, ReminderType
from contracts.reminding import DirtyFlaw, DirtySource

C = TypeVar("C")

Code = Annotated[str, Field(max_length=32)]


class Query(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListQuery(Query):
    period: Period
    dealer: Code = ""
    region: Code = ""
    type: ReminderType | None = None
    after: str = Field(default="", max_length=200)


class DirtyQuery(Query):
    source: DirtySource | None = None
    flaw: DirtyFlaw | None = None
    dealer: Code = ""
    after: str = Field(default="", max_length=400)


class AfterQuery(Query):
    after: str = Field(default="", max_length=200)


def cursor(text: str, read: Callable[[str], C]) -> C | None:
    """Where the page before ended. Raises Problem 400."""
    try:
        return read(text) if text else None
    except ValueError:
        raise Problem(400, "after", "after 应为上一页的 next", "after is the `next` of the page before.") from None
