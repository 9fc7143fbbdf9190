"""Keeps `found_by`: what a subject can be found by, and finds it.

Personal values come as keyed hashes in the envelope's `lookups`; business numbers and the ids of other subjects stand in its data.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, select

from chassis import upserts
from chassis.database import Transaction, from_millis, millis
from chassis.lookups import lookup
from chassis.privacy import Vault
from contracts.envelope import Envelope
from contracts.operating import Hit, SearchForm
from services.insight.domain import what_of
from services.insight.tables import found_by, hops, messages

NUMBERS = ("dms_no", "task_id", "slip_id", "customer_id")
IDS = ("appointment_id", "registration_id", "binding_id", "vehicle_id", "follower_id", "predecessor_id", "successor_id", "visit_id")
LEADS = {"mobile": ("vehicle_id", "follower_id"), "vin": ("vehicle_id",), "plate": ("vehicle_id",), "number": ()}
"""A phone number stands in a binding; its car and its follower lead from there to the appointments."""
MOST_HITS = 50
LONGEST = 64


def index(tx: Transaction, envelopes: Iterable[Envelope]) -> None:
    """In the transaction that keeps the messages; a repeat changes nothing."""
    last: dict[tuple[str, str, UUID], int] = {}
    for envelope in envelopes:
        at = millis(envelope.time)
        for kind, value in (*_hashes(envelope.lookups or ""), *_named(envelope.data, envelope.subject)):
            key = (kind, value, envelope.subject)
            last[key] = max(at, last.get(key, at))
    rows = [{"kind": kind, "value": value, "subject": subject, "last_at": at} for (kind, value, subject), at in last.items()]
    upserts.keep_highest(tx, found_by, rows, "last_at")


def _hashes(lookups: str) -> Iterable[tuple[str, str]]:
    for entry in lookups.split():
        kind, _, value = entry.partition(":")
        if kind in LEADS and value:
            yield kind, value[:LONGEST]


def _named(data: dict[str, Any], subject: UUID) -> Iterable[tuple[str, str]]:
    for name in NUMBERS:
        if isinstance(number := data.get(name), str) and (plain := _plain(number)):
            yield "number", plain
    for name in IDS:
        if isinstance(other := data.get(name), str) and other != str(subject):
            yield name, other


def _plain(number: str) -> str:
    """Capitals and no spaces around, so that how it is typed does not matter."""
    return number.strip().upper()[:LONGEST]


def search(connection: Connection, form: SearchForm, vault: Vault) -> list[Hit]:
    """The newest first, at most MOST_HITS. Raises ValueError where an id is looked for that is none."""
    if form.by == "id":
        subjects = _by_id(connection, UUID(form.value.strip()))
    elif form.by == "number":
        subjects = _by(connection, "number", _plain(form.value))
    else:
        subjects = _by(connection, form.by, lookup(vault, form.by, form.value))
        if form.by == "vin":
            subjects |= _by(connection, "vehicle_id", str(vault.vehicle_id(form.value.strip().upper())))
        subjects |= _led_to(connection, subjects, LEADS[form.by])
    return _hits(connection, subjects)


def _by(connection: Connection, kind: str, *values: str) -> set[UUID]:
    wanted = select(found_by.c.subject).where(found_by.c.kind == kind, found_by.c.value.in_(values))
    return set(connection.execute(wanted.order_by(found_by.c.last_at.desc()).limit(MOST_HITS)).scalars())


def _by_id(connection: Connection, asked: UUID) -> set[UUID]:
    """A subject, a message, a chain, or what another subject names."""
    subjects: set[UUID] = set()
    for name in IDS:
        subjects |= _by(connection, name, str(asked))
    for table in (messages, hops):
        for which in (table.c.message_id == asked, table.c.correlation_id == asked, table.c.subject == asked):
            wanted = select(table.c.subject).where(which, table.c.subject.is_not(None)).distinct().limit(MOST_HITS)
            subjects.update(connection.execute(wanted).scalars())
    return subjects


def _led_to(connection: Connection, subjects: set[UUID], kinds: tuple[str, ...]) -> set[UUID]:
    if not (subjects and kinds):
        return set()
    named = select(found_by.c.kind, found_by.c.value).where(found_by.c.subject.in_(subjects), found_by.c.kind.in_(kinds)).distinct()
    led: set[UUID] = set()
    for row in connection.execute(named.limit(MOST_HITS)).all():
        led |= _by(connection, row.kind, row.value)
    return led


def _hits(connection: Connection, subjects: set[UUID]) -> list[Hit]:
    hits = [*_summed(connection, messages, subjects)]
    hits += _summed(connection, hops, subjects - {hit.subject for hit in hits})
    return sorted(hits, key=lambda hit: hit.last_at, reverse=True)[:MOST_HITS]


def _summed(connection: Connection, table: Any, subjects: set[UUID]) -> Iterable[Hit]:
    """Of subjects that no event is about yet, the hops of commands tell."""
    if not subjects:
        return
    number = func.count(table.c.message_id.distinct())
    sums = select(table.c.subject, func.min(table.c.at).label("first"), func.max(table.c.at).label("last"), number.label("messages"))
    rows = connection.execute(sums.where(table.c.subject.in_(subjects)).group_by(table.c.subject)).all()
    rows = sorted(rows, key=lambda row: row.last, reverse=True)[:MOST_HITS]
    types = _newest_types(connection, table, [row.subject for row in rows])
    for row in rows:
        last_type, what = types[row.subject]
        yield Hit(
            subject=row.subject,
            what=what,
            last_type=last_type,
            last_at=from_millis(row.last),
            first_at=from_millis(row.first),
            messages=row.messages,
        )


def _newest_types(connection: Connection, table: Any, subjects: list[UUID]) -> dict[UUID, tuple[str, str]]:
    """The type of the newest message, and what the subject is by the newest type that says so."""
    newest = select(table.c.subject, table.c.type).where(table.c.subject.in_(subjects)).group_by(table.c.subject, table.c.type)
    found: dict[UUID, tuple[str, str]] = {}
    for row in connection.execute(newest.order_by(func.max(table.c.at), table.c.type)):
        found[row.subject] = (row.type, what_of(row.type) or found.get(row.subject, ("", "message"))[1])
    return found


def forget(tx: Transaction, before: int, most: int) -> int:
    """What was last named before this time (milliseconds). Gives the number of rows."""
    old = select(found_by.c.kind, found_by.c.value, found_by.c.subject).where(found_by.c.last_at < before).limit(most)
    rows = tx.execute(old).all()
    for row in rows:
        tx.execute(delete(found_by).where(found_by.c.kind == row.kind, found_by.c.value == row.value, found_by.c.subject == row.subject))
    return len(rows)
