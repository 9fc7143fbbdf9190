"""Many who want the same few places at the same moment, where transactions really run side by side (S-19)."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from chassis import embedded
from chassis.database import Conflict, Database, migrate
from chassis.tables import outbox, parked
from contracts.envelope import Contract
from services.appointments.capacity import Places, counted
from services.appointments.service import AppointmentsService
from services.appointments.store import AppointmentStore
from services.appointments.tables import appointments, capacity
from tests.fakes.mini_house import MiniHouse, mini_house, until
from tests.services.appointments.builders import (
    AT,
    FRIDAY,
    NOW,
    RULES,
    a_binding,
    a_call_log,
    a_capacity,
    a_request,
    a_rescheduling,
    a_saved_slip,
    a_withdrawal,
)
from tests.services.house import ROOT, House, Times

AT_ONCE = 10
WISHES, PLACES = 200, 10


def bindings_and_requests(number: int, **changes: Any) -> tuple[list[Contract], list[Contract]]:
    cars = [uuid4() for _ in range(number)]
    bindings = [a_binding(binding_id=uuid4(), vehicle_id=car) for car in cars]
    return bindings, [a_request(vehicle_id=car, **changes) for car in cars]


@pytest.fixture
def house(place) -> Iterator[House]:
    service = AppointmentsService()
    service.now, service.rules = Times(NOW), RULES
    house = House(service, place.database_url.format(schema="appointments"))
    yield house
    house.database.dispose()


def side_by_side(house: House, messages: list[Contract]) -> int:
    """Deliver them over as many connections as there may be; a conflict is tried again, as the chassis does. How many there were."""
    waiting: SimpleQueue[Contract] = SimpleQueue()
    for message in messages:
        waiting.put(message)
    conflicts: list[Contract] = []

    def deliver_some() -> None:
        while True:
            try:
                message = waiting.get_nowait()
            except Empty:
                return
            try:
                house.only_deliver(message)
            except Conflict:
                conflicts.append(message)
                waiting.put(message)

    threads = [threading.Thread(target=deliver_some) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(conflicts)


def states_in(database: Database) -> Counter[tuple[str, str]]:
    with database.read() as connection:
        rows = connection.execute(select(appointments.c.state, appointments.c.turned_away)).all()
    return Counter((row.state, row.turned_away) for row in rows)


def test_two_hundred_at_once_for_ten_places_are_ten_and_the_others_are_told_at_once(house: House):
    bindings, requests = bindings_and_requests(WISHES)
    side_by_side(house, bindings)
    house.deliver(a_capacity(PLACES))

    conflicts = side_by_side(house, requests)

    told = Counter(type(one).__name__ for one in house.told())
    assert states_in(house.database) == {("requested", ""): PLACES, ("rejected", "full"): WISHES - PLACES}
    assert told == {
        "AppointmentRequested": PLACES,
        "StoreAppointment": PLACES,
        "AppointmentTurnedDown": WISHES - PLACES,
        "PlacesLeft": PLACES,
    }
    assert conflicts == 0, "they stand in line, and nobody has to begin again"


def test_the_number_may_be_told_while_people_book(house: House):
    bindings, requests = bindings_and_requests(40, slot="09:00-10:00")
    side_by_side(house, bindings)

    side_by_side(house, [*requests[:20], a_capacity(15), a_capacity(5, slot="09:00-10:00"), *requests[20:]])

    assert taken_by_rows(house) == taken_by_count(house)


def test_the_same_car_booked_twice_at_once_is_one_booking(house: House):
    bindings, _ = bindings_and_requests(10)
    side_by_side(house, bindings)

    side_by_side(house, [a_request(vehicle_id=binding.vehicle_id) for binding in bindings for _ in range(3)])

    assert states_in(house.database) == {("requested", ""): 10, ("rejected", "already_booked"): 20}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_at_once_the_rows_say_who_holds_a_place(house: House, seed: int):
    """Requests, other days, slips elsewhere, withdrawals, transfers and new numbers, all mixed."""
    chance = random.Random(seed)
    days = [FRIDAY + timedelta(days=n) for n in range(3)]
    bindings, _ = bindings_and_requests(30)
    side_by_side(house, bindings)
    house.deliver(a_capacity(6))
    requests = [a_request(vehicle_id=binding.vehicle_id, requested_date=chance.choice(days)) for binding in bindings]
    side_by_side(house, requests)

    def something(id: Any) -> Contract:
        slip = {"appointment_at": AT + timedelta(days=chance.randrange(3)), "dealer_code": chance.choice(["D001", "D002"])}
        return chance.choice(
            [
                a_rescheduling(id, chance.randrange(2, 5), chance.choice(days)),
                a_saved_slip(id, chance.randrange(1, 4), **slip),
                a_withdrawal(id),
                a_call_log(id, 2, "reached", to="D002"),
                a_capacity(chance.randrange(12), version=chance.randrange(2, 9), day=chance.choice(days)),
            ]
        )

    side_by_side(house, [something(request.appointment_id) for request in requests for _ in range(4)])

    assert taken_by_rows(house) == taken_by_count(house)


def taken_by_rows(house: House) -> dict[Places, int]:
    with house.database.read() as connection:
        rows = connection.execute(select(capacity)).all()
    return {Places(row.dealer_code, row.day, row.slot): row.taken for row in rows}


def taken_by_count(house: House) -> dict[Places, int]:
    with house.write() as tx:
        return {row: counted(row, AppointmentStore().open_on(tx, row.dealer_code, row.day)).taken for row in taken_by_rows(house)}


@pytest.fixture(params=["embedded", "production"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MiniHouse]:
    """The service alone, on the real chassis of each runtime."""
    if request.param == "embedded":
        urls = {"broker_url": embedded.URL, "database_url": f"sqlite:///{tmp_path}/{{schema}}.db"}
    else:
        place = request.getfixturevalue("place")
        urls = {"broker_url": place.broker_url, "database_url": place.database_url}
    with mini_house(tmp_path, **urls) as house:
        migrate(urls["database_url"].format(schema="appointments"), ROOT / "services" / "appointments" / "migrations")
        yield house


class Standing(AppointmentsService):
    """The clock stands, as the wishes are for a day of that spring."""

    now = staticmethod(Times(NOW))


def test_the_service_itself_books_ten_and_turns_the_others_away(running: MiniHouse):
    bindings, requests = bindings_and_requests(WISHES)
    running.start(Standing)

    running.tell(a_capacity(PLACES), *bindings)
    until(booked_by(running, capacity, 1), seconds=60)
    running.tell(*requests)
    until(booked_by(running, appointments, WISHES), seconds=60)

    assert states_in(running.database()) == {("requested", ""): PLACES, ("rejected", "full"): WISHES - PLACES}
    types = Counter(row.type for row in running.rows("appointments", outbox))
    assert (types["appointment.turned.down"], types["store.appointment"]) == (WISHES - PLACES, PLACES)
    assert not running.rows("appointments", parked)


def booked_by(running: MiniHouse, table: Any, number: int) -> Callable[[], bool]:
    return lambda: len(running.rows("appointments", table)) >= number
