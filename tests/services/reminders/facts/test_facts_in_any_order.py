"""Whatever is told of cars, in any order and with any repeats, ends as it does in order."""

from datetime import date, timedelta
from random import Random

import pytest

from contracts.vehicles import CarsListed, DirtyRow, Flaw, ServiceDatesListed
from tests.services.house import House
from tests.services.reminders.facts.fact_makers import (
    SPACE,
    a_binding,
    a_campaign,
    a_dealer,
    a_house,
    a_sale,
    a_visit,
    all_that_is_known,
    an_owner,
    flawed,
    new_dates,
    some_dates,
    some_facts,
)

VINS = [f"LS4AAAAA1AA{number:06d}" for number in range(100, 108)]
VERSIONS = range(1, 5)
AT_ONCE = 25
"""Messages of one transaction, as the chassis takes them together."""


def a_day(chance: Random, first=date(2024, 1, 1), days=1200):
    return chance.choice((None, first + timedelta(days=chance.randrange(days))))


def words(chance: Random):
    """In the order in which their owners told them."""
    return [
        *(word for number, vin in enumerate(VINS) for word in of_a_car(chance, number, vin)),
        *(a_dealer(version, code, region=chance.choice(("", "E", "N"))) for code in ("D001", "D002") for version in VERSIONS),
        *(a_campaign(version, withdrawn=version == 4, starts_on=date(2026, 7, chance.randint(1, 31))) for version in VERSIONS),
        *pages(chance),
    ]


def of_a_car(chance: Random, number: int, vin: str):
    """Two records of it, of which one stands for another car at times."""
    for version in VERSIONS:
        yield a_sale(version, record_id=f"R{number}", vin=vin, **some_changes(chance))
        yield a_sale(version, record_id=f"R{number}-2", vin=chance.choice((vin, VINS[number - 1])), **some_changes(chance))
        yield new_dates(version, record_id=f"SD{number}", vin=vin, next_inspection_date=a_day(chance), dirty=some_flaws(chance))
        yield an_owner(version, f"C{chance.randint(1, 3)}", vin)
        yield a_binding(version, follower=number, vin=vin, active=chance.random() < 0.5)
        yield a_visit(100 * number + version, date(2026, 1, version), vin=vin, services=chance.choice(((), ("FIRST_MAINTENANCE",))))
        yield from a_visit_taken_for_another(5_000 + 100 * number + version, vin, VINS[number - 1])


def a_visit_taken_for_another(number: int, vin: str, other: str):
    """Put right when it was closed."""
    yield a_visit(number, date(2026, 3, number % 10), vin=other)
    yield a_visit(number, date(2026, 2, number % 10), vin=vin, services=("FIRST_MAINTENANCE",))


def pages(chance: Random):
    """Rows that cannot be used any more, beside rows that can; of loads that nobody ordered."""
    for version in VERSIONS:
        cars = tuple(some_facts(4 + version, record_id=f"R{at}", vin=vin, **some_changes(chance)) for at, vin in enumerate(VINS[:3]))
        broken = DirtyRow(record_id=f"R{version}-2", version=10, fields=flawed(vin="missing"))
        yield CarsListed(load_id=SPACE, page_no=version, cars=cars, unusable=(broken,))
        dates = tuple(some_dates(version, record_id=f"SE{number}", vin=vin) for number, vin in enumerate(VINS[:3]))
        yield ServiceDatesListed(load_id=SPACE, page_no=version, dates=dates)


def some_changes(chance: Random):
    return {
        "customer_id": chance.choice(("", "C1", "C2")),
        "dealer_code": chance.choice(("", "D001", "D002", "D009")),
        "state": chance.choice(("in_use", "in_use", "sold", "scrapped")),
        "invoice_date": a_day(chance),
        "last_visit_on": a_day(chance, date(2026, 1, 1), 900),
        "first_maintenance_on": a_day(chance),
        "quiet": chance.choice(((), ("wechat",), ("phone", "wechat"))),
        "dirty": some_flaws(chance),
    }


def some_flaws(chance: Random):
    return flawed(birth_date=chance.choice((Flaw.ZERO, Flaw.UNREADABLE))) if chance.random() < 0.3 else ()


def told(house: House, messages) -> None:
    for begin in range(0, len(messages), AT_ONCE):
        with house.write() as tx:
            for message in messages[begin : begin + AT_ONCE]:
                getattr(house.service, house.methods[type(message)])(message, tx)


@pytest.mark.parametrize("seed", range(4))
def test_facts_in_any_order_and_with_repeats_end_as_in_order(tmp_path, seed):
    chance = Random(seed)
    in_order, mixed = a_house(tmp_path / "in_order.sqlite"), a_house(tmp_path / "mixed.sqlite")
    messages = words(chance)
    shuffled = [*messages, *chance.choices(messages, k=len(messages) // 3)]
    chance.shuffle(shuffled)

    told(in_order, messages)
    told(mixed, shuffled)

    known, wanted = all_that_is_known(mixed), all_that_is_known(in_order)
    for table, rows in wanted.items():
        assert known[table] == rows
