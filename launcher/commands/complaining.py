"""`cheqiao complaints`: ask the running system how complaints fared, and whether the reports are what the cases come to.

Each command ends with 0 when it is done, 1 when the system says no or does not answer, 2 when it was called wrongly.
"""

import json
import re
from datetime import date
from typing import Any, TextIO, get_args
from zoneinfo import ZoneInfo

import click
from rich.table import Table

from contracts.complaint_figures import Overdue, Split
from contracts.reminder_figures import Level
from launcher.commands.operating import AS_JSON, show_answer
from launcher.commands.speaking import give_up
from launcher.operator import Away, Operator, Said
from launcher.tables import console, progress_console

MOUNT, ROLE = "/complaints/v1", "monitor"
CHINA = ZoneInfo("Asia/Shanghai")
RECOUNT_PATIENCE = (3, 600)
"""Seconds to connect, seconds to hear."""
AGES = {
    "up_to_1_day": "≤ 1 天 day",
    "up_to_3_days": "≤ 3 天 days",
    "up_to_7_days": "≤ 7 天 days",
    "up_to_30_days": "≤ 30 天 days",
    "longer": "更久 longer",
}

STATUS = {
    "open": "未结 open",
    "unassigned": "待分派 unassigned",
    "overdue": "已超时 overdue",
    "escalated": "升级中 escalated",
    "call_backs": "待回访 to be called",
}
SPAN = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2})")


def _period(_context: click.Context, _option: click.Parameter, given: str) -> str:
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", given):
        raise click.BadParameter("形如 2026-12 · a month such as 2026-12")
    return given


PERIOD = click.option("--period", required=True, callback=_period, help="the month, 2026-12")


def ask(path: str, method: str = "GET", **asked: Any) -> dict[str, Any]:
    """The answer, or an end with a line that says what to do."""
    try:
        return Operator.here().ask(method, path, MOUNT, role=ROLE, **asked)
    except (Away, Said) as error:
        give_up(str(error))


@click.group()
def complaints() -> None:
    """投诉。How complaints fared: what is overdue, what appraisals go by, and whether the reports are right."""


@complaints.command()
@PERIOD
@AS_JSON
def recount(period: str, as_json: bool) -> None:
    """复核报表。Count a month anew from its cases, and see where the reports differ. Ends with 1 where they do."""
    with progress_console.status("正在逐案清点 · counting every case"):
        found = ask("/figures/recount", patience=RECOUNT_PATIENCE, params={"period": period})
    show_answer(found, as_json, _show_recount)
    if found["off"]:
        raise SystemExit(1)


@complaints.command()
@PERIOD
@click.option("--level", default="nation", show_default=True, type=click.Choice(get_args(Level)))
@click.option("--split", default="none", show_default=True, type=click.Choice(get_args(Split)), help="a line for each type or grade")
@AS_JSON
def overdue(period: str, level: str, split: str, as_json: bool) -> None:
    """超期未结。Open cases that are over their limit at the end of a month, or now, by how long."""
    show_answer(ask("/figures/overdue", params={"period": period, "level": level, "split": split}), as_json, _show_overdue)


@complaints.command()
@PERIOD
def appraisal(period: str) -> None:
    """考核数据。A line of JSON for each case that ended in a month; nothing of the customer."""
    after: str | None = ""
    while after is not None:
        page = ask("/appraisal", params={"period": period, "after": after})
        for row in page["rows"]:
            click.echo(json.dumps(row, ensure_ascii=False))
        after = page["next"]


@complaints.command()
@AS_JSON
def status(as_json: bool) -> None:
    """现状。What is open and waits, and whether calendars and the table of authority are there."""
    authority, calendar = ask("/authority"), ask("/calendars/default")
    counts = ask("/counts")
    terms = {
        "authority_rules": len(authority["rules"]),
        "holidays_known_until": calendar["known_until"],
        "limits_settled": calendar["applied"],
    }
    show_answer(counts | terms, as_json, _show_status)


@complaints.command()
@click.argument("days", type=click.File(encoding="utf-8"))
@click.option("--dealer", default="", help="服务店代码；空为全国。Code of the dealer; none: all.")
def holidays(days: TextIO, dealer: str) -> None:
    """录入节假日。Enter days that are otherwise from a file, a line each.

    `2027-01-01 元旦` is closed; `2027-02-14 08:30-12:00 13:30-17:30 春节调休` has these hours.
    """
    entered = [_day(number, line) for number, line in enumerate(days, 1) if line.partition("#")[0].strip()]
    calendar_id = f"dealer:{dealer}" if dealer else "default"
    for day in entered:
        ask(f"/calendars/{calendar_id}/days", "POST", json={"calendar_id": calendar_id, **day})
    click.echo(f"已录入 {len(entered)} 天，未到期的时限正在重算 · {len(entered)} days entered, open limits are reckoned anew")


def _day(number: int, line: str) -> dict[str, Any]:
    """A line as the service takes it; an end with its number where it is none."""
    first, *words = line.partition("#")[0].split()
    spans = [found.groups() for word in words if (found := SPAN.fullmatch(word))]
    reason = " ".join(word for word in words if not SPAN.fullmatch(word))
    try:
        day = date.fromisoformat(first)
    except ValueError:
        day = None
    if day is None or not reason:
        raise click.BadParameter(f"第 {number} 行：日期、时段、原因 · line {number}: a day, hours, a reason", param_hint="DAYS")
    return {"day": day.isoformat(), "periods": spans, "reason": reason}


def _show_status(answer: dict[str, Any]) -> None:
    table = Table(show_edge=False, show_header=False)
    for name, words in STATUS.items():
        table.add_row(words, "> 1000" if answer[name] is None else str(answer[name]))
    table.add_row("节假日已知至 holidays known until", answer["holidays_known_until"])
    console.print(table)
    if not answer["authority_rules"]:
        console.print("没有费用授权表，方案由处理人决定 · no table of authority: handlers decide about plans", style="yellow")
    if not answer["limits_settled"]:
        console.print("日历有改动，未到期的时限正在重算 · a calendar changed: open limits are being reckoned anew", style="yellow")


def _show_recount(answer: dict[str, Any]) -> None:
    if not answer["off"]:
        console.print(f"{answer['period']}: 报表与投诉单一致 · the reports are what the cases come to")
        return
    table = _table("大区 region", "经销商 dealer", "类型 type", "等级 grade", "指标 measure", "报表 kept", "清点 counted")
    for one in answer["rows"]:
        where = (one[name] for name in ("region_code", "dealer_code", "type", "grade", "measure"))
        table.add_row(*where, str(one["kept"]), str(one["counted"]), style="yellow")
    console.print(table)
    console.print(f"{answer['off']} 处不一致 · differ", style="yellow")


def _show_overdue(answer: dict[str, Any]) -> None:
    found = Overdue.model_validate(answer)
    table = _table("编号 code", "名称 name", "类型 type", "等级 grade", "超期 overdue", *AGES.values())
    for one in found.rows:
        where = (text or "-" for text in (one.code, one.name, one.type, one.grade))
        table.add_row(*where, str(one.total), *(str(getattr(one, age)) for age in AGES))
    console.print(table if found.rows else "没有超期未结的投诉 · no open case is overdue")
    console.print(f"截至 as of {found.at.astimezone(CHINA):%Y-%m-%d %H:%M}", style="dim")


def _table(*names: str) -> Table:
    table = Table(show_edge=False)
    for name in names:
        table.add_column(name)
    return table
