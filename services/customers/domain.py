"""What a binding is, and what following, unfollowing, a change of owner and its end do to it (flows 1.1). No I/O, no clock, no framework.

| from | to | by |
|---|---|---|
| - | active | a registration (suspended while its follower does not follow the account) |
| active | suspended | unfollowing |
| suspended | active | following again |
| active, suspended | ended | its follower, or another owner of the car |
| ended | active | another registration, and nothing else |
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

BY_FOLLOWER, OWNER_CHANGED = "by_follower", "owner_changed"
"""Why a binding ended."""

CLOCKS_DIFFER = timedelta(minutes=1)  # between two machines of ours, at the very most


class State(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


def binding_id_of(follower_id: UUID, vehicle_id: UUID) -> UUID:
    """Follows from both, so that binding twice is binding once."""
    return uuid5(follower_id, str(vehicle_id))


@dataclass(frozen=True)
class SeedBinding:
    """A binding as it is handed in from outside."""

    account: str
    follower_id: UUID
    openid: str
    customer_id: str
    vehicle_id: UUID
    vin: str
    name: str
    mobile: str
    plate: str | None = None
    model: str = ""
    dealer_code: str = ""

    @property
    def binding_id(self) -> UUID:
        return binding_id_of(self.follower_id, self.vehicle_id)


@dataclass(frozen=True)
class Binding:
    """One follower and one car."""

    binding_id: UUID
    account: str
    follower_id: UUID
    openid: str
    customer_id: str
    vehicle_id: UUID
    vin: str
    name: str
    mobile: str
    plate: str | None = None
    model: str = ""
    dealer_code: str = ""
    state: State = State.ACTIVE
    ended_because: str = ""
    version: int = 1

    def following(self, *, follows: bool) -> "Binding":
        """Who unfollows keeps it for history, but nothing can be sent (A-REM-16). Following again does not revive what has ended."""
        if self.state is State.ENDED:
            return self
        return self._step(State.ACTIVE if follows else State.SUSPENDED)

    def end(self, because: str) -> "Binding":
        return self if self.state is State.ENDED else self._step(State.ENDED, because)

    def _step(self, to: State, because: str = "") -> "Binding":
        if to is self.state:
            return self
        return replace(self, state=to, ended_because=because, version=self.version + 1)


def bound(seed: SeedBinding) -> Binding:
    return Binding(binding_id=seed.binding_id, **vars(seed))


def registered(before: Binding | None, fresh: Binding) -> Binding:
    """What a registration makes of the binding that was there: revived, and as the DMS has it now. The same again is no step."""
    if before is None:
        return fresh
    after = replace(fresh, version=before.version)
    return before if after == before else replace(after, version=before.version + 1)


@dataclass(frozen=True)
class Following:
    """Whether a follower follows the account, and when WeChat last said so."""

    follower_id: UUID
    follows: bool = True
    since: datetime | None = None

    def heard(self, *, follows: bool, at: datetime) -> "Following":
        """Old news never undoes new. WeChat counts whole seconds: of two in one second, coming counts; a needless send does no harm."""
        if self.since and (at < self.since or (at == self.since and not follows)):
            return self
        return replace(self, follows=follows, since=at)


@dataclass(frozen=True)
class KnownOwner:
    """Whose car it is as the DMS last told by itself; version 0: it never did. `learnt_at` is when we heard of it."""

    vehicle_id: UUID
    version: int = 0
    customer_id: str = ""
    learnt_at: datetime | None = None

    def learn(self, version: int, customer_id: str, now: datetime) -> "KnownOwner":
        """The DMS counts a car's owners: the higher number is the newer."""
        if version <= self.version:
            return self
        return replace(self, version=version, customer_id=customer_id, learnt_at=now)

    def contradicts(self, customer_id: str, asked_at: datetime) -> bool:
        """True: the DMS named this customer as the owner, but that may be older than what it told by itself.

        What it was asked only after it had told is newer: its news of yet another owner is still on the way.
        """
        if self.learnt_at is None or customer_id == self.customer_id:
            return False
        return asked_at < self.learnt_at + CLOCKS_DIFFER
