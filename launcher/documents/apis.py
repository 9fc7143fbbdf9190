"""What can be asked over HTTP: by partners of us, by us of partners, by the follower's pages of us, and by operators."""

from typing import Any

from contracts.partners import csc, dms
from contracts.partners.wire import PushAnswer
from launcher.documents.complaints_api import COMPLAINING
from launcher.documents.openapi import Answer, Api, Operation
from launcher.documents.ops_api import OPS
from launcher.documents.pages_api import PAGES
from launcher.documents.partner_apis import CSC, DMS, REPLAYED, RETRY_AFTER, VERSION, header
from launcher.documents.reminding_api import REMINDING

# What partners tell us

SIGNED = {
    "webhook-id": header("webhook-id", "Yours; the same for every try of one message."),
    "webhook-timestamp": header("webhook-timestamp", "Seconds since the epoch; at most 300 s off our clock."),
    "webhook-signature": header("webhook-signature", "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body` under the shared secret."),
}
SIGNATURE = {
    "standardWebhooks": {"type": "apiKey", "in": "header", "name": "webhook-signature", "description": "https://www.standardwebhooks.com"}
}


def _pushes(partner: str, name: str, body: Any, summary: str) -> Operation:
    return Operation(
        "POST",
        f"/partners/{partner}/v1/events",
        name,
        summary,
        body=body,
        parameters=tuple(SIGNED),
        description="Say it again, under the same `webhook-id`, until the answer is 2xx, 400 or 409. Each message carries its record "
        "in full with its version, so that an older one arriving late does no harm.",
        answers=(
            Answer(200, "On disk here. A repeat gets this same answer, marked as replayed.", PushAnswer, headers=("Idempotent-Replayed",)),
            Answer(400, "Off this contract: `field` and `message` say where. A person sees it; do not send it again.", PushAnswer),
            Answer(401, "The signature does not fit, or the time is off.", PushAnswer),
            Answer(409, "This `webhook-id` came before with another body.", PushAnswer),
            Answer(413, "Over 1 MiB.", PushAnswer),
            Answer(503, "We cannot keep it now: send it again.", PushAnswer, headers=("Retry-After",)),
        ),
    )


PARTNERS = Api(
    title="What a DMS and CSC may tell Cheqiao",
    version=VERSION,
    description="JSON over HTTPS, signed as Standard Webhooks. `accepted` is answered only when the message is on disk.",
    server="https://cheqiao.example.com",
    server_means="The partner zone.",
    security=SIGNATURE,
    parameters=SIGNED,
    headers={"Idempotent-Replayed": REPLAYED, "Retry-After": RETRY_AFTER},
    operations=(
        _pushes(
            "dms",
            "tellFromDms",
            dms.DmsPush,
            "A request is turned down after all; a dealer or its capacity was saved; a car came in or left (A-APT-28), or changed hands.",
        ),
        _pushes(
            "csc",
            "tellFromCsc",
            csc.CscPush,
            "A call was made (A-APT-14..17), or the task went to another dealer; a slip was saved or cancelled (A-APT-18, 19).",
        ),
    ),
)

ALL: dict[str, Api] = {
    "openapi/partners-api.yaml": PARTNERS,
    "openapi/dms.yaml": DMS,
    "openapi/csc.yaml": CSC,
    "openapi/pages-api.yaml": PAGES,
    "openapi/ops-api.yaml": OPS,
    "openapi/reminding-api.yaml": REMINDING,
    "openapi/complaints-api.yaml": COMPLAINING,
}
