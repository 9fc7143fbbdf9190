"""The CSC calls, agrees on slips, and tells of both in full with a version that rises."""

from uuid import uuid4

import requests
from pydantic import TypeAdapter
from standardwebhooks import Webhook

from contracts.partners.csc import CscPush
from tests.sandbox.stage import CSC_KEY, SECRETS, a_task_record, eventually

PUSH = TypeAdapter(CscPush)


def pushed(stage, number):
    """The pushes, once so many have come, in the order of their making."""
    heard = eventually(lambda: len(stage.cheqiao.heard) >= number and stage.cheqiao.heard)
    news = [PUSH.validate_python(Webhook(SECRETS.csc_webhook_secret).verify(each.body, each.headers)) for each in heard]
    return sorted(news, key=lambda each: each.timestamp)


def an_open_task(stage):
    record = a_task_record()
    stage.open_task(record)
    return record


def test_a_task_gets_a_number_and_a_second_wish_gets_the_same(stage):
    record = a_task_record()

    first, second = stage.open_task(record, key="t-1"), stage.open_task(record, key="t-2")

    assert (first.status_code, first.json()) == (201, {"task_id": "TASK-000001"})
    assert second.json() == first.json()
    assert len(stage.state("csc")["tasks"]) == 1


def test_every_call_is_told_with_all_calls_before_it(stage):
    task = an_open_task(stage)["appointment_id"]

    stage.desk(f"/csc/desk/tasks/{task}/calls", result="no_answer")
    stage.desk(f"/csc/desk/tasks/{task}/calls", result="reached")

    first, second = pushed(stage, 2)
    assert [call.result for call in second.data.calls] == ["no_answer", "reached"]
    assert (first.data.version, second.data.version, second.data.state) == (2, 3, "open")
    assert stage.cheqiao.heard[0].path == "/partners/csc/v1/events"


def test_a_slip_is_as_the_task_has_it_unless_something_else_was_agreed(stage):
    record = an_open_task(stage)

    stage.desk(f"/csc/desk/tasks/{record['appointment_id']}/slip", appointment_at="2026-04-03T14:00:00+08:00")

    (news,) = pushed(stage, 1)
    assert (news.type, news.data.version, news.data.dealer_code) == ("slip.saved", 1, record["dealer_code"])
    assert news.data.appointment_at.isoformat() == "2026-04-03T14:00:00+08:00"
    assert stage.state("csc")["tasks"][0]["state"] == "closed"


def test_a_slip_without_a_time_is_for_the_morning_that_was_wished_for(stage):
    record = an_open_task(stage)

    answer = stage.desk(f"/csc/desk/tasks/{record['appointment_id']}/slip").json()

    assert answer["appointment_at"] == "2026-04-03T09:30:00+08:00"


def test_another_day_is_the_next_version_of_the_same_slip(stage):
    task = an_open_task(stage)["appointment_id"]
    first = stage.desk(f"/csc/desk/tasks/{task}/slip").json()

    second = stage.desk(f"/csc/desk/tasks/{task}/slip", appointment_at="2026-04-05T09:30:00+08:00").json()

    assert (second["slip_id"], second["version"]) == (first["slip_id"], 2)


def test_a_cancelled_slip_is_told_in_full(stage):
    task = an_open_task(stage)["appointment_id"]
    slip = stage.desk(f"/csc/desk/tasks/{task}/slip").json()

    stage.desk(f"/csc/desk/slips/{slip['slip_id']}/cancel", reason="customer_ill")

    _, news = pushed(stage, 2)
    assert (news.data.state, news.data.version, news.data.reason) == ("cancelled", 2, "customer_ill")


def test_a_declined_task_is_told_and_takes_no_more_calls(stage):
    task = an_open_task(stage)["appointment_id"]

    stage.desk(f"/csc/desk/tasks/{task}/decline")
    late = stage.desk(f"/csc/desk/tasks/{task}/calls", result="reached")

    (news,) = pushed(stage, 1)
    assert news.data.state == "declined"
    assert (late.status_code, late.json()["code"]) == (409, "not_open")


def test_closing_a_task_voids_its_slip_without_a_push(stage):
    task = an_open_task(stage)["appointment_id"]
    stage.desk(f"/csc/desk/tasks/{task}/slip")
    pushed(stage, 1)

    answer = stage.close_task(task)

    state = stage.state("csc")
    assert answer.json() == {"status": "ok"}
    assert (state["slips"][0]["state"], state["slips"][0]["version"], len(state["pushes"])) == ("cancelled", 2, 1)
    assert stage.desk(f"/csc/desk/tasks/{task}/slip").status_code == 409


def test_a_closed_task_is_not_opened_again_by_a_late_wish(stage):
    record = an_open_task(stage)
    stage.close_task(record["appointment_id"])

    stage.open_task(record, key="t-late")

    assert stage.state("csc")["tasks"][0]["state"] == "closed"


def test_closing_what_never_came_is_not_found(stage):
    answer = stage.close_task(uuid4())

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_our_reference_finds_the_task(stage):
    record = an_open_task(stage)

    found = requests.get(stage.at(f"/csc/api/v1/call-tasks/{record['appointment_id']}"), headers=CSC_KEY, timeout=30)

    assert found.json() == {"task_id": "TASK-000001"}


def test_an_unknown_result_of_a_call_is_refused(stage):
    task = an_open_task(stage)["appointment_id"]

    answer = stage.desk(f"/csc/desk/tasks/{task}/calls", result="asleep")

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
