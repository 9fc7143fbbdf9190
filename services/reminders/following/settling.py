"""Works items out anew from what is known, keeps what came of it, and carries over what was decided so (flows 2.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import upserts
from chassis.database import Transaction, millis
from chassis.settings import Reminders
from contracts.reminders import Outcome
from services.reminders.following.carrying import carried_on, lineage_of
from services.reminders.following.known import known_of
from services.reminders.following.moments import moments_of
from services.reminders.following.transitions import SYSTEM, Decided, decided_by_system, settled
from services.reminders.items import Item, ItemStore
from services.reminders.month.tasks import tell_tasks
from services.reminders.tables import decisions

ITEMS = ItemStore()


def look_again(tx: Transaction, which: Iterable[Item], now: datetime, terms: Reminders) -> list[Item]:
    """These items, held, by all that is known of them now."""
    return keep(tx, [(one, one) for one in which], now, terms)


def keep(tx: Transaction, steps: Sequence[tuple[Item, Item]], now: datetime, terms: Reminders) -> list[Item]:
    """Keep what became of items, each from what it was, with what follows for outcome, contact and the next month."""
    known = known_of(tx, [after for _, after in steps])
    moments = moments_of(tx, (after for _, after in steps), now, terms)
    by_system: dict[UUID, Decided] = {}
    now_are: list[Item] = []
    for before, after in steps:
        knows = known[after.item_id]
        if before.carry_count != after.carry_count and knows.decided and knows.decided.way == SYSTEM:
            knows = replace(knows, decided=None)  # it was decided by that number
        if decided := decided_by_system(after, knows, moments[after.item_id], terms):
            by_system[after.item_id] = decided
            knows = replace(knows, decided=decided)
        now_are.append(settled(after, knows, moments[after.item_id], terms))
    kept = ITEMS.keep_all(tx, [(before, after) for (before, _), after in zip(steps, now_are, strict=True)])
    keep_decisions(tx, by_system)
    _carry(tx, [before for before, _ in steps], kept, now, terms)
    return kept


def keep_decisions(tx: Transaction, made: Mapping[UUID, Decided]) -> None:
    """Of items that are held, by item."""
    rows = [decision_row(item_id, decided) for item_id, decided in made.items()]
    upserts.replace(tx, decisions, rows, "decision", "reason", "made_by", "way", "made_at")


def decision_row(item_id: UUID, decided: Decided) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "decision": decided.decision,
        "reason": decided.reason,
        "made_by": decided.made_by,
        "way": decided.way,
        "made_at": millis(decided.made_at),
    }


def _carry(tx: Transaction, before: Sequence[Item], after: Sequence[Item], now: datetime, terms: Reminders) -> None:
    """Of what was carried over, or is not after all, the next month's item is set right; that month may be over itself by now."""
    turned = {lineage_of(now_is) for was, now_is in zip(before, after, strict=True) if _line_of(was) != _line_of(now_is)}
    if not turned:
        return
    steps = carried_on(tx, turned, now, terms)
    made = [step.after for step in steps if step.before is None]
    for item in made:
        ITEMS.add(tx, item)
    tell_tasks(tx, made)
    keep(tx, [(step.before or step.after, step.after) for step in steps], now, terms)


def _line_of(item: Item) -> tuple[UUID, int] | None:
    """What the item that it is carried on as has from it; None: it is not carried on."""
    return (item.origin_item_id, item.carry_count) if item.outcome is Outcome.CARRIED else None
