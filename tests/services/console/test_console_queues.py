"""*Queues*: what waits where, one service in detail, and orders to pause and resume."""

import io
import re
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest

from contracts.ops import PauseConsumer, ResumeConsumer
from services.console.access import RIGHTS, Right
from tests.services.console.board_seeds import a_bad_answer, a_hop, a_status, all_well, an_hour, report_all

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


def services_of(answer):
    return re.findall(r'<td data-head="[^"]*"><a href="/console/queues/(\w+)">', answer.text)


def test_every_service_is_listed_the_worst_first(operator, tell, insight_store):
    tell(*(status for status in all_well() if status.service != "sms"), a_status("sms", failing={"provider": "no answer"}))
    insight_store.report(*a_bad_answer())

    found = services_of(operator.get("/queues"))

    assert found[:2] == ["sms", "dms"]
    assert len(found) == len([*all_well()])


def test_numbers_of_a_service_lead_to_their_lists(operator, tell, insight_store):
    tell(*all_well())
    insight_store.report(*a_bad_answer())

    assert '<a href="/console/parked?service=dms">1</a>' in operator.get("/queues").text


def test_the_table_is_exported_with_units_in_its_head(operator, tell):
    tell(*all_well())

    lines = operator.get("/queues?format=csv").text.splitlines()

    assert lines[0].removeprefix("\ufeff") == "服务,状态,队列,死信,最久等待 (s),处理 (/s),发出 (/s),消费者,待发,重试,滞留"
    assert len(lines) == 1 + len([*all_well()])


def test_the_table_is_exported_for_excel(operator, tell):
    tell(*all_well())

    answer = operator.get("/queues?format=xlsx")

    assert "xl/workbook.xml" in ZipFile(io.BytesIO(answer.data)).namelist()


def test_a_service_shows_its_copies_and_its_hour(operator, tell, insight_store):
    tell(*all_well())
    tell(a_status("appointments", in_work=3, failing={"database": "no answer"}))
    report_all(insight_store, an_hour())

    answer = operator.get("/queues/appointments")

    assert "自检 database 不通过：no answer" in answer.text
    assert "正在做 3 条" in answer.text
    assert answer.text.count("<tr><td") == 2
    assert '<hour-chart role="img" aria-label=' in answer.text
    assert "/console/queues/appointments/minutes" in answer.text


def test_what_a_chart_draws_is_a_table_too(operator, tell, insight_store):
    tell(*all_well())
    insight_store.report(*(a_hop("appointments", "handled", minutes=5) for _ in range(7)))

    lines = operator.get("/queues/appointments/minutes?format=csv").text.splitlines()

    assert len(lines) == 61
    assert sum(int(line.split(",")[1]) for line in lines[1:]) == 7


def test_a_service_that_there_is_not_is_not_found(operator, tell):
    tell(*all_well())

    assert operator.get("/queues/nobody").status_code == 404
    assert operator.get("/queues/nobody/minutes").status_code == 404
    assert operator.post("/queues/nobody/pause").status_code == 404


def test_an_order_to_pause_is_sent_and_leaves_a_line(operator, tell, insight_store, console):
    tell(*all_well())

    answer = operator.post("/queues/dms/pause")

    order = insight_store.told()[0]
    assert (type(order), order.service, order.ordered_by) == (PauseConsumer, "dms", "operator")
    assert ("operator", "queue.pause", "dms") in console.audited()
    assert "已下令暂停" in operator.get(answer.location.removeprefix("/console")).text


def test_a_pause_is_told_as_soon_as_the_service_says_so_and_can_be_ended(operator, tell, insight_store):
    tell(*all_well(), a_status("dms", paused=True, consuming=False))

    page = operator.get("/queues/dms?ordered=pause").text
    operator.post("/queues/dms/resume")

    assert "已暂停，到有人恢复为止" in page
    assert 'action="/console/queues/dms/resume"' in page
    assert 'action="/console/queues/dms/pause"' not in page
    assert type(insight_store.told()[0]) is ResumeConsumer


def test_who_is_to_pause_is_told_what_waits_meanwhile(operator, tell):
    tell(*all_well())

    page = operator.get("/queues/sms").text

    assert "短信都等着，包括验证码" in page
    assert "一条不丢" in page


def test_what_has_no_queue_cannot_be_paused(operator, tell):
    tell(*all_well())

    assert "/console/queues/gateway/pause" not in operator.get("/queues/gateway").text
    assert operator.post("/queues/gateway/pause").status_code == 404


def test_pausing_is_offered_and_allowed_to_those_who_may_order(console, tell, insight_store):
    tell(*all_well())

    for role, rights in RIGHTS.items():
        visitor, may = console.login(role), Right.ORDER in rights
        assert ("/console/queues/dms/pause" in visitor.get("/queues/dms").text) is may
        assert visitor.post("/queues/dms/pause").status_code == (303 if may else 403)
        assert len(insight_store.told()) == (1 if may else 0)


def test_an_order_without_the_token_of_its_session_is_refused(operator, tell, insight_store):
    tell(*all_well())

    assert operator.post("/queues/dms/pause", {"csrf": ""}).status_code == 403
    assert insight_store.told() == []


def test_while_insight_is_away_what_was_known_is_shown_and_orders_say_so(operator, tell, insight_store):
    tell(*all_well())
    operator.get("/queues/dms")
    insight_store.stop()

    page, order = operator.get("/queues/dms", headers=POLL), operator.post("/queues/dms/pause")

    assert "insight 没有回答；下面是" in page.text
    assert "<html" not in page.text
    assert order.status_code == 503


def test_english_has_no_chinese_but_the_language_switch(operator, tell, insight_store):
    tell(*all_well(), a_status("dms", paused=True), a_status("sms", ago=200))
    insight_store.report(*a_bad_answer())
    operator.set_cookie("cheqiao_lang", "en")

    for path in ("/queues", "/queues/dms", "/queues/gateway", "/queues/dms/minutes"):
        words = operator.get(path).text.replace("中文", "").replace("车桥", "")
        assert not re.search(r"[\u4e00-\u9fff]", words), path
