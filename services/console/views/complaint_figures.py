"""*Reports* of complaints: limits kept, escalations, endings, content; by month, region, dealer, type, grade (A-CMP-36..38)."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, render_template, request
from werkzeug.wrappers import Response

from contracts.complaining import DealerAnswer
from contracts.complaint_figures import (
    ComplaintFigure,
    ComplaintFigures,
    ComplaintFiguresQuery,
    ComplaintSums,
    OverdueQuery,
    OverdueRow,
    Split,
)
from contracts.reminder_figures import Level
from services.console import periods
from services.console.access import Right, page
from services.console.complaint_measures import EXPLAINED, corrections_in_words
from services.console.complaint_rates import RATES
from services.console.context import Context
from services.console.drawn import Bars
from services.console.tables import Table
from services.console.views import complaint_figures_parts as parts
from services.console.views.complaint_figures_drawn import MONTHS, endings_of, limits_of, tiles_of, trend_of, triggers_of
from services.console.views.complaint_figures_parts import CUTS, PATH, Asked
from services.console.views.complaint_figures_table import Row, columns
from services.console.views.figures_parts import MOST_SHOWN, Measured, in_order, ranking
from services.console.words import say, t


@dataclass(frozen=True)
class Shown:
    """What was asked, and the answers. `regions` and `dealers` are of the month; empty for who may see none."""

    asked: Asked
    known: tuple[DealerAnswer, ...]
    months: ComplaintFigures
    regions: tuple[ComplaintFigure, ...]
    dealers: tuple[ComplaintFigure, ...]
    types: tuple[ComplaintFigure, ...]
    grades: tuple[ComplaintFigure, ...]
    overdue: OverdueRow
    measure: str

    @property
    def month(self) -> ComplaintFigure:
        """Of the place; all nought where nothing happened."""
        place = self.asked.place
        found = (row for row in self.months.rows if row.period == place.period)
        return next(found, ComplaintFigure(period=place.period, code=place.code))


def add_views(app: Flask, context: Context) -> None:
    @page(app, PATH, right=Right.CASE_FIGURES)
    def complaint_figures() -> str | Response:
        shown = _asked(context, parts.asked_for(context.now()))
        place = shown.asked.place
        by = parts.cut_asked_for(place)
        table = _table(shown, by)
        if file := table.export():
            return file
        running = place.period >= periods.current(context.now())
        kept = {"by": request.args.get("by", ""), "measure": request.args.get("measure", "")}
        sums = shown.month.sums
        return render_template(
            "complaint_figures.html",
            asked=shown.asked,
            where=parts.where_of(place, shown.known),
            choice=parts.choice_of(PATH, place, context.now(), shown.known, kept),
            types=parts.type_choices(),
            grades=parts.grade_choices(),
            tiles=tiles_of(sums, shown.overdue, shown.asked, running=running),
            charts=((limits_of(sums), trend_of(shown.months.rows, place.period, running=running)), (triggers_of(sums), endings_of(sums))),
            rankings=_rankings(shown),
            rates=[(key, say(rate.words)) for key, rate in RATES.items()],
            measure=shown.measure,
            table=table,
            by=by,
            cuts=[(cut, say(CUTS[cut])) for cut in parts.cuts_of(place)],
            explained=[(say(name), say(words)) for name, words in EXPLAINED],
            frozen=shown.months.frozen.get(place.period),
            corrected=corrections_in_words(shown.month.corrections),
            running=running,
        )

    app.jinja_env.globals.update(type_name=parts.type_name, grade_name=parts.grade_name)


def _asked(context: Context, asked: Asked) -> Shown:
    """The months of the place, and its parts in the month."""
    place, period = asked.place, asked.place.period

    def ask(first: str, level: Level, code: str, split: Split = "none") -> ComplaintFigures:
        query = ComplaintFiguresQuery(first=first, last=period, level=level, code=code, split=split, type=asked.type, grade=asked.grade)
        return context.complaining.figures(query)

    late = OverdueQuery(period=period, level=place.level, code=place.code, type=asked.type, grade=asked.grade)
    measure = request.args.get("measure", "")
    return Shown(
        asked=asked,
        known=context.complaining.dealers(),
        months=ask(periods.moved(period, 1 - MONTHS), place.level, place.code),
        regions=ask(period, "region", "").rows if place.within.level == "nation" else (),
        dealers=ask(period, "dealer", place.region).rows if place.within.level != "dealer" else (),
        types=tuple(sorted(ask(period, place.level, place.code, "type").rows, key=parts.usual_order)),
        grades=tuple(sorted(ask(period, place.level, place.code, "grade").rows, key=parts.usual_order)),
        overdue=next(iter(context.complaining.overdue(late).rows), OverdueRow(code=place.code)),
        measure=measure if measure in RATES else next(iter(RATES)),
    )


def _rankings(shown: Shown) -> list[list[Bars]]:
    """Two columns: regions where the nation is looked at, types and grades; dealers where there are several."""
    rate = RATES[shown.measure]
    named = t("：", ": ") + say(rate.words)

    def measured(rows: Iterable[tuple[str, str, ComplaintSums]]) -> list[Measured]:
        return [Measured(code, name, rate.of(sums), rate.whole(sums)) for code, name, sums in rows if rate.whole(sums)]

    types = ((row.type or "", parts.type_name(row.type), row.sums) for row in shown.types)
    grades = ((row.grade or "", parts.grade_name(row.grade), row.sums) for row in shown.grades)
    first = [
        in_order(measured(types), t("各类别", "Types") + named),
        in_order(measured(grades), t("各等级", "Grades") + named),
    ]
    if shown.asked.place.level == "nation":
        regions = ((row.code, parts.place_name("regions", row.code, row.name), row.sums) for row in shown.regions)
        first.insert(0, in_order(measured(regions), t("各大区", "Regions") + named))
    if not shown.dealers:
        return [first]
    dealers = ((row.code, parts.place_name("dealers", row.code, row.name), row.sums) for row in shown.dealers)
    ranked = ranking(measured(dealers), t("服务店排名", "Dealers") + named, shown.asked.place.dealer, high_is_good=rate.high_is_good)
    return [first, [ranked]]


def _table(shown: Shown, by: str) -> Table[Row]:
    asked = shown.asked
    address = parts.one_farther(asked, by)

    def row(one: ComplaintFigure) -> Row:
        match by:
            case "types":
                name, code = parts.type_name(one.type), one.type or ""
            case "grades":
                name, code = parts.grade_name(one.grade), one.grade or ""
            case _:
                name, code = parts.place_name(by, one.code, one.name), one.code
        return Row(name, code, one.sums, address(code), one.corrections)

    found = {"regions": shown.regions, "dealers": shown.dealers, "types": shown.types, "grades": shown.grades}
    rows = [row(one) for one in found[by]] if by in found else [_of_month(asked, one) for one in reversed(shown.months.rows)]
    name = f"complaints-{asked.place.code or 'nation'}-{asked.place.period}-{by}"
    return Table(name, columns(by), rows, most=MOST_SHOWN, nothing=t("这个月还没有投诉", "No complaints in this month"))


def _of_month(asked: Asked, one: ComplaintFigure) -> Row:
    return Row(periods.said(one.period), one.period, one.sums, asked.address(period=one.period), one.corrections)
