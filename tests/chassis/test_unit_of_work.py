"""Rows that many messages share are read together, handed out as they stand, and written before anybody wants to see them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Column, Integer, MetaData, Row, String, Table, Uuid, create_engine, delete, event, select, text, update
from sqlalchemy.exc import IntegrityError

from chassis.database import Transaction
from chassis.unit_of_work import Gathering, Repository

metadata = MetaData()
cars = Table(
    "car",
    metadata,
    Column("car_id", Uuid(native_uuid=False), primary_key=True),
    Column("plate", String(16), unique=True),
    Column("mileage", Integer, nullable=False),
)


@dataclass(frozen=True)
class Car:
    id: UUID
    plate: str | None
    mileage: int = 0


def read(_tx: Transaction, rows: Sequence[Row[Any]]) -> list[Car]:
    return [Car(row.car_id, row.plate, row.mileage) for row in rows]


def columns(car: Car) -> dict[str, Any]:
    return {"car_id": car.id, "plate": car.plate, "mileage": car.mileage}


CARS = Repository(cars, read, columns, by_subject=True)


class Statements(list[str]):
    """What went to the database, by its first word."""

    def words(self) -> list[str]:
        return [statement.split()[0] for statement in self]


@pytest.fixture
def said() -> Statements:
    return Statements()


@pytest.fixture
def tx(said: Statements) -> Iterator[Transaction]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        event.listen(connection, "before_cursor_execute", lambda *seen: said.append(seen[2]))
        yield Transaction(connection)
    engine.dispose()


def test_the_rows_of_all_messages_are_read_at_once(tx: Transaction, said: Statements):
    known, other, absent = Car(uuid4(), "A"), Car(uuid4(), "B"), uuid4()
    tx.execute(cars.insert(), [columns(known), columns(other)])
    said.clear()
    tx.unit.subjects = frozenset((known.id, other.id, absent))

    found = [CARS.find(tx, id) for id in (known.id, other.id, absent)]

    assert found == [known, other, None]
    assert said.words() == ["SELECT"]


def test_what_was_kept_is_found_before_it_is_written(tx: Transaction, said: Statements):
    car = Car(uuid4(), "A")
    CARS.add(tx, car)
    CARS.save(tx, replace(car, mileage=7))

    found = CARS.find(tx, car.id)

    assert found == replace(car, mileage=7)
    assert said == []


def test_it_is_written_set_wise_in_its_order_and_the_last_word_on_a_row_stands(tx: Transaction, said: Statements):
    first, second = Car(uuid4(), "A"), Car(uuid4(), "B")
    CARS.add(tx, first)
    CARS.add(tx, second)
    CARS.save(tx, replace(first, mileage=1))
    CARS.save(tx, replace(second, mileage=2))
    CARS.save(tx, replace(first, mileage=3))

    tx.unit.write()

    assert said.words() == ["INSERT", "UPDATE"]
    assert {row.plate: row.mileage for row in tx.connection.execute(select(cars))} == {"A": 3, "B": 2}


def test_what_is_kept_of_another_table_meanwhile_does_not_part_rows(tx: Transaction, said: Statements):
    other = Table("other", MetaData(), Column("id", Integer, primary_key=True))
    other.create(tx.connection)
    numbers = Repository(other, lambda _tx, rows: [row.id for row in rows], lambda number: {"id": number})
    said.clear()

    for number, plate in enumerate("AB"):
        CARS.add(tx, Car(uuid4(), plate))
        numbers.add(tx, number)
    tx.unit.write()

    assert said.words() == ["INSERT", "INSERT"]


def test_a_value_that_is_freed_can_be_taken_by_the_next(tx: Transaction):
    before, after = Car(uuid4(), "A"), Car(uuid4(), "A")
    CARS.add(tx, before)

    CARS.save(tx, replace(before, plate=None))
    CARS.add(tx, after)
    tx.unit.write()

    assert tx.connection.execute(select(cars.c.car_id).where(cars.c.plate == "A")).scalar_one() == after.id


def test_a_value_that_is_taken_is_met_when_it_is_written(tx: Transaction):
    CARS.add(tx, Car(uuid4(), "A"))
    CARS.add(tx, Car(uuid4(), "A"))

    with pytest.raises(IntegrityError):
        tx.unit.write()


@pytest.mark.parametrize("look", [select(cars.c.mileage), text("SELECT mileage FROM car"), select(select(cars).subquery().c.mileage)])
def test_a_statement_finds_what_was_kept_before_it(tx: Transaction, look: Any):
    CARS.add(tx, Car(uuid4(), "A", 7))

    assert tx.execute(look).scalars().all() == [7]


def test_a_statement_about_another_table_lets_it_wait(tx: Transaction, said: Statements):
    other = Table("other", MetaData(), Column("id", Integer, primary_key=True))
    other.create(tx.connection)
    CARS.add(tx, Car(uuid4(), "A"))
    said.clear()

    tx.execute(select(other))

    assert said.words() == ["SELECT"]


@pytest.mark.parametrize(
    ("change", "mileage"), [(update(cars).values(mileage=9), 9), (text("UPDATE car SET mileage = 9"), 9), (delete(cars), None)]
)
def test_what_a_statement_changed_is_read_anew(tx: Transaction, change: Any, mileage: int | None):
    car = Car(uuid4(), "A", 7)
    CARS.add(tx, car)

    tx.execute(change)

    found = CARS.find(tx, car.id)
    assert (found and found.mileage) == mileage


def test_what_is_to_be_forgotten_is_read_anew(tx: Transaction):
    car = Car(uuid4(), "A")
    assert CARS.find(tx, car.id) is None
    tx.connection.execute(cars.insert(), columns(car))  # as another transaction does it

    CARS.forget(tx, car.id)

    assert CARS.find(tx, car.id) == car


def test_a_row_that_another_statement_found_is_the_one_that_is_known(tx: Transaction):
    car = Car(uuid4(), "A", 7)
    tx.execute(cars.insert(), columns(car))
    row = tx.execute(select(cars)).one()
    CARS.save(tx, replace(car, mileage=8))

    seen = CARS.seen(tx, row)

    assert seen == replace(car, mileage=8)


def seen_together(tx: Transaction, brought: Sequence[Car]) -> None:
    tx.execute(cars.insert(), [columns(car) for car in brought])


TOGETHER = Gathering(seen_together, cars)


def test_what_messages_brought_is_worked_on_once_for_all(tx: Transaction, said: Statements):
    for plate in "ABC":
        TOGETHER.add(Transaction(tx.connection, tx), Car(uuid4(), plate))
    assert said == []

    tx.unit.write()

    assert said.words() == ["INSERT"]
    assert tx.connection.execute(select(cars.c.plate).order_by(cars.c.plate)).scalars().all() == ["A", "B", "C"]


def test_a_statement_about_what_the_work_writes_finds_it_done(tx: Transaction, said: Statements):
    TOGETHER.add(tx, Car(uuid4(), "A"))

    first, second = tx.execute(select(cars.c.plate)).scalars().all(), tx.execute(select(cars.c.plate)).scalars().all()

    assert first == second == ["A"]
    assert said.words() == ["INSERT", "SELECT", "SELECT"]


def test_work_may_keep_rows_and_bring_more(tx: Transaction):
    first, second = Car(uuid4(), "A"), Car(uuid4(), "B")
    kept = Gathering[Car](lambda tx, brought: [CARS.add(tx, car) for car in brought] and None, cars)
    bringing = Gathering[Car](lambda tx, brought: kept.add(tx, *brought))

    bringing.add(tx, first)
    kept.add(tx, second)
    tx.unit.write()

    assert set(tx.connection.execute(select(cars.c.plate)).scalars()) == {"A", "B"}


def test_who_acts_on_behalf_of_a_message_shares_it(tx: Transaction):
    car = Car(uuid4(), "A")
    CARS.add(Transaction(tx.connection, tx), car)

    assert CARS.find(Transaction(tx.connection, tx), car.id) == car
