"""*The month*: how its items are made and handed over, what a later run found otherwise, and today's sending (A-REM-18..27)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Flask, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.reminders import ReminderType
from contracts.reminding import DifferenceRow, RunAnswer, SendingAnswer
from services.console import periods
from services.console.access import Right, is_poll, page, who
from services.console.context import Context
from services.console.reminder_words import RUN_STATES, TYPES
from services.console.tables import Column, State, Table
from services.console.views.figures_parts import Tile
from services.console.views.lists import car_said
from services.console.words import number, say, t

ORIGINS = {"ours": ("我方规则", "our rules"), "dms": ("DMS 推送", "the DMS")}
KINDS = {"added": State("fine", ("新增", "added")), "gone": State("late", ("不再有", "gone"))}
MOST_EXPORTED = 100_000


@dataclass(frozen=True)
class Going:
    """A run as a person follows it."""

    run: RunAnswer

    @property
    def is_over(self) -> bool:
        return self.run.state in ("done", "differs")

    @property
    def counts(self) -> list[tuple[str, int, int | None]]:
        """Of each type: its name, ours, and what the DMS said."""
        told = self.run.told_counts
        return [(say(TYPES[type]), self.run.counts.get(type, 0), told.get(type, 0) if told is not None else None) for type in ReminderType]

    @property
    def seconds(self) -> float | None:
        return (self.run.finished_at - self.run.started_at).total_seconds() if self.run.finished_at else None

    @property
    def per_second(self) -> float | None:
        return self.run.cars / self.seconds if self.seconds else None


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/reminders", right=Right.READ)
    def reminders() -> str | Response:
        runs = context.reminding.runs()
        table = runs_table(runs)
        if file := table.export():
            return file
        open_ = [Going(run) for run in runs if run.state != "done"]
        now = context.now()
        return render_template(
            "reminders_live.html" if is_poll() else "reminders.html",
            table=table,
            going=open_,
            latest=_latest(runs, now),
            tiles=sending_tiles(sending := context.reminding.sending()),
            sending=sending,
            choices=[(period, periods.said(period), sum(run.period == period for run in runs)) for period in _makeable(now)],
        )

    @page(app, "/reminders/runs", right=Right.ORDER, methods=("POST",))
    def start_run() -> Response:
        period = periods.asked_for(request.form.get("period", ""), periods.current(context.now()))
        context.audit.write(who(), "run.start", period)
        run = context.reminding.start_run(period)
        return make_response(redirect(url_for("run", run_id=run.run_id), 303))

    @page(app, "/reminders/runs/<uuid:run_id>/accept", right=Right.ORDER, methods=("POST",))
    def accept_run(run_id: UUID) -> Response:
        context.audit.write(who(), "run.accepted", str(run_id))
        context.reminding.accept_run(run_id)
        return make_response(redirect(url_for("run", run_id=run_id), 303))

    @page(app, "/reminders/runs/<uuid:run_id>", right=Right.READ)
    def run(run_id: UUID) -> str | Response:
        going = Going(context.reminding.run(run_id))
        found = context.reminding.differences(run_id, request.args.get("after")) if going.run.added or going.run.gone else None
        table = differences_table(going.run, found.rows, found.next, lambda: _all(context, run_id)) if found else None
        if table and (file := table.export()):
            return file
        return render_template("run_live.html" if is_poll() else "run.html", going=going, run=going.run, table=table)

    app.jinja_env.globals.update(run_states=RUN_STATES, origins=ORIGINS)


def _makeable(now: datetime) -> list[str]:
    """The next month and this one: a month that is over is not made any more."""
    this = periods.current(now)
    return [periods.moved(this, 1), this]


def _latest(runs: tuple[RunAnswer, ...], now: datetime) -> list[tuple[str, Going | None]]:
    """This month and the next, with the newest run of each."""
    this = periods.current(now)
    newest = {run.period: run for run in sorted(runs, key=lambda run: run.run_no)}
    return [(period, Going(newest[period]) if period in newest else None) for period in (this, periods.moved(this, 1))]


def sending_tiles(sending: SendingAnswer) -> list[Tile]:
    """In the order in which a reminder goes."""
    later = t("条提醒，已到提醒日；本月稍后 %s 条", "items whose day has come; %s later this month") % number(sending.later)
    postponed = t("条消息，等轮到；其中顺延 %s 条", "messages wait their turn; %s postponed") % number(sending.postponed)
    return [
        Tile(t("待提醒", "To be told"), number(sending.queued), later),
        Tile(t("已排队", "Planned"), number(sending.planned), postponed),
        Tile(t("在途", "In flight"), number(sending.asked), t("已交出、未回音", "handed over, no answer yet")),
        Tile(t("已发出", "Sent"), number(sending.sent), t("微信已接收", "taken by WeChat")),
        Tile(t("未送达", "Failed"), number(sending.failed), t("电话优先级已调高", "their calls go first")),
        Tile(t("不发", "Suppressed"), number(sending.suppressed), t("免打扰、已回厂或已售", "quiet, back already, or sold")),
    ]


def runs_table(runs: tuple[RunAnswer, ...]) -> Table[RunAnswer]:
    return Table(
        "runs",
        (
            Column("period", "月份", "Month", lambda run: periods.said(run.period), href=lambda run: url_for("run", run_id=run.run_id)),
            Column("run_no", "第几次", "Run", lambda run: run.run_no, "number"),
            Column("state", "状态", "State", lambda run: RUN_STATES[run.state], "state"),
            Column("origin", "由谁计算", "Made by", lambda run: say(ORIGINS[run.origin])),
            Column("cars", "车辆", "Cars", lambda run: run.cars, "number", hidden=True),
            Column("items", "提醒", "Items", lambda run: run.items, "number"),
            Column("tasks", "交给 CSC", "Tasks", lambda run: run.tasks, "number"),
            Column("added", "新增", "Added", lambda run: run.added if run.run_no > 1 else None, "number"),
            Column("gone", "不再有", "Gone", lambda run: run.gone if run.run_no > 1 else None, "number"),
            Column("rulebook", "规则版本", "Rules", lambda run: run.rulebook or None, "number", hidden=True),
            Column("checksum", "校验和", "Checksum", lambda run: run.checksum, hidden=True),
            Column("ordered_by", "谁下令", "Ordered by", lambda run: run.ordered_by or t("自动", "by itself")),
            Column("started", "开始", "Started", lambda run: run.started_at, "time"),
            Column("seconds", "用时", "Took", lambda run: Going(run).seconds, "seconds"),
        ),
        runs,
        nothing=t("还没有生成过", "No month has been made yet"),
    )


def differences_table(
    run: RunAnswer, rows: tuple[DifferenceRow, ...], next: str | None, all_rows: Callable[[], Iterator[DifferenceRow]]
) -> Table[DifferenceRow]:
    return Table(
        f"differences-{run.period}-{run.run_no}",
        (
            Column("vin", "车辆", "Car", lambda row: car_said(row.vin)),
            Column("kind", "变化", "Change", lambda row: KINDS[row.kind], "state"),
            Column("type", "类型", "Type", lambda row: say(TYPES[row.type])),
            Column("due", "到期日", "Due", lambda row: row.due_date, "day"),
            Column("dealer", "服务店", "Dealer", lambda row: row.dealer_code),
        ),
        rows,
        next=next,
        all_rows=all_rows,
        sortable=False,
    )


def _all(context: Context, run_id: UUID) -> Iterator[DifferenceRow]:
    """Page after page, for an export."""
    after, given = None, 0
    while given < MOST_EXPORTED:
        answer = context.reminding.differences(run_id, after)
        yield from answer.rows
        given, after = given + len(answer.rows), answer.next
        if after is None:
            return
