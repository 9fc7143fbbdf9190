"""The dealers' names and regions. A dealer's region is the dealer's own; a car's record says it only where the dealer's does not."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from chassis.database import Transaction
from chassis.outbox import ignoring_repeats
from contracts.dms import DealerListed
from services.reminders.facts import dirty
from services.reminders.tables import cars, dealers

_THESE = select(dealers).where(dealers.c.dealer_code.in_(bindparam("codes", expanding=True))).order_by(dealers.c.dealer_code)
_BEGIN = ignoring_repeats(insert(dealers))
_NEW = update(dealers).where(dealers.c.dealer_code == bindparam("code"))
_MOVE = update(cars).where(cars.c.dealer_code == bindparam("code"))


class DealerStore:
    """Of a dealer that is only named by cars there is a row too, at version 0: whoever learns of either one waits for the other there."""

    def regions(self, tx: Transaction, codes: Iterable[str]) -> dict[str, str]:
        """The region of each that is known, "" where it has none. They stay as they are until the transaction ends."""
        wanted = sorted(set(codes) - {""})
        if not wanted:
            return {}
        found = {row.dealer_code: row for row in tx.execute(_THESE.with_for_update(read=True), {"codes": wanted})}
        missing = [code for code in wanted if code not in found]
        if missing:
            _begin(tx, missing)
            found |= {row.dealer_code: row for row in tx.execute(_THESE.with_for_update(read=True), {"codes": missing})}
        return {code: row.region_code for code, row in found.items() if row.version > 0}

    def learn(self, tx: Transaction, news: DealerListed) -> None:
        """The higher version wins; its cars follow."""
        code = news.dealer_code
        _begin(tx, [code])
        (row,) = tx.execute(_THESE.with_for_update(), {"codes": [code]})
        if news.dealer_version <= row.version:
            return
        tx.execute(
            _NEW.values(version=news.dealer_version, name=news.name, region_code=news.region_code),
            {"code": code},
        )
        if row.version == 0 or row.region_code != news.region_code:
            region: Any = news.region_code or cars.c.told_region_code
            tx.execute(_MOVE.where(cars.c.region_code != region).values(region_code=region), {"code": code})
        if row.version == 0:
            dirty.forget_unknown_dealer(tx, code)


def _begin(tx: Transaction, codes: list[str]) -> None:
    tx.execute(_BEGIN, [{"dealer_code": code, "version": 0, "name": "", "region_code": ""} for code in codes])
