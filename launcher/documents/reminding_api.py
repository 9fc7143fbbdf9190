"""What the console and the command line ask of reminders and appointments: `/reminders/v1` and `/appointments/v1`."""

from typing import Any, get_args

from contracts.operating import OpsProblem
from contracts.reminder_figures import AppointmentFigures, FiguresQuery, Recount, ReminderFigures
from contracts.reminders import ReminderType
from contracts.reminding import (
    Dealers,
    DecisionAnswer,
    DecisionForm,
    Differences,
    DirtyRows,
    DirtySource,
    ExplainForm,
    Explanation,
    ItemPage,
    ItemStory,
    ListName,
    LoadAnswer,
    LoadOrder,
    Loads,
    Rulebook,
    RunAnswer,
    RunOrder,
    Runs,
    SendingAnswer,
)
from contracts.vehicles import Flaw
from launcher.documents.openapi import Answer, Api, Document, Operation
from launcher.documents.ops_api import NOT_NOW, TOKEN, UUID_TEXT
from launcher.documents.partner_apis import RETRY_AFTER, VERSION, header

PERIOD = {"type": "string", "pattern": r"^20\d{2}-(0[1-9]|1[0-2])$"}
MEANS = {
    400: "What was asked or ordered is off its form: the message names fields, never values.",
    401: "Not with this token.",
    403: "Not for who may see one dealer or region (`X-Scope`).",
    404: "Nothing is known by this id or name.",
    409: "It does not stand as the order supposes.",
}


def _parameter(where: str, name: str, text: str, schema: Document | None = None, *, required: bool = False) -> Document:
    schema = schema or {"type": "string"}
    return {"name": name, "in": where, "required": required or where == "path", "description": text, "schema": schema}


def _choice(*names: str) -> Document:
    return {"type": "string", "enum": list(names)}


FIGURES = FiguresQuery.model_json_schema()["properties"]
PARAMETERS: dict[str, Document] = {
    "first": _parameter("query", "first", "The first month.", PERIOD, required=True),
    "last": _parameter("query", "last", FIGURES["last"]["description"], PERIOD, required=True),
    "level": _parameter("query", "level", "`nation` where it is absent.", _choice("nation", "region", "dealer")),
    "code": _parameter("query", "code", "Of a dealer, or of a region (with level dealer: its dealers); absent: all of the level."),
    "by_type": _parameter("query", "by_type", FIGURES["by_type"]["description"], {"type": "boolean"}),
    "period": _parameter("query", "period", "The month.", PERIOD, required=True),
    "name": _parameter("path", "name", "未提醒, 未跟踪, 未回厂, or those that wait for a decision.", _choice(*get_args(ListName))),
    "dealer": _parameter("query", "dealer", "Of this dealer alone."),
    "region": _parameter("query", "region", "Of this region alone."),
    "type": _parameter("query", "type", "Of this type alone.", _choice(*(one.value for one in ReminderType))),
    "source": _parameter("query", "source", "Of this source alone.", _choice(*get_args(DirtySource))),
    "flaw": _parameter("query", "flaw", "Of this flaw alone.", _choice(*(one.value for one in Flaw), "refused")),
    "after": _parameter("query", "after", "`next` of the page before."),
    "item_id": _parameter("path", "item_id", "Of the item.", UUID_TEXT),
    "run_id": _parameter("path", "run_id", "Of the run.", UUID_TEXT),
    "load_id": _parameter("path", "load_id", "Of the load.", UUID_TEXT),
    "X-Operator": header("X-Operator", "Who orders: UTF-8, or percent-encoded. `operator` where it is absent.", required=False),
    "X-Scope": header("X-Scope", "What may be seen: `dealer:D001` or `region:EAST`. All where it is absent.", required=False),
}


def _answers(done: Answer, *statuses: int) -> tuple[Answer, ...]:
    return (done, *(Answer(status, MEANS[status], OpsProblem) for status in sorted({401, *statuses})), NOT_NOW)


def _get(path: str, name: str, summary: str, body: Any, *statuses: int, asked: tuple[str, ...] = ()) -> Operation:
    answers = _answers(Answer(200, "As it is known now.", body), 400, 403, *statuses)
    return Operation("GET", path, name, summary, parameters=(*asked, "X-Scope"), answers=answers)


def _post(path: str, name: str, summary: str, done: Answer, *statuses: int, body: Any = None, asked: tuple[str, ...] = ()) -> Operation:
    answers = _answers(done, 400, 403, *statuses)
    return Operation("POST", path, name, summary, body=body, parameters=(*asked, "X-Operator", "X-Scope"), answers=answers)


