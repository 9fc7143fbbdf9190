"""A reminder from the adviser's date to the car in the workshop: message, page, booking, call, visit, and what it adds up to (flows 2)."""

import re
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import requests

from launcher.operator import Operator
from tests.journeys.newcomers import Newcomer, path_of
from tests.journeys.people import Record, wait
from tests.journeys.world import World

CHINA = ZoneInfo("Asia/Shanghai")


def today() -> str:
    return datetime.now(CHINA).date().isoformat()


def period() -> str:
    return today()[:7]


def house(world: World, method: str, path: str, body: Record | None = None, **query: str) -> Record:
    """What /reminders/v1 answers to an operator."""
    operator = Operator.here(world.stage.environment)
    url = f"http://{operator.address}/reminders/v1{path}"
    headers = {"Authorization": f"Bearer {operator.token}", "X-Operator": "journey"}
    answer = requests.request(method, url, headers=headers, json=body, params=query, timeout=20)
    assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
    return dict(answer.json())


def has_insurance_due(world: World, vin: str) -> bool:
    said = house(world, "POST", "/explain", {"vin": vin, "period": period()})
    return said["known"] and any(reason["type"] == "insurance" and reason["has"] for reason in said["reasons"])


def make_the_month(world: World) -> None:
    """Once more, whatever was made before: what is new in it is added."""
    run = house(world, "POST", "/runs", {"period": period()})["run_id"]
    wait("the month is made", lambda: house(world, "GET", f"/runs/{run}")["state"] == "done")


def task_of(world: World, vin: str) -> Record:
    """At CSC's desk, of the insurance."""

    def there() -> Record | None:
        listed = world.csc.ask("GET", "/desk/reminders", params={"show": "all", "q": vin})["reminders"]
        return next((one for one in listed if one["type"] == "insurance" and one["vin"] == vin), None)

    found: Record = wait("CSC has the task", there)
    return found


def standing(world: World, item: str, **wanted: Any) -> None:
    """Of the item, as we, CSC and the DMS have it in the end."""

    def ours() -> bool:
        row = house(world, "GET", f"/items/{item}")["item"]
        return all(row[name] == value for name, value in wanted.items())

    def theirs() -> bool:
        task = world.csc.ask("GET", f"/desk/reminders/{item}")
        kept = [one for one in world.dms.ask("GET", "/control/state")["standings"] if one["item_id"] == item]
        return all(one[name] == value for one in (task, *kept) for name, value in wanted.items()) and bool(kept)

    wait(f"the item is {wanted}", ours)
    wait(f"CSC and the DMS know that it is {wanted}", theirs)


def with_insurance_due(world: World, newcomer: Newcomer) -> str:
    """A car that the newcomer has registered; its insurance ends today, which the adviser has just entered."""
    vin = world.staff.sell(newcomer.person)
    newcomer.register(vin)
    world.csc.ask("PUT", f"/desk/service-dates/{vin}", json={"compulsory_insurance_expiry": today()})
    wait("the date is known", lambda: has_insurance_due(world, vin))
    return vin


def reminder_message(newcomer: Newcomer) -> Record:
    def there() -> Record | None:
        return next(iter(newcomer.reminders()), None)

    found: Record = wait("the reminder came by WeChat", there)
    return found


def test_a_follower_is_reminded_reads_books_and_comes_in(world: World):
    newcomer = world.a_newcomer()
    vin = with_insurance_due(world, newcomer)

    make_the_month(world)
    item = task_of(world, vin)["item_id"]
    message = reminder_message(newcomer)
    standing(world, item, wechat_state="delivered", contact_state="open", outcome="open")

    page = newcomer.page(path_of(message["url"]))
    standing(world, item, wechat_state="clicked")
    assert "保险" in page
    assert re.search(r"/m/appointments/new\?[^\"]*item=" + item, page)

    follower = newcomer.follower()
    appointment = follower.book(source="reminder", reminder_item_id=item)
    standing(world, item, outcome="booked")

    world.csc.ask("POST", f"/desk/reminders/{item}/calls", json={"result": "reached", "seconds": 40})
    world.csc.ask("POST", f"/desk/reminders/{item}/slip", json={"customer_answer": "booked", "appointment_id": appointment})
    standing(world, item, contact_state="slip_saved")

    world.staff.arrive(vin=vin, dealer_code="D001")
    standing(world, item, wechat_state="clicked", contact_state="slip_saved", outcome="returned")
    world.at_rest()
    assert house(world, "GET", "/recount", period=period())["off"] == 0


def test_who_wants_no_reminders_of_a_type_gets_none_and_is_called_nevertheless(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    newcomer.register(vin)
    newcomer.taken("/reminders/wishes", {"id": str(uuid4()), "type": "insurance", "wanted": False})
    wait("the page knows it", lambda: "不再提醒" in newcomer.page("/reminders"))
    world.csc.ask("PUT", f"/desk/service-dates/{vin}", json={"compulsory_insurance_expiry": today()})
    wait("the date is known", lambda: has_insurance_due(world, vin))

    make_the_month(world)
    item = task_of(world, vin)["item_id"]

    standing(world, item, wechat_state="suppressed", contact_state="open")
    assert newcomer.reminders() == []
