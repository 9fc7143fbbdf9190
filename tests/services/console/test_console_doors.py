"""Every address of the console, as every role, as nobody, and without the token of a session."""

from uuid import UUID

import pytest
from flask import Flask

from services.console.access import RIGHTS, ROLES, TOKEN_HEADER, Guarded, Right, page

SOMETHING = UUID("11111111-2222-4333-8444-555555555555")
SAMPLES = {"name": "console.css", "service": "dms", "partner": "dms"}
CLOSED = set(Right) - {Right.ANYBODY}


def doors(app):
    """Right, method and address of every route, with something put in for its variables."""
    found = []
    adapter = app.url_map.bind("console.test")
    for rule in app.url_map.iter_rules():
        values = {name: SAMPLES.get(name, SOMETHING) for name in rule.arguments}
        address = adapter.build(rule.endpoint, values, method=sorted(rule.methods)[0])
        right = app.view_functions[rule.endpoint].right
        found += [(right, method, address.split("console.test", 1)[-1]) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def walk(visitor, method, address):
    if method == "GET":
        return visitor.get(address)
    return visitor.client.open(address, method=method, base_url="http://console.test/console", data={"csrf": visitor.csrf})


def test_nobody_gets_to_see_anything_but_the_login(console):
    let_in = [
        (method, address, answer.status_code, answer.headers.get("Location"))
        for right, method, address in doors(console.app)
        if right in CLOSED
        for answer in [walk(console.visitor(), method, address)]
        if answer.status_code != 303 or not answer.headers["Location"].startswith("/console/login") or len(answer.data) > 800
    ]

    assert let_in == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_where_its_rights_lead_and_nowhere_else(console, role):
    wrong = []
    for right, method, address in doors(console.app):
        answer = walk(console.login(role), method, address)
        refused = answer.status_code == 403
        if refused is (right in RIGHTS[role]) or answer.status_code >= 500:
            wrong.append((right, method, address, answer.status_code))

    assert wrong == []


def test_what_is_refused_stands_in_the_audit_and_says_nothing_of_what_it_is(console):
    answer = console.login("integrator").get("/staff")

    assert (answer.status_code, "administrator" in answer.text) == (403, False)
    assert console.audited() == [("integrator", "access.refused", "staff")]


def test_without_the_token_of_the_session_nothing_is_changed(console):
    let_in = []
    for _, method, address in doors(console.app):
        if method == "GET":
            continue
        for token in ("", "0" * 64, console.login("operator").csrf):
            visitor = console.login("administrator")
            visitor.csrf = token
            answer = walk(visitor, method, address)
            let_in += [(method, address, token, answer.status_code)] if answer.status_code != 403 else []

    assert let_in == []
    assert console.audited() == []


def test_a_post_from_another_site_is_refused_even_with_the_token(console):
    visitor = console.login("administrator")

    answer = visitor.post("/staff", {"name": "eve", "role": "auditor"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, console.context.staff.get("eve")) == (403, None)


def test_htmx_brings_the_token_in_a_header(console):
    visitor = console.login("administrator")
    token, visitor.csrf = visitor.csrf, ""

    answer = visitor.post("/staff", {"name": "eve", "role": "auditor"}, headers={TOKEN_HEADER: token})

    assert answer.status_code == 200
    assert console.context.staff.get("eve").role == "auditor"


def test_nothing_that_changes_anything_can_be_done_by_a_link(console):
    """The methods of a rule are GET alone, or none of the safe ones."""
    mixed = [rule.rule for rule in console.app.url_map.iter_rules() if {"GET", "POST"} <= rule.methods]

    assert mixed == []


def test_a_first_password_opens_nothing_but_its_change(console):
    console.context.staff.reset("administrator", "operator")

    elsewhere = [
        (method, address)
        for right, method, address in doors(console.app)
        if right in CLOSED - {Right.SELF}
        for answer in [walk(console.login("operator"), method, address)]
        if (answer.status_code, answer.headers.get("Location")) != (303, "/console/own/password")
    ]

    assert elsewhere == []
    assert console.login("operator").get("/own/password").status_code == 200


def test_a_route_without_a_right_cannot_be_made():
    app = Guarded("console", static_folder=None)

    with pytest.raises(TypeError, match="says who may use it"):
        app.get("/open")(lambda: "anything")


def test_a_route_says_who_may():
    app: Flask = Guarded("console", static_folder=None)

    page(app, "/things", right=Right.ORDER, endpoint="things")(lambda: "")

    assert app.view_functions["things"].right is Right.ORDER


@pytest.mark.parametrize("address", ["/nothing", "/parked/../staff", "/static/../app.py", "/assets/../config.yaml"])
def test_an_address_without_anything_leads_nobody_anywhere(console, address):
    assert console.visitor().get(address).status_code in (303, 404)
    assert console.login("auditor").get(address).status_code in (403, 404)


def test_a_poll_of_a_session_that_has_ended_leads_the_whole_page_to_the_login(console):
    answer = console.visitor().get("/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/console/login")
