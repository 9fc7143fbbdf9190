"""What an appointment is, and how its state follows from what is known of it (flows 3.2, A-APT-09..22). No I/O, no clock, no framework.

News may come twice, late or out of order, and must end as in order. So a step adds a fact and never takes one away, of two versions of a
task or slip the higher one counts, and the state is read off the facts by the table `STANDING`. A closed appointment never opens again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.appointments import ServiceItem, State
from contracts.csc import Call

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
OPENING = time(8, 30)  # the workshop takes the first car of the day
CLOSING = time(17, 30)  # and the DCRC makes the last call of it
NOTICE = timedelta(hours=2)  # a workshop needs this long to prepare
FURTHEST = timedelta(days=90)  # dealers plan their workshop a quarter ahead
CALL_WITHIN = timedelta(hours=2)  # working hours until the call-back is due (S-20)
MOST_ATTEMPTS = 5  # calls that did not reach the follower before we give up (S-20)

CLOSED = frozenset({State.REJECTED, State.UNREACHABLE, State.DECLINED, State.WITHDRAWN, State.CANCELLED})
"""Nothing more will come of it. Between these the word may still change as older news arrives, and nobody is asked for anything again."""


@dataclass(frozen=True)
class Wish:
    """What the follower asked for (A-APT-09, 11)."""

    appointment_id: UUID
    follower_id: UUID
    vehicle_id: UUID
    dealer_code: str
    requested_date: date
    items: tuple[ServiceItem, ...]
    submitted_at: datetime
    mileage_km: int | None = None
    concern: str | None = None
    source: str = "menu"


@dataclass(frozen=True)
class Car:
    """The follower's car and whose it is, as `services/customers` last told. `active` false: not bound to this follower any more."""

    binding_id: UUID
    customer_id: str
    vin: str
    name: str
    mobile: str
    active: bool = True


@dataclass(frozen=True)
class Slip:
    """The slip (客户预约单) as CSC made it (A-APT-19)."""

    id: str
    version: int
    dealer_code: str
    appointment_at: datetime
    items: tuple[ServiceItem, ...]
    confirmed_by: str

    @property
    def key(self) -> tuple[int, str]:
        """Of two slips the higher version counts; of two with one version, so that all agree, the higher number."""
        return self.version, self.id


@dataclass(frozen=True)
class Appointment:
    """A wish for a day at a service provider, and all that is known of it. `version` counts what was learnt."""

    wish: Wish
    car: Car | None = None
    version: int = 1
    turned_away: str = ""  # our own no
    dms_asked: bool = False
    dms_no: str | None = None
    refused: str = ""  # the DMS's no
    call_due_at: datetime | None = None  # set when CSC is asked to call
    task_id: str | None = None
    task_version: int = 0
    attempts: int = 0  # calls that did not reach the follower
    given_up: bool = False
    declined: bool = False
    slip: Slip | None = None
    called_off: str = ""  # CSC cancelled the slip
    on_record: tuple[int, str] = (0, "")  # the key of the slip that the DMS keeps
    announced: int = 0  # our version that told of the slip on record; 0 = not told of this slip
    sent: int = 0  # the highest version whose confirmation WeChat took
    taken_back: bool = False
    taken_back_because: str = ""  # the follower's own words
    troubles: frozenset[str] = frozenset()  # what an operator should look at

    @property
    def id(self) -> UUID:
        return self.wish.appointment_id

    @property
    def state(self) -> State:
        return next(state for state, holds in STANDING if holds(self))

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED

    @property
    def reason(self) -> str:
        """Why it is closed, as a code; empty while it is open."""
        return next((code for code in _reasons(self) if code), "") if self.state in CLOSED else ""

    def take_back(self, follower_id: UUID, because: str) -> "Appointment":
        """Only who asked for it may take it back."""
        if follower_id != self.wish.follower_id or self.taken_back:
            return self
        return self._learn(taken_back=True, taken_back_because=because)

    def stored(self, dms_no: str, call_due_at: datetime) -> "Appointment":
        """The DMS has it on record; CSC is asked to call unless it is over by now (A-APT-12, 13)."""
        if self.dms_no:
            return self
        return self._learn(dms_no=dms_no, call_due_at=call_due_at if self.is_open else None)

    def refuse(self, reason: str) -> "Appointment":
        """The DMS says no, at once or later: a slip made meanwhile does not help, the dealer will not take the car."""
        return self if self.refused else self._learn(refused=reason)

    def task_made(self, task_id: str) -> "Appointment":
        return self if self.task_id else self._learn(task_id=task_id)

    def task_refused(self, reason: str) -> "Appointment":
        return self._trouble(f"task_refused:{reason}")

    def called(self, task_id: str, version: int, calls: Sequence[Call], *, declined: bool) -> "Appointment":
        """The call-back task in full. Declining and giving up are final, so they count in whichever version they come (A-APT-14..17)."""
        facts: dict[str, Any] = {
            "task_id": self.task_id or task_id,
            "declined": self.declined or declined,
            "given_up": self.given_up or never_reached(calls),
        }
        if version > self.task_version:
            facts |= {"task_version": version, "attempts": sum(call.result != "reached" for call in calls)}
        return self._learn(**facts)

    def slip_saved(self, slip: Slip, *, called_off: str = "") -> "Appointment":
        """A slip confirms a request that is waiting; a newer one moves the appointment; neither revives a closed one (A-APT-18, 19).

        `called_off` is why CSC cancelled it, if it did. That is final: who wants to come after all asks for another appointment.
        """
        facts: dict[str, Any] = {"called_off": self.called_off or called_off}
        if self.slip is None or slip.key > self.slip.key:
            facts |= {"slip": slip, "announced": 0}
        return self._learn(**facts)

    def slip_stored(self, slip_id: str, version: int) -> "Appointment":
        """The DMS keeps this version of the slip (A-APT-20)."""
        return self._learn(on_record=max(self.on_record, (version, slip_id)))

    def slip_refused(self, slip_id: str, version: int, reason: str) -> "Appointment":
        return self._trouble(f"slip_refused:{slip_id}:{version}:{reason}")

    def confirmation_sent(self, version: int) -> "Appointment":
        """WeChat took the message that told of this version of ours (A-APT-21, 22)."""
        return self._learn(sent=max(self.sent, version))

    def confirmation_failed(self, version: int, reason: str) -> "Appointment":
        """It stays as it is; the follower must hear of it in another way."""
        return self._trouble(f"confirmation_failed:{version}:{reason}")

    def _trouble(self, code: str) -> "Appointment":
        return self._learn(troubles=self.troubles | {code})

    def _learn(self, **facts: Any) -> "Appointment":
        """What teaches nothing new changes nothing."""
        after = replace(self, **facts)
        if after == self:
            return self
        after = replace(after, version=self.version + 1)
        return replace(after, announced=after.version) if after._can_be_announced() else after

    def _can_be_announced(self) -> bool:
        return self.is_open and self.slip is not None and self.slip.key == self.on_record and not self.announced


