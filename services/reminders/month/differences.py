"""What a later run of a period finds otherwise: what is new is made, what is gone is void where nobody was told of it, the rest stays."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, insert, or_, select

from chassis.database import Transaction
from contracts.reminders import ContactState, Outcome, WechatState
from services.reminders.following.transitions import voided
from services.reminders.items import Item, ItemStore
from services.reminders.month.campaigning import withdrawn_among
from services.reminders.month.runs import Run
from services.reminders.month.selection import Due, Range, ids_of
from services.reminders.rules.audience import CampaignOn
from services.reminders.tables import differences, items

RERUN, WITHDRAWN = "rerun", "withdrawn"
"""Why an item is void that a later run did not find: of a campaign that is withdrawn it is known why."""
TAKEN_BACK = (RERUN, WITHDRAWN)

_UNTOLD = (WechatState.NONE, WechatState.QUEUED, WechatState.SUPPRESSED)
_UNCALLED = (ContactState.NONE, ContactState.OPEN)


class Stands(NamedTuple):
    """The items of a range before the run; carried ones are none of its."""

    valid: frozenset[UUID]
    taken_back: frozenset[UUID]
    """By an earlier run."""


def stands(tx: Transaction, run: Run, among: Range) -> Stands:
    rows = tx.execute(select(items.c.item_id, items.c.outcome, items.c.reason).where(*_of(run, among.of(items.c.vehicle_id)))).all()
    void = Outcome.VOID.value
    return Stands(
        frozenset(row.item_id for row in rows if row.outcome != void),
        frozenset(row.item_id for row in rows if row.outcome == void and row.reason in TAKEN_BACK),
    )


def keep(tx: Transaction, run: Run, among: Range, before: Stands, all_due: Iterable[Due]) -> None:
    """Report the differences of the range, take back what is gone, and bring back what an earlier run had taken back."""
    wanted = {item_id for due in all_due for item_id in tx.execute(ids_of(due, run.period, among)).scalars()}
    made = tx.execute(select(items.c.item_id).where(items.c.run_id == run.run_id, among.of(items.c.vehicle_id))).scalars().all()
    back = before.taken_back & wanted
    report(tx, run, "added", {*made, *back})
    bring_back(tx, run, back)
    take_back(tx, run, before.valid - wanted)


def take_back(tx: Transaction, run: Run, gone: Collection[UUID]) -> None:
    """One into which another was carried stands for that, too."""
    found = [one for one in ItemStore().find_all(tx, gone) if one.carry_count == 0]
    report(tx, run, "gone", [one.item_id for one in found])
    withdrawn = withdrawn_among(tx, {one.campaign_id for one in found if one.campaign_id})
    reasons = {one.item_id: WITHDRAWN if one.campaign_id in withdrawn else RERUN for one in found}
    ItemStore().keep_all(tx, [(one, voided(one, reasons[one.item_id])) for one in found if _is_untold(one)])


def follow_dates(tx: Transaction, run: Run, among: Range, on: Iterable[CampaignOn]) -> None:
    """A campaign's item is the same on another day: where nobody was told of it, it is due when the campaign begins now."""
    days = {campaign.campaign_id: campaign.due_in(run.period) for campaign in on}
    moved = or_(false(), *(and_(items.c.campaign_id == campaign_id, items.c.due_date != day) for campaign_id, day in days.items()))
    ids = tx.execute(select(items.c.item_id).where(*_of(run, among.of(items.c.vehicle_id)), moved)).scalars().all()
    found = [one for one in ItemStore().find_all(tx, ids) if _is_untold(one)]
    ItemStore().keep_all(tx, [(one, replace(one, due_date=days[one.campaign_id])) for one in found if one.campaign_id])


def bring_back(tx: Transaction, run: Run, item_ids: Collection[UUID]) -> None:
    """It is handed to CSC anew, as this run's."""
    found = ItemStore().find_all(tx, item_ids)
    ItemStore().keep_all(tx, [(one, replace(one, outcome=Outcome.OPEN, reason="", run_id=run.run_id)) for one in found])


def report(tx: Transaction, run: Run, kind: str, item_ids: Collection[UUID]) -> None:
    rows = tx.execute(select(items).where(items.c.item_id.in_(item_ids))).all() if item_ids else []
    found: Sequence[Mapping[str, object]] = [
        {
            "run_id": run.run_id,
            "item_id": row.item_id,
            "vehicle_id": row.vehicle_id,
            "type": row.type,
            "due_date": row.due_date,
            "kind": kind,
            "dealer_code": row.dealer_code,
        }
        for row in rows
    ]
    if found:
        tx.execute(insert(differences), found)


def _is_untold(item: Item) -> bool:
    """No message but one that was held back, no call, and nothing that came of either."""
    unsent = item.message_id is None or item.wechat_state is WechatState.SUPPRESSED
    return item.outcome is Outcome.OPEN and unsent and item.wechat_state in _UNTOLD and item.contact_state in _UNCALLED


def _of(run: Run, which: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return items.c.period == run.period, items.c.run_id.is_not(None), which
