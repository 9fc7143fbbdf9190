"""What is done by the clock is done once per period, whoever dies meanwhile."""

import eventlet
import pytest
from sqlalchemy import select, update

from chassis.clock import milliseconds_now
from chassis.database import Transaction
from chassis.tables import outbox, timer
from chassis.timers import every
from tests.chassis.flow.conftest import NewHouse
from tests.fakes.mini_house import MiniHouse, Script, a_request, once_committed, until
from tests.servers import Place

LONG = 3600.0


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests set the clock's row by hand, which nobody else does."""
    monkeypatch.setattr("chassis.timers.FARTHEST_SECONDS", 0.5)


def a_service(period: float) -> type:
    class Ticking:
        name = "appointments"
        script: Script

        @every(period)
        def tick(self, tx: Transaction) -> None:
            self.script.on_tick(tx)

    return Ticking


def ticking(new_house: NewHouse, period: float, on_tick, copies: int = 1) -> MiniHouse:
    house = new_house()
    house.script.on_tick = on_tick
    house.start(a_service(period), copies=copies)
    return house


def due_again(house: MiniHouse) -> None:
    with house.database().write() as tx:
        tx.execute(update(timer).values(due_at=milliseconds_now() - 1))


def test_it_begins_soon_after_the_start_and_comes_again_and_again(new_house: NewHouse):
    ticks = []

    ticking(new_house, 0.2, lambda tx: ticks.append(milliseconds_now()))

    until(lambda: len(ticks) >= 3)


@pytest.mark.parametrize("new_house", ["production"], indirect=True)  # embedded knows no copies
def test_several_copies_do_it_once_per_period(new_house: NewHouse, place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("chassis.timers.PAUSE_SECONDS", 0.1)
    begun, done = [], []

    def while_others_want_it(tx: Transaction) -> None:
        begun.append(1)
        if len(begun) <= 2:
            until(lambda: transactions(place, "AND trx_state = 'LOCK WAIT'") == 2)
        once_committed(tx, lambda: done.append(1))

    house = ticking(new_house, LONG, while_others_want_it, copies=3)
    until(lambda: len(done) == 1)
    until(lambda: transactions(place) == 0)  # the others had their turn at the first one's key
    due_again(house)
    until(lambda: len(done) == 2)
    until(lambda: transactions(place) == 0)

    assert len(begun) == 2


def transactions(place: Place, which: str = "") -> int:
    """How many are open in the service's schema. The server shows what it last showed to who asks again within a tenth of a second."""
    eventlet.sleep(0.2)
    open_now = "SELECT COUNT(*) FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id"
    return place.servers.mariadb.execute(f"{open_now} WHERE db = '{place.prefix}appointments' {which}")[0][0]


def test_what_it_tells_goes_out_with_its_transaction(new_house: NewHouse):
    house = ticking(new_house, LONG, lambda tx: tx.tell(a_request()))

    until(lambda: any(row.published_at for row in house.rows("appointments", outbox)))


def test_a_timer_that_breaks_has_done_nothing_and_is_tried_again(new_house: NewHouse, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("chassis.timers.PAUSE_SECONDS", 0.1)
    ticks = []

    def break_once(tx: Transaction) -> None:
        tx.tell(a_request())
        ticks.append(1)
        if len(ticks) == 1:
            raise ZeroDivisionError

    house = ticking(new_house, LONG, break_once)
    until(lambda: len(ticks) == 2)

    until(lambda: [row.published_at for row in house.rows("appointments", outbox)])
    assert len(house.rows("appointments", outbox)) == 1


def test_what_fell_due_while_nothing_ran_is_done_once_at_the_next_start(new_house: NewHouse):
    ticks = []
    house = ticking(new_house, LONG, lambda tx: once_committed(tx, lambda: ticks.append(1)))
    until(lambda: ticks)
    house.stop()
    with house.database().write() as tx:
        tx.execute(update(timer).values(due_at=timer.c.due_at - 10 * LONG * 1000))

    house.start(a_service(LONG))
    until(lambda: len(ticks) == 2)

    with house.database().read() as connection:
        assert connection.execute(select(timer.c.due_at)).scalar_one() > milliseconds_now()


def test_a_clock_that_was_wrong_once_does_not_keep_it_from_being_done(new_house: NewHouse):
    ticks = []
    house = ticking(new_house, LONG, lambda tx: once_committed(tx, lambda: ticks.append(1)))
    until(lambda: ticks)

    with house.database().write() as tx:
        tx.execute(update(timer).values(due_at=timer.c.due_at + 1000 * LONG * 1000))

    until(lambda: len(ticks) == 2)
