"""The console's WSGI application, mounted at `/console`: how it is put together, and how what goes wrong is answered."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Response, g, make_response, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from chassis.clock import Clock
from chassis.database import Conflict
from chassis.errors import Unavailable
from chassis.janitor import Keeping
from chassis.logs import get_logger
from services.console import frame, store
from services.console.access import Guarded, to_page, who
from services.console.acting import role_header, scope_header
from services.console.audit import Audit
from services.console.complaining import Complaining
from services.console.context import Context
from services.console.entering import Entrance
from services.console.headers import harden
from services.console.insight import Insight
from services.console.kept_filters import KeptFilters
from services.console.passwords import Passwords
from services.console.problems import Forbidden, NoToken, Problem
from services.console.reminding import AppointmentNumbers, Reminding
from services.console.session import Sessions
from services.console.staff import StaffRegister
from services.console.views import VIEWS
from services.console.words import Pair, say

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

LARGEST_BODY = 2 * 1_048_576
"""A mended message is up to a mebibyte of JSON, and as a form's field somewhat more."""
KEEPINGS = (
    Keeping(store.session, store.session.c.token_hash, store.session.c.begun_at, days=2),
    Keeping(store.attempt, store.attempt.c.lookup, store.attempt.c.last_at, days=7),
)
CLOCK = Clock()

log = get_logger(__name__)


def create_app(runtime: "ServiceRuntime") -> Guarded:
    """For `Mount`."""
    runtime.keepings.extend(KEEPINGS)
    return console_app(context_of(runtime))


def context_of(runtime: "ServiceRuntime", now: Callable[[], datetime] = CLOCK, passwords: Passwords | None = None) -> Context:
    settings, database, vault = runtime.process.settings, runtime.database, runtime.vault
    operator, token = settings.operator, settings.operator.token.get_secret_value()
    secret = settings.console.session_key.get_secret_value()
    passwords = passwords or Passwords()
    audit = Audit(database, secret, now, frame.address)
    sessions = Sessions(database, secret, now)
    register = StaffRegister(database, passwords, sessions, audit, now)
    return Context(
        settings=settings,
        vault=vault,
        database=database,
        insight=Insight(operator.url, token, who),
        reminding=Reminding(operator.reminders_url, token, who, scope_header),
        appointments=AppointmentNumbers(operator.appointments_url, token, who, scope_header),
        complaining=Complaining(operator.complaints_url, token, who, role_header, scope_header),
        filters=KeptFilters(database, now),
        audit=audit,
        staff=register,
        sessions=sessions,
        entrance=Entrance(database, vault, secret, register=register, passwords=passwords, sessions=sessions, audit=audit, now=now),
        now=now,
    )


def console_app(context: Context) -> Guarded:
    app = Guarded(__name__, static_folder=None)
    # What nobody handles goes to the listener, which answers and logs it without its text.
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY, PROPAGATE_EXCEPTIONS=True, PROVIDE_AUTOMATIC_OPTIONS=False
    )
    app.url_map.merge_slashes = False  # Flask would name the host in the redirect, and take the request's word for it
    app.extensions["console"] = context
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    frame.furnish(app, context)
    harden(app)
    _answer_problems(app)
    for view in VIEWS:
        view.add_views(app, context)
    return app


def _answer_problems(app: Guarded) -> None:
    app.register_error_handler(Problem, lambda problem: _say(problem.status, (problem.message, problem.message_en)))
    app.register_error_handler(Forbidden, lambda _: _say(403, _FORBIDDEN))
    app.register_error_handler(NoToken, lambda _: _say(403, _NO_TOKEN))
    app.register_error_handler(Unavailable, _say_away)
    app.register_error_handler(Conflict, _say_away)
    app.register_error_handler(HTTPException, _say_what_http_says)


_FORBIDDEN: Pair = ("您的角色不能这样做。需要的话，请找管理员。", "Your role does not allow this. Ask an administrator if you need it.")
_NO_TOKEN: Pair = ("页面已经过期，请回到上一页刷新后再试。", "The page is out of date. Please go back, reload it and try again.")
_AWAY: Pair = (
    "insight 或数据库暂时没有回答。什么都没有丢；请过几秒再试。",
    "Insight or the database does not answer at the moment. Nothing is lost: please try again in a few seconds.",
)
_AWAY_TOO: dict[str, Pair] = {
    "reminders": (
        "提醒服务暂时没有回答。什么都没有丢；请过几秒再试。",
        "The reminders service does not answer at the moment. Nothing is lost: please try again in a few seconds.",
    ),
    "appointments": (
        "预约服务暂时没有回答。什么都没有丢；请过几秒再试。",
        "The appointments service does not answer at the moment. Nothing is lost: please try again in a few seconds.",
    ),
    "complaints": (
        "投诉服务暂时没有回答。什么都没有丢；请过几秒再试。",
        "The complaints service does not answer at the moment. Nothing is lost: please try again in a few seconds.",
    ),
}
_HTTP: dict[int, Pair] = {
    404: ("没有这个页面。", "There is no such page."),
    405: ("这里不支持这个操作。", "This address does not take that method."),
    413: (
        "提交的内容太大；文件最多 10 MB。请返回上一页，换小一些的再试。",
        "What was sent is too large; a file has 10 MB at most. Please go back and try a smaller one.",
    ),
}
_ANY: Pair = ("请求有误。", "The request is malformed.")


def _say(status: int, words: Pair) -> Response:
    """To a person as a page; a part that htmx asks for gets the same words without the frame."""
    template = "problem_part.html" if "HX-Request" in request.headers else "problem.html"
    g.setdefault("visit", None)
    return make_response(render_template(template, status=status, words_of_it=say(words)), status)


def _say_away(error: Exception) -> Response:
    cause = str(getattr(error, "what", type(error).__name__))
    log.warning("console_page_not_answered", cause=cause, page=request.endpoint)
    answer = _say(503, _AWAY_TOO.get(cause.partition(":")[0], _AWAY))
    answer.headers["Retry-After"] = "5"
    return answer


def _say_what_http_says(error: HTTPException) -> Response:
    if request.endpoint is None and not g.get("visit"):
        return to_page("login")  # which addresses there are is for staff to know
    answer = _say(error.code or 400, _HTTP.get(error.code or 400, _ANY))
    answer.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return answer
