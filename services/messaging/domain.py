"""How a follower can be reached, and which news is still news to them. No I/O, no clock, no framework."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Contact:
    """How to reach a follower.

    `follows_since`: when they came or went, as WeChat last said; `last_inbound_at`: when they last did anything.
    """

    follower_id: UUID
    account: str
    openid: str
    subscribed: bool = True
    follows_since: datetime | None = None
    last_inbound_at: datetime | None = None

    def came(self, at: datetime) -> "Contact":
        return self._turned(True, at).heard(at)

    def went(self, at: datetime) -> "Contact":
        return self._turned(False, at)

    def heard(self, at: datetime) -> "Contact":
        """A click or a text opens the window in which we may answer freely (wechat/platform.md, Sending)."""
        return replace(self, last_inbound_at=max(at, self.last_inbound_at or at))

    def _turned(self, subscribed: bool, at: datetime) -> "Contact":
        """Old news never undoes new. WeChat counts whole seconds: of two in one second, coming counts; a needless send does no harm."""
        if self.follows_since and (at < self.follows_since or (at == self.follows_since and not subscribed)):
            return self
        return replace(self, subscribed=subscribed, follows_since=at)


@dataclass(frozen=True)
class Told:
    """What a follower has been told of one appointment: the highest version, and whether it was that it is over."""

    version: int = 0
    over: bool = False

    def is_news(self, version: int) -> bool:
        """A confirmation that comes after the cancellation it preceded would mislead; and that it is over is said once."""
        return version > self.version and not self.over

    def tell(self, version: int, *, over: bool) -> "Told":
        return Told(version, over)
