"""Service campaigns (服务活动), national or a dealer's (A-REM-13..15)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from chassis import upserts
from chassis.database import Transaction
from contracts.vehicles import Campaign, DirtyField, Flaw
from services.reminders.facts import dirty
from services.reminders.tables import campaigns

_THESE = select(campaigns.c.campaign_id, campaigns.c.version, campaigns.c.withdrawn)
_LOCKED = _THESE.where(campaigns.c.campaign_id.in_(bindparam("ids", expanding=True))).order_by(campaigns.c.campaign_id).with_for_update()
_NAMES = tuple(column.name for column in campaigns.columns if not column.primary_key)


def keep_campaigns(tx: Transaction, told: Iterable[tuple[Campaign, bool]], now: datetime) -> None:
    """With each, whether it is withdrawn. The higher version wins; of one version the withdrawal."""
    latest: dict[UUID, tuple[Campaign, bool]] = {}
    for campaign, withdrawn in told:
        known = latest.get(campaign.campaign_id)
        if known is None or (campaign.version, withdrawn) > (known[0].version, known[1]):
            latest[campaign.campaign_id] = campaign, withdrawn
    if not latest:
        return
    stands = {row.campaign_id: (row.version, row.withdrawn) for row in tx.execute(_LOCKED, {"ids": sorted(latest)})}
    news = [(one, gone) for one, gone in latest.values() if (one.version, gone) > stands.get(one.campaign_id, (0, False))]
    upserts.replace(tx, campaigns, [_columns_of(one, gone) for one, gone in news], *_NAMES)
    read = [dirty.Read(one.campaign_no, one.version, _flaws(one), dealer_code=one.dealer_code) for one, _ in news]
    dirty.keep_read(tx, "campaigns", read, now)


def _flaws(campaign: Campaign) -> tuple[DirtyField, ...]:
    """One that ends before it begins is nobody's in no month."""
    return (DirtyField(field="ends_on", flaw=Flaw.CONTRADICTION),) if campaign.ends_on < campaign.starts_on else ()


def _columns_of(campaign: Campaign, withdrawn: bool) -> dict[str, Any]:
    columns = campaign.model_dump(exclude={"audience"})
    return columns | {"audience": campaign.audience.model_dump(mode="json"), "withdrawn": withdrawn}
