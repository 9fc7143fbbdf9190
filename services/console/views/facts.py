"""*Data*: what is loaded from the DMS and CSC, how far it is, and the rows that could not be used, with the reason (A-REM-04..17)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args
from uuid import UUID

from flask import Flask, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.reminding import DirtyAnswer, DirtyFlaw, LoadAnswer, LoadOrder
from services.console.access import Right, is_poll, page, who
from services.console.context import Context
from services.console.problems import Problem
from services.console.reminder_words import CAR_FIELDS, FLAWS, LOAD_STATES, SOURCE_OWNERS, SOURCES
from services.console.scope import CODE
from services.console.tables import Column, Table
from services.console.views.lists import car_said
from services.console.words import number, say, t

Source = Literal["cars", "dates", "campaigns"]
MOST_EXPORTED = 100_000


@dataclass(frozen=True)
class Loading:
    """A load as a person follows it."""

    load: LoadAnswer

    @property
    def name(self) -> str:
        return f"{SOURCE_OWNERS[self.load.source]} · {say(SOURCES[self.load.source])}"

    @property
    def seconds(self) -> float | None:
        """From its first page to its end; of one that was stopped and resumed, with the time between."""
        return (self.load.finished_at - self.load.started_at).total_seconds() if self.load.finished_at else None

    @property
    def per_second(self) -> float | None:
        seconds = (self.load.moved_at - self.load.started_at).total_seconds()
        return self.load.rows / seconds if seconds > 0 and self.load.rows else None

    @property
    def left_seconds(self) -> float | None:
        if self.load.total is None or not self.per_second:
            return None
        return max(0, self.load.total - self.load.rows) / self.per_second


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/facts", right=Right.READ)
    def facts() -> str | Response:
        loads = context.reminding.loads()
        table = loads_table(loads)
        if file := table.export():
            return file
        open_ = [Loading(load) for load in loads if load.state == "running" or (load.state == "stopped" and _newest(load, loads))]
        dirty = context.reminding.dirty().by_flaw
        return render_template(
            "facts_live.html" if is_poll() else "facts.html",
            table=table,
            loading=open_,
            sources={source: f"{SOURCE_OWNERS[source]} · {say(SOURCES[source])}" for source in get_args(Source)},
            flaws=_flaws(dirty),
        )

    @page(app, "/facts/dirty", right=Right.READ)
    def dirty() -> str | Response:
        asked = _asked_for()
        found = context.reminding.dirty(**asked, after=request.args.get("after"))
        table = dirty_table(found.rows, found.next, lambda: _all(context, asked))
        if file := table.export():
            return file
        return render_template(
            "dirty.html",
            table=table,
            asked=asked,
            flaws=_flaws(found.by_flaw),
            total=number(sum(found.by_flaw.values())),
            sources=[(source, say(SOURCES[source])) for source in SOURCES],
        )

    _add_orders(app, context)
    app.jinja_env.globals.update(load_states=LOAD_STATES)


def _add_orders(app: Flask, context: Context) -> None:
    """Each is a line of the audit before it goes out."""

    @page(app, "/facts/loads", right=Right.ORDER, methods=("POST",))
    def start_load() -> Response:
        order = LoadOrder(source=_source(request.form.get("source", "")), full=request.form.get("full") == "yes")
        context.audit.write(who(), "load.start", order.source, {"full": order.full})
        context.reminding.start_load(order)
        return _back()

    @page(app, "/facts/loads/<uuid:load_id>/stop", right=Right.ORDER, methods=("POST",))
    def stop_load(load_id: UUID) -> Response:
        context.audit.write(who(), "load.stop", str(load_id))
        context.reminding.stop_load(load_id)
        return _back()

    @page(app, "/facts/loads/<uuid:load_id>/resume", right=Right.ORDER, methods=("POST",))
    def resume_load(load_id: UUID) -> Response:
        context.audit.write(who(), "load.resume", str(load_id))
        context.reminding.resume_load(load_id)
        return _back()


def _newest(load: LoadAnswer, loads: tuple[LoadAnswer, ...]) -> bool:
    """Nothing of its source was begun after it: it is worth going on with."""
    return all(other.started_at <= load.started_at for other in loads if other.source == load.source)


def _flaws(by_flaw: Mapping[DirtyFlaw, int]) -> list[tuple[str, str, str]]:
    """Value, words and number; the most first."""
    return [(str(flaw), say(FLAWS[flaw]), number(count)) for flaw, count in sorted(by_flaw.items(), key=lambda one: -one[1]) if count]


def _source(text: str) -> Source:
    if text not in get_args(Source):
        raise Problem("source", "请选择读取什么。", "Choose what is to be loaded.")
    return cast(Source, text)


def _asked_for() -> dict[str, str]:
    """Of the dirty rows. Raises Problem."""
    asked = {name: request.args.get(name, "").strip() for name in ("source", "flaw", "dealer")}
    known = {"source": set(SOURCES), "flaw": set(map(str, FLAWS))}
    if any(asked[name] and asked[name] not in words for name, words in known.items()) or (
        asked["dealer"] and not CODE.fullmatch(asked["dealer"])
    ):
        raise Problem("filter", "筛选条件有误。", "The filter cannot be read.")
    return asked


def _back() -> Response:
    return make_response(redirect(url_for("facts"), 303))


def _all(context: Context, asked: dict[str, str]) -> Iterator[DirtyAnswer]:
    """Page after page, for an export."""
    after, given = None, 0
    while given < MOST_EXPORTED:
        answer = context.reminding.dirty(**asked, after=after)
        yield from answer.rows
        given, after = given + len(answer.rows), answer.next
        if after is None:
            return


def loads_table(loads: tuple[LoadAnswer, ...]) -> Table[LoadAnswer]:
    return Table(
        "loads",
        (
            Column("source", "读取", "What", lambda load: Loading(load).name),
            Column("state", "状态", "State", lambda load: LOAD_STATES[load.state], "state"),
            Column("kind", "范围", "Which", lambda load: t("全部", "all") if load.changed_since is None else t("有变动的", "what changed")),
            Column("rows", "行数", "Rows", lambda load: load.rows, "number"),
            Column("dirty", "脏数据", "Dirty", lambda load: load.dirty, "number"),
            Column("pages", "页", "Pages", lambda load: load.page_no, "number", hidden=True),
            Column("rate", "速度", "Rate", lambda load: Loading(load).per_second, "number", unit=t("行/秒", "rows/s")),
            Column("since", "自何时的变动", "Changed since", lambda load: load.changed_since, "time", hidden=True),
            Column("ordered_by", "谁下令", "Ordered by", lambda load: load.ordered_by or t("自动", "by itself")),
            Column("started", "开始", "Started", lambda load: load.started_at, "time"),
            Column("took", "用时", "Took", lambda load: Loading(load).seconds, "seconds"),
            Column("finished", "结束", "Ended", lambda load: load.finished_at, "time", hidden=True),
            Column("id", "编号", "Id", lambda load: load.load_id, "id", hidden=True),
        ),
        loads,
        nothing=t("还没有读取过", "Nothing has been loaded yet"),
    )


def dirty_table(rows: tuple[DirtyAnswer, ...], next: str | None, all_rows: Callable[[], Iterator[DirtyAnswer]]) -> Table[DirtyAnswer]:
    return Table(
        "dirty-rows",
        (
            Column("vin", "车辆", "Car", lambda row: car_said(row.vin) if row.vin else None),
            Column(
                "field", "字段", "Field", lambda row: say(CAR_FIELDS.get(row.field, (row.field, row.field))), write=lambda row: row.field
            ),
            Column("flaw", "问题", "Flaw", lambda row: say(FLAWS[row.flaw])),
            Column(
                "source",
                "来自",
                "From",
                lambda row: f"{SOURCE_OWNERS.get(row.source, '')} {say(SOURCES.get(row.source, (row.source,) * 2))}",
            ),
            Column("record", "对方编号", "Their id", lambda row: row.record_id),
            Column("dealer", "服务店", "Dealer", lambda row: row.dealer_code),
            Column("seen", "发现", "Seen", lambda row: row.seen_at, "time"),
        ),
        rows,
        next=next,
        all_rows=all_rows,
        nothing=t("没有脏数据", "No dirty rows"),
        sortable=False,
    )
