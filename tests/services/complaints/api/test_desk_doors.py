"""Others' ids on every route: what may not be seen is not there, and no answer tells it from what never was (A-CMP-17, 18)."""

from uuid import uuid4

import pytest
import requests

from contracts.complaint_steps.beside import DeclareCrisis, Dispute, Note, StartVrt
from contracts.complaint_steps.handling import Assign, Reclassify
from contracts.complaint_steps.intake import Link
from contracts.complaint_words import CaseType, Grade, VrtKind
from tests.services.complaints.api.desk_asked import TOKEN
from tests.services.complaints.cases.case_walks import LEGAL, MARKETING, MEMBER, MONITOR, STAFF, TECHNICAL
from tests.services.complaints.cases.case_worlds import (
    AGENT,
    DEALER,
    HANDLER,
    LEADER,
    MOBILE,
    OTHER_DEALER,
    REGION,
    filing,
    listed,
    received,
)
from tests.services.complaints.files.made_files import photo

NOTE = {"version": 3, "step_id": str(uuid4()), "form": Note(text="?").model_dump(mode="json")}
OF_CASES = {
    ("GET", "/cases/<uuid:complaint_id>"): {},
    ("POST", "/cases/<uuid:complaint_id>/steps"): {"json": NOTE},
    ("POST", "/cases/<uuid:complaint_id>/looking"): {},
    ("GET", "/cases/<uuid:complaint_id>/files/<uuid:file_id>"): {},
    ("PUT", "/cases/<uuid:complaint_id>/files/<uuid:file_id>"): {"data": photo()},
}
"""Routes that name a case, and what is sent there. One that is not here fails the tests: it cannot be forgotten."""
OF_A_SERVICE = {("PUT", "/files/<uuid:file_id>"), ("GET", "/followers/<uuid:follower_id>/files/<uuid:file_id>")}
"""Asked by the sender and by the pages, in nobody's role: tried in test_desk_files.py."""
WITHOUT_CASES = {
    "/authority",
    "/calendars/<calendar_id>",
    "/calendars/<calendar_id>/days",
    "/calendars/<calendar_id>/days/<day>",
    "/dealers",
    "/figures",
    "/figures/overdue",
    "/figures/recount",
    "/appraisal",
}
LISTS = {"/cases", "/cases/search", "/counts", "/changes", "/bulk"}
"""Tried below, each by itself."""
OTHERS_SIGHT = (REGION, DEALER, TECHNICAL, MEMBER, LEGAL, MARKETING)
"""Who does not see what is neither theirs nor of their kind."""


@pytest.fixture
def hidden(desk):
    """A case of sales in the west, of a dealer there, and of nobody else."""
    for code, region in (("D001", "EAST"), ("D002", "WEST")):
        desk.house.deliver(listed(code, region))
    case = desk.receive()
    desk.take(case, HANDLER, filing(type=CaseType.SALES))
    desk.take(case, HANDLER, Assign(region_code="WEST", dealer_code="D002"))
    return case


def routes(desk):
    """What the application itself answers: method and rule."""
    return {(method, rule.rule): rule for rule in desk.app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}}


def told(answered, without=""):
    body = answered.json()
    for refusal in body.get("refused", ()):
        refusal.pop(without, None)
    return answered.status_code, body


def test_every_route_of_the_application_is_tried_here(desk):
    found = routes(desk)

    of_ids = {name for name, rule in found.items() if any("uuid:" in part for part in rule.rule.split("/"))}
    assert of_ids == set(OF_CASES) | OF_A_SERVICE
    assert {rule for method, rule in found if (method, rule) not in of_ids} == WITHOUT_CASES | LISTS


@pytest.mark.parametrize("by", OTHERS_SIGHT, ids=lambda by: by.role.value)
def test_a_case_that_may_not_be_seen_is_answered_like_one_that_never_was(desk, hidden, by):
    file_id = str(uuid4())
    assert desk.ask("PUT", f"/cases/{hidden}/files/{file_id}", data=photo()).status_code == 201
    build = desk.app.url_map.bind("").build
    tried = [(name, rule) for name, rule in routes(desk).items() if "complaint_id" in rule.arguments]
    assert len(tried) >= len(OF_CASES)

    for name, rule in tried:

        def ask(case, name=name, rule=rule):
            names = {"complaint_id": case, "file_id": file_id}
            path = build(rule.endpoint, {one: names[one] for one in rule.arguments}, method=name[0])
            return told(desk.ask(name[0], path, by, **OF_CASES[name]))

        assert ask(hidden) == ask(uuid4()), name
        assert ask(hidden)[0] == 404, name
    assert desk.case(hidden).version == 3


@pytest.mark.parametrize("by", OTHERS_SIGHT, ids=lambda by: by.role.value)
def test_nor_is_it_told_apart_among_many(desk, hidden, by):
    def ask(case):
        bulk = {"bulk_id": str(uuid4()), "cases": [{"complaint_id": str(case), "version": 3}], "form": NOTE["form"]}
        return told(desk.ask("POST", "/bulk", by, json=bulk), without="complaint_id")

    assert ask(hidden) == ask(uuid4())
    assert desk.case(hidden).version == 3


