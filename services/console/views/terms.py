"""What complaints go by: who decides about which fee (客户关怀费用授权, A-CMP-24), and working calendars with exceptions (A-CMP-36)."""

import re
from collections.abc import Mapping
from datetime import date, time
from itertools import zip_longest

from flask import Flask, make_response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from contracts.complaining import AuthorityRule, AuthorityTable, CalendarDay
from services.console.access import Right, page, who
from services.console.complaint_words import TYPES
from services.console.context import Context
from services.console.problems import Problem
from services.console.step_asks import dealer_options
from services.console.words import Pair, local, say, t

PATH = "/complaint-terms"
COLUMNS = ("level", "title", "fee_min", "fee_max", "active_from")
EMPTY_LINES = 2
"""To be filled in, below the rules there are."""
CALENDAR = re.compile(r"default|dealer:[A-Za-z0-9._-]{1,32}")
PERIOD = re.compile(r"(\d{1,2}[:：]\d{2})\s*[-–~至]\s*(\d{1,2}[:：]\d{2})")
WEEKDAYS: tuple[Pair, ...] = (
    ("周一", "Monday"),
    ("周二", "Tuesday"),
    ("周三", "Wednesday"),
    ("周四", "Thursday"),
    ("周五", "Friday"),
    ("周六", "Saturday"),
    ("周日", "Sunday"),
)
Typed = dict[str, str]


def add_views(app: Flask, context: Context) -> None:
    _add_authority(app, context)
    _add_calendar(app, context)


def _add_authority(app: Flask, context: Context) -> None:
    def rules_page(table: AuthorityTable, typed: list[Typed], problem: str = "", status: int = 200) -> Response:
        types = [(key.value, say(words)) for key, words in TYPES.items()]
        given = {"version": table.version, "typed": typed, "problem": problem, "types": types, "saved": "saved" in request.args}
        return make_response(render_template("authority.html", **given), status)

    @page(app, PATH, right=Right.TERMS)
    def complaint_terms() -> Response:
        table = context.complaining.authority()
        return rules_page(table, [_typed(rule) for rule in table.rules])

    @page(app, PATH, right=Right.SET_TERMS, methods=("POST",))
    def set_authority() -> Response:
        """What was typed stays, also where somebody else was quicker."""
        typed = _lines()
        try:
            table = AuthorityTable(version=_number("version"), rules=tuple(_rule(line) for line in typed))
        except ValidationError:
            words = t("请检查：级别 1 至 9、名称、金额、生效日期。", "Please check: levels 1 to 9, names, amounts, dates.")
            return rules_page(context.complaining.authority(), typed, words, 422)
        context.audit.write(who(), "authority.changed", str(table.version), {"rules": len(table.rules)})
        try:
            context.complaining.set_authority(table)
        except Problem as problem:
            if problem.status not in (400, 409, 422):
                raise
            return rules_page(context.complaining.authority(), typed, t(problem.message, problem.message_en), problem.status)
        return make_response(redirect(url_for("complaint_terms", saved=1), 303))


def _add_calendar(app: Flask, context: Context) -> None:
    @page(app, f"{PATH}/calendar", right=Right.TERMS)
    def complaint_calendar() -> str:
        year = _year(local(context.now()).year)
        calendar = context.complaining.calendar(_calendar_id(request.args), year)
        return render_template(
            "calendar.html",
            calendar=calendar,
            year=year,
            weekdays=[(say(words), calendar.periods.get(str(number), ())) for number, words in enumerate(WEEKDAYS, start=1)],
            weekday=lambda day: say(WEEKDAYS[day.weekday()]),
            dealers=dealer_options(context.complaining.dealers()),
            saved="saved" in request.args,
        )

    @page(app, f"{PATH}/calendar", right=Right.SET_TERMS, methods=("POST",))
    def set_calendar_day() -> Response:
        calendar_id = _calendar_id(request.form)
        try:
            day = CalendarDay(
                calendar_id=calendar_id,
                day=date.fromisoformat(request.form.get("day", "")),
                periods=periods_of(request.form.get("periods", "")),
                reason=request.form.get("reason", "").strip(),
            )
        except ValueError:
            raise Problem(
                "day", "请检查日期和时段，如 08:30-12:00 13:30-17:30。", "Please check day and hours, like 08:30-12:00.", 422
            ) from None
        context.audit.write(who(), "calendar.changed", calendar_id, {"day": day.day.isoformat(), "periods": len(day.periods)})
        context.complaining.set_day(day)
        return make_response(redirect(url_for("complaint_calendar", calendar=calendar_id, year=day.day.year, saved=1), 303))


def periods_of(text: str) -> tuple[tuple[str, str], ...]:
    """`08:30-12:00 13:30-17:30`; nothing: closed. Raises ValueError."""
    found = PERIOD.findall(text)
    if not found and text.strip():
        raise ValueError(text)
    return tuple((_clock(begin), _clock(end)) for begin, end in found)


def _clock(text: str) -> str:
    hour, _, minute = text.replace("：", ":").partition(":")
    return f"{time(int(hour), int(minute)):%H:%M}" if (hour, minute) != ("24", "00") else "24:00"


def _typed(rule: AuthorityRule) -> Typed:
    known = rule.model_dump(mode="json")
    return {name: str(known[name]) if known[name] is not None else "" for name in COLUMNS} | {"types": " ".join(known["types"])}


def _lines() -> list[Typed]:
    """Those in which anything stands."""
    columns = [[text.strip() for text in request.form.getlist(name)] for name in (*COLUMNS, "types")]
    lines = [dict(zip((*COLUMNS, "types"), line, strict=True)) for line in zip_longest(*columns, fillvalue="")]
    return [line for line in lines if any(line[name] for name in ("level", "title", "fee_max"))]


def _rule(line: Typed) -> AuthorityRule:
    """Raises ValidationError."""
    given: dict[str, object] = {name: line[name].replace(",", "") for name in COLUMNS if line[name]}
    return AuthorityRule.model_validate(given | {"types": line["types"].split()})


def _calendar_id(given: Mapping[str, str]) -> str:
    """A dealer's exceptions where one is named, else the calendar of all. Raises Problem."""
    code = given.get("dealer", "").strip().partition(" ")[0]
    calendar_id = f"dealer:{code}" if code else given.get("calendar") or "default"
    if not CALENDAR.fullmatch(calendar_id):
        raise Problem("calendar", "没有这个日历。", "There is no such calendar.", 404)
    return calendar_id


def _year(otherwise: int) -> int:
    text = request.args.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else otherwise


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Problem("form", "表单有误，请刷新后再改。", "The form cannot be read: please reload the page.")
    return int(text)
