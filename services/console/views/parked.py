"""*Parked*: by cause and field first, then one by one; what a filter finds can be redriven or dropped as one job."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Flask, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.operating import ParkedFilter, ParkedGroup, ParkedItem
from services.console import parked_filter
from services.console.access import Right, is_poll, page
from services.console.context import Context
from services.console.names import KINDS, STATES, STATUSES, message_name, service_choices
from services.console.tables import Column, State, Table
from services.console.views.sentences import cause_in_words, first_cause
from services.console.views.trace import service_words
from services.console.words import say, t

GROUPS_SHOWN = 8
MOST_EXPORTED = 100_000
STATE_LEVELS: dict[str, State] = {
    "parked": State("broken", STATES["parked"]),
    "redriven": State("waiting", STATES["redriven"]),
    "dropped": State("waiting", STATES["dropped"]),
}
STATUS_LEVELS: dict[str, State] = {
    "new": State("late", STATUSES["new"]),
    "looking": State("waiting", STATUSES["looking"]),
    "waiting": State("waiting", STATUSES["waiting"]),
    "solved": State("fine", STATUSES["solved"]),
}


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/parked", right=Right.READ)
    def parked() -> str | Response:
        which = parked_filter.read(request.args)
        answer = context.insight.parked(which, request.args.get("after"))
        table = items_table(answer.parked, answer.next, lambda: _all(context, which))
        if file := table.export():
            return file
        found = context.insight.parked_groups(which)
        shown = {"which": which, "groups": found.groups[:GROUPS_SHOWN], "more": len(found.groups) - GROUPS_SHOWN, "total": found.total}
        return render_template("parked_live.html" if is_poll() else "parked.html", table=table, **shown)

    @page(app, "/parked/groups", right=Right.READ)
    def parked_groups() -> str | Response:
        which = parked_filter.read(request.args)
        table = groups_table(context.insight.parked_groups(which).groups, which)
        return table.export() or render_template("parked_groups.html", table=table, which=which)

    app.jinja_env.filters["map_words"] = lambda pairs: [(value, say(words)) for value, words in pairs]
    app.jinja_env.globals.update(
        without=_without,
        query_of=parked_filter.query_of,
        of_group=parked_filter.of_group,
        filter_words=parked_filter.words_of,
        day_typed=parked_filter.typed,
        is_narrowed=parked_filter.is_narrowed,
        choices={
            "service": service_choices(),
            "kind": tuple(KINDS.items()),
            "status": tuple(STATUSES.items()),
            "state": (*STATES.items(), (parked_filter.ANY_STATE, ("全部", "any"))),
        },
        group_title=group_title,
    )


def _without(name: str) -> str:
    """The same list with one condition less."""
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key not in (name, "after", "format")}
    return url_for("parked", **kept | ({"state": "parked"} if name == "state" else {}))


def _all(context: Context, which: ParkedFilter) -> Iterator[ParkedItem]:
    """Page after page, for an export."""
    after: str | None = None
    given = 0
    while given < MOST_EXPORTED:
        answer = context.insight.parked(which, after)
        yield from answer.parked
        given += len(answer.parked)
        after = answer.next
        if after is None:
            return


def group_title(group: ParkedGroup) -> str:
    """缺少这一项：服务店代码 dealer_code, in one line."""
    return cause_in_words(group.kind, group.field, group.rule)


def items_table(items: tuple[ParkedItem, ...], next: str | None, all_rows: Callable[[], Iterable[ParkedItem]]) -> Table[ParkedItem]:
    def one(item: ParkedItem) -> str:
        return url_for("parked_one", message_id=item.message_id, service=item.service)

    return Table(
        "parked",
        (
            Column("message", "消息", "Message", lambda item: say(message_name(item.type)), href=one),
            Column("service", "停在", "Held by", lambda item: service_words(item.service), write=lambda item: item.service),
            Column("causes", "原因", "Cause", lambda item: first_cause(item.causes)),
            Column("told", "原因（原文）", "Cause as told", lambda item: item.causes, kind="causes", hidden=True),
            Column("at", "自", "Since", lambda item: item.at, kind="time"),
            Column("state", "状态", "State", lambda item: STATE_LEVELS[item.state], kind="state", hidden=True),
            Column("status", "处理情况", "Progress", lambda item: STATUS_LEVELS[item.status], kind="state"),
            Column("owner", "负责人", "Owner", lambda item: item.owner),
            Column("note", "备注", "Note", lambda item: item.note, hidden=True),
            Column("times", "次数", "Times", lambda item: item.times, kind="number"),
            Column("id", "编号", "Id", lambda item: item.message_id, kind="id"),
            Column("type", "类型", "Type", lambda item: item.type, hidden=True),
            Column("subject", "主题", "Subject", lambda item: item.subject, kind="id", hidden=True),
            Column("size", "大小", "Size", lambda item: item.size_bytes, kind="bytes", hidden=True),
        ),
        items,
        next=next,
        all_rows=all_rows,
        nothing=t("没有滞留的消息", "Nothing is parked"),
        sortable=False,
    )


def groups_table(groups: tuple[ParkedGroup, ...], which: ParkedFilter) -> Table[ParkedGroup]:
    def listed(group: ParkedGroup) -> str:
        return url_for("parked", **parked_filter.query_of(parked_filter.of_group(which, group)))

    return Table(
        "parked-groups",
        (
            Column("cause", "原因", "Cause", group_title, href=listed),
            Column("number", "数量", "Count", lambda group: group.number, kind="number"),
            Column("message", "消息", "Message", lambda group: say(message_name(group.type))),
            Column("service", "停在", "Held by", lambda group: service_words(group.service), write=lambda group: group.service),
            Column("field", "字段", "Field", lambda group: group.field, hidden=True),
            Column("rule", "规则", "Rule", lambda group: group.rule, hidden=True),
            Column("first", "最早", "First", lambda group: group.first_at, kind="time"),
            Column("last", "最近", "Last", lambda group: group.last_at, kind="time"),
        ),
        groups,
        nothing=t("没有滞留的消息", "Nothing is parked"),
    )
