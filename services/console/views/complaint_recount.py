"""A month of complaints counted anew, held against the reports: for who may see the whole nation (A-CMP-38, flows 6)."""

from flask import Flask, make_response, render_template, request
from werkzeug.wrappers import Response

from contracts.complaint_figures import ComplaintRecount, ComplaintRecountRow
from contracts.complaint_words import CaseType, Grade
from services.console import periods
from services.console.access import Right, page, who
from services.console.complaint_measures import MEASURES
from services.console.context import Context
from services.console.recounted import Counted, counted
from services.console.views import complaint_figures_parts as parts
from services.console.words import say

PATH = f"{parts.PATH}/recount"


def add_views(app: Flask, context: Context) -> None:
    @page(app, PATH, right=Right.CASE_RECOUNT)
    def complaint_recount() -> str:
        return _shown(context, _period(context, request.args.get("period", "")))

    @page(app, PATH, right=Right.CASE_RECOUNT, methods=("POST",))
    def recount_complaints() -> Response:
        period = _period(context, request.form.get("period", ""))
        context.audit.write(who(), "recount.complaints", period)
        return make_response(_shown(context, period, counted(lambda: context.complaining.recount(period), context.now)))


def _shown(context: Context, period: str, found: Counted[ComplaintRecount] | None = None) -> str:
    months = [(one, periods.said(one)) for one in reversed(periods.row(periods.current(context.now()), periods.OFFERED))]
    return render_template("complaint_recount.html", period=period, months=months, counted=found, measured=_measured)


def _measured(row: ComplaintRecountRow) -> tuple[str, str, str]:
    """Type, grade and measure in words; one that this console does not know by its own name."""
    type = parts.type_name(CaseType(row.type)) if row.type in set(CaseType) else row.type
    grade = parts.grade_name(Grade(row.grade)) if row.grade in set(Grade) else row.grade
    return type, grade, say(MEASURES.get(row.measure, (row.measure, row.measure)))


def _period(context: Context, text: str) -> str:
    return periods.asked_for(text, periods.current(context.now()))
