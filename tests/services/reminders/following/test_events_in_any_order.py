"""Property: 10,000 events of DMS, CSC and WeChat, late, in any order and with repeats, end as they do in order (design 1.5)."""

from dataclasses import asdict
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from services.reminders.figures.recount import recount
from services.reminders.figures.rows import SUMS
from services.reminders.figures.sums import counted_in
from services.reminders.following.carrying import TAKEN_BACK
from services.reminders.tables import corrections, periods
from tests.services.reminders.following.followed import DECEMBER, JANUARY, TERMS, Followed, FollowingAndSending, at
from tests.services.reminders.following.timelines import BEGIN, RUNS, Happening, Life
from tests.services.reminders.reminder_rows import a_run, keep

EVENTS = 10_000
AT_ONCE = 100
END = at("2027-02-10")
SETTLED = select(periods.c.period).where(periods.c.settled_at.is_not(None))


@pytest.fixture(scope="module")
def lives():
    random, lives, number = Random(20261201), [], 0
    while number < EVENTS:
        life = Life(random, [one.vehicle_id for one, _ in lives[-5:]])
        lives.append((life, list(life.happenings())))
        number += len(lives[-1][1])
    return lives


def begin(house, lives):
    """A month and the next, made and counted as runs do."""
    with house.write() as tx:
        runs = [a_run(run_id=run_id, period=period) for period, run_id in RUNS.items()]
        keep(tx, cars_=[life.car for life, _ in lives], items_=[row for life, _ in lives for row in life.rows], runs_=runs)
        for run_id in RUNS.values():
            counted_in(tx, run_id, UUID(int=0), UUID(int=2**128 - 1))


def freeze(house, now):
    with house.write() as tx:
        SUMS.freeze(tx, now.date(), TERMS.freeze_on_day, now, ready=SETTLED)


def assert_figures_are_right(house):
    """Sums as they were frozen, and what came later."""
    with house.database.read() as connection:
        assert connection.execute(select(corrections).where(corrections.c.period == DECEMBER).limit(1)).first()
        assert {period: recount(connection, period) for period in (DECEMBER, JANUARY, "2027-02")} == {
            DECEMBER: [],
            JANUARY: [],
            "2027-02": [],
        }


def the_end_of(schema, lives, arrivals):
    """How every item stands when all has arrived, and all that is due was done.

    Versions, and moments of making, tell of the way, not of the end; so does an item that was made too early, and taken back.
    """
    house = Followed(schema, service=FollowingAndSending())
    begin(house, lives)
    for life, _ in lives:
        for message_id, item_ids in life.messages:
            house.with_message(*item_ids, message_id=message_id, vehicle_id=life.vehicle_id)
    day = BEGIN
    arrivals = sorted(arrivals, key=lambda one: one.moment)
    for some in (arrivals[first : first + AT_ONCE] for first in range(0, len(arrivals), AT_ONCE)):
        while day < some[0].moment:
            house.until(day)
            freeze(house, day)
            day += timedelta(days=1)
        house.together(some[-1].moment, [one.message for one in some])
    house.until(END)
    freeze(house, END)
    assert_figures_are_right(house)
    return {one.item_id: asdict(one) | {"version": 0, "created_at": None} for one in house.items() if one.reason != TAKEN_BACK}


def late_and_repeated(happenings, random):
    """Each some time before the end, and every third once more."""
    for one in happenings:
        for _ in range(1 + (random.random() < 0.3)):
            yield Happening(one.moment + random.random() * (END - one.moment), one.message)


def test_10000_events_in_any_order_and_with_repeats_end_as_in_order(lives, tmp_path):
    happenings = [one for _, some in lives for one in some]

    in_order = the_end_of(tmp_path / "in_order.db", lives, happenings)
    in_any = the_end_of(tmp_path / "in_any_order.db", lives, late_and_repeated(happenings, Random(7)))

    assert in_any.keys() == in_order.keys()
    assert [(in_order[one], in_any[one]) for one in in_order if in_order[one] != in_any[one]] == []
