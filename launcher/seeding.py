"""`cheqiao sandbox seed`, with a bar of its progress."""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sandbox.seeding import seed as seeding


def seed_with_progress(state: Path, *, cars: int, seed: int, dealers: int | None, dirty: float) -> Iterator[str]:
    """What there is in the end, in words, line by line."""
    began = time.monotonic()
    columns = (TextColumn("造车 cars"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=cars)
        made = seeding.seed(
            state,
            seeding.Plan(cars=cars, seed=seed, dealers=dealers, dirty=dirty),
            lambda done: progress.update(task, completed=min(done, cars)),
        )
    yield f"{made.cars:,} cars as of {made.as_of.isoformat()} in {state} ({time.monotonic() - began:.0f} s)"
    for flaw, number in sorted(made.flaws.items(), key=lambda each: -each[1]):
        yield f"  {number:>9,}  {flaw}"
