"""What `<bars-chart>` and `<months-chart>` draw, and the words for who cannot see it. No I/O."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.console.hour import Tone
from services.console.words import percent


@dataclass(frozen=True)
class Bar:
    """`label` stands at its end: the value is read without hovering. `tone` says what it is, with the words."""

    name: str
    value: float | None
    label: str
    tone: Tone = "main"


@dataclass(frozen=True)
class Bars:
    """Horizontal bars from nought, one below the other; `most` is the axis' end, so that shares are seen of the whole."""

    title: str
    bars: tuple[Bar, ...]
    most: float | None = None
    gap: int | None = None
    """After so many bars some are left out."""
    thick: bool = False
    element = "bars-chart"

    @property
    def data(self) -> str:
        rows = [{"name": bar.name, "value": bar.value, "label": bar.label, "tone": bar.tone} for bar in self.bars]
        return _written({"rows": rows, "most": self.most, "gap": self.gap, "thick": self.thick})

    @property
    def empty(self) -> bool:
        return not any(bar.value for bar in self.bars)

    @property
    def words(self) -> str:
        return "; ".join(f"{bar.name} {bar.label}" for bar in self.bars)


@dataclass(frozen=True)
class MonthsLine:
    name: str
    tone: Tone
    values: Sequence[float | None]

    @property
    def last(self) -> float | None:
        return next((value for value in reversed(self.values) if value is not None), None)


@dataclass(frozen=True)
class MonthsChart:
    """Shares month by month, from nought to the whole. `running`: the last month is not over, and its points are hollow."""

    title: str
    months: Sequence[str]
    lines: tuple[MonthsLine, ...]
    running: bool = False
    element = "months-chart"

    @property
    def data(self) -> str:
        series = [{"name": line.name, "tone": line.tone, "values": [_hundredths(value) for value in line.values]} for line in self.lines]
        return _written({"months": list(self.months), "series": series, "running": self.running})

    @property
    def empty(self) -> bool:
        return all(value is None for line in self.lines for value in line.values)

    @property
    def words(self) -> str:
        return "; ".join(f"{line.name} {share(line.last)}" for line in self.lines)


def share(value: float | None) -> str:
    """72 %; an en dash where there was nothing to divide by."""
    return "–" if value is None else percent(value)


def _hundredths(value: float | None) -> float | None:
    return None if value is None else round(value * 100, 1)


def _written(drawn: Mapping[str, object]) -> str:
    return json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))
