"""The questions of `/ops/v1/`: what is known, as `contracts/operating.py` says it.

GET  /overview                      the house at a glance
GET  /queues                        every service and its queue
GET  /partners                      how partners answer, and the last answers off contract
GET  /retries?service=&kind=&after= what waits its turn again; `kind` of its first cause
GET  /parked?<ParkedFilter>&after=  a page; `state`: parked (default), redriven, dropped, all; `after`: `next` of the page before
GET  /parked/groups?<ParkedFilter>  those with the same first cause, most first
GET  /parked/count?<ParkedFilter>   how many
GET  /parked/<message_id>           as each service that holds or held it reported it last
GET  /trace/<id>                    the timeline of a message, a subject or a chain
POST /search {by, value}            what was found, newest first
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from flask import Flask, request
from pydantic import ValidationError

from chassis.internal_api import Answered, Problem, answer, form_of, off_form
from contracts.operating import Counted, Hits, ParkedFilter, ParkedItem, ParkedPage, Queues, SearchForm
from services.insight import overview, parked_list, search, timeline, waiting
from services.insight.depths import Depth
from services.insight.overview import Known

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

C = TypeVar("C")

ALL = "all"
MAY_BE_NONE = frozenset({"type", "kind", "field", "rule", "owner"})


def add_reading(app: Flask, runtime: "ServiceRuntime", depths: Callable[[], Mapping[str, Depth]]) -> None:
    """Routes that change nothing."""
    _add_house(app, runtime, depths)
    _add_lists(app, runtime)
    _add_finding(app, runtime)


def _add_house(app: Flask, runtime: "ServiceRuntime", depths: Callable[[], Mapping[str, Depth]]) -> None:
    @app.get("/overview")
    def get_overview() -> Answered:
        with runtime.database.read() as connection:
            return answer(overview.overview(Known.read(connection, datetime.now(UTC), depths())))

    @app.get("/queues")
    def get_queues() -> Answered:
        with runtime.database.read() as connection:
            known = Known.read(connection, datetime.now(UTC), depths())
        return answer(Queues(queues=overview.queues(known)))

    @app.get("/partners")
    def get_partners() -> Answered:
        with runtime.database.read() as connection:
            return answer(overview.partners_answer(connection, Known.read(connection, datetime.now(UTC), depths())))


def _add_lists(app: Flask, runtime: "ServiceRuntime") -> None:
    @app.get("/retries")
    def get_retries() -> Answered:
        asked = request.args
        after = _cursor(_number) if "after" in asked else None
        with runtime.database.read() as connection:
            return answer(waiting.waiting(connection, service=asked.get("service"), kind=asked.get("kind"), after=after))

    @app.get("/parked")
    def get_parked() -> Answered:
        wanted, after = _filter(), _cursor(parked_list.cursor_of) if "after" in request.args else None
        with runtime.database.read() as connection:
            return answer(parked_list.page(connection, wanted, after))

    @app.get("/parked/groups")
    def get_groups() -> Answered:
        wanted = _filter()
        with runtime.database.read() as connection:
            return answer(parked_list.groups(connection, wanted))

    @app.get("/parked/count")
    def get_count() -> Answered:
        wanted = _filter()
        with runtime.database.read() as connection:
            return answer(Counted(number=parked_list.count(connection, wanted)))

    @app.get("/parked/<uuid:message_id>")
    def get_parked_one(message_id: UUID) -> Answered:
        return answer(ParkedPage(parked=tuple(reported(runtime, message_id))))


def _add_finding(app: Flask, runtime: "ServiceRuntime") -> None:
    @app.get("/trace/<uuid:asked>")
    def get_trace(asked: UUID) -> Answered:
        with runtime.database.read() as connection:
            found = timeline.trace(connection, asked)
        if not found.moments:
            raise Problem(404, "unknown", "没有这个编号的记录", "Nothing is known under this id.")
        return answer(found)

    @app.post("/search")
    def find() -> Answered:
        form = form_of(SearchForm)
        try:
            with runtime.database.read() as connection:
                return answer(Hits(hits=tuple(search.search(connection, form, runtime.vault))))
        except ValueError:
            raise Problem(400, "form", "请检查：value（不是编号）", "Please check: value (no id of ours).") from None


def reported(runtime: "ServiceRuntime", message_id: UUID) -> list[ParkedItem]:
    """By each service that holds or held it. Raises Problem 404."""
    with runtime.database.read() as connection:
        found = parked_list.one(connection, message_id).parked
    if not found:
        raise Problem(404, "unknown", "没有这个编号的滞留消息", "No message with this id was parked.")
    return list(found)


def _filter() -> ParkedFilter:
    """From the address; of what may be empty, empty means that there is none. Raises Problem 400."""
    given = {name: value for name, value in request.args.items() if name != "after"}
    asked: dict[str, str | None] = {name: value for name, value in given.items() if value or name in MAY_BE_NONE}
    if asked.get("state") == ALL:
        asked["state"] = None
    try:
        return ParkedFilter.model_validate(asked)
    except ValidationError as error:
        raise off_form(error) from None


def _cursor(read: Callable[[str], C]) -> C:
    try:
        return read(request.args["after"])
    except ValueError:
        raise Problem(400, "after", "after 应为上一页的 next", "after is the `next` of the page before.") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError("not a number")
    return int(text)
