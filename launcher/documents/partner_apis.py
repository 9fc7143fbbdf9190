"""What we ask over HTTP of a DMS and of CSC."""

from typing import Any

from contracts.partners import complaints, csc, dms, reminders, vehicles
from contracts.partners.wire import DoneAnswer, OutcomeRecord, RefusalAnswer, RegistrationRecord
from launcher.documents.openapi import Answer, Api, Operation

VERSION = "1.0.0"


def header(name: str, text: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": text, "schema": {"type": "string", "maxLength": 256}}


def _in_path(name: str, text: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string", **schema}}


def _in_query(name: str, text: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


REPLAYED = {"description": "`true`: this is the answer that was given the first time.", "schema": {"type": "string", "const": "true"}}
RETRY_AFTER = {"description": "Seconds, or an HTTP date.", "schema": {"type": "string"}}

ASKED = {
    "Idempotency-Key": header("Idempotency-Key", "The same key again gets the first answer and changes nothing; with another body, 409."),
    "Correlation-Id": header("Correlation-Id", "Of the chain this belongs to; for both sides' logs.", required=False),
    "traceparent": header("traceparent", "W3C Trace Context.", required=False),
    "appointment_id": _in_path("appointment_id", "Our id of the appointment.", format="uuid"),
    "slip_id": _in_path("slip_id", "CSC's number of the slip (客户预约单).", maxLength=64),
    "binding_id": _in_path("binding_id", "Our id of the binding of a follower and a car.", format="uuid"),
    "period": _in_path("period", "The month, `2026-12`.", pattern=r"^20\d{2}-(0[1-9]|1[0-2])$"),
    "complaint_id": _in_path("complaint_id", "The id of the case, as whoever took it in made it.", format="uuid"),
    "deadline_id": _in_path("deadline_id", "The id of the limit, as it stands in `parts` of a step.", format="uuid"),
    "version": {
        "name": "version",
        "in": "path",
        "required": True,
        "description": "Counts the steps of a case from 1, without gaps.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "cursor": _in_query("cursor", "`next_cursor` of the page before; absent for the first.", type="string", maxLength=200),
    "changed_since": _in_query("changed_since", "Only what changed since then; absent: all.", type="string", format="date-time"),
}
WRITING = ("Idempotency-Key", "Correlation-Id", "traceparent")
READING = ("Correlation-Id", "traceparent")
API_KEY = {"apiKey": {"type": "http", "scheme": "bearer", "description": "The key agreed with Cheqiao."}}
REFUSED = "A clear no. It is final: the customer hears of it and it is not asked again."
PARKED = "A clear no: a person looks at it, and what follows of the same case waits until then."
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


def refusal(status: int, means: str = REFUSED) -> Answer:
    return Answer(status, means, RefusalAnswer)


def _to_keep(method: str, path: str, name: str, summary: str, body: Any, *, description: str = "", known: bool = True) -> Operation:
    """What is only to be kept. `known`: it is about an appointment that the partner has."""
    subject = "binding_id" if "{binding_id}" in path else "appointment_id"
    return Operation(
        method,
        path,
        name,
        summary,
        body=body,
        parameters=(subject, *WRITING),
        description=description,
        answers=(
            Answer(200, "On record.", DoneAnswer),
            *((refusal(404, "Not on record."),) if known else ()),
            refusal(409),
            refusal(422),
            *TROUBLE,
        ),
    )


def _list(path: str, name: str, summary: str, page: Any) -> Operation:
    """Read page by page, whole or what changed (A-CLD-03..06)."""
    return Operation(
        "GET",
        path,
        name,
        summary,
        parameters=("cursor", "changed_since", *READING),
        description="Rows in a fixed order; `next_cursor` says where the next page begins and is absent on the last one. What changes "
        "while pages are read is in a later page, or has changed since the first page was asked for: it comes with the next load. A field "
        "that holds no date (empty, `0`, 1900-01-01) is listed as dirty, and stops nothing.",
        answers=(Answer(200, "A page of at most 500.", page), refusal(422, "The cursor is not one of yours."), *TROUBLE),
    )


def _standings(path: str, name: str) -> Operation:
    return Operation(
        "POST",
        path,
        name,
        "Keep how reminder items stand (A-REM-28).",
        body=reminders.StandingsPage,
        parameters=WRITING,
        description="Of each item the highest `version` counts. An item that is not on record is ignored.",
        answers=(Answer(200, "On record.", DoneAnswer), refusal(409), refusal(422), *TROUBLE),
    )


def _outcome(name: str) -> Operation:
    return _to_keep("PUT", "/appointments/{appointment_id}/outcome", name, "Keep what became of it (A-APT-28).", OutcomeRecord)


def _registration(name: str) -> Operation:
    return _to_keep(
        "PUT",
        "/registrations/{binding_id}",
        name,
        "A customer is registered on the service account with this car, or is not any more (A-REM-10).",
        RegistrationRecord,
        description="A higher `version` takes the place of a lower one; a lower one changes nothing, and is answered alike.",
        known=False,
    )


def _of_a_case(place: tuple[str, str], name: str, summary: str, body: Any, description: str) -> Operation:
    """`place`: method and path. All but a step is about a case that the partner has."""
    method, path = place
    in_path = [each for each in ("complaint_id", "deadline_id", "version") if f"{{{each}}}" in path]
    return Operation(
        method,
        path,
        name,
        summary,
        body=body,
        parameters=(*in_path, *WRITING),
        description=description,
        answers=(
            Answer(200, "On record.", DoneAnswer),
            *(() if body is complaints.StepRecord else (refusal(404, "No such case; that is as well."),)),
            refusal(409, PARKED),
            refusal(422, PARKED),
            *TROUBLE,
        ),
    )


DMS = Api(
    title="What Cheqiao asks of a DMS",
    version=VERSION,
    description=f"Dialect `reference`. {TOLD_OFTEN}",
    server="https://dms.example.com/api/v1",
    server_means="The base URL agreed with the dealer group.",
    security=API_KEY,
    parameters={name: ASKED[name] for name in ASKED if name not in ("deadline_id", "version")},
    headers={"Retry-After": RETRY_AFTER},
    operations=(
        Operation(
            "POST",
            "/appointments",
            "storeAppointment",
            "Put a request on record (A-APT-12).",
            body=dms.StoreRecord,
            parameters=WRITING,
            answers=(Answer(201, "On record, under this number.", dms.StoreAnswer), refusal(409), refusal(422), *TROUBLE),
        ),
        Operation(
            "GET",
            "/appointments/{appointment_id}",
            "findAppointment",
            "Is it on record?",
            parameters=("appointment_id", *READING),
            answers=(Answer(200, "On record, under this number.", dms.StoreAnswer), refusal(404, "Not on record."), *TROUBLE),
        ),
        _to_keep(
            "PUT",
            "/appointments/{appointment_id}/day",
            "moveAppointment",
            "The customer asks for another day.",
            dms.MoveRecord,
            description="The highest `request_no` counts. A slip that is there holds until a higher version of it comes.",
        ),
        _to_keep(
            "POST",
            "/appointments/{appointment_id}/cancel",
            "cancelAppointment",
            "Mark the request, and its slip, as cancelled.",
            dms.CancelRecord,
        ),
        _outcome("storeOutcome"),
        Operation(
            "PUT",
            "/slips/{slip_id}",
            "storeSlip",
            "Keep the slip that CSC made (A-APT-19).",
            body=dms.SlipRecord,
            parameters=("slip_id", *WRITING),
            description="It carries the slip in full; a higher `version` takes the place of a lower one.",
            answers=(Answer(200, "Kept.", dms.SlipAnswer), refusal(409), refusal(422), *TROUBLE),
        ),
        Operation(
            "POST",
            "/owners/find",
            "findOwners",
            "Which cars does the person own who has this ID number and this mobile (A-REM-05)?",
            body=dms.OwnerQuery,
            parameters=WRITING,
            description="Current owners for whom all three are equal; none is an empty list. Answer alike, and as fast, whichever of the "
            "three is wrong. Changes nothing: answer a repeat as things are then.",
            answers=(Answer(200, "These.", dms.OwnersAnswer), *TROUBLE),
        ),
        _registration("storeRegistration"),
        Operation(
            "GET",
            "/dealers",
            "listDealers",
            "All dealers, page by page.",
            parameters=("cursor", *READING),
            answers=(Answer(200, "A page of at most 200.", dms.DealersAnswer), *TROUBLE),
        ),
        _list("/cars", "listCars", "All cars that were sold, page by page (A-REM-04).", vehicles.CarsPage),
        Operation(
            "PUT",
            "/reminder-runs/{period}",
            "storeReminderRun",
            "Keep what a month of reminders came to, to hold against your own (A-REM-18).",
            body=reminders.RunRecord,
            parameters=("period", *WRITING),
            description="A higher `run_no` takes the place of a lower one.",
            answers=(Answer(200, "On record.", DoneAnswer), refusal(409), refusal(422), *TROUBLE),
        ),
        _standings("/reminders/standings", "storeReminders"),
        _of_a_case(
            ("POST", "/complaints/{complaint_id}/refusals"),
            "refuseDealersStep",
            "A step that a dealer asked for with `complaint.step` was not taken (A-CMP-16).",
            complaints.DealersRefusalRecord,
            "Nothing has changed; the reason is for whoever asked. `unknown_case`: there is no such case, or it is not this dealer's.",
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
    parameters={name: ASKED[name] for name in ASKED if name not in ("slip_id", "period")},
    headers={"Retry-After": RETRY_AFTER},
    operations=(
        Operation(
            "POST",
            "/call-tasks",
            "openCallTask",
            "Make the call-back task (电话反馈任务, A-APT-13).",
            body=csc.TaskRecord,
            parameters=WRITING,
            answers=(Answer(201, "Made, under this number.", csc.TaskAnswer), refusal(409), refusal(422), *TROUBLE),
        ),
        Operation(
            "GET",
            "/call-tasks/{appointment_id}",
            "findCallTask",
            "Is there a task?",
            parameters=("appointment_id", *READING),
            answers=(Answer(200, "There is, under this number.", csc.TaskAnswer), refusal(404, "There is none."), *TROUBLE),
        ),
        _to_keep(
            "POST",
            "/call-tasks/{appointment_id}/reopen",
            "reopenCallTask",
            "The customer asks for another day: call again.",
            csc.ReopenRecord,
            description="The highest `request_no` counts, and the next slip says which it answers. A slip that is there holds until then.",
        ),
        _to_keep(
            "POST",
            "/call-tasks/{appointment_id}/close",
            "closeCallTask",
            "Nobody need call any more; a slip already made is void.",
            csc.CloseRecord,
        ),
        _outcome("recordOutcome"),
        _registration("markRegistered"),
        _list(
            "/service-dates",
            "listServiceDates",
            "What service advisers entered, page by page (A-REM-11, 12).",
            vehicles.DatesPage,
        ),
        _list("/campaigns", "listCampaigns", "All service campaigns, page by page (A-REM-13..15).", vehicles.CampaignsPage),
        Operation(
            "POST",
            "/reminder-tasks",
            "openReminderTasks",
            "Make these tasks (提醒跟踪任务, A-REM-26, 27).",
            body=reminders.TasksPage,
            parameters=WRITING,
            description="One that is there already stays as it is. Name those that you cannot make; the others are made.",
            answers=(Answer(200, "Made, but for those that are refused.", reminders.TasksAnswer), refusal(409), refusal(422), *TROUBLE),
        ),
        _standings("/reminder-tasks/standings", "recordReminders"),
        _of_a_case(
            ("PUT", "/complaints/{complaint_id}/steps/{version}"),
            "recordComplaintStep",
            "Keep a step of a complaint, by whomever it was taken (A-GEN-03).",
            complaints.StepRecord,
            "The first that is heard of a case makes it. Steps come in any order: the highest `version` says where the case stands, its "
            "`parts` which open limits, VRT groups, escalations and surveys a later step may name.",
        ),
        _of_a_case(
            ("POST", "/complaints/{complaint_id}/deadlines/{deadline_id}/warnings"),
            "recordComplaintWarning",
            "A limit nears its end (A-CMP-36, 37).",
            complaints.WarningRecord,
            "Once for each threshold. That a limit was set, changed or breached is told as a step of the case.",
        ),
        _of_a_case(
            ("POST", "/complaints/{complaint_id}/refusals"),
            "refuseComplaintStep",
            "A step that was asked for with `complaint.step` was not taken.",
            complaints.StepRefusalRecord,
            "Nothing has changed; the reason is for whoever asked.",
        ),
    ),
)
