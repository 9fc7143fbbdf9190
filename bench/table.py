"""The table as it is printed, and as JSON and Markdown."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Unmeasured

HEADS = ("work", "ours", "peer", "", "ratio", "goal", "")


def cells(figure: Figure) -> tuple[str, ...]:
    """Work, ours with its unit, the peer's, who the peer is, ratio, goal, and whether it is met."""
    beside = figure.peer is not None and figure.ratio is not None
    return (
        figure.work,
        f"{number(figure.ours)} {figure.unit}",
        number(figure.peer) if figure.peer is not None else "",
        figure.peer_name,
        f"{figure.ratio:.2f}" if figure.ratio is not None else "",
        "" if figure.goal is None else f"{'≥' if figure.better == 'higher' else '≤'} {figure.goal:g}{' ×' if beside else ''}",
        {True: "met", False: "MISSED", None: ""}[figure.met],
    )


def number(value: float) -> str:
    """Three digits that say something: 1,234 · 56.7 · 0.123."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def print_table(figures: Iterable[Figure], unmeasured: Iterable[Unmeasured], console: Console) -> None:
    table = Table(*HEADS, title="bench: ours beside the peers", title_justify="left")
    for figure in figures:
        colour = {True: "green", False: "red", None: ""}[figure.met]
        table.add_row(*cells(figure)[:-1], f"[{colour}]{cells(figure)[-1]}[/]" if colour else "")
    console.print(table)
    for missing in unmeasured:
        console.print(f"[red]not measured[/] {missing.row}: {missing.why}")


def markdown(figures: Iterable[Figure]) -> str:
    """For docs/performance.md."""
    head = "| work | ours | peer | who | ratio | goal | |\n|---|---|---|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(cells(figure))} |\n" for figure in figures)


def write_json(figures: Sequence[Figure], path: Path) -> None:
    """A list of `{work, ours, peer, peer_name, unit, ratio, goal, better}`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
