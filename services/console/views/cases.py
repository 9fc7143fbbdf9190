"""*Complaints*, the desk: the queue of who is logged in, most urgent first, with clocks that run, filters that are kept, rows to choose."""

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlencode

from flask import Flask, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.complaining import CasePage, CaseQuery, Changes
from contracts.complaint_case import CaseRow
from contracts.complaint_words import Grade, Role
from services.console import case_query
from services.console.access import Right, is_poll, page, who
from services.console.acting import PLACED, TAKES_IN, case_role
from services.console.case_said import Running, running
from services.console.complaint_words import CHANNELS, FLAGS, GRADES, KINDS, QUEUES, STATES, TYPES
from services.console.context import Context
from services.console.step_asks import dealer_options
from services.console.tables import Column, State, Table
from services.console.words import local, say, t

PATH = "/complaints"
MOST_EXPORTED = 100_000
IN_BULK = ("assign", "take_over", "note")
"""Of many cases at once; whether each may be, the service says of each."""
HANDLERS = frozenset({"handler", "agent"})


def add_views(app: Flask, context: Context) -> None:
    @page(app, PATH, right=Right.CASES)
    def cases() -> str | Response:
        query = case_query.query_of({"queue": _usual_queue(), **request.args})
        if is_poll() and request.args.get("since") and not context.complaining.changes(request.args["since"]).cases:
            return Response(status=204)
        changes = context.complaining.changes()  # before the rows: what comes between the two is shown twice, not missed
        answer = context.complaining.cases(query)
        table = cases_table(query, answer, context.now(), lambda: _all(context, query))
        if file := table.export():
            context.audit.write(who(), "complaint.exported", "", case_query.conditions(query))
            return file
        if is_poll():
            return render_template("cases_live.html", **_live(table, changes))
        return _page(context, query, table, changes)

    @page(app, f"{PATH}/find", right=Right.CASES, methods=("POST",))
    def find_cases() -> str | Response:
        """A number goes into the address; a phone number, VIN or plate never does."""
        asked = "".join(request.form.get("q", "").split()).upper()
        if not asked or case_query.NUMBER.fullmatch(asked):
            return make_response(redirect(url_for("cases", queue="all", q=asked or None), 303))
        query = case_query.query_of({"queue": "all"}, asked[:64])
        context.audit.write(who(), "complaint.searched")
        table = cases_table(query, context.complaining.cases(query), context.now(), None)
        return _page(context, query, table, None)

    @page(app, f"{PATH}/filters", right=Right.CASES, methods=("POST",))
    def keep_filter() -> Response:
        query = case_query.query_of(request.form)
        if request.form.get("drop"):
            context.filters.drop(who(), request.form["drop"])
        else:
            context.filters.keep(who(), request.form.get("title", "").strip(), urlencode(case_query.conditions(query)))
        return make_response(redirect(case_query.address(query), 303))


def _page(context: Context, query: CaseQuery, table: Table[CaseRow], changes: Changes | None) -> str:
    counts, placed = context.complaining.counts().model_dump(), case_role() in PLACED
    dealers = context.complaining.dealers()
    return render_template(
        "cases.html",
        **_live(table, changes),
        query=query,
        tabs=[(key, say(QUEUES[key]), case_query.address(query, queue=key), _count(counts, key)) for key in QUEUES if _has(key)],
        takes_in=case_role() in TAKES_IN,
        chips=list(case_query.chips(query)),
        filters=[(one.title, f"{request.script_root}{PATH}?{one.query}", one.query) for one in context.filters.of(who())],
        here_query=urlencode(case_query.conditions(query)),
        conditions=case_query.conditions(query),
        usual_title=case_query.title_of(query),
        choices=_choices(),
        dealers=() if placed and len(dealers) < 2 else dealer_options(dealers),
        regions=[] if placed else sorted({(one.region_code, one.region_name or one.region_code) for one in dealers}),
        searched=bool(query.q),
    )


def _usual_queue() -> str:
    """Who only watches has nothing that waits for them: they begin with all that is open."""
    return "open" if case_role() is Role.MONITOR else "mine"


def _has(key: str) -> bool:
    return key != "mine" or case_role() is not Role.MONITOR


def _live(table: Table[CaseRow], changes: Changes | None) -> dict[str, object]:
    bulk = IN_BULK if case_role().value in HANDLERS else ("note",)
    return {"table": table, "until": changes.until if changes else "", "bulk": bulk if table.rows else ()}


