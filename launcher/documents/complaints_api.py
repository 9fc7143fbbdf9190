"""What the console, the sender and the follower's pages ask of complaints: `/complaints/v1`."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from contracts.complaining import (
    AuthorityTable,
    BulkAnswer,
    BulkOrder,
    CalendarAnswer,
    CalendarDay,
    CaseOrder,
    CasePage,
    CaseQuery,
    Changes,
    Dealers,
    Looking,
    QueueCounts,
    StepOrder,
)
from contracts.complaint_case import CaseAnswer, FileAnswer
from contracts.complaint_figures import (
    Appraisal,
    AppraisalQuery,
    ComplaintFigures,
    ComplaintFiguresQuery,
    ComplaintRecount,
    Overdue,
    OverdueQuery,
)
from contracts.operating import OpsProblem
from contracts.reminder_figures import PeriodQuery
from launcher.documents.openapi import Answer, Api, Document, Operation
from launcher.documents.ops_api import NOT_NOW, TOKEN, UUID_TEXT
from launcher.documents.partner_apis import RETRY_AFTER, VERSION, header

MEANS = {
    400: "What was asked or ordered is off its form, or the role and its scope do not fit: the message names fields, never values.",
    401: "Not with this token.",
    403: "Not for this role.",
    404: "It is not there, or not for who asks to see: the two are not told apart.",
    409: "It does not stand as the order supposes: `changed` where the case has moved on, else the step's own reason.",
    422: "The file is none that is kept: `not_a_photo`, `not_a_voice`, `not_a_paper`, `too_large`.",
}
BYTES = ("image/jpeg", "audio/mpeg", "application/pdf")
ANY_BYTES = ("application/octet-stream",)


def _parameter(where: str, name: str, text: str, schema: Document | None = None, *, required: bool = False) -> Document:
    return {
        "name": name,
        "in": where,
        "required": required or where == "path",
        "description": text,
        "schema": schema or {"type": "string"},
    }


def _query(of: str, form: type[BaseModel]) -> Mapping[str, Document]:
    """A parameter for each field of a form that stands in the address."""
    schema = form.model_json_schema()
    known, needed = schema.get("$defs", {}), schema.get("required", [])
    return {
        f"{of}.{name}": _parameter("query", name, field.get("description", ""), _plain(field, known), required=name in needed)
        for name, field in schema["properties"].items()
    }


def _plain(field: Document, known: Mapping[str, Document]) -> Document:
    """Without what only a body can say: no null, no reference, no title."""
    choices: list[Document] = [one for one in field.get("anyOf", [field]) if one.get("type") != "null"]
    one = choices[0]
    told = known[one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one
    return {name: value for name, value in told.items() if name in ("type", "enum", "pattern", "format", "maxLength", "minimum", "maximum")}


FIGURES, OVERDUE = _query("figures", ComplaintFiguresQuery), _query("overdue", OverdueQuery)
RECOUNT, APPRAISAL = _query("recount", PeriodQuery), _query("appraisal", AppraisalQuery)
PARAMETERS: dict[str, Document] = {
    "complaint_id": _parameter("path", "complaint_id", "Of the case.", UUID_TEXT),
    "file_id": _parameter("path", "file_id", "Of the file.", UUID_TEXT),
    "follower_id": _parameter("path", "follower_id", "Of the follower whose case it is.", UUID_TEXT),
    "calendar_id": _parameter("path", "calendar_id", "`default`, or a dealer's own: `dealer:D001`."),
    "day": _parameter("path", "day", "The day.", {"type": "string", "format": "date"}),
    "year": _parameter("query", "year", "This one where it is absent.", {"type": "integer", "minimum": 2000, "maximum": 2100}),
    "since": _parameter("query", "since", "`until` of the time before; absent: from now on."),
    "X-File-Name": header("X-File-Name", "What the file is called, percent-encoded UTF-8: no name stands in an address.", required=False),
    **FIGURES,
    **OVERDUE,
    **RECOUNT,
    **APPRAISAL,
    "X-Operator": header("X-Operator", "Who asks: UTF-8, or percent-encoded.", required=False),
    "X-Role": header("X-Role", "In which role of complaints; a leader with the level of authority: `handler`, `leader:2`."),
    "X-Scope": header("X-Scope", "Of a dealer and a region, and of them alone: `dealer:D001`, `region:EAST`.", required=False),
}
WHO = ("X-Operator", "X-Role", "X-Scope")
C = "/complaints/v1"


def _answers(done: Answer, statuses: Iterable[int]) -> tuple[Answer, ...]:
    return (done, *(Answer(status, MEANS[status], OpsProblem) for status in sorted({400, 401, *statuses})), NOT_NOW)


def _get(path: str, name: str, summary: str, body: Any, *statuses: int, asked: Iterable[str] = ()) -> Operation:
    answers = _answers(Answer(200, "As it stands.", body), statuses)
    return Operation("GET", f"{C}{path}", name, summary, parameters=(*asked, *WHO), answers=answers)


def _post(path: str, name: str, summary: str, done: Answer, *statuses: int, body: Any = None, asked: Iterable[str] = ()) -> Operation:
    answers = _answers(done, statuses)
    return Operation("POST", f"{C}{path}", name, summary, body=body, parameters=(*asked, *WHO), answers=answers)


CASES = (
    _post(
        "/cases/search",
        "searchComplaints",
        "A queue, a page of fifty; what is looked for stands in the body, since addresses are logged.",
        Answer(200, "The most urgent first.", CasePage),
        body=CaseQuery,
    ),
    _get("/counts", "countComplaints", "How many stand in each queue of who asks.", QueueCounts),
    _get("/changes", "getComplaintChanges", "What changed meanwhile, as far as who asks may see it.", Changes, asked=("since",)),
    _post("/cases", "takeInComplaint", "Take one in; a repeat is none.", Answer(201, "Taken in.", CaseAnswer), 404, 409, body=CaseOrder),
    _get("/cases/{complaint_id}", "getComplaint", "One case on one page.", CaseAnswer, 404, asked=("complaint_id",)),
    _post(
        "/cases/{complaint_id}/steps",
        "takeComplaintStep",
        "A step, of the version that was seen (A-CMP-01..33); a repeat of its id is none.",
        Answer(200, "The case after it.", CaseAnswer),
        404,
        409,
        body=StepOrder,
        asked=("complaint_id",),
    ),
    _post(
        "/cases/{complaint_id}/looking",
        "lookAtComplaint",
        "Say that who asks has it open, and hear who else does.",
        Answer(200, "Its version by now, and who.", Looking),
        404,
        asked=("complaint_id",),
    ),
    _post(
        "/bulk",
        "takeStepInMany",
        "The same step in many, each by itself.",
        Answer(200, "What could not be done.", BulkAnswer),
        body=BulkOrder,
    ),
    _get("/dealers", "getComplaintDealers", "To whom a case may be assigned.", Dealers),
)
FILES = (
    Operation(
        "GET",
        f"{C}/cases/{{complaint_id}}/files/{{file_id}}",
        "getComplaintFile",
        "Its bytes, where it is kept.",
        parameters=("complaint_id", "file_id", *WHO),
        answers=_answers(Answer(200, "As it was cleaned.", media_types=BYTES), (404,)),
    ),
    Operation(
        "PUT",
        f"{C}/cases/{{complaint_id}}/files/{{file_id}}",
        "bringComplaintFile",
        "The bytes of one from the desk; the step `attach` then puts it into the case.",
        media_types=ANY_BYTES,
        parameters=("complaint_id", "file_id", "X-File-Name", *WHO),
        answers=_answers(Answer(201, "Kept; a repeat: 200.", FileAnswer), (404, 409, 422)),
    ),
    Operation(
        "PUT",
        f"{C}/files/{{file_id}}",
        "bringFollowersFile",
        "The bytes of one that was sent for: the sender brings it, in nobody's role.",
        media_types=ANY_BYTES,
        parameters=("file_id",),
        answers=_answers(Answer(204, "Kept."), (404, 422)),
    ),
    Operation(
        "GET",
        f"{C}/followers/{{follower_id}}/files/{{file_id}}",
        "getFollowersFile",
        "For the pages: what this follower sent, or may see.",
        parameters=("follower_id", "file_id"),
        answers=_answers(Answer(200, "As it was cleaned.", media_types=BYTES), (404,)),
    ),
)
TERMS = (
    _get("/authority", "getFeeAuthority", "Up to which fee which level decides (A-CMP-24).", AuthorityTable, 403),
    _post(
        "/authority",
        "changeFeeAuthority",
        "The next version of it.",
        Answer(201, "In force.", AuthorityTable),
        403,
        409,
        body=AuthorityTable,
    ),
    _get("/calendars/{calendar_id}", "getCalendar", "A year of it.", CalendarAnswer, 403, 404, asked=("calendar_id", "year")),
    _post(
        "/calendars/{calendar_id}/days",
        "setCalendarDay",
        "This day is otherwise; open limits are reckoned anew.",
        Answer(201, "As it stands.", CalendarAnswer),
        403,
        body=CalendarDay,
        asked=("calendar_id",),
    ),
    Operation(
        "DELETE",
        f"{C}/calendars/{{calendar_id}}/days/{{day}}",
        "clearCalendarDay",
        "It is as its weekday says again.",
        parameters=("calendar_id", "day", *WHO),
        answers=_answers(Answer(200, "As it stands.", CalendarAnswer), (403, 404)),
    ),
)
REPORTS = (
    _get("/figures", "getComplaintFigures", "Statistics of complaints (A-CMP-38, A-GEN-11).", ComplaintFigures, 403, asked=FIGURES),
    _get("/figures/overdue", "getOverdueComplaints", "What is over its limit, by age.", Overdue, 403, asked=OVERDUE),
    _get("/figures/recount", "recountComplaints", "Where sums differ from the cases.", ComplaintRecount, 403, asked=RECOUNT),
    _get("/appraisal", "getComplaintAppraisal", "Case by case, for the appraisal (A-CMP-34).", Appraisal, 403, asked=APPRAISAL),
)

COMPLAINING = Api(
    title="What the console, the sender and the follower's pages ask of complaints",
    version=VERSION,
    description="Whose cases are seen follows from `X-Role` and `X-Scope` alone; what may not be seen is not there. A change says the "
    "version that it is of. Lists page by cursor: `next` goes into `after`.",
    server="http://127.0.0.1:8002",
    server_means="The internal zone.",
    security=TOKEN,
    parameters=PARAMETERS,
    headers={"Retry-After": RETRY_AFTER},
    operations=(*CASES, *FILES, *TERMS, *REPORTS),
)
