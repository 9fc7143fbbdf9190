"""What is asked of the DMS and done at its desk, for the tests of it."""

from typing import Any

import requests
from pydantic import TypeAdapter
from standardwebhooks import Webhook

from contracts.partners.dms import DmsPush
from tests.sandbox.stage import DMS_KEY, SECRETS, Stage, eventually

PUSH = TypeAdapter(DmsPush)
API = "/dms/api/v1"
ZHANG = {"vin": "AA000001", "id_number": "500199199001010013", "mobile": "13800138000"}
LI = {"vin": "AA000002", "id_number": "50019919920203058X", "mobile": "13800138002"}
NEW_ID = "500199200001010051"


def ask(stage: Stage, method: str, path: str, body: Any = None, *, key: str = "k-ask", **headers: str) -> requests.Response:
    """Of the API, with the key."""
    said = {**DMS_KEY, "Idempotency-Key": key, **headers}
    return requests.request(method, stage.at(API + path), json=body, headers=said, timeout=30)


def desk(stage: Stage, method: str, path: str, **body: Any) -> requests.Response:
    return requests.request(method, stage.at(f"/dms/desk{path}"), json=body, timeout=30)


def a_sale(**changes: Any) -> dict[str, Any]:
    sale = {
        "vin": "LS4BBBBB1BB000009",
        "name": "赵敏",
        "id_number": NEW_ID,
        "mobile": "13900139000",
        "plate": "渝F98765",
        "model": "CQ5",
        "invoice_date": "2025-10-01",
        "dealer_code": "D001",
    }
    return sale | changes


def owners(stage: Stage, **query: str) -> list[dict[str, Any]]:
    return ask(stage, "POST", "/owners/find", query).json()["owners"]


def pushed(stage: Stage, number: int) -> list[Any]:
    """The pushes, once so many have come, each with a signature that is right, in the order of their making."""
    heard = eventually(lambda: len(stage.cheqiao.heard) >= number and stage.cheqiao.heard)
    news = [PUSH.validate_python(Webhook(SECRETS.dms_webhook_secret).verify(each.body, each.headers)) for each in heard]
    return sorted(news, key=lambda each: each.timestamp)