@pytest.mark.parametrize("by", OTHERS_SIGHT, ids=lambda by: by.role.value)
def test_it_is_in_no_list_no_count_no_change_and_not_found(desk, hidden, by):
    desk.wait(minutes=1)
    since = desk.ask("GET", "/changes", by).json()["until"]
    desk.take(hidden, HANDLER, Note(text="新备注"))
    number = desk.case(hidden).number

    for queue in ("mine", "unassigned", "overdue", "escalated", "call_backs", "open", "all"):
        assert desk.queue(queue, by) == []
    for q in (number, MOBILE):
        assert desk.queue("all", by, q=q) == []
    assert set(desk.ask("GET", "/counts", by).json().values()) == {0}
    desk.wait(minutes=1)
    assert desk.ask("GET", "/changes", by, params={"since": since}).json()["cases"] == []


def test_it_is_not_shown_beside_another_case_of_the_same_customer(desk, hidden):
    mine = desk.assigned(dealer="D001")
    desk.take(mine, HANDLER, Link(other_id=hidden))

    page = desk.ask("GET", f"/cases/{mine}", DEALER).json()

    assert (page["linked"], page["similar"]) == ([], [])
    assert desk.ask("GET", f"/cases/{mine}").json()["linked"] != []


def test_nobody_gets_at_a_case_by_taking_one_in_under_its_id(desk, hidden):
    order = {"complaint_id": str(hidden), "form": received().model_dump(mode="json")}

    assert desk.ask("POST", "/cases", DEALER, json=order).status_code == 404
    assert desk.case(hidden).source_dealer == ""


def test_who_takes_part_sees_it_from_then_on(desk, hidden):
    desk.take(hidden, HANDLER, StartVrt(kind=VrtKind.OTHER, lead="feng", members=("chen",), minutes=60, question="？"))
    desk.take(hidden, HANDLER, Dispute(kind="litigation", body="法院", filed_on=desk.now.date()))
    desk.take(hidden, HANDLER, DeclareCrisis(note="热搜", marketing=("wei",)))

    for by in (MEMBER, TECHNICAL, LEGAL, MARKETING):
        assert desk.ask("GET", f"/cases/{hidden}", by).status_code == 200, by
        assert desk.queue("all", by) == [str(hidden)]


def test_a_mention_opens_no_door(desk, hidden):
    desk.take(hidden, HANDLER, Note(text="@chen", mentions=("chen", "zhao")))

    assert desk.queue("mine", MEMBER) == desk.queue("mine", DEALER) == []
    assert desk.ask("GET", f"/cases/{hidden}", MEMBER).status_code == 404


def test_a_region_sees_its_cases_once_they_are_filed(desk):
    desk.house.deliver(listed("D001", "EAST"))
    case = desk.receive(dealer_code="D001")
    assert desk.queue("all", REGION) == []

    desk.take(case, HANDLER, filing())

    assert desk.queue("all", REGION) == [str(case)]


def test_what_is_about_a_dealer_is_not_theirs_to_see_before_it_is_assigned(desk):
    case = desk.filed(dealer_code="D001")

    assert desk.ask("GET", f"/cases/{case}", DEALER).status_code == 404
    assert desk.queue("all", DEALER) == []


def test_a_dealer_sees_no_more_what_was_given_to_another(desk):
    case = desk.assigned(dealer="D001")
    assert desk.queue("all", DEALER) == [str(case)]

    desk.take(case, HANDLER, Assign(region_code="EAST", dealer_code="D002"))

    assert desk.queue("all", DEALER) == []
    assert desk.queue("all", OTHER_DEALER) == [str(case)]


@pytest.mark.parametrize("by", [AGENT, HANDLER, LEADER, MONITOR], ids=lambda by: by.role.value)
def test_headquarters_see_all(desk, hidden, by):
    assert desk.ask("GET", f"/cases/{hidden}", by).status_code == 200


def test_technical_support_sees_what_becomes_a_matter_of_quality(desk, hidden):
    desk.take(hidden, HANDLER, Reclassify(type=CaseType.QUALITY, grade=Grade.GENERAL, reason="重判"))

    assert desk.queue("all", TECHNICAL) == [str(hidden)]


def test_without_the_token_a_role_or_a_fitting_scope_nothing_is_said(desk, hidden):
    def ask(**headers):
        return requests.get(f"http://127.0.0.1:{desk.port}/cases/{hidden}", headers=headers, timeout=30)

    known = {"Authorization": f"Bearer {TOKEN}", "X-Operator": "li"}
    assert ask().status_code == 401
    assert ask(**known).json()["code"] == "role"
    for role in ("customer", "system", "leader", "handler:2", "nobody"):
        assert ask(**known, **{"X-Role": role}).json()["code"] == "role", role
    assert ask(**known, **{"X-Role": "dealer"}).json()["code"] == "scope"
    assert ask(**known, **{"X-Role": "handler", "X-Scope": "dealer:D002"}).json()["code"] == "scope"
    assert ask(**known, **{"X-Role": "region", "X-Scope": "dealer:D002"}).json()["code"] == "scope"


def test_every_role_of_staff_is_tried_here():
    assert {by.role for by in (*OTHERS_SIGHT, AGENT, HANDLER, LEADER, MONITOR)} == {by.role for by in STAFF}
