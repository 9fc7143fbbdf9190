"""*Trace*: the way in rows, the sentence above it, and the record beside it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.services.console.workbench_seeds import APPOINTMENT, AT, a_hop, a_way, parked, waiting


def trace(console, role="auditor", query="", **more):
    return console.login(role).get(f"/trace/{APPOINTMENT}{query}", **more)


def test_the_way_goes_from_the_phone_to_the_dms_and_back(console, insight_store):
    insight_store.report(*a_way())

    shown = trace(console).text

    assert [shown.index(words) for words in ("车主手机 → 预约服务", "预约服务 → DMS 适配", "DMS 适配 → 预约服务")]
    assert "POST /appointments" in shown
    assert shown.count("<tr id=") == 3


def test_what_is_parked_is_said_above_with_the_way_to_set_it_right(console, insight_store):
    message = uuid4()
    insight_store.report(*a_way(), parked(message, seconds=9))
    console.now.at = AT + timedelta(minutes=5)

    shown = trace(console).text

    assert "停在 DMS 适配，已 4 分钟" in shown
    assert "服务店代码 dealer_code 缺少这一项" in shown
    assert f"/console/parked/{message}?service=dms" in shown


def test_what_waits_is_said_with_whom_it_waits_for_and_the_next_try(console, insight_store):
    message = uuid4()
    call = a_hop("csc", "called", message, 4, partner="csc", outcome="unavailable", attempt=1, type="open.call.task")
    insight_store.report(*a_way(), call, waiting(message))
    console.now.at = AT + timedelta(minutes=3)

    shown = trace(console).text

    assert "在等 CSC，已 2 分钟；第 4 次尝试在 19:00:00" in shown


def test_a_way_that_has_ended_asks_no_more(console, insight_store):
    insight_store.report(*a_way())
    console.now.at = AT + timedelta(hours=1)

    shown = trace(console).text

    assert "hx-trigger" not in shown
    assert "data-ended" in shown


def test_one_that_goes_on_asks_again_and_is_answered_only_where_there_is_news(console, insight_store):
    insight_store.report(*a_way()[:4])
    console.now.at = AT + timedelta(seconds=2)

    shown = trace(console).text
    mark = shown.split('name="had" value="')[1].split('"')[0]

    assert 'hx-trigger="every 2s"' in shown
    assert trace(console, query=f"?had={mark}", headers={"X-Console-Poll": "1"}).status_code == 204
    insight_store.report(*a_way())
    assert trace(console, query=f"?had={mark}", headers={"X-Console-Poll": "1"}).status_code == 200


def test_a_record_stands_beside_the_rows_with_or_without_script(console, insight_store):
    way = a_way()
    insight_store.report(*way)
    store = way[2].message_id

    alone = trace(console, query=f"/messages/{store}").text
    whole = trace(console, query=f"?at={store}").text

    assert "<html" not in alone
    assert alone.strip() in whole or "送达并确认用时" in whole
    assert "送达并确认用时" in alone
    assert trace(console, query=f"/messages/{uuid4()}").status_code == 404


def test_what_nobody_has_heard_of_is_not_found(console):
    assert trace(console).status_code == 404


def test_a_very_long_way_is_shown_and_can_be_exported(console, insight_store):
    for start in range(0, 2000, 400):
        insight_store.report(*(a_hop("appointments", "handled", uuid4(), start + number) for number in range(400)))

    shown = trace(console).text
    exported = trace(console, query="/moments?format=csv").get_data(as_text=True)

    assert shown.count("<tr id=") == 300
    assert "前面还有 1,700 条消息" in shown
    assert len(exported.splitlines()) == 2001


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_style_or_script_stands_in_the_page(console, insight_store, language):
    insight_store.report(*a_way(), parked(), waiting())
    visitor = console.login("operator")
    visitor.set_cookie("cheqiao_lang", language)

    shown = visitor.get(f"/trace/{APPOINTMENT}").text

    assert "style=" not in shown
    assert "<style" not in shown
    assert "onclick" not in shown
