"""The dealers' names and regions, as the DMS lists them."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Row, bindparam, select

from chassis import upserts
from chassis.database import Transaction
from contracts.dms import DealerListed
from services.complaints.cases.taking import Refused
from services.complaints.tables import dealers

_THESE = select(dealers).where(dealers.c.dealer_code.in_(bindparam("codes", expanding=True)))


def learn(tx: Transaction, news: DealerListed) -> None:
    """The higher version wins."""
    row = {
        "dealer_code": news.dealer_code,
        "version": news.dealer_version,
        "name": news.name,
        "region_code": news.region_code,
        "region_name": "",
        "active": news.active,
    }
    upserts.keep_highest(tx, dealers, [row], "version", "name", "region_code", "active")


def known(execute: Callable[..., Any], codes: Iterable[str]) -> dict[str, Row[Any]]:
    """Rows by code, of those that are known. `execute` of a transaction or a connection."""
    wanted = sorted(set(codes) - {""})
    return {row.dealer_code: row for row in execute(_THESE, {"codes": wanted})} if wanted else {}


def check(tx: Transaction, dealer_code: str) -> None:
    """Raises Refused where nobody could take a case in hand: it would lie there until its limit is over."""
    dealer = known(tx.execute, [dealer_code]).get(dealer_code)
    if dealer is None:
        raise Refused("unknown_dealer", f"没有这家服务店：{dealer_code}", f"There is no such dealer: {dealer_code}.")
    if not dealer.active:
        raise Refused("inactive_dealer", f"服务店 {dealer_code} 已停用", f"The dealer {dealer_code} is not active.")


def region_of(tx: Transaction, dealer_code: str) -> str:
    """Empty where it is not known."""
    found = known(tx.execute, [dealer_code])
    return found[dealer_code].region_code if dealer_code in found else ""
