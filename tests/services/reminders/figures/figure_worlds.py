"""Items that change at random, as they would by the service's own store; and what the sums come to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from contracts.reminders import ContactState, Outcome, ReminderType, WechatState
from services.reminders.figures import sums
from services.reminders.figures.rows import SUMS
from services.reminders.items import Item, ItemStore, columns_of
from services.reminders.tables import items, runs
from tests.services.reminders.reminder_rows import a_run

PERIOD = "2026-11"
NOW = datetime(2026, 12, 6, 4, tzinfo=UTC)
DEALERS = (("CQ01", "SW"), ("CQ02", "SW"), ("BJ01", "N"))


class Reminding:
    """The service's name, for the schema it has."""

    name = "reminders"


def an_item(chance: Random, **changes: Any) -> Item:
    item_id = UUID(int=chance.getrandbits(128))
    dealer, region = chance.choice(DEALERS)
    item = Item(
        item_id=item_id,
        version=1,
        origin_item_id=item_id,
        carried_from=None,
        carry_count=0,
        run_id=None,
        period=PERIOD,
        type=chance.choice(list(ReminderType)),
        vehicle_id=UUID(int=chance.randrange(1, 12)),
        customer_id="C1",
        dealer_code=dealer,
        region_code=region,
        due_date=date(2026, 11, chance.randrange(1, 31)),
        campaign_id=None,
        rulebook=1,
        registered=chance.random() < 0.5,
        created_at=NOW,
    )
    return replace(item, **changes)


def any_change(chance: Random, item: Item) -> Item:
    """One or two things about it are otherwise, whatever they were."""
    dealer, region = chance.choice(DEALERS)
    visit = chance.choice([None, UUID(int=chance.randrange(1, 99))])
    changes: list[dict[str, Any]] = [
        {"wechat_state": chance.choice(list(WechatState))},
        {"contact_state": chance.choice(list(ContactState))},
        {"outcome": chance.choice(list(Outcome))},
        {"outcome": Outcome.VOID},
        {"tracked": not item.tracked},
        {"appointment_id": chance.choice([None, UUID(int=chance.randrange(1, 99))])},
        {"visit_id": visit, "visit_dealer": chance.choice(DEALERS)[0] if visit else ""},
        {"visit_id": visit, "visit_dealer": item.dealer_code if visit else "", "outcome": Outcome.RETURNED if visit else Outcome.OPEN},
        {"dealer_code": dealer, "region_code": region},
        {"registered": not item.registered},
    ]
    for some in chance.sample(changes, chance.choice((1, 2))):
        item = replace(item, **some)
    return item


class World:
    """A month that goes on by transactions of one to five changes each."""

    def __init__(self, database: Any, seed: int) -> None:
        self.database = database
        self.chance = Random(seed)
        self.store = ItemStore()
        self.ids: list[UUID] = []

    def make(self, count: int) -> None:
        """By a run: inserted and counted set-wise."""
        run = a_run(run_id=UUID(int=self.chance.getrandbits(128)), period=PERIOD, run_no=len(self.ids) + 1)
        made = [an_item(self.chance, run_id=run["run_id"]) for _ in range(count)]
        with self.database.write() as tx:
            tx.execute(insert(runs), [run])
            tx.execute(insert(items), [columns_of(one) for one in made])
            for first, last in ((UUID(int=0), UUID(int=5)), (UUID(int=6), UUID(int=12))):
                sums.counted_in(tx, run["run_id"], first, last)
        self.ids += [one.item_id for one in made]

    def add(self) -> None:
        """Carried over, by itself."""
        item = an_item(self.chance, carry_count=1, carried_from=UUID(int=1))
        with self.database.write() as tx:
            self.store.add(tx, item)
        self.ids.append(item.item_id)

    def change(self, ids: Sequence[UUID]) -> None:
        with self.database.write() as tx:
            for item_id in ids:
                before = self.store.find(tx, item_id)
                assert before
                self.store.keep(tx, before, any_change(self.chance, before))

    def change_some(self, times: int) -> None:
        for _ in range(times):
            if self.chance.random() < 0.1:
                self.add()
            self.change([self.chance.choice(self.ids) for _ in range(self.chance.randrange(1, 6))])

    def freeze(self) -> None:
        with self.database.write() as tx:
            SUMS.freeze(tx, date(2026, 12, 6), 6, NOW)
