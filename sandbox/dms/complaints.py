"""Complaints at dealers: what a dealer passes on, and the steps it takes in cases that are its own (A-CMP-04, 05, 16, 27..30).

Cheqiao tells the DMS of no case. Which are a dealer's, and what came of its steps, its people read in the CSC's records, as the maker lets
them; what they passed on themselves is on record here.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import State
from contracts.partners.complaints import AskedDealersStep, DealersComplaintStepPush, DealersForm, DealersRefusalRecord
from contracts.partners.wire import DoneAnswer, RefusalAnswer, Wire
from sandbox.answers import Answer
from sandbox.clock import iso
from sandbox.complaints.records import CaseLine, Cases, Choice
from sandbox.office import Office
from sandbox.partner import Telling
from sandbox.web import Problem

EVENTS = "/partners/dms/v1/events"
SCHEMA = """
CREATE TABLE IF NOT EXISTS complaints_passed_on (
  complaint_id TEXT PRIMARY KEY, dealer_code TEXT NOT NULL, name TEXT NOT NULL, beginning TEXT NOT NULL, by_whom TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS complaints_passed_on_by ON complaints_passed_on (dealer_code, at);
CREATE TABLE IF NOT EXISTS complaint_steps_asked (
  number INTEGER PRIMARY KEY AUTOINCREMENT, complaint_id TEXT NOT NULL, dealer_code TEXT NOT NULL, step TEXT NOT NULL,
  by_whom TEXT NOT NULL, at TEXT NOT NULL, refused_at TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS complaint_steps_asked_of ON complaint_steps_asked (complaint_id, dealer_code);
"""
SHOWN = 50
NOT_THEIRS = frozenset({State.RECEIVED, State.INVALID, State.CLOSED_INVALID, State.SOLVED_DIRECT, State.FILED, State.RETURNED})
"""Where nobody is assigned, whatever dealer it is about."""
BEGINNING = 60
REFUSED = (
    "UPDATE complaint_steps_asked SET refused_at=?, reason=?, message=? WHERE number = (SELECT max(number) FROM complaint_steps_asked"
    " WHERE complaint_id=? AND dealer_code=? AND step=? AND by_whom=? AND refused_at='')"
)
REFUSALS = "SELECT * FROM complaint_steps_asked WHERE complaint_id=? AND dealer_code=? AND refused_at<>'' ORDER BY number DESC"


@dataclass(frozen=True)
class Refusal:
    """A step of a dealer that Cheqiao did not take: a `reason` for programs, a `message` for people."""

    step: str
    by: str
    at: datetime
    reason: str
    message: str


@dataclass(frozen=True)
class PassedOn:
    """`case` None: Cheqiao has not told the CSC of it yet, or it was `refused`."""

    complaint_id: UUID
    name: str
    beginning: str
    by: str
    at: datetime
    case: CaseLine | None
    refused: Refusal | None


class DealersComplaints:
    def __init__(self, office: Office, cases: Cases) -> None:
        self._store = office.store
        self._now = office.now
        self._telling = Telling(office, EVENTS)
        self.cases = cases

    def assigned(self, dealer_code: str, show: str = "open") -> list[CaseLine]:
        """Those in the dealer's hands, the most urgent first; `show` all: those that ended too."""
        lines = self.cases.listed(Choice(show=show, dealer=dealer_code)) if dealer_code else []
        return [line for line in lines if line.record.state not in NOT_THEIRS]

    def passed_on(self, dealer_code: str) -> list[PassedOn]:
        """The newest first."""
        rows = self._store.rows("SELECT * FROM complaints_passed_on WHERE dealer_code=? ORDER BY at DESC LIMIT ?", dealer_code, SHOWN)
        return [self._passed_on(row) for row in rows]

    def one_passed_on(self, complaint_id: UUID, dealer_code: str) -> PassedOn | None:
        row = self._store.row("SELECT * FROM complaints_passed_on WHERE complaint_id=? AND dealer_code=?", str(complaint_id), dealer_code)
        return None if row is None else self._passed_on(row)

    def theirs(self, complaint_id: UUID, dealer_code: str) -> CaseLine | None:
        """A case that this dealer may step into: one in its hands, or one that it passed on. None: another's, or nobody's."""
        line = self.cases.find(complaint_id)
        if line is None:
            return None
        in_hands = line.record.dealer_code == dealer_code and line.record.state not in NOT_THEIRS
        return line if in_hands or self.one_passed_on(complaint_id, dealer_code) else None

    def pass_on(self, dealer_code: str, form: Receive, by: str) -> tuple[AskedDealersStep, str]:
        """A-CMP-04. The id is the DMS's own; returns what was asked, and the push's id."""
        asked = self._asked(uuid4(), dealer_code, form, by)
        values = (str(asked.complaint_id), dealer_code, form.name or "", form.text[:BEGINNING], by, iso(asked.at))

        def keep(tx: sqlite3.Connection) -> AskedDealersStep:
            tx.execute("INSERT INTO complaints_passed_on VALUES (?, ?, ?, ?, ?, ?)", values)
            return _kept(tx, asked)

        told, pushes = self._telling.do(keep, _step_asked)
        return told, pushes[0]

    def keep_refusal(self, tx: sqlite3.Connection, complaint_id: UUID, record: DealersRefusalRecord) -> Answer:
        """Whoever asked sees why. What nobody here asked for is 404."""
        whose = (str(complaint_id), record.dealer_code, record.step, record.by)
        told = (iso(record.at), record.reason, record.message)
        answered = tx.execute(REFUSED, (*told, *whose)).rowcount
        return Answer.of(200, DoneAnswer()) if answered else Answer.of(404, RefusalAnswer(code="not_found"))

    def refusals(self, complaint_id: UUID, dealer_code: str) -> list[Refusal]:
        """The newest first."""
        rows = self._store.rows(REFUSALS, str(complaint_id), dealer_code)
        return [
            Refusal(row["step"], row["by_whom"], datetime.fromisoformat(row["refused_at"]), row["reason"], row["message"]) for row in rows
        ]

    def step(self, complaint_id: UUID, dealer_code: str, form: DealersForm, by: str) -> tuple[AskedDealersStep, str]:
        """Raises Problem for a case that is not theirs."""
        if self.theirs(complaint_id, dealer_code) is None:
            raise Problem(404, "unknown_complaint", "没有这个投诉 / There is no such complaint")
        asked = self._asked(complaint_id, dealer_code, form, by)
        told, pushes = self._telling.do(lambda tx: _kept(tx, asked), _step_asked)
        return told, pushes[0]

    def _asked(self, complaint_id: UUID, dealer_code: str, form: DealersForm, by: str) -> AskedDealersStep:
        return AskedDealersStep(complaint_id=complaint_id, form=form, by=by, dealer_code=dealer_code, at=self._now())

    def _passed_on(self, row: sqlite3.Row) -> PassedOn:
        complaint_id = UUID(row["complaint_id"])
        at = datetime.fromisoformat(row["at"])
        refused = next(iter(self.refusals(complaint_id, row["dealer_code"])), None)
        return PassedOn(complaint_id, row["name"], row["beginning"], row["by_whom"], at, self.cases.find(complaint_id), refused)


def _kept(tx: sqlite3.Connection, asked: AskedDealersStep) -> AskedDealersStep:
    values = (str(asked.complaint_id), asked.dealer_code, asked.form.step, asked.by, iso(asked.at))
    tx.execute("INSERT INTO complaint_steps_asked (complaint_id, dealer_code, step, by_whom, at) VALUES (?, ?, ?, ?, ?)", values)
    return asked


def _step_asked(asked: AskedDealersStep, at: datetime) -> Sequence[Wire]:
    return (DealersComplaintStepPush(type="complaint.step", timestamp=at, data=asked),)
