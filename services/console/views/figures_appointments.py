"""*Statistics* of appointments: asked for, called back, confirmed, arrived; by month, region and dealer (flows 6, A-APT-23..30)."""

from collections.abc import Iterable

from flask import Flask, render_template, request
from werkzeug.wrappers import Response

from contracts.reminder_figures import AppointmentFigure, AppointmentFigures, AppointmentSums
from services.console import periods
from services.console.access import Right, page
from services.console.context import Context
from services.console.drawn import Bar, Bars, MonthsChart, MonthsLine, share
from services.console.place import Place, place_asked_for
from services.console.reckoning import arrived_of_requested_rate, arrived_rate, called_in_time_rate, called_rate, rate, to_call
from services.console.tables import Table
from services.console.views.figures_parts import CUTS, MOST_SHOWN, Measured, Tile, choice_of, cuts_of, in_order, name_of, ranking
from services.console.views.figures_tables import Row, appointment_columns, corrections_in_words
from services.console.words import Pair, number, say, t

PATH = "/figures/appointments"
MONTHS = 12
RATES = {"arrived": arrived_rate, "called": called_rate}
WHOLES = {"arrived": lambda sums: sums.confirmed, "called": to_call}
RATE_WORDS: dict[str, Pair] = {"arrived": ("回厂率", "Arrival rate"), "called": ("反馈率", "Call-back rate")}


def add_views(app: Flask, context: Context) -> None:
    @page(app, PATH, right=Right.FIGURES)
    def appointment_figures() -> str | Response:
        place = place_asked_for(context.now())
        ask, period = context.appointments.figures, place.period
        months = ask(periods.moved(period, 1 - MONTHS), period, place.level, place.code)
        regions = ask(period, period, "region").rows if place.within.level == "nation" else ()
        dealers = ask(period, period, "dealer", place.region).rows if place.within.level != "dealer" else ()
        by, measure = _chosen(place)
        table = _table(place, by, months, regions, dealers)
        if file := table.export():
            return file
        month = next((row for row in months.rows if row.period == period), AppointmentFigure(period=period, code=place.code))
        running = period >= periods.current(context.now())
        return render_template(
            "figures_appointments.html",
            place=place,
            where=name_of(place, months.rows, regions, dealers),
            choice=choice_of(PATH, place, context.now(), regions=regions, dealers=dealers, kept={"by": by, "measure": measure}),
            tiles=tiles_of(month.sums),
            charts=(way_of(month.sums), trend_of(place, months, running=running)),
            rankings=_rankings(place, measure, regions, dealers),
            rates=[(key, say(name)) for key, name in RATE_WORDS.items()],
            measure=measure,
            table=table,
            by=by,
            cuts=[(cut, say(CUTS[cut])) for cut in cuts_of(place, typed=False)],
            frozen=months.frozen.get(period),
            corrected=corrections_in_words(month.corrections),
            running=running,
        )


def _chosen(place: Place) -> tuple[str, str]:
    """How the table is cut, and which rate is ranked."""
    cuts, by, measure = cuts_of(place, typed=False), request.args.get("by", ""), request.args.get("measure", "")
    return by if by in cuts else cuts[0], measure if measure in RATES else "arrived"


def tiles_of(sums: AppointmentSums) -> list[Tile]:
    """A-APT-24..28, each with its other reading."""
    f, called, in_time = number(to_call(sums)), number(sums.called), share(called_in_time_rate(sums))
    arrived, of_requested = number(sums.arrived), share(arrived_of_requested_rate(sums))
    due, withdrawn, no_show = number(sums.due), number(sums.withdrawn_uncalled), share(rate(sums.no_show, sums.confirmed))
    return [
        Tile(t("应预约", "Requested"), number(sums.requested), t(f"本月应到店 {due}", f"{due} due in the month")),
        Tile(t("应电话反馈", "To call back"), f, t(f"回电前撤回 {withdrawn}", f"{withdrawn} withdrawn before a call")),
        Tile(
            t("电话反馈率", "Call-back rate"),
            share(called_rate(sums)),
            t(f"已反馈 {called}；按时 {in_time}", f"{called} called; in time {in_time}"),
        ),
        Tile(t("已确认", "Confirmed"), number(sums.confirmed), t("本月到店的预约单", "slips for this month")),
        Tile(
            t("预约回厂率", "Arrival rate"),
            share(arrived_rate(sums)),
            t(f"已到店 {arrived}；占应预约 {of_requested}", f"{arrived} arrived; {of_requested} of requested"),
        ),
        Tile(t("未到店", "No-show"), number(sums.no_show), t(f"占已确认 {no_show}", f"{no_show} of confirmed")),
    ]


def way_of(sums: AppointmentSums) -> Bars:
    """From asked for to arrived. The last two are of appointments for the month, whenever they were asked for."""
    steps = (
        (t("已反馈", "Called back"), sums.called, to_call(sums)),
        (t("已确认", "Confirmed"), sums.confirmed, sums.requested),
        (t("已到店", "Arrived"), sums.arrived, sums.confirmed),
    )
    first = Bar(t("应预约", "Requested"), sums.requested, number(sums.requested), "second")
    bars = (Bar(name, value, f"{number(value)} · {share(rate(value, whole))}") for name, value, whole in steps)
    return Bars(t("从预约到到店", "From request to arrival"), (first, *bars), thick=True)


def trend_of(place: Place, months: AppointmentFigures, *, running: bool) -> MonthsChart:
    row = periods.row(place.period, MONTHS)
    known = {figure.period: figure.sums for figure in months.rows}
    sums = [known.get(period, AppointmentSums()) for period in row]
    lines = (
        MonthsLine(say(RATE_WORDS["called"]), "second", [called_rate(one) for one in sums]),
        MonthsLine(say(RATE_WORDS["arrived"]), "main", [arrived_rate(one) for one in sums]),
    )
    return MonthsChart(t("最近十二个月", "The last twelve months"), [periods.short(one) for one in row], lines, running=running)


def _rankings(place: Place, measure: str, regions: Iterable[AppointmentFigure], dealers: tuple[AppointmentFigure, ...]) -> list[list[Bars]]:
    def measured(rows: Iterable[AppointmentFigure]) -> list[Measured]:
        return [Measured(row.code, row.name, RATES[measure](row.sums), WHOLES[measure](row.sums)) for row in rows]

    named, columns = t("：", ": ") + say(RATE_WORDS[measure]), []
    if place.level == "nation":
        columns.append([in_order(measured(regions), t("各大区", "Regions") + named)])
    if dealers:
        columns.append([ranking(measured(dealers), t("服务店排名", "Dealers") + named, place.dealer)])
    return columns


def _table(
    place: Place, by: str, months: AppointmentFigures, regions: Iterable[AppointmentFigure], dealers: Iterable[AppointmentFigure]
) -> Table[Row[AppointmentSums]]:
    match by:
        case "months":
            rows = [
                Row(periods.said(one.period), one.period, one.sums, place.at(period=one.period).address(PATH), one.corrections)
                for one in reversed(months.rows)
            ]
        case "regions":
            rows = [Row(one.name or one.code, one.code, one.sums, place.at(region=one.code).address(PATH)) for one in regions]
        case _:
            rows = [Row(one.name or one.code, one.code, one.sums, place.at(dealer=one.code).address(PATH)) for one in dealers]
    name = f"appointments-{place.code or 'nation'}-{place.period}-{by}"
    return Table(name, appointment_columns(by), rows, most=MOST_SHOWN, nothing=t("这个月还没有预约", "No appointments in this month"))
