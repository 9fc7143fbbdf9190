"""`cheqiao parked redrive-all`, `drop-all`, `jobs`, `stop`: one order about many, its count shown first, with a progress bar."""

import signal
from collections.abc import Callable
from threading import Event
from typing import Any
from uuid import uuid4

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from launcher import tables
from launcher.commands.operating import AS_JSON, ask, parked, show_answer

__all__ = ["parked"]

LOOK_SECONDS = 0.5
FATES = (("handled", "已处理 handled"), ("parked_again", "又滞留 parked again"), ("dropped", "已放弃 dropped"), ("gone", "已不在 gone"))

Command = Callable[..., None]


def _filtered(command: Command) -> Command:
    for name, says in (
        ("until", "parked before this time, RFC 3339"),
        ("since", "parked at or after this time, RFC 3339"),
        ("owner", "whose owner this is"),
        ("rule", "whose first cause has this rule"),
        ("field", "whose first cause is about this field"),
        ("kind", "whose first cause is of this kind"),
        ("type", "messages of this type"),
        ("service", "parked in this service"),
    ):
        command = click.option(f"--{name}", default=None, help=says)(command)
    rate = click.option(
        "--rate", "per_second", type=click.FloatRange(0, 1000, min_open=True), default=10, show_default=True, help="a second"
    )
    return rate(click.option("--yes", is_flag=True, help="do not ask whether that is the right number")(AS_JSON(command)))


@parked.command("redrive-all")
@_filtered
def redrive_all(per_second: float, yes: bool, as_json: bool, **which: str | None) -> None:
    """全部重新处理。Try again all that a filter finds now. Ctrl-C stops what is not yet ordered."""
    _order("redrive", which, per_second, yes=yes, as_json=as_json)


@parked.command("drop-all")
@click.option("--reason", required=True, help="why they are given up; kept with each")
@_filtered
def drop_all(reason: str, per_second: float, yes: bool, as_json: bool, **which: str | None) -> None:
    """全部放弃。Give up all that a filter finds now. Ctrl-C stops what is not yet ordered."""
    _order("drop", which, per_second, reason, yes=yes, as_json=as_json)


@parked.command("jobs")
@AS_JSON
def jobs(as_json: bool) -> None:
    """批量任务。Orders about many, the newest first."""
    show_answer(ask("GET", "/jobs"), as_json, tables.jobs)


@parked.command("stop")
@click.argument("job_id", type=click.UUID)
@AS_JSON
def stop(job_id: str, as_json: bool) -> None:
    """停止批量任务。Order nothing more of a job; what was ordered before goes on."""
    show_answer(ask("POST", f"/jobs/{job_id}/stop"), as_json, lambda job: tables.jobs({"jobs": [job]}))


def _order(kind: str, which: dict[str, str | None], per_second: float, reason: str = "", *, yes: bool, as_json: bool) -> None:
    meant = {name: value for name, value in which.items() if value is not None}
    number = ask("GET", "/parked/count", params=meant)["number"]
    if not number:
        tables.console.print("没有符合条件的滞留消息 · nothing that is parked fits")
        return
    if not yes:
        click.confirm(f"{number} 条，每秒 {per_second:g} 条 · {number} messages, {per_second:g} a second", abort=True, err=True)
    form = {"id": str(uuid4()), "kind": kind, "filter": meant, "expected": number, "per_second": per_second, "reason": reason}
    stopping = Event()
    # Set, not raised: ctrl-C while the answer to the order is awaited must stop the job too.
    signal.signal(signal.SIGINT, lambda _number, _frame: stopping.set())
    job = _followed(ask("POST", "/jobs", json=form), stopping, quiet=as_json)
    show_answer(job, as_json, lambda told: tables.jobs({"jobs": [told]}))


def _followed(job: dict[str, Any], stopping: Event, *, quiet: bool) -> dict[str, Any]:
    """The job at its end, or stopped by ctrl-C. Killing this program does not stop it: `cheqiao parked stop` does."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[fates]}"))
    with Progress(*columns, console=tables.progress_console, disable=quiet) as progress:
        bar = progress.add_task(job["id"][: tables.SHORT], total=job["total"], fates="")
        while job["state"] == "running":
            _draw(progress, bar, job)
            stop = stopping.wait(LOOK_SECONDS)
            job = ask("POST", f"/jobs/{job['id']}/stop") if stop else ask("GET", f"/jobs/{job['id']}")
        _draw(progress, bar, job)
    return job


def _draw(progress: Progress, bar: Any, job: dict[str, Any]) -> None:
    fates = " · ".join(f"{word} {job[name]}" for name, word in FATES if job[name])
    progress.update(bar, total=job["total"], completed=sum(job[name] for name, _ in FATES), fates=fates)
