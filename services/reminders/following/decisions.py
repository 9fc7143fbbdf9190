"""The manager decides about items, at CSC's desk or in the console (A-REM-40..44)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select

from chassis.database import Transaction
from chassis.settings import Reminders
from contracts.reminders import Outcome
from services.reminders.days import as_kept
from services.reminders.following.known import decided_of
from services.reminders.following.settling import ITEMS, decision_row, keep, keep_decisions, look_again
from services.reminders.following.transitions import Decided, first_of, is_void_for_good
from services.reminders.items import Item
from services.reminders.tables import decisions

_THERE = select(decisions).where(decisions.c.item_id.in_(bindparam("ids", expanding=True)))


@dataclass
class Answer:
    """Ids of items: decided now; decided before, by whomever; unknown, or not waiting for a decision (yet)."""

    decided: list[UUID] = field(default_factory=list)
    already: list[UUID] = field(default_factory=list)
    not_open: list[UUID] = field(default_factory=list)


def decide(tx: Transaction, item_ids: Iterable[UUID], said: Decided, now: datetime, terms: Reminders) -> Answer:
    """The first decision about an item counts, by when it was made. Up to 500 items.

    What CSC says (`said.way` csc) is kept in any case: its item, or the end of the period, may come later. The console is told instead.
    """
    wanted = sorted(set(item_ids))
    said = replace(said, made_at=as_kept(said.made_at))
    held = look_again(tx, ITEMS.find_all(tx, wanted), now, terms)
    before = {row.item_id: decided_of(row) for row in tx.execute(_THERE, {"ids": wanted})}
    answer = Answer()
    taken = [one for one in held if _is_taken(one, before.get(one.item_id), said, answer)]
    keep_decisions(tx, {one.item_id: said for one in taken})
    keep(tx, [(one, _opened(one, before.get(one.item_id))) for one in taken], now, terms)
    _keep_early(tx, set(wanted) - {one.item_id for one in held}, before, said, answer)
    return answer


def _is_taken(item: Item, before: Decided | None, said: Decided, answer: Answer) -> bool:
    """Whether it is to be kept, whatever comes of it."""
    if before and first_of(item.period, before, said) == before:
        answer.already.append(item.item_id)
        return False
    counts = bool(before) or _waits(item, said)
    (answer.decided if counts else answer.not_open).append(item.item_id)
    return counts or (said.way == "csc" and not is_void_for_good(item))


def _waits(item: Item, said: Decided) -> bool:
    """For this decision: what should never have been can be made void at any time."""
    return item.outcome is not Outcome.VOID if said.decision == "void" else item.outcome is Outcome.FOR_DECISION


def _keep_early(tx: Transaction, unknown: Collection[UUID], before: Mapping[UUID, Decided], said: Decided, answer: Answer) -> None:
    """CSC's word about an item that we do not have (yet); a second that comes meanwhile meets the key, and tries again."""
    answer.not_open += sorted(unknown)
    rows = [decision_row(item_id, said) for item_id in sorted(unknown) if said.way == "csc" and item_id not in before]
    if rows:
        tx.execute(insert(decisions), rows)


def _opened(item: Item, before: Decided | None) -> Item:
    """What another decision had made void is open again, for the one that was made before it."""
    return replace(item, outcome=Outcome.OPEN, reason="") if before and before.decision == "void" else item
