"""The ordering half of `/ops/v1/`, over HTTP."""

import json
import logging
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import MetaData, select, text

from chassis.messages import wrap
from contracts.ops import (
    DropParked,
    HoldPartner,
    MendParked,
    ParkedShown,
    PauseConsumer,
    RedriveParked,
    ReleasePartner,
    ResumeConsumer,
    ShowParked,
)
from services.insight import ordering
from services.insight.job_tables import payloads
from services.insight.ops_api import create_ops_api
from services.insight.service import InsightService
from tests.services.house import VAULT, House
from tests.services.insight.test_jobs import a_hop, carried_out, report
from tests.serving import Server

TOKEN = "a token that only operators have"
LI_LEI = "李雷".encode()
PERSONAL = "canary-13800000000"


@pytest.fixture
def house(tmp_path):
    return House(InsightService(), tmp_path / "insight.sqlite")


@pytest.fixture
def ops(house):
    """Asks with the token, against a real server."""
    process = SimpleNamespace(settings=SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN))))
    server = Server(create_ops_api(house.runtime(process=process)))

    def ask(method, path, body=None, who=LI_LEI):
        headers = {"Authorization": f"Bearer {TOKEN}"} | ({"X-Operator": who} if who is not None else {})
        return requests.request(method, f"{server.url}{path}", headers=headers, json=body, timeout=30)

    yield ask
    server.stop()


def parked(house, **more):
    message_id = uuid4()
    report(house, a_hop("parked", message_id, outcome="parked", **more))
    return message_id


def job_form(expected=1, **changes):
    return {"id": str(uuid4()), "kind": "redrive", "filter": {}, "expected": expected, "per_second": 100} | changes


@pytest.mark.parametrize(
    ("who", "name"), [("李雷".encode(), "李雷"), (b"%E6%9D%8E%E9%9B%B7", "李雷"), (b"ops@dealer.cn", "ops@dealer.cn"), (None, "operator")]
)
def test_an_order_says_who_gave_it(ops, house, who, name):
    answer = ops("POST", f"/parked/{parked(house)}/redrive", who=who)

    (order,) = house.told()
    assert (answer.status_code, answer.json()["order_id"]) == (202, str(order.id))
    assert (order.ordered_by, order.envelope.actorkind, order.envelope.actorid) == (name, "staff", name)


@pytest.mark.parametrize("who", [b"", b"x" * 65, b"%0A", b"%FF", b"\xff", "李雷\u200b".encode()])
def test_a_name_that_is_none_is_400_and_orders_nothing(ops, house, who):
    answer = ops("POST", f"/parked/{parked(house)}/redrive", who=who)

    assert (answer.status_code, answer.json()["code"]) == (400, "operator")
    assert house.told() == []


@pytest.mark.parametrize(("what", "body", "kind"), [("redrive", {}, RedriveParked), ("drop", {"reason": "x"}, DropParked)])
def test_ordering_twice_before_anything_changed_is_ordering_once(ops, house, what, body, kind):
    message_id = parked(house)

    first = ops("POST", f"/parked/{message_id}/{what}", body)
    second = ops("POST", f"/parked/{message_id}/{what}", body)

    (order,) = house.told()
    assert type(order) is kind
    assert first.json()["order_id"] == second.json()["order_id"] == str(order.id)


def test_a_mended_copy_is_ordered_sealed(ops, house):
    message_id = parked(house)
    body = json.dumps({"mobile": PERSONAL, "note": "更" * 20_000})

    answer = ops("POST", f"/parked/{message_id}/mend", {"service": "dms", "body": body})

    with house.database.read() as connection:
        written = str(connection.execute(text("SELECT body FROM outbox")).all())
    (order,) = house.told()
    assert (answer.status_code, type(order), order.body) == (202, MendParked, body)
    assert PERSONAL not in written


def test_what_never_was_a_message_can_only_be_dropped(ops, house):
    message_id = parked(house, type="")

    refused = [
        ops("POST", f"/parked/{message_id}/{what}", body) for what, body in (("redrive", {}), ("mend", {"service": "dms", "body": "{}"}))
    ]

    assert [(one.status_code, one.json()["code"]) for one in refused] == [(409, "no_message")] * 2
    assert ops("POST", f"/parked/{message_id}/drop", {"reason": "噪音"}).status_code == 202


def test_a_payload_is_asked_of_its_service_once_kept_sealed_and_opened_to_answer(ops, house, caplog):
    caplog.set_level(logging.DEBUG)
    message_id = parked(house)
    path = f"/parked/{message_id}/payload"

    waiting = [ops("POST", path, {"service": "dms"}) for _ in range(2)]
    (asked,) = house.told()
    shown = ParkedShown(service="dms", message_id=message_id, body=json.dumps({"mobile": PERSONAL}))
    with house.write() as tx:
        house.service.on_shown(wrap(shown, source="dms", vault=VAULT, cause=None), tx)
    told = ops("POST", path, {"service": "dms"})

    assert [(one.status_code, one.json()["ready"]) for one in waiting] == [(202, False)] * 2
    assert (type(asked), asked.message_id, asked.ordered_by) == (ShowParked, message_id, "李雷")
    assert told.json() == {"ready": True, "body": json.dumps({"mobile": PERSONAL})}
    assert house.told() == []
    with house.database.read() as connection:
        in_use = MetaData()
        in_use.reflect(connection)
        assert PERSONAL not in "".join(str(connection.execute(select(table)).all()) for table in in_use.sorted_tables)
    assert PERSONAL not in caplog.text


