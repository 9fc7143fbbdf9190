"""The service providers: who they are, when they are open, and how many cars they take (A-APT-10, 11)."""

import re
import sqlite3
from datetime import date, timedelta

from contracts.partners.dms import CapacityRecord, DealerHours, DealerRecord, DealersAnswer
from sandbox.answers import Answer
from sandbox.clock import CHINA, Now
from sandbox.dms.forms import CapacityForm, DealerForm
from sandbox.dms.samples import DEALERS, Dealer
from sandbox.store import Store
from sandbox.web import Problem

SCHEMA = """
CREATE TABLE IF NOT EXISTS dealers (dealer_code TEXT PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS capacity (
  dealer_code TEXT NOT NULL, day TEXT NOT NULL, slot TEXT NOT NULL,
  version INTEGER NOT NULL, total INTEGER NOT NULL, closed INTEGER NOT NULL, PRIMARY KEY (dealer_code, day, slot)
);
"""

CLOSED_DEALER = "CLOSED"
"""A dealer whose workshop is never open: the way to a clear no."""
A_CODE = re.compile(r"[A-Z0-9-]{1,32}")
PAGE = 8
"""Few, so that whoever reads all of them must turn the page."""


class Dealers:
    """Each method that changes something works in the caller's transaction."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now
        with store.write() as tx:
            for dealer in DEALERS:
                record = _record_of(dealer).model_dump_json()
                tx.execute("INSERT OR IGNORE INTO dealers (dealer_code, version, record) VALUES (?, 1, ?)", (dealer.code, record))

    def page(self, cursor: str) -> Answer:
        """Those whose code comes after `cursor`."""
        rows = self._store.rows("SELECT record FROM dealers WHERE dealer_code > ? ORDER BY dealer_code LIMIT ?", cursor, PAGE + 1)
        found = tuple(DealerRecord.model_validate_json(row["record"]) for row in rows[:PAGE])
        return Answer.of(200, DealersAnswer(dealers=found, next_cursor=found[-1].dealer_code if len(rows) > PAGE else None))

    def all(self) -> list[DealerRecord]:
        return [
            DealerRecord.model_validate_json(row["record"]) for row in self._store.rows("SELECT record FROM dealers ORDER BY dealer_code")
        ]

    def known(self, tx: sqlite3.Connection, dealer_code: str) -> DealerRecord:
        """Raises Problem."""
        held = _dealer(tx, dealer_code)
        if held is None:
            raise Problem(404, "unknown_dealer", "没有这家服务商 / There is no such dealer")
        return held

    def save(self, tx: sqlite3.Connection, dealer_code: str, form: DealerForm) -> DealerRecord:
        """A new dealer, or an old one in full. Raises Problem: no code for a dealer."""
        if not A_CODE.fullmatch(dealer_code):
            raise Problem(400, "dealer_code", "编号为大写字母、数字和 - / A code has capitals, digits and -")
        held = _dealer(tx, dealer_code)
        dealer = DealerRecord(version=held.version + 1 if held else 1, dealer_code=dealer_code, **dict(form))
        tx.execute(
            "INSERT INTO dealers (dealer_code, version, record) VALUES (?, ?, ?)"
            " ON CONFLICT (dealer_code) DO UPDATE SET version=excluded.version, record=excluded.record",
            (dealer_code, dealer.version, dealer.model_dump_json()),
        )
        return dealer

    def set_capacity(self, tx: sqlite3.Connection, form: CapacityForm) -> list[CapacityRecord]:
        """One record a day. Raises Problem: unknown dealer, or the day is over."""
        self.known(tx, form.dealer_code)
        if form.day < self._now().astimezone(CHINA).date():
            raise Problem(400, "day", "日期已过 / The day is over")
        return [self._set(tx, form, form.day + timedelta(days=after)) for after in range(form.days)]

    def _set(self, tx: sqlite3.Connection, form: CapacityForm, day: date) -> CapacityRecord:
        row = tx.execute(
            "INSERT INTO capacity (dealer_code, day, slot, version, total, closed) VALUES (?, ?, ?, 1, ?, ?)"
            " ON CONFLICT (dealer_code, day, slot) DO UPDATE SET version=version+1, total=excluded.total, closed=excluded.closed"
            " RETURNING *",
            (form.dealer_code, day.isoformat(), form.slot, form.total, form.closed),
        ).fetchone()
        return CapacityRecord.model_validate(dict(row))

    def capacity(self) -> list[CapacityRecord]:
        rows = self._store.rows("SELECT * FROM capacity ORDER BY day, dealer_code, slot")
        return [CapacityRecord.model_validate(dict(row)) for row in rows]

    def turned_away(self, tx: sqlite3.Connection, dealer_code: str, day: date | None = None, slot: str = "") -> str | None:
        """Why the dealer does not take a car (on this day, in this slot), as a code; None where it does."""
        dealer = _dealer(tx, dealer_code)
        if dealer is None:
            return "unknown_dealer"
        if dealer_code == CLOSED_DEALER:
            return "closed_day"
        if not dealer.active:
            return "closed_dealer"
        return "closed_day" if day is not None and not _open(tx, dealer, day, slot) else None


def region_of(tx: sqlite3.Connection, dealer_code: str) -> str:
    dealer = _dealer(tx, dealer_code)
    return "" if dealer is None else dealer.region_code


def _open(tx: sqlite3.Connection, dealer: DealerRecord, day: date, slot: str) -> bool:
    shut = tx.execute(
        "SELECT 1 FROM capacity WHERE dealer_code=? AND day=? AND slot IN ('', ?) AND closed=1", (dealer.dealer_code, day.isoformat(), slot)
    ).fetchone()
    return shut is None and any(span.weekday == day.isoweekday() for span in dealer.hours)


def _dealer(tx: sqlite3.Connection, dealer_code: str) -> DealerRecord | None:
    row = tx.execute("SELECT record FROM dealers WHERE dealer_code=?", (dealer_code,)).fetchone()
    return None if row is None else DealerRecord.model_validate_json(row["record"])


def _record_of(dealer: Dealer) -> DealerRecord:
    weekdays = [weekday for weekday in range(1, 8) if weekday not in dealer.rest]
    return DealerRecord(
        version=1,
        dealer_code=dealer.code,
        name=dealer.name,
        region_code=dealer.region,
        address=dealer.address,
        phone=dealer.phone,
        latitude=dealer.latitude,
        longitude=dealer.longitude,
        hours=tuple(DealerHours(weekday=weekday, begins=begins, ends=ends) for weekday in weekdays for begins, ends in dealer.hours),
    )
