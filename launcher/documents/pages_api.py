"""What the follower's pages post to us, and ask us by themselves."""

from collections.abc import Iterable
from typing import Any

from contracts.partners import pages
from launcher.documents.openapi import Answer, Api, Operation
from launcher.documents.partner_apis import ASKED, REPLAYED, RETRY_AFTER, VERSION, header

SESSION = {"session": {"type": "apiKey", "in": "cookie", "name": "cheqiao_session", "description": "Signed; made on coming from WeChat."}}


def _id(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string", "format": "uuid"}}


def _query(name: str, text: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "description": text, "schema": {"type": "string", **schema}}


PARAMETERS = {
    "X-Cheqiao-Session": header(
        "X-Cheqiao-Session",
        "`data-session` of the page that asks: another follower's page is refused. A browser must send it with every POST.",
        required=False,
    ),
    "appointment_id": ASKED["appointment_id"],
    "complaint_id": _id("complaint_id", "Of the case; made on the phone where it was submitted there."),
    "file_id": _id("file_id", "Made on the phone."),
    "registration_id": _id("registration_id", "Made on the phone."),
    "binding_id": _id("binding_id", "Our id of a follower and a car."),
    "dealer": _query("dealer", "Code of the dealer.", required=True, maxLength=32),
    "from": _query("from", "The first day; today where it is absent.", format="date"),
    "days": _query("days", "How many, 1 to 120; 31 where it is absent."),
    "url": _query("url", "The page's address.", required=True, maxLength=1024),
}
MEANS = {
    400: "A field is missing or wrong; `problems` has all of them.",
    401: "No session, or the page was made for another follower; `login` is where to go.",
    403: "Sent from another site.",
    404: "None of this follower's.",
    409: "This id came before with another body.",
    413: "Over 64 KiB.",
    415: "Not JSON.",
    429: "The last code is fresh.",
}
NOT_NOW = Answer(503, "It cannot be kept now: post it again.", pages.FormProblem, headers=("Retry-After",))
TAKEN = Answer(202, "Kept; a repeat gets this same answer.", pages.BookingReceipt, headers=("Idempotent-Replayed",))


def _problems(statuses: Iterable[int], **said: str) -> tuple[Answer, ...]:
    return tuple(Answer(status, said.get(f"s{status}", MEANS[status]), pages.FormProblem) for status in statuses)


def _post(path: str, name: str, summary: str, body: Any, *more: int, id: str = "", **said: str) -> Operation:
    statuses = sorted({400, 401, 403, 413, 415, *more, *((404,) if id else ())})
    answers = (TAKEN, *_problems(statuses, **said), NOT_NOW)
    parameters = ("X-Cheqiao-Session", *((id,) if id else ()))
    return Operation("POST", f"/m/api{path}", name, summary, body=body, parameters=parameters, answers=answers)


def _get(path: str, name: str, summary: str, body: Any, *statuses: int, asked: tuple[str, ...]) -> Operation:
    answers = (Answer(200, "As it is known here.", body), *_problems(sorted({401, *statuses})), NOT_THERE)
    return Operation("GET", f"/m/api{path}", name, summary, parameters=("X-Cheqiao-Session", *asked), answers=answers)


def _complaint(what: str, name: str, summary: str, body: Any) -> Operation:
    return _post(f"/complaints/{{complaint_id}}/{what}", name, summary, body, 409, id="complaint_id", s409=TOO_LATE)


NOT_THERE = Answer(503, "It cannot be told now.", pages.FormProblem, headers=("Retry-After",))
NO_CONSENT = "Sent from another site, or without a consent to the present text."
OLD_TEXT = "This id came before with another body, or the text has changed meanwhile."
TOO_LATE = "This id came before with another body, or the case stands otherwise by now."
NO_CAR = "The car is another follower's."

PAGES = Api(
    title="What the follower's pages post and ask",
    version=VERSION,
    description="Ids are made on the phone: a double tap or a lost answer changes nothing (A-APT-09). "
    "An answer 202 says that it is kept; what came of it is asked by `GET`, and told of by message.",
    server="https://car.example.com",
    server_means="The public zone.",
    security=SESSION,
    parameters=PARAMETERS,
    headers={"Idempotent-Replayed": REPLAYED, "Retry-After": RETRY_AFTER},
    operations=(
        _post("/consents", "giveConsent", "Agree to the text, or take it back.", pages.ConsentForm, 409, s409=OLD_TEXT),
        _post("/registrations", "requestRegistration", "Bind a car (A-REM-05).", pages.RegistrationForm, 404, 409, s403=NO_CONSENT),
        _post(
            "/registrations/{registration_id}/code", "requestCode", "Send another code.", pages.CodeRequestForm, 429, id="registration_id"
        ),
        _post("/registrations/{registration_id}/verify", "verifyMobile", "The code (A-REM-06).", pages.CodeForm, 409, id="registration_id"),
        _post("/bindings/{binding_id}/end", "endBinding", "Unbind a car.", pages.UnbindingForm, 409, id="binding_id"),
        _post("/appointments", "requestAppointment", "Ask for a service day.", pages.BookingForm, 404, 409, s404=NO_CAR),
        _post("/appointments/{appointment_id}/withdraw", "withdrawAppointment", "Take it back.", pages.WithdrawalForm, id="appointment_id"),
        _post(
            "/appointments/{appointment_id}/reschedule",
            "rescheduleAppointment",
            "Ask for another day.",
            pages.ReschedulingForm,
            409,
            id="appointment_id",
        ),
        _post("/reminders/wishes", "setReminderWish", "No more reminders of a type, or again.", pages.ReminderWishForm, 409),
        _post("/complaints", "submitComplaint", "Complain (A-CMP-35).", pages.ComplaintForm, 404, 409, s403=NO_CONSENT, s404=NO_CAR),
        _complaint("add", "addToComplaint", "Say more.", pages.ComplaintAdditionForm),
        _complaint("withdraw", "withdrawComplaint", "It need not be followed any more.", pages.ComplaintWithdrawalForm),
        _complaint("reopen", "reopenComplaint", "It is not settled.", pages.ComplaintReopeningForm),
        _complaint("survey", "answerSurvey", "How content are you? (A-CMP-31)", pages.ComplaintSurveyForm),
        _get("/complaints/{complaint_id}", "complaintStatus", "How far is it?", pages.ComplaintStatus, 404, asked=("complaint_id",)),
        Operation(
            "GET",
            "/m/api/complaints/{complaint_id}/files/{file_id}",
            "ownComplaintFile",
            "A photo or voice that the follower sent, once it came; in parts where `Range` asks for them.",
            parameters=("complaint_id", "file_id"),
            answers=(Answer(200, "As it was cleaned.", media_types=("image/jpeg", "audio/mpeg")), *_problems((401, 404)), NOT_THERE),
        ),
        _get(
            "/registrations/{registration_id}",
            "registrationStatus",
            "How far is it?",
            pages.RegistrationStatus,
            404,
            asked=("registration_id",),
        ),
        _get("/bindings/{binding_id}", "bindingStatus", "Is it active?", pages.BindingStatus, 404, asked=("binding_id",)),
        _get(
            "/appointments/{appointment_id}", "appointmentStatus", "How far is it?", pages.AppointmentStatus, 404, asked=("appointment_id",)
        ),
        _get("/places", "placesLeft", "What can still be booked?", pages.PlacesAnswer, 400, asked=("dealer", "from", "days")),
        _get("/jssdk", "jsSdkSignature", "A signature for the JS-SDK (A-ITF-24).", pages.JsSdkAnswer, 400, asked=("url",)),
    ),
)
