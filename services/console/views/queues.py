"""*Queues*: how much waits where and for how long; one service with its copies and its hour; pause and resume."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from contracts.catalogue import QUEUED_SERVICES
from contracts.operating import CopyStatus, Minute, QueueStatus
from services.console.access import Right, is_poll, page, who
from services.console.context import Context
from services.console.hour import Chart, Hour, Line
from services.console.last_known import LastKnown, Seen
from services.console.tables import Column, Level, State, Table
from services.console.views.board import away_page, minutes_table, queue_state, service_name, worst_first
from services.console.wellness import SILENT_SECONDS, troubles, without_replaced
from services.console.words import Pair, t

Order = Literal["pause", "resume"]
EFFECTS: dict[str, Pair] = {
    "appointments": (
        "车主的预约、改期和取消都等着，车主看到的是“正在提交”。",
        "Bookings, changes and withdrawals wait; followers see that they are being submitted.",
    ),
    "customers": ("车主的注册与绑定都等着。", "Registrations and bindings of owners wait."),
    "reminders": (
        "提醒暂停：到期提醒、回厂与跟踪结果暂不处理。",
        "Reminders stand still: nothing is sent, and visits and calls are not taken in.",
    ),
    "messaging": ("车主暂时收不到任何通知。", "Followers get no notices meanwhile."),
    "insight": (
        "控制台看到的停在这一刻：数字、追踪、滞留列表都不再更新。",
        "What the console shows stands still: numbers, traces and the list of parked messages.",
    ),
    "sender": ("发给车主的微信消息都等着。", "WeChat messages to followers wait."),
    "pages": ("车主页面上的内容不再更新；车主仍可提交。", "What the follower's pages show stands still; followers can still submit."),
    "dms": ("发给 DMS 的都等着；DMS 推来的照常接收。", "What is for the DMS waits; what it pushes is still taken."),
    "csc": ("发给 CSC 的都等着；CSC 推来的照常接收。", "What is for the CSC waits; what it pushes is still taken."),
    "sms": ("短信都等着，包括验证码：等久了会失效。", "SMS wait, codes among them: those run out while they wait."),
}
"""What followers and partners notice while a service is paused."""


@dataclass(frozen=True)
class Detail:
    """What the page of one service shows. `pausable`: it has a queue of its own."""

    queue: QueueStatus
    troubles: list[tuple[Level, str]]
    copies: Table[CopyStatus]
    rates: Chart
    waits: Chart

    @property
    def state(self) -> State:
        return queue_state(self.queue)

    @property
    def pausable(self) -> bool:
        return self.queue.service in QUEUED_SERVICES

    @property
    def in_work(self) -> int:
        return sum(copy.in_work for copy in self.queue.copies)


def add_views(app: Flask, context: Context) -> None:
    known = LastKnown(context.now)

    def ask() -> Seen[Sequence[QueueStatus]]:
        return known.ask("queues", lambda: [without_replaced(queue, context.now()) for queue in context.insight.queues()])

    @page(app, "/queues", right=Right.READ)
    def queues() -> str | Response:
        seen = ask()
        table = Table("queues", _COLUMNS, worst_first(seen.answer or ()), nothing=t("还没有服务报到", "No service has been heard of yet"))
        if file := table.export():
            return file
        return render_template("queues_live.html" if is_poll() else "queues.html", seen=seen, table=table)

    @page(app, "/queues/<service>", right=Right.READ)
    def queue(service: str) -> str | Response | tuple[str, int]:
        seen = ask()
        if seen.answer is None:
            return away_page(service_name(service), is_poll())
        shown = _detail(_of(service, seen.answer), seen.at)
        if file := shown.copies.export():
            return file
        template = "queue_live.html" if is_poll() else "queue.html"
        return render_template(template, seen=seen, shown=shown, effect=EFFECTS.get(service), ordered=request.args.get("ordered"))

    @page(app, "/queues/<service>/minutes", right=Right.READ)
    def queue_minutes(service: str) -> str | Response | tuple[str, int]:
        seen = ask()
        title = service_name(service)
        if seen.answer is None:
            return away_page(title, is_poll())
        table = minutes_table(f"{service}-minutes", _of(service, seen.answer).minutes, seen.at, _MINUTE_COLUMNS)
        if file := table.export():
            return file
        return render_template("minutes.html", title=title, table=table, back=url_for("queue", service=service))

    @page(app, "/queues/<service>/pause", right=Right.ORDER, methods=("POST",))
    def pause_queue(service: str) -> AnyResponse:
        return _order(context, service, "pause")

    @page(app, "/queues/<service>/resume", right=Right.ORDER, methods=("POST",))
    def resume_queue(service: str) -> AnyResponse:
        return _order(context, service, "resume")


def _order(context: Context, service: str, order: Order) -> AnyResponse:
    if service not in QUEUED_SERVICES:
        raise NotFound
    context.audit.write(who(), f"queue.{order}", service)
    context.insight.pause(service) if order == "pause" else context.insight.resume(service)
    return redirect(url_for("queue", service=service, ordered=order), 303)


def _of(service: str, queues: Sequence[QueueStatus]) -> QueueStatus:
    for queue in queues:
        if queue.service == service:
            return queue
    raise NotFound


def _detail(queue: QueueStatus, at: datetime) -> Detail:
    hour = Hour.of(queue.minutes, at)
    rates = Chart(
        t("最近一小时：每分钟的消息", "The last hour: messages a minute"),
        t("最近一小时没有消息", "No messages in the last hour"),
        t("条/分钟", "/min"),
        hour.labels,
        (
            Line(t("处理", "handled"), "main", hour.counts(lambda minute: minute.received)),
            Line(t("发出", "sent"), "second", hour.counts(lambda minute: minute.sent)),
            Line(t("未成", "failed"), "bad", hour.counts(lambda minute: minute.failed)),
        ),
    )
    oldest = Line(t("最久等待", "longest wait"), "main", hour.levels(lambda minute: minute.oldest_seconds))
    waits = Chart(
        t("最近一小时：最久等待", "The last hour: longest wait"),
        t("最近一小时没有等过的", "Nothing waited in the last hour"),
        t("秒", "s"),
        hour.labels,
        (oldest,),
    )
    copies = Table("copies", _COPY_COLUMNS, queue.copies, nothing=t("没有听说过它的任何副本", "No copy of it has been heard of"))
    found = list(troubles(queue))
    return Detail(queue, found, copies, rates, waits)


def _of_copy(copy: CopyStatus) -> State:
    if copy.silent_seconds >= SILENT_SECONDS:
        return State("broken", ("没有音信", "not heard of"))
    if copy.failing:
        return State("broken", ("自检不通过", "a check fails"))
    if copy.consuming is None:
        return State("fine", ("在运行", "running"))
    return State("fine", ("在消费", "consuming")) if copy.consuming else State("waiting", ("不消费", "not consuming"))


def _within(path: str, service: str) -> str:
    return f"{request.script_root}{path}?service={service}"


_COLUMNS: tuple[Column[QueueStatus], ...] = (
    Column("service", "服务", "Service", lambda q: service_name(q.service), href=lambda q: url_for("queue", service=q.service)),
    Column("state", "状态", "State", queue_state, "state"),
    Column("depth", "队列", "Queue", lambda q: q.depth, "number"),
    Column("dead", "死信", "Dead letters", lambda q: q.dead, "number"),
    Column("oldest", "最久等待", "Longest wait", lambda q: q.oldest_seconds or None, "seconds"),
    Column("in", "处理", "Handled", lambda q: round(q.received_per_second, 1), "number", unit="/s"),
    Column("out", "发出", "Sent", lambda q: round(q.sent_per_second, 1), "number", unit="/s"),
    Column("consumers", "消费者", "Consumers", lambda q: q.consumers, "number"),
    Column("outbox", "待发", "Outbox", lambda q: q.outbox, "number"),
    Column(
        "retries", "重试", "Retries", lambda q: q.retries, "number", href=lambda q: _within("/retries", q.service) if q.retries else None
    ),
    Column("parked", "滞留", "Parked", lambda q: q.parked, "number", href=lambda q: _within("/parked", q.service) if q.parked else None),
    Column("spooled", "暂存", "Spooled", lambda q: q.spooled, "number", hidden=True),
    Column("copies", "副本", "Copies", lambda q: len(q.copies), "number", hidden=True),
    Column("code", "代号", "Code", lambda q: q.service, hidden=True),
)
_COPY_COLUMNS: tuple[Column[CopyStatus], ...] = (
    Column("copy", "副本", "Copy", lambda c: c.copy_id, "id"),
    Column("state", "状态", "State", _of_copy, "state"),
    Column("started", "启动", "Started", lambda c: c.started_at, "time"),
    Column("silent", "上次音信", "Last heard of", lambda c: c.silent_seconds, "seconds"),
    Column("in_work", "正在做", "In work", lambda c: c.in_work, "number"),
    Column("failing", "不通过的自检", "Failing checks", lambda c: "; ".join(f"{check}: {cause}" for check, cause in c.failing.items())),
)
_MINUTE_COLUMNS: tuple[Column[Minute], ...] = (
    Column("received", "处理", "Handled", lambda m: m.received, "number"),
    Column("sent", "发出", "Sent", lambda m: m.sent, "number"),
    Column("failed", "未成", "Failed", lambda m: m.failed, "number"),
    Column("oldest", "最久等待", "Longest wait", lambda m: m.oldest_seconds or None, "seconds"),
    Column("retries", "重试", "Retries", lambda m: m.retries, "number"),
    Column("parked", "滞留", "Parked", lambda m: m.parked, "number"),
)
