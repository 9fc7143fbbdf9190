"""A month that is made already, and campaigns that come, change or are withdrawn: it is made again by itself, once (A-REM-13..15)."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from chassis.database import millis
from contracts.reminders import ReminderType
from services.reminders.figures.recount import recount
from services.reminders.rules.rulebook import Rule, change_rules
from services.reminders.tables import campaigns, items, loads
from services.reminders.tables import runs as run_rows
from tests.services.reminders.month.month_worlds import PERIOD, a_car, a_house, items_of, make, put, put_campaign, rows_of, work_on

WITHIN = datetime(2026, 12, 5, 3, tzinfo=UTC)
FIRST = UUID(int=1)


@pytest.fixture
def house(tmp_path):
    """December is made, of three cars with nothing due."""
    house = a_house(tmp_path / "reminders.sqlite")
    put(house, *(a_car(number, registered=True) for number in range(3)))
    make(house)
    house.service.now.at = WITHIN
    return house


def tick(house):
    """The clock, and all that is to be done then."""
    with house.write() as tx:
        house.service.follow_campaigns(tx)
    work_on(house)


def change(house, **facts):
    with house.write() as tx:
        tx.execute(update(campaigns).where(campaigns.c.campaign_id == FIRST).values(version=campaigns.c.version + 1, **facts))


def runs(house):
    return sorted((row.period, row.run_no, row.ordered_by) for row in _all(house, run_rows))


def stands(house):
    return {(row.campaign_id, row.due_date, row.outcome, row.reason) for row in items_of(house)}


def _all(house, table):
    with house.database.read() as connection:
        return connection.execute(table.select()).all()


def test_several_that_come_together_are_one_run_and_none_follows(house):
    put_campaign(house, 1)
    put_campaign(house, 2, starts_on=date(2026, 11, 1))

    for _ in range(3):
        tick(house)

    assert runs(house) == [(PERIOD, 1, "test"), (PERIOD, 2, "campaign")]
    assert stands(house) == {(FIRST, date(2026, 12, 10), "open", ""), (UUID(int=2), date(2026, 12, 1), "open", "")}
    assert len(items_of(house)) == 6


def test_each_version_is_one_run_of_the_months_that_it_changes(house):
    put_campaign(house, 1)
    tick(house)

    change(house, audience={"dealers": ["D002"]})
    for _ in range(2):
        tick(house)

    assert runs(house)[1:] == [(PERIOD, 2, "campaign"), (PERIOD, 3, "campaign")]
    assert stands(house) == {(FIRST, date(2026, 12, 10), "void", "rerun")}


def test_one_that_begins_later_now_is_due_later(house):
    put_campaign(house, 1)
    tick(house)

    change(house, starts_on=date(2026, 12, 15))
    tick(house)

    assert stands(house) == {(FIRST, date(2026, 12, 15), "open", "")}
    with house.database.read() as connection:
        assert recount(connection, PERIOD) == []


def test_of_one_that_is_moved_to_another_month_nothing_is_left(house):
    put_campaign(house, 1)
    tick(house)

    change(house, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 9))
    tick(house)

    assert stands(house) == {(FIRST, date(2026, 12, 10), "void", "rerun")}


def test_of_one_that_is_withdrawn_the_items_that_nobody_was_told_of_are_void(house):
    put_campaign(house, 1)
    tick(house)
    told, held_back, _ = items_of(house)
    with house.write() as tx:
        for one, state in ((told, "delivered"), (held_back, "suppressed")):
            tx.execute(update(items).where(items.c.item_id == one.item_id).values(wechat_state=state, message_id=UUID(int=9)))

    change(house, withdrawn=True)
    for _ in range(2):
        tick(house)

    assert {row.item_id: (row.outcome, row.reason) for row in items_of(house)} == {
        row.item_id: ("open", "") if row.item_id == told.item_id else ("void", "withdrawn") for row in items_of(house)
    }
    assert len(runs(house)) == 3


def test_one_that_is_on_again_after_all_has_its_items_again(house):
    put_campaign(house, 1)
    tick(house)
    change(house, withdrawn=True)
    tick(house)

    change(house, withdrawn=False)
    tick(house)

    assert {row.outcome for row in items_of(house)} == {"open"}


def test_what_comes_while_a_run_is_at_work_has_its_own_run_afterwards(house):
    put_campaign(house, 1)
    with house.write() as tx:
        house.service.follow_campaigns(tx)
    put_campaign(house, 2)
    with house.write() as tx:
        house.service.follow_campaigns(tx)
    meanwhile = len(runs(house))
    work_on(house)

    tick(house)

    assert (meanwhile, len(runs(house))) == (2, 3)
    assert len(items_of(house)) == 6


@pytest.mark.parametrize(
    "days",
    [
        {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 1, 20)},
        {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30)},
        {"starts_on": date(2026, 12, 20), "ends_on": date(2026, 12, 10)},
    ],
)
def test_one_that_is_not_on_in_a_month_that_is_made_changes_nothing(house, days):
    put_campaign(house, 1, **days)

    tick(house)

    assert len(runs(house)) == 1


def test_a_month_that_is_over_is_not_made_again(house):
    put_campaign(house, 1)
    house.service.now.at = datetime(2027, 1, 2, tzinfo=UTC)

    tick(house)

    assert len(runs(house)) == 1


def test_where_campaigns_are_not_reminded_of_none_is_followed(house):
    with house.write() as tx:
        change_rules(tx, 1, {ReminderType.CAMPAIGN: Rule(enabled=False)}, insurance_from="insurance", made_by="S1", now=WITHIN)
    put_campaign(house, 1)

    tick(house)

    assert len(runs(house)) == 1


def test_it_waits_until_all_pages_of_campaigns_are_there(house):
    load = {"load_id": UUID(int=1), "source": "campaigns", "changed_since": None, "state": "running", "page_no": 1, "cursor": "", "rows": 1}
    load |= {
        "dirty": 0,
        "total": None,
        "started_at": millis(WITHIN),
        "moved_at": millis(WITHIN),
        "finished_at": None,
        "ordered_by": "system",
    }
    with house.write() as tx:
        tx.execute(insert(loads), [load])
    put_campaign(house, 1)
    tick(house)
    waited = len(runs(house))
    with house.write() as tx:
        tx.execute(update(loads).values(state="done"))

    tick(house)

    assert (waited, len(runs(house))) == (1, 2)


def test_where_the_dms_makes_the_month_it_is_the_dms_that_makes_it_again(tmp_path):
    house = a_house(tmp_path / "reminders.sqlite", source="dms", at=WITHIN)
    put_campaign(house, 1)

    tick(house)

    assert rows_of(house, run_rows) == []
