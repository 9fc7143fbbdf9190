"""*Partners*: how long they take, how their calls end, what was off contract, and orders to hold and release."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from contracts.ops import HoldPartner, ReleasePartner
from services.console.access import RIGHTS, Right
from tests.services.console.board_seeds import a_bad_answer, a_breaker, a_call, a_status, all_well, an_hour, report_all

POLL = {"X-Console-Poll": "1", "HX-Request": "true"}


@pytest.fixture
def tell(insight_store):
    def told(*statuses):
        for status in statuses:
            insight_store.deliver(status)

    return told


@pytest.fixture
def operator(console):
    console.now.at = datetime.now(UTC)
    return console.login("operator")


def test_before_the_first_call_the_page_says_so(operator):
    assert "还没有调用过合作方" in operator.get("/partners").text


def test_a_partner_shows_how_long_it_takes_and_how_its_calls_end(operator, tell, insight_store):
    tell(*all_well())
    insight_store.report(*(a_call("dms", milliseconds=100) for _ in range(17)))
    insight_store.report(*(a_call("dms", milliseconds=3000, outcome="unavailable") for _ in range(3)))

    line = next(line for line in operator.get("/partners?format=csv").text.splitlines() if line.startswith("DMS,"))

    _, _, state, calls, failed, share, p50, _, p99 = line.split(",")
    assert (state, calls, failed, share) == ("有错误", "20", "3", "0.15")
    assert 80 < float(p50) < 125
    assert float(p99) > 2500


def test_a_single_failure_in_a_quiet_hour_is_no_trouble(operator, tell, insight_store):
    tell(*all_well())
    insight_store.report(a_call("dms"), a_call("dms", outcome="unavailable"))

    assert "DMS,DMS 适配,正常,2,1,0.5," in operator.get("/partners?format=csv").text


def test_the_classes_of_how_calls_ended_are_named(operator, tell, insight_store):
    tell(*all_well())
    insight_store.report(a_call("dms"), a_call("dms", outcome="refused"), a_call("dms", outcome="unauthorised"))

    page = operator.get("/partners").text

    assert all(words in page for words in ("成功", "明确拒绝", "不认我方密钥"))


def test_the_hour_of_a_partner_is_a_chart_and_a_table(operator, tell, insight_store):
    tell(*all_well())
    report_all(insight_store, an_hour())

    page, table = operator.get("/partners").text, operator.get("/partners/dms/dms/minutes?format=csv").text

    assert "/console/partners/dms/dms/minutes" in page
    assert '<hour-chart role="img" aria-label="最近一小时的应答时间（单位：ms）"' in page
    assert len(table.splitlines()) == 61
    assert operator.get("/partners/dms/nobody/minutes").status_code == 404


def test_an_answer_off_contract_leads_to_its_trace(operator, insight_store):
    message_id = uuid4()
    insight_store.report(*a_bad_answer("dms", message_id))

    page, lines = operator.get("/partners").text, operator.get("/partners/answers?format=csv").text.splitlines()

    assert f'href="/console/trace/{message_id}"' in page
    assert "dms_no" in page
    assert str(message_id) in lines[1]


def test_a_partner_is_held_by_an_order_that_leaves_a_line(operator, tell, insight_store, console):
    tell(*all_well())

    answer = operator.post("/partners/dms/hold")

    order = insight_store.told()[0]
    assert (type(order), order.service, order.partner, order.ordered_by) == (HoldPartner, "dms", "dms", "operator")
    assert ("operator", "partner.hold", "dms") in console.audited()
    assert "已下令暂停" in operator.get(answer.location.removeprefix("/console")).text


def test_a_partner_that_is_held_can_only_be_released(operator, tell, insight_store):
    tell(*(status for status in all_well() if status.service != "dms"), a_status("dms", breakers=(a_breaker("dms", "held"),)))

    page = operator.get("/partners").text
    operator.post("/partners/dms/release")

    assert "/console/partners/dms/release" in page
    assert "/console/partners/dms/hold" not in page
    assert type(insight_store.told()[0]) is ReleasePartner


def test_a_partner_that_was_cut_off_by_itself_can_be_held_and_released(operator, tell):
    tell(*all_well(), a_status("dms", breakers=(a_breaker("dms", "open", failures=5),)))

    page = operator.get("/partners").text

    assert "连续 5 次无应答" in page
    assert "/console/partners/dms/release" in page
    assert "/console/partners/dms/hold" in page


def test_holding_is_offered_and_allowed_to_those_who_may(console, tell, insight_store):
    tell(*all_well())

    for role, rights in RIGHTS.items():
        visitor, may = console.login(role), Right.HOLD in rights
        assert ("/console/partners/dms/hold" in visitor.get("/partners").text) is may
        assert visitor.post("/partners/dms/hold").status_code == (303 if may else 403)
        assert len(insight_store.told()) == (1 if may else 0)


def test_a_partner_that_there_is_not_cannot_be_held(operator):
    assert operator.post("/partners/nobody/hold").status_code == 404


def test_while_insight_is_away_what_was_known_is_shown(operator, tell, insight_store):
    tell(*all_well())
    operator.get("/partners")
    insight_store.stop()

    answer = operator.get("/partners", headers=POLL)

    assert "insight 没有回答；下面是" in answer.text
    assert 'id="dms-dms"' in answer.text


def test_english_has_no_chinese_but_the_language_switch(operator, tell, insight_store):
    tell(*all_well(), a_status("dms", breakers=(a_breaker("dms", "open"),)), a_status("csc", breakers=(a_breaker("csc", "held"),)))
    report_all(insight_store, [*an_hour(), *a_bad_answer()])
    operator.set_cookie("cheqiao_lang", "en")

    for path in ("/", "/quotas", "/partners", "/partners/answers", "/partners/dms/dms/minutes"):
        words = operator.get(path).text.replace("中文", "").replace("车桥", "")
        assert not re.search(r"[\u4e00-\u9fff]", words), path
