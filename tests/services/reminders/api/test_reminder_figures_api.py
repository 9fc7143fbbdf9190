"""Statistics and lists over HTTP: what each may see, and no more (A-REM-32..39)."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import insert

from contracts.reminders import ContactState, Outcome, ReminderType, WechatState
from services.reminders.items import ItemStore
from services.reminders.tables import dealers
from tests.services.reminders.figures.figure_worlds import NOW, PERIOD, World, an_item
from tests.services.reminders.reminder_rows import a_car, keep

MONTH = {"first": PERIOD, "last": PERIOD}
NORTH, SOUTH = ("BJ01", "N"), ("CQ01", "SW")


@pytest.fixture
def world(house):
    return World(house.database, seed=1)


def add(world, *, dealer=SOUTH, **changes):
    item = an_item(world.chance, **{"type": ReminderType.INSURANCE, "dealer_code": dealer[0], "region_code": dealer[1], **changes})
    with world.database.write() as tx:
        ItemStore().add(tx, item)
    return item


def three_items(world):
    """In the south one was told and one was not; in the north one that was reached and came back."""
    add(world, registered=True, wechat_state=WechatState.DELIVERED)
    add(world, registered=False)
    back = {"visit_id": uuid4(), "visit_dealer": "BJ01", "outcome": Outcome.RETURNED}
    add(world, dealer=NORTH, contact_state=ContactState.SLIP_SAVED, tracked=True, **back)


def test_without_the_token_nothing_is_said(ask):
    assert ask("GET", "/figures", token="another", params=MONTH).status_code == 401


def test_the_nation_is_the_sum_of_its_dealers(ask, world):
    three_items(world)

    (nation,) = ask("GET", "/figures", params=MONTH).json()["rows"]
    by_dealer = ask("GET", "/figures", params={**MONTH, "level": "dealer"}).json()["rows"]

    assert (nation["code"], nation["service"]["due_new"], nation["service"]["returned_cars"]) == ("", 3, 1)
    assert {row["code"]: row["service"]["due_new"] for row in by_dealer} == {"CQ01": 2, "BJ01": 1}
    assert sum(row["service"]["delivered"] for row in by_dealer) == nation["service"]["delivered"] == 1


def test_all_dealers_are_told_whether_they_have_items_or_not_and_not_to_who_sees_a_part(ask, world):
    with world.database.write() as tx:
        rows = [{"dealer_code": code, "version": 1, "name": f"{code}店", "region_code": region} for code, region in (SOUTH, NORTH)]
        tx.execute(insert(dealers), rows)

    told, refused = ask("GET", "/dealers").json()["dealers"], ask("GET", "/dealers", scope="dealer:BJ01")

    assert told == [{"code": code, "name": f"{code}店", "region_code": region} for code, region in (NORTH, SOUTH)]
    assert refused.status_code == 403


def test_a_region_is_asked_for_its_dealers_and_for_itself(ask, world):
    three_items(world)

    its_dealers = ask("GET", "/figures", params={**MONTH, "level": "dealer", "code": "N"}).json()["rows"]
    (region,) = ask("GET", "/figures", params={**MONTH, "level": "region", "code": "N"}).json()["rows"]

    assert [row["code"] for row in its_dealers] == ["BJ01"]
    assert (region["code"], region["service"]["tracked"]) == ("N", 1)


def test_birthdays_and_campaigns_are_counted_apart(ask, world):
    add(world, type=ReminderType.BIRTHDAY, registered=True, wechat_state=WechatState.CLICKED)
    add(world, type=ReminderType.CAMPAIGN)

    (nation,) = ask("GET", "/figures", params={**MONTH, "by_type": "1"}).json()["rows"]

    assert nation["service"]["due_new"] == 0
    assert (nation["birthday"]["clicked"], nation["campaign"]["due_new"]) == (1, 1)
    assert set(nation["by_type"]) == {"birthday", "campaign"}


def test_what_changes_after_the_freeze_stands_beside_the_figures(ask, world):
    item = add(world)
    world.freeze()
    with world.database.write() as tx:
        before = ItemStore().find(tx, item.item_id)
        ItemStore().keep(tx, before, replace(before, contact_state=ContactState.REACHED, reached_at=NOW))

    answer = ask("GET", "/figures", params=MONTH).json()

    (nation,) = answer["rows"]
    assert PERIOD in answer["frozen"]
    assert (nation["service"]["reminded"], nation["corrections"]["reminded"], nation["corrections"]["not_reminded"]) == (0, 1, -1)


@pytest.mark.parametrize(
    "query", [{}, {"first": "2026-13", "last": PERIOD}, {"first": PERIOD, "last": "2026-01"}, {"first": "2020-01", "last": PERIOD}]
)
def test_a_query_off_its_form_is_400_and_names_what_to_check(ask, query):
    answer = ask("GET", "/figures", params=query)

    assert (answer.status_code, answer.json()["code"]) == (400, "form")


@pytest.mark.parametrize(("scope", "level"), [("dealer:CQ01", "nation"), ("dealer:CQ01", "region"), ("region:SW", "nation")])
def test_a_level_above_the_scope_is_forbidden(ask, world, scope, level):
    three_items(world)

    assert ask("GET", "/figures", scope=scope, params={**MONTH, "level": level}).status_code == 403


@pytest.mark.parametrize(
    ("scope", "code", "seen"), [("dealer:CQ01", "", {"CQ01"}), ("dealer:CQ01", "BJ01", set()), ("region:N", "", {"BJ01"})]
)
def test_figures_of_others_are_not_seen(ask, world, scope, code, seen):
    three_items(world)

    rows = ask("GET", "/figures", scope=scope, params={**MONTH, "level": "dealer", "code": code}).json()["rows"]

    assert {row["code"] for row in rows} == seen


def test_a_scope_off_its_form_is_refused(ask):
    assert ask("GET", "/figures", scope="everything", params=MONTH).status_code == 400


@pytest.mark.parametrize("path", ["/runs", "/loads", "/dirty", "/rules", "/sending", f"/recount?period={PERIOD}"])
def test_nothing_else_is_for_who_sees_one_dealer(ask, path):
    assert ask("GET", path, scope="dealer:CQ01").status_code == 403
    assert ask("GET", path).status_code == 200


def test_lists_hold_what_the_figures_count(ask, world):
    world.make(60)
    world.change_some(60)

    (nation,) = ask("GET", "/figures", params=MONTH).json()["rows"]
    lists = {
        name: ask("GET", f"/lists/{name}", params={"period": PERIOD}).json() for name in ("not_reminded", "not_tracked", "not_returned")
    }

    assert {name: len(page["items"]) for name, page in lists.items()} == {name: nation["service"][name] for name in lists}
    assert {name: page["number"] for name, page in lists.items()} == {name: nation["service"][name] for name in lists}


def test_a_dealer_whose_first_item_came_after_the_freeze_is_on_the_lists(ask, world):
    add(world)
    world.freeze()
    late = add(world, dealer_code="BJ01", region_code="N")

    page = ask("GET", "/lists/not_returned", params={"period": PERIOD, "region": "N"}).json()

    assert ([row["item_id"] for row in page["items"]], page["number"]) == ([str(late.item_id)], 1)


def test_a_long_list_comes_in_pages_without_gap_or_repeat(ask, world):
    world.make(330)

    seen, after = [], None
    while True:
        page = ask("GET", "/lists/not_returned", params={"period": PERIOD, **({"after": after} if after else {})}).json()
        seen += [row["item_id"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break

    assert len(seen) == len(set(seen)) == page["number"]
    assert len(seen) > 200


def test_a_row_shows_the_car_with_the_last_six_of_its_vin(ask, world):
    item = add(world, outcome=Outcome.FOR_DECISION)
    with world.database.write() as tx:
        keep(tx, cars_=[a_car(vehicle_id=item.vehicle_id, model_name="奥拓")])
        tx.execute(insert(dealers), [{"dealer_code": "CQ01", "version": 1, "name": "重庆一店", "region_code": "SW"}])

    (row,) = ask("GET", "/lists/for_decision", params={"period": PERIOD, "dealer": "CQ01", "region": "SW", "type": "insurance"}).json()[
        "items"
    ]

    assert (row["vin"], row["model_name"], row["dealer_name"]) == ("••••000001", "奥拓", "重庆一店")


@pytest.mark.parametrize(("scope", "number"), [("dealer:BJ01", 0), ("region:N", 0), ("region:SW", 1), (None, 1)])
def test_lists_are_of_ones_own(ask, world, scope, number):
    add(world)

    page = ask("GET", "/lists/not_returned", scope=scope, params={"period": PERIOD}).json()

    assert (len(page["items"]), page["number"]) == (number, number)


def test_an_unknown_list_or_cursor_is_told(ask):
    assert ask("GET", "/lists/everything", params={"period": PERIOD}).status_code == 404
    assert ask("GET", "/lists/not_returned", params={"period": PERIOD, "after": "x"}).status_code == 400


def test_the_recount_agrees(ask, world):
    world.make(20)
    world.change_some(20)

    assert ask("GET", "/recount", params={"period": PERIOD}).json() == {"period": PERIOD, "off": 0, "rows": []}