R, A = "/reminders/v1", "/appointments/v1"
MONTHS = ("first", "last", "level", "code")
STATISTICS = (
    _get(f"{R}/figures", "getReminderFigures", "Statistics of reminders (A-REM-32..38).", ReminderFigures, asked=(*MONTHS, "by_type")),
    _get(f"{R}/recount", "recountReminders", "Where sums differ from the items; seconds for a million.", Recount, asked=("period",)),
    _get(f"{R}/dealers", "getDealers", "All dealers that the DMS has told of, with their regions.", Dealers),
    _get(f"{A}/figures", "getAppointmentFigures", "Statistics of appointments (A-APT-23..30).", AppointmentFigures, asked=MONTHS),
    _get(f"{A}/recount", "recountAppointments", "Where sums differ from the appointments.", Recount, asked=("period",)),
)
ITEMS = (
    _get(
        f"{R}/lists/{{name}}",
        "getReminderList",
        "A list of the month, a page of a hundred (A-REM-32, 39).",
        ItemPage,
        404,
        asked=("name", "period", "dealer", "region", "type", "after"),
    ),
    _get(f"{R}/items/{{item_id}}", "getReminderItem", "What happened to one item.", ItemStory, 404, asked=("item_id",)),
    _post(
        f"{R}/decisions",
        "decideReminders",
        "Carry over, drop or void: the first decision about an item counts (A-REM-40..44).",
        Answer(200, "What was decided, and what was not.", DecisionAnswer),
        body=DecisionForm,
    ),
)
MONTH = (
    _get(f"{R}/runs", "getReminderRuns", "The newest fifty.", Runs),
    _post(
        f"{R}/runs",
        "beginReminderRun",
        "Make a month's items (A-REM-18).",
        Answer(202, "Begun, or at work already.", RunAnswer),
        409,
        body=RunOrder,
    ),
    _get(f"{R}/runs/{{run_id}}", "getReminderRun", "How far it is.", RunAnswer, 404, asked=("run_id",)),
    _post(
        f"{R}/runs/{{run_id}}/accept",
        "acceptReminderRun",
        "Hand CSC a month that is not what the DMS said (`differs`).",
        Answer(200, "Accepted.", RunAnswer),
        404,
        409,
        asked=("run_id",),
    ),
    _get(
        f"{R}/runs/{{run_id}}/differences",
        "getReminderDifferences",
        "What it found otherwise than the one before.",
        Differences,
        404,
        asked=("run_id", "after"),
    ),
    _get(f"{R}/sending", "getReminderSending", "Today's messages.", SendingAnswer),
)
FACTS = (
    _get(f"{R}/loads", "getLoads", "The newest fifty.", Loads),
    _post(f"{R}/loads", "beginLoad", "Load what changed, or all.", Answer(202, "Begun, or at work already.", LoadAnswer), body=LoadOrder),
    _get(f"{R}/loads/{{load_id}}", "getLoad", "How far it is.", LoadAnswer, 404, asked=("load_id",)),
    *(
        _post(f"{R}/loads/{{load_id}}/{word}", f"{word}Load", means, Answer(200, "As it stands.", LoadAnswer), 404, asked=("load_id",))
        for word, means in (("stop", "Ask for no more pages."), ("resume", "Go on where it was stopped."))
    ),
    _get(f"{R}/dirty", "getDirtyRows", "What could not be used, the newest first.", DirtyRows, asked=("source", "flaw", "dealer", "after")),
)
RULES = (
    _get(f"{R}/rules", "getRules", "The rules in force.", Rulebook),
    _post(f"{R}/rules", "changeRules", "The next version of them.", Answer(201, "In force.", Rulebook), 409, body=Rulebook),
    _post(
        f"{R}/explain",
        "explainCar",
        "Why a car has an item of each type in a month, or none.",
        Answer(200, "Type by type.", Explanation),
        body=ExplainForm,
    ),
)

REMINDING = Api(
    title="What the console and the command line ask of reminders and appointments",
    version=VERSION,
    description="Statistics, lists and decisions are answered within `X-Scope`; nothing else is, to who may see one dealer or region. "
    "Rates are worked out from the sums by who shows them. Lists page by cursor: `next` goes into `after`.",
    server="http://127.0.0.1:8002",
    server_means="The internal zone.",
    security=TOKEN,
    parameters=PARAMETERS,
    headers={"Retry-After": RETRY_AFTER},
    operations=(*STATISTICS, *ITEMS, *MONTH, *FACTS, *RULES),
)
