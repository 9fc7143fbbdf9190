"""Staff: added, given another role, disabled, reset; and the first of them all."""

import re
from datetime import UTC, datetime

import pytest

from chassis.database import Database, migrate, open_engine
from chassis.outbox import OutboxWriter
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
    assert len(console.context.staff.all()) == 4


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
