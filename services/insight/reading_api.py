"""The questions of `/ops/v1/`: what is known, as `contracts/operating.py` says it.

GET  /trace/<id>                          the timeline of a message, a subject or a chain
GET  /parked?state=&service=&after=       a page; `state`: parked (default), redriven, dropped, all; `after`: `next` of the page before
GET  /parked/<message_id>                 as each service that holds or held it reported it last
"""

from typing import TYPE_CHECKING, cast, get_args
from uuid import UUID

from flask import Flask, Response, jsonify, request

from services.insight.domain import ParkedMessage, ParkedState, as_json
from services.insight.problems import Problem
from services.insight.store import PAGE, parked, parked_one, trace

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def add_reading(app: Flask, runtime: "ServiceRuntime") -> None:
    """Routes that change nothing."""

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
        return jsonify({"parked": [as_json(one) for one in reported(runtime, message_id)]})


def reported(runtime: "ServiceRuntime", message_id: UUID) -> list[ParkedMessage]:
    """By each service that holds or held it. Raises Problem 404."""
    with runtime.database.read() as connection:
        found = parked_one(connection, message_id)
    if not found:
        raise Problem(404, "unknown", "没有这个编号的滞留消息", "No message with this id was parked.")
    return found


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
