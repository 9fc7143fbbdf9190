"""What the command line asks of the running system: `/ops/v1/`, in the internal zone, behind a bearer token.

  GET  /trace/<id>                          the timeline of a message, a subject or a chain
  GET  /parked?state=&service=&after=       a page; `state`: parked (default), redriven, dropped, all; `after`: `next` of the page before
  GET  /parked/<message_id>                 as each service that holds or held it reported it last
  POST /parked/<message_id>/redrive         {service?} → 202; which service is needed only where several hold it
  POST /parked/<message_id>/drop            {reason, service?} → 202
Problems are {code, message, message_en} with 400, 401, 404, 409, 503.
"""

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar, cast, get_args
from uuid import UUID

from flask import Flask, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import HTTPException

from chassis.database import Conflict
from chassis.errors import Unavailable
from contracts.ops import ParkedCommand
from services.insight import news
from services.insight.domain import ParkedMessage, ParkedState, as_json
from services.insight.store import PAGE, parked, parked_one, trace

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

F = TypeVar("F", bound=BaseModel)

MOST_BODY = 16 * 1024


class RedriveForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    service: str | None = Field(default=None, max_length=32)


class DropForm(RedriveForm):
    reason: str = Field(min_length=1, max_length=200)


class Problem(Exception):
    """An answer other than success, for a person to read."""

    def __init__(self, status: int, code: str, message: str, message_en: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"code": code, "message": message, "message_en": message_en}


def create_ops_api(runtime: "ServiceRuntime") -> Flask:
    """The WSGI application. Orders go through the outbox of insight to the service that holds the message."""
    app = _guarded(runtime.process.settings.operator.token.get_secret_value())

    @app.get("/trace/<uuid:asked>")
    def get_trace(asked: UUID) -> Response:
        with runtime.database.read() as connection:
            timeline = trace(connection, asked)
        if not timeline.moments:
            raise Problem(404, "unknown", "没有这个编号的记录", "Nothing is known under this id.")
        moments = [as_json(moment) | {"since_first_ms": timeline.since_first(moment)} for moment in timeline.moments]
        return jsonify({"id": str(asked), "cut": timeline.cut, "moments": moments})

    @app.get("/parked")
    def get_parked() -> Response:
        state, after = _state_asked_for(), _cursor()
        with runtime.database.read() as connection:
            page = parked(connection, state=state, service=request.args.get("service"), after=after)
        following = page[-1].number if len(page) == PAGE else None
        return jsonify({"parked": [as_json(one) for one in page], "next": following})

    @app.get("/parked/<uuid:message_id>")
    def get_parked_one(message_id: UUID) -> Response:
        return jsonify({"parked": [as_json(one) for one in _reported(runtime, message_id)]})

    @app.post("/parked/<uuid:message_id>/redrive")
    def redrive(message_id: UUID) -> tuple[Response, int]:
        form = _form(RedriveForm)
        return _order(runtime, news.redrive(_held(runtime, message_id, form.service)))

    @app.post("/parked/<uuid:message_id>/drop")
    def drop(message_id: UUID) -> tuple[Response, int]:
        form = _form(DropForm)
        return _order(runtime, news.drop(_held(runtime, message_id, form.service), form.reason))

    return app


def _guarded(token: str) -> Flask:
    """An application that answers nothing without the token, and every problem in the one form."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    app.before_request(lambda: _check_token(token))
    app.register_error_handler(Problem, _say)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Unavailable, _away)
    app.register_error_handler(Conflict, _away)
    return app


def _check_token(token: str) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Problem(401, "unauthorised", "需要操作员令牌", "The operator's token is needed.")


def _say(problem: Problem) -> tuple[Response, int, Mapping[str, str]]:
    return jsonify(problem.body), problem.status, {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}


def _reported(runtime: "ServiceRuntime", message_id: UUID) -> list[ParkedMessage]:
    with runtime.database.read() as connection:
        found = parked_one(connection, message_id)
    if not found:
        raise Problem(404, "unknown", "没有这个编号的滞留消息", "No message with this id was parked.")
    return found


def _held(runtime: "ServiceRuntime", message_id: UUID, service: str | None) -> ParkedMessage:
    """The one parked now, in the service that was named or the only one there is."""
    held = [one for one in _reported(runtime, message_id) if one.state == "parked" and service in (None, one.service)]
    if not held:
        raise Problem(409, "not_parked", "该消息当前没有滞留", "This message is not parked now.")
    if len(held) > 1:
        names = ", ".join(one.service for one in held)
        raise Problem(400, "which_service", f"请指明服务：{names}", f"Say which service: {names}.")
    return held[0]


def _order(runtime: "ServiceRuntime", order: ParkedCommand) -> tuple[Response, int]:
    with runtime.database.write() as tx:
        tx.tell(order)
    runtime.wake_relay()
    return jsonify({"status": "accepted", "service": order.service, "message_id": str(order.message_id), "order_id": str(order.id)}), 202


def _state_asked_for() -> ParkedState | None:
    state = request.args.get("state") or "parked"
    if state == "all":
        return None
    if state not in get_args(ParkedState):
        raise Problem(400, "state", "state 应为 parked、redriven、dropped 或 all", "state is one of parked, redriven, dropped, all.")
    return cast(ParkedState, state)


def _cursor() -> int | None:
    after = request.args.get("after")
    if after is None:
        return None
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise Problem(400, "after", "after 应为上一页的 next", "after is the `next` of the page before.")
    return int(after)


def _form(form: type[F]) -> F:
    """The body as this form; an absent body is an empty one. Names fields, never values."""
    try:
        return form.model_validate_json(request.get_data() or b"{}")
    except ValidationError as error:
        fields = ", ".join(sorted({str(part) for problem in error.errors() for part in problem["loc"][:1]})) or "body"
        raise Problem(400, "form", f"请检查：{fields}", f"Please check: {fields}.") from None


def _http_problem(error: HTTPException) -> tuple[Response, int]:
    """An unknown path, a wrong method, a body too large: the code is HTTP's own word for it."""
    code = (error.name or "error").lower().replace(" ", "_")
    return jsonify({"code": code, "message": "请求有误", "message_en": "The request cannot be answered."}), error.code or 500


def _away(_error: Exception) -> tuple[Response, int, Mapping[str, str]]:
    body = {"code": "unavailable", "message": "数据库暂不可用，请稍后再试", "message_en": "The database is away; please come again."}
    return jsonify(body), 503, {"Retry-After": "5"}
