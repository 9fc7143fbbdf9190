"""Who holds a phone: the sample followers, and new people made here. What a person knows of himself, he can register with."""

import secrets
from dataclasses import dataclass

from sandbox.dms import samples
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (openid TEXT PRIMARY KEY, name TEXT NOT NULL, mobile TEXT NOT NULL, number INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class OwnCar:
    vin: str
    plate: str | None
    model: str


@dataclass(frozen=True)
class Person:
    """`id_number` is empty and `cars` are none for somebody whom the DMS does not know."""

    openid: str
    name: str
    mobile: str
    id_number: str = ""
    cars: tuple[OwnCar, ...] = ()


class People:
    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Person]:
        """The samples first, then new people in their order."""
        rows = self._store.rows("SELECT openid, name, mobile FROM people ORDER BY number")
        return [*(_sample(person) for person in samples.PEOPLE), *(Person(row["openid"], row["name"], row["mobile"]) for row in rows)]

    def find(self, openid: str) -> Person | None:
        return next((person for person in self.all() if person.openid == openid), None)

    def add(self, name: str, mobile: str) -> Person:
        """A new person, who does not follow yet."""
        person = Person(f"oSandboxPhone{secrets.token_hex(7)}", name, mobile)
        with self._store.write() as tx:
            tx.execute(
                "INSERT INTO people (openid, name, mobile, number) SELECT ?, ?, ?, coalesce(max(number), 0) + 1 FROM people",
                (person.openid, name, mobile),
            )
        return person


def _sample(person: samples.Person) -> Person:
    cars = tuple(OwnCar(car.vin, car.plate, car.model) for car in samples.cars_of(person.openid))
    return Person(person.openid, person.name, person.mobile, person.id_number, cars)
