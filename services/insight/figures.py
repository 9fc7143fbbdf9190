"""Keeps what each minute brought, how long partners took, and whose answers were off contract."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from chassis import upserts
from chassis.database import Transaction, from_millis
from chassis.outbox import ignoring_repeats
from contracts.operating import BadAnswer
from services.insight.domain import MINUTE_MS, NO_FAILURE, bucket_of
from services.insight.tables import bad_answers, call_times, hops, minutes

OFF_CONTRACT = "contract"
MOST_BAD_ANSWERS = 50
COUNTED_BY = ("minute", "service", "step", "partner", "outcome")


@dataclass
class Tally:
    """What one minute brought one service, or one partner."""

    received: int = 0
    sent: int = 0
    failed: int = 0
    calls: int = 0
    calls_failed: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    took: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        self.received += other.received
        self.sent += other.sent
        self.failed += other.failed
        self.calls += other.calls
        self.calls_failed += other.calls_failed
        self.outcomes.update(other.outcomes)
        self.took.update(other.took)

    def count(self, step: str, outcome: str, number: int) -> None:
        match step:
            case "handled":
                self.received += number
            case "published":
                self.sent += number
            case "called":
                self.calls += number
                self.calls_failed += 0 if outcome in NO_FAILURE else number
                self.outcomes[outcome] += number
            case "retried":
                self.failed += number
            case "parked" if outcome == "parked":
                self.failed += number


Tallies = dict[tuple[str, str], dict[int, Tally]]
"""Service and partner ("" for the service itself) → minute → what it brought."""


def follow(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Hops that are new in `hops`; each is counted once. Under `parked_rows.lock`."""
    counted: Counter[tuple[Any, ...]] = Counter()
    took: Counter[tuple[Any, ...]] = Counter()
    off = []
    for row in rows:
        minute = row["at"] // MINUTE_MS
        counted[minute, row["service"], row["step"], row["partner"], row["outcome"]] += 1
        if row["step"] == "called":
            took[minute, row["service"], row["partner"], bucket_of(row["milliseconds"])] += 1
            if row["outcome"] == OFF_CONTRACT:
                off.append({name: row[name] for name in ("message_id", "service", "attempt", "at", "partner", "operation")})
    upserts.add(tx, minutes, _rows(counted, *COUNTED_BY), "number")
    upserts.add(tx, call_times, _rows(took, "minute", "service", "partner", "bucket"), "number")
    if off:
        tx.execute(ignoring_repeats(insert(bad_answers)), off)


def _rows(counted: Counter[tuple[Any, ...]], *names: str) -> list[dict[str, Any]]:
    return [{**dict(zip(names, key, strict=True)), "number": number} for key, number in counted.items()]


def published(tx: Transaction, sent: Iterable[tuple[str, int]]) -> None:
    """Messages of services that report no publishing, and when (milliseconds): their copies here say that they were sent."""
    counted = Counter((at // MINUTE_MS, service, "published", "", "ok") for service, at in sent)
    upserts.add(tx, minutes, _rows(counted, *COUNTED_BY), "number")


def tallies(connection: Connection, since: int) -> Tallies:
    """From this minute on."""
    found: Tallies = defaultdict(lambda: defaultdict(Tally))
    for row in connection.execute(select(minutes).where(minutes.c.minute >= since)):
        for partner in {"", row.partner}:
            found[row.service, partner][row.minute].count(row.step, row.outcome, row.number)
    for row in connection.execute(select(call_times).where(call_times.c.minute >= since)):
        found[row.service, row.partner][row.minute].took[row.bucket] += row.number
    return found


def last_bad_answers(connection: Connection) -> list[BadAnswer]:
    """The newest first; their causes are those that the message was parked for."""
    rows = connection.execute(select(bad_answers).order_by(bad_answers.c.at.desc()).limit(MOST_BAD_ANSWERS)).all()
    parked = select(hops.c.message_id, hops.c.service, hops.c.causes).order_by(hops.c.attempt)
    parked = parked.where(hops.c.message_id.in_({row.message_id for row in rows}), hops.c.step == "parked", hops.c.outcome == "parked")
    causes = {(hop.message_id, hop.service): hop.causes for hop in connection.execute(parked)}
    return [
        BadAnswer(
            at=from_millis(row.at),
            partner=row.partner,
            operation=row.operation,
            service=row.service,
            message_id=row.message_id,
            causes=causes.get((row.message_id, row.service), ()),
        )
        for row in rows
    ]


def forget(tx: Transaction, before: int) -> None:
    """What was counted before this time (milliseconds)."""
    for table in (minutes, call_times):
        tx.execute(delete(table).where(table.c.minute < before // MINUTE_MS))
    tx.execute(delete(bad_answers).where(bad_answers.c.at < before))
