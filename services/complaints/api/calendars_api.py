"""Working calendars: the default one, and dealers' own (A-CMP-36, flows 4.3).

GET    /calendars/<id>?year=2026     CalendarAnswer
POST   /calendars/<id>/days          CalendarDay → CalendarAnswer, 201: this day is otherwise, with a reason
DELETE /calendars/<id>/days/<day>    → CalendarAnswer; 404 where nothing was set for it
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Flask
from pydantic import BaseModel, ConfigDict, Field

from chassis.database import Transaction, in_one_transaction
from chassis.internal_api import Answered, Problem, answer, everything, form_of, query_of
from contracts.complaining import CalendarDay
from contracts.complaint_words import Role
from services.complaints.api.acting import acting, only
from services.complaints.clocks import book
from services.complaints.clocks.calendars import DEFAULT
from services.complaints.clocks.showing import calendar_shown
from services.complaints.days import day_of

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


class YearQuery(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    year: int | None = Field(default=None, ge=2000, le=2100)


def add_calendars(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    terms = runtime.process.settings.complaints

    def shown(calendar_id: str, year: int, status: int = 200) -> Answered:
        with runtime.database.read() as connection:
            return answer(calendar_shown(connection, calendar_id, year, terms), status)

    @app.get("/calendars/<calendar_id>")
    def get_calendar(calendar_id: str) -> Answered:
        acting()
        everything()
        _check(calendar_id)
        return shown(calendar_id, query_of(YearQuery).year or day_of(now()).year)

    @app.post("/calendars/<calendar_id>/days")
    def post_day(calendar_id: str) -> Answered:
        by, form, at = acting(), form_of(CalendarDay), now()
        only(by, Role.MONITOR)
        if form.calendar_id != calendar_id:
            raise Problem(400, "form", "请检查：calendar_id", "Please check: calendar_id.")
        if not form.reason.strip():
            raise Problem(400, "reason", "请填写原因", "A reason is wanted.")

        def change(tx: Transaction) -> None:
            book.set_day(tx, calendar_id, form.day, form.periods, terms, by=by.name, reason=form.reason, now=at)

        try:
            in_one_transaction(runtime.database, change)
        except ValueError:
            raise Problem(400, "periods", "时段应按先后排列且不重叠", "Periods are in order and do not overlap.") from None
        return shown(calendar_id, form.day.year, 201)

    @app.delete("/calendars/<calendar_id>/days/<day>")
    def delete_day(calendar_id: str, day: str) -> Answered:
        by, at, which = acting(), now(), _day(day)
        only(by, Role.MONITOR)
        _check(calendar_id)

        def change(tx: Transaction) -> bool:
            return book.clear_day(tx, calendar_id, which, terms, by=by.name, now=at)

        if not in_one_transaction(runtime.database, change):
            raise _unknown()
        return shown(calendar_id, which.year)


def _check(calendar_id: str) -> None:
    if calendar_id != DEFAULT and not re.fullmatch(r"dealer:[A-Za-z0-9._-]{1,32}", calendar_id):
        raise _unknown()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _unknown() from None


def _unknown() -> Problem:
    return Problem(404, "unknown", "没有这个日历或日期", "There is no such calendar or day.")
