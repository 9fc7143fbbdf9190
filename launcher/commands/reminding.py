"""`cheqiao reminders`: ask the running system about the month, have it made, have facts loaded, and see why a car has an item.

Each command ends with 0 when it is done, 1 when the system says no or does not answer, 2 when it was called wrongly.
"""

import re
import time
from collections.abc import Callable
from typing import Any, get_args

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from contracts.reminding import DirtySource
from launcher import reminder_tables as shown
from launcher import tables
from launcher.commands.operating import AS_JSON, show_answer
from launcher.commands.speaking import give_up
from launcher.operator import Away, Operator, Said

MOUNT = "/reminders/v1"
LOOK_SECONDS = 1.0
RECOUNT_PATIENCE = (3, 600)
"""Seconds to connect, seconds to hear: millions of items are counted one by one."""
Drawn = tuple[str, int, int | None]
"""What a progress bar shows: words, how many are done, and of how many, where that is known."""
FOLLOW = click.option("--follow/--no-follow", default=True, show_default=True, help="stay, with a progress bar, until it is done")


def _period(_context: click.Context, _option: click.Parameter, given: str) -> str:
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", given):
        raise click.BadParameter("形如 2026-12 · a month such as 2026-12")
    return given


PERIOD = click.option("--period", required=True, callback=_period, help="the month, 2026-12")


def ask(method: str, path: str, **asked: Any) -> dict[str, Any]:
    """The answer, or an end with a line that says what to do."""
    try:
        return Operator.here().ask(method, path, MOUNT, **asked)
    except (Away, Said) as error:
        give_up(str(error))


@click.group()
def reminders() -> None:
    """提醒。The month of reminders: its facts, its rules, its items."""


@reminders.command()
@click.argument("vin")
@PERIOD
@AS_JSON
def explain(vin: str, period: str, as_json: bool) -> None:
    """为什么有或没有提醒。Why a car has an item of each type in a month, or none."""
    show_answer(ask("POST", "/explain", json={"vin": vin, "period": period}), as_json, shown.explanation)


@reminders.command()
@PERIOD
@FOLLOW
@AS_JSON
def generate(period: str, follow: bool, as_json: bool) -> None:
    """生成一个月的提醒。Make a month's items: again where they were made, with a report of the differences. Ctrl-C stops looking only."""
    run = ask("POST", "/runs", json={"period": period})
    _show_run(run, follow=follow, as_json=as_json)


@reminders.command()
@click.argument("run")
@FOLLOW
@AS_JSON
def accept(run: str, follow: bool, as_json: bool) -> None:
    """放行：与 DMS 不符的月份照样交给 CSC。Hand CSC a month that differs from what the DMS said. RUN: its id, as `runs` shows it."""
    accepted = ask("POST", f"/runs/{_whole_id(run)}/accept")
    _show_run(accepted, follow=follow, as_json=as_json)


@reminders.command()
@AS_JSON
def runs(as_json: bool) -> None:
    """生成任务。Runs, the newest first."""
    show_answer(ask("GET", "/runs"), as_json, shown.runs)


@reminders.command()
@click.argument("source", type=click.Choice(["cars", "dates", "campaigns"]))
@click.option("--full", is_flag=True, help="all of them, not only what changed since the last load")
@FOLLOW
@AS_JSON
def load(source: str, full: bool, follow: bool, as_json: bool) -> None:
    """装载数据。Load facts from the DMS and CSC. Ctrl-C stops looking only: `--json` names the load."""
    begun = ask("POST", "/loads", json={"source": source, "full": full})
    if follow:
        begun = _followed(begun, f"/loads/{begun['load_id']}", ("running",), _drawn_load, quiet=as_json)
    show_answer(begun, as_json, lambda told: shown.loads({"loads": [told]}))


@reminders.command()
@click.option("--source", default=None, type=click.Choice(get_args(DirtySource)), help="of this source alone")
@click.option("--flaw", default=None, help="of this flaw alone, e.g. zero")
@click.option("--dealer", default=None, help="of this dealer alone")
@click.option("--after", default=None, help="`next` of the page before")
@AS_JSON
def dirty(as_json: bool, **which: str | None) -> None:
    """脏数据。What could not be used, with the reason, the newest first."""
    asked = {name: value for name, value in which.items() if value is not None}
    show_answer(ask("GET", "/dirty", params=asked), as_json, shown.dirty)


@reminders.command()
@PERIOD
@AS_JSON
def recount(period: str, as_json: bool) -> None:
    """复核统计。Count a month anew from its items, and see where the statistics differ. Ends with 1 where they do."""
    with tables.progress_console.status("正在逐条清点，百万条要几分钟 · counting every item, minutes for a million"):
        found = ask("GET", "/recount", patience=RECOUNT_PATIENCE, params={"period": period})
    show_answer(found, as_json, shown.recount)
    if found["off"]:
        raise SystemExit(1)


@reminders.command()
@AS_JSON
def status(as_json: bool) -> None:
    """现状。The last runs and loads, and what is sent today."""
    answer = {**ask("GET", "/runs"), **ask("GET", "/loads"), "sending": ask("GET", "/sending")}
    show_answer(answer, as_json, shown.status)


def _whole_id(begin: str) -> str:
    """Of the one run whose id begins so; an end with a line where there is none, or more than one."""
    found = [one["run_id"] for one in ask("GET", "/runs")["runs"] if one["run_id"].startswith(begin)]
    if len(found) != 1:
        raise click.BadParameter("没有或不止一次生成以此开头 · no run begins so, or more than one", param_hint="RUN")
    return str(found[0])


def _show_run(run: dict[str, Any], *, follow: bool, as_json: bool) -> None:
    if follow:
        run = _followed(run, f"/runs/{run['run_id']}", ("running", "tasks"), _drawn_run, quiet=as_json)
    show_answer(run, as_json, lambda told: shown.runs({"runs": [told]}))


def _followed(
    told: dict[str, Any],
    path: str,
    on_its_way: tuple[str, ...],
    draw: Callable[..., Drawn],
    *,
    quiet: bool,
) -> dict[str, Any]:
    """As it stands at its end; killing this program does not stop it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=tables.progress_console, disable=quiet) as progress:
        bar = progress.add_task("", total=None)
        while told["state"] in on_its_way:
            _draw(progress, bar, draw(told))
            time.sleep(LOOK_SECONDS)
            told = ask("GET", path)
        _draw(progress, bar, draw(told))
    return told


def _draw(progress: Progress, bar: Any, drawn: Drawn) -> None:
    description, completed, total = drawn
    progress.update(bar, description=description, completed=completed, total=total)


def _drawn_run(run: dict[str, Any]) -> Drawn:
    if run["state"] == "running":
        return "车辆 cars", run["cars"], run["cars_total"] or None
    return (
        "任务 tasks",
        run["tasks"],
        max(run["tasks"], sum(number for type, number in run["counts"].items() if type in shown.CALLED_ABOUT)),
    )


def _drawn_load(load: dict[str, Any]) -> Drawn:
    return f"{load['source']} ({load['dirty']} 脏 dirty)", load["rows"], load["total"]
