"""The console before the reminders service itself: the pages' numbers are the schema's, and a decision gets there."""

from datetime import date, timedelta
from random import Random
from types import SimpleNamespace

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from chassis.settings import Reminders
from contracts.reminders import Outcome, ReminderType
from services.console.service import ConsoleService
from services.reminders.api.app import create_reminders_api
from services.reminders.items import ItemStore
from services.reminders.tables import items, sums
from tests.services.console.conftest import NOW, TOKEN, Console, CopiedHouse
from tests.services.house import House, Times
from tests.services.reminders.figures.figure_worlds import Reminding, an_item
from tests.serving import Server

LAST = "2026-02"
DEALERS = (("D001", "EAST"), ("D002", "EAST"), ("D009", "WEST"))
EACH = 4


@pytest.fixture
def reminders(tmp_path):
    """Each dealer has so many items that wait for a decision."""
    house = House(Reminding(), tmp_path / "reminders.db")
    chance = Random(1)
    with house.database.write() as tx:
        for dealer, region in DEALERS * EACH:
            given = {"period": LAST, "dealer_code": dealer, "region_code": region, "type": ReminderType.INSPECTION}
            ItemStore().add(tx, an_item(chance, due_date=date(2026, 2, 14), outcome=Outcome.FOR_DECISION, **given))
    return house


@pytest.fixture
def real(reminders, made_schemas, tmp_path, insight_store):
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN)), reminders=Reminders())
    api = create_reminders_api(reminders.runtime(process=SimpleNamespace(settings=settings)), Times(NOW - timedelta(days=6)))

    def mounted(environ, start_response):
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = "/reminders/v1", environ["PATH_INFO"].removeprefix("/reminders/v1")
        return api(environ, start_response)

    server = Server(mounted)
    house = CopiedHouse(ConsoleService(), made_schemas / "console.sqlite", tmp_path)
    yield Console(house, insight_store.url, server.url)
    server.stop()


def test_every_page_is_answered(real):
    visitor = real.login("administrator")

    pages = ("/figures", f"/lists?period={LAST}", "/reminders", "/facts", "/facts/dirty", "/rules", "/rules/explain")
    answers = {path: visitor.get(path).status_code for path in pages}

    assert answers == dict.fromkeys(pages, 200)


@pytest.mark.parametrize(("role", "dealers"), [("operator", 3), ("region_manager", 2), ("dealer_manager", 1)])
def test_an_account_sees_as_many_items_as_its_place_has(real, role, dealers):
    visitor = real.login(role)

    listed = visitor.get(f"/lists?period={LAST}&list=for_decision&format=csv").text
    counted = visitor.get(f"/figures?period={LAST}&by=types&cols=due&format=csv").text

    assert len(listed.splitlines()) == 1 + dealers * EACH
    assert str(dealers * EACH) in counted.split()


def test_a_decision_gets_there_and_another_dealers_is_left_alone(real, reminders):
    with reminders.database.write() as tx:
        found = {item.item_id: item.dealer_code for item in _all(tx)}

    answer = real.login("dealer_manager").post("/lists/decide", {"item": list(found), "decision": "drop", "reason": "车辆长期停驶"})

    with reminders.database.write() as tx:
        dropped = {item.dealer_code for item in _all(tx) if item.outcome is Outcome.DROPPED}
    others = len(found) - EACH
    assert answer.headers["Location"].endswith(f"decided={EACH}&not_open={others}")
    assert dropped == {"D001"}


def test_rules_are_changed_there(real):
    visitor = real.login("operator")
    types = {f"{type}.enabled": "yes" for type in ReminderType}

    answer = visitor.post("/rules", {"version": "1", **types, "maintenance.months": "9", "maintenance.lead_days": "20"})

    assert answer.status_code == 303
    assert "第 2 版" in visitor.get("/rules").text


def test_a_recount_finds_what_was_put_wrong_behind_the_services_back(real, reminders):
    visitor = real.login("auditor")
    equal = visitor.post("/figures/recount", {"of": "reminders", "period": LAST}).text
    with reminders.database.write() as tx:
        tx.execute(sums.update().where(sums.c.dealer_code == "D009", sums.c.period == LAST).values(due_new=sums.c.due_new + 2))

    answer = visitor.post("/figures/recount", {"of": "reminders", "period": LAST})

    assert 'state-fine"' in equal
    assert "1 处不一致" in answer.text
    for told in ("WEST", "D009", "年审", "新增", f">{EACH + 2}<", f">{EACH}<", "+2"):
        assert told in answer.text


def _all(tx):
    return ItemStore().find_all(tx, tx.execute(select(items.c.item_id)).scalars().all())
