"""The entrypoints of this part."""

from datetime import datetime

from chassis.clock import Clock
from chassis.database import Database, Transaction
from chassis.entrypoints import handles
from chassis.settings import Reminders
from chassis.timers import turns
from contracts.appointments import (
    AppointmentArrived,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentKept,
    AppointmentNews,
    AppointmentNoShow,
    AppointmentRequested,
    AppointmentRescheduled,
    AppointmentTransferred,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
)
from contracts.dms import VisitArrived, VisitClosed
from contracts.reminder_exchange import ReminderDecided, ReminderSlipSaved
from contracts.reminders import OpenReminder, SetReminderWish
from services.reminders.days import period_at, period_before
from services.reminders.facts import learning
from services.reminders.facts.intake import Intake
from services.reminders.following import made, period_end, telling, wishes
from services.reminders.following.bookings import keep_booking
from services.reminders.following.decisions import decide
from services.reminders.following.learning import Learnt, learnt
from services.reminders.following.slips import items_naming, keep_slip
from services.reminders.following.transitions import Decided
from services.reminders.following.visits import days_of, first_period, keep_visit, look_back


class HandlesFollowing:
    """Mixed into the service (services/reminders/service.py). What comes is written down; then its items are worked out anew."""

    terms: Reminders
    now: Clock

    @handles(ReminderSlipSaved)
    def on_slip_saved(self, message: ReminderSlipSaved, tx: Transaction) -> None:
        """A-REM-29..31. One that came before its item waits for it."""
        keep_slip(tx, message)
        learnt(tx, Learnt(self.now(), self.terms, item_id=message.item_id))

    @handles(ReminderDecided)
    def on_decided(self, message: ReminderDecided, tx: Transaction) -> None:
        """A-REM-40..44"""
        said = Decided(message.decision, message.reason, message.staff_id, "csc", message.decided_at)
        decide(tx, [message.item_id], said, self.now(), self.terms)

    @handles(VisitArrived)
    @handles(VisitClosed)
    def on_visit(self, message: VisitArrived | VisitClosed, tx: Transaction) -> None:
        """A-REM-35. Cars are held before their items, as where their facts come from elsewhere."""
        now: datetime = self.now()
        wrong = keep_visit(tx, message)
        intake = Intake(tx, self.terms, now)
        for vehicle_id in sorted({message.vehicle_id, wrong.vehicle_id} if wrong else {message.vehicle_id}):
            intake.learn(vehicle_id, message.vin, lambda car: learning.visited(car, *days_of(tx, car.vehicle_id)))
        learnt(tx, Learnt(now, self.terms, vehicle_id=message.vehicle_id, period=first_period(message.arrived_at, self.terms)))
        if wrong:
            look_back(tx, wrong, now, self.terms)

    @handles(AppointmentRequested)
    @handles(AppointmentTurnedDown)
    @handles(AppointmentUnreachable)
    @handles(AppointmentDeclined)
    @handles(AppointmentWithdrawn)
    @handles(AppointmentConfirmed)
    @handles(AppointmentCancelled)
    @handles(AppointmentRescheduled)
    @handles(AppointmentKept)
    @handles(AppointmentTransferred)
    @handles(AppointmentArrived)
    @handles(AppointmentNoShow)
    def on_appointment(self, message: AppointmentNews, tx: Transaction) -> None:
        """A-REM-25. Where it goes on at another dealer, that one is news of its own.

        A slip of the month before may have been filled in meanwhile, and name it: those items are held, too.
        """
        now: datetime = self.now()
        first = period_before(period_at(keep_booking(tx, message, now)))
        named = (Learnt(now, self.terms, item_id=one) for one in items_naming(tx, message.appointment_id))
        learnt(tx, Learnt(now, self.terms, vehicle_id=message.vehicle_id, period=first), *named)

    @handles(OpenReminder)
    def on_opened(self, message: OpenReminder, tx: Transaction) -> None:
        """A-REM-24"""
        telling.opened(tx, message, self.now(), self.terms)

    @handles(SetReminderWish)
    def on_wish(self, message: SetReminderWish, tx: Transaction) -> None:
        wishes.hear(tx, message)

    @turns(30.0)
    def look_at_made(self, database: Database) -> bool:
        """A-REM-25: of cars that are expected at the workshop already."""
        return made.look_at_booked(database, self.now(), self.terms)

    @turns(60.0)
    def end_periods(self, database: Database) -> bool:
        """The month is over: lists, and what is carried over (A-REM-38..44). True: there is more of it."""
        return period_end.turn(database, self.now(), self.terms)
