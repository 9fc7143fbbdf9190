"""What a registration is: which car is whose, proved by a code on the owner's mobile (flows 1.1, A-REM-05, 06). No I/O, no clock.

| from | to | by |
|---|---|---|
| - | checking | the follower typed VIN, ID number and mobile |
| checking | rejected | no car, or not all three match: one answer |
| checking | vin_wanted | several cars of one owner end alike (S-07) |
| checking | code_sent | one car, while the follower waits |
| checking | matched | one car, but the follower will have left |
| matched, code_sent | code_sent | the follower asks for a code, or another one |
| code_sent | matched | the code could not be sent |
| code_sent | active | the right code in time |
| code_sent | rejected | the right code, but the car has another owner by now |
| code_sent | locked | the tries of a code are used up |
| checking, matched, code_sent | expired, locked, limited | time, wrong codes of the follower, too many of something in a day |

What was typed, whom it matched and the code's hash are dropped with the end. The ID number is never kept: it goes to the DMS in one
command, and nothing here needs it again.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.customers import RegistrationState as State
from contracts.dms import Owner

PATIENCE = timedelta(minutes=2)  # so long a follower looks at a page that says "checking" (flows 1.1)
CODE_HOLDS = timedelta(minutes=5)  # S-08
CODE_TRIES = 5  # S-08
NEXT_CODE_AFTER = timedelta(seconds=60)  # an SMS takes seconds; who asks sooner is impatient or a program
LINK_HOLDS = timedelta(days=1)  # who was sent a link after a late match, or cannot be sent a code, comes back the same day or begins anew
CHECK_HOLDS = timedelta(days=3)  # a DMS that is away for longer will be asked anew

OPEN = frozenset({State.CHECKING, State.MATCHED, State.CODE_SENT})
"""All others are ends: only a new registration leads on."""

SHORT_VIN, WHOLE_VIN = 8, 17


@dataclass(frozen=True)
class Typed:
    """What the answer of the DMS is held against."""

    vin: str
    mobile: str


@dataclass(frozen=True)
class Code:
    """The code that was sent last: its keyed hash, and what it is still good for."""

    hash: str
    expires_at: datetime
    next_at: datetime
    tries_left: int = CODE_TRIES


@dataclass(frozen=True)
class Registration:
    """One attempt of one follower to be bound to one car. `version` counts its steps; `lapses_at` is when it ends by itself."""

    registration_id: UUID
    account: str
    follower_id: UUID
    openid: str
    address_key: str
    submitted_at: datetime
    asked_at: datetime
    lapses_at: datetime | None
    typed: Typed | None
    owner: Owner | None = None
    state: State = State.CHECKING
    version: int = 1
    late: bool = False
    code_no: int = 0
    code: Code | None = None
    binding_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def has_lapsed(self, now: datetime) -> bool:
        return self.lapses_at is not None and self.lapses_at <= now

    def judge(self, owners: Iterable[Owner], now: datetime) -> "Registration":
        """The DMS has answered. It is not believed blindly: what does not match what was typed is no match."""
        if self.state is not State.CHECKING or self.typed is None:
            return self
        late = now - self.submitted_at > PATIENCE
        cars = matching(owners, self.typed)
        if not cars:
            return self.end(State.REJECTED, late=late)
        if len({car.vin for car in cars}) > 1:
            return self.end(State.VIN_WANTED, late=late)
        return self._step(state=State.MATCHED, owner=cars[0], typed=None, late=late, lapses_at=now + LINK_HOLDS)

    def may_have_code(self, now: datetime) -> bool:
        if self.state is State.MATCHED:
            return True
        return self.state is State.CODE_SENT and self.code is not None and self.code.next_at <= now

    def code_sent(self, hash: str, now: datetime) -> "Registration":
        """Only the newest code counts. Whoever asked for it is there, so nothing of this registration is late any more."""
        expires_at = now + CODE_HOLDS
        code = Code(hash=hash, expires_at=expires_at, next_at=now + NEXT_CODE_AFTER)
        return self._step(state=State.CODE_SENT, code_no=self.code_no + 1, code=code, lapses_at=expires_at, late=False)

    def code_refused(self, code_no: int, now: datetime) -> "Registration":
        """It will not arrive: nobody is asked for it, and the follower need not wait before asking for another."""
        if self.code is None or code_no != self.code_no:
            return self
        return self._step(state=State.MATCHED, code=None, lapses_at=now + LINK_HOLDS)

    def guessed_wrong(self) -> "Registration":
        """The last try locks it."""
        if self.code is None:
            return self
        left = self.code.tries_left - 1
        return self._step(code=replace(self.code, tries_left=left)) if left > 0 else self.end(State.LOCKED)

    def activate(self, binding_id: UUID) -> "Registration":
        return replace(self.end(State.ACTIVE), binding_id=binding_id)

    def lapse(self) -> "Registration":
        """Its time is over. Who waited for the DMS until then has left long ago."""
        return self.end(State.EXPIRED, late=self.state is State.CHECKING)

    def end(self, state: State, *, late: bool = False) -> "Registration":
        """Ended once is ended."""
        if not self.is_open:
            return self
        return self._step(state=state, late=late, typed=None, owner=None, code=None, lapses_at=None)

    def _step(self, **facts: Any) -> "Registration":
        return replace(self, **facts, version=self.version + 1)


def matching(owners: Iterable[Owner], typed: Typed) -> list[Owner]:
    """Of what the DMS found, the cars whose VIN and owner's mobile are the typed ones."""
    if len(typed.vin) not in (SHORT_VIN, WHOLE_VIN):
        return []
    found = [owner.model_copy(update={"vin": plain(owner.vin)}) for owner in owners]
    return [owner for owner in found if owner.vin.endswith(typed.vin) and mobile_of(owner.mobile) == typed.mobile]


def plain(text: str) -> str:
    """A VIN or an ID number without spaces and in capitals."""
    return re.sub(r"\s", "", text).upper()


def mobile_of(text: str) -> str:
    """11 digits, however it was written: `+86 138-0013-8000` is 13800138000."""
    return re.sub(r"^(?:\+|00)?86(?=\d{11}$)", "", re.sub(r"[\s-]", "", text))


@dataclass(frozen=True)
class Consent:
    """What a follower once said about being registered."""

    text_version: str
    granted: bool
    given_at: datetime


def has_agreed(said: Sequence[Consent], text_version: str) -> bool:
    """To this text, and not taken back since under any."""
    of_this_text = [one for one in said if one.text_version == text_version]
    return _last_word(of_this_text) and _last_word(said)


def has_taken_back(said: Sequence[Consent], since: datetime | None = None) -> bool:
    """The last word is no, and was said `since` then: what was said before does not count against who agreed after it."""
    heard = [one for one in said if since is None or one.given_at >= since]
    return bool(heard) and not _last_word(heard)


def _last_word(said: Sequence[Consent]) -> bool:
    """The newest counts, in whichever order they came; of two at one moment the no."""
    return bool(said) and max(said, key=lambda one: (one.given_at, not one.granted)).granted
