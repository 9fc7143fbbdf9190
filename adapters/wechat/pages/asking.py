"""What the pages ask to be told anew, by the clock: the list of dealers once a day, a ticket of the JS-SDK before the last one ends."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from adapters.wechat.pages.store import AskedStore
from adapters.wechat.pages.tables import dealer, ticket
from adapters.wechat.pages.translate import dealers_wanted, ticket_wanted
from chassis.database import Transaction, from_millis
from contracts.envelope import Command

DEALERS_GOOD_FOR = timedelta(hours=24)
DEALERS_ABSENT = timedelta(hours=1)
"""Until we ask again where we know of none. A question that cannot be put waits with `dms`, which does not need it twice."""
TICKET_ENOUGH = timedelta(minutes=20)
TICKET_PATIENCE = timedelta(minutes=5)
"""A ticket lasts two hours, and WeChat gives few."""


def what_to_ask(tx: Transaction, accounts: Iterable[str], now: datetime) -> list[Command]:
    """In the transaction that notes that it was asked."""
    asked = AskedStore()
    wishes: list[Command] = []
    if asked.note_if_older(tx, "dealers", now, _dealers_patience(tx)):
        wishes.append(dealers_wanted(now))
    wishes += [
        ticket_wanted(account, now)
        for account in accounts
        if _ends_soon(tx, account, now) and asked.note_if_older(tx, f"ticket:{account}", now, TICKET_PATIENCE)
    ]
    return wishes


def _dealers_patience(tx: Transaction) -> timedelta:
    knows_any = tx.execute(select(dealer.c.dealer_code).limit(1)).first() is not None
    return DEALERS_GOOD_FOR if knows_any else DEALERS_ABSENT


def _ends_soon(tx: Transaction, account: str, now: datetime) -> bool:
    ends = tx.execute(select(ticket.c.expires_at).where(ticket.c.account == account)).scalar_one_or_none()
    return ends is None or from_millis(ends) - now < TICKET_ENOUGH
