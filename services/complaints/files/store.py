"""Keeps files sealed, in parts that fit into a row, and says of each whether it is awaited, kept or lost."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from chassis.database import Transaction, millis
from chassis.outbox import ignoring_repeats
from contracts.complaint_words import Role
from services.complaints.files.cleaning import Clean, Kind
from services.complaints.tables import cases, file_parts, files

PART_BYTES = 27_000
"""In Base64, sealed, and in Base64 again it fits into a TEXT."""
PARTS_AT_ONCE = 25
"""Sealed in one go, while nothing else can go on: a few milliseconds."""

_FIND = select(files).where(files.c.file_id == bindparam("of_file"))
_CONTENT = select(file_parts.c.content).where(file_parts.c.file_id == bindparam("of_file")).order_by(file_parts.c.part_no)
_COUNT = select(func.count()).select_from(files).where(files.c.complaint_id == bindparam("of_case"))
_WHOSE = select(cases.c.follower_id).where(cases.c.complaint_id == bindparam("of_case"))
_ADD = ignoring_repeats(insert(files))


@dataclass(frozen=True)
class Expected:
    """A file that is to come. `shown`: the customer may see it. `attached`: it is part of the case without a step that says so."""

    file_id: UUID
    complaint_id: UUID
    kind: Kind
    role: Role
    shown: bool
    at: datetime
    attached: bool = False
    name: str = ""
    by: str = ""


@dataclass(frozen=True)
class Kept:
    kind: str
    media_type: str
    content: bytes


def find(connection: Connection, file_id: UUID) -> Row[Any] | None:
    """Its row, whatever became of it."""
    return connection.execute(_FIND, {"of_file": file_id}).one_or_none()


def content_of(connection: Connection, row: Row[Any]) -> Kept:
    """Of one that is kept."""
    parts = connection.execute(_CONTENT, {"of_file": row.file_id}).scalars()
    return Kept(row.kind, row.media_type, b"".join(base64.b64decode(part) for part in parts))


def is_followers(connection: Connection, row: Row[Any], follower_id: UUID) -> bool:
    """Whether the case that it is of is this follower's."""
    return connection.execute(_WHOSE, {"of_case": row.complaint_id}).scalar_one_or_none() == follower_id


def number_of(connection: Connection, complaint_id: UUID) -> int:
    return connection.execute(_COUNT, {"of_case": complaint_id}).scalar_one()


def expect(tx: Transaction, one: Expected) -> bool:
    """False: its id is known already, of this case or of another, and is left as it is."""
    row = {
        **vars(one),
        "role": one.role.value,
        "at": millis(one.at),
        "state": "awaited",
        "reason": "",
        "media_type": "",
        "bytes": 0,
        "digest": "",
    }
    return tx.execute(_ADD, row).rowcount > 0


def keep(tx: Transaction, file_id: UUID, clean: Clean) -> bool:
    """What was awaited, or was given up, has come. False: it is kept already, and stays as it is."""
    values = {
        "state": "kept",
        "reason": "",
        "media_type": clean.media_type,
        "bytes": len(clean.content),
        "digest": hashlib.sha256(clean.content).hexdigest(),
    }
    if not tx.execute(update(files).where(files.c.file_id == file_id, files.c.state != "kept").values(values)).rowcount:
        return False
    number = -(-len(clean.content) // PART_BYTES)
    for first in range(0, number, PARTS_AT_ONCE):
        some = range(first, min(first + PARTS_AT_ONCE, number))
        tx.execute(insert(file_parts), [_part(file_id, part_no, clean.content) for part_no in some])
    return True


def lose(tx: Transaction, file_id: UUID, reason: str) -> None:
    """What came after all stays."""
    tx.execute(update(files).where(files.c.file_id == file_id, files.c.state == "awaited").values(state="lost", reason=reason))


def show_again(tx: Transaction, complaint_id: UUID, now: datetime) -> None:
    """At every desk that has the case open, though no step was taken."""
    tx.execute(update(cases).where(cases.c.complaint_id == complaint_id).values(changed_at=millis(now)))


def _part(file_id: UUID, part_no: int, content: bytes) -> dict[str, Any]:
    start = part_no * PART_BYTES
    return {"file_id": file_id, "part_no": part_no, "content": base64.b64encode(content[start : start + PART_BYTES]).decode()}
