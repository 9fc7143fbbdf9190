"""What a binding is, and what following and unfollowing do to it (flows 1.1). No I/O, no clock, no framework."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5


class State(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class SeedBinding:
    """A binding as it is handed in from outside. Its id follows from follower and vehicle, so that seeding twice is seeding once."""

    account: str
    follower_id: UUID
    openid: str
    customer_id: str
    vehicle_id: UUID
    vin: str
    name: str
    mobile: str
    plate: str | None = None

    @property
    def binding_id(self) -> UUID:
        return uuid5(self.follower_id, str(self.vehicle_id))


@dataclass(frozen=True)
class Binding:
    """One follower and one car. `follows_since` is when WeChat last said that the follower came or went."""

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
    state: State = State.ACTIVE
    version: int = 1
    follows_since: datetime | None = None

    def followed(self, at: datetime) -> "Binding":
        """Following again revives it."""
        return self._step(State.ACTIVE, at)

    def unfollowed(self, at: datetime) -> "Binding":
        """Kept for history, but nothing can be sent (A-REM-16)."""
        return self._step(State.SUSPENDED, at)

    def _step(self, to: State, at: datetime) -> "Binding":
        """Old news never undoes new. WeChat counts whole seconds: of two in one second, coming counts; a needless send does no harm."""
        if self.follows_since and (at < self.follows_since or (at == self.follows_since and to is not State.ACTIVE)):
            return self
        if to is self.state:
            return replace(self, follows_since=at)
        return replace(self, state=to, version=self.version + 1, follows_since=at)


def bound(seed: SeedBinding) -> Binding:
    return Binding(
        binding_id=seed.binding_id,
        account=seed.account,
        follower_id=seed.follower_id,
        openid=seed.openid,
        customer_id=seed.customer_id,
        vehicle_id=seed.vehicle_id,
        vin=seed.vin,
        name=seed.name,
        mobile=seed.mobile,
        plate=seed.plate,
    )
