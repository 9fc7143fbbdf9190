"""What followers have submitted and who they are: enough to tell a repeat from another post, and an owner from a stranger."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from adapters.wechat.pages.session import Session
from adapters.wechat.pages.tables import (
    appointment,
    asked,
    car,
    consent,
    post,
    registration,
    reminder,
    reminder_wishes,
    reminder_word,
    submission,
    visitor,
)
from chassis import upserts
from chassis.database import Transaction, from_millis, millis
from contracts.reminders import ReminderType

ACCEPTED = 202


@dataclass(frozen=True)
class Submission:
    appointment_id: UUID
    follower_id: UUID
    digest: str
    form: str | None = None
    withdrawn_version: int | None = None
    request_no: int = 1
    moved_version: int | None = None


class SubmissionStore:
    def find(self, tx: Transaction, appointment_id: UUID) -> Submission | None:
        """Locked until the transaction ends."""
        row = tx.execute(select(submission).where(submission.c.appointment_id == appointment_id).with_for_update()).first()
        return Submission(**{name: row._mapping[name] for name in _OF_A_SUBMISSION}) if row else None

    def add(self, tx: Transaction, new: Submission, at: datetime) -> None:
        """Of two at once one is refused by the key: the database raises Conflict, and the second look finds the first."""
        tx.execute(
            insert(submission).values(**{name: getattr(new, name) for name in _OF_A_SUBMISSION}, status_answer=ACCEPTED, at=millis(at))
        )

    def withdraw(self, tx: Transaction, appointment_id: UUID, version: int, at: datetime) -> None:
        _of(tx, appointment_id, withdrawn_at=millis(at), withdrawn_version=version)

    def move(self, tx: Transaction, appointment_id: UUID, version: int, request_no: int) -> None:
        _of(tx, appointment_id, moved_version=version, request_no=request_no)


_OF_A_SUBMISSION = tuple(Submission.__dataclass_fields__)


def _of(tx: Transaction, appointment_id: UUID, **values: Any) -> None:
    tx.execute(update(submission).where(submission.c.appointment_id == appointment_id).values(values))


@dataclass(frozen=True)
class Post:
    post_id: UUID
    follower_id: UUID
    digest: str


class PostStore:
    def find(self, tx: Transaction, post_id: UUID) -> Post | None:
        row = tx.execute(select(post).where(post.c.post_id == post_id).with_for_update()).first()
        return Post(row.post_id, row.follower_id, row.digest) if row else None

    def add(self, tx: Transaction, new: Post, at: datetime) -> None:
        tx.execute(insert(post).values(post_id=new.post_id, follower_id=new.follower_id, digest=new.digest, at=millis(at)))


class VisitorStore:
    """The only place here where an openid is kept: a registration needs it."""

    def saw(self, tx: Transaction, follower_id: UUID, account: str, openid: str, at: datetime) -> None:
        known = tx.execute(select(visitor.c.follower_id).where(visitor.c.follower_id == follower_id).with_for_update()).first()
        if known is None:
            tx.execute(insert(visitor).values(follower_id=follower_id, account=account, openid=openid, seen_at=millis(at)))
        else:
            tx.execute(update(visitor).where(visitor.c.follower_id == follower_id).values(seen_at=millis(at)))

    def openid(self, tx: Transaction, follower_id: UUID) -> str | None:
        found: str | None = tx.execute(select(visitor.c.openid).where(visitor.c.follower_id == follower_id)).scalar_one_or_none()
        return found


class ConsentStore:
    def has(self, tx: Transaction, follower_id: UUID, text_version: str) -> bool:
        row = tx.execute(select(consent).where(consent.c.follower_id == follower_id)).first()
        return row is not None and row.granted and row.text_version == text_version

    def save(self, tx: Transaction, follower_id: UUID, text_version: str, at: datetime, *, granted: bool) -> None:
        mine = consent.c.follower_id == follower_id
        values = {"text_version": text_version, "granted": granted, "at": millis(at)}
        if tx.execute(select(consent.c.at).where(mine).with_for_update()).first() is None:
            tx.execute(insert(consent).values(follower_id=follower_id, **values))
        else:
            tx.execute(update(consent).where(mine).values(values))


class CopyStore:
    """What a post has to know of the copy, and leaves in it."""

    def appointment(self, tx: Transaction, follower_id: UUID, appointment_id: UUID) -> Row[Any] | None:
        mine = (appointment.c.appointment_id == appointment_id) & (appointment.c.follower_id == follower_id)
        return tx.execute(select(appointment).where(mine)).first()

    def begin_registration(self, tx: Transaction, registration_id: UUID, session: Session, masked: str, at: datetime) -> None:
        """Checking, until there is news."""
        whose = {"follower_id": session.follower_id, "account": session.account, "mobile_masked": masked}
        unknown = {"version": 0, "state": "checking", "late": False, "code_no": 0, "tries_left": 0, "at": millis(at)}
        tx.execute(insert(registration).values(registration_id=registration_id, **whose, **unknown))

    def registration(self, tx: Transaction, follower_id: UUID, registration_id: UUID) -> Row[Any] | None:
        mine = (registration.c.registration_id == registration_id) & (registration.c.follower_id == follower_id)
        return tx.execute(select(registration).where(mine)).first()

    def car(self, tx: Transaction, follower_id: UUID, binding_id: UUID) -> Row[Any] | None:
        mine = (car.c.binding_id == binding_id) & (car.c.follower_id == follower_id)
        return tx.execute(select(car).where(mine).with_for_update()).first()

    def end_car(self, tx: Transaction, binding_id: UUID, version: int) -> None:
        tx.execute(update(car).where(car.c.binding_id == binding_id).values(ending_version=version))

    def is_anothers(self, tx: Transaction, follower_id: UUID, vehicle_id: UUID) -> bool:
        """Whether we know the car as others' alone. One that we know nothing of may be theirs: the copy can be behind."""
        owners = set(tx.execute(select(car.c.follower_id).where(car.c.vehicle_id == vehicle_id)).scalars())
        return bool(owners) and follower_id not in owners


