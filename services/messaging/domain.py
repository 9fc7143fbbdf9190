"""How a follower can be reached, which news is still news to them, and which way a confirmation takes. No I/O, no clock, no framework."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

WROTE_OPENS = timedelta(hours=48)
CLICKED_OPENS = timedelta(minutes=1)
"""So long after a message, or after a click, a follow or a scan, a follower may be answered freely (wechat/platform.md, Sending)."""


MESSAGES = frozenset({"text", "image", "voice", "video", "shortvideo", "location", "link", "file"})
CLICKS = frozenset({"click", "scan", "scancode_push", "scancode_waitmsg"})
VIEW = "view"
"""A page of the menu was opened."""


class Opening(StrEnum):
    """What a follower did, as far as it opens a window."""

    WROTE = "wrote"
    CLICKED = "clicked"
    NOTHING = "nothing"


def opening_of(msg_type: str, event: str) -> Opening:
    """`msg_type` and `event` as WeChat names them."""
    if msg_type.lower() in MESSAGES:
        return Opening.WROTE
    return Opening.CLICKED if msg_type.lower() == "event" and event.lower() in CLICKS else Opening.NOTHING


@dataclass(frozen=True)
class Contact:
    """How to reach a follower.

    `follows_since`: when they came or went, as WeChat last said; `wrote_at`, `clicked_at`: when they last did either.
    """

    follower_id: UUID
    account: str
    openid: str
    subscribed: bool = True
    follows_since: datetime | None = None
    wrote_at: datetime | None = None
    clicked_at: datetime | None = None

    def came(self, at: datetime) -> "Contact":
        return self._turned(True, at).clicked(at)

    def went(self, at: datetime) -> "Contact":
        return self._turned(False, at)

    def wrote(self, at: datetime) -> "Contact":
        return replace(self, wrote_at=max(at, self.wrote_at or at))

    def clicked(self, at: datetime) -> "Contact":
        return replace(self, clicked_at=max(at, self.clicked_at or at))

    def may_be_answered(self, now: datetime) -> bool:
        """Whether a customer-service message would be taken; how many are left of the window WeChat alone knows."""
        return self.subscribed and (_within(self.wrote_at, WROTE_OPENS, now) or _within(self.clicked_at, CLICKED_OPENS, now))

    def _turned(self, subscribed: bool, at: datetime) -> "Contact":
        """Old news never undoes new. WeChat counts whole seconds: of two in one second, coming counts; a needless send does no harm."""
        if self.follows_since and (at < self.follows_since or (at == self.follows_since and not subscribed)):
            return self
        return replace(self, subscribed=subscribed, follows_since=at)


def _within(at: datetime | None, span: timedelta, now: datetime) -> bool:
    return at is not None and now - at < span


@dataclass(frozen=True)
class Told:
    """How far a follower knows of one appointment or registration: the highest version, and whether it was that it is over."""

    version: int = 0
    over: bool = False

    def is_news(self, version: int) -> bool:
        """A confirmation that comes after the cancellation it preceded would mislead; and that it is over is said once."""
        return version > self.version and not self.over

    def tell(self, version: int, *, over: bool) -> "Told":
        return Told(version, over)


@dataclass(frozen=True)
class Dealer:
    """As the follower is told of it: the code stands for a name that we have not heard yet."""

    name: str
    phone: str = ""


class Channel(StrEnum):
    """In the order in which they are tried (A-APT-21, 22)."""

    TEMPLATE = "template"
    CUSTOMER_SERVICE = "customer_service"
    SMS = "sms"


@dataclass(frozen=True)
class Confirmation:
    """One version of an appointment on its way to the follower. Only facts are kept, so that their order does not matter.

    `text`: what it says where there is no template; `good_until`: when that is over; `asked`, `failed`: the channels; `sent`: one of
    them took it.
    """

    appointment_id: UUID
    version: int
    follower_id: UUID
    vehicle_id: UUID
    text: str
    good_until: datetime | None = None
    asked: frozenset[Channel] = frozenset()
    failed: frozenset[Channel] = frozenset()
    sent: bool = False

    def ask(self, channel: Channel) -> "Confirmation":
        return replace(self, asked=self.asked | {channel})

    def taken(self) -> "Confirmation":
        return replace(self, sent=True)

    def fail(self, channel: Channel) -> "Confirmation":
        """A channel fails once, also when what it took was not delivered in the end; told again it changes nothing."""
        return replace(self, failed=self.failed | ({channel} & self.asked))

    def next_channel(self, contact: Contact, now: datetime) -> Channel | None:
        """After the template, or for who cannot get one: each once, and never back to an earlier one."""
        if Channel.SMS in self.asked:
            return None
        if Channel.CUSTOMER_SERVICE not in self.asked and contact.may_be_answered(now):
            return Channel.CUSTOMER_SERVICE
        return Channel.SMS
