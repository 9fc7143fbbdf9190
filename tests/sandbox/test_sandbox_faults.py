"""A fault that was ordered strikes for real, and the ledger knows."""

import json
import threading

import eventlet.patcher
import pytest
import requests

from tests.sandbox.stage import a_store_record, eventually


def test_a_request_is_in_the_ledger_with_its_headers_and_its_answer(stage):
    stage.store(key="k-9")

    (entry,) = stage.ledger("dms", path="/api/v1/appointments")
    assert entry["headers"]["Idempotency-Key"] == "k-9"
    assert entry["headers"]["Correlation-Id"] == "c-1"
    assert "Authorization" not in entry["headers"]
    assert (entry["status"], entry["fault"], entry["replayed"]) == (201, None, False)
    assert json.loads(entry["body"])["name"] == "张伟"


def test_the_ledger_is_read_on_from_where_one_was(stage):
    stage.store(key="k-1")
    first = stage.ledger("dms")[-1]["id"]
    stage.store(key="k-2")

    later = stage.ledger("dms", since=first)

    assert [entry["headers"]["Idempotency-Key"] for entry in later] == ["k-2"]


def test_a_request_that_is_never_answered_is_in_the_ledger_while_it_hangs(any_stage):
    any_stage.fault("dms", mode="silent", seconds=30)

    with pytest.raises(requests.exceptions.ReadTimeout):
        any_stage.store(timeout=0.5)

    (entry,) = any_stage.ledger("dms")
    assert (entry["fault"], entry["status"]) == ("silent", None)


@pytest.mark.parametrize("mode", ["down", "reset"])
def test_a_stand_in_that_hangs_up_answers_nothing_and_does_nothing(any_stage, mode):
    any_stage.fault("dms", mode=mode)

    with pytest.raises(requests.exceptions.ConnectionError):
        any_stage.store()

    assert any_stage.state("dms")["appointments"] == []


def test_a_reset_is_one_for_a_client_that_looks_closely(any_stage):
    any_stage.fault("wechat", mode="reset")
    port = int(any_stage.url.rpartition(":")[2])

    with eventlet.patcher.original("socket").create_connection(("127.0.0.1", port)) as bare:
        bare.sendall(b"GET /sandbox/wechat/cgi-bin/token HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            bare.recv(1)


def test_a_reset_after_the_effect_leaves_the_record_behind(any_stage):
    any_stage.fault("dms", mode="reset", when="after", times=1)
    record = a_store_record()

    with pytest.raises(requests.exceptions.ConnectionError):
        any_stage.store(record)
    again = any_stage.store(record)

    assert again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(any_stage.state("dms")["appointments"]) == 1


def test_a_cut_answer_ends_before_its_length(any_stage):
    any_stage.fault("dms", mode="cut", times=1)

    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        any_stage.store()

    assert len(any_stage.state("dms")["appointments"]) == 1
    assert any_stage.ledger("dms")[0]["fault"] == "cut"


def test_a_trickled_answer_comes_byte_by_byte(any_stage):
    any_stage.fault("dms", mode="trickle", seconds=0.01, times=1)

    answer = any_stage.store(stream=True)
    pieces = list(answer.raw.stream(1))

    assert b"DMS-000001" in b"".join(pieces)
    assert len(pieces) > 10


def test_a_trickle_ends_when_nobody_listens_any_more(any_stage):
    any_stage.fault("dms", mode="trickle", seconds=0.05, times=1)

    any_stage.store(stream=True).close()

    assert any_stage.store(key="k-2").status_code == 201


def test_a_connection_that_was_broken_does_not_spoil_the_next(any_stage):
    any_stage.fault("dms", *({"mode": mode, "times": 1} for mode in ("reset", "down", "cut", "failing")))
    session, outcomes = requests.Session(), []

    for number in range(6):
        try:
            outcomes.append(any_stage.store(key=f"k-{number}").status_code)
        except requests.exceptions.RequestException:
            outcomes.append(0)

    session.close()
    assert outcomes == [0, 0, 0, 500, 201, 201]


def test_other_requests_go_on_while_one_is_slow(any_stage):
    any_stage.fault("dms", mode="slow", seconds=3, path="/api/v1/appointments")
    slow = threading.Thread(target=any_stage.store)
    slow.start()
    try:
        answer = any_stage.open_task()
        still_slow = slow.is_alive()
    finally:
        slow.join()

    assert answer.status_code == 201
    assert still_slow


def test_slow_before_does_nothing_until_the_time_is_over(stage):
    stage.fault("dms", mode="slow", seconds=3, times=1)
    slow = threading.Thread(target=stage.store)
    slow.start()
    eventually(lambda: not requests.get(stage.at("/dms/control/faults"), timeout=30).json()["faults"])  # it struck: the store is there
    meanwhile = stage.state("dms")["appointments"]
    slow.join()

    assert meanwhile == []
    assert len(stage.state("dms")["appointments"]) == 1


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"mode": "failing"}, 500, "internal"),
        ({"mode": "busy", "retry_after": 7}, 429, "busy"),
        ({"mode": "refusing", "code": "closed_day"}, 422, "closed_day"),
    ],
)
def test_a_fault_that_answers_says_so_and_does_nothing(stage, fault, status, code):
    stage.fault("dms", **fault)

    answer = stage.store()

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers.get("Retry-After") == (str(fault["retry_after"]) if "retry_after" in fault else None)
    assert stage.state("dms")["appointments"] == []


def test_an_answer_off_contract_comes_with_a_good_status_after_the_effect(stage):
    stage.fault("dms", mode="off_contract", times=1)

    answer = stage.store()

    assert answer.status_code == 200
    assert not isinstance(answer.json()["dms_no"], str)
    assert len(stage.state("dms")["appointments"]) == 1


def test_a_fault_ends_after_its_times_and_faults_of_other_paths_stay(stage):
    stage.fault("dms", mode="failing", times=2, path="/api/v1/appointments")
    stage.fault("dms", mode="busy", path="/api/v1/slips")

    statuses = [stage.store(key=f"k-{number}").status_code for number in range(3)]

    assert statuses == [500, 500, 201]
    assert [fault["mode"] for fault in requests.get(stage.at("/dms/control/faults"), timeout=30).json()["faults"]] == ["busy"]


def test_cleared_faults_strike_no_more(stage):
    stage.fault("dms", mode="down")

    requests.delete(stage.at("/dms/control/faults"), timeout=30)

    assert stage.store().status_code == 201


def test_a_fault_that_makes_no_sense_is_refused(stage):
    answer = requests.put(stage.at("/dms/control/faults"), json={"mode": "lazy"}, timeout=30)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_body_over_a_mebibyte_is_refused(any_stage):
    answer = any_stage.store(a_store_record(concern="x" * 1_100_000))

    assert answer.status_code == 413


def test_a_chunked_body_is_read_whole(any_stage):
    url, headers = any_stage.at("/wechat/cgi-bin/stable_token"), {"Content-Type": "application/json"}
    pieces = iter([b'{"grant_type":"client_credential","appid":"wxsandbox0000main",', b'"secret":"sandbox-secret"}'])

    answer = requests.post(url, data=pieces, headers=headers, timeout=30)

    assert answer.json()["expires_in"] == 7200


def test_the_index_lists_the_addresses(stage):
    index = requests.get(stage.at("/"), timeout=30).json()

    assert index["target"] == stage.cheqiao.url
    assert stage.at("/csc/desk/tasks/{appointment_id}/slip") in index["csc"]
