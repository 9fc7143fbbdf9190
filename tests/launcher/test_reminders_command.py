"""`cheqiao reminders` against the service's own API: what is shown, and how it ends."""

import json
import threading
import time
from datetime import date
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import select, update
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from chassis.settings import Reminders
from launcher.commands import cheqiao
from services.reminders.api.app import create_reminders_api
from services.reminders.tables import items, loads, runs
from tests.services.house import VAULT, House
from tests.services.reminders.figures.figure_worlds import PERIOD, Reminding, World
from tests.services.reminders.reminder_rows import a_car, a_run, keep
from tests.serving import Server

TOKEN = "a token that only operators have"
VIN = "LS4AAAAA1AA000001"


@pytest.fixture
def house(tmp_path):
    return House(Reminding(), tmp_path / "reminders.db")


@pytest.fixture
def command(house):
    """Runs it with these words; gives its end and what it printed."""
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN)), reminders=Reminders())
    api = create_reminders_api(house.runtime(process=SimpleNamespace(settings=settings)))
    server = Server(DispatcherMiddleware(NotFound(), {"/reminders/v1": api}))
    environ = {"CHEQIAO_HTTP_INTERNAL": f"127.0.0.1:{server.port}", "CHEQIAO_OPERATOR_TOKEN": TOKEN, "CHEQIAO_OPERATOR": "韩梅梅"}

    def run(*words):
        return CliRunner(env=environ).invoke(cheqiao, ["reminders", *words])

    yield run
    server.stop()


def ended_soon(house, table):
    """As soon as there is a row, it is done."""

    def end():
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with house.write() as tx:
                if tx.execute(update(table).where(table.c.state == "running").values(state="done")).rowcount:
                    return
            time.sleep(0.05)

    thread = threading.Thread(target=end)
    thread.start()
    return thread


def test_it_is_explained_why_a_car_has_an_item(house, command):
    car = a_car(vin=VIN, vehicle_id=VAULT.vehicle_id(VIN), compulsory_insurance_expiry=date(2026, 12, 9))
    with house.write() as tx:
        keep(tx, cars_=[car])

    told = command("explain", VIN, "--period", "2026-12", "--json")

    insurance = next(one for one in json.loads(told.stdout)["reasons"] if one["type"] == "insurance")
    assert (told.exit_code, insurance["has"], insurance["due_date"]) == (0, True, "2026-12-09")
    assert "保险" in command("explain", VIN, "--period", "2026-12").stdout


def test_a_month_is_made_and_followed_to_its_end(house, command):
    ending = ended_soon(house, runs)

    told = command("generate", "--period", "2026-12", "--json")

    ending.join()
    answer = json.loads(told.stdout[told.stdout.index("{") :])  # the service's own log is in this process's output, too
    assert (told.exit_code, answer["state"]) == (0, "done")
    with house.database.read() as connection:
        assert connection.execute(select(runs.c.ordered_by)).scalar_one() == "韩梅梅"
    assert "2026-12" in command("runs").stdout


def test_a_load_is_ordered_and_followed_to_its_end(house, command):
    ending = ended_soon(house, loads)

    told = command("load", "cars", "--full")

    ending.join()
    assert (told.exit_code, "done" in told.stdout) == (0, True)


def test_without_following_the_order_alone_is_told(command):
    told = command("load", "dates", "--no-follow", "--json")

    assert (told.exit_code, json.loads(told.stdout)["state"]) == (0, "running")


def test_how_it_stands_is_one_table_after_another(command):
    told = command("status")

    assert told.exit_code == 0
    assert "还没有生成过" in told.stdout
    assert "没有脏数据" in command("dirty").stdout


def test_statistics_that_are_off_end_with_one(house, command):
    world = World(house.database, seed=1)
    world.make(5)
    agreeing = command("recount", "--period", PERIOD)
    with house.write() as tx:
        tx.execute(update(items).where(items.c.item_id == world.ids[0]).values(tracked=True))

    differing = command("recount", "--period", PERIOD)

    assert (agreeing.exit_code, differing.exit_code) == (0, 1)
    assert "tracked" in differing.stdout


@pytest.mark.parametrize("words", [("generate",), ("generate", "--period", "2026-13"), ("load", "wheels")])
def test_called_wrongly_it_ends_with_two(command, words):
    assert command(*words).exit_code == 2


def test_what_the_system_refuses_ends_with_one(command):
    told = command("explain", "short", "--period", "2026-12")

    assert told.exit_code == 1
    assert "vin" in told.output


def test_a_month_that_differs_is_accepted_by_the_begin_of_its_id(house, command):
    run = a_run(state="differs", origin="dms", told={"pages": 1, "counts": {}, "checksum": "8"})
    with house.write() as tx:
        keep(tx, runs_=[run])

    told = command("accept", str(run["run_id"])[:8], "--no-follow", "--json")
    again, unknown = command("accept", str(run["run_id"])), command("accept", "no-such-run")

    answer = json.loads(told.stdout[told.stdout.index("{") :])
    assert (told.exit_code, answer["state"], answer["accepted_by"]) == (0, "tasks", "韩梅梅")
    assert (again.exit_code, unknown.exit_code) == (1, 2)
