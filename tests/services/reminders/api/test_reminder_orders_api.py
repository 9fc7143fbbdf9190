"""Orders over HTTP: decisions, runs, loads and rules."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import insert

from chassis.settings import Reminders
from contracts.dms import FetchDealers
from contracts.reminders import ContactState, Outcome, ReminderType
from contracts.vehicles import FetchCars
from services.reminders.items import ItemStore
from services.reminders.tables import differences, dirty_rows, messages, task_pages
from tests.services.house import VAULT
from tests.services.reminders.figures.figure_worlds import World, an_item
from tests.services.reminders.reminder_rows import a_car, a_run, keep
from tests.services.reminders.reminder_rows import an_item as row_of_item

ENDED = "2026-11"


@pytest.fixture
def world(house):
    return World(house.database, seed=1)


def add(world, **changes):
    its = {
        "type": ReminderType.INSURANCE,
        "period": ENDED,
        "due_date": date(2026, 11, 9),
        "outcome": Outcome.FOR_DECISION,
        "contact_state": ContactState.MISSED,
        "dealer_code": "CQ01",
        "region_code": "SW",
    }
    item = an_item(world.chance, **(its | changes))
    with world.database.write() as tx:
        ItemStore().add(tx, item)
    return item


def decide(ask, *ids, decision="carry", reason="", **more):
    form = {"item_ids": [str(one) for one in ids], "decision": decision, "reason": reason}
    return ask("POST", "/decisions", json=form, **more)


def test_the_first_decision_counts(ask, world):
    item = add(world)

    first, second = decide(ask, item.item_id), decide(ask, item.item_id, decision="drop", reason="已卖车")

    assert first.json() == {"decided": 1, "already": [], "not_open": []}
    assert second.json() == {"decided": 0, "already": [str(item.item_id)], "not_open": []}
    story = ask("GET", f"/items/{item.item_id}").json()
    assert (story["item"]["outcome"], story["item"]["decided_by"]) == ("carried", "li")
    assert story["carried_to"]
    assert "carry" in [step["what"] for step in story["steps"]]


def test_what_is_given_up_needs_a_reason(ask, world):
    answer = decide(ask, add(world).item_id, decision="drop", reason=" ")

    assert (answer.status_code, answer.json()["message_en"]) == (400, "Please check: reason.")


def test_what_is_not_theirs_is_neither_decided_nor_shown(ask, world):
    item = add(world)

    answer = decide(ask, item.item_id, scope="dealer:BJ01")

    assert answer.json() == {"decided": 0, "already": [], "not_open": [str(item.item_id)]}
    assert ask("GET", f"/items/{item.item_id}", scope="dealer:BJ01").status_code == 404
    assert ask("GET", f"/items/{item.item_id}", scope="dealer:CQ01").json()["item"]["outcome"] == "for_decision"


def test_five_hundred_are_decided_at_once(ask, world):
    ids = [add(world).item_id for _ in range(3)] + [uuid4() for _ in range(497)]

    answer = decide(ask, *ids)

    assert (answer.status_code, answer.json()["decided"], len(answer.json()["not_open"])) == (200, 3, 497)


def test_a_run_is_begun_once_and_followed(ask, house):
    first, second = (ask("POST", "/runs", json={"period": "2026-12"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["run_id"] == second.json()["run_id"]
    shown = ask("GET", f"/runs/{first.json()['run_id']}").json()
    assert (shown["period"], shown["state"], shown["ordered_by"]) == ("2026-12", "running", "li")
    assert ask("GET", "/runs").json()["runs"] == [shown]
    assert ask("GET", f"/runs/{uuid4()}").status_code == 404


def test_a_month_that_is_over_is_not_made_any_more(ask, house):
    refused = ask("POST", "/runs", json={"period": "2026-11"})

    assert (refused.status_code, refused.json()["code"]) == (409, "period")
    assert ask("GET", "/runs").json()["runs"] == []


class TestWhereTheDmsMakesTheMonth:
    @pytest.fixture
    def terms(self):
        return Reminders(source="dms")

    def test_no_run_is_begun_by_us(self, ask):
        assert ask("POST", "/runs", json={"period": "2026-12"}).status_code == 409


def test_a_run_shows_what_csc_answered_and_what_the_dms_said(ask, house):
    run = a_run(counts={"insurance": 2}, checksum="7", told={"pages": 1, "counts": {"insurance": 3}, "checksum": "8"}, state="differs")
    with house.write() as tx:
        keep(tx, runs_=[run])
        page = {
            "page_id": uuid4(),
            "run_id": run["run_id"],
            "first_item": uuid4(),
            "last_item": uuid4(),
            "tasks": 2,
            "opened": 1,
            "refused": 1,
            "told_at": 1,
        }
        tx.execute(insert(task_pages), [page])

    shown = ask("GET", f"/runs/{run['run_id']}").json()

    assert (shown["tasks_opened"], shown["tasks_refused"]) == (1, 1)
    assert (shown["counts"], shown["told_counts"], shown["told_checksum"]) == ({"insurance": 2}, {"insurance": 3}, "8")


def test_a_run_that_differs_is_accepted_once_and_shows_by_whom(ask, house):
    run = a_run(state="differs", origin="dms", told={"pages": 1, "counts": {"insurance": 3}, "checksum": "8"})
    with house.write() as tx:
        keep(tx, runs_=[run])

    first, second = (ask("POST", f"/runs/{run['run_id']}/accept") for _ in range(2))

    assert (first.status_code, first.json()["state"], first.json()["accepted_by"]) == (200, "tasks", "li")
    assert (second.status_code, second.json()["code"]) == (409, "not_differing")
    assert ask("POST", f"/runs/{uuid4()}/accept").status_code == 404
    assert ask("POST", f"/runs/{run['run_id']}/accept", scope="dealer:CQ01").status_code == 403


def test_differences_of_a_run_are_shown_by_car(ask, house):
    car, run = a_car(), a_run(run_no=2)
    rows = [
        {
            "run_id": run["run_id"],
            "item_id": uuid4(),
            "vehicle_id": car["vehicle_id"],
            "type": "insurance",
            "due_date": date(2026, 12, 3),
            "kind": kind,
            "dealer_code": "CQ01",
        }
        for kind in ("added", "added", "gone")
    ]
    with house.write() as tx:
        keep(tx, cars_=[car], runs_=[run])
        tx.execute(insert(differences), rows)

    shown = ask("GET", f"/runs/{run['run_id']}").json()
    answer = ask("GET", f"/runs/{run['run_id']}/differences").json()

    assert (shown["added"], shown["gone"]) == (2, 1)
    assert {row["vin"] for row in answer["rows"]} == {"••••000001"}
    assert (len(answer["rows"]), answer["next"]) == (3, None)


def test_a_load_is_ordered_stopped_and_resumed(ask, house):
    begun = ask("POST", "/loads", json={"source": "cars", "full": True})
    load_id = begun.json()["load_id"]

    stopped = ask("POST", f"/loads/{load_id}/stop").json()
    resumed = ask("POST", f"/loads/{load_id}/resume").json()

    assert (begun.status_code, begun.json()["state"], stopped["state"], resumed["state"]) == (202, "running", "stopped", "running")
    assert [type(one) for one in house.told()] == [FetchDealers, FetchCars, FetchCars]
    assert ask("GET", "/loads").json()["loads"][0]["load_id"] == load_id
    assert ask("GET", f"/loads/{load_id}").json()["ordered_by"] == "li"
    assert ask("POST", f"/loads/{uuid4()}/stop").status_code == 404


def test_dirty_rows_come_in_pages_and_are_counted_by_flaw(ask, house):
    car = a_car()
    rows = [
        {
            "source": "cars",
            "record_id": f"R~{number}",
            "field": "invoice_date",
            "flaw": "missing" if number % 2 else "zero",
            "version": 1,
            "vehicle_id": car["vehicle_id"],
            "dealer_code": "CQ01",
            "seen_at": number // 3,
        }
        for number in range(130)
    ]
    with house.write() as tx:
        keep(tx, cars_=[car])
        tx.execute(insert(dirty_rows), rows)

    first = ask("GET", "/dirty", params={"dealer": "CQ01"}).json()
    second = ask("GET", "/dirty", params={"after": first["next"]}).json()

    assert {row["record_id"] for row in [*first["rows"], *second["rows"]]} == {row["record_id"] for row in rows}
    assert (len(first["rows"]), len(second["rows"]), second["next"]) == (100, 30, None)
    assert sum(first["by_flaw"].values()) == 130
    assert first["rows"][0]["vin"] == "••••000001"


def test_a_task_that_csc_refused_is_listed_counted_and_found(ask, house):
    refused = {
        "source": "tasks",
        "record_id": str(uuid4()),
        "field": "no_dealer",
        "flaw": "refused",
        "version": 0,
        "dealer_code": "",
        "seen_at": 1,
    }
    with house.write() as tx:
        tx.execute(insert(dirty_rows).values(refused))

    listed, found = ask("GET", "/dirty").json(), ask("GET", "/dirty", params={"source": "tasks", "flaw": "refused"}).json()

    assert listed["by_flaw"] == {"refused": 1}
    assert [(row["record_id"], row["field"]) for row in found["rows"]] == [(refused["record_id"], "no_dealer")]


def test_rules_are_changed_from_the_version_in_force_only(ask):
    rules = ask("GET", "/rules").json()
    wanted = {"version": rules["version"], "rules": {"maintenance": rules["rules"]["maintenance"] | {"months": 9}}}

    changed, too_late = ask("POST", "/rules", json=wanted), ask("POST", "/rules", json=wanted)

    assert (changed.status_code, changed.json()["version"], changed.json()["made_by"]) == (201, rules["version"] + 1, "li")
    assert changed.json()["rules"]["maintenance"]["months"] == 9
    assert set(changed.json()["rules"]) == set(ReminderType)
    assert (too_late.status_code, too_late.json()["code"]) == (409, "changed")


def test_it_is_explained_why_a_car_has_an_item(ask, house):
    vin = "LS4AAAAA1AA000001"
    car = a_car(vin=vin, vehicle_id=VAULT.vehicle_id(vin), compulsory_insurance_expiry=date(2026, 12, 9), due_insurance=date(2026, 12, 9))
    with house.write() as tx:
        keep(tx, cars_=[car])

    answer = ask("POST", "/explain", json={"vin": vin, "period": "2026-12"}).json()

    insurance = next(one for one in answer["reasons"] if one["type"] == "insurance")
    assert (answer["known"], insurance["has"], insurance["code"], insurance["due_date"]) == (True, True, "due_in_period", "2026-12-09")
    assert {one["type"] for one in answer["reasons"]} == set(ReminderType)


def test_a_car_that_nobody_told_of_is_unknown(ask):
    assert ask("POST", "/explain", json={"vin": "LS4AAAAA1AA000009", "period": "2026-12"}).json()["known"] is False


def test_todays_messages_are_counted(ask, house):
    base = {
        "version": 1,
        "period": "2026-12",
        "vehicle_id": uuid4(),
        "follower_id": uuid4(),
        "account": "wx1",
        "urgency": "service",
        "reason": "",
        "not_before": 0,
    }
    far = 1_796_100_000_000
    states = [("planned", None), ("asked", far), ("delivered", far), ("clicked", far), ("failed", far), ("sent", 1)]
    with house.write() as tx:
        for state, asked_at in states:
            tx.execute(insert(messages), [base | {"message_id": uuid4(), "state": state, "asked_at": asked_at}])
        tx.execute(insert(messages), [base | {"message_id": uuid4(), "state": "planned", "not_before": far}])

    answer = ask("GET", "/sending").json()

    told = {name: answer[name] for name in ("planned", "asked", "sent", "failed", "postponed")}
    assert told == {"planned": 2, "asked": 1, "sent": 2, "failed": 1, "postponed": 1}


def test_items_that_wait_for_a_message_are_counted_by_whether_their_day_has_come(ask, house):
    """It is 1 December: maintenance is told of 14 days before, a birthday on the day."""
    waits = {"wechat_state": "queued", "type": "maintenance", "due_date": date(2026, 12, 15)}
    items = [
        waits,
        waits | {"type": "birthday", "due_date": date(2026, 12, 1)},
        waits | {"due_date": date(2026, 12, 16)},
        waits | {"type": "birthday"},
        waits | {"type": "campaign"},
        waits | {"message_id": uuid4()},
        waits | {"wechat_state": "none"},
        waits | {"period": ENDED},
    ]
    with house.write() as tx:
        keep(tx, items_=[row_of_item(**one) for one in items])

    answer = ask("GET", "/sending").json()

    assert (answer["queued"], answer["later"], answer["planned"]) == (2, 3, 0)
