"""*Retries*: what waits its turn again, why, and when that is."""

from collections.abc import Callable, Iterable, Iterator

from flask import Flask, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.operating import Waiting
from services.console.access import Right, is_poll, page
from services.console.context import Context
from services.console.names import message_name
from services.console.tables import Column, Table
from services.console.views.sentences import first_cause
from services.console.views.trace import service_words
from services.console.words import say, t

MOST_EXPORTED = 100_000


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/retries", right=Right.READ)
    def retries() -> str | Response:
        service, kind = request.args.get("service") or None, request.args.get("kind") or None
        answer = context.insight.retries(service, kind, request.args.get("after"))
        table = waiting_table(answer.waiting, answer.next, lambda: _all(context, service, kind))
        if file := table.export():
            return file
        return render_template("retries_live.html" if is_poll() else "retries.html", table=table, service=service, kind=kind)


def _all(context: Context, service: str | None, kind: str | None) -> Iterator[Waiting]:
    after: str | None = None
    given = 0
    while given < MOST_EXPORTED:
        answer = context.insight.retries(service, kind, after)
        yield from answer.waiting
        given += len(answer.waiting)
        after = answer.next
        if after is None:
            return


def waiting_table(waiting: tuple[Waiting, ...], next: str | None, all_rows: Callable[[], Iterable[Waiting]]) -> Table[Waiting]:
    return Table(
        "retries",
        (
            Column("message", "消息", "Message", lambda one: say(message_name(one.type)), href=_traced),
            Column("service", "在", "In", lambda one: service_words(one.service), write=lambda one: one.service),
            Column("causes", "原因", "Cause", lambda one: first_cause(one.causes)),
            Column("told", "原因（原文）", "Cause as told", lambda one: one.causes, kind="causes", hidden=True),
            Column("attempt", "已试", "Tries", lambda one: one.attempt, kind="number"),
            Column("failed", "上次失败", "Failed", lambda one: one.failed_at, kind="time"),
            Column("due", "下次", "Next try", lambda one: one.due_at, kind="time"),
            Column("id", "编号", "Id", lambda one: one.message_id, kind="id"),
            Column("type", "类型", "Type", lambda one: one.type, hidden=True),
            Column("subject", "主题", "Subject", lambda one: one.subject, kind="id", hidden=True),
        ),
        waiting,
        next=next,
        all_rows=all_rows,
        nothing=t("没有消息在等待重试", "Nothing waits to be retried"),
        sortable=False,
    )


def _traced(one: Waiting) -> str:
    """The whole way where there is one, opened at this message."""
    return url_for("trace", asked=one.subject or one.message_id, at=one.message_id)
