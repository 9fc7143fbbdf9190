"""*Parked*: groups and list, one message with what is in it, and what is done about it; each order has its line in the audit."""

import csv
import io
from uuid import uuid4

import pytest

from contracts.ops import Cause, DropParked, RedriveParked
from services.console.names import MESSAGES
from tests.services.console.workbench_seeds import AT, TYPE, envelope_of, held, parked

STATUS = Cause(kind="contract", field="status", rule="418 is not agreed")


def test_causes_come_first_with_their_number_and_what_can_be_done(console, insight_store):
    insight_store.report(*(parked() for _ in range(3)), parked(cause=STATUS))

    shown = console.login("operator").get("/parked").text

    assert "不符合契约：服务店代码 dealer_code 缺少这一项" in shown
    assert "没有约定过状态码 418" in shown
    assert shown.index("dealer_code") < shown.index("418")
    assert "共 4 条" in shown
    assert "field=dealer_code" in shown


def test_the_filter_of_the_address_narrows_groups_and_list(console, insight_store):
    missing, odd = uuid4(), uuid4()
    insight_store.report(parked(missing), parked(odd, STATUS))

    shown = console.login("auditor").get("/parked?field=status&kind=contract").text

    assert str(odd) in shown
    assert str(missing) not in shown


def test_a_list_of_many_goes_on_page_after_page_and_is_exported_whole(console, insight_store):
    insight_store.report(*(parked(seconds=number) for number in range(130)))
    operator = console.login("operator")

    first = operator.get("/parked").text
    exported = list(csv.reader(io.StringIO(operator.get("/parked?format=csv").get_data(as_text=True))))

    assert first.count("<td") > 0
    assert "after=" in first
    assert len(exported) == 131


@pytest.mark.parametrize("address", ["/parked?kind=" + "x" * 40, "/parked?since=yesterday", "/parked?status=odd", "/parked?state=odd"])
def test_what_is_no_filter_is_told_so(console, address):
    assert console.login("operator").get(address).status_code == 400


def test_one_message_says_field_rule_and_what_the_contract_wants(console, insight_store):
    message = uuid4()
    too_long = Cause(kind="contract", field="items.0.name", rule="string_too_long (max_length 64)")
    insight_store.report(parked(message, too_long))

    shown = console.login("auditor").get(f"/parked/{message}?service=dms").text

    assert MESSAGES[TYPE][0] in shown
    assert "太长，最多 64 个字" in shown
    assert "文字，1–64 个字" in shown


def test_a_message_that_nobody_holds_is_not_found(console):
    assert console.login("operator").get(f"/parked/{uuid4()}").status_code == 404


def test_what_is_in_it_is_behind_dots_until_somebody_asks_and_may(console, insight_store):
    message = held(insight_store, uuid4())
    operator = console.login("operator")

    hidden = operator.post(f"/parked/{message}/payload", {"service": "dms"}).text
    before = console.audited()
    clear = operator.post(f"/parked/{message}/clear", {"service": "dms"}).text

    assert "138••••8001" in hidden
    assert not any(value in hidden for value in ("13800138001", "王芳", "LSVAU2180N2183294"))
    assert all(value in clear for value in ("13800138001", "王芳", "LSVAU2180N2183294"))
    assert (before, console.audited()) == ([], [("operator", "payload.shown", str(message))])


@pytest.mark.parametrize("role", ["integrator", "auditor"])
def test_who_may_not_see_it_in_clear_never_does(console, insight_store, role):
    message = held(insight_store, uuid4())
    visitor = console.login(role)

    assert visitor.post(f"/parked/{message}/clear", {"service": "dms"}).status_code == 403
    assert "13800138001" not in visitor.post(f"/parked/{message}/payload", {"service": "dms"}).text
    assert "13800138001" not in visitor.get(f"/parked/{message}/mend?service=dms&clear=yes").text


