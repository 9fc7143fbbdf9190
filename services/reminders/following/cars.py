"""What becomes of a car's items when it is sold, scrapped or another's (flows 2.2, S-35).

Sold or scrapped: what nobody has decided yet is void, as there is nobody to remind; it stands as before if that proves wrong.

Another's: what is due for the car is due whoever owns it, and a new owner who hears nothing misses an inspection. So what nobody has been
told of becomes the new owner's. What the last owner was told of, or is just being told of, stays: the calls, the appointment and the
visit that follow are theirs, and the statistics of the month count them. A birthday was the last owner's own: nobody is greeted.
CSC's task stays as it is: it names the car, and CSC is told of the new owner as such.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chassis.database import Transaction
from chassis.settings import Reminders
from contracts.reminders import Outcome, ReminderType, WechatState
from services.reminders import meeting
from services.reminders.days import next_period, period_at, period_before
from services.reminders.facts.car import Car
from services.reminders.following.settling import ITEMS, keep
from services.reminders.following.transitions import TOLD, voided, waiting_again
from services.reminders.items import Item

OWNER_CHANGED = "owner_changed"
OPTED_OUT = "opted_out"


class Change(NamedTuple):
    before: Car
    after: Car

    @property
    def is_anothers(self) -> bool:
        """The first that is heard of an owner is no change."""
        return bool(self.before.customer_id and self.after.customer_id) and self.before.customer_id != self.after.customer_id


def changed(tx: Transaction, changes: Iterable[Change], now: datetime, terms: Reminders) -> None:
    """These cars are held, and kept as they are now. Of the last month, too, something may wait for a decision."""
    concerned = {one.after.vehicle_id: one for one in changes if one.before.state != one.after.state or one.is_anothers}
    if not concerned:
        return
    period = period_at(now)
    meeting.bring(tx, [period, next_period(period)])
    held = ITEMS.since(tx, concerned, period_before(period))
    keep(tx, [(one, _handed_on(one, concerned[one.vehicle_id])) for one in held], now, terms)


def _handed_on(item: Item, change: Change) -> Item:
    if not change.is_anothers or item.outcome is not Outcome.OPEN or _was_told(item):
        return item
    if item.type is ReminderType.BIRTHDAY:
        return voided(item, OWNER_CHANGED)
    theirs = replace(item, customer_id=change.after.customer_id)
    is_wish = item.wechat_state is WechatState.SUPPRESSED and item.wechat_reason == OPTED_OUT
    return waiting_again(theirs) if is_wish else theirs


def _was_told(item: Item) -> bool:
    """Or has a message on its way."""
    is_on_its_way = item.wechat_state is WechatState.QUEUED and item.message_id is not None
    return is_on_its_way or item.wechat_state in TOLD or item.reached_at is not None
