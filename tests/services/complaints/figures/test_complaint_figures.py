"""Sums and corrections are what a recount comes to, whatever is done to cases and whenever the months are frozen."""

import random
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from chassis.internal_api import Scope
from contracts.complaint_figures import ComplaintFiguresQuery, OverdueQuery
from contracts.complaint_steps.closing import Reopen
from contracts.complaint_words import CaseType, DeadlineKind, State
from services.complaints.cases import store
from services.complaints.cases.intake import complainant_of, receive
from services.complaints.cases.stepping import step
from services.complaints.cases.taking import Asked, Refused
from services.complaints.cases.world import world_of
from services.complaints.days import day_of
from services.complaints.figures.overdue import AGES, overdue
from services.complaints.figures.reading import figures
from services.complaints.figures.recount import recount
from services.complaints.figures.sums import SUMS
from services.complaints.tables import MEASURES, cases, corrections, sums
from tests.services.complaints.cases.case_walks import any_form, anyone
from tests.services.complaints.cases.case_worlds import AGENT, Desk, received

CASES, ROUNDS = 40, 45
NEVER_NOTHING = ("received", "closed", "closed_reopened", "reopened", "escalated", "answered", "close_breached", "first_reply_met")
PERIODS = [f"{year}-{month:02d}" for year in (2026, 2027) for month in range(1, 13)]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "complaints.db")


@pytest.fixture(params=["sqlite", "mariadb"])
def long_desk(request, tmp_path):
    if request.param == "sqlite":
        return Desk(tmp_path / "complaints.db")
    place = request.getfixturevalue("place")
    place.create_schemas("complaints")
    return Desk(place.database_url.format(schema="complaints"))


def walk(desk, dice):
    """Cases that go on for some months, by anybody; figures are frozen as their day comes."""
    ids = []
    for _ in range(ROUNDS):
        desk.wait(minutes=dice.choice([30, 600, 3000, 6000]))
        with desk.house.write() as tx:
            world = world_of(tx, desk.now, desk.service.terms)
            if len(ids) < CASES:
                for _ in range(4):
                    form = received(mobile=f"138{len(ids) // 2:08d}", received_at=desk.now - timedelta(days=dice.choice([0, 0, 40])))
                    ids.append(UUID(int=dice.getrandbits(128), version=4))
                    receive(tx, ids[-1], Asked(form, AGENT, "desk", uuid4()), complainant_of(form), world)
            for case_id in ids:
                case = store.find(tx, case_id)
                again = case.state in (State.CLOSED, State.SURVEYED) and dice.random() < 0.2
                form = Reopen(reason="handler") if again else any_form(dice, case, world.now, ids)
                try:
                    step(tx, case, Asked(form, anyone(dice, form, case), "desk", uuid4()), world)
                except Refused:
                    continue
        with desk.house.write() as tx:
            SUMS.freeze(tx, day_of(desk.now), desk.service.terms.freeze_on_day, desk.now)


def over_and_open(desk):
    """Limits to close that were breached and still wait, of the cases as they stand."""
    with desk.house.write() as tx:
        known = [store.find(tx, case_id) for case_id in tx.execute(select(cases.c.complaint_id)).scalars()]
    limits = [one for case in known for one in case.deadlines if one.kind is DeadlineKind.CLOSE]
    return [one for one in limits if one.breached_at and one.breached_at <= desk.now and one.is_open]


def off(desk):
    with desk.house.database.read() as connection:
        return [one for period in PERIODS for one in recount(connection, period)]


def test_sums_and_corrections_are_what_the_cases_come_to(long_desk):
    walk(long_desk, random.Random(1))

    differences = off(long_desk)
    with long_desk.house.database.read() as connection:
        shown = figures(connection, ComplaintFiguresQuery(first=PERIODS[0], last=PERIODS[-1], level="dealer", split="type"), Scope())
        late_now = overdue(connection, OverdueQuery(period=PERIODS[-1], level="dealer", split="grade"), Scope(), long_desk.now)
        counted = connection.execute(select(*(func.sum(sums.c[name]).label(name) for name in MEASURES))).mappings().one()
        late = connection.execute(select(func.count()).select_from(corrections)).scalar_one()
    assert differences == []
    assert late
    assert {name for name in NEVER_NOTHING if not counted[name]} == set()
    assert sum(row.sums.closed for row in shown.rows) == counted["closed"]
    assert {row.type for row in shown.rows} == {None, *CaseType}
    assert sum(row.total for row in late_now.rows) == len(over_and_open(long_desk))
    assert all(row.total == sum(getattr(row, age) for age in AGES) for row in late_now.rows)


def test_a_sum_that_was_tampered_with_is_found(desk):
    desk.assigned()
    with desk.house.write() as tx:
        tx.execute(update(sums).where(sums.c.dealer_code == "D001").values(received=sums.c.received + 1))

    (one,) = off(desk)

    assert (one.key.dealer_code, one.measure, one.kept, one.counted) == ("D001", "received", 2, 1)
