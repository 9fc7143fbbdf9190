"""The DMS adapter in a running house: what becomes of a wish when the DMS misbehaves, and of what the DMS tells by itself."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

from adapters.dms.service import DmsAdapter
from chassis import embedded, process
from chassis.database import migrate
from chassis.privacy import BODY
from chassis.tables import parked, partner_call, retry
from contracts.dms import AppointmentRejected, CancelAppointment, VisitArrived
from tests.fakes.mini_house import Watching, Wishing, a_wish, mini_house, until
from tests.fakes.partner import BUSY, AnsweringPartner, answer, cut, dripping_body, hang_up, nothing, reset

MIGRATIONS = Path(__file__).parents[3] / "adapters/dms/migrations"
SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
STORED = answer(201, {"dms_no": "D-7"})
DONE = answer(200, {"status": "ok"})


@pytest.fixture
def house(tmp_path):
    """A house whose DMS answers as told: `house.start_with_dms(*acts)` starts it."""
    url = f"sqlite:///{tmp_path}/{{schema}}.db"
    with mini_house(tmp_path, broker_url=embedded.URL, database_url=url) as built:
        migrate(url.format(schema="dms"), MIGRATIONS)
        opened = []

        def start_with_dms(*acts):
            partner = AnsweringPartner(*acts)
            opened.append(partner)
            terms = {"base_url": partner.url, "webhook_secret": SecretStr(SECRET), "deadline_seconds": 0.5, "attempts_in_place": 1}
            partners = built.settings.partners.model_copy(update={"dms": built.settings.partners.dms.model_copy(update=terms)})
            built.settings = built.settings.model_copy(update={"partners": partners})
            built.start(Wishing, DmsAdapter, Watching)
            process.current().listener.start()
            return partner

        built.start_with_dms = start_with_dms
        yield built
        process.current().listener.stop(0)
        for partner in opened:
            partner.close()


def outcomes(house) -> list[str]:
    return [row.outcome for row in house.rows("dms", partner_call)]


@pytest.mark.parametrize(
    "fault",
    [
        answer(500),
        BUSY,
        answer(429, headers={"Retry-After": "1"}),
        reset,
        hang_up,
        nothing,
        cut(201, {"dms_no": "D-7"}),
        dripping_body(201, {"dms_no": "D-7"}, every=1.0),
        answer(401),
    ],
    ids=["500", "503", "429", "reset", "hang-up", "nothing", "cut", "byte-a-second", "401"],
)
def test_what_may_get_better_is_tried_again_until_it_is(house, fault):
    house.start_with_dms(fault, STORED)
    wish = a_wish(uuid4())

    house.tell(wish)

    (news,) = until(lambda: house.script.stored)
    assert (news.appointment_id, news.dms_no) == (wish.appointment_id, "D-7")
    assert house.rows("dms", parked) == []


def test_a_repeat_carries_the_same_key(house):
    dms = house.start_with_dms(BUSY, STORED)
    wish = a_wish(uuid4())

    house.tell(wish)
    until(lambda: house.script.stored)

    assert {asked.headers["idempotency-key"] for asked in dms.asked} == {str(wish.id)}
    assert outcomes(house) == ["unavailable", "ok"]


def test_a_partner_that_asks_for_time_gets_it(house):
    house.start_with_dms(answer(429, headers={"Retry-After": "3600"}), STORED)

    house.tell(a_wish(uuid4()))

    (row,) = until(lambda: house.rows("dms", retry))
    assert row.due_at - row.changed_at >= 3_599_000


def test_an_answer_off_contract_is_parked_with_its_cause(house):
    house.start_with_dms(answer(201, {"no": "D-7"}))
    wish = a_wish(uuid4())

    house.tell(wish)

    (row,) = until(lambda: house.rows("dms", parked))
    assert (row.message_id, row.kind) == (wish.id, "contract")
    assert [(cause["field"], cause["rule"]) for cause in json.loads(row.causes)] == [("dms_no", "missing")]
    assert outcomes(house) == ["contract"]


def test_booked_then_cancelled_while_the_dms_is_down_ends_cancelled(house):
    dms = house.start_with_dms(BUSY, BUSY, BUSY, STORED, DONE)
    wish = a_wish(uuid4())

    house.tell(wish)
    house.tell(CancelAppointment(appointment_id=wish.appointment_id, reason="withdrawn"))

    until(lambda: len(outcomes(house)) == 5)
    assert [asked.path.removeprefix("/appointments") for asked in dms.asked] == ["", "", "", "", f"/{wish.appointment_id}/cancel"]


def push(kind, record):
    """As the DMS signs it; our answer."""
    body = json.dumps({"type": kind, "timestamp": "2026-03-02T08:00:00Z", "data": record}).encode()
    host, port = process.current().listener.bound("partner")
    now = datetime.now(UTC)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp()))}
    headers["webhook-signature"] = Webhook(SECRET).sign("msg_1", now, body.decode())
    return requests.post(f"http://{host}:{port}/partners/dms/v1/events", data=body, headers=headers, timeout=30)


def test_a_late_no_comes_in_by_a_signed_push(house):
    house.start_with_dms(STORED)

    answered = push("appointment.rejected", {"appointment_id": str(uuid4()), "version": 1, "reason": "closed_day"})

    assert answered.json()["result"] == "accepted"
    (row,) = until(lambda: house.rows("appointments", parked))  # this small house has no reader for it: it came, and is kept
    assert row.type == AppointmentRejected.type_name()


def test_a_car_that_came_in_is_told_under_our_own_id_with_its_vin_sealed(house):
    house.start_with_dms(STORED)
    visit = {"visit_no": "V-1", "vin": "LS4AAAAA1AA000001", "dealer_code": "D001", "arrived_at": "2026-03-02T08:00:00Z"}

    push("visit.arrived", visit)

    (row,) = until(lambda: house.rows("appointments", parked))
    body = house.vault.unseal_bytes(BODY, row.sealed_body).decode()
    told = house.vault.unseal_contract(VisitArrived, json.loads(body)["data"])
    assert (row.type, told.vehicle_id, told.vin) == ("visit.arrived", house.vault.vehicle_id(visit["vin"]), visit["vin"])
    assert visit["vin"] not in body


def test_a_push_off_contract_is_refused_by_field(house):
    house.start_with_dms(STORED)

    answered = push("ownership.changed", {"version": 1, "vin": "short", "customer_id": "C1", "changed_at": "2026-03-02T08:00:00Z"})

    assert (answered.status_code, answered.json()["code"]) == (400, "off_contract")
    assert "vin" in answered.json()["field"]
    assert "short" not in answered.text
