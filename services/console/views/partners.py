"""*Partners*: how long their answers take, how their calls end, which answers were off contract; hold and release."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from contracts.operating import BadAnswer, Minute, PartnersAnswer, PartnerStatus
from services.console.access import Right, is_poll, page, who
from services.console.context import Context
from services.console.hour import Chart, Hour, Line, Spark
from services.console.last_known import LastKnown, Seen
from services.console.names import PARTNERS
from services.console.tables import Column, Level, State, Table
from services.console.views.board import away_page, minutes_table, partner_name, partner_state, partners_worst_first, service_name
from services.console.wellness import anchor_of, error_share, fails_often, partner_troubles
from services.console.words import Pair, say, t

Order = Literal["hold", "release"]
OUTCOMES: dict[str, tuple[Level, Pair]] = {
    "ok": ("fine", ("成功", "answered")),
    "refused": ("fine", ("明确拒绝", "a clear no")),
    "unavailable": ("late", ("没有可用的应答", "no usable answer")),
    "unauthorised": ("broken", ("不认我方密钥", "our key refused")),
    "contract": ("broken", ("应答不合约定", "answer off contract")),
}
"""How a call ends, in the classes of `chassis/partner.py`; a clear no is an answer like others."""


@dataclass(frozen=True)
class Card:
    """One partner as one service calls it. `outcomes`: level, words, number, most first."""

    partner: PartnerStatus
    state: State
    troubles: list[tuple[Level, str]]
    latency: Chart
    calls: Spark
    failures: Spark
    outcomes: list[tuple[Level, str, int]]

    @property
    def anchor(self) -> str:
        return anchor_of(self.partner)

    @property
    def often(self) -> bool:
        return fails_often(self.partner)

    @property
    def held(self) -> bool:
        return self.partner.breaker is not None and self.partner.breaker.state == "held"

    @property
    def cut_off(self) -> bool:
        """Not called now, by whom or what ever."""
        return self.partner.breaker is not None and self.partner.breaker.state in ("held", "open")


def add_views(app: Flask, context: Context) -> None:
    known = LastKnown(context.now)

    def ask() -> Seen[PartnersAnswer]:
        return known.ask("partners", context.insight.partners)

    @page(app, "/partners", right=Right.READ)
    def partners() -> str | Response:
        seen = ask()
        told = seen.answer or PartnersAnswer()
        shown = partners_worst_first(told.partners)
        table = Table("partners", _COLUMNS, shown, nothing=t("还没有调用过合作方", "No partner has been called yet"))
        if file := table.export():
            return file
        template = "partners_live.html" if is_poll() else "partners.html"
        cards = [_card(partner, seen.at) for partner in shown]
        ordered, about = request.args.get("ordered"), request.args.get("about")
        return render_template(template, seen=seen, table=table, cards=cards, bad=_bad_answers(told), ordered=ordered, about=about)

    @page(app, "/partners/answers", right=Right.READ)
    def bad_answers() -> str | Response | tuple[str, int]:
        seen = ask()
        title = t("不合约定的应答", "Answers off contract")
        if seen.answer is None:
            return away_page(title, is_poll())
        table = _bad_answers(seen.answer)
        if file := table.export():
            return file
        return render_template("minutes.html", title=title, table=table, back=url_for("partners"))

    @page(app, "/partners/<partner>/<service>/minutes", right=Right.READ)
    def partner_minutes(partner: str, service: str) -> str | Response | tuple[str, int]:
        seen = ask()
        title = partner_name(partner)
        if seen.answer is None:
            return away_page(title, is_poll())
        found = [each for each in seen.answer.partners if (each.partner, each.service) == (partner, service)]
        if not found:
            raise NotFound
        table = minutes_table(f"{partner}-minutes", found[0].minutes, seen.at, _MINUTE_COLUMNS)
        if file := table.export():
            return file
        return render_template("minutes.html", title=title, table=table, back=url_for("partners"))

    @page(app, "/partners/<partner>/hold", right=Right.HOLD, methods=("POST",))
    def hold_partner(partner: str) -> AnyResponse:
        return _order(context, partner, "hold")

    @page(app, "/partners/<partner>/release", right=Right.HOLD, methods=("POST",))
    def release_partner(partner: str) -> AnyResponse:
        return _order(context, partner, "release")


def _order(context: Context, partner: str, order: Order) -> AnyResponse:
    if partner not in PARTNERS:
        raise NotFound
    context.audit.write(who(), f"partner.{order}", partner)
    context.insight.hold(partner) if order == "hold" else context.insight.release(partner)
    return redirect(url_for("partners", ordered=order, about=partner), 303)


def _card(partner: PartnerStatus, at: datetime) -> Card:
    hour = Hour.of(partner.minutes, at)
    latency = Chart(
        t("最近一小时的应答时间", "How long answers took in the last hour"),
        t("最近一小时没有调用", "No calls in the last hour"),
        "ms",
        hour.labels,
        (
            Line("p50", "second", hour.levels(lambda minute: minute.p50)),
            Line("p95", "main", hour.levels(lambda minute: minute.p95)),
            Line("p99", "third", hour.levels(lambda minute: minute.p99)),
        ),
    )
    return Card(
        partner,
        partner_state(partner),
        list(partner_troubles(partner)),
        latency,
        Spark.of(hour.counts(lambda minute: minute.calls)),
        Spark.of(hour.counts(lambda minute: minute.calls_failed)),
        sorted((_outcome(*each) for each in partner.outcomes.items()), key=lambda each: -each[2]),
    )


def _outcome(code: str, number: int) -> tuple[Level, str, int]:
    level, words = OUTCOMES.get(code, ("late", (code, code)))
    return level, say(words), number


def _bad_answers(told: PartnersAnswer) -> Table[BadAnswer]:
    path = request.script_root + "/partners/answers"
    return Table("bad-answers", _BAD_COLUMNS, told.bad_answers, path=path, nothing=t("应答都合乎约定", "All answers were on contract"))


def _trace_of(bad: BadAnswer) -> str:
    return f"{request.script_root}/trace/{bad.message_id}"


_COLUMNS: tuple[Column[PartnerStatus], ...] = (
    Column("partner", "合作方", "Partner", lambda p: partner_name(p.partner), href=lambda p: f"#{anchor_of(p)}"),
    Column("service", "由谁调用", "Called by", lambda p: service_name(p.service)),
    Column("state", "状态", "State", partner_state, "state"),
    Column("calls", "调用", "Calls", lambda p: p.calls, "number", unit="/h"),
    Column("failed", "出错", "Failed", lambda p: p.failed, "number", unit="/h"),
    Column("errors", "出错率", "Errors", error_share, "percent"),
    Column("p50", "p50", "p50", lambda p: p.p50, "milliseconds"),
    Column("p95", "p95", "p95", lambda p: p.p95, "milliseconds"),
    Column("p99", "p99", "p99", lambda p: p.p99, "milliseconds"),
)
_BAD_COLUMNS: tuple[Column[BadAnswer], ...] = (
    Column("at", "时间", "When", lambda b: b.at, "time", href=_trace_of),
    Column("partner", "合作方", "Partner", lambda b: partner_name(b.partner)),
    Column("operation", "操作", "Operation", lambda b: b.operation),
    Column("causes", "哪里不合", "What is off", lambda b: b.causes, "causes", sortable=False),
    Column("service", "由谁调用", "Called by", lambda b: service_name(b.service), hidden=True),
    Column("message", "追踪", "Trace", lambda b: b.message_id, "id", href=_trace_of, sortable=False),
)
_MINUTE_COLUMNS: tuple[Column[Minute], ...] = (
    Column("calls", "调用", "Calls", lambda m: m.calls, "number"),
    Column("failed", "出错", "Failed", lambda m: m.calls_failed, "number"),
    Column("p50", "p50", "p50", lambda m: m.p50, "milliseconds"),
    Column("p95", "p95", "p95", lambda m: m.p95, "milliseconds"),
    Column("p99", "p99", "p99", lambda m: m.p99, "milliseconds"),
)
