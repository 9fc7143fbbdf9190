"""What followers have submitted: enough to tell a repeat from another booking, and an owner from a stranger. No form is kept here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, MetaData, SmallInteger, String, Table, Uuid, insert, select, update

from chassis.database import Transaction, millis

metadata = MetaData()

submission = Table(
    "submission",
    metadata,
    Column("appointment_id", Uuid(native_uuid=False), primary_key=True, comment="made on the phone"),
    Column("follower_id", Uuid(native_uuid=False), nullable=False),
    Column("digest", String(64), nullable=False, comment="keyed hash of the form"),
    Column("status_answer", SmallInteger, nullable=False, comment="what the first post was answered with"),
    Column("at", BigInteger, nullable=False, comment="milliseconds since the epoch"),
    Column("withdrawn_at", BigInteger, comment="milliseconds since the epoch"),
)


@dataclass(frozen=True)
class Submission:
    appointment_id: UUID
    follower_id: UUID
    digest: str
    status_answer: int
    is_withdrawn: bool = False


class SubmissionStore:
    def find(self, tx: Transaction, appointment_id: UUID) -> Submission | None:
        """Locked until the transaction ends."""
        row = tx.execute(select(submission).where(submission.c.appointment_id == appointment_id).with_for_update()).first()
        if row is None:
            return None
        return Submission(row.appointment_id, row.follower_id, row.digest, row.status_answer, row.withdrawn_at is not None)

    def add(self, tx: Transaction, new: Submission, at: datetime) -> None:
        """Of two at once one is refused by the key: the database raises Conflict, and the second look finds the first."""
        ours = {name: getattr(new, name) for name in ("appointment_id", "follower_id", "digest", "status_answer")}
        tx.execute(insert(submission).values(**ours, at=millis(at)))

    def withdraw(self, tx: Transaction, appointment_id: UUID, at: datetime) -> None:
        tx.execute(update(submission).where(submission.c.appointment_id == appointment_id).values(withdrawn_at=millis(at)))
