"""The HTTP side of the follower's pages, mounted at `/m`: who posts, from where, what, and how it is answered."""

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from adapters.wechat.pages import problems
from adapters.wechat.pages.problems import Problem
from adapters.wechat.pages.session import COOKIE, Session, session_of
from adapters.wechat.pages.submitting import ACCEPTED, Submitting
from chassis.clock import Clock
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.settings import Settings
from contracts.partners.pages import BookingForm, BookingReceipt, WithdrawalForm

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

LARGEST_BODY = 65_536
FROM_OUR_PAGES = ("same-origin", "same-site", "none")
"""Sec-Fetch-Site; where it is `same-site`, Origin says the rest."""

F = TypeVar("F", bound=BaseModel)
log = get_logger(__name__)


def create_app(runtime: "ServiceRuntime") -> Flask:
    """For `Mount`."""
    return pages_app(runtime.process.settings, Submitting(runtime.database, runtime.vault, Clock()))


def pages_app(settings: Settings, submitting: Submitting) -> Flask:
    app = Flask(__name__, static_folder=None)
    # What nobody handles goes to the listener, which answers and logs it without its text.
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROPAGATE_EXCEPTIONS=True, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.url_map.merge_slashes = False

    @app.post("/api/appointments")
    def book() -> Response:
        session = _session(settings)
        form = _form(BookingForm)
        return _receipt(form.id, repeat=submitting.book(form, session.follower_id))

    @app.post("/api/appointments/<uuid:appointment_id>/withdraw")
    def withdraw(appointment_id: UUID) -> Response:
        session = _session(settings)
        form = _form(WithdrawalForm)
        return _receipt(appointment_id, repeat=submitting.withdraw(form, appointment_id, session.follower_id))

    app.register_error_handler(Problem, _say)
    app.register_error_handler(HTTPException, _say_what_http_says)
    app.register_error_handler(Unavailable, _say_come_again)
    return app


def _session(settings: Settings) -> Session:
    """Raises Problem: 403 from another site, 401 without a session of an account that we have."""
    if _is_cross_site(request, settings.http.public_url):
        raise problems.cross_site()
    session = session_of(settings.pages.session_key.get_secret_value(), request.cookies.get(COOKIE))
    if session is None or session.account not in settings.accounts:
        raise problems.no_session()
    return session


def _is_cross_site(asked: Request, public_url: str) -> bool:
    """A browser names the page it posts from; another program may name none, and has no follower's cookie to abuse."""
    if asked.headers.get("Sec-Fetch-Site", "none") not in FROM_OUR_PAGES:
        return True
    origin = asked.headers.get("Origin")
    return origin is not None and _host_of(origin) not in (_host_of(public_url), asked.host)


def _host_of(address: str) -> str | None:
    """None for what is no address at all, which is nobody's."""
    try:
        return urlsplit(address).netloc or None
    except ValueError:
        return None


def _form(model: type[F]) -> F:
    """Strict: text is text and a number is a number. Raises Problem."""
    if request.mimetype != "application/json":  # a form of another site cannot send this without being asked first
        raise problems.not_json()
    try:
        return model.model_validate_json(request.get_data(), strict=True)
    except ValidationError as error:
        raise problems.of_form(error) from error


def _receipt(appointment_id: UUID, *, repeat: bool) -> Response:
    answer = _json(ACCEPTED, BookingReceipt(id=appointment_id))
    if repeat:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _json(status: int, body: BaseModel) -> Response:
    return Response(body.model_dump_json(), status, {"Cache-Control": "no-store"}, content_type="application/json; charset=utf-8")


def _say(problem: Problem) -> Response:
    return _json(problem.status, problem.body)


def _say_what_http_says(error: HTTPException) -> Response:
    answer = _say(problems.of_http(error.code or 400))
    answer.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return answer


def _say_come_again(error: Unavailable) -> Response:
    log.warning("submission_not_taken", cause=error.what)
    answer = _say(problems.come_again())
    answer.headers["Retry-After"] = str(problems.RETRY_AFTER_SECONDS)
    return answer
