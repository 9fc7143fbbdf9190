"""Service campaigns (服务活动): the maker's for the nation, and the dealers' own (A-REM-13..15)."""

import sqlite3

from contracts.partners.vehicles import AudienceRecord, CampaignRecord, CampaignsPage
from sandbox.answers import Answer
from sandbox.clock import CHINA, Now
from sandbox.csc.forms import CampaignNote
from sandbox.cursors import asked_page
from sandbox.store import Store
from sandbox.web import Problem

SCHEMA = """
CREATE TABLE IF NOT EXISTS campaigns (
  number INTEGER PRIMARY KEY AUTOINCREMENT, campaign_no TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, changed_at REAL NOT NULL,
  withdrawn INTEGER NOT NULL DEFAULT 0, record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS campaigns_changed ON campaigns (changed_at, number);
"""


class Campaigns:
    """Each method that changes something works in the caller's transaction."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def page(self) -> Answer:
        """GET /campaigns: withdrawn ones too, as such."""
        leaf = asked_page(self._store, "campaigns")
        found = tuple(CampaignRecord.model_validate_json(row["record"]) for row in leaf.rows)
        return Answer.of(200, CampaignsPage(campaigns=found, next_cursor=leaf.next_cursor, total=leaf.total))

    def publish(self, tx: sqlite3.Connection, note: CampaignNote) -> CampaignRecord:
        """A new one. Raises Problem: it would be over already, or it ends before it begins."""
        if note.ends_on < self._now().astimezone(CHINA).date():
            raise Problem(400, "ends_on", "结束日期已过 / It would be over already")
        number = tx.execute("SELECT coalesce(max(number), 0) + 1 AS next FROM campaigns").fetchone()["next"]
        return self.keep(tx, record_of(f"{'NC' if note.dealer_code == '' else 'DC'}-{number:05d}", 1, note))

    def withdraw(self, tx: sqlite3.Connection, campaign_no: str) -> CampaignRecord:
        """Raises Problem: there is none of this number that holds."""
        row = tx.execute("SELECT record FROM campaigns WHERE campaign_no=? AND withdrawn=0", (campaign_no,)).fetchone()
        if row is None:
            raise Problem(409, "no_such_campaign", "没有这个进行中的活动 / There is no such campaign that holds")
        held = CampaignRecord.model_validate_json(row["record"])
        return self.keep(tx, held.model_copy(update={"version": held.version + 1, "withdrawn": True}))

    def all(self) -> list[CampaignRecord]:
        """The newest first."""
        rows = self._store.rows("SELECT record FROM campaigns ORDER BY number DESC")
        return [CampaignRecord.model_validate_json(row["record"]) for row in rows]

    def keep(self, tx: sqlite3.Connection, record: CampaignRecord) -> CampaignRecord:
        """As it is, under its number."""
        tx.execute(
            "INSERT INTO campaigns (campaign_no, version, changed_at, withdrawn, record) VALUES (?, ?, ?, ?, ?) ON CONFLICT (campaign_no)"
            " DO UPDATE SET version=excluded.version, changed_at=excluded.changed_at, withdrawn=excluded.withdrawn, record=excluded.record",
            (record.campaign_no, record.version, self._now().timestamp(), record.withdrawn, record.model_dump_json()),
        )
        return record


def record_of(campaign_no: str, version: int, note: CampaignNote) -> CampaignRecord:
    """A dealer's campaign is for that dealer's cars."""
    dealers = (note.dealer_code,) if note.dealer_code else note.dealers
    return CampaignRecord(
        campaign_no=campaign_no,
        version=version,
        kind="dealer" if note.dealer_code else "national",
        dealer_code=note.dealer_code,
        name=note.name,
        text=note.text,
        starts_on=note.starts_on,
        ends_on=note.ends_on,
        audience=AudienceRecord(
            models=note.models, first_year=note.first_year, last_year=note.last_year, regions=note.regions, dealers=dealers
        ),
    )
