"""What an appointment is, and what it learns step by step (flows 3.2, A-APT-09..22, 28). No I/O, no clock, no framework.

News may come twice, late or out of order, and must end as in order. So a step adds a fact and never takes one away, of two versions of a
task or slip the higher one counts, and the state is read off the facts by the table in standing.py. What is closed never opens again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from contracts.appointments import ServiceItem, State
from contracts.csc import Call
from services.appointments.hours import day_of, end_of
from services.appointments.standing import AGREED, CLOSED, WITHOUT_SLIP, reason_of, state_of
from services.appointments.visits import Visit
from services.appointments.wishes import Asked, Car, Rules, Wish, first_of, never_reached, why_not, why_not_on

MOST_REPLACED = 40  # requests within which the DMS answers; the day that it keeps must be among them


@dataclass(frozen=True)
class Slip:
    """The slip (客户预约单) as CSC made it (A-APT-19), and which request it answers."""

    id: str
    version: int
    dealer_code: str
    appointment_at: datetime
    items: tuple[ServiceItem, ...]
    confirmed_by: str
    request_no: int = 1

    @property
    def key(self) -> tuple[int, str]:
        """Of two slips the higher version counts; of two with one version, so that all agree, the higher number."""
        return self.version, self.id

    @property
    def day(self) -> date:
        return day_of(self.appointment_at)


@dataclass(frozen=True)
class Appointment:
    """A wish for a day at a service provider, and all that is known of it. `version` counts what was learnt."""

    wish: Wish
    car: Car | None = None
    version: int = 1
    predecessor_id: UUID | None = None  # what was transferred to become this one
    turned_away: str = ""  # our own no
    dms_asked: bool = False
    dms_no: str | None = None
    refused: str = ""  # the DMS's no
    answered_no: int = 1  # the highest request of the follower that has been granted or not
    kept_because: str = ""  # why the last thing that the follower asked for could not be done
    replaced: tuple[Asked, ...] = ()  # earlier requests, the newest last: what stands again if the DMS refuses another day
    call_due_at: datetime | None = None  # set when CSC is asked to call
    task_id: str | None = None
    task_version: int = 0
    attempts: int = 0  # calls that did not reach the follower
    first_due_at: datetime | None = None  # by when the first call was due, whatever was asked for since
    first_call_at: datetime | None = None
    reached_at: datetime | None = None  # the first call that reached the follower
    given_up: bool = False  # after too many of them
    day_passed: bool = False  # before anything was agreed
    declined: bool = False
    transferred_to: str = ""  # the other dealer
    slip: Slip | None = None
    called_off: str = ""  # CSC cancelled the slip
    on_record: tuple[int, str] = (0, "")  # the key of the slip that the DMS keeps
    announced: int = 0  # our version that told of the slip on record; 0 = not told of this slip
    sent: int = 0  # the highest version whose confirmation went out
    missed: tuple[int, str] = (0, "")  # the key of the slip on whose day nobody came
    visit_id: UUID | None = None
    arrived_at: datetime | None = None
    completed_at: datetime | None = None
    taken_back: bool = False
    taken_back_because: str = ""  # the follower's own words
    troubles: frozenset[str] = frozenset()  # what an operator should look at

    @property
    def id(self) -> UUID:
        return self.wish.appointment_id

    @property
    def state(self) -> State:
        return state_of(self)

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED

    @property
    def open_key(self) -> str | None:
        """The car and the day that it keeps from a second request: no more once it is over, or the car came in."""
        return self.wish.open_key if self.is_open and self.visit_id is None else None

    @property
    def visit(self) -> Visit | None:
        if self.visit_id is None or self.arrived_at is None:
            return None
        return Visit(self.visit_id, self.wish.vehicle_id, self.arrived_at, self.completed_at)

    @property
    def reason(self) -> str:
        return reason_of(self)

    @property
    def successor_id(self) -> UUID | None:
        """The appointment at the other dealer: the same however often the transfer is heard of."""
        return uuid5(self.id, f"transfer:{self.transferred_to}") if self.transferred_to else None

    def take_back(self, follower_id: UUID, because: str, now: datetime, rules: Rules) -> "Appointment":
        """Only who asked for it may take it back, and from the cut-off on nobody: the workshop has made ready (flows 3.2)."""
        if follower_id != self.wish.follower_id or self.taken_back:
            return self
        if self._too_late(now, rules):
            return self._learn(kept_because="too_late")
        return self._learn(taken_back=True, taken_back_because=because, kept_because="")

    def reschedule(self, wanted: Wish, now: datetime, rules: Rules, due: datetime) -> "Appointment":
        """The day and slot of a later request. A slip that is there holds until CSC makes a new one.

        `due` is by when CSC is to call again, if it was asked to call at all.
        """
        if wanted.follower_id != self.wish.follower_id or wanted.request_no <= self.answered_no:
            return self
        if no := self._why_not_moved(wanted.requested_date, now, rules):
            return self.keep_as_it_is(wanted.request_no, no)
        return self._learn(
            wish=wanted,
            replaced=(*self.replaced, self.wish.asked)[-MOST_REPLACED:],
            answered_no=wanted.request_no,
            kept_because="",
            call_due_at=due if self.call_due_at else None,
        )

    def keep_as_it_is(self, request_no: int, because: str) -> "Appointment":
        """The follower's request for another day is answered with no: nothing else changes."""
        return self._learn(answered_no=max(self.answered_no, request_no), kept_because=because)

    def move_refused(self, request_no: int, reason: str) -> "Appointment":
        """The DMS will not have it on the other day: the newest request that it did not refuse stands again.

        What was agreed on the phone meanwhile is no wish any more, and the DMS's word on that slip is what counts.
        """
        if not self.is_open or not self.replaced:
            return self
        if request_no != self.wish.request_no:
            return self._learn(replaced=tuple(one for one in self.replaced if one.request_no != request_no))
        *earlier, stands = self.replaced
        agreed = self.slip is not None and self.slip.request_no >= request_no
        kept_because = self.kept_because if agreed else reason
        return self._learn(wish=replace(self.wish, **stands._asdict()), replaced=tuple(earlier), kept_because=kept_because)

    def give_way(self) -> "Appointment":
        """It cannot go back to its day: the car has another appointment on it by now."""
        return self._learn(called_off=self.called_off or "already_booked")

    def stored(self, dms_no: str, call_due_at: datetime) -> "Appointment":
        """The DMS has it on record; CSC is asked to call unless it is over by now (A-APT-12, 13)."""
        if self.dms_no:
            return self
        return self._learn(dms_no=dms_no, first_due_at=call_due_at, call_due_at=call_due_at if self.is_open else None)

    def refuse(self, reason: str) -> "Appointment":
        """The DMS says no, at once or later: a slip made meanwhile does not help, the dealer will not take the car."""
        return self if self.refused else self._learn(refused=reason)

    def task_made(self, task_id: str) -> "Appointment":
        return self if self.task_id else self._learn(task_id=task_id)

    def task_refused(self, reason: str) -> "Appointment":
        return self._trouble(f"task_refused:{reason}")

    def called(self, log: "CallLog", rules: Rules) -> "Appointment":
        """The call-back task in full (A-APT-14..17).

        Declining, giving up and going elsewhere are final, so they count in whichever version they come. Nobody is sent elsewhere with
        what they took back; to be sent to where it is already changes nothing.
        """
        facts: dict[str, Any] = {
            "task_id": self.task_id or log.task_id,
            "declined": self.declined or log.declined,
            "given_up": self.given_up or never_reached(log.calls, rules.most_attempts),
            "first_call_at": first_of(self.first_call_at, *(call.at for call in log.calls)),
            "reached_at": first_of(self.reached_at, *(call.at for call in log.calls if call.result == "reached")),
        }
        if log.version > self.task_version:
            facts |= {"task_version": log.version, "attempts": sum(call.result != "reached" for call in log.calls)}
        if log.transferred_to not in ("", self.wish.dealer_code) and not self.taken_back:
            facts["transferred_to"] = self.transferred_to or log.transferred_to
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
        """The message that told of this version of ours went out (A-APT-21, 22)."""
        return self._learn(sent=max(self.sent, version))

    def confirmation_failed(self, version: int, reason: str) -> "Appointment":
        """It stays as it is; the follower must hear of it in another way."""
        return self._trouble(f"confirmation_failed:{version}:{reason}")

    def visited(self, visit: Visit) -> "Appointment":
        """The car came in, and perhaps left again (A-APT-28). The first visit counts, and none for what is closed."""
        if not self.is_open or self.visit_id not in (None, visit.id):
            return self
        arrived_at, completed_at = self.arrived_at or visit.arrived_at, self.completed_at or visit.closed_at
        return self._learn(visit_id=visit.id, arrived_at=arrived_at, completed_at=completed_at)

    def give_up_on_its_day(self, now: datetime) -> "Appointment":
        """Nothing was agreed while there was time (flows 3.2: to_call → unreachable)."""
        over = self.state in WITHOUT_SLIP and end_of(self.wish.requested_date) <= now
        return self._learn(day_passed=True) if over else self

    def notice_absence(self, now: datetime, rules: Rules) -> "Appointment":
        """Nobody came on the day of the slip, nor on one asked for since (flows 3.2: no_show). A later visit or slip sets it right."""
        if self.slip is None or self.state not in AGREED:
            return self
        last = max(self.slip.day, self.wish.requested_date) if self.state is State.RESCHEDULED else self.slip.day
        return self._learn(missed=self.slip.key) if end_of(last) + rules.no_show_after <= now else self

    def _too_late(self, now: datetime, rules: Rules) -> bool:
        """Never before a slip; never for what is closed; no more once the day of a slip that was to be replaced is over."""
        if not self.is_open:
            return False
        if self.visit_id is not None or self.slip is None:
            return self.visit_id is not None
        has_passed = self.state is State.RESCHEDULED and end_of(self.slip.day) <= now
        return not has_passed and self.slip.appointment_at - rules.cancel_until < now

    def _why_not_moved(self, day: date, now: datetime, rules: Rules) -> str:
        if not self.is_open:
            return "closed"
        if self.car is None or not self.car.active:
            return "not_your_car"
        return "too_late" if self._too_late(now, rules) else why_not_on(day, now, rules)

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
        """A slip on record that was not told of; whoever is here already need not be told."""
        on_record = self.slip is not None and self.slip.key == self.on_record
        return on_record and not self.announced and self.is_open and self.visit_id is None


