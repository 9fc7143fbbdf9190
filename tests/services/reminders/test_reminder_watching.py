"""What Prometheus is told of the month: ages of what is late, numbers of what waits."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import insert

from chassis.database import millis
from services.reminders.following import reporting
from services.reminders.tables import loads, messages, task_pages, unreported
from services.reminders.watching import Gauges, HandlesWatching
from tests.services.house import House, Times
from tests.services.reminders.figures.figure_worlds import an_item
from tests.services.reminders.reminder_rows import a_run, keep

NOW = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)  # two in the morning of 1 December in Asia/Shanghai


class Watching(HandlesWatching):
    name = "reminders"

    def __init__(self):
        self.registry = CollectorRegistry()
        self.gauges = Gauges(self.registry)
        self.now = Times(NOW)


@pytest.fixture
def house(tmp_path):
    return House(Watching(), tmp_path / "reminders.db")


def told(house, name, /, **labels):
    house.service.look_around(house.database)
    return house.service.registry.get_sample_value(f"cheqiao_reminders_{name}", labels)


def test_a_month_that_nobody_has_made_is_as_old_as_the_month_in_shanghai(house):
    assert told(house, "month_missing_seconds") == 2 * 3600


def test_a_month_that_is_there_is_not_missing_and_is_timed_while_it_is_made(house):
    begun = millis(NOW - timedelta(minutes=10))
    with house.write() as tx:
        keep(tx, runs_=[a_run(state="running", started_at=begun)])

    assert told(house, "month_missing_seconds") == 0
    assert told(house, "run_seconds") == 600


def test_a_month_that_differs_is_counted_and_not_timed(house):
    with house.write() as tx:
        keep(tx, runs_=[a_run(state="differs", origin="dms")])

    assert told(house, "runs_differing") == 1
    assert told(house, "run_seconds") == 0


def test_pages_that_csc_has_not_answered_and_standings_not_told_are_counted(house):
    page = {"run_id": None, "first_item": uuid4(), "last_item": uuid4(), "tasks": 1, "told_at": millis(NOW - timedelta(seconds=90))}
    with house.write() as tx:
        tx.execute(insert(task_pages), [page | {"page_id": uuid4(), "opened": None}, page | {"page_id": uuid4(), "opened": 1}])
        tx.execute(insert(unreported), [{"item_id": uuid4(), "since": millis(NOW - timedelta(seconds=age))} for age in (7, 250)])

    assert told(house, "task_pages_waiting") == 1
    assert told(house, "task_pages_oldest_seconds") == 90
    assert told(house, "standings_waiting") == 2
    assert told(house, "standings_oldest_seconds") == 250


def test_an_item_that_moves_again_before_it_was_told_waits_since_the_first_time(house):
    item = an_item(Random(1))
    with house.write() as tx:
        reporting.note(tx, [item])
        tx.execute(unreported.update().values(since=millis(NOW - timedelta(hours=1))))
    with house.write() as tx:
        reporting.note(tx, [item])

    assert told(house, "standings_oldest_seconds") == 3600


def test_where_all_was_told_nothing_is_old(house):
    assert told(house, "standings_oldest_seconds") == 0


def test_items_and_tasks_are_those_of_all_runs_of_the_month(house):
    with house.write() as tx:
        first, again = a_run(period="2026-12", items=90, tasks=70), a_run(period="2026-12", run_no=2, items=3, tasks=2)
        keep(tx, runs_=[first, again, a_run(period="2027-01", items=5), a_run(period="2026-11", items=800)])

    assert (told(house, "items_made", name="this_month"), told(house, "tasks_handed_over", name="this_month")) == (93, 72)
    assert (told(house, "items_made", name="next_month"), told(house, "tasks_handed_over", name="next_month")) == (5, 0)


def test_messages_of_today_begin_at_midnight_in_shanghai(house):
    states = [("asked", 1), ("sent", 1), ("clicked", 1), ("failed", 1), ("sent", 3), ("failed", 30)]
    with house.write() as tx:
        tx.execute(insert(messages), [a_message(state, NOW - timedelta(hours=ago)) for state, ago in states])

    assert [told(house, "messages_today", state=state) for state in ("asked", "sent", "failed")] == [4, 2, 1]


def a_message(state, asked_at):
    ids = {name: uuid4() for name in ("message_id", "vehicle_id", "follower_id")}
    given = {"version": 1, "period": "2026-12", "account": "main", "urgency": "service", "reason": "", "not_before": 0}
    return ids | given | {"state": state, "asked_at": millis(asked_at)}


def test_a_load_that_ended_is_not_silent_any_more(house):
    load = {"load_id": uuid4(), "source": "cars", "page_no": 1, "cursor": "", "rows": 0, "dirty": 0, "ordered_by": ""}
    with house.write() as tx:
        tx.execute(insert(loads).values(load | {"state": "running", "started_at": 0, "moved_at": millis(NOW - timedelta(seconds=50))}))
    assert told(house, "load_silent_seconds", name="cars") == 50

    with house.write() as tx:
        tx.execute(loads.update().values(state="done"))

    assert told(house, "load_silent_seconds", name="cars") == 0
