"""`/ops/v1/` as the command line uses it, over HTTP."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
import requests
from pydantic import SecretStr

from contracts.ops import DropParked, RedriveParked
from services.insight.ops_api import create_ops_api
from services.insight.service import InsightService
from tests.services.house import House
from tests.services.insight.test_insight_service import APPOINTMENT, a_hop, parked_hop, report, requested, watch
from tests.serving import Server

TOKEN = "a token that only operators have"


@pytest.fixture
def house(tmp_path):
    return House(InsightService(), tmp_path / "insight.sqlite")


@pytest.fixture
def ops(house):
    """GET and POST with the token, against a real server."""
    process = SimpleNamespace(settings=SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN))))
    woken = []
    runtime = house.runtime(process=process)
    house.database.after_telling = lambda *_: woken.append(True)
    server = Server(create_ops_api(runtime))

    def ask(method, path, token=TOKEN, **more):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, f"{server.url}{path}", headers=headers, timeout=30, **more)

    ask.woken = woken
    yield ask
    server.stop()


@pytest.mark.parametrize("token", ["", "another", TOKEN + "x"])
def test_without_the_token_nothing_is_said(ops, token):
    answer = ops("GET", f"/trace/{uuid4()}", token=token)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_trace_shows_hops_and_facts_with_the_time_since_the_first(ops, house):
    report(house, a_hop(0), a_hop(1.5, step="called", partner="dms", outcome="unavailable"))
    watch(house, requested())

    answer = ops("GET", f"/trace/{APPOINTMENT}").json()

    assert answer["moments"][0]["since_first_ms"] == 0
    called = next(one for one in answer["moments"] if one["step"] == "called")
    assert (called["since_first_ms"], called["partner"], called["outcome"]) == (1500, "dms", "unavailable")
    assert {"told", "handled", "called"} == {one["step"] for one in answer["moments"]}


@pytest.mark.parametrize("path", [f"/trace/{uuid4()}", f"/parked/{uuid4()}", "/trace/not-an-id", "/elsewhere"])
def test_what_is_not_known_is_404_as_json(ops, path):
    answer = ops("GET", path)

    assert answer.status_code == 404
    assert {"code", "message", "message_en"} <= set(answer.json())


def test_parked_messages_are_listed_and_shown_with_their_cause(ops, house):
    message_id = uuid4()
    report(house, parked_hop(message_id))

    (listed,) = ops("GET", "/parked").json()["parked"]
    (shown,) = ops("GET", f"/parked/{message_id}").json()["parked"]

    assert listed == shown
    assert (shown["message_id"], shown["state"], shown["causes"][0]["rule"]) == (str(message_id), "parked", "missing")


@pytest.mark.parametrize("query", ["state=gone", "after=x", "after=-1", "after=²"])
def test_a_filter_that_means_nothing_is_400(ops, query):
    assert ops("GET", f"/parked?{query}").status_code == 400


def test_a_redrive_becomes_an_order_to_the_service_that_holds_the_message(ops, house):
    message_id = uuid4()
    report(house, parked_hop(message_id))

    answer = ops("POST", f"/parked/{message_id}/redrive")

    (order,) = house.told()
    assert (answer.status_code, answer.json()["service"]) == (202, "dms")
    assert (type(order), order.service, order.message_id) == (RedriveParked, "dms", message_id)
    assert ops.woken


def test_dropping_needs_a_reason(ops, house):
    message_id = uuid4()
    report(house, parked_hop(message_id))

    refused = ops("POST", f"/parked/{message_id}/drop", json={})
    taken = ops("POST", f"/parked/{message_id}/drop", json={"reason": "已与经销商核实"})

    (order,) = house.told()
    assert (refused.status_code, refused.json()["message_en"]) == (400, "Please check: reason.")
    assert (taken.status_code, type(order), order.reason) == (202, DropParked, "已与经销商核实")


@pytest.mark.parametrize("body", ["{", "[]", '{"reason": "x", "secret": 1}', '{"reason": ""}', '{"reason": "  "}', '{"reason": 7}'])
def test_a_body_off_the_form_is_400(ops, house, body):
    message_id = uuid4()
    report(house, parked_hop(message_id))

    assert ops("POST", f"/parked/{message_id}/drop", data=body).status_code == 400
    assert house.told() == []


def test_where_two_services_hold_it_the_operator_says_which(ops, house):
    message_id = uuid4()
    report(house, parked_hop(message_id), parked_hop(message_id).model_copy(update={"service": "csc"}))

    unclear = ops("POST", f"/parked/{message_id}/redrive")
    clear = ops("POST", f"/parked/{message_id}/redrive", json={"service": "csc"})

    assert (unclear.status_code, unclear.json()["code"]) == (400, "which_service")
    assert (clear.status_code, house.told()[0].service) == (202, "csc")


def test_what_is_not_parked_any_more_is_not_ordered_again(ops, house):
    message_id = uuid4()
    report(house, parked_hop(message_id), parked_hop(message_id, 1, "redriven"))

    assert ops("POST", f"/parked/{message_id}/redrive").status_code == 409
    assert ops("POST", f"/parked/{uuid4()}/redrive").status_code == 404


def test_a_body_too_large_is_refused(ops, house):
    message_id = uuid4()
    report(house, parked_hop(message_id))

    assert ops("POST", f"/parked/{message_id}/drop", data=b"x" * 20_000).status_code == 413


def test_other_methods_are_405_as_json(ops):
    answer = ops("DELETE", "/parked")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