STANDING: tuple[tuple[State, Callable[[Appointment], bool]], ...] = (
    # The first that holds. Closed first: the follower's own word, then the dealer's, then CSC's.
    (State.CANCELLED, lambda a: a.taken_back and a.slip is not None),
    (State.WITHDRAWN, lambda a: a.taken_back),
    (State.REJECTED, lambda a: bool(a.turned_away or a.refused)),
    (State.DECLINED, lambda a: a.declined),
    (State.UNREACHABLE, lambda a: a.given_up),
    (State.CANCELLED, lambda a: bool(a.called_off)),
    # Open: CSC's news may overtake each other, so a slip confirms what is not yet `to_call`.
    (State.NOTIFIED, lambda a: 0 < a.announced <= a.sent),
    (State.CONFIRMED, lambda a: a.slip is not None),
    (State.TO_CALL, lambda a: a.task_id is not None),
    (State.REQUESTED, lambda _: True),
)


def _reasons(a: Appointment) -> tuple[str, ...]:
    """In the order of `STANDING`."""
    return (
        "by_follower" if a.taken_back else "",
        a.turned_away,
        a.refused,
        "declined" if a.declined else "",
        "unreachable" if a.given_up else "",
        a.called_off,
    )


def never_reached(calls: Sequence[Call]) -> bool:
    """Five calls before any that reached. Later ones do not count: who was reached once is in the DCRC's hands."""
    in_time = sorted(calls, key=lambda call: call.at)
    return len(list(takewhile(lambda call: call.result != "reached", in_time))) >= MOST_ATTEMPTS


def consider(wish: Wish, car: Car | None, now: datetime) -> Appointment:
    """Turn away what cannot be met; ask the DMS for any other (A-APT-09)."""
    reason = why_not(wish, car, now)
    return Appointment(wish=wish, car=car, turned_away=reason, dms_asked=not reason)


def why_not(wish: Wish, car: Car | None, now: datetime) -> str:
    """A code for why the wish cannot be met; empty when it can."""
    today = now.astimezone(BUSINESS_ZONE).date()
    if car is None or not car.active:
        return "not_your_car"
    if wish.requested_date < today:
        return "past_day"
    if opening_of(wish.requested_date) < now + NOTICE:
        return "too_soon"
    if wish.requested_date > today + FURTHEST:
        return "too_far"
    return ""


def withdrawn_unseen(begun: Appointment, because: str) -> Appointment:
    """The follower took it back, and that overtook the wish: nobody is asked for anything."""
    return replace(begun, dms_asked=False, taken_back=True, taken_back_because=because)


def opening_of(day: date) -> datetime:
    return datetime.combine(day, OPENING, BUSINESS_ZONE)


def call_due(since: datetime) -> datetime:
    """Two working hours later; what is left of them at closing time is for the next morning."""
    local = since.astimezone(BUSINESS_ZONE)
    begin = max(local, opening_of(local.date()))
    closing = datetime.combine(local.date(), CLOSING, BUSINESS_ZONE)
    if begin + CALL_WITHIN <= closing:
        return begin + CALL_WITHIN
    worked = max(closing - begin, timedelta(0))
    return opening_of(local.date() + timedelta(days=1)) + (CALL_WITHIN - worked)
