"""`cheqiao insight rebuild`, on the files of an embedded house."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select

from chassis.database import Database, open_engine
from chassis.settings import SettingsError, load
from contracts.ops import Cause, Hop
from launcher.compose import database_url, migrate_all
from launcher.house import ROOT
from launcher.rebuilding import rebuild_insight
from launcher.var import VarLock
from services.insight.store import InsightStore
from services.insight.tables import parked_counts, parked_now


@pytest.fixture
def house(tmp_path):
    """Settings of a house that has run and is stopped."""
    settings = load(ROOT / "config.yaml", "embedded", {"CHEQIAO_VAR": str(tmp_path)})
    migrate_all(settings, ["insight"])
    return settings


def opened(house):
    return Database(open_engine(database_url(house, "insight"), pool_size=1), lambda _tx, _messages: None)


def test_lists_and_counts_are_made_anew_from_what_was_kept(house):
    causes = (Cause(kind="contract", field="dms_no", rule="missing"),)
    hop = Hop(
        service="dms",
        message_id=uuid4(),
        step="parked",
        attempt=0,
        type="store.appointment",
        at=datetime.now(UTC),
        outcome="parked",
        causes=causes,
    )
    database = opened(house)
    with database.write() as tx:
        InsightStore().add_hops(tx, [hop])
        tx.execute(delete(parked_now))
        tx.execute(delete(parked_counts))
    database.dispose()

    assert rebuild_insight(house) == 1

    database = opened(house)
    with database.read() as connection:
        assert connection.execute(select(parked_now.c.message_id)).scalars().all() == [hop.message_id]
        assert connection.execute(select(func.sum(parked_counts.c.number))).scalar_one() == 1
    database.dispose()


def test_a_house_that_runs_in_one_process_is_left_alone(house):
    lock = VarLock(house.var)
    lock.take()

    with pytest.raises(SettingsError, match="in use"):
        rebuild_insight(house)

    lock.give_back()
