"""What an operator's tools ask of the running system, and order of it."""

from typing import Any

from contracts.operating import (
    Accepted,
    Counted,
    Hits,
    Job,
    JobForm,
    Jobs,
    Mending,
    OpsProblem,
    Overview,
    ParkedFilter,
    ParkedGroups,
    ParkedPage,
    PartnersAnswer,
    Payload,
    Queues,
    SearchForm,
    Trace,
    WaitingPage,
)
from launcher.documents.openapi import Answer, Api, Document, Operation
from launcher.documents.partner_apis import RETRY_AFTER, VERSION, header
from services.insight.orders_api import CareForm, DropForm, WhichService

TOKEN = {"operatorToken": {"type": "http", "scheme": "bearer", "description": "`operator.token` of the configuration."}}
MEANS = {
    400: "What was asked or ordered is off its form: the message names fields, never values.",
    401: "Not with this token.",
    404: "Nothing is known by this id or name.",
    409: "It does not stand as the order supposes.",
}
NOT_NOW = Answer(503, "The database is away: come again.", OpsProblem, headers=("Retry-After",))


def _parameter(where: str, name: str, text: str, schema: Document | None = None) -> Document:
    return {"name": name, "in": where, "required": where == "path", "description": text, "schema": schema or {"type": "string"}}


def _filter() -> dict[str, Document]:
    """Each field of a ParkedFilter as a parameter of its own."""
    described = ParkedFilter.model_json_schema()["properties"]
    told = {
        name: "Of what may be none, empty means that there is none." if name in ("type", "field", "rule", "owner") else ""
        for name in described
    }
    told["state"] = "`parked` where it is absent; `all` for any."
    schemas: dict[str, Document] = {
        name: next((arm for arm in schema.get("anyOf", [schema]) if arm.get("type") != "null"), schema)
        for name, schema in described.items()
    }
    schemas["state"] = {"type": "string", "enum": ["parked", "redriven", "dropped", "all"], "default": "parked"}
    return {f"filter.{name}": _parameter("query", name, told[name], schema) for name, schema in schemas.items()}


FILTER = _filter()
UUID_TEXT = {"type": "string", "format": "uuid"}
PARAMETERS: dict[str, Document] = {
    **FILTER,
    "after": _parameter("query", "after", "`next` of the page before."),
    "waiting.service": _parameter("query", "service", "In this service alone."),
    "waiting.kind": _parameter("query", "kind", "Of the first cause."),
    "message_id": _parameter("path", "message_id", "Of the parked message.", UUID_TEXT),
    "job_id": _parameter("path", "job_id", "Made by who orders.", UUID_TEXT),
    "id": _parameter("path", "id", "Of a message, a subject or a chain.", UUID_TEXT),
    "service": _parameter("path", "service", "Whose queue it is."),
    "partner": _parameter("path", "partner", "dms, csc, sms or wechat."),
    "X-Operator": header("X-Operator", "Who orders: UTF-8, or percent-encoded. `operator` where it is absent.", required=False),
}


def _problems(*statuses: int) -> tuple[Answer, ...]:
    return (*(Answer(status, MEANS[status], OpsProblem) for status in sorted({401, *statuses})), NOT_NOW)


def _get(path: str, name: str, summary: str, body: Any, *statuses: int, asked: tuple[str, ...] = ()) -> Operation:
    answers = (Answer(200, "As it is known now.", body), *_problems(*statuses))
    return Operation("GET", f"/ops/v1{path}", name, summary, parameters=asked, answers=answers)


def _order(path: str, name: str, summary: str, body: Any, *statuses: int, asked: tuple[str, ...], description: str = "") -> Operation:
    taken = Answer(202, "Kept, and on its way to the service that it is for.", Accepted)
    answers = (taken, *_problems(400, *statuses))
    parameters = (*asked, "X-Operator")
    return Operation("POST", f"/ops/v1{path}", name, summary, body=body, parameters=parameters, answers=answers, description=description)


