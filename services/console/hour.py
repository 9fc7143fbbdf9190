"""The last hour as lines: minutes put in a row without gaps, a small line beside a number, and what a chart is drawn from. No I/O."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from contracts.operating import Minute
from services.console.words import local

MINUTES = 60
A_MINUTE = timedelta(minutes=1)
SHORTEST_SECONDS = 15
"""A minute that has only begun says little: its rate is never taken over less than this."""

Value = float | int | None
Tone = Literal["main", "second", "third", "bad"]


@dataclass(frozen=True)
class Hour:
    """Sixty minutes, oldest first; the last is the one that runs. What is not in `minutes` brought nothing, or was not told."""

    minutes: tuple[Minute, ...]
    at: datetime

    @classmethod
    def of(cls, minutes: Iterable[Minute], at: datetime) -> "Hour":
        known = {_floor(minute.at): minute for minute in minutes}
        running = _floor(at)
        row = (running - A_MINUTE * back for back in reversed(range(MINUTES)))
        return cls(tuple(known.get(begin) or Minute(at=begin) for begin in row), at)

    def counts(self, of: Callable[[Minute], int]) -> list[Value]:
        """How many in each minute; not in the running one, which would look like a fall, unless nothing came before."""
        whole: list[Value] = [of(minute) for minute in self.minutes[:-1]]
        return [*whole, of(self.minutes[-1]) if self._begins else None]

    def rates(self, of: Callable[[Minute], int]) -> list[Value]:
        """How many a second in each minute; the running one by the seconds that it has had."""
        had = max((self.at - _floor(self.at)).total_seconds(), SHORTEST_SECONDS)
        whole: list[Value] = [round(of(minute) / A_MINUTE.total_seconds(), 3) for minute in self.minutes[:-1]]
        return [*whole, round(of(self.minutes[-1]) / had, 3)]

    def levels(self, of: Callable[[Minute], Value]) -> list[Value]:
        """How it stood in each minute; None where nobody told."""
        return [of(minute) for minute in self.minutes]

    @property
    def _begins(self) -> bool:
        return not any(minute.received or minute.sent or minute.failed or minute.calls for minute in self.minutes[:-1])

    @property
    def labels(self) -> list[str]:
        return [f"{local(minute.at):%H:%M}" for minute in self.minutes]


@dataclass(frozen=True)
class Line:
    """One line of a chart. `last`: the newest value that is known."""

    name: str
    tone: Tone
    values: Sequence[Value]

    @property
    def last(self) -> Value:
        return next((value for value in reversed(self.values) if value is not None), None)

    @property
    def drawn(self) -> bool:
        """Where nothing bad happened, no line in its colour lies on the axis."""
        return self.tone != "bad" or any(self.values)


@dataclass(frozen=True)
class Chart:
    """What `<hour-chart>` draws, and the words for who cannot see it. `nothing` is said where there is nothing to draw."""

    title: str
    nothing: str
    unit: str
    labels: Sequence[str]
    lines: tuple[Line, ...]

    @property
    def data(self) -> str:
        series = [{"name": line.name, "tone": line.tone, "values": list(line.values)} for line in self.lines if line.drawn]
        whole = all(isinstance(value, int) for line in self.lines for value in line.values if value is not None)
        drawn = {"unit": self.unit, "whole": whole, "minutes": list(self.labels), "series": series}
        return json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))

    @property
    def empty(self) -> bool:
        """No line has a value other than nought."""
        return not any(value for line in self.lines for value in line.values)


@dataclass(frozen=True)
class Spark:
    """A small line in a box of WIDTH by HEIGHT, nought at the bottom. `strokes`: the points of each unbroken part; `fills`: below."""

    WIDTH = 120
    HEIGHT = 30

    strokes: tuple[str, ...]
    fills: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[Value]) -> "Spark":
        """Of at least two values."""
        most = max((value for value in values if value is not None), default=0) or 1
        step = cls.WIDTH / (len(values) - 1)
        strokes, fills = [], []
        for part in _unbroken(values):
            points = [(place * step, cls.HEIGHT - 1 - (cls.HEIGHT - 3) * value / most) for place, value in part]
            if len(points) == 1:  # a line needs a length to be seen
                points.insert(0, (max(points[0][0] - step, 0), points[0][1]))
            strokes.append(_points(points))
            fills.append(_points([(points[0][0], cls.HEIGHT), *points, (points[-1][0], cls.HEIGHT)]))
        return cls(tuple(strokes), tuple(fills))


def _unbroken(values: Sequence[Value]) -> list[list[tuple[int, float]]]:
    parts: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is not None:
            parts[-1].append((place, value))
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _floor(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