def test_bytes_that_are_no_message_are_for_those_alone_who_see_data_in_clear(console, insight_store):
    message = held(insight_store, uuid4(), "name=王芳&tel=13800138001", type="", cause=Cause(kind="undecodable"))

    assert "王芳" not in console.login("auditor").post(f"/parked/{message}/payload", {"service": "dms"}).text
    assert "王芳" not in console.login("operator").post(f"/parked/{message}/payload", {"service": "dms"}).text
    assert "王芳" in console.login("operator").post(f"/parked/{message}/clear", {"service": "dms"}).text


def seen_by(visitor, message):
    shown = visitor.get(f"/parked/{message}?service=dms").text
    return shown.split('name="seen" value="')[1].split('"')[0]


def test_one_message_is_redriven_in_the_name_of_who_ordered_it(console, insight_store):
    message = held(insight_store, uuid4())
    operator = console.login("operator")

    answer = operator.post(f"/parked/{message}/redrive", {"service": "dms", "seen": seen_by(operator, message)})

    (order,) = insight_store.told()
    assert answer.status_code == 303
    assert (type(order), order.message_id, order.service, order.ordered_by) == (RedriveParked, message, "dms", "operator")
    assert console.audited() == [("operator", "parked.redrive", str(message))]


def test_a_page_of_before_orders_nothing(console, insight_store):
    """The way back in the browser, after it was redriven and parked anew."""
    message = held(insight_store, uuid4())
    operator = console.login("operator")
    old = seen_by(operator, message)
    again = parked(message, seconds=90).model_copy(update={"attempt": 3})
    insight_store.report(parked(message, seconds=60).model_copy(update={"attempt": 2, "outcome": "redriven"}), again)

    answer = operator.post(f"/parked/{message}/redrive", {"service": "dms", "seen": old})

    assert "done=changed" in answer.location
    assert insight_store.told() == []
    assert console.audited() == []


def test_dropping_wants_a_reason(console, insight_store):
    message = held(insight_store, uuid4())
    operator = console.login("operator")
    form = {"service": "dms", "seen": seen_by(operator, message)}

    assert operator.post(f"/parked/{message}/drop", form | {"reason": " "}).status_code == 422
    assert operator.post(f"/parked/{message}/drop", form | {"reason": "ended by phone"}).status_code == 303

    (order,) = insight_store.told()
    assert (type(order), order.reason) == (DropParked, "ended by phone")


@pytest.mark.parametrize("role", ["integrator", "auditor"])
@pytest.mark.parametrize("order", ["redrive", "drop", "care"])
def test_who_may_not_order_is_refused_and_nothing_goes_out(console, insight_store, role, order):
    message = held(insight_store, uuid4())

    answer = console.login(role).post(f"/parked/{message}/{order}", {"service": "dms", "reason": "x"})

    assert answer.status_code == 403
    assert insight_store.told() == []


def test_owner_status_and_note_are_kept(console, insight_store):
    message = held(insight_store, uuid4())
    operator = console.login("operator")

    operator.post(f"/parked/{message}/care", {"service": "dms", "owner": "liu", "status": "looking", "note": "asked the dealer"})

    shown = console.login("auditor").get(f"/parked/{message}?service=dms").text
    assert all(words in shown for words in ("liu", "处理中", "asked the dealer"))
    assert str(message) in operator.get("/parked?owner=liu&status=looking").text


def test_the_page_says_so_when_insight_is_away(console, insight_store):
    operator = console.login("operator")
    insight_store.stop()

    assert operator.get("/parked").status_code == 503


def test_a_message_with_an_unknown_field_hides_it(console, insight_store):
    message = uuid4()
    odd = envelope_of(message, {"tel": "13800138001", "dealer_code": "D001"})
    held(insight_store, message, odd)

    shown = console.login("auditor").post(f"/parked/{message}/payload", {"service": "dms"}).text

    assert "13800138001" not in shown
    assert "D001" in shown


def test_times_are_said_as_ages(console, insight_store):
    insight_store.report(parked())
    console.now.at = AT.replace(hour=12)

    assert "小时" in console.login("operator").get("/parked").text
