"""What falls due after closing: the survey, the call to who did not answer, and what was put off and not done (A-CMP-29, 31)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid5

from sqlalchemy import BindParameter, Row, Select, bindparam, select

from chassis.database import Database, millis
from chassis.settings import Complaints
from contracts.complaint_steps.closing import CallBack, Reopen, RequestSurvey
from services.complaints.cases.unasked import AT_ONCE, Due, take_due
from services.complaints.tables import closures, surveys

_NOW: BindParameter[int] = bindparam("now")
_TO_ASK = (
    select(closures.c.complaint_id, closures.c.closure_id).where(closures.c.survey_at <= _NOW).order_by(closures.c.survey_at).limit(AT_ONCE)
)
_TO_CALL = select(surveys.c.complaint_id, surveys.c.survey_id).where(surveys.c.call_at <= _NOW).order_by(surveys.c.call_at).limit(AT_ONCE)
_MISSED = (
    select(closures.c.complaint_id, closures.c.closure_id)
    .where(closures.c.follow_up_at <= _NOW)
    .order_by(closures.c.follow_up_at)
    .limit(AT_ONCE)
)


def ask(database: Database, terms: Complaints, now: datetime) -> bool:
    """How content are they? Whether there may be more to ask."""

    def of(row: Row[Any]) -> Due:
        form = RequestSurvey(survey_id=uuid5(row.closure_id, "survey"))
        return Due(row.complaint_id, form, uuid5(row.closure_id, "survey requested"))

    return _take(database, _TO_ASK, of, terms, now)


def call(database: Database, terms: Complaints, now: datetime) -> bool:
    """Who did not answer goes to the list of calls."""

    def of(row: Row[Any]) -> Due:
        return Due(row.complaint_id, CallBack(survey_id=row.survey_id), uuid5(row.survey_id, "to be called"))

    return _take(database, _TO_CALL, of, terms, now)


def reopen_missed(database: Database, terms: Complaints, now: datetime) -> bool:
    """What was put off is not done by its day: the case is opened again."""

    def of(row: Row[Any]) -> Due:
        return Due(row.complaint_id, Reopen(reason="follow_up_missed"), uuid5(row.closure_id, "follow-up missed"))

    return _take(database, _MISSED, of, terms, now)


def _take(database: Database, statement: Select[Any], of: Callable[[Row[Any]], Due], terms: Complaints, now: datetime) -> bool:
    with database.read() as connection:
        rows = connection.execute(statement, {"now": millis(now)}).all()
    return take_due(database, [of(row) for row in rows], terms, now)
