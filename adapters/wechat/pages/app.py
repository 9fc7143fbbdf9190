"""The HTTP side of the follower's pages, mounted at `/m`: how it is put together, and how what goes wrong is answered."""

from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from adapters.wechat.pages import api, complaint_api, oauth, problems
from adapters.wechat.pages.context import Context
from adapters.wechat.pages.copies import Copies
from adapters.wechat.pages.entering import LoginWanted, to_login
from adapters.wechat.pages.headers import hardening
from adapters.wechat.pages.own_paths import address, moved_to, wanted_path
from adapters.wechat.pages.problems import Problem
from adapters.wechat.pages.submitting import Submitting
from adapters.wechat.pages.tables import KEEPINGS
from adapters.wechat.pages.views.mounting import add_views, problem_page
from adapters.wechat.pages.words import t
from chassis.clock import Clock
from chassis.errors import Unavailable
from chassis.logs import get_logger

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

LARGEST_BODY = 65_536

log = get_logger(__name__)


def create_app(runtime: "ServiceRuntime") -> Flask:
    """For `Mount`."""
    runtime.keepings.extend(KEEPINGS)
    return pages_app(context_of(runtime))


def context_of(runtime: "ServiceRuntime") -> Context:
    settings, now = runtime.process.settings, Clock()
    items = {item.code: item.name for item in settings.booking.items}
    submitting = Submitting(runtime.database, runtime.vault, now, items)
    return Context(settings, runtime.vault, Copies(runtime.database), submitting, now)


def pages_app(context: Context) -> Flask:
    app = Flask(__name__, static_folder=None)
    # What nobody handles goes to the listener, which answers and logs it without its text.
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROPAGATE_EXCEPTIONS=True, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.url_map.merge_slashes = False
    app.before_request(_at_the_door)
    app.after_request(hardening(context.settings))
    api.add_api(app, context)
    complaint_api.add_complaint_api(app, context)
    oauth.add_oauth(app, context)
    app.register_error_handler(Problem, _say)
    app.register_error_handler(HTTPException, _say_what_http_says)
    app.register_error_handler(Unavailable, _say_come_again)
    app.register_error_handler(LoginWanted, lambda wanted: to_login(context, wanted.account))
    add_views(app, context)
    return app


def _at_the_door() -> Response | None:
    """`/m` is `/m/`, where the cookies are. Flask itself would name the host in the address, and take the request's word for it."""
    return None if request.environ["PATH_INFO"] else moved_to(address(wanted_path()))


def _say(problem: Problem) -> Response:
    """To a page's script as JSON, to a person as a page."""
    if request.path.startswith("/api/"):
        return api.json_answer(problem.status, problem.body)
    return problem_page(problem.status, t(problem.body.message, problem.body.message_en), "")


def _say_what_http_says(error: HTTPException) -> Response:
    answer = _say(problems.of_http(error.code or 400))
    answer.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return answer


def _say_come_again(error: Unavailable) -> Response:
    log.warning("page_not_answered", cause=error.what, method=request.method)
    answer = _say(problems.come_again())
    answer.headers["Retry-After"] = str(problems.RETRY_AFTER_SECONDS)
    return answer
