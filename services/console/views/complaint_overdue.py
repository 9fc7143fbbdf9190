"""*Overdue*: open cases whose limit to close is over, by how long; by region, dealer, type and grade (A-CMP-36..38)."""

from flask import Flask, render_template, request
from werkzeug.wrappers import Response

from contracts.complaint_figures import Overdue, OverdueQuery, OverdueRow, Split
from contracts.reminder_figures import Level
from services.console import periods
from services.console.access import Right, page
from services.console.context import Context
from services.console.drawn import Bar, Bars
from services.console.tables import Column, Table
from services.console.views import complaint_figures_parts as parts
from services.console.views.complaint_figures_parts import CUTS, Asked
from services.console.views.figures_parts import MOST_SHOWN
from services.console.words import Pair, number, say, t

PATH = f"{parts.PATH}/overdue"
AGES: dict[str, Pair] = {
    "up_to_1_day": ("1 天内", "Up to 1 day"),
    "up_to_3_days": ("1–3 天", "1–3 days"),
    "up_to_7_days": ("3–7 天", "3–7 days"),
    "up_to_30_days": ("7–30 天", "7–30 days"),
    "longer": ("30 天以上", "Over 30 days"),
}
LONG = ("up_to_30_days", "longer")


def add_views(app: Flask, context: Context) -> None:
    @page(app, PATH, right=Right.CASE_FIGURES)
    def complaint_overdue() -> str | Response:
        asked = parts.asked_for(context.now())
        place, known = asked.place, context.complaining.dealers()
        by = parts.cut_asked_for(place, by_month=False)
        whole, found = _ask(context, asked, place.level, place.code), _cut(context, asked, by)
        table = _table(asked, by, found)
        if file := table.export():
            return file
        total = next(iter(whole.rows), OverdueRow(code=place.code))
        return render_template(
            "complaint_overdue.html",
            asked=asked,
            where=parts.where_of(place, known),
            choice=parts.choice_of(PATH, place, context.now(), known, {"by": request.args.get("by", "")}),
            types=parts.type_choices(),
            grades=parts.grade_choices(),
            at=whole.at,
            total=total,
            drawn=ages_of(total),
            running=place.period >= periods.current(context.now()),
            desk=asked.address("/complaints", queue="overdue", period=""),
            table=table,
            by=by,
            cuts=[(cut, say(CUTS[cut])) for cut in parts.cuts_of(place, by_month=False)],
        )


def _ask(context: Context, asked: Asked, level: Level, code: str, split: Split = "none") -> Overdue:
    query = OverdueQuery(period=asked.place.period, level=level, code=code, split=split, type=asked.type, grade=asked.grade)
    return context.complaining.overdue(query)


def _cut(context: Context, asked: Asked, by: str) -> Overdue:
    place = asked.place
    match by:
        case "regions":
            return _ask(context, asked, "region", "")
        case "dealers":
            return _ask(context, asked, "dealer", place.region)
        case _:
            return _ask(context, asked, place.level, place.code, "type" if by == "types" else "grade")


def ages_of(total: OverdueRow) -> Bars:
    """How long they have been over; what is over a week stands out."""
    counted = {name: getattr(total, name) for name in AGES}
    bars = (Bar(say(AGES[name]), value, number(value), "bad" if name in LONG else "main") for name, value in counted.items())
    return Bars(t("超期多久", "How long they have been over"), tuple(bars), most=max(counted.values()) or None)


def _table(asked: Asked, by: str, found: Overdue) -> Table[OverdueRow]:
    def name(row: OverdueRow) -> str:
        match by:
            case "types":
                return parts.type_name(row.type)
            case "grades":
                return parts.grade_name(row.grade)
            case _:
                return parts.place_name(by, row.code, row.name)

    def code(row: OverdueRow) -> str:
        return (row.type or "") if by == "types" else (row.grade or "") if by == "grades" else row.code

    def aged(key: str) -> Column[OverdueRow]:
        return Column(key, *AGES[key], lambda row: getattr(row, key), "number")

    address = parts.one_farther(asked, by, PATH)
    columns: tuple[Column[OverdueRow], ...] = (
        Column("name", *CUTS[by], name, href=lambda row: address(code(row))),
        Column("code", "代码", "Code", code, hidden=True),
        Column("total", "超期未结", "Overdue, open", lambda row: row.total, "number"),
        *(aged(key) for key in AGES),
    )
    title = f"overdue-{asked.place.code or 'nation'}-{asked.place.period}-{by}"
    rows = sorted(found.rows, key=parts.usual_order) if by in ("types", "grades") else found.rows
    return Table(title, columns, rows, most=MOST_SHOWN, nothing=t("没有超期未结的单", "No open case is overdue"))
