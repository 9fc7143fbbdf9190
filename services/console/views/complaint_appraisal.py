"""*Appraisal*: a row for each case that ended in a month, for exports: limits, escalations, fee, score, no customer (A-CMP-34)."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from flask import Flask, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.complaint_figures import Appraisal, AppraisalQuery, AppraisalRow
from services.console.access import Right, page, who
from services.console.complaint_words import CHANNELS, CLOSE_REASONS, GRADES, KINDS, STATES, TYPES
from services.console.context import Context
from services.console.place import Place, place_asked_for
from services.console.problems import Problem
from services.console.tables import Column, Table
from services.console.views import complaint_figures_parts as parts
from services.console.views.complaint_figures_drawn import ENDINGS
from services.console.views.complaint_figures_parts import Asked
from services.console.words import local, say, t

PATH = f"{parts.PATH}/appraisal"
MOST_EXPORTED = 100_000
LONGEST_AFTER = 64


def add_views(app: Flask, context: Context) -> None:
    @page(app, PATH, right=Right.CASE_FIGURES)
    def complaint_appraisal() -> str | Response:
        place = place_asked_for(context.now())
        known = context.complaining.dealers()
        names = {code: name for one in known for code, name in ((one.region_code, one.region_name), (one.dealer_code, one.name)) if name}
        after = request.args.get("after", "")
        if len(after) > LONGEST_AFTER:
            raise Problem("after", "没有这一页。", "There is no such page.")
        query = AppraisalQuery(period=place.period, region=place.region, dealer=place.dealer, after=after)
        table = _table(place, context.complaining.appraisal(query), names, context)
        if file := table.export():
            context.audit.write(who(), "appraisal.exported", place.period, {"place": place.code or "nation"})
            return file
        return render_template(
            "complaint_appraisal.html",
            asked=Asked(place, None, None),
            where=parts.where_of(place, known),
            choice=parts.choice_of(PATH, place, context.now(), known, {}),
            table=table,
            whole=_whole(table),
        )


def _all(context: Context, place: Place) -> Iterator[AppraisalRow]:
    """Page after page, for an export."""
    given, after = 0, ""
    while given < MOST_EXPORTED:
        answer = context.complaining.appraisal(AppraisalQuery(period=place.period, region=place.region, dealer=place.dealer, after=after))
        yield from answer.rows
        given, after = given + len(answer.rows), answer.next or ""
        if not after:
            return


def _table(place: Place, answer: Appraisal, names: Mapping[str, str], context: Context) -> Table[AppraisalRow]:
    return Table(
        f"appraisal-{place.code or 'nation'}-{place.period}",
        _columns(names),
        answer.rows,
        next=answer.next,
        all_rows=lambda: _all(context, place),
        nothing=t("这个月没有了结的单", "No case ended in this month"),
        sortable=False,
    )


def _whole(table: Table[AppraisalRow]) -> str:
    """The address of the file with all that is known of each case, whatever columns are shown."""
    columns = [("cols", column.key) for column in table.columns]
    return f"{table.path}?{urlencode([*table.kept('cols'), *columns, ('format', 'xlsx')])}"


def _columns(names: Mapping[str, str]) -> tuple[Column[AppraisalRow], ...]:
    return (
        Column(
            "number",
            "单号",
            "Number",
            lambda one: one.number,
            href=lambda one: url_for("cases", queue="all", q=one.number),
        ),
        Column("kind", "性质", "Kind", lambda one: say(KINDS[one.kind]), hidden=True),
        Column("channel", "渠道", "Channel", lambda one: say(CHANNELS[one.channel]), hidden=True),
        Column("type", "类别", "Type", lambda one: say(TYPES[one.type]) if one.type else None),
        Column("grade", "等级", "Grade", lambda one: say(GRADES[one.grade].words) if one.grade else None),
        Column("region", "大区", "Region", lambda one: names.get(one.region_code, one.region_code), hidden=True),
        Column("region_code", "大区代码", "Region's code", lambda one: one.region_code, hidden=True),
        Column("dealer", "服务店", "Dealer", lambda one: names.get(one.dealer_code, one.dealer_code)),
        Column("dealer_code", "服务店代码", "Dealer's code", lambda one: one.dealer_code, hidden=True),
        Column("handler", "负责人", "Handler", lambda one: one.handler),
        Column("state", "状态", "State", lambda one: STATES[one.state], "state", hidden=True),
        Column("received", "收到", "Received", lambda one: one.received_at, "time", hidden=True),
        Column("filed", "建档", "Filed", lambda one: one.filed_at, "time", hidden=True),
        Column("closed", "了结", "Ended", lambda one: local(one.closed_at).date(), "day", write=lambda one: one.closed_at),
        Column("reason", "怎样了结", "How", _ending, write=_ending_whole),
        Column("limits_met", "时限已办", "Limits met", lambda one: one.limits_met, "number", hidden=True),
        Column("limits_kept", "按时", "In time", lambda one: one.limits_kept, "number"),
        Column("limits_breached", "超时", "Ran out", lambda one: one.limits_breached, "number"),
        Column("escalated", "升级", "Escalated", lambda one: one.escalated, "number"),
        Column("sent_back", "方案退回", "Plans sent back", lambda one: one.plans_sent_back, "number", hidden=True),
        Column("fee", "费用", "Fee", lambda one: float(one.fee_yuan) if one.fee_yuan else None, "number", unit=t("元", "CNY")),
        Column("reopened", "重开", "Reopened", lambda one: one.reopened, "number", hidden=True),
        Column("score", "评分", "Score", lambda one: one.score, "number"),
    )


def _ending(row: AppraisalRow) -> str:
    return say(ENDINGS.get(f"closed_{row.close_reason.value}" if row.close_reason else row.state.value, STATES[row.state].words))


def _ending_whole(row: AppraisalRow) -> str:
    return say(CLOSE_REASONS[row.close_reason] if row.close_reason else STATES[row.state].words)
