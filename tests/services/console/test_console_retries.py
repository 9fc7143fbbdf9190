"""*Retries*: what waits, for whom, and until when."""

from uuid import uuid4

from tests.services.console.workbench_seeds import APPOINTMENT, waiting


def test_what_waits_is_listed_with_its_cause_and_the_way_to_its_trace(console, insight_store):
    message = uuid4()
    insight_store.report(waiting(message))

    shown = console.login("auditor").get("/retries").text

    assert "请 CSC 建回电任务" in shown
    assert "应答 503" in shown
    assert f"/console/trace/{APPOINTMENT}?at={message}" in shown


def test_the_filter_stands_in_the_address(console, insight_store):
    insight_store.report(waiting())

    assert "没有消息在等待重试" in console.login("auditor").get("/retries?service=dms").text


def test_the_live_part_is_answered_alone(console, insight_store):
    insight_store.report(waiting())

    assert "<html" not in console.login("auditor").get("/retries", headers={"X-Console-Poll": "1"}).text


def test_all_of_it_is_exported(console, insight_store):
    insight_store.report(*(waiting(seconds=number) for number in range(120)))

    assert len(console.login("auditor").get("/retries?format=csv").get_data(as_text=True).splitlines()) == 121
