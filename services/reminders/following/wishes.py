"""不再提醒, by type, and again: a follower's last word of each (A-REM-22, S-36)."""

from uuid import uuid5

from sqlalchemy import select, update

from chassis import upserts
from chassis.database import Transaction, millis
from contracts.reminders import ReminderType, ReminderWishesSet, SetReminderWish
from services.reminders.tables import opt_outs, wish_versions


def hear(tx: Transaction, said: SetReminderWish) -> None:
    """The later word counts; nothing learnt, nothing told. The follower's row is held, so that what is told is numbered in order."""
    upserts.keep_highest(tx, wish_versions, [{"follower_id": said.follower_id, "version": 0}], "version")  # to begin it is to hold it
    theirs = wish_versions.c.follower_id == said.follower_id
    version = tx.execute(select(wish_versions.c.version).where(theirs).with_for_update()).scalar_one()
    words = {row.type: row for row in tx.execute(select(opt_outs).where(opt_outs.c.follower_id == said.follower_id))}
    last = words.get(said.type.value)
    if last and last.said_at >= millis(said.said_at):
        return
    row = {"follower_id": said.follower_id, "type": said.type.value, "wanted": said.wanted, "said_at": millis(said.said_at)}
    upserts.replace(tx, opt_outs, [row], "wanted", "said_at")
    tx.execute(update(wish_versions).where(theirs).values(version=version + 1))
    unwanted = {type for type, word in words.items() if not word.wanted} - {said.type.value}
    unwanted |= set() if said.wanted else {said.type.value}
    told = ReminderWishesSet(
        follower_id=said.follower_id, version=version + 1, unwanted=tuple(ReminderType(type) for type in sorted(unwanted))
    )
    tx.tell(told.identified(uuid5(said.follower_id, f"wishes:{version + 1}")))
