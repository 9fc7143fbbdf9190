import threading
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import requests

from chassis.internal_api import guarded
from services.complaints.api.authority_api import add_authority
from services.complaints.support.authority_store import table_in_force
from tests.services.house import Times
from tests.serving import Server

TOKEN = "a token that only operators have"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def ask(desk):
    """Asks as the administrator, or in this role and scope."""
    app = guarded(TOKEN)
    add_authority(app, desk.house.runtime(process=SimpleNamespace()), Times(NOW))
    server = Server(app)

    def asking(method, role="monitor", scope=None, **more):
        headers = {"Authorization": f"Bearer {TOKEN}", "X-Operator": "admin", "X-Role": role} | ({"X-Scope": scope} if scope else {})
        return requests.request(method, f"{server.url}/authority", headers=headers, timeout=30, **more)

    yield asking
    server.stop()


def rule(level, fee_min, fee_max, **more):
    told = {"level": level, "title": f"{level} 级", "fee_min": fee_min, "fee_max": fee_max, "active_from": "2026-01-01"}
    return told | more


THREE = (rule(1, "0", "500"), rule(2, "500", None, types=["quality", "parts"]), rule(3, "500", None))


def table(version=0, *rules):
    return {"version": version, "rules": list(rules or THREE)}


def test_before_anybody_gave_a_table_there_is_none(ask):
    answer = ask("GET")

    assert (answer.status_code, answer.json()["version"], answer.json()["rules"]) == (200, 0, [])


def test_a_table_is_given_and_holds_from_then_on(ask, desk):
    posted = ask("POST", json=table())

    shown = ask("GET", role="leader:2").json()
    assert posted.status_code == 201
    assert posted.json() == shown
    assert (shown["version"], shown["set_by"]) == (1, "admin")
    assert [(one["level"], one["fee_min"], one["fee_max"], one["types"]) for one in shown["rules"]] == [
        (1, "0", "500", []),
        (2, "500", None, ["quality", "parts"]),
        (3, "500", None, []),
    ]
    with desk.house.database.read() as connection:
        assert [one.rule_id for one in table_in_force(connection).authority.rules] == ["1.1", "1.2", "1.3"]


def test_a_table_that_has_changed_meanwhile_is_not_overwritten(ask):
    ask("POST", json=table())

    second = ask("POST", json=table())

    assert (second.status_code, second.json()["code"]) == (409, "changed")
    assert ask("POST", json=table(1, rule(1, "0", None))).json()["version"] == 2


def test_of_two_who_change_it_at_once_one_is_told(ask):
    answers = []
    both = [threading.Thread(target=lambda: answers.append(ask("POST", json=table()).status_code)) for _ in range(2)]

    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [201, 409]
    assert ask("GET").json()["version"] == 1


def test_a_table_may_be_taken_back(ask):
    ask("POST", json=table())

    taken_back = ask("POST", json={"version": 1, "rules": []})

    assert (taken_back.status_code, taken_back.json()["version"], ask("GET").json()["rules"]) == (201, 2, [])


def test_a_table_that_cannot_hold_is_refused(ask):
    tables = [
        ("gap", [rule(1, "0", "500")]),
        ("gap", [rule(1, "0", "500"), rule(2, "501", None)]),
        ("fee", [rule(1, "500", "0"), rule(2, "0", None)]),
        ("form", [rule(10, "0", None)]),
        ("form", [rule(1, "-1", None)]),
        ("form", [rule(1, "0.001", None)]),
    ]

    answers = [ask("POST", json={"version": 0, "rules": rules}) for _, rules in tables]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(400, code) for code, _ in tables]
    assert ask("GET").json()["version"] == 0


def test_no_other_role_gives_a_table(ask):
    for role in ("handler", "agent", "leader:9", "technical", "vrt", "legal", "marketing"):
        assert ask("POST", role=role, json=table()).status_code == 403
        assert ask("GET", role=role).status_code == 200


def test_dealers_and_regions_see_nothing_of_it(ask):
    for role, scope in (("dealer", "dealer:D001"), ("region", "region:EAST")):
        assert ask("GET", role=role, scope=scope).status_code == 403
        assert ask("POST", role=role, scope=scope, json=table()).status_code == 403


def test_who_asks_says_a_role_that_there_is_and_its_place(ask):
    for role in ("", "customer", "system", "leader", "leader:0", "handler:2", "dealer"):
        assert ask("GET", role=role).status_code == 400
    assert ask("GET", role="handler", scope="dealer:D001").status_code == 400
    assert ask("GET", role="dealer", scope="region:EAST").status_code == 400
