"""The calendars in force: working hours of config.yaml, published holidays, and the days that were set otherwise, kept and numbered.

Each change of any of them has a number. Whoever reckons a limit holds the last number shared until their transaction ends, and whoever
changes a calendar waits for them: what was reckoned by the old calendar is there when the change comes to bear (clocks/recounting.py).
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, delete, insert, select, update

from chassis import upserts
from chassis.database import Transaction, millis
from chassis.hours import Periods, Written, periods_of, weekdays_of
from chassis.settings import Complaints
from services.complaints.clocks.calendars import DEFAULT, HOLIDAYS, MAKE_UP_DAYS, Calendars
from services.complaints.tables import calendar_changes, calendar_days, calendar_head

BY_CONFIGURATION = "config.yaml"
NEW_RULE = "工作时间或公布的节假日有变"

_ONE = 1
_HEAD = select(calendar_head.c.change_no)
_HELD = _HEAD.with_for_update(read=True)
_DAYS = select(calendar_days.c.calendar_id, calendar_days.c.day, calendar_days.c.periods)
_RULE = select(calendar_changes.c.rule).order_by(calendar_changes.c.change_no.desc()).limit(1)
_KNOWN: WeakKeyDictionary[Engine, tuple[int, str, Calendars]] = WeakKeyDictionary()
"""By the number of the last change, and the rule. A change that is read before its number is only makes for one reading more."""


def in_force(tx: Transaction, terms: Complaints) -> Calendars:
    """To reckon limits by: no calendar changes until the transaction ends."""
    notes = tx.unit.notes(calendar_head)
    if "in force" not in notes:
        notes["in force"] = _numbered(tx.connection, tx.execute(_HELD).scalar_one_or_none() or 0, terms, tx.execute)
    calendars: Calendars = notes["in force"]
    return calendars


def seen(connection: Connection, terms: Complaints) -> Calendars:
    """To show limits by."""
    return _numbered(connection, connection.execute(_HEAD).scalar_one_or_none() or 0, terms, connection.execute)


def set_day(
    tx: Transaction, calendar_id: str, day: date, written: Written, terms: Complaints, *, by: str, reason: str, now: datetime
) -> None:
    """This day is otherwise than its rule says. Raises ValueError where the periods are not in order.

    Reckon no limit in the same transaction.
    """
    periods = [[f"{at:%H:%M}" for at in period] for period in periods_of(written)]
    _change(tx, calendar_id, f"{day.isoformat()} {reason}"[:64], terms, by=by, now=now)
    row = {"calendar_id": calendar_id, "day": day, "periods": periods, "reason": reason, "set_by": by}
    upserts.replace(tx, calendar_days, [row], "periods", "reason", "set_by")


def clear_day(tx: Transaction, calendar_id: str, day: date, terms: Complaints, *, by: str, now: datetime) -> bool:
    """It is again as its rule says; False where it was not otherwise. Reckon no limit in the same transaction."""
    which = calendar_days.c.calendar_id == calendar_id, calendar_days.c.day == day
    if tx.execute(select(calendar_days.c.day).where(*which)).first() is None:
        return False
    _change(tx, calendar_id, f"{day.isoformat()} 恢复常规", terms, by=by, now=now)
    tx.execute(delete(calendar_days).where(*which))
    return True


def follow_configuration(tx: Transaction, terms: Complaints, now: datetime) -> None:
    """Other working hours, or newly published holidays, are a change as well. Once for each start: an older copy does not turn it back."""
    known = tx.execute(_RULE).scalar_one_or_none()
    if known is None:
        _change(tx, DEFAULT, "", terms, by=BY_CONFIGURATION, now=now, applied=True)
    elif known != rule_of(terms):
        _change(tx, DEFAULT, NEW_RULE, terms, by=BY_CONFIGURATION, now=now)


def rule_of(terms: Complaints) -> str:
    """What makes one rule another, as a digest."""
    days = [sorted(day.isoformat() for day in published) for published in (HOLIDAYS, MAKE_UP_DAYS)]
    hours = {
        weekday: [[begin.isoformat(), end.isoformat()] for begin, end in day] for weekday, day in weekdays_of(terms.working_hours).items()
    }
    return hashlib.sha256(json.dumps([days, hours], sort_keys=True).encode()).hexdigest()


def _numbered(connection: Connection, change_no: int, terms: Complaints, execute: Callable[..., Any]) -> Calendars:
    known = _KNOWN.get(connection.engine)
    hours = json.dumps(terms.working_hours, sort_keys=True)
    if known and known[:2] == (change_no, hours):
        return known[2]
    others: dict[str, dict[date, Periods]] = defaultdict(dict)
    for row in execute(_DAYS):
        others[row.calendar_id][row.day] = periods_of(tuple((begin, end) for begin, end in row.periods))
    calendars = Calendars(weekdays_of(terms.working_hours), dict(others))
    _KNOWN[connection.engine] = change_no, hours, calendars
    return calendars


def _change(tx: Transaction, calendar_id: str, reason: str, terms: Complaints, *, by: str, now: datetime, applied: bool = False) -> None:
    """First of all: whoever reckons by what was is waited for."""
    last = tx.execute(_HEAD.with_for_update()).scalar_one_or_none()
    change_no = (last or 0) + 1
    row = {
        "change_no": change_no,
        "calendar_id": calendar_id,
        "reason": reason,
        "made_by": by,
        "made_at": millis(now),
        "rule": rule_of(terms),
        "applied": applied,
    }
    tx.execute(insert(calendar_changes).values(row))
    if last is None:
        tx.execute(insert(calendar_head).values(one=_ONE, change_no=change_no))
    else:
        tx.execute(update(calendar_head).where(calendar_head.c.one == _ONE).values(change_no=change_no))
