"""The owner of a car registers in the middle of a month: from then on there is a WeChat way (S-33)."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from chassis.settings import Reminders
from contracts.reminders import Outcome, WechatState
from services.reminders import meeting
from services.reminders.days import next_period, period_at
from services.reminders.following import settling
from services.reminders.following.transitions import queued
from services.reminders.items import Item, ItemStore

UNDER_WAY = frozenset({Outcome.OPEN, Outcome.BOOKED})


def registered(tx: Transaction, vehicle_id: UUID, now: datetime, terms: Reminders) -> None:
    """What is under way for the car, in this period and later ones, is told by WeChat too, when it is time."""
    period = period_at(now)
    meeting.bring(tx, [period, next_period(period)])
    theirs = ItemStore().since(tx, [vehicle_id], period)
    settling.keep(tx, [(one, queued(one)) for one in theirs if _has_a_way_now(one, terms)], now, terms)


def _has_a_way_now(item: Item, terms: Reminders) -> bool:
    """A carried one only where these are told by WeChat again (S-17)."""
    by_wechat = item.carry_count == 0 or terms.carried_by_wechat
    return by_wechat and item.wechat_state is WechatState.NONE and item.outcome in UNDER_WAY