def _count(counts: dict[str, int | None], key: str) -> str:
    if key not in counts:
        return ""
    number = counts[key]
    return "1000+" if number is None else str(number or "")


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "state": [(key.value, say(state.words)) for key, state in STATES.items()],
        "kind": [(key.value, say(words)) for key, words in KINDS.items()],
        "type": [(key.value, say(words)) for key, words in TYPES.items()],
        "grade": [(key.value, say(state.words)) for key, state in GRADES.items()],
        "channel": [(key.value, say(words)) for key, words in CHANNELS.items()],
        "flag": [(key, say(words)) for key, words in FLAGS.items()],
    }


def _all(context: Context, query: CaseQuery) -> Iterator[CaseRow]:
    """Page after page, for an export."""
    given, after = 0, ""
    while given < MOST_EXPORTED:
        answer = context.complaining.cases(query.model_copy(update={"after": after}))
        yield from answer.rows
        given, after = given + len(answer.rows), answer.next or ""
        if not after:
            return


def cases_table(query: CaseQuery, answer: CasePage, now: datetime, all_rows: Callable[[], Iterator[CaseRow]] | None) -> Table[CaseRow]:
    placed = case_role().value == "dealer"
    columns: tuple[Column[CaseRow], ...] = (
        Column("number", "单号", "Number", lambda one: one.number, href=lambda one: url_for("case", complaint_id=one.complaint_id)),
        Column("clock", "时限", "Limit", lambda one: _clock(one, now), "clock", write=_due),
        Column("state", "状态", "State", lambda one: STATES[one.state], "state"),
        Column("text", "内容", "What", lambda one: one.beginning),
        Column("marks", "标记", "Marks", marks, "state"),
        Column("type", "类别", "Type", lambda one: say(TYPES[one.type]) if one.type else None, hidden=True),
        Column("dealer", "服务店", "Dealer", lambda one: one.dealer_name or one.dealer_code, hidden=placed),
        Column("handler", "负责人", "Handler", at_it),
        Column("grade", "等级", "Grade", lambda one: say(GRADES[one.grade].words) if one.grade else None, hidden=True),
        Column("name", "客户", "Customer", lambda one: one.name, hidden=True),
        Column("model", "车型", "Model", lambda one: one.model_name, hidden=True),
        Column("kind", "性质", "Kind", lambda one: say(KINDS[one.kind]), hidden=True),
        Column("channel", "渠道", "Channel", lambda one: say(CHANNELS[one.channel]), hidden=True),
        Column("region", "大区", "Region", lambda one: one.region_code, hidden=True),
        Column("received", "收到", "Received", lambda one: one.received_at, "time", hidden=True),
        Column("changed", "最近", "Last", lambda one: one.changed_at, "time", hidden=True),
    )
    return Table(
        "complaints",
        columns,
        answer.rows,
        next=answer.next,
        all_rows=all_rows,
        nothing=_nothing(query),
        sortable=False,
        pick=lambda one: (f"{one.complaint_id}:{one.version}", one.number),
    )


def marks(row: CaseRow) -> State | None:
    """What sets it apart, the gravest first: one badge, red where life, the press or an authority is in it."""
    grave = [say(FLAGS[name]) for name in ("safety", "media", "institution") if getattr(row, name)]
    if row.grade is Grade.MAJOR:
        grave.insert(0, say(GRADES[row.grade].words))
    found = [say(GRADES[row.grade].words)] if row.grade is Grade.SERIOUS else []
    if row.mentions_me:
        found.append(t("提到我", "mentions me"))
    if row.reopened_count:
        found.append(t(f"重开 {row.reopened_count} 次", f"reopened {row.reopened_count}×"))
    if row.linked:
        found.append(t(f"关联 {row.linked}", f"{row.linked} linked"))
    said = " · ".join([*grave, *found])
    return State("broken" if grave else "late", (said, said)) if said else None


def at_it(row: CaseRow) -> str:
    """Whose it is, and who else has it open just now."""
    looking = t(f"{'、'.join(row.looking)} 在看", f"{', '.join(row.looking)} looking") if row.looking else ""
    return " · ".join(part for part in (row.handler, looking) if part)


def _clock(row: CaseRow, now: datetime) -> Running | None:
    return running(row.clock, now) if row.clock else None


def _due(row: CaseRow) -> str:
    return f"{local(row.clock.due_at):%Y-%m-%d %H:%M}" if row.clock else ""


def _nothing(query: CaseQuery) -> str:
    if query.q:
        return t("没有找到。请核对有没有抄错；要写完整的手机号、VIN 或车牌。", "Nothing was found. A mobile, VIN or plate has to be whole.")
    if len(case_query.conditions(query)) > 1:
        return t("没有符合这些条件的单", "Nothing meets these conditions")
    return t("这里都处理完了", "All done here") if query.queue != "all" else t("还没有投诉", "No complaints yet")
