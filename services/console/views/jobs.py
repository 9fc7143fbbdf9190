"""*Jobs*: one order about many. How many is shown first, the rate is bounded, it can be watched and stopped, and is begun once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID, uuid4

from flask import Flask, Response, make_response, redirect, render_template, request, url_for

from chassis.errors import Unavailable
from contracts.operating import Job, JobForm, ParkedFilter
from services.console import parked_filter
from services.console.access import Right, is_poll, page, who
from services.console.audit import Details
from services.console.context import Context
from services.console.masking import without_personal
from services.console.names import JOB_STATES
from services.console.problems import Problem
from services.console.tables import Column, State, Table
from services.console.views.parked_one import NO_PERSONAL
from services.console.words import Pair, say, t

KINDS: dict[str, Pair] = {"redrive": ("重发", "Redrive"), "drop": ("放弃", "Drop")}
RATES = (1, 5, 10, 20, 50, 100, 500)
USUAL_RATE = 10
_NOT_HEARD: Pair = (
    "没有等到回答，不知道是否已经开始。请过几秒再按一次：同一张表单只会开始一次。",
    "No answer came, so it may have begun or not. Press again in a few seconds: this form begins it once.",
)
MOST_REASON = 200
MOST_EXPECTED = 10**9
STATES: dict[str, State] = {
    "running": State("going", JOB_STATES["running"]),
    "stopped": State("late", JOB_STATES["stopped"]),
    "done": State("fine", JOB_STATES["done"]),
}


@dataclass(frozen=True)
class Order:
    """The form as it stands: what is meant, how many that are now, and what was typed."""

    id: UUID
    kind: Literal["redrive", "drop"]
    which: ParkedFilter
    expected: int
    per_second: int = USUAL_RATE
    reason: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return self.expected / self.per_second

    def as_form(self) -> JobForm:
        return JobForm(
            id=self.id, kind=self.kind, filter=self.which, expected=self.expected, per_second=self.per_second, reason=self.reason
        )


@dataclass(frozen=True)
class Progress:
    """A job as a person follows it."""

    job: Job

    @property
    def ended(self) -> int:
        """Those of which is known what became of them."""
        return self.job.handled + self.job.parked_again + self.job.dropped + self.job.gone

    @property
    def open(self) -> int:
        """Ordered, and not yet heard of again."""
        return max(0, self.job.ordered - self.ended)

    @property
    def is_over(self) -> bool:
        """Nothing more will change: all ordered ones have been heard of, or it was stopped and they have."""
        return self.job.state != "running" and self.open == 0

    @property
    def left_seconds(self) -> float:
        return max(0, self.job.total - self.job.ordered - self.job.gone) / self.job.per_second

    @property
    def again(self) -> ParkedFilter:
        """Those parked again: as the job found them, since it began."""
        return self.job.filter.model_copy(update={"state": "parked", "since": self.job.begun_at, "until": None})


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/jobs", right=Right.READ)
    def jobs() -> str | Response:
        table = jobs_table(context.insight.jobs().jobs)
        if file := table.export():
            return file
        return render_template("jobs_live.html" if is_poll() else "jobs.html", table=table)

    @page(app, "/jobs/new", right=Right.ORDER)
    def new_job() -> Response:
        which = parked_filter.read(request.args)
        return _asking(Order(uuid4(), _kind(request.args.get("order", "")), which, context.insight.parked_count(which)))

    @page(app, "/jobs/new", right=Right.ORDER, methods=("POST",))
    def begin_job() -> Response:
        order = _typed()
        if order.problems:
            return _asking(order, 422)
        try:
            return _begun(context, order)
        except Unavailable:
            # Insight may have begun it all the same: under the same id a second press is safe, a new form would be a second order.
            return _asking(replace(order, problems={"expected": t(*_NOT_HEARD)}), 503)

    @page(app, "/jobs/<uuid:job_id>", right=Right.READ)
    def job(job_id: UUID) -> str:
        progress = Progress(context.insight.job(job_id))
        return render_template("job_live.html" if is_poll() else "job.html", progress=progress, job=progress.job)

    @page(app, "/jobs/<uuid:job_id>/stop", right=Right.ORDER, methods=("POST",))
    def stop_job(job_id: UUID) -> Response:
        context.audit.write(who(), "job.stop", str(job_id))
        context.insight.stop_job(job_id)
        return _to(job_id)

    app.jinja_env.globals.update(job_kinds=KINDS, job_states=STATES, rates=RATES, job_title=_title, which_words=_which)


def _begun(context: Context, order: Order) -> Response:
    if _is_known(context, order.id):
        return _to(order.id)
    about = " ".join(f"{name}={value}" for name, value in parked_filter.query_of(order.which).items())
    details: Details = {"filter": about[:400], "number": order.expected, "per_second": order.per_second, "reason": order.reason}
    context.audit.write(who(), f"job.{order.kind}", str(order.id), details)
    try:
        context.insight.start_job(order.as_form())
    except Problem as problem:
        if problem.status != 409:
            raise
        return _asking(_counted_anew(context, order, problem), 409)
    return _to(order.id)


def _to(job_id: UUID) -> Response:
    return make_response(redirect(url_for("job", job_id=job_id), 303))


def _asking(order: Order, status: int = 200) -> Response:
    return make_response(render_template("job_new.html", order=order), status)


def _kind(text: str) -> Literal["redrive", "drop"]:
    return "drop" if text == "drop" else "redrive"


def _typed() -> Order:
    """What was typed, and in words what is wrong with it. Raises Problem for a form that is none of ours."""
    form, problems = request.form, {}
    kind, reason = _kind(form.get("order", "")), form.get("reason", "").strip()
    try:
        id, expected, per_second = UUID(form.get("id", "")), int(form.get("expected", "")), int(form.get("per_second", ""))
        if not 0 <= expected <= MOST_EXPECTED:
            raise ValueError(expected)
    except ValueError:
        raise Problem("form", "表单有误，请从滞留列表重新开始。", "The form cannot be read: please begin at the parked list.") from None
    if kind == "drop" and not reason:
        problems["reason"] = t("放弃要写明原因。", "Say why they are given up.")
    if len(reason) > MOST_REASON:
        problems["reason"] = t(f"最多 {MOST_REASON} 个字。", f"At most {MOST_REASON} characters.")
    if without_personal(reason) != reason:
        problems["reason"] = t(*NO_PERSONAL)
    if per_second not in RATES:
        problems["per_second"] = t("请选一个速度。", "Choose one of the rates.")
    if expected < 1:
        problems["expected"] = t("现在没有这样的消息。", "There are no such messages now.")
    return Order(id, kind, parked_filter.read(form), expected, per_second if per_second in RATES else USUAL_RATE, reason, problems)


def _is_known(context: Context, job_id: UUID) -> bool:
    """It was begun with this very form: a second click, or the way back and forth."""
    try:
        context.insight.job(job_id)
    except Problem as problem:
        if problem.status != 404:
            raise
        return False
    return True


def _counted_anew(context: Context, order: Order, problem: Problem) -> Order:
    number = context.insight.parked_count(order.which)
    return Order(
        order.id, order.kind, order.which, number, order.per_second, order.reason, {"expected": t(problem.message, problem.message_en)}
    )


def jobs_table(jobs: tuple[Job, ...]) -> Table[Job]:
    return Table(
        "jobs",
        (
            Column("what", "任务", "Job", _title, href=lambda job: url_for("job", job_id=job.id)),
            Column("state", "状态", "State", lambda job: STATES[job.state], kind="state"),
            Column("filter", "范围", "Which", lambda job: _which(job.filter)),
            Column("ordered", "已下达", "Ordered", lambda job: job.ordered, kind="number"),
            Column("handled", "办好", "Done", lambda job: job.handled, kind="number"),
            Column("again", "再次滞留", "Parked again", lambda job: job.parked_again, kind="number"),
            Column("dropped", "已放弃", "Dropped", lambda job: job.dropped, kind="number", hidden=True),
            Column("gone", "已不在", "Gone", lambda job: job.gone, kind="number", hidden=True),
            Column("by", "谁", "By", lambda job: job.ordered_by),
            Column("begun", "开始", "Begun", lambda job: job.begun_at, kind="time"),
            Column("ended", "结束", "Ended", lambda job: job.ended_at, kind="time", hidden=True),
            Column("reason", "原因", "Reason", lambda job: job.reason, hidden=True),
        ),
        jobs,
        nothing=t(
            "还没有批量任务。在滞留列表里选一组重发或放弃，就会有一个。",
            "No jobs yet: redrive or drop a group of the parked.",
        ),
    )


def _title(job: Job) -> str:
    """重发 128 条，每秒 10 条"""
    kind = say(KINDS[job.kind])
    return t(f"{kind} {job.total:,} 条，每秒 {job.per_second:g} 条", f"{kind} {job.total:,}, {job.per_second:g} a second")


def _which(which: ParkedFilter) -> str:
    said = t("；", "; ").join(f"{label} {value}" for _, label, value in parked_filter.words_of(which))
    return said or t("全部滞留", "everything parked")
