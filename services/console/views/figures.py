"""*Statistics* of reminders: how many were due, reached, booked and came back; by month, region, dealer, type (flows 6, A-REM-32..37)."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, render_template, request
from werkzeug.wrappers import Response

from contracts.reminder_figures import ReminderFigure, ReminderFigures, ReminderSums
from contracts.reminders import ReminderType
from services.console import periods
from services.console.access import Right, page
from services.console.context import Context
from services.console.drawn import Bar, Bars, MonthsChart, MonthsLine, share
from services.console.place import Place, place_asked_for
from services.console.reckoning import due, either_rate, rate, returned_of_tracked, returned_rate, tracked_rate
from services.console.reminder_words import TRACKED_TYPES, TYPES
from services.console.tables import Table
from services.console.views.figures_parts import CUTS, MOST_SHOWN, Measured, Tile, choice_of, cuts_of, in_order, name_of, ranking
from services.console.views.figures_tables import Row, corrections_in_words, reminder_columns
from services.console.words import Pair, number, say, t

PATH = "/figures"
MONTHS = 12
RATES = {"returned": returned_rate, "tracked": tracked_rate}
RATE_WORDS: dict[str, Pair] = {"returned": ("回厂率", "Return rate"), "tracked": ("完成率", "Tracking rate")}


@dataclass(frozen=True)
class Shown:
    """What was asked, and the answers. `regions` and `dealers` are of the month; empty for who may see none."""

    place: Place
    months: ReminderFigures
    regions: tuple[ReminderFigure, ...]
    dealers: tuple[ReminderFigure, ...]
    measure: str

    @property
    def month(self) -> ReminderFigure:
        """Of the place; all nought where nothing was made."""
        found = (row for row in self.months.rows if row.period == self.place.period)
        return next(found, ReminderFigure(period=self.place.period, code=self.place.code))


def add_views(app: Flask, context: Context) -> None:
    @page(app, PATH, right=Right.FIGURES)
    def figures() -> str | Response:
        shown = _asked(context, place_asked_for(context.now()))
        by = _cut(shown.place)
        table = _table(shown, by)
        if file := table.export():
            return file
        kept = {"by": request.args.get("by", ""), "measure": request.args.get("measure", "")}
        running = shown.place.period >= periods.current(context.now())
        return render_template(
            "figures.html",
            place=shown.place,
            where=name_of(shown.place, shown.months.rows, shown.regions, shown.dealers),
            choice=choice_of(PATH, shown.place, context.now(), regions=shown.regions, dealers=shown.dealers, kept=kept),
            tiles=tiles_of(shown.month, shown.place),
            charts=(funnel_of(shown.month.service), trend_of(shown, running=running)),
            rankings=_rankings(shown),
            rates=[(key, say(name)) for key, name in RATE_WORDS.items()],
            measure=shown.measure,
            apart=[(say(TYPES[type]), sums) for type, sums in _apart(shown.month)],
            table=table,
            by=by,
            cuts=[(cut, say(CUTS[cut])) for cut in cuts_of(shown.place, typed=True)],
            frozen=shown.months.frozen.get(shown.place.period),
            corrected=corrections_in_words(shown.month.corrections),
            running=running,
        )

    app.jinja_env.globals.update(period_said=periods.said, share=share)


def _asked(context: Context, place: Place) -> Shown:
    """The months of the place with their types, and its parts in the month: at most three questions."""
    ask, period = context.reminding.figures, place.period
    months = ask(periods.moved(period, 1 - MONTHS), period, place.level, place.code, by_type=True)
    regions = ask(period, period, "region").rows if place.within.level == "nation" else ()
    dealers = ask(period, period, "dealer", place.region).rows if place.within.level != "dealer" else ()
    measure = request.args.get("measure", "")
    return Shown(place, months, regions, dealers, measure if measure in RATES else "returned")


def _cut(place: Place) -> str:
    cuts, by = cuts_of(place, typed=True), request.args.get("by", "")
    return by if by in cuts else cuts[0]


def tiles_of(month: ReminderFigure, place: Place) -> list[Tile]:
    """The six numbers of A-REM-32..37, each with its other reading."""
    sums, whole = month.service, due(month.service)
    with_wechat, of_tracked = share(either_rate(sums)), share(returned_of_tracked(sums))
    tracked, returned = number(sums.tracked), number(sums.returned)
    new, carried = number(sums.due_new), number(sums.due_carried)
    return [
        Tile(t("应提醒", "Due"), number(whole), t(f"新增 {new}，结转 {carried}", f"{new} new, {carried} carried in")),
        Tile(
            t("提醒完成率", "Tracking rate"),
            share(tracked_rate(sums)),
            t(f"已跟踪 {tracked}；含微信 {with_wechat}", f"{tracked} tracked; with WeChat {with_wechat}"),
        ),
        Tile(
            t("提醒回厂率", "Return rate"),
            share(returned_rate(sums)),
            t(f"已回厂 {returned}；占已跟踪 {of_tracked}", f"{returned} back; {of_tracked} of tracked"),
        ),
        _listed("not_reminded", t("未提醒", "Not reminded"), sums.not_reminded, whole, place),
        _listed("not_tracked", t("未跟踪", "Not tracked"), sums.not_tracked, whole, place),
        _listed("not_returned", t("未回厂", "Not returned"), sums.not_returned, whole, place),
    ]


def _listed(which: str, name: str, part: int, whole: int, place: Place) -> Tile:
    of_due = share(rate(part, whole))
    return Tile(name, number(part), t(f"占应提醒 {of_due}", f"{of_due} of due"), place.address("/lists", list=which))


def funnel_of(sums: ReminderSums) -> Bars:
    """due → reached → booked → returned, each as a share of what was due."""
    whole = due(sums)
    steps = (
        (t("已提醒到", "Reached"), sums.reminded),
        (t("已预约", "Booked"), sums.booked),
        (t("已回厂", "Returned"), sums.returned),
    )
    first = Bar(t("应提醒", "Due"), whole, number(whole), "second")
    bars = (Bar(name, value, f"{number(value)} · {share(rate(value, whole))}") for name, value in steps)
    return Bars(t("从应提醒到回厂", "From due to returned"), (first, *bars), most=whole or None, thick=True)


def trend_of(shown: Shown, *, running: bool) -> MonthsChart:
    """The two rates over the last twelve months."""
    months = periods.row(shown.place.period, MONTHS)
    known = {figure.period: figure.service for figure in shown.months.rows}
    sums = [known.get(period, ReminderSums()) for period in months]
    lines = (
        MonthsLine(say(RATE_WORDS["tracked"]), "second", [tracked_rate(one) for one in sums]),
        MonthsLine(say(RATE_WORDS["returned"]), "main", [returned_rate(one) for one in sums]),
    )
    return MonthsChart(t("最近十二个月", "The last twelve months"), [periods.short(one) for one in months], lines, running=running)


def _rankings(shown: Shown) -> list[list[Bars]]:
    """Two columns: regions where the nation is looked at, and types; dealers where there are several."""
    named = t("：", ": ") + say(RATE_WORDS[shown.measure])
    types = ((type, shown.month.by_type.get(type, ReminderSums())) for type in TRACKED_TYPES)
    of_types = [Measured(type.value, say(TYPES[type]), RATES[shown.measure](sums), due(sums)) for type, sums in types]
    first = [in_order(of_types, t("各类型", "Types") + named)]
    if shown.place.level == "nation":
        first.insert(0, in_order(_measured(shown, shown.regions), t("各大区", "Regions") + named))
    if not shown.dealers:
        return [first]
    return [first, [ranking(_measured(shown, shown.dealers), t("服务店排名", "Dealers") + named, shown.place.dealer)]]


def _measured(shown: Shown, rows: Iterable[ReminderFigure]) -> list[Measured]:
    return [Measured(row.code, row.name, RATES[shown.measure](row.service), due(row.service)) for row in rows]


def _apart(month: ReminderFigure) -> list[tuple[ReminderType, ReminderSums]]:
    """Birthday and campaigns, which are sent and not tracked (S-13)."""
    return [(ReminderType.BIRTHDAY, month.birthday), (ReminderType.CAMPAIGN, month.campaign)]


def _table(shown: Shown, by: str) -> Table[Row[ReminderSums]]:
    place, month = shown.place, shown.month
    match by:
        case "types":
            types = [*((type, month.by_type.get(type, ReminderSums())) for type in TRACKED_TYPES), *_apart(month)]
            rows = [Row(say(TYPES[type]), type.value, sums) for type, sums in types]
        case "months":
            rows = [
                Row(periods.said(one.period), one.period, one.service, place.at(period=one.period).address(PATH), one.corrections)
                for one in reversed(shown.months.rows)
            ]
        case "regions":
            rows = [Row(one.name or one.code, one.code, one.service, place.at(region=one.code).address(PATH)) for one in shown.regions]
        case _:
            rows = [Row(one.name or one.code, one.code, one.service, place.at(dealer=one.code).address(PATH)) for one in shown.dealers]
    name = f"reminders-{place.code or 'nation'}-{place.period}-{by}"
    return Table(name, reminder_columns(by), rows, most=MOST_SHOWN, nothing=t("这个月还没有提醒", "No reminders in this month"))
