"""How far WeChat brought an item: as far as the farthest of the messages that tell of it (A-REM-20..25)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from chassis.database import Transaction, millis
from chassis.settings import Reminders
from contracts.reminders import OpenReminder, WechatState
from services.reminders.following.learning import Learnt, learnt
from services.reminders.tables import messages


def told(tx: Transaction, message_ids: Iterable[UUID], now: datetime, terms: Reminders) -> None:
    """Something was learnt of these messages, and is kept: before anybody looks at them again, their items stand accordingly."""
    learnt(tx, *(Learnt(now, terms, message_id=one) for one in message_ids))


def opened(tx: Transaction, wish: OpenReminder, now: datetime, terms: Reminders) -> None:
    """Only by whom it was sent to. The page may be opened before we hear that the message was taken."""
    theirs = (messages.c.message_id == wish.message_id) & (messages.c.follower_id == wish.follower_id)
    row = tx.execute(select(messages).where(theirs).with_for_update()).first()
    if row is None:
        return
    at = millis(wish.opened_at)
    first = at if row.clicked_at is None else min(at, row.clicked_at)
    tx.execute(update(messages).where(theirs).values(state=WechatState.CLICKED.value, reason="", clicked_at=first))
    told(tx, [wish.message_id], now, terms)