def test_a_payload_of_before_the_message_changed_is_asked_for_anew(ops, house):
    message_id = parked(house)
    ops("POST", f"/parked/{message_id}/payload", {"service": "dms"})
    with house.write() as tx:
        tx.execute(payloads.update().values(came_at=2**60, sealed_body=VAULT.seal("body", "old")))
    report(house, a_hop("parked", message_id, 2, "parked"))

    answer = ops("POST", f"/parked/{message_id}/payload", {"service": "dms"})

    assert answer.json() == {"ready": False, "body": None}
    assert len(house.told()) == 2


def test_payloads_are_forgotten(ops, house):
    ops("POST", f"/parked/{parked(house)}/payload", {"service": "dms"})
    with house.write() as tx:
        tx.execute(payloads.update().values(asked_at=1))
        house.service.forget_orders(tx)

    with house.database.read() as connection:
        assert not connection.execute(select(payloads)).all()


def test_what_is_written_beside_a_message_stays_and_what_is_not_given_is_left(ops, house):
    message_id = parked(house)

    ops("PATCH", f"/parked/{message_id}", {"service": "dms", "owner": "李雷", "note": "等经销商回复"})
    answer = ops("PATCH", f"/parked/{message_id}", {"service": "dms", "status": "waiting"})

    (one,) = answer.json()["parked"]
    assert (one["owner"], one["status"], one["note"]) == ("李雷", "waiting", "等经销商回复")
    assert ops("PATCH", f"/parked/{message_id}", {"service": "csc", "note": "x"}).status_code == 404
    assert ops("PATCH", f"/parked/{message_id}", {"service": "dms", "status": "odd"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "kind", "service"),
    [
        ("/queues/messaging/pause", PauseConsumer, "messaging"),
        ("/queues/messaging/resume", ResumeConsumer, "messaging"),
        ("/partners/dms/hold", HoldPartner, "dms"),
        ("/partners/wechat/hold", HoldPartner, "sender"),
        ("/partners/sms/release", ReleasePartner, "sms"),
    ],
)
def test_queues_and_partners_are_held_by_the_service_whose_they_are(ops, house, path, kind, service):
    answer = ops("POST", path)

    (order,) = house.told()
    assert (answer.status_code, type(order), order.service, order.ordered_by) == (202, kind, service, "李雷")


@pytest.mark.parametrize(
    "path", ["/queues/gateway/pause", "/partners/nobody/hold", f"/jobs/{UUID(int=1)}", f"/parked/{UUID(int=1)}/redrive"]
)
def test_what_is_not_there_is_404(ops, house, path):
    answer = ops("GET" if path.startswith("/jobs") else "POST", path)

    assert answer.status_code == 404
    assert {"code", "message", "message_en"} <= set(answer.json())
    assert house.told() == []


def test_a_job_begins_once_and_is_told_of(ops, house):
    meant = [parked(house) for _ in range(3)]
    form = job_form(3, filter={"service": "dms", "field": "dms_no"})

    begun = ops("POST", "/jobs", form)
    again = ops("POST", "/jobs", form | {"expected": 99})
    while len(house.told()) < 1:
        ordering.carry_on(house.database)
    (listed,) = ops("GET", "/jobs").json()["jobs"]

    assert (begun.status_code, again.status_code) == (201, 200)
    assert [begun.json()[name] for name in ("id", "state", "ordered_by", "total", "ordered")] == [form["id"], "running", "李雷", 3, 0]
    assert listed["ordered"] >= 1
    assert listed == ops("GET", f"/jobs/{form['id']}").json()
    assert len(meant) == listed["total"]


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        (job_form(9), 409, "changed"),
        (job_form(12), 409, "changed"),
        (job_form(10, filter={"service": "csc"}), 409, "changed"),
        (job_form(10, filter={"state": "dropped"}), 400, "filter"),
        (job_form(10, filter={"state": None}), 400, "filter"),
        (job_form(10, kind="drop"), 400, "form"),
        (job_form(10, kind="drop", reason=" \t"), 400, "form"),
        (job_form(10, per_second=0), 400, "form"),
        (job_form(10, filter={"colour": "red"}), 400, "form"),
        (job_form(0), 400, "form"),
    ],
)
def test_a_job_that_would_not_do_what_was_shown_is_refused(ops, house, form, status, code):
    for _ in range(10 if form["expected"] != 9 else 11):
        parked(house)

    answer = ops("POST", "/jobs", form)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ops("GET", "/jobs").json() == {"jobs": []}


def test_a_count_that_changed_by_a_tenth_is_the_same_for_a_job(ops, house):
    for _ in range(11):
        parked(house)

    assert ops("POST", "/jobs", job_form(10)).status_code == 201


def test_a_stopped_job_says_so_and_a_done_one_stays_done(ops, house):
    message_id = parked(house)
    stopped, done = job_form(), job_form()
    ops("POST", "/jobs", stopped)

    first = ops("POST", f"/jobs/{stopped['id']}/stop").json()
    ops("POST", "/jobs", done)
    while ordering.carry_on(house.database) or not house.told():
        pass
    report(house, carried_out(SimpleNamespace(id=UUID(done["id"]), kind="redrive"), message_id, 0))
    ordering.carry_on(house.database)
    second = ops("POST", f"/jobs/{done['id']}/stop").json()

    assert (first["state"], first["ordered"]) == ("stopped", 0)
    assert (second["state"], second["gone"], second["total"]) == ("done", 1, 1)


def test_a_message_that_a_running_job_orders_is_not_ordered_beside_it(ops, house):
    message_id = parked(house)
    ops("POST", "/jobs", job_form(per_second=0.01))
    ordering.carry_on(house.database)

    answer = ops("POST", f"/parked/{message_id}/redrive")

    assert (answer.status_code, answer.json()["code"]) == (409, "in_job")
    assert house.told() == []
