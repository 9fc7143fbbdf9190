"""What a follower is reminded of and does not want to be reminded of, read from the pages' own copy (decision 0010)."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from adapters.wechat.pages.reading import Reading
from adapters.wechat.pages.tables import reminder, reminder_wishes, reminder_word
from contracts.reminders import DueItem, ReminderDue, ReminderType

MOST_REMINDERS = 60
"""Of one follower, the newest first: over a year of them."""


@dataclass(frozen=True)
class ReminderCopy:
    """One message about one car: all that it tells of."""

    message_id: UUID
    version: int
    vehicle_id: UUID
    dealer_code: str
    items: tuple[DueItem, ...]
    opened: bool

    @property
    def last_day(self) -> date:
        """Until when the last of its items is due."""
        return max(item.until or item.due_date for item in self.items)


class RemindedOf(Reading):
    """Of one follower, and of the cars that are theirs now."""

    def reminders(self, follower_id: UUID, vehicles: Collection[UUID]) -> tuple[ReminderCopy, ...]:
        """The newest first."""
        mine = select(reminder).where(reminder.c.follower_id == follower_id).order_by(reminder.c.at.desc()).limit(MOST_REMINDERS)
        with self._reading() as connection:
            return _about(vehicles, connection.execute(mine).all())

    def reminder(self, follower_id: UUID, item_id: UUID, message_id: UUID | None, vehicles: Collection[UUID]) -> ReminderCopy | None:
        """The message that tells of the item: the one that is named, else the last."""
        named = select(reminder).where(reminder.c.message_id == message_id, reminder.c.follower_id == follower_id)
        with self._reading() as connection:
            found = _about(vehicles, connection.execute(named).all()) if message_id else ()
        all_of_them = (*found, *self.reminders(follower_id, vehicles))
        return next((one for one in all_of_them if any(item.item_id == item_id for item in one.items)), None)

    def unwanted(self, follower_id: UUID) -> frozenset[ReminderType]:
        """Types: as told last, and on it what was said since."""
        with self._reading() as connection:
            told = connection.execute(select(reminder_wishes).where(reminder_wishes.c.follower_id == follower_id)).first()
            said = connection.execute(select(reminder_word).where(reminder_word.c.follower_id == follower_id)).all()
        version = told.version if told else 0
        since = {ReminderType(word.type): word.wanted for word in said if word.awaited > version}
        before = {ReminderType(type) for type in json.loads(told.unwanted)} if told else set()
        return frozenset({type for type in before if type not in since} | {type for type, wanted in since.items() if not wanted})


def _about(vehicles: Collection[UUID], rows: Collection[Row[Any]]) -> tuple[ReminderCopy, ...]:
    found = (_reminder_of(row) for row in rows)
    return tuple(one for one in found if one.vehicle_id in vehicles)


def _reminder_of(row: Row[Any]) -> ReminderCopy:
    news = ReminderDue.model_validate_json(row.news)
    return ReminderCopy(
        message_id=news.message_id,
        version=news.version,
        vehicle_id=news.vehicle_id,
        dealer_code=news.dealer_code,
        items=news.items,
        opened=row.opened_at is not None,
    )
