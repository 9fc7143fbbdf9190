"""The way of a request as rows and bars: one row a message, from who sent it to who read it, on an axis without the idle hours.

An appointment is a few bursts of milliseconds in days of waiting. Where nothing happened for long, the axis has a break of fixed
width that says how long it was; between two breaks it is linear. No I/O, no framework.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from contracts import catalogue
from contracts.envelope import WATCHER
from contracts.operating import Moment
from contracts.ops import Cause

LANES = ("phone", "gateway", "pages", "services", "dms", "csc", "sender")
_LANE_OF = {
    "gateway": "gateway",
    "pages": "pages",
    "dms": "dms",
    "csc": "csc",
    "sender": "sender",
    "sms": "sender",
}
_BEGUN_BY_A_PERSON = frozenset({"gateway", "pages"})
_BACK_TO_THE_PHONE = frozenset({"wechat", "sms"})
SETTLED = frozenset({"ok", "dropped", "skipped", "repeat"})

IDLE_AT_LEAST = timedelta(milliseconds=200)
LONGEST_WAY = timedelta(seconds=2)
WIDTH = 1000.0
BREAK = 36.0
"""Of an axis of WIDTH: what one stretch without anything takes."""
NARROWEST = 7.0
MOST_OF_IT = 0.4
"""How much of the axis all breaks together may take."""


def lane_of(service: str) -> str:
    return _LANE_OF.get(service, "services")


@dataclass(frozen=True)
class Call:
    """One call to a partner while a message was carried out."""

    at: datetime
    milliseconds: float
    partner: str
    operation: str
    outcome: str
    attempt: int
    causes: tuple[Cause, ...] = ()

    @property
    def ended_at(self) -> datetime:
        return self.at + timedelta(milliseconds=self.milliseconds)


@dataclass(frozen=True)
class Reading:
    """What became of a message in one service that reads it. Moments are in the order of time."""

    service: str
    moments: tuple[Moment, ...]

    def _last(self, *steps: str) -> Moment | None:
        return next((one for one in reversed(self.moments) if one.step in steps), None)

    @property
    def handled(self) -> Moment | None:
        return self._last("handled")

    @cached_property
    def standing(self) -> str:
        """handled, waiting, parked, dropped or redriven: the last word; "queued" where there is none yet.

        What was handled stays handled, whatever a report that came late says of a try before it.
        """
        if (parked := self._last("parked")) and parked.outcome == "dropped":
            return "dropped"
        if self.handled:
            return "handled"
        last = self._last("parked", "retried")
        if last is None:
            return "queued"
        if last.step == "retried":
            return "waiting"
        return "redriven" if last.outcome == "redriven" else "parked"

    @property
    def trouble(self) -> Moment | None:
        """The try that it waits or is parked for."""
        return self._last("parked", "retried")

    @property
    def retried(self) -> tuple[Moment, ...]:
        return tuple(one for one in self.moments if one.step == "retried")

    @property
    def calls(self) -> tuple[Call, ...]:
        return tuple(
            Call(one.at, one.milliseconds, one.partner, one.operation, one.outcome, one.attempt, one.causes)
            for one in self.moments
            if one.step == "called"
        )


@dataclass(frozen=True)
class Hop:
    """One message: who sent it when, and what became of it in each service that reads it."""

    message_id: UUID
    type: str
    moments: tuple[Moment, ...]
    source: str
    readings: tuple[Reading, ...]
    missing: tuple[str, ...]
    """Services that it was sent to and that have not been heard of yet."""

    @property
    def first(self) -> Moment:
        return self.moments[0]

    @property
    def at(self) -> datetime:
        return self.first.at

    @property
    def ended_at(self) -> datetime:
        return max(one.at + timedelta(milliseconds=one.milliseconds) for one in self.moments)

    @property
    def sent(self) -> Moment | None:
        return next((one for one in self.moments if one.step in ("published", "spooled", "told")), None)

    @property
    def version(self) -> int | None:
        return next((one.version for one in self.moments if one.version is not None), None)

    @property
    def size_bytes(self) -> int:
        return max(one.size_bytes for one in self.moments)

    @cached_property
    def standing(self) -> str:
        """The worst of all its readers."""
        found = {reading.standing for reading in self.readings} | ({"queued"} if self.missing else set())
        return next((one for one in ("parked", "waiting", "redriven", "queued", "dropped", "handled") if one in found), "handled")

    @property
    def calls(self) -> tuple[Call, ...]:
        return tuple(call for reading in self.readings for call in reading.calls)

    @property
    def from_lane(self) -> str:
        """What began at a page or came from WeChat began on a phone."""
        if self.source in _BEGUN_BY_A_PERSON and self.first.causation_id is None:
            return "phone"
        return lane_of(self.source) if self.source else ""

    @property
    def receivers(self) -> tuple[str, ...]:
        """Services that have been heard of, then those that have not."""
        return (*(reading.service for reading in self.readings), *self.missing)

    @property
    def to_lanes(self) -> tuple[str, ...]:
        """Of those that read it, and of the phone where what they did ends there; each once."""
        lanes = [lane_of(name) for name in self.receivers]
        if any(call.partner in _BACK_TO_THE_PHONE and call.outcome == "ok" for call in self.calls):
            lanes.append("phone")
        return tuple(dict.fromkeys(lanes))


def hops_of(moments: Iterable[Moment]) -> tuple[Hop, ...]:
    """One for each message, in the order they were first heard of."""
    by_message: dict[UUID, list[Moment]] = {}
    for moment in sorted(moments, key=lambda one: one.at):
        by_message.setdefault(moment.message_id, []).append(moment)
    return tuple(_hop(message_id, heard) for message_id, heard in by_message.items())


def _hop(message_id: UUID, moments: list[Moment]) -> Hop:
    sent = next((one for one in moments if one.step in ("published", "spooled", "told")), None)
    reading: dict[str, list[Moment]] = {}
    for one in moments:
        if one.step not in ("published", "spooled", "told"):
            reading.setdefault(one.service, []).append(one)
    type = next((one.type for one in moments if one.type), "")
    readers = _readers(type) if sent else ()
    return Hop(
        message_id=message_id,
        type=type,
        moments=tuple(moments),
        source=sent.service if sent else "",
        readings=tuple(Reading(service, tuple(heard)) for service, heard in reading.items()),
        missing=tuple(name for name in readers if name not in reading),
    )


def _readers(type: str) -> tuple[str, ...]:
    contract = catalogue.BY_TYPE.get(type)
    if contract is None or contract.owner == "*":
        return ()
    return tuple(name for name in contract.routes() if name != WATCHER)


@dataclass(frozen=True)
class Stretch:
    """A part of the axis. `idle`: nothing happened for so long; None where the axis is linear."""

    begins: datetime
    ends: datetime
    left: float
    width: float
    idle: timedelta | None = None


class Axis:
    """From times to places between 0 and WIDTH."""

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        """`spans`: when something happened; at least one."""
        busy = _merged(spans)
        breaks = len(busy) - 1
        gap = min(BREAK, WIDTH * MOST_OF_IT / breaks) if breaks else 0.0
        worked = sum((end - begin).total_seconds() for begin, end in busy) or 1.0
        least = min(NARROWEST * 2, WIDTH * MOST_OF_IT / len(busy))
        room = WIDTH - gap * breaks - least * len(busy)
        self.stretches: list[Stretch] = []
        left = 0.0
        for place, (begin, end) in enumerate(busy):
            if place:
                before = busy[place - 1][1]
                self.stretches.append(Stretch(before, begin, left, gap, begin - before))
                left += gap
            width = least + room * (end - begin).total_seconds() / worked
            self.stretches.append(Stretch(begin, end, left, width))
            left += width
        self._ends = [stretch.ends for stretch in self.stretches]

    def place(self, at: datetime) -> float:
        found = bisect_left(self._ends, at)
        if found == len(self._ends):
            return WIDTH
        stretch = self.stretches[found]
        return stretch.left + stretch.width * _part(stretch, at)

    @cached_property
    def breaks(self) -> tuple[Stretch, ...]:
        return tuple(one for one in self.stretches if one.idle is not None)


def _part(stretch: Stretch, at: datetime) -> float:
    long = (stretch.ends - stretch.begins).total_seconds()
    return max(0.0, (at - stretch.begins).total_seconds() / long) if long else 0.0


def _merged(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans with less than a tenth of all work, or IDLE_AT_LEAST, between them are one."""
    ordered = sorted(spans)
    whole = sum((end - begin for begin, end in ordered), timedelta())
    idle = max(IDLE_AT_LEAST, whole / 10)
    merged = [ordered[0]]
    for begin, end in ordered[1:]:
        if begin - merged[-1][1] < idle:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


