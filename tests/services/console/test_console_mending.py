"""Mending a copy and sending it: held against the contract first, and what was typed is kept."""

import json
from uuid import uuid4

import pytest

from contracts.ops import MendParked
from tests.services.console.workbench_seeds import DATA, envelope_of, held, parked


@pytest.fixture
def message(insight_store):
    return held(insight_store, uuid4())


def form_of(visitor, message, more=""):
    shown = visitor.get(f"/parked/{message}/mend?service=dms{more}").text
    return {"service": "dms", "seen": shown.split('name="seen" value="')[1].split('"')[0]}, shown


def test_the_broken_field_stands_first_with_its_rule(console, message):
    _, shown = form_of(console.login("operator"), message)

    assert shown.index("f.dealer_code") < shown.index("f.appointment_id")
    assert "缺少这一项" in shown


def test_a_mended_copy_is_sent_whole(console, insight_store, message):
    operator = console.login("operator")
    form, _ = form_of(operator, message)

    answer = operator.post(f"/parked/{message}/mend", form | {"f.dealer_code": "D002"})

    (order,) = insight_store.told()
    assert answer.status_code == 303
    assert (type(order), order.ordered_by, json.loads(order.body)) == (MendParked, "operator", DATA | {"dealer_code": "D002"})
    assert console.audited() == [("operator", "parked.mend", str(message))]


def test_what_is_still_off_contract_is_not_sent_and_stays_as_typed(console, insight_store, message):
    operator = console.login("operator")
    form, _ = form_of(operator, message)

    answer = operator.post(f"/parked/{message}/mend", form | {"f.dealer_code": "D002", "f.requested_date": "the third"})

    assert answer.status_code == 422
    assert insight_store.told() == []
    assert all(words in answer.text for words in ('value="D002"', 'value="the third"', "应为日期，如 2026-12-03"))


def test_it_is_said_in_english_too(console, message):
    operator = console.login("operator")
    operator.set_cookie("cheqiao_lang", "en")

    assert "it is missing" in form_of(operator, message)[1]


def test_a_copy_that_was_not_changed_is_not_sent(console, insight_store):
    message = held(insight_store, uuid4(), envelope_of(uuid4(), DATA | {"dealer_code": "D001"}))
    operator = console.login("operator")
    form, _ = form_of(operator, message)

    answer = operator.post(f"/parked/{message}/mend", form)

    assert answer.status_code == 422
    assert insight_store.told() == []


def test_an_integrator_mends_without_seeing_personal_data_and_it_is_kept(console, insight_store, message):
    integrator = console.login("integrator")
    form, shown = form_of(integrator, message)

    integrator.post(f"/parked/{message}/mend", form | {"f.dealer_code": "D002", "f.mobile": "", "f.name": ""})

    (order,) = insight_store.told()
    assert "13800138001" not in shown
    assert json.loads(order.body)["mobile"] == "13800138001"


def test_mending_in_clear_leaves_a_line_each_time_it_is_shown(console, message):
    operator = console.login("operator")
    form, shown = form_of(operator, message, "&clear=yes")

    again = operator.post(f"/parked/{message}/mend", form | {"clear": "yes", "f.dealer_code": ""})

    assert "13800138001" in shown
    assert "13800138001" in again.text
    assert [action for _, action, _ in console.audited()] == ["payload.shown", "payload.shown"]


def test_a_second_press_sends_nothing(console, insight_store, message):
    """It has been redriven meanwhile: the form is about something that is over."""
    operator = console.login("operator")
    form, _ = form_of(operator, message)
    operator.post(f"/parked/{message}/mend", form | {"f.dealer_code": "D002"})
    insight_store.told()
    insight_store.report(parked(message, seconds=60).model_copy(update={"attempt": 2, "outcome": "redriven"}))

    answer = operator.post(f"/parked/{message}/mend", form | {"f.dealer_code": "D002"})

    assert "done=changed" in answer.location
    assert insight_store.told() == []


def test_an_auditor_mends_nothing(console, insight_store, message):
    auditor = console.login("auditor")

    assert auditor.get(f"/parked/{message}/mend?service=dms").status_code == 403
    assert auditor.post(f"/parked/{message}/mend", {"service": "dms", "f.dealer_code": "D002"}).status_code == 403
    assert insight_store.told() == []


def test_a_payload_that_has_not_come_is_waited_for_without_losing_what_was_typed(console, insight_store):
    away = uuid4()
    insight_store.report(parked(away))
    operator = console.login("operator")
    seen = operator.get(f"/parked/{away}?service=dms").text.split('name="seen" value="')[1].split('"')[0]

    answer = operator.post(f"/parked/{away}/mend", {"service": "dms", "seen": seen, "f.dealer_code": "D007"})

    assert answer.status_code == 503
    assert 'value="D007"' in answer.text


def test_a_message_that_keeps_its_contract_is_better_redriven_and_says_so(console, insight_store):
    """The DMS has it already under this id, and takes no other content for it."""
    whole = held(insight_store, uuid4(), envelope_of(uuid4(), DATA | {"dealer_code": "D001"}))

    _, shown = form_of(console.login("operator"), whole)

    assert "通常应当原样重发" in shown