@dataclass(frozen=True)
class CallLog:
    """CSC's task in full."""

    task_id: str
    version: int
    calls: Sequence[Call] = ()
    declined: bool = False
    transferred_to: str = ""


def consider(wish: Wish, car: Car | None, now: datetime, rules: Rules) -> Appointment:
    """Turn away what cannot be met; ask the DMS for any other (A-APT-09)."""
    begun = Appointment(wish=wish, car=car, dms_asked=True)
    reason = why_not(wish, car, now, rules)
    return turned_away(begun, reason) if reason else begun


def turned_away(begun: Appointment, reason: str) -> Appointment:
    """Nobody is asked for anything."""
    return replace(begun, dms_asked=False, turned_away=reason)


def withdrawn_unseen(begun: Appointment, because: str) -> Appointment:
    """The follower took it back, and that overtook the wish: nobody is asked for anything."""
    return replace(begun, dms_asked=False, taken_back=True, taken_back_because=because)


def successor_of(old: Appointment, id: UUID, car: Car | None) -> Appointment:
    """The same wish at the dealer that was agreed on by phone: only who is bound to the car any more is asked (flows 3.2: transferred)."""
    wish = replace(old.wish, appointment_id=id, dealer_code=old.transferred_to, source="phone", request_no=1)
    begun = Appointment(wish=wish, car=car, predecessor_id=old.id, dms_asked=True)
    return begun if car is not None and car.active else turned_away(begun, "not_your_car")
