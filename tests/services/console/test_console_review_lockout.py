"""A pause keeps guessers out, and is no way to shut out who belongs in."""

from datetime import timedelta

import pytest

from services.console.entering import FREE, LONGEST_PAUSE_SECONDS, Entrance, Refused
from services.console.frame import BROWSER_COOKIE, SESSION_COOKIE
from services.console.passwords import Passwords
from tests.services.console.conftest import PASSWORD, QUICK, Visitor


def besieged(console, name="operator"):
    """Somebody else tries and tries."""
    for number in range(FREE["name"] + 6):
        console.context.entrance.enter(name, "not the password", f"10.0.0.{number}")
        console.now.at += timedelta(seconds=LONGEST_PAUSE_SECONDS + 1)
    console.context.entrance.enter(name, "not the password", "10.0.0.99")


def let_in_before(console, name="operator"):
    visitor = console.visitor()
    visitor.log_in(name, PASSWORD)
    visitor.client.delete_cookie(SESSION_COOKIE, domain="console.test", path="/console/")
    return visitor


def test_who_was_let_in_with_this_browser_is_not_shut_out_by_what_others_try(console):
    mine = let_in_before(console)
    besieged(console)

    assert console.visitor().log_in("operator", PASSWORD).status_code == 429
    assert mine.log_in("operator", PASSWORD).status_code == 303


def test_nor_by_what_others_try_from_the_same_address(console):
    mine = let_in_before(console)
    for number in range(FREE["address"]):
        console.context.entrance.enter(f"name{number}", "not the password", "127.0.0.1")

    assert console.visitor().log_in("operator", PASSWORD).status_code == 429
    assert mine.log_in("operator", PASSWORD).status_code == 303


def test_a_browser_that_is_known_may_not_guess_any_more_than_others(console):
    mine = let_in_before(console)
    for _ in range(FREE["browser"]):
        mine.log_in("operator", "not the password")

    assert mine.log_in("operator", PASSWORD).status_code == 429
    assert console.visitor().log_in("operator", PASSWORD).status_code == 303


@pytest.mark.parametrize("cookie", [None, "", ".", "x." + "0" * 64, "é.é", "." + "0" * 64])
def test_a_browser_is_known_under_one_name_alone_and_by_our_word(console, cookie):
    mine = let_in_before(console)
    besieged(console, "administrator")
    other = Visitor(console.app)
    known = mine.client.get_cookie(BROWSER_COOKIE, domain="console.test", path="/console/").value
    other.set_cookie(BROWSER_COOKIE, known if cookie is None else cookie)

    assert other.log_in("administrator", PASSWORD).status_code == 429


def test_a_password_that_is_reset_ends_the_pause(console):
    besieged(console)
    console.now.at += timedelta(seconds=1)

    password = console.context.staff.reset("administrator", "operator")

    assert console.visitor().log_in("operator", password).status_code == 303


def test_tries_at_a_new_password_are_counted_from_the_first(console):
    besieged(console)
    console.now.at += timedelta(seconds=1)
    console.context.staff.reset("administrator", "operator")

    answers = [console.visitor().log_in("operator", "not the password").status_code for _ in range(FREE["name"] + 1)]

    assert answers == [401] * FREE["name"] + [429]


class Interrupted(Passwords):
    """While a password is looked at, something else happens."""

    def __init__(self, meanwhile):
        super().__init__(QUICK)
        self._meanwhile = meanwhile

    def match(self, kept, password):
        right = super().match(kept, password)
        self._meanwhile()
        return right


@pytest.mark.parametrize("how", ["reset", "disabled"])
def test_a_password_that_is_reset_while_it_is_looked_at_opens_nothing(console, how):
    made, staff = console.context, console.context.staff
    happens = {
        "reset": lambda: staff.reset("administrator", "operator"),
        "disabled": lambda: staff.set_disabled("administrator", "operator", True),
    }
    entrance = Entrance(
        made.database,
        made.vault,
        "k" * 40,
        register=staff,
        passwords=Interrupted(happens[how]),
        sessions=made.sessions,
        audit=made.audit,
        now=console.now,
    )

    answer = entrance.enter("operator", PASSWORD, "10.0.0.1")

    assert answer == Refused()
    assert console.audited()[-1] == ("operator", "login.failed", "operator")
