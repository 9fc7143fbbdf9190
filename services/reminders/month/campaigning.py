"""Campaigns that are on in a period, and whether they have changed since its items were made (A-REM-13..15)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, select

from chassis.database import Transaction
from contracts.reminders import Period
from services.reminders.days import first_day, last_day
from services.reminders.rules.audience import CampaignOn, campaign_of
from services.reminders.tables import campaigns


def campaigns_on(tx: Transaction | Connection, period: Period) -> list[CampaignOn]:
    """In the order of their numbers."""
    rows: Any = tx.execute(select(campaigns).where(_on(period)).order_by(campaigns.c.campaign_no))
    return [campaign_of(row) for row in rows]


def versions_on(tx: Transaction | Connection, period: Period) -> dict[str, int]:
    """Of each its version, by its id: what a run keeps, to be compared with later on."""
    rows: Any = tx.execute(select(campaigns.c.campaign_id, campaigns.c.version).where(_on(period)))
    return {row.campaign_id.hex: row.version for row in rows}


def withdrawn_among(tx: Transaction, campaign_ids: Collection[UUID]) -> set[UUID]:
    wanted = select(campaigns.c.campaign_id).where(campaigns.c.campaign_id.in_(campaign_ids), campaigns.c.withdrawn)
    return set(tx.execute(wanted).scalars()) if campaign_ids else set()


def _on(period: Period) -> ColumnElement[bool]:
    """One that ends before it begins is on in no month."""
    sound = campaigns.c.starts_on <= campaigns.c.ends_on
    return and_(~campaigns.c.withdrawn, sound, campaigns.c.starts_on <= last_day(period), campaigns.c.ends_on >= first_day(period))
