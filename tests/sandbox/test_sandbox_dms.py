"""The DMS keeps one record of one appointment, and says no where it must."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import requests
from pydantic import TypeAdapter
from standardwebhooks import Webhook
from werkzeug.wrappers import Response

from contracts.partners.dms import DmsPush, SlipAnswer, StoreAnswer
from tests.sandbox.stage import DMS_KEY, SECRETS, Stage, a_slip_record, a_store_record, eventually, in_a_process, under_werkzeug


def test_a_request_gets_a_number(stage):
    answer = stage.store()

    assert answer.status_code == 201
    assert StoreAnswer.model_validate(answer.json()).dms_no == "DMS-000001"


def test_without_the_key_nobody_is_served(stage):
    answer = requests.post(stage.at("/dms/api/v1/appointments"), json=a_store_record(), headers={"Authorization": "Bearer x"}, timeout=30)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")


def test_a_repeat_gets_the_stored_answer(stage):
    record = a_store_record()
    first = stage.store(record)

    again = stage.store(record)

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [entry["replayed"] for entry in stage.ledger("dms")] == [False, True]


def test_ten_repeats_at_once_make_one_record(any_stage):
    record = a_store_record()

    with ThreadPoolExecutor(10) as ten:
        answers = list(ten.map(lambda _: any_stage.store(record), range(10)))

    assert {(answer.status_code, answer.json()["dms_no"]) for answer in answers} == {(201, "DMS-000001")}
    (kept,) = any_stage.state("dms")["appointments"]
    assert kept["asked"] == 1
    assert len(any_stage.ledger("dms")) == 10


def test_the_same_key_with_another_body_is_a_conflict(stage):
    stage.store(a_store_record())

    answer = stage.store(a_store_record())

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


def test_an_appointment_under_another_key_is_the_same_record(stage):
    record = a_store_record()
    first = stage.store(record, key="k-1")

    second = stage.store(record, key="k-2")

    assert second.json() == first.json()
    (kept,) = stage.state("dms")["appointments"]
    assert kept["asked"] == 2


def test_a_key_is_asked_for(stage):
    answer = requests.post(stage.at("/dms/api/v1/appointments"), json=a_store_record(), headers=DMS_KEY, timeout=30)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"requested_date": "soon"}, "requested_date"), ({"mileage_km": "7"}, "mileage_km"), ({"openid": "o1"}, "openid")],
)
def test_what_is_off_contract_is_refused_by_field_without_its_value(stage, changes, field):
    answer = stage.store(a_store_record(**changes))

    assert (answer.status_code, answer.json()["code"]) == (400, "off_contract")
    assert field in answer.json()["message"]
    assert str(changes[field]) not in answer.json()["message"]


@pytest.mark.parametrize(("dealer", "code"), [("D999", "unknown_dealer"), ("CLOSED", "closed_day")])
def test_a_dealer_that_cannot_take_it_is_a_clear_no(stage, dealer, code):
    answer = stage.store(a_store_record(dealer_code=dealer))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert stage.state("dms")["appointments"] == []


def test_a_cancel_marks_the_request_and_its_slip(stage):
    record = a_store_record()
    stage.store(record)
    stage.slip("S-1", a_slip_record(record["appointment_id"]))

    answer = stage.cancel(record["appointment_id"])

    assert answer.json() == {"status": "ok"}
    state = stage.state("dms")
    assert (state["appointments"][0]["state"], state["slips"][0]["state"]) == ("cancelled", "cancelled")


def test_a_cancel_of_what_never_came_is_not_found_and_may_be_asked_again(stage):
    record = a_store_record()
    early = stage.cancel(record["appointment_id"])
    stage.store(record)

    later = stage.cancel(record["appointment_id"])

    assert (early.status_code, early.json()["code"], later.status_code) == (404, "not_found", 200)


def test_a_store_that_comes_after_the_cancel_revives_nothing(stage):
    record = a_store_record()
    stage.store(record)
    stage.cancel(record["appointment_id"])

    stage.store(record, key="k-later")

    assert stage.state("dms")["appointments"][0]["state"] == "cancelled"


def test_a_slip_for_a_cancelled_appointment_is_refused(stage):
    record = a_store_record()
    stage.store(record)
    stage.cancel(record["appointment_id"])

    answer = stage.slip("S-1", a_slip_record(record["appointment_id"]))

    assert (answer.status_code, answer.json()["code"]) == (409, "cancelled")


def test_the_higher_version_of_a_slip_stays(stage):
    record = a_store_record()
    stage.store(record)
    stage.slip("S-1", a_slip_record(record["appointment_id"], version=3), key="s-3")

    answer = stage.slip("S-1", a_slip_record(record["appointment_id"], version=2), key="s-2")

    assert SlipAnswer.model_validate(answer.json()) == SlipAnswer(slip_id="S-1", version=3)


def test_a_slip_for_an_unknown_appointment_is_refused(stage):
    answer = stage.slip("S-1", a_slip_record(uuid4()))

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_appointment")


def test_our_reference_finds_the_record(stage):
    record = a_store_record()
    stage.store(record)

    found = requests.get(stage.at(f"/dms/api/v1/appointments/{record['appointment_id']}"), headers=DMS_KEY, timeout=30)
    missing = requests.get(stage.at(f"/dms/api/v1/appointments/{uuid4()}"), headers=DMS_KEY, timeout=30)

    assert (found.json(), missing.status_code) == ({"dms_no": "DMS-000001"}, 404)


def test_a_rejection_at_the_desk_is_pushed_signed(stage):
    record = a_store_record()
    stage.store(record)

    stage.desk(f"/dms/desk/appointments/{record['appointment_id']}/reject", reason="parts_missing")

    (heard,) = eventually(lambda: stage.cheqiao.heard)
    push = TypeAdapter(DmsPush).validate_python(Webhook(SECRETS.dms_webhook_secret).verify(heard.body, heard.headers))
    assert (heard.path, push.data.reason, push.data.version) == ("/partners/dms/v1/events", "parts_missing", 2)


def test_there_is_nothing_to_reject_twice(stage):
    record = a_store_record()
    stage.store(record)
    stage.desk(f"/dms/desk/appointments/{record['appointment_id']}/reject")

    again = stage.desk(f"/dms/desk/appointments/{record['appointment_id']}/reject")

    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_reject")


def test_a_push_is_tried_again_under_the_same_id_until_it_is_taken(stage):
    stage.cheqiao.answers = [Response(status=503), Response(status=500)]
    record = a_store_record()
    stage.store(record)

    stage.desk(f"/dms/desk/appointments/{record['appointment_id']}/reject")

    push = eventually(lambda: next((push for push in stage.state("dms")["pushes"] if push["outcome"] == "settled"), None))
    assert [each["status"] for each in push["tries"]] == [503, 500, 200]
    assert len({heard.headers["Webhook-Id"] for heard in stage.cheqiao.heard}) == 1


@pytest.mark.parametrize("final", [400, 409])
def test_a_push_that_is_refused_for_good_is_not_tried_again(stage, final):
    stage.cheqiao.answers = [Response(status=final)]
    record = a_store_record()
    stage.store(record)

    stage.desk(f"/dms/desk/appointments/{record['appointment_id']}/reject")

    push = eventually(lambda: next((push for push in stage.state("dms")["pushes"] if push["outcome"] == "settled"), None))
    assert [each["status"] for each in push["tries"]] == [final]


def test_a_duplicated_push_is_the_same_several_times(stage):
    stage.fault("dms", mode="duplicating", copies=3, times=1)
    record = a_store_record()
    stage.store(record)

    stage.desk(f"/dms/desk/appointments/{record['appointment_id']}/reject")

    eventually(lambda: len(stage.cheqiao.heard) == 3)
    assert len({(heard.headers["Webhook-Id"], heard.body) for heard in stage.cheqiao.heard}) == 1


def test_records_and_waiting_pushes_survive_a_restart(tmp_path, cheqiao):
    record = a_store_record()
    with under_werkzeug(tmp_path, "http://127.0.0.1:9") as url:
        before = Stage(url, cheqiao)
        before.store(record)
        before.desk(f"/dms/desk/appointments/{record['appointment_id']}/reject")
        eventually(lambda: before.state("dms")["pushes"][0]["tries"])

    with under_werkzeug(tmp_path, cheqiao.url) as url:
        after = Stage(url, cheqiao)
        eventually(lambda: cheqiao.heard)

        assert after.state("dms")["appointments"][0]["state"] == "rejected"
        assert after.store(record).headers["Idempotent-Replayed"] == "true"
        assert cheqiao.heard[0].headers["Webhook-Id"] == after.state("dms")["pushes"][0]["id"]


def test_what_was_answered_is_in_the_ledger_though_the_stand_in_is_killed(tmp_path, cheqiao):
    with in_a_process(tmp_path, cheqiao.url, "eventlet") as url:
        answers = [Stage(url, cheqiao).store(key=f"k-{number}").json()["dms_no"] for number in range(20)]

    with under_werkzeug(tmp_path, cheqiao.url) as url:
        after = Stage(url, cheqiao)

        assert [json.loads(entry["answer"])["dms_no"] for entry in after.ledger("dms")] == answers
        assert [kept["dms_no"] for kept in after.state("dms")["appointments"]] == answers
