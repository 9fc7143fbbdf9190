"""The door: passwords, pauses, sessions that turn, end and are ended."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from services.console import store
from services.console.entering import FREE
from services.console.frame import SESSION_COOKIE
from services.console.passwords import Passwords, random_password, too_weak
from services.console.session import IDLE, LONGEST
from tests.services.console.conftest import PASSWORD, Visitor


def is_in(visitor):
    return visitor.get("/own/password").status_code == 200


def fail(console, name="operator", times=1, visitor=None):
    answers = [(visitor or console.visitor()).log_in(name, "not the password") for _ in range(times)]
    return answers[-1]


def test_who_has_the_password_comes_in_and_gets_where_they_wanted(console):
    visitor = console.visitor()
    to_login = visitor.get("/own/password?x=1")

    visitor.csrf = visitor.get(to_login.headers["Location"].removeprefix("/console")).text.split('name="csrf" value="')[1][:64]
    answer = visitor.post("/login", {"name": "Operator", "password": PASSWORD, "next": "/own/password?x=1"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/own/password?x=1")
    assert is_in(visitor)
    assert console.audited() == [("operator", "login", "operator")]


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\tevil", ""])
def test_after_the_login_nobody_is_sent_to_another_site(console, wanted):
    visitor = console.visitor()
    visitor.log_in("auditor", "x")

    answer = visitor.post("/login", {"name": "operator", "password": PASSWORD, "next": wanted})

    assert answer.headers["Location"] == "/console/"


@pytest.mark.parametrize("name", ["operator", "nobody-of-ours", ""])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(console, name):
    answer = fail(console, name)

    assert answer.status_code == 401
    assert "账号或密码不对" in answer.text


def test_a_name_that_nobody_has_costs_as_much_as_one_that_somebody_has():
    looked_at = []

    class Counting(PasswordHasher):
        def verify(self, hash, password):
            looked_at.append(hash)
            return super().verify(hash, password)

    passwords = Passwords(Counting(time_cost=2, memory_cost=64, parallelism=1))
    kept = passwords.hash("the one of somebody")

    assert not passwords.match(kept, "x")
    assert not passwords.match(None, "x")
    assert [hash.rsplit("$", 2)[0] for hash in looked_at] == [kept.rsplit("$", 2)[0]] * 2


def test_a_disabled_account_does_not_come_in(console):
    console.context.staff.set_disabled("administrator", "operator", True)

    assert console.visitor().log_in("operator", PASSWORD).status_code == 401


def test_after_some_failures_even_the_right_password_waits_and_the_pause_grows(console):
    first = fail(console, times=FREE["name"])
    locked = console.visitor().log_in("operator", PASSWORD)
    console.now.at += timedelta(seconds=16)
    again = fail(console)
    locked_longer = console.visitor().log_in("operator", PASSWORD)

    assert (first.status_code, again.status_code) == (401, 401)
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "15")
    assert (locked_longer.status_code, locked_longer.headers["Retry-After"]) == (429, "30")
    assert ("operator", "login.locked", "operator") in console.audited()


def test_when_the_pause_is_over_the_right_password_opens_and_all_is_forgiven(console):
    fail(console, times=FREE["name"])
    console.now.at += timedelta(seconds=16)

    assert console.visitor().log_in("operator", PASSWORD).status_code == 303
    assert fail(console, times=FREE["name"] - 1).status_code == 401
    assert console.visitor().log_in("operator", PASSWORD).status_code == 303


def test_unknown_names_are_locked_like_known_ones_and_do_not_stand_in_the_audit(console):
    fail(console, "my-secret-password", times=FREE["name"])

    assert fail(console, "my-secret-password").status_code == 429
    assert {actor for actor, _, _ in console.audited()} == {""}


def test_an_address_that_tries_many_names_waits_and_others_do_not(console):
    for number in range(FREE["address"]):
        console.context.entrance.enter(f"name{number}", "not the password", "127.0.0.1")
    here = console.visitor().log_in("operator", PASSWORD)
    elsewhere = console.visitor()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "10.0.0.9"

    assert here.status_code == 429
    assert elsewhere.log_in("operator", PASSWORD).status_code == 303


def test_no_password_and_no_name_stands_in_the_tables_in_clear(console):
    fail(console, "my-secret-password", times=2)

    with console.context.database.read() as connection:
        kept = [str(row) for table in store.metadata.sorted_tables for row in connection.execute(select(table))]
    assert not [row for row in kept if "secret" in row or PASSWORD in row or "not the password" in row]


def test_a_login_begins_a_new_session_and_ends_the_one_before(console):
    visitor = console.visitor()
    visitor.log_in("operator", PASSWORD)
    before = visitor.cookie()
    planted = Visitor(console.app)
    planted.set_cookie(SESSION_COOKIE, before)

    visitor.csrf = console.context.sessions.csrf_of(before)
    visitor.post("/login", {"name": "auditor", "password": PASSWORD})

    assert visitor.cookie() not in (None, before)
    assert is_in(visitor)
    assert not is_in(planted)


def test_the_cookie_is_for_the_console_alone_and_no_script(console):
    visitor = console.visitor()
    plain = visitor.log_in("operator", PASSWORD).headers.getlist("Set-Cookie")[0]
    secure = visitor.client.get("/login", base_url="https://console.test/console").headers

    assert "Path=/console/; SameSite=Lax" in plain.replace("HttpOnly; ", "")
    assert "HttpOnly" in plain
    assert "max-age=63072000" in secure["Strict-Transport-Security"]


def test_over_https_the_cookie_stays_there(console):
    visitor = console.visitor()

    made = visitor.client.get("/login", base_url="https://console.test/console").headers["Set-Cookie"]

    assert "Secure" in made


def test_a_session_that_nobody_uses_ends(console):
    visitor = console.login("operator")
    console.now.at += IDLE - timedelta(seconds=1)
    assert is_in(visitor)
    console.now.at += IDLE - timedelta(seconds=1)
    assert is_in(visitor)

    console.now.at += IDLE

    assert not is_in(visitor)


def test_what_a_page_asks_by_itself_does_not_keep_a_session_alive(console):
    visitor = console.login("auditor")
    for _ in range(4):
        console.now.at += IDLE / 4
        visitor.get("/audit/chain", headers={"X-Console-Poll": "1", "HX-Request": "true"})

    assert not is_in(visitor)


def test_a_session_ends_after_a_day_of_work_however_busy(console):
    visitor = console.login("operator")
    begun = console.now.at
    while console.now.at < begun + LONGEST - timedelta(minutes=20):
        console.now.at += timedelta(minutes=20)
        assert is_in(visitor)

    console.now.at = begun + LONGEST

    assert not is_in(visitor)


def test_a_logout_ends_the_session_and_not_only_the_cookie(console):
    visitor = console.login("operator")
    kept = visitor.cookie()

    answer = visitor.post("/logout")

    visitor.set_cookie(SESSION_COOKIE, kept)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/login")
    assert not is_in(visitor)


def test_a_session_that_begins_while_the_account_is_disabled_is_none(console):
    console.context.staff.set_disabled("administrator", "operator", True)

    assert not is_in(console.login("operator"))


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(console):
    visitor = console.login("auditor")
    assert visitor.get("/audit").status_code == 200

    console.context.staff.give_role("administrator", "auditor", "integrator")

    assert visitor.get("/audit").status_code == 403


@pytest.mark.parametrize("token", ["", "x", "x" * 2000, "'; DROP TABLE session; --"])
def test_a_cookie_that_is_not_ours_is_nobody(console, token):
    visitor = console.visitor()
    visitor.set_cookie(SESSION_COOKIE, token)

    assert not is_in(visitor)


def test_a_changed_password_ends_all_other_sessions_and_keeps_this_one(console):
    visitor, other = console.login("operator"), console.login("operator")

    answer = visitor.post("/own/password", {"old": PASSWORD, "password": "another long sentence", "again": "another long sentence"})

    assert (answer.status_code, is_in(visitor), is_in(other)) == (303, True, False)
    assert console.visitor().log_in("operator", "another long sentence").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", "another long sentence", "another long sentence", "现在的密码不对"),
        (PASSWORD, "short", "short", "至少 12 个字符"),
        (PASSWORD, "aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa", "太容易猜到"),
        (PASSWORD, "my operator account", "my operator account", "太容易猜到"),
        (PASSWORD, "another long sentence", "another long sentense", "两次输入的不一样"),
        (PASSWORD, PASSWORD, PASSWORD, "请换一个新密码"),
    ],
)
def test_a_password_is_not_changed_to_a_bad_one(console, old, new, again, words):
    answer = console.login("operator").post("/own/password", {"old": old, "password": new, "again": again})

    assert (answer.status_code, words in answer.text) == (422, True)
    assert console.visitor().log_in("operator", PASSWORD).status_code == 303


def test_an_open_screen_is_no_place_to_guess_the_password_at_leisure(console):
    visitor = console.login("operator")
    for _ in range(FREE["name"]):
        visitor.post("/own/password", {"old": "guessed", "password": "another long sentence", "again": "another long sentence"})

    answer = visitor.post("/own/password", {"old": PASSWORD, "password": "another long sentence", "again": "another long sentence"})

    assert (answer.status_code, "试得太多了" in answer.text) == (422, True)
    assert console.visitor().log_in("operator", PASSWORD).status_code == 303


def test_a_password_kept_with_an_easier_hash_is_hashed_anew_at_its_next_login(console):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16).hash(PASSWORD)
    with console.context.database.write() as tx:
        tx.execute(update(store.staff).where(store.staff.c.name == "operator").values(password=weak))

    assert console.visitor().log_in("operator", PASSWORD).status_code == 303

    kept = console.context.staff.get("operator").password
    assert kept != weak
    assert console.visitor().log_in("operator", PASSWORD).status_code == 303


def test_passwords_are_kept_by_argon2id_as_hard_as_its_library_advises():
    kept = Passwords().hash("x")

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_first_password_can_be_used_as_it_is_and_is_no_weak_one():
    made = {random_password() for _ in range(50)}

    assert len(made) == 50
    assert all(too_weak(password, "admin") is None for password in made)


def test_the_console_speaks_the_language_that_was_chosen(console):
    visitor = console.visitor()

    answer = visitor.get("/language?to=en&back=/login")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/login")
    assert '<html lang="en"' in visitor.get("/login").text


def test_light_or_dark_is_remembered(console):
    visitor = console.visitor()

    visitor.get("/theme?to=dark&back=/login")

    assert 'data-bs-theme="dark">' in visitor.get("/login").text
