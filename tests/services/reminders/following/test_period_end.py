"""The month is over: in chunks, each once, whenever we get there."""

from collections import Counter
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from contracts.reminders import ContactState, Outcome
from services.reminders.figures.handling import HandlesFigures
from services.reminders.figures.rows import SUMS
from services.reminders.following import period_end
from services.reminders.tables import corrections, freezes, periods, unreported
from tests.services.reminders.following.followed import CAR, DECEMBER, JANUARY, Followed, Following, a_call, a_slip, a_visit, at, due
from tests.services.reminders.reminder_rows import keep

CARS = 7
ITEM = uuid4()


@pytest.fixture
def many(house):
    """Two items of each of several cars."""
    vehicles = sorted(uuid4() for _ in range(CARS))
    with house.write() as tx:
        keep(tx, items_=[due(vehicle_id=one, type=type) for one in vehicles for type in ("maintenance", "insurance")])
    return house


def turn(house, database=None):
    return period_end.turn(database or house.database, house.now(), house.service.terms, cars=3)


def outcomes(house, period=DECEMBER):
    return Counter(one.outcome for one in house.items(period))


def test_nothing_ends_before_the_month_does(many):
    many.until(at("12-31", "23:59"))

    assert outcomes(many) == {Outcome.OPEN: 2 * CARS}


def test_it_goes_on_chunk_by_chunk_from_where_it_was(many):
    many.now.at = at("2027-01-01")

    steps = [(turn(many), outcomes(many)[Outcome.FOR_DECISION]) for _ in range(5)]

    assert steps == [(True, 6), (True, 12), (True, 14), (True, 14), (False, 14)]


def test_all_that_changed_is_to_be_told(many):
    many.until(at("2027-01-01"))

    with many.database.read() as connection:
        assert len(connection.execute(select(unreported)).all()) == 2 * CARS


def test_late_by_a_month_each_period_ends_and_is_settled_in_its_turn(many):
    many.until(at("2027-02-03"))

    assert (outcomes(many), outcomes(many, JANUARY)) == ({Outcome.CARRIED: 2 * CARS}, {Outcome.FOR_DECISION: 2 * CARS})
    with many.database.read() as connection:
        rows = connection.execute(select(periods).order_by(periods.c.period)).all()
    assert [(row.period, row.ended_at is not None, row.settled_at is not None) for row in rows] == [
        (DECEMBER, True, True),
        (JANUARY, True, False),
    ]


class Killed(Exception):
    """In the middle of a transaction."""


def test_killed_in_any_chunk_it_ends_as_if_it_had_not_been(many, tmp_path):
    rows = many.items()
    undisturbed = Followed(tmp_path / "undisturbed.db")
    with undisturbed.write() as tx:
        keep(tx, items_=[due(one.item_id, vehicle_id=one.vehicle_id, type=one.type.value) for one in rows])
    undisturbed.until(at("2027-01-06"))
    many.now.at = at("2027-01-06")

    for number in range(3):
        with pytest.raises(Killed):
            _killed_turn(many)
        for _ in range(number + 1):
            turn(many)
    many.until(at("2027-01-06"))

    assert many.items() == undisturbed.items()


def _killed_turn(house):
    """All its work is done, and nothing of it committed."""
    with house.write() as tx:
        turn(house, _Within(house, tx))
        raise Killed


class _Within:
    """A database whose transactions are part of another."""

    def __init__(self, house, tx) -> None:
        self._house, self._tx = house, tx
        self.read = house.database.read

    def write(self):
        return _Open(self._tx)


class _Open:
    def __init__(self, tx) -> None:
        self._tx = tx

    def __enter__(self):
        return self._tx

    def __exit__(self, *_error):
        self._tx.unit.write()


def test_a_car_that_is_not_known_ends_like_any_other(house):
    house.with_items(due(UUID(int=5), vehicle_id=uuid4()))

    house.until(at("2027-01-06"))

    assert [one.outcome for one in house.items()] == [Outcome.CARRIED, Outcome.OPEN]
    assert CAR not in {one.vehicle_id for one in house.items()}


class FollowingAndFigures(HandlesFigures, Following):
    """With figures that are frozen."""


@pytest.fixture
def counted(tmp_path):
    """An item of each of several cars, counted."""
    house = Followed(tmp_path / "counted.db", service=FollowingAndFigures())
    house.with_items(*(due(vehicle_id=uuid4()) for _ in range(CARS)))
    with house.write() as tx:
        SUMS.frozen(tx, {DECEMBER})  # as whoever counts asks
    return house


def frozen(house, moment):
    house.now.at = moment
    with house.write() as tx:
        house.service.freeze_figures(tx)
    with house.database.read() as connection:
        return set(connection.execute(select(freezes.c.period).where(freezes.c.frozen_at.is_not(None))).scalars())


def test_the_figures_of_a_month_are_frozen_when_it_is_settled_and_not_before(counted):
    counted.until(at("2027-01-05", "23:59"))
    before_its_day = frozen(counted, at("2027-01-05", "23:59"))
    late = frozen(counted, at("2027-01-09"))

    counted.until(at("2027-01-09"))
    settled = frozen(counted, at("2027-01-09"))

    assert (before_its_day, late, settled) == (set(), set(), {DECEMBER})
    with counted.database.read() as connection:
        assert connection.execute(select(corrections)).all() == []


def test_settled_early_they_wait_for_their_day(counted):
    counted.service.terms = counted.service.terms.model_copy(update={"carry_after_day": 2})
    counted.until(at("2027-01-03"))

    assert (frozen(counted, at("2027-01-05", "23:59")), frozen(counted, at("2027-01-06", "00:00"))) == (set(), {DECEMBER})


def test_who_began_before_midnight_and_comes_after_the_end_finds_the_month_ended(house):
    house.with_items(due(ITEM))
    house.until(at("2027-01-01"))

    house.on(at("12-31", "23:59"), a_slip(ITEM, a_call(at("12-31", "23:00"), "no_answer")))

    assert (house.item().outcome, house.item().contact_state) == (Outcome.FOR_DECISION, ContactState.MISSED)


def test_who_began_before_the_month_was_settled_and_comes_after_it_finds_it_settled(house):
    house.with_items(due(ITEM))
    house.deliver(a_slip(ITEM, a_call(at("12-05"))))
    house.deliver(a_visit(at("12-09")))
    house.until(at("2027-01-06"))

    house.on(at("2027-01-05", "23:59"), a_visit(at("12-09"), car=uuid4(), closed=at("12-09", "17:00")))

    assert house.item(ITEM).outcome is Outcome.CARRIED
