"""What the command line and the console ask of the running system: `/ops/v1/`, in the internal zone, behind a bearer token.

What is taken and answered stands in `contracts/operating.py`. Questions are in `reading_api`, orders in `orders_api` and `jobs_api`.
Problems are {code, message, message_en} with 400, 401, 404, 409, 503.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flask import Flask, request

from services.insight.depths import Depth
from services.insight.jobs_api import add_jobs
from services.insight.orders_api import add_orders
from services.insight.problems import Problem, answer_problems
from services.insight.reading_api import add_reading

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

MOST_BODY = 16 * 1024


def create_ops_api(runtime: "ServiceRuntime", depths: Callable[[], Mapping[str, Depth]] = dict) -> Flask:
    """The WSGI application. Orders go through the outbox of insight to the service they are for. `depths`: what the broker said last."""
    app = _guarded(runtime.process.settings.operator.token.get_secret_value())
    add_reading(app, runtime, depths)
    add_orders(app, runtime)
    add_jobs(app, runtime)
    return app


def _guarded(token: str) -> Flask:
    """An application that answers nothing without the token, and every problem in the one form."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    app.before_request(lambda: _check_token(token))
    answer_problems(app)
    return app


def _check_token(token: str) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Problem(401, "unauthorised", "需要操作员令牌", "The operator's token is needed.")
