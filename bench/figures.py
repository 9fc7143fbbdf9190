"""What a row of the table says, and the arithmetic behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Figure:
    """One line of `bench/out/latest.json`.

    `ours` and `peer` are medians over the rounds, in `unit`. `ratio` is ours divided by peer. `goal` is about the ratio where there is
    a peer, else about `ours`; None where there is no goal and the line only explains another. `better` says in which direction.
    """

    work: str
    ours: float
    peer: float | None
    peer_name: str
    unit: str
    ratio: float | None
    goal: float | None
    better: Better

    @property
    def met(self) -> bool | None:
        """None where there is no goal."""
        if self.goal is None:
            return None
        measured = self.ours if self.ratio is None else self.ratio
        return measured >= self.goal if self.better == "higher" else measured <= self.goal


@dataclass(frozen=True)
class Unmeasured:
    """A row that could not be measured, and why."""

    row: str
    why: str


def against(
    work: str, ours: Sequence[float], peer: Sequence[float], peer_name: str, *, unit: str, goal: float | None, better: Better
) -> Figure:
    """Two series of rounds measured in turns. Raises ValueError when one of them is empty or the peer did nothing."""
    mine, theirs = middle(ours), middle(peer)
    if theirs <= 0:
        raise ValueError(f"{work}: {peer_name} did nothing")
    return Figure(work, mine, theirs, peer_name, unit, mine / theirs, goal, better)


def alone(work: str, ours: float, *, unit: str, goal: float | None, better: Better) -> Figure:
    """A figure that is held against its goal and nobody else."""
    return Figure(work, ours, None, "", unit, None, goal, better)


def middle(rounds: Sequence[float]) -> float:
    """The median. Raises ValueError when nothing was measured."""
    if not rounds:
        raise ValueError("nothing was measured")
    return float(median(rounds))


def percentile(values: Sequence[float], which: int) -> float:
    """Of 1 to 99. Raises ValueError when nothing was measured."""
    if not values:
        raise ValueError("nothing was measured")
    return float(values[0]) if len(values) == 1 else float(quantiles(values, n=100, method="inclusive")[which - 1])
