"""*Overview*: one sentence that is true, six numbers, and whoever is not well first."""

import re
from datetime import UTC, datetime

import pytest

from contracts.ops import Cause, QuotaUsed
from tests.services.console.board_seeds import a_bad_answer, a_breaker, a_hop, a_status, all_well, an_hour, report_all

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


def english(visitor):
    visitor.set_cookie("cheqiao_lang", "en")
    return visitor


def verdict_of(answer):
    return re.search(r'<h2 id="verdict">(.*?)</h2>', answer.text, re.DOTALL).group(1).strip()


def findings_of(answer):
    return re.findall(r'<li><a href="([^"]*)">.*?<span class="finding-words">(.*?)</span>', answer.text, re.DOTALL)


def test_a_house_that_has_just_been_set_up_says_how_to_begin(operator):
    answer = operator.get("/")

    assert "还没有消息经过这里" in answer.text
    assert "make demo" in answer.text


def test_where_all_is_well_it_says_so(operator, tell):
    tell(*all_well())

    answer = operator.get("/")

    assert verdict_of(answer) == "一切正常"
    assert findings_of(answer) == []


def test_what_is_wrong_is_said_in_words_the_gravest_first_with_where_to_click(operator, tell, insight_store):
    tell(*(status for status in all_well() if status.service not in ("dms", "csc", "gateway")))
    tell(a_status("gateway", spooled=18), a_status("csc", paused=True, breakers=(a_breaker("csc", "held"),)))
    tell(a_status("dms", breakers=(a_breaker("dms", "open", failures=12),), failing={"database": "no answer"}))
    insight_store.report(*a_bad_answer())

    answer = operator.get("/")

    assert verdict_of(answer) == "2 处故障，2 处要留意，2 处已人工暂停"
    assert findings_of(answer) == [
        ("/console/queues/dms", "DMS 适配：自检 database 不通过：no answer"),
        ("/console/partners#dms-dms", "DMS：连续 12 次无应答，暂不调用，稍后自动再试"),
        ("/console/parked", "1 条消息滞留，等人处理"),
        ("/console/queues/gateway", "网关暂存 18 条推送，消息总线恢复后送出"),
        ("/console/queues/csc", "CSC 适配：已暂停消费"),
        ("/console/partners#csc-csc", "CSC：已人工暂停，发给它的都在等"),
    ]


def test_the_same_is_said_in_english(operator, tell):
    tell(*all_well(), a_status("dms", breakers=(a_breaker("dms", "open", failures=12),)))

    answer = english(operator).get("/")

    assert verdict_of(answer) == "1 broken"
    assert findings_of(answer) == [("/console/partners#dms-dms", "DMS: 12 failures in a row: cut off, tried again by itself")]


def test_a_partner_that_is_tried_again_is_as_broken_as_before(operator, tell):
    tell(*all_well(), a_status("dms", breakers=(a_breaker("dms", "half_open", failures=8),)))

    answer = operator.get("/")

    assert verdict_of(answer) == "1 处故障"
    assert findings_of(answer) == [("/console/partners#dms-dms", "DMS：连续 8 次无应答，正在试探是否恢复")]


def test_a_service_without_any_copy_is_broken(operator, tell):
    tell(*(status for status in all_well() if status.service != "messaging"))

    assert findings_of(operator.get("/")) == [("/console/queues/messaging", "消息服务：没有副本在运行")]


def test_a_copy_that_fell_silent_is_told_and_one_that_was_replaced_is_not(operator, tell):
    tell(*(status for status in all_well() if status.service not in ("dms", "csc")))
    tell(a_status("dms", ago=120), a_status("dms"))
    tell(a_status("csc", ago=120), a_status("csc", started_at=datetime.now(UTC)))

    assert findings_of(operator.get("/")) == [("/console/queues/dms", "DMS 适配：1 个副本没有音信")]


def test_where_nobody_is_heard_of_that_is_said_once(operator, tell):
    tell(*(a_status(status.service, ago=90) for status in all_well()))

    assert findings_of(operator.get("/")) == [("/console/queues/insight", "所有服务都没有音信：insight 收不到报告")]


def test_a_message_that_waits_for_long_is_told_by_the_service_it_was_sent_to(operator, tell, insight_store):
    tell(*all_well())
    insight_store.report(a_hop("pages", "published", minutes=6, type="request.appointment"))

    assert findings_of(operator.get("/")) == [("/console/queues/appointments", "预约服务：最久的消息已等 6 分钟")]


def test_a_quota_that_is_nearly_used_up_is_told(operator, tell):
    tell(*all_well(), a_status("sender", quotas=(QuotaUsed(account="main", name="template_send", used=80_000, most=100_000),)))

    answer = operator.get("/")

    assert findings_of(answer) == [("/console/#quotas", "配额 template_send 今天已用 80,000 / 100,000")]
    assert 'value="80000" max="100000"' in answer.text


def test_six_numbers_stand_above_every_table_each_with_its_hour(operator, tell, insight_store):
    tell(*all_well())
    report_all(insight_store, an_hour())
    waits = Cause(kind="unavailable", rule="dms: 503")
    insight_store.report(*(a_hop("dms", "retried", outcome="unavailable", causes=(waits,)) for _ in range(3)))

    answer = operator.get("/")

    tiles = re.findall(r'class="stat-title"><a[^>]*>(.*?)</a>.*?<b>(.*?)</b>', answer.text, re.DOTALL)
    assert [name for name, _ in tiles] == ["处理", "发出", "最久等待", "重试", "滞留", "网关暂存"]
    assert dict(tiles)["重试"] == "3"
    assert answer.text.count("<polyline") >= 2
    assert answer.text.index('class="tiles"') < answer.text.index("<table")


def test_a_live_question_gets_the_part_without_the_frame_and_does_not_keep_the_session_alive(operator, tell):
    tell(*all_well())

    answer = operator.get("/", headers=POLL)

    assert verdict_of(answer) == "一切正常"
    assert "<html" not in answer.text


def test_while_insight_is_away_what_was_known_is_shown_and_since_when(operator, tell, insight_store, console):
    tell(*all_well())
    operator.get("/")
    insight_store.stop()

    answer = operator.get("/", headers=POLL)

    assert answer.status_code == 200
    assert "insight 没有回答；下面是 刚刚" in answer.text
    assert verdict_of(answer) == "一切正常"


def test_while_insight_has_never_answered_the_page_stands_and_asks_again(operator, insight_store):
    insight_store.stop()

    answer = operator.get("/")

    assert answer.status_code == 200
    assert "insight 暂时没有回答" in answer.text
    assert 'hx-trigger="every 4s"' in answer.text


def test_quotas_are_exported(operator, tell):
    tell(*all_well())

    lines = operator.get("/quotas?format=csv").text.splitlines()

    assert lines[0].removeprefix("\ufeff") == "接口,公众号,状态,已用,上限,占比"
    assert "template_send,main,够用,412,100000,0.00412" in lines
