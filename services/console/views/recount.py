"""*Recount*: a month of the statistics counted anew from what it counts, and where the two differ (flows 6). It changes no number."""

from typing import Literal, cast, get_args

from flask import Flask, make_response, render_template, request
from werkzeug.wrappers import Response

from contracts.reminder_figures import Recount, RecountRow
from services.console import periods
from services.console.access import Right, page, who
from services.console.context import Context
from services.console.problems import Problem
from services.console.recounted import Counted, counted
from services.console.reminder_words import TYPES
from services.console.views.figures_tables import MEASURE_WORDS
from services.console.words import Pair, say

PATH = "/figures/recount"
Of = Literal["reminders", "appointments"]
NAMES: dict[Of, Pair] = {"reminders": ("提醒", "Reminders"), "appointments": ("预约", "Appointments")}
TOGETHER: Pair = ("五类合计", "the five service types")


def add_views(app: Flask, context: Context) -> None:
    @page(app, PATH, right=Right.READ)
    def recount() -> str:
        return _shown(context, _of(request.args.get("of", "reminders")), _period(context, request.args.get("period", "")))

    @page(app, PATH, right=Right.READ, methods=("POST",))
    def recount_month() -> Response:
        of, period = _of(request.form.get("of", "")), _period(context, request.form.get("period", ""))
        context.audit.write(who(), f"recount.{of}", period)
        asked = context.reminding if of == "reminders" else context.appointments
        return make_response(_shown(context, of, period, counted(lambda: asked.recount(period), context.now)))


def _shown(context: Context, of: Of, period: str, found: Counted[Recount] | None = None) -> str:
    return render_template(
        "recount.html",
        of=of,
        period=period,
        months=[(one, periods.said(one)) for one in periods.choices(context.now())],
        names=[(one, say(name)) for one, name in NAMES.items()],
        counted=found,
        measured=_measured,
    )


def _measured(row: RecountRow) -> tuple[str, str]:
    """Type and measure in words; appointments have no type."""
    known: dict[str, Pair] = {str(type): words for type, words in TYPES.items()} | {"service": TOGETHER, "": ("", "")}
    return say(known.get(row.type, (row.type, row.type))), say(MEASURE_WORDS.get(row.measure, (row.measure, row.measure)))


def _of(text: str) -> Of:
    if text not in get_args(Of):
        raise Problem("of", "请选择核算什么。", "Choose what is to be recounted.")
    return cast(Of, text)


def _period(context: Context, text: str) -> str:
    return periods.asked_for(text, periods.current(context.now()))
