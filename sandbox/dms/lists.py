"""What the pages of the dealer's desk show: appointments with slip, car and visit, never more than a page of them."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from contracts.partners.dms import CapacityRecord, SlipRecord, StoreRecord
from sandbox.store import Store

LISTED = 100

Show = Literal["open", "all"]

BOOKINGS = (
    "SELECT appointments.*, moves.request_no, moves.requested_date, moves.slot, outcomes.outcome, outcomes.at AS outcome_at"
    " FROM appointments LEFT JOIN moves USING (appointment_id) LEFT JOIN outcomes USING (appointment_id) WHERE "
)
WHICH: dict[Show, str] = {"open": "state='stored' AND coalesce(outcome, '') NOT IN ('completed', 'no_show')", "all": "1"}
VISITS = (
    "SELECT visits.*, sales.plate, sales.model, customers.name, customers.mobile FROM visits"
    " LEFT JOIN sales ON sales.vin = visits.vin AND sales.current = 1 LEFT JOIN customers ON customers.number = sales.customer"
)
REGISTRATIONS = (
    "SELECT registrations.*, sales.plate, sales.model, customers.name, customers.mobile FROM registrations"
    " LEFT JOIN sales ON sales.vin = registrations.vin AND sales.current = 1"
    " LEFT JOIN customers ON customers.number = sales.customer WHERE ?1 = ''"
    " OR instr(upper(registrations.vin || registrations.customer_id || coalesce(plate, '') || coalesce(name || mobile, '')), upper(?1))"
)


@dataclass(frozen=True)
class Slip:
    slip_id: str
    state: str
    at: datetime
    record: SlipRecord


@dataclass(frozen=True)
class Booking:
    """`day` and `slot` are those asked for last. `here`: the car is in the workshop now."""

    dms_no: str
    state: str
    reason: str
    at: datetime
    wish: StoreRecord
    request_no: int
    day: date
    slot: str
    outcome: str
    outcome_at: datetime | None
    plate: str
    model: str
    slip: Slip | None
    here: bool

    @property
    def may_arrive(self) -> bool:
        return self.state == "stored" and not self.outcome and not self.here


@dataclass(frozen=True)
class Visit:
    """Whose car it is, as far as it was sold here."""

    visit_no: str
    vin: str
    dealer_code: str
    appointment_id: str
    arrived_at: datetime
    closed_at: datetime | None
    plate: str
    model: str
    name: str
    mobile: str


class DmsLists:
    def __init__(self, store: Store) -> None:
        self._store = store

    def bookings(self, show: Show, like: str = "") -> list[Booking]:
        """The newest first; `like` is a part of the DMS's number, or of anything in the request."""
        rows = self._store.rows(
            f"{BOOKINGS}{WHICH[show]} AND (?1 = '' OR instr(record, ?1) OR instr(printf('DMS-%06d', number), upper(?1)))"
            " ORDER BY number DESC LIMIT ?2",
            like.strip(),
            LISTED,
        )
        return self._completed(rows)

    def booking(self, appointment_id: UUID) -> Booking | None:
        rows = self._store.rows(f"{BOOKINGS}appointments.appointment_id=?", str(appointment_id))
        return next(iter(self._completed(rows)), None)

    def visits(self, *, here: bool) -> list[Visit]:
        """The cars that are here, or those that left last."""
        which = "IS NULL ORDER BY visits.number" if here else "IS NOT NULL ORDER BY closed_at DESC"
        return [_visit(row) for row in self._store.rows(f"{VISITS} WHERE closed_at {which} LIMIT ?", LISTED)]

    def count_here(self) -> int:
        row = self._store.row("SELECT count(*) AS found FROM visits WHERE closed_at IS NULL")
        return 0 if row is None else int(row["found"])

    def capacity(self, from_day: date, dealer_code: str) -> list[CapacityRecord]:
        """From that day on, of one dealer or all."""
        rows = self._store.rows(
            "SELECT * FROM capacity WHERE day >= ?1 AND (?2 = '' OR dealer_code = ?2) ORDER BY day, dealer_code, slot LIMIT ?3",
            from_day.isoformat(),
            dealer_code,
            LISTED * 2,
        )
        return [CapacityRecord.model_validate(dict(row)) for row in rows]

    def registrations(self, like: str = "") -> list[dict[str, object]]:
        """With the car and its owner now."""
        rows = self._store.rows(f"{REGISTRATIONS} ORDER BY registered DESC, registrations.at DESC LIMIT ?2", like.strip(), LISTED)
        return [dict(row) for row in rows]

    def _completed(self, rows: Sequence[sqlite3.Row]) -> list[Booking]:
        wishes = {row["appointment_id"]: StoreRecord.model_validate_json(row["record"]) for row in rows}
        ids, vins = json.dumps(list(wishes)), json.dumps([wish.vin for wish in wishes.values()])
        slips = self._by("appointment_id", "SELECT * FROM slips WHERE appointment_id IN (SELECT value FROM json_each(?)) ORDER BY at", ids)
        cars = self._by("vin", "SELECT vin, plate, model FROM sales WHERE current=1 AND vin IN (SELECT value FROM json_each(?))", vins)
        here = self._by("vin", "SELECT vin FROM visits WHERE closed_at IS NULL AND vin IN (SELECT value FROM json_each(?))", vins)
        return [_booking(row, wishes[row["appointment_id"]], slips, cars, here) for row in rows]

    def _by(self, key: str, query: str, values: str) -> dict[str, sqlite3.Row]:
        """The last row for each."""
        return {row[key]: row for row in self._store.rows(query, values)}


def _booking(
    row: sqlite3.Row,
    wish: StoreRecord,
    slips: Mapping[str, sqlite3.Row],
    cars: Mapping[str, sqlite3.Row],
    here: Mapping[str, sqlite3.Row],
) -> Booking:
    slip, car = slips.get(row["appointment_id"]), cars.get(wish.vin)
    return Booking(
        dms_no=f"DMS-{row['number']:06d}",
        state=row["state"],
        reason=row["reason"],
        at=datetime.fromisoformat(row["at"]),
        wish=wish,
        request_no=row["request_no"] or 1,
        day=date.fromisoformat(row["requested_date"]) if row["requested_date"] else wish.requested_date,
        slot=wish.slot if row["slot"] is None else row["slot"],
        outcome=row["outcome"] or "",
        outcome_at=datetime.fromisoformat(row["outcome_at"]) if row["outcome_at"] else None,
        plate=(car["plate"] or "") if car else "",
        model=car["model"] if car else "",
        slip=_slip(slip) if slip else None,
        here=wish.vin in here,
    )


def _slip(row: sqlite3.Row) -> Slip:
    record = SlipRecord.model_validate_json(row["record"])
    return Slip(row["slip_id"], row["state"], datetime.fromisoformat(row["at"]), record)


def _visit(row: sqlite3.Row) -> Visit:
    return Visit(
        visit_no=f"VISIT-{row['number']:06d}",
        vin=row["vin"],
        dealer_code=row["dealer_code"],
        appointment_id=row["appointment_id"] or "",
        arrived_at=datetime.fromisoformat(row["arrived_at"]),
        closed_at=datetime.fromisoformat(row["closed_at"]) if row["closed_at"] else None,
        plate=row["plate"] or "",
        model=row["model"] or "",
        name=row["name"] or "",
        mobile=row["mobile"] or "",
    )
