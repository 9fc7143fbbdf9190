"""What happens to a few hundred cars from December 2026 to January 2027, as DMS, CSC, WeChat and followers would tell of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from contracts.appointments import (
    AppointmentArrived,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentKept,
    AppointmentNoShow,
    AppointmentRequested,
    AppointmentRescheduled,
    AppointmentTransferred,
    AppointmentUnreachable,
    AppointmentWithdrawn,
    State,
)
from contracts.envelope import Contract
from contracts.messaging import ReminderMessageDelivered, ReminderMessageFailed, ReminderMessageSent
from contracts.reminders import OpenReminder
from tests.services.reminders.following.followed import (
    DECEMBER,
    FOLLOWER,
    JANUARY,
    a_call,
    a_decision,
    a_slip,
    a_visit,
    an_appointment,
    at,
    due,
)
from tests.services.reminders.reminder_rows import a_car

RUNS = {DECEMBER: UUID(int=1), JANUARY: UUID(int=2)}
BEGIN = at("12-01", "00:00")
ENDS = (
    (AppointmentCancelled, State.CANCELLED),
    (AppointmentDeclined, State.DECLINED),
    (AppointmentWithdrawn, State.WITHDRAWN),
    (AppointmentUnreachable, State.UNREACHABLE),
    (AppointmentNoShow, State.NO_SHOW),
    (AppointmentArrived, State.ARRIVED),
)
RESULTS = ("no_answer", "busy", "reached", "reached", "refused")
TYPES = ("maintenance", "insurance", "inspection", "campaign", "birthday")


class Happening(NamedTuple):
    moment: datetime
    message: Contract


class Life:
    """One car: its rows to begin with, and what happens."""

    def __init__(self, random: Random, neighbours: Sequence[UUID]) -> None:
        """`neighbours`: cars that a visit of this one may be taken for, or the other way round."""
        self._random = random
        self.vehicle_id = self._id()
        self._neighbours = neighbours or [self.vehicle_id]
        self._booked: list[UUID] = []
        self.car = a_car(vehicle_id=self.vehicle_id, registered=random.random() < 0.5, dealer_code=f"CQ0{random.randint(1, 4)}")
        types = random.sample(TYPES, random.randint(1, 3))
        self.rows = [self._row(type) for type in types] + [self._row(type, JANUARY) for type in types[:1] if random.random() < 0.3]
        self.messages = [
            (self._id(), [row["item_id"] for row in self.rows if row["period"] != JANUARY]) for _ in range(random.randint(0, 2))
        ]

    def happenings(self) -> Iterator[Happening]:
        for message_id, _ in self.messages:
            yield from self._telling(message_id)
        for _ in range(self._random.randint(0, 2)):
            yield from self._booking()
        for row in self.rows:
            if row["contact_state"] != "none":
                yield from self._calls(row["item_id"])
                yield from self._decisions(row["item_id"])
        for _ in range(self._random.randint(0, 2)):
            yield from self._visit()

    def _row(self, type, period=DECEMBER):
        named = {
            "run_id": RUNS[period],
            "vehicle_id": self.vehicle_id,
            "dealer_code": self.car["dealer_code"],
            "registered": self.car["registered"],
        }
        return due(self._id(), type, period=period, wechat_state="queued" if self.car["registered"] else "none", **named)

    def _telling(self, message_id) -> Iterator[Happening]:
        sent = self._moment(0, 27)
        yield Happening(sent, ReminderMessageSent(message_id=message_id, attempt=1, at=sent))
        heard = sent + timedelta(minutes=self._random.randint(1, 600))
        if self._random.random() < 0.3:
            yield Happening(heard, ReminderMessageFailed(message_id=message_id, attempt=1, reason="user_blocked", at=heard))
            return
        yield Happening(heard, ReminderMessageDelivered(message_id=message_id, attempt=1, at=heard))
        if self._random.random() < 0.4:
            opened = heard + timedelta(hours=self._random.randint(1, 90))
            yield Happening(opened, OpenReminder(message_id=message_id, follower_id=FOLLOWER, opened_at=opened))

    def _calls(self, item_id) -> Iterator[Happening]:
        calls = []
        for moment in sorted(self._moment(1, 36) for _ in range(self._random.randint(0, 3))):
            calls.append(a_call(moment, self._random.choice(RESULTS)))
            booked = self._random.choice([self._id(), *self._booked]) if self._random.random() < 0.2 else None
            slip = a_slip(item_id, *calls, version=len(calls), saved=self._random.random() < 0.6, appointment_id=booked)
            yield Happening(moment, slip)

    def _decisions(self, item_id) -> Iterator[Happening]:
        for _ in range(self._random.choice((0, 0, 1, 1, 2))):
            decision, reason = self._random.choice((("carry", ""), ("drop", "done_elsewhere"), ("void", "vehicle_sold")))
            moment = self._moment(20, 36)
            yield Happening(moment, a_decision(item_id, decision, moment, reason, staff=f"M{self._random.randint(1, 3)}"))

    def _booking(self) -> Iterator[Happening]:
        moment, appointment_id = self._moment(1, 36), self._id()
        self._booked.append(appointment_id)
        link = self._random.choice([None, *(row["item_id"] for row in self.rows)])
        yield Happening(moment, self._news(moment, appointment_id, link))
        later, version = moment + timedelta(hours=self._random.randint(1, 40)), 2
        for contract, state, slip_at in self._moves(moment):
            day = (moment + timedelta(days=self._random.randint(0, 30))).date()
            yield Happening(
                later, self._news(moment, appointment_id, link, contract, state=state, version=version, day=day, slip_at=slip_at)
            )
            later, version = later + timedelta(hours=self._random.randint(1, 40)), version + 1
        end = self._random.random()
        if end < 0.3:
            contract, state = self._random.choice(ENDS)
            yield Happening(later, self._news(moment, appointment_id, link, contract, state=state, version=9))
        elif end < 0.5:
            over = self._news(moment, appointment_id, link, AppointmentTransferred, state=State.TRANSFERRED, version=9)
            yield Happening(later, over)
            yield Happening(later, self._news(moment, self._id(), link))

    def _news(self, moment, appointment_id, link, contract=AppointmentRequested, **changes):
        return an_appointment(moment, appointment_id.int, link=link, car=self.vehicle_id, contract=contract, **changes)

    def _moves(self, moment) -> Iterator[tuple[type, State, datetime | None]]:
        """Asked for on another day, agreed on the phone, kept where it was."""
        slip_at = None
        for _ in range(self._random.choice((0, 0, 1, 2, 3))):
            contract = self._random.choice((AppointmentRescheduled, AppointmentConfirmed, AppointmentKept))
            if contract is AppointmentConfirmed:
                slip_at = moment + timedelta(days=self._random.randint(1, 40))
            waits = State.RESCHEDULED if slip_at else State.TO_CALL
            state = waits if contract is AppointmentRescheduled else State.CONFIRMED if slip_at else State.TO_CALL
            yield contract, state, slip_at

    def _visit(self) -> Iterator[Happening]:
        """What is said at its end may be otherwise."""
        moment, number = self._moment(0, 45), self._id().int
        said = {"car": self.vehicle_id, "dealer": f"CQ0{self._random.randint(1, 4)}"}
        yield Happening(moment, a_visit(moment, number, **said))
        arrived, closed = moment, moment + timedelta(hours=5)
        if self._random.random() < 0.15:
            said["car"] = self._random.choice(self._neighbours)
        if self._random.random() < 0.15:
            arrived -= timedelta(days=self._random.randint(1, 30))
        if self._random.random() < 0.15:
            said["dealer"] = f"CQ0{self._random.randint(1, 4)}"
        yield Happening(closed, a_visit(arrived, number, **said, closed=closed))

    def _moment(self, first_day, last_day) -> datetime:
        return BEGIN + timedelta(seconds=self._random.randint(first_day * 86_400, last_day * 86_400))

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)
