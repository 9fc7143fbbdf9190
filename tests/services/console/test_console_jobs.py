"""*Jobs*: the count first, begun once, watched and stopped."""

import re
from uuid import uuid4

import pytest

from contracts.ops import Cause, DropParked, RedriveParked
from tests.services.console.workbench_seeds import asking, parked, work_off

OTHER = Cause(kind="contract", field="slot", rule="string_pattern_mismatch")
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')


@pytest.fixture
def twelve(insight_store):
    messages = [uuid4() for _ in range(12)]
    insight_store.report(*(parked(message) for message in messages), parked(cause=OTHER))
    return messages


def asked(visitor, query="order=redrive&field=dealer_code"):
    shown = visitor.get(f"/jobs/new?{query}").text
    return dict(HIDDEN.findall(shown)) | {"per_second": "10"}, shown


def test_how_many_and_how_fast_is_said_before(console, twelve):
    form, shown = asked(console.login("operator"))

    assert "重发 12 条，每秒 10 条" in shown
    assert (form["expected"], form["field"]) == ("12", "dealer_code")


def test_a_group_is_redriven_and_nothing_beside_it(console, insight_store, twelve):
    operator = console.login("operator")
    form, _ = asked(operator)

    answer = operator.post("/jobs/new", form)

    ordered = [order for order in work_off(insight_store, 12) if isinstance(order, RedriveParked)]
    assert answer.location.endswith(f"/jobs/{form['id']}")
    assert {order.message_id for order in ordered} == set(twelve)
    assert {order.ordered_by for order in ordered} == {"operator"}
    assert console.audited() == [("operator", "job.redrive", form["id"])]


def test_a_form_that_is_sent_twice_is_one_job_with_one_line(console, insight_store, twelve):
    operator = console.login("operator")
    form, _ = asked(operator)

    first, second = operator.post("/jobs/new", form), operator.post("/jobs/new", form)

    assert first.location == second.location
    assert len(asking(insight_store).jobs().jobs) == 1
    assert len(console.audited()) == 1


def test_a_count_that_has_changed_is_shown_anew_before_anything_is_ordered(console, insight_store, twelve):
    operator = console.login("operator")
    form, _ = asked(operator)
    insight_store.report(*(parked() for _ in range(30)))

    answer = operator.post("/jobs/new", form)

    assert answer.status_code == 409
    assert "重发 42 条" in answer.text
    assert asking(insight_store).jobs().jobs == ()


def test_dropping_many_wants_a_reason_and_keeps_the_rest(console, insight_store, twelve):
    operator = console.login("operator")
    form, _ = asked(operator, "order=drop&field=dealer_code")

    refused = operator.post("/jobs/new", form | {"per_second": "50"})
    operator.post("/jobs/new", form | {"per_second": "50", "reason": "ended by phone"})

    assert refused.status_code == 422
    assert 'value="50" checked' in refused.text
    assert {order.reason for order in work_off(insight_store, 12) if isinstance(order, DropParked)} == {"ended by phone"}


def test_progress_can_be_watched_and_stopped(console, insight_store, twelve):
    operator = console.login("operator")
    form, _ = asked(operator)
    operator.post("/jobs/new", form)

    running = operator.get(f"/jobs/{form['id']}").text
    operator.post(f"/jobs/{form['id']}/stop")
    stopped = operator.get(f"/jobs/{form['id']}", headers={"X-Console-Poll": "1"}).text

    assert "<progress" in running
    assert "停下" in running
    assert "已停止" in stopped
    assert "<html" not in stopped
    assert console.audited()[-1] == ("operator", "job.stop", form["id"])


def test_the_list_says_what_when_and_by_whom(console, twelve):
    operator = console.login("operator")
    form, _ = asked(operator)
    operator.post("/jobs/new", form)

    shown = console.login("auditor").get("/jobs").text

    assert "重发 12 条，每秒 10 条" in shown
    assert "operator" in shown
    assert console.login("auditor").get("/jobs?format=xlsx").data.startswith(b"PK")


@pytest.mark.parametrize("role", ["integrator", "auditor"])
def test_who_may_not_order_begins_and_stops_no_job(console, insight_store, twelve, role):
    form, _ = asked(console.login("operator"))
    visitor = console.login(role)

    assert visitor.get("/jobs/new?order=redrive").status_code == 403
    assert visitor.post("/jobs/new", form).status_code == 403
    assert visitor.post(f"/jobs/{form['id']}/stop").status_code == 403
    assert asking(insight_store).jobs().jobs == ()


def test_where_nothing_is_parked_there_is_nothing_to_order(console):
    assert "现在没有这样的消息" in console.login("operator").get("/jobs/new?order=redrive").text
