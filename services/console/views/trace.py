"""*Trace*: the way of one request from phone to DMS and back, and above it where it is now, and why."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import eventlet
from flask import Flask, abort, render_template, request
from werkzeug.wrappers import Response

from contracts.operating import Moment, Trace
from services.console.access import Right, is_poll, page
from services.console.context import Context
from services.console.names import PARTNERS, SERVICES, STATES, STEPS, message_name, named
from services.console.standing import Standing, standing_of
from services.console.tables import Column, State, Table
from services.console.timeline import LANES, Axis, Bar, Hop, Stretch, axis_of, bars_of, hops_of
from services.console.views.sentences import Sentence, cause_words, sentence_of
from services.console.words import Pair, clock, exact, say, t

LANE_WORDS: dict[str, Pair] = {
    "phone": ("手机", "Phone"),
    "gateway": ("网关", "Gate"),
    "pages": ("页面", "Pages"),
    "services": ("服务", "Serv."),
    "dms": ("DMS", "DMS"),
    "csc": ("CSC", "CSC"),
    "sender": ("发送", "Send"),
}
PHONE: Pair = ("车主手机", "the follower's phone")
STANDINGS: dict[str, State] = {
    "parked": State("broken", ("滞留", "parked")),
    "waiting": State("late", ("等待重试", "to be retried")),
    "redriven": State("waiting", ("已重发", "redriven")),
    "queued": State("waiting", ("在队列里", "queued")),
    "dropped": State("waiting", ("已放弃", "dropped")),
    "handled": State("fine", ("完成", "done")),
}
LANE_WIDTH = 30
MOST_GAPS = 8
MOST_ROWS = 300
AT_ONCE = 25
"""Rows that are drawn before others get their turn."""
LONG_PAUSE = timedelta(seconds=60)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Arrow:
    """From where to where a message went, in the drawing of the lanes. Whoever sends to itself is drawn as a point."""

    begins: int
    ends: tuple[int, ...]

    @property
    def left(self) -> int:
        return min((self.begins, *self.ends))

    @property
    def right(self) -> int:
        return max((self.begins, *self.ends))


@dataclass(frozen=True)
class Row:
    """`pause`: how long nothing had happened before it, where that was long."""

    hop: Hop
    arrow: Arrow | None
    bars: tuple[Bar, ...]
    since_first_ms: float
    pause: timedelta | None

    @property
    def route(self) -> str:
        return f"{self.sender} → {self.receivers}" if self.sender and self.receivers else self.sender or self.receivers

    @property
    def sender(self) -> str:
        return say(PHONE) if self.hop.from_lane == "phone" else service_words(self.hop.source)

    @property
    def receivers(self) -> str:
        return t("、", ", ").join(service_words(name) for name in self.hop.receivers)

    @property
    def state(self) -> State:
        return STANDINGS[self.hop.standing]


@dataclass(frozen=True)
class Way:
    """What the page shows. `looked_at`: the message whose record stands beside it."""

    asked: UUID
    cut: bool
    rows: tuple[Row, ...]
    earlier: int
    """Rows before these, left out: what matters is at the end."""
    axis: Axis
    standing: Standing
    sentence: Sentence
    looked_at: Hop | None

    @property
    def seconds(self) -> int:
        """How soon to look again; 0 when it has come to an end."""
        return {"under_way": 2, "waiting": 3, "parked": 4, "resting": 10}.get(self.standing.kind, 0)

    @property
    def gaps(self) -> tuple[Stretch, ...]:
        """Breaks of the axis, where they are few enough to be worth drawing in every row."""
        return self.axis.breaks if len(self.axis.breaks) <= MOST_GAPS else ()

    @property
    def mark(self) -> str:
        """Another one where there is anything new to see."""
        told = f"{sum(len(row.hop.moments) for row in self.rows)} {self.rows[-1].hop.ended_at} {self.sentence}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/trace/<uuid:asked>", right=Right.TRACE)
    def trace(asked: UUID) -> str | Response:
        told = context.insight.trace(asked)
        way = way_of(told, context.now(), _looked_at(), all_rows="all" in request.args)
        if is_poll():
            return Response(status=204) if request.args.get("had") == way.mark else render_template("trace_live.html", way=way)
        return render_template("trace.html", way=way)

    @page(app, "/trace/<uuid:asked>/moments", right=Right.TRACE)
    def trace_moments(asked: UUID) -> str | Response:
        told = context.insight.trace(asked)
        table = moments_table(told)
        return table.export() or render_template("trace_moments.html", table=table, asked=asked, cut=told.cut)

    @page(app, "/trace/<uuid:asked>/messages/<uuid:message_id>", right=Right.TRACE)
    def trace_record(asked: UUID, message_id: UUID) -> str:
        """What stands beside the rows, by itself."""
        way = way_of(context.insight.trace(asked), context.now(), message_id)
        if way.looked_at is None:
            abort(404)
        return render_template("trace_record.html", way=way)

    app.jinja_env.globals.update(message_words=lambda type: say(message_name(type)), service_words=service_words)
    app.jinja_env.globals.update(partner_words=lambda name: say(named(PARTNERS, name)), cause_words=cause_words)
    app.jinja_env.globals.update(
        breathe=breathe,
        lanes=LANES,
        lane_words=LANE_WORDS,
        step_words=lambda step: say(named(STEPS, step)),
        state_words=lambda state: say(named(STATES, state)),
    )


def breathe(row: int) -> str:
    """Between rows, so that a long way keeps nobody waiting."""
    if row % AT_ONCE == 0:
        eventlet.sleep(0)
    return ""


def service_words(name: str) -> str:
    return say(named(SERVICES, name)) if name else ""


def _looked_at() -> UUID | None:
    """`?at=` the message whose record is open."""
    try:
        return UUID(request.args.get("at", ""))
    except ValueError:
        return None


def way_of(told: Trace, now: datetime, looked_at: UUID | None = None, *, all_rows: bool = False) -> Way:
    """Of a trace with at least one moment; insight answers 404 for any other."""
    hops = hops_of(told.moments)
    axis = axis_of(hops)
    standing = standing_of(hops, now)
    rows = tuple(_rows(hops, axis))
    earlier = 0 if all_rows else max(0, len(rows) - MOST_ROWS)
    return Way(
        asked=told.id,
        cut=told.cut,
        rows=rows[earlier:],
        earlier=earlier,
        axis=axis,
        standing=standing,
        sentence=sentence_of(standing, now),
        looked_at=next((hop for hop in hops if hop.message_id == looked_at), None),
    )


def _rows(hops: Sequence[Hop], axis: Axis) -> Iterator[Row]:
    first = ended = hops[0].at
    for hop in hops:
        idle = hop.at - ended
        yield Row(hop, _arrow(hop), bars_of(hop, axis), (hop.at - first) / MILLISECOND, idle if idle >= LONG_PAUSE else None)
        ended = max(ended, hop.ended_at)


def _arrow(hop: Hop) -> Arrow | None:
    places = tuple(_middle(lane) for lane in hop.to_lanes)
    if not hop.from_lane:
        return Arrow(places[0], places) if places else None
    return Arrow(_middle(hop.from_lane), places or (_middle(hop.from_lane),))


def _middle(lane: str) -> int:
    return LANES.index(lane) * LANE_WIDTH + LANE_WIDTH // 2


def moments_table(told: Trace) -> Table[Moment]:
    """Every moment as it was told, for exports and for who reads tables."""
    return Table(
        f"trace-{str(told.id)[:8]}",
        (
            Column("at", "时间", "Time", lambda one: clock(one.at), write=lambda one: f"{exact(one.at)}.{one.at:%f}"[:23]),
            Column("service", "服务", "Service", lambda one: one.service),
            Column("step", "步骤", "Step", lambda one: say(named(STEPS, one.step)), write=lambda one: one.step),
            Column("message", "消息", "Message", lambda one: say(message_name(one.type))),
            Column("type", "类型", "Type", lambda one: one.type, hidden=True),
            Column("message_id", "编号", "Id", lambda one: one.message_id, kind="id"),
            Column("took", "用时", "Took", lambda one: one.milliseconds, kind="milliseconds"),
            Column("attempt", "第几次", "Try", lambda one: one.attempt or None, kind="number"),
            Column("outcome", "结果", "Outcome", lambda one: one.outcome),
            Column("partner", "合作方", "Partner", lambda one: one.partner or None, hidden=True),
            Column("operation", "调用", "Operation", lambda one: one.operation or None),
            Column("causes", "原因", "Causes", lambda one: one.causes or None, kind="causes"),
            Column("causation_id", "由哪条引起", "Caused by", lambda one: one.causation_id, kind="id", hidden=True),
            Column("subject", "主题", "Subject", lambda one: one.subject, kind="id", hidden=True),
            Column("size", "大小", "Size", lambda one: one.size_bytes, kind="bytes", hidden=True),
        ),
        told.moments,
        sortable=False,
    )
