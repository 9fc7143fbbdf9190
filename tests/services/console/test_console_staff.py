"""Staff: added, given another role, disabled, reset; and the first of them all."""

import re
from datetime import UTC, datetime

import pytest

from chassis.database import Database, migrate, open_engine
from chassis.outbox import OutboxWriter
from services.console.access import ROLES
from services.console.staff import FIRST, register_of
from tests.services.console.conftest import PASSWORD
from tests.services.house import ROOT, VAULT

SHOWN = re.compile(r'<code id="password">([a-z0-9-]{19})</code>')


@pytest.fixture
def empty(tmp_path):
    """A register without anybody."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    migrate(url, ROOT / "services" / "console" / "migrations")
    database = Database(open_engine(url, 5), OutboxWriter("console", VAULT))
    return register_of(database, "k" * 40, lambda: datetime(2026, 3, 9, tzinfo=UTC))


def test_the_first_start_makes_an_administrator_once_and_tells_the_password_once(empty):
    first, second = empty.make_first(), empty.make_first()

    member = empty.get(FIRST)
    assert (member.role, member.must_change, second) == ("administrator", True, None)
    assert first not in member.password


def test_a_house_with_staff_gets_nobody_made(console):
    assert console.context.staff.make_first() is None
    assert console.context.staff.get(FIRST) is None


def test_an_added_account_comes_in_with_the_password_that_was_shown_once(console):
    administrator = console.login("administrator")

    shown = administrator.post("/staff", {"name": " Li.Ming ", "role": "operator"})

    password = SHOWN.search(shown.text).group(1)
    newcomer = console.visitor()
    assert newcomer.log_in("li.ming", password).status_code == 303
    assert newcomer.get("/").headers["Location"] == "/console/own/password"
    assert password not in administrator.get("/staff/li.ming").text
    assert ("administrator", "staff.added", "li.ming") in console.audited()


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [("operator", "auditor", 409), ("x", "auditor", 400), ("李明", "auditor", 400), ("a b", "auditor", 400), ("eve", "root", 400)],
)
def test_an_account_that_cannot_be_is_refused_in_words(console, name, role, status):
    answer = console.login("administrator").post("/staff", {"name": name, "role": role})

    assert answer.status_code == status
    assert len(console.context.staff.all()) == len(ROLES)


def test_a_reset_ends_the_old_password_and_all_sessions(console):
    working = console.login("operator")

    shown = console.login("administrator").post("/staff/operator/reset")

    assert working.get("/own/password").status_code == 303
    assert console.visitor().log_in("operator", PASSWORD).status_code == 401
    assert console.visitor().log_in("operator", SHOWN.search(shown.text).group(1)).status_code == 303


def test_a_disabled_account_is_out_at_once_and_may_be_let_in_again(console):
    administrator, working = console.login("administrator"), console.login("operator")

    administrator.post("/staff/operator/disabled", {"disabled": "yes"})
    out = working.get("/own/password").status_code
    administrator.post("/staff/operator/disabled", {"disabled": "no"})

    assert out == 303
    assert console.visitor().log_in("operator", PASSWORD).status_code == 303


@pytest.mark.parametrize(("path", "data"), [("role", {"role": "auditor"}), ("disabled", {"disabled": "yes"})])
def test_the_last_administrator_stays(console, path, data):
    answer = console.login("administrator").post(f"/staff/administrator/{path}", data)

    member = console.context.staff.get("administrator")
    assert (answer.status_code, member.role, member.disabled) == (409, "administrator", False)


def test_one_of_two_administrators_may_go(console):
    administrator = console.login("administrator")
    administrator.post("/staff/operator/role", {"role": "administrator"})

    assert administrator.post("/staff/administrator/role", {"role": "auditor"}).status_code == 303
    assert administrator.get("/staff").status_code == 403


def test_what_somebody_is_named_is_text_on_every_page(console):
    answer = console.login("administrator").get("/staff/<script>alert(1)")

    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_manager_belongs_to_a_place_and_others_to_none(console):
    administrator = console.login("administrator")

    administrator.post("/staff", {"name": "wang.fang", "role": "dealer_manager", "place": "D007"})
    made = console.context.staff.get("wang.fang").scope
    administrator.post("/staff/wang.fang/role", {"role": "region_manager", "place": "EAST"})
    moved = console.context.staff.get("wang.fang").scope
    administrator.post("/staff/wang.fang/role", {"role": "auditor", "place": "EAST"})

    assert (made, moved, console.context.staff.get("wang.fang").scope) == ("dealer:D007", "region:EAST", "")


@pytest.mark.parametrize(
    ("role", "place", "said"),
    [
        ("dealer_manager", "D999", "没有代码为 D999 的服务店，请核对代码。"),
        ("dealer_manager", "d007", "没有代码为 d007 的服务店，是不是 D007？"),
        ("dealer_manager", "EAST", "没有代码为 EAST 的服务店"),
        ("region_manager", "D007", "没有代码为 D007 的大区"),
        ("region_manager", "East", "没有代码为 East 的大区，是不是 EAST？"),
    ],
)
def test_a_place_that_the_dms_does_not_have_is_refused_by_name(console, role, place, said):
    administrator = console.login("administrator")

    added = administrator.post("/staff", {"name": "wang.fang", "role": role, "place": place})
    moved = administrator.post("/staff/auditor/role", {"role": role, "place": place})

    assert (added.status_code, moved.status_code) == (400, 400)
    assert said in added.text
    assert (console.context.staff.get("wang.fang"), console.context.staff.get("auditor").role) == (None, "auditor")


def test_before_the_dms_has_told_of_dealers_nobody_becomes_a_manager(console, reminding):
    reminding.dealers = ()

    answer = console.login("administrator").post("/staff", {"name": "wang.fang", "role": "region_manager", "place": "EAST"})

    assert (answer.status_code, "DMS 还没有报来任何大区" in answer.text) == (400, True)


def test_while_nobody_can_say_which_places_there_are_others_are_still_added(console, reminding):
    reminding.stop()
    administrator = console.login("administrator")

    manager = administrator.post("/staff", {"name": "wang.fang", "role": "dealer_manager", "place": "D007"})
    auditor = administrator.post("/staff", {"name": "li.ming", "role": "auditor", "place": "D007"})

    assert (manager.status_code, "提醒服务暂时没有回答" in manager.text) == (503, True)
    assert auditor.status_code == 200


@pytest.mark.parametrize("place", ["", " ", "上海店", "D 1", "x" * 33])
def test_a_manager_without_a_code_is_refused_in_words(console, place):
    answer = console.login("administrator").post("/staff", {"name": "wang.fang", "role": "dealer_manager", "place": place})

    assert (answer.status_code, console.context.staff.get("wang.fang")) == (400, None)
