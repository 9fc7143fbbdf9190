"""The way to a partner: shut for a while once it has given no usable answer too often in a row, or held by an operator.

A partner that is down is not hammered by everything that waits for it: one probe at a time asks whether it is back. pybreaker was
looked at: it keeps its lock during the call, so that one slow answer would stop all others.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Literal

from chassis.called import BreakerTerms
from chassis.errors import ContractBroken, Held, NotAsked, Refused, Unavailable
from chassis.logs import get_logger
from contracts.ops import Breaker

State = Literal["closed", "open", "half_open", "held"]
PROBE_SECONDS = 1.0
"""How long to stay away while a probe is out."""

log = get_logger(__name__)


class Way:
    """To one partner, for one service in one process."""

    def __init__(self, partner: str, terms: BreakerTerms | None = None, now: Callable[[], float] = monotonic) -> None:
        self.partner = partner
        self.on_mended: Callable[[], None] = lambda: None
        """Called when the partner answers again after it was shut."""
        self._terms = terms or BreakerTerms()
        self._now = now
        self._held = False
        self._failures = 0
        self._open_until: float | None = None
        self._probing = False
        self._since = datetime.now(UTC)

    @property
    def state(self) -> State:
        if self._held:
            return "held"
        if self._open_until is None:
            return "closed"
        return "half_open" if self._probing or self._now() >= self._open_until else "open"

    @property
    def shown(self) -> Breaker:
        return Breaker(partner=self.partner, state=self.state, since=self._since, failures=self._failures)

    def hold(self, held: bool) -> None:
        """By an operator's order. Released, it is tried at once, even if it was shut before."""
        if held == self._held:
            return
        self._held = held
        self._open_until, self._failures, self._since = None, 0, datetime.now(UTC)
        log.warning("partner_held" if held else "partner_released", partner=self.partner)

    def check(self) -> None:
        """Raises Held or NotAsked where a call would not be let through now."""
        state = self.state
        if state == "held":
            raise Held(held_by(self.partner))
        if state == "open" or (state == "half_open" and self._probing):
            left = max((self._open_until or 0.0) - self._now(), PROBE_SECONDS)
            raise NotAsked(refusal_of(self.partner), retry_after=left)

    @contextmanager
    def asking(self, *noes: type[Exception]) -> Iterator[None]:
        """Around one call. Raises as `check`, before it; what the call raises tells whether the partner answered.

        `noes` are answers too, beside Refused and ContractBroken.
        """
        self.check()
        answers: tuple[type[Exception], ...] = (Refused, ContractBroken, *noes)
        probe = self._probing = self._open_until is not None
        try:
            yield
        except Unavailable:
            self._failed(probe)
            raise
        except answers:
            self._answered()
            raise
        else:
            self._answered()
        finally:
            if probe:
                self._probing = False

    def _failed(self, probe: bool) -> None:
        self._failures += 1
        shut = self._open_until is not None  # not so any more if it was released, or another call was answered meanwhile
        if (probe and shut) or (not shut and self._failures >= self._terms.failures):
            self._open_until = self._now() + self._terms.open_seconds
            self._since = self._since if shut else datetime.now(UTC)
            log.warning("breaker_opened", partner=self.partner, failures=self._failures, seconds=self._terms.open_seconds)

    def _answered(self) -> None:
        self._failures = 0
        if self._open_until is not None:
            self._open_until, self._since = None, datetime.now(UTC)
            log.info("breaker_closed", partner=self.partner)
            self.on_mended()


def refusal_of(partner: str) -> str:
    """What is written down as the cause of a message that waits for the breaker."""
    return f"{partner}: the breaker is open"


def held_by(partner: str) -> str:
    """What is written down as the cause of a message that waits for an operator to release the partner."""
    return f"{partner}: held by an operator"


class Ways:
    """Of one service: made by its clients, looked at by its status, held by an operator's orders."""

    def __init__(self) -> None:
        self._ways: dict[str, Way] = {}
        self._held: frozenset[str] = frozenset()
        self.mended: set[str] = set()
        """Partners that answer again: what waited for their breaker may be tried."""

    def to(self, partner: str, terms: BreakerTerms | None = None) -> Way:
        """The same way for everyone who asks."""
        if partner not in self._ways:
            way = self._ways[partner] = Way(partner, terms)
            way.on_mended = lambda: self.mended.add(partner)
            way.hold(partner in self._held)
        return self._ways[partner]

    def hold(self, partners: frozenset[str]) -> None:
        """These and no others; also those that nobody has asked for a way to yet."""
        self._held = partners
        for way in self.all:
            way.hold(way.partner in partners)

    @property
    def all(self) -> tuple[Way, ...]:
        return tuple(self._ways.values())