HOUSE = (
    _get("/overview", "getOverview", "The house at a glance: six numbers, their hour, and who is not well.", Overview),
    _get("/queues", "getQueues", "Every service and its queue.", Queues),
    _get("/partners", "getPartners", "How partners answer, and the last answers off contract.", PartnersAnswer),
)
LISTS = (
    _get("/retries", "getRetries", "What waits its turn again.", WaitingPage, 400, asked=("waiting.service", "waiting.kind", "after")),
    _get("/parked", "getParked", "Parked messages, a page of them, newest first.", ParkedPage, 400, asked=(*FILTER, "after")),
    _get("/parked/groups", "getParkedGroups", "Those with the same first cause, most first.", ParkedGroups, 400, asked=tuple(FILTER)),
    _get("/parked/count", "getParkedCount", "How many a filter means.", Counted, 400, asked=tuple(FILTER)),
    _get(
        "/parked/{message_id}",
        "getParkedMessage",
        "As each service that holds or held it told it last.",
        ParkedPage,
        404,
        asked=("message_id",),
    ),
)
FINDING = (
    _get("/trace/{id}", "getTrace", "The timeline of a message, a subject or a chain.", Trace, 404, asked=("id",)),
    Operation(
        "POST",
        "/ops/v1/search",
        "search",
        "What is known about a phone number, a VIN, a plate, a business number or an id.",
        body=SearchForm,
        description="In a body, never in an address. Personal values are compared as keyed hashes, and neither kept nor logged.",
        answers=(Answer(200, "What was found, newest first.", Hits), *_problems(400)),
    ),
)
ABOUT_ONE = (
    _order("/parked/{message_id}/redrive", "redriveParked", "Try it again, now.", WhichService, 404, 409, asked=("message_id",)),
    _order("/parked/{message_id}/drop", "dropParked", "Give it up, with a reason.", DropForm, 404, 409, asked=("message_id",)),
    _order("/parked/{message_id}/mend", "mendParked", "Try a mended copy of it.", Mending, 404, 409, asked=("message_id",)),
    Operation(
        "POST",
        "/ops/v1/parked/{message_id}/payload",
        "showParked",
        "What is in it, in clear.",
        body=WhichService,
        parameters=("message_id", "X-Operator"),
        answers=(
            Answer(200, "As its service holds it.", Payload),
            Answer(202, "Its service was asked: ask again.", Payload),
            *_problems(400, 404),
        ),
    ),
    Operation(
        "PATCH",
        "/ops/v1/parked/{message_id}",
        "careForParked",
        "Owner, status and note beside it.",
        body=CareForm,
        parameters=("message_id", "X-Operator"),
        answers=(Answer(200, "As it stands now.", ParkedPage), *_problems(400, 404)),
    ),
)
JOBS = (
    Operation(
        "POST",
        "/ops/v1/jobs",
        "beginJob",
        "Redrive or drop what a filter finds now, so many a second.",
        body=JobForm,
        parameters=("X-Operator",),
        answers=(
            Answer(201, "Begun.", Job),
            Answer(200, "It had begun: ordering twice is ordering once.", Job),
            *_problems(400, 409),
        ),
    ),
    _get("/jobs", "getJobs", "The newest hundred.", Jobs),
    _get("/jobs/{job_id}", "getJob", "How far it is, and what became of its messages.", Job, 404, asked=("job_id",)),
    Operation(
        "POST",
        "/ops/v1/jobs/{job_id}/stop",
        "stopJob",
        "Order nothing more; what was ordered goes on.",
        parameters=("job_id", "X-Operator"),
        answers=(Answer(200, "As it stands now.", Job), *_problems(400, 404)),
    ),
)
HOLDS = tuple(
    _order(f"/{of}s/{{{named}}}/{word}", f"{word}{of.capitalize()}", summary, None, 404, asked=(named,))
    for of, named, word, summary in (
        ("queue", "service", "pause", "Take nothing more from the service's queue, in all its copies."),
        ("queue", "service", "resume", "Take again."),
        ("partner", "partner", "hold", "Call this partner no more; what is for it waits."),
        ("partner", "partner", "release", "Call it again."),
    )
)

OPS = Api(
    title="What operators' tools ask of Cheqiao, and order of it",
    version=VERSION,
    description="The command line and the console speak it, and anyone's own tools may. Orders go through an outbox to the service "
    "that they are for: an answer 202 says that the order is kept. Lists page by cursor: `next` goes into `after`.",
    server="http://127.0.0.1:8002",
    server_means="The internal zone.",
    security=TOKEN,
    parameters=PARAMETERS,
    headers={"Retry-After": RETRY_AFTER},
    operations=(*HOUSE, *LISTS, *FINDING, *ABOUT_ONE, *JOBS, *HOLDS),
)
