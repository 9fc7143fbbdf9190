"""Two copies at a step at the same moment, on the real MariaDB."""

from concurrent.futures import ThreadPoolExecutor

from chassis.database import in_one_transaction
from contracts.reminders import ReminderDue
from services.reminders.sending.step import Step
from tests.services.reminders.sending.sendings import Sending, at

CARS = 40


def test_two_copies_at_once_tell_each_follower_once(place):
    place.create_schemas("reminders")
    house = Sending(place.database_url.format(schema="reminders"), most_in_flight=200)
    cars = [house.with_car(("maintenance", "12-12"), ("insurance", "12-31")) for _ in range(CARS)]
    service = house.service

    def steps(_copy):
        for _ in range(4):
            in_one_transaction(house.database, lambda tx: Step(tx, at("12-10"), service.terms, service.accounts, {}).take(), tries=20)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(steps, range(3)))

    told = [one for one in house.told() if isinstance(one, ReminderDue)]
    assert len(told) == len({due.vehicle_id for due in told}) == CARS
    assert house.numbers() == {"asked": CARS}
    assert {item.version for car in cars for item in house.items_of(car).values()} == {2}
    house.database.dispose()