class ReminderStore:
    def is_new(self, tx: Transaction, follower_id: UUID, message_id: UUID) -> bool:
        """One of the follower's that was not opened before. Locked until the transaction ends."""
        mine = (reminder.c.message_id == message_id) & (reminder.c.follower_id == follower_id)
        row = tx.execute(select(reminder.c.opened_at).where(mine).with_for_update()).first()
        return row is not None and row.opened_at is None

    def open(self, tx: Transaction, message_id: UUID, at: datetime) -> None:
        tx.execute(update(reminder).where(reminder.c.message_id == message_id).values(opened_at=millis(at)))

    def say(self, tx: Transaction, follower_id: UUID, type: ReminderType, *, wanted: bool) -> None:
        """Each word makes another version of the wishes: this one the next but those that are still awaited."""
        of_follower = reminder_word.c.follower_id == follower_id
        known = tx.execute(select(reminder_wishes.c.version).where(reminder_wishes.c.follower_id == follower_id)).scalar_one_or_none()
        said = tx.execute(select(reminder_word.c.awaited).where(of_follower).with_for_update()).scalars().all()
        row = {"follower_id": follower_id, "type": type.value, "wanted": wanted, "awaited": max([known or 0, *said]) + 1}
        upserts.replace(tx, reminder_word, [row], "wanted", "awaited")


class AskedStore:
    def note_if_older(self, tx: Transaction, what: str, now: datetime, patience: timedelta) -> bool:
        """Whether it is to be asked now: never was, or so long ago. Then it counts as asked."""
        before = tx.execute(select(asked.c.at).where(asked.c.what == what).with_for_update()).scalar_one_or_none()
        if before is not None and now - from_millis(before) < patience:
            return False
        if before is None:
            tx.execute(insert(asked).values(what=what, at=millis(now)))
        else:
            tx.execute(update(asked).where(asked.c.what == what).values(at=millis(now)))
        return True
