"""The CSC calls again about another day, hands a task to another dealer, and knows whom it should have called by now."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests

from tests.sandbox.stage import CSC_KEY, a_task_record
from tests.sandbox.test_sandbox_csc import an_open_task, pushed


def reopen(stage, task, request_no, *, day="2026-04-08", slot="14:00-15:00", again=""):
    body = {"request_no": request_no, "requested_date": day, "slot": slot, "due_at": "2026-04-02T18:00:00+08:00"}
    url = stage.at(f"/csc/api/v1/call-tasks/{task}/reopen")
    return requests.post(url, json=body, headers={**CSC_KEY, "Idempotency-Key": f"re-{task}-{request_no}{again}"}, timeout=30)


def outcome(stage, appointment_id, word="completed"):
    url = stage.at(f"/csc/api/v1/appointments/{appointment_id}/outcome")
    body = {"outcome": word, "at": "2026-04-03T10:00:00+08:00"}
    return requests.put(url, json=body, headers={**CSC_KEY, "Idempotency-Key": f"o-{word}"}, timeout=30)


def the_task(stage):
    (task,) = stage.state("csc")["tasks"]
    return task


def test_another_day_opens_the_task_again_and_the_slip_holds(stage):
    task = an_open_task(stage)["appointment_id"]
    stage.desk(f"/csc/desk/tasks/{task}/slip")

    answer = reopen(stage, task, 2)

    state = stage.state("csc")
    assert answer.json() == {"status": "ok"}
    assert (state["tasks"][0]["state"], state["tasks"][0]["record"]["requested_date"]) == ("open", "2026-04-08")
    assert (state["slips"][0]["state"], state["slips"][0]["version"]) == ("active", 1)


def test_the_next_slip_says_which_request_it_answers(stage):
    task = an_open_task(stage)["appointment_id"]
    first = stage.desk(f"/csc/desk/tasks/{task}/slip").json()
    reopen(stage, task, 2)

    second = stage.desk(f"/csc/desk/tasks/{task}/slip").json()

    assert (first["request_no"], second["request_no"]) == (1, 2)
    assert (second["slip_id"], second["version"], second["appointment_at"]) == (first["slip_id"], 2, "2026-04-08T14:00:00+08:00")
    assert [news.data.request_no for news in pushed(stage, 2)] == [1, 2]


def test_the_highest_request_counts_in_any_order(stage):
    task = an_open_task(stage)["appointment_id"]
    reopen(stage, task, 3, day="2026-04-09")

    late = reopen(stage, task, 2)

    assert (late.status_code, the_task(stage)["record"]["requested_date"]) == (200, "2026-04-09")


def test_of_two_days_with_one_number_the_later_counts(stage):
    task = an_open_task(stage)["appointment_id"]
    reopen(stage, task, 2)

    back = reopen(stage, task, 2, day="2026-04-07", again="back")

    assert (back.status_code, the_task(stage)["record"]["requested_date"]) == (200, "2026-04-07")


def test_an_older_request_does_not_open_a_task_that_was_closed_by_its_slip(stage):
    task = an_open_task(stage)["appointment_id"]
    reopen(stage, task, 3)
    stage.desk(f"/csc/desk/tasks/{task}/slip")

    reopen(stage, task, 2)

    assert the_task(stage)["state"] == "closed"


def test_what_is_repeated_is_answered_as_the_first_time(stage):
    task = an_open_task(stage)["appointment_id"]
    reopen(stage, task, 2)
    outcome(stage, task)

    again = reopen(stage, task, 2), outcome(stage, task)

    assert [answer.headers["Idempotent-Replayed"] for answer in again] == ["true", "true"]


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda stage, task: stage.desk(f"/csc/desk/tasks/{task}/decline"), "declined"),
        (lambda stage, task: stage.desk(f"/csc/desk/tasks/{task}/transfer", dealer_code="D002"), "transferred"),
        (lambda stage, task: stage.close_task(task), "already_closed"),
        (
            lambda stage, task: stage.desk(
                f"/csc/desk/slips/{stage.desk(f'/csc/desk/tasks/{task}/slip').json()['slip_id']}/cancel",
            ),
            "cancelled",
        ),
    ],
    ids=["declined", "transferred", "closed", "cancelled"],
)
def test_what_was_ended_is_not_opened_again(stage, end, code):
    task = an_open_task(stage)["appointment_id"]
    end(stage, task)

    answer = reopen(stage, task, 2)

    assert (answer.status_code, answer.json()["code"], the_task(stage)["state"] == "open") == (409, code, False)


def test_a_task_that_never_came_is_not_opened_and_has_no_outcome(stage):
    assert [reopen(stage, uuid4(), 2).status_code, outcome(stage, uuid4()).status_code] == [404, 404]


def test_a_task_that_goes_to_another_dealer_is_closed_and_told_so(stage):
    task = an_open_task(stage)["appointment_id"]

    stage.desk(f"/csc/desk/tasks/{task}/transfer", dealer_code="d002")

    (news,) = pushed(stage, 1)
    assert (news.type, news.data.state, news.data.transferred_to, news.data.version) == ("call.logged", "closed", "D002", 2)
    assert the_task(stage)["transferred_to"] == "D002"


@pytest.mark.parametrize(("dealer", "status", "code"), [("D001", 409, "same_dealer"), ("", 400, "malformed"), ("甲", 400, "malformed")])
def test_a_task_does_not_go_to_its_own_dealer_nor_to_none(stage, dealer, status, code):
    task = an_open_task(stage)["appointment_id"]

    answer = stage.desk(f"/csc/desk/tasks/{task}/transfer", dealer_code=dealer)

    assert (answer.status_code, answer.json()["code"], the_task(stage)["state"]) == (status, code, "open")


def test_a_task_that_was_handed_on_takes_no_more_calls(stage):
    task = an_open_task(stage)["appointment_id"]
    stage.desk(f"/csc/desk/tasks/{task}/transfer", dealer_code="D002")

    answers = [
        stage.desk(f"/csc/desk/tasks/{task}/{act}", **body)
        for act, body in (("calls", {"result": "reached"}), ("slip", {}), ("decline", {}))
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "not_open")}


def test_a_slip_without_a_time_is_for_the_beginning_of_the_slot_that_was_wished_for(stage):
    record = a_task_record(slot="15:00-16:00")
    stage.open_task(record)

    answer = stage.desk(f"/csc/desk/tasks/{record['appointment_id']}/slip").json()

    assert answer["appointment_at"] == "2026-04-03T15:00:00+08:00"


def test_an_outcome_is_kept_with_the_task(stage):
    task = an_open_task(stage)["appointment_id"]

    outcome(stage, task, "no_show")
    outcome(stage, task, "completed")

    assert the_task(stage)["outcome"] == "completed"


@pytest.mark.parametrize(
    ("due_in", "overdue", "due_soon"),
    [(timedelta(hours=-1), True, False), (timedelta(minutes=10), False, True), (timedelta(hours=3), False, False)],
)
def test_the_desk_knows_who_should_have_been_called_by_now(stage, due_in, overdue, due_soon):
    stage.open_task(a_task_record(due_at=(datetime.now(UTC) + due_in).isoformat()))

    task = the_task(stage)

    assert (task["overdue"], task["due_soon"]) == (overdue, due_soon)
    assert len(stage.desk_get("/csc/desk/tasks", show="overdue")["tasks"]) == overdue


def test_what_is_closed_is_not_overdue(stage):
    record = a_task_record(due_at="2020-01-01T00:00:00Z")
    stage.open_task(record)
    stage.desk(f"/csc/desk/tasks/{record['appointment_id']}/decline")

    assert (the_task(stage)["overdue"], stage.desk_get("/csc/desk/tasks", show="open")["tasks"]) == (False, [])


def test_the_desk_sees_who_can_be_reached_by_wechat(stage):
    record = an_open_task(stage)
    before = the_task(stage)["registered"]
    fact = {"version": 1, "customer_id": record["customer_id"], "vin": record["vin"], "registered": True, "at": "2026-04-01T09:00:00+08:00"}

    stage.register("csc", uuid4(), fact, key="r-1")

    assert (before, the_task(stage)["registered"]) == (False, True)


@pytest.mark.parametrize("name", ["tasks", "slips", "registrations"])
def test_the_desk_can_be_read(stage, name):
    assert stage.desk_get(f"/csc/desk/{name}") == {name: []}
