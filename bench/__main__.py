"""`make bench`, or `python -m bench [--only ROW …] [--quick]`."""

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from types import FrameType

import click
import pymysql
from amqp.exceptions import AMQPError
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import SQLAlchemyError

from bench.broker import NotConfirmed
from bench.figures import Figure, Unmeasured
from bench.ground import CannotMeasure, Ground
from bench.peers_environment import NotInstalled, peers_python
from bench.table import cells, markdown, print_table, write_json
from chassis.errors import Unavailable
from launcher.house import ROOT
from launcher.installation import PackagesMissing
from launcher.servers import PrivateServers
from launcher.servers.child import ServerFailed

ROWS = {
    "callback": "a push of WeChat accepted, beside FastAPI and beside Flask with Celery",
    "event": "one event through inbox, state, outbox and publish, beside Celery and Dramatiq",
    "growth": "outbox, parked list and search with a hundred times the rows",
    "booking": "from the request to the task at CSC, hop by hop, idle and at 50/s",
    "reminders": "the month of reminders for a million cars, beside a bare INSERT … SELECT; tasks; statistics",
    "complaints": "50,000 open complaints: the desk's queue by role, and the sweep, beside bare SQL",
    "memory": "memory per process over ten minutes of load",
}
NEEDS_PEERS = {"callback", "event"}
BROKE = (CannotMeasure, NotConfirmed, AMQPError, pymysql.Error, SQLAlchemyError, Unavailable, OSError)
"""What ends one row and leaves the others to go on."""
WORKSPACE = ROOT / "var" / "bench"


@click.command(help="Measure speed beside the peers. Rows: " + "; ".join(f"{name}: {what}" for name, what in ROWS.items()) + ".")
@click.option("--only", "only", multiple=True, type=click.Choice(list(ROWS)), help="Measure this row; give it several times for several.")
@click.option("--quick", is_flag=True, help="Three short rounds and one minute of memory: to see that it works, not to quote.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=ROOT / "bench" / "out" / "latest.json", show_default=True)
@click.option("--doc", is_flag=True, help="Print the table as Markdown too, for docs/performance.md.")
def main(only: tuple[str, ...], quick: bool, out: Path, doc: bool) -> None:
    """Ends with 0 when every row was measured, whether its goal was met or not, and with 1 when one could not be."""
    signal.signal(signal.SIGTERM, _interrupt)
    console = Console()
    rows = [row for row in ROWS if row in only or not only]
    figures, unmeasured = _measure(rows, quick, console)
    write_json(figures, out)
    print_table(figures, unmeasured, console)
    console.print(f"written to {out}")
    if doc:
        click.echo(markdown(figures))
    sys.exit(1 if unmeasured else 0)


def _measure(rows: list[str], quick: bool, console: Console) -> tuple[list[Figure], list[Unmeasured]]:
    """On servers of its own, which are gone afterwards, whatever happens."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    figures: list[Figure] = []
    unmeasured: list[Unmeasured] = []
    with Progress(*columns, console=console, transient=True) as progress, ExitStack() as stack:
        try:
            peers = peers_python(WORKSPACE / "venv", console.print) if NEEDS_PEERS & set(rows) else Path()
            directory = Path(tempfile.mkdtemp(prefix="cheqiao-bench-"))
            stack.callback(shutil.rmtree, directory, ignore_errors=True)
            servers = stack.enter_context(PrivateServers(directory, say=console.print))
        except (NotInstalled, PackagesMissing, ServerFailed) as missing:
            return [], [Unmeasured("all rows", str(missing))]
        ground = Ground(servers, directory, _logs(), peers, progress, quick)
        for row in rows:
            try:
                for figure in _row(row, ground):
                    figures.append(figure)
                    progress.console.print(" ".join(cell for cell in cells(figure) if cell))
            except BROKE as why:
                unmeasured.append(Unmeasured(row, f"{why} ({type(why).__name__})"))
    return figures, unmeasured


def _row(row: str, ground: Ground) -> Iterator[Figure]:
    found: Iterator[Figure] = import_module(f"bench.rows.{row}").measure(ground)
    return found


def _logs() -> Path:
    """What the processes said, kept until the next run."""
    logs = WORKSPACE / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    return logs


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
