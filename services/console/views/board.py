"""What *Overview*, *Queues* and *Partners* share: an hour as a table beside its chart, and a page while insight has said nothing yet."""

from collections.abc import Iterable
from datetime import datetime

from flask import render_template

from contracts.operating import Minute, PartnerStatus, QueueStatus
from services.console.hour import Hour
from services.console.names import PARTNERS, SERVICES, named
from services.console.tables import Column, State, Table
from services.console.wellness import GRAVITY, partner_troubles, troubles
from services.console.words import Pair, say

FINE: Pair = ("正常", "fine")
BREAKERS: dict[str, State] = {
    "open": State("broken", ("已断开", "cut off")),
    "half_open": State("broken", ("试探中", "being tried")),
    "held": State("waiting", ("已人工暂停", "held")),
}


def service_name(code: str) -> str:
    return say(named(SERVICES, code))


def partner_name(code: str) -> str:
    return say(named(PARTNERS, code))


def queue_state(queue: QueueStatus) -> State:
    """A service's gravest trouble, in words; parked messages where it has no other."""
    found = sorted(troubles(queue), key=lambda each: GRAVITY[each[0]])
    if found:
        level, words = found[0]
        return State(level, (words, words))
    return State("late", (f"{queue.parked:,} 条滞留", f"{queue.parked:,} parked")) if queue.parked else State("fine", FINE)


def worst_first(queues: Iterable[QueueStatus]) -> list[QueueStatus]:
    """Among equals by name."""
    return sorted(queues, key=lambda queue: (GRAVITY[queue_state(queue).level], queue.service))


def partners_worst_first(partners: Iterable[PartnerStatus]) -> list[PartnerStatus]:
    """Among equals by name."""
    return sorted(partners, key=lambda partner: (GRAVITY[partner_state(partner).level], partner.partner, partner.service))


def partner_state(partner: PartnerStatus) -> State:
    """As its breaker stands; where that is closed, as its calls end."""
    if partner.breaker and partner.breaker.state in BREAKERS:
        return BREAKERS[partner.breaker.state]
    if any(partner_troubles(partner)):
        return State("late", ("有错误", "errors"))
    return State("fine", FINE if partner.calls else ("最近没有调用", "no calls"))


def minutes_table(name: str, minutes: Iterable[Minute], at: datetime, columns: tuple[Column[Minute], ...]) -> Table[Minute]:
    """Newest first: what a chart draws, for who reads numbers or cannot see it."""
    rows = tuple(reversed(Hour.of(minutes, at).minutes))
    return Table(name, (Column[Minute]("minute", "分钟", "Minute", lambda minute: minute.at, "time"), *columns), rows)


def away_page(title: str, part: bool) -> tuple[str, int]:
    """Nothing is known to show; `part`: without the frame."""
    return render_template("board_away_part.html" if part else "board_away.html", title=title), 200
