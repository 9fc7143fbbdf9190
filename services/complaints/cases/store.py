"""Keeps the cases, their parts, and the raw log of their steps. Who reads a case to change it holds its row until the transaction ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, select

from chassis.database import Transaction, from_millis, millis
from chassis.unit_of_work import Repository
from services.complaints.cases.case import Case
from services.complaints.cases.loading import PARTS, cases_of, columns_of
from services.complaints.cases.participants import keep_participants
from services.complaints.cases.taking import Asked, step_of
from services.complaints.tables import cases, steps


@dataclass(frozen=True)
class Standing:
    """A case and when its last step was taken."""

    case: Case
    changed_at: datetime


def _read(tx: Transaction, rows: Sequence[Row[Any]]) -> list[Standing]:
    times = [from_millis(row.changed_at) for row in rows]
    return [Standing(case, at) for case, at in zip(cases_of(tx.execute, rows), times, strict=True)]


def _columns(standing: Standing) -> dict[str, Any]:
    return {**columns_of(standing.case), "changed_at": millis(standing.changed_at)}


CASES = Repository(cases, _read, _columns, by_subject=True)
_ONE = select(cases).where(cases.c.complaint_id == bindparam("complaint_id"))
_STEPS = select(steps.c.step_id, steps.c.complaint_id).where(steps.c.step_id.in_(bindparam("these", expanding=True)))
_LOG = insert(steps)


def find(tx: Transaction, complaint_id: UUID) -> Case | None:
    """As it stands now, locked until the transaction ends."""
    standing = CASES.find(tx, complaint_id)
    return standing.case if standing else None


def seen(connection: Connection, complaint_id: UUID) -> Case | None:
    """As it stands, to be shown."""
    rows = connection.execute(_ONE, {"complaint_id": complaint_id}).all()
    return cases_of(connection.execute, rows)[0] if rows else None


def taken(tx: Transaction, step_id: UUID) -> UUID | None:
    """The case in which this step was taken; None: in none yet. Whoever asks holds the case that it would be taken in."""
    known = tx.unit.notes(steps)
    if step_id not in known:
        look_up_steps(tx, [step_id])
    case_of_step: UUID | None = known[step_id]
    return case_of_step


def look_up_steps(tx: Transaction, step_ids: Collection[UUID]) -> None:
    """Which of them were taken, before they are asked about one by one. All their cases are held."""
    known = tx.unit.notes(steps)
    known.update(dict.fromkeys(step_ids))
    known.update((row.step_id, row.complaint_id) for row in tx.execute(_STEPS, {"these": list(step_ids)}))


def write(tx: Transaction, before: Case | None, after: Case, asked: Asked, now: datetime) -> None:
    """The case, its changed parts, who takes part, and the step as it was asked for.

    A case or a step that another transaction wrote first ends this one with Conflict: it comes again, and finds it.
    """
    keep_row = CASES.save if before else CASES.add
    keep_row(tx, Standing(after, now))
    for part in PARTS:
        part.write(tx, before, after)
    keep_participants(tx, before, after, asked)
    row = {
        "complaint_id": after.complaint_id,
        "version": after.version,
        "step_id": asked.step_id,
        "step": step_of(asked.form),
        "form": asked.form.model_dump_json(),
        "by": asked.by.name,
        "role": asked.by.role.value,
        "via": asked.via,
        "state": after.state.value,
        "at": millis(now),
    }
    tx.unit.later(steps, _LOG, (after.complaint_id, after.version, asked.step_id), row)
    tx.unit.notes(steps)[asked.step_id] = after.complaint_id
