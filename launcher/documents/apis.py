"""What can be asked over HTTP: by partners of us, by us of the DMS and of CSC, and by the follower's pages of us."""

from typing import Any

from contracts.partners import csc, dms, pages
from contracts.partners.wire import DoneAnswer, PushAnswer, RefusalAnswer
from launcher.documents.openapi import Answer, Api, Operation

VERSION = "1.0.0"


def _header(name: str, text: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": text, "schema": {"type": "string", "maxLength": 256}}


def _in_path(name: str, text: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string", **schema}}


REPLAYED = {"description": "`true`: this is the answer that was given the first time.", "schema": {"type": "string", "const": "true"}}
RETRY_AFTER = {"description": "Seconds, or an HTTP date.", "schema": {"type": "string"}}

# What we ask of a partner

ASKED = {
    "Idempotency-Key": _header("Idempotency-Key", "The same key again gets the first answer and changes nothing; with another body, 409."),
    "Correlation-Id": _header("Correlation-Id", "Of the chain this belongs to; for both sides' logs.", required=False),
    "traceparent": _header("traceparent", "W3C Trace Context.", required=False),
    "appointment_id": _in_path("appointment_id", "Our id of the appointment.", format="uuid"),
    "slip_id": _in_path("slip_id", "CSC's number of the slip (客户预约单).", maxLength=64),
}
WRITING = ("Idempotency-Key", "Correlation-Id", "traceparent")
READING = ("Correlation-Id", "traceparent")
API_KEY = {"apiKey": {"type": "http", "scheme": "bearer", "description": "The key agreed with Cheqiao."}}
REFUSED = "A clear no. It is final: the customer hears of it and it is not asked again."
TROUBLE = (
    Answer(400, "Our body is off this contract; a person looks at it."),
    Answer(401, "The key is not right; asked again once an operator has mended it."),
    Answer(429, "Too many; asked again when `Retry-After` says.", headers=("Retry-After",)),
    Answer(503, "Not now; asked again later.", headers=("Retry-After",)),
)
TOLD_OFTEN = (
    "The same request may come again, under the same `Idempotency-Key`, after a lost answer. Answer within the deadline agreed "
    "(20 s unless configured otherwise); 5xx, 429 or no answer is asked again later. Fields not named here are ignored."
)


def _refusal(status: int, means: str = REFUSED) -> Answer:
    return Answer(status, means, RefusalAnswer)


DMS = Api(
    title="What Cheqiao asks of a DMS",
    version=VERSION,
    description=f"Dialect `reference`. {TOLD_OFTEN}",
    server="https://dms.example.com/api/v1",
    server_means="The base URL agreed with the dealer group.",
    security=API_KEY,
    parameters=ASKED,
    headers={"Retry-After": RETRY_AFTER},
    operations=(
        Operation(
            "POST",
            "/appointments",
            "storeAppointment",
            "Put a request on record (A-APT-12).",
            body=dms.StoreRecord,
            parameters=WRITING,
            answers=(Answer(201, "On record, under this number.", dms.StoreAnswer), _refusal(409), _refusal(422), *TROUBLE),
        ),
        Operation(
            "GET",
            "/appointments/{appointment_id}",
            "findAppointment",
            "Is it on record?",
            parameters=("appointment_id", *READING),
            answers=(Answer(200, "On record, under this number.", dms.StoreAnswer), _refusal(404, "Not on record."), *TROUBLE),
        ),
        Operation(
            "POST",
            "/appointments/{appointment_id}/cancel",
            "cancelAppointment",
            "Mark the request, and its slip, as cancelled.",
            body=dms.CancelRecord,
            parameters=("appointment_id", *WRITING),
            answers=(Answer(200, "Cancelled.", DoneAnswer), _refusal(404, "Not on record."), _refusal(409), _refusal(422), *TROUBLE),
        ),
        Operation(
            "PUT",
            "/slips/{slip_id}",
            "storeSlip",
            "Keep the slip that CSC made (A-APT-19).",
            body=dms.SlipRecord,
            parameters=("slip_id", *WRITING),
            description="It carries the slip in full; a higher `version` takes the place of a lower one.",
            answers=(Answer(200, "Kept.", dms.SlipAnswer), _refusal(409), _refusal(422), *TROUBLE),
        ),
    ),
)

CSC = Api(
    title="What Cheqiao asks of CSC",
    version=VERSION,
    description=f"Dialect `reference`. {TOLD_OFTEN}",
    server="https://csc.example.com/api/v1",
    server_means="The base URL agreed with CSC.",
    security=API_KEY,
    parameters={name: ASKED[name] for name in ASKED if name != "slip_id"},
    headers={"Retry-After": RETRY_AFTER},
    operations=(
        Operation(
            "POST",
            "/call-tasks",
            "openCallTask",
            "Make the call-back task (电话反馈任务, A-APT-13).",
            body=csc.TaskRecord,
            parameters=WRITING,
            answers=(Answer(201, "Made, under this number.", csc.TaskAnswer), _refusal(409), _refusal(422), *TROUBLE),
        ),
        Operation(
            "GET",
            "/call-tasks/{appointment_id}",
            "findCallTask",
            "Is there a task?",
            parameters=("appointment_id", *READING),
            answers=(Answer(200, "There is, under this number.", csc.TaskAnswer), _refusal(404, "There is none."), *TROUBLE),
        ),
        Operation(
            "POST",
            "/call-tasks/{appointment_id}/close",
            "closeCallTask",
            "Nobody need call any more; a slip already made is void.",
            body=csc.CloseRecord,
            parameters=("appointment_id", *WRITING),
            answers=(Answer(200, "Closed.", DoneAnswer), _refusal(404, "There is none."), _refusal(409), _refusal(422), *TROUBLE),
        ),
    ),
)

# What partners tell us

SIGNED = {
    "webhook-id": _header("webhook-id", "Yours; the same for every try of one message."),
    "webhook-timestamp": _header("webhook-timestamp", "Seconds since the epoch; at most 300 s off our clock."),
    "webhook-signature": _header("webhook-signature", "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body` under the shared secret."),
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
        _pushes("dms", "tellFromDms", dms.DmsPush, "The DMS says no after it had taken a request."),
        _pushes("csc", "tellFromCsc", csc.CscPush, "A call was made (A-APT-14..17); a slip was saved or cancelled (A-APT-18, 19)."),
    ),
)

# What the follower's pages ask of us

SESSION = {"session": {"type": "apiKey", "in": "cookie", "name": "cheqiao_session", "description": "Signed; made on coming from WeChat."}}
PROBLEMS = tuple(
    Answer(status, means, pages.FormProblem)
    for status, means in (
        (400, "A field is missing or wrong."),
        (401, "No session, or it is over."),
        (403, "Sent from another site."),
        (404, "None of this follower's."),
        (409, "This id came before with another body."),
        (413, "Over 64 KiB."),
        (415, "Not JSON."),
    )
)
NOT_NOW = Answer(503, "It cannot be kept now: post it again.", pages.FormProblem, headers=("Retry-After",))
TAKEN = Answer(202, "Kept; a repeat gets this same answer.", pages.BookingReceipt, headers=("Idempotent-Replayed",))

PAGES = Api(
    title="What the follower's pages post",
    version=VERSION,
    description="Ids are made on the phone: a double tap or a lost answer changes nothing (A-APT-09).",
    server="https://car.example.com",
    server_means="The public zone.",
    security=SESSION,
    parameters={"appointment_id": ASKED["appointment_id"]},
    headers={"Idempotent-Replayed": REPLAYED, "Retry-After": RETRY_AFTER},
    operations=(
        Operation(
            "POST",
            "/m/api/appointments",
            "requestAppointment",
            "Ask for a service day.",
            body=pages.BookingForm,
            answers=(TAKEN, *(problem for problem in PROBLEMS if problem.status != 404), NOT_NOW),
        ),
        Operation(
            "POST",
            "/m/api/appointments/{appointment_id}/withdraw",
            "withdrawAppointment",
            "Take it back.",
            body=pages.WithdrawalForm,
            parameters=("appointment_id",),
            answers=(TAKEN, *PROBLEMS, NOT_NOW),
        ),
    ),
)

ALL: dict[str, Api] = {
    "openapi/partners-api.yaml": PARTNERS,
    "openapi/dms.yaml": DMS,
    "openapi/csc.yaml": CSC,
    "openapi/pages-api.yaml": PAGES,
}