@dataclass(frozen=True)
class Bar:
    """One piece of a row. `kind`: way (sent, not yet read), work, call, wait (for a further try), trouble."""

    kind: str
    left: float
    width: float


def axis_of(hops: Sequence[Hop]) -> Axis:
    return Axis([span for hop in hops for span in _spans_of(hop)])


def _spans_of(hop: Hop) -> Iterator[tuple[datetime, datetime]]:
    """Work, and the way to who reads it, unless it waited there for long."""
    yield from ((one.at, one.at + timedelta(milliseconds=one.milliseconds)) for one in hop.moments)
    if hop.sent:
        for reading in hop.readings:
            if timedelta() < (read := reading.moments[0].at) - hop.sent.at <= LONGEST_WAY:
                yield hop.sent.at, read


def bars_of(hop: Hop, axis: Axis) -> tuple[Bar, ...]:
    """What lies below comes first."""
    bars: list[Bar] = []
    if hop.sent:
        read = max((reading.moments[0].at for reading in hop.readings), default=hop.ended_at)
        bars.append(_bar(axis, "way", hop.sent.at, max(read, hop.sent.at)))
    for reading in hop.readings:
        bars += _bars_of_reading(reading, axis)
    return tuple(bars)


def _bars_of_reading(reading: Reading, axis: Axis) -> list[Bar]:
    bars = []
    for number, one in enumerate(reading.moments):
        end = one.at + timedelta(milliseconds=one.milliseconds)
        if one.step == "retried":
            following = reading.moments[number + 1].at if number + 1 < len(reading.moments) else end
            bars += [_bar(axis, "wait", one.at, following), _bar(axis, "trouble", one.at, end)]
        elif one.step == "parked":
            bars.append(_bar(axis, "trouble" if one.outcome == "parked" else "work", one.at, end))
        else:
            failed = one.step == "called" and one.outcome not in SETTLED
            bars.append(_bar(axis, "trouble" if failed else "call" if one.step == "called" else "work", one.at, end))
    return bars


def _bar(axis: Axis, kind: str, begin: datetime, end: datetime) -> Bar:
    left = min(axis.place(begin), WIDTH - NARROWEST)
    return Bar(kind, round(left, 1), round(max(NARROWEST, axis.place(end) - left), 1))
