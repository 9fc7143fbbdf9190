"""Turns a follower's wish for a service day into a slip that the dealer keeps, and follows it to the visit (flows 3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from nameko.extensions import DependencyProvider

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.runtime import ServiceRuntime
from chassis.timers import every
from contracts.appointments import RequestAppointment, RescheduleAppointment, WithdrawAppointment
from contracts.csc import AppointmentCallLogged, AppointmentSlipSaved, AppointmentTaskCreated, AppointmentTaskRefused
from contracts.customers import CustomerRegistered, CustomerUnregistered
from contracts.dms import (
    AppointmentMoveRefused,
    AppointmentRejected,
    AppointmentSlipRefused,
    AppointmentSlipStored,
    AppointmentStored,
    CapacitySet,
    VisitArrived,
    VisitClosed,
)
from contracts.messaging import AppointmentConfirmationFailed, AppointmentConfirmationSent
from services.appointments.capacity import Room, claims_of, days_of
from services.appointments.domain import Appointment, consider, successor_of, turned_away, withdrawn_unseen
from services.appointments.figures.handling import HandlesFigures
from services.appointments.hours import call_due
from services.appointments.news import news_of
from services.appointments.owner_store import OwnerStore
from services.appointments.places_store import PlacesStore
from services.appointments.readings import call_log_of, rules_of, slip_of, visit_of, wish_of
from services.appointments.store import AppointmentStore
from services.appointments.visit_store import VisitStore
from services.appointments.visits import Visit, best_of, match
from services.appointments.wishes import Car, Rules, Wish

OVERTAKING = timedelta(seconds=5)  # a wish may overtake the news that the follower has bound the car; after this it is no news any more
TRIES_FOR_BINDING = 2  # however old the wish is: where we were away ourselves, that news stands in the queue beside it
STRAYS_KEPT = timedelta(days=30)  # the news of a slip does not come later than that

log = get_logger(__name__)


class BookingRules(DependencyProvider):
    """`booking` of config.yaml, as the domain takes it."""

    runtime = ServiceRuntime()

    def start(self) -> None:
        self._rules = rules_of(self.runtime.process.settings.booking)

    def get_dependency(self, _worker_ctx: Any) -> Rules:
        return self._rules


class AppointmentsService(HandlesFigures):
    """The state of an appointment is decided here; the DMS and CSC ask for changes by their news."""

    name = "appointments"

    appointments = AppointmentStore()
    owners = OwnerStore()
    places = PlacesStore()
    visits = VisitStore()
    rules = BookingRules()
    now = Clock()

    @handles(RequestAppointment)
    def on_request(self, message: RequestAppointment, tx: Transaction) -> None:
        """A-APT-09. A repeat of a known id changes nothing."""
        if self.appointments.find(tx, message.appointment_id):
            return
        wish = wish_of(message)
        self._begin(tx, consider(wish, self._car_for(wish, tx), self.now(), self.rules))

    @handles(WithdrawAppointment)
    def on_withdraw(self, message: WithdrawAppointment, tx: Transaction) -> None:
        """What goes on at another dealer is taken back there."""
        before = self.appointments.find(tx, message.appointment_id)
        if before is None:
            self.appointments.keep_early_withdrawal(tx, message)
            before = self.appointments.find(tx, message.appointment_id)
        while before is not None and before.successor_id:
            before = self.appointments.get(tx, before.successor_id)
        if before is not None:
            self._keep(tx, before, before.take_back(message.follower_id, message.reason, self.now(), self.rules))

    @handles(RescheduleAppointment)
    def on_reschedule(self, message: RescheduleAppointment, tx: Transaction) -> None:
        """Another day, if there is a place."""
        before, now = self.appointments.get(tx, message.appointment_id), self.now()
        changes = {name: getattr(message, name) for name in ("follower_id", "requested_date", "slot", "request_no")}
        after = before.reschedule(replace(before.wish, **changes), now, self.rules, call_due(now))
        if after.wish != before.wish and (no := self._why_no_place(tx, before, after)):
            after = before.keep_as_it_is(message.request_no, no)
        self._keep(tx, before, after)

    @handles(AppointmentStored)
    def on_stored(self, message: AppointmentStored, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.stored(message.dms_no, call_due(self.now())))

    @handles(AppointmentRejected)
    def on_rejected(self, message: AppointmentRejected, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.refuse(message.reason))

    @handles(AppointmentMoveRefused)
    def on_move_refused(self, message: AppointmentMoveRefused, tx: Transaction) -> None:
        """It goes back to the day that the DMS has, place or not."""
        before = self.appointments.get(tx, message.appointment_id)
        after = before.move_refused(message.request_no, message.reason)
        if after.wish != before.wish and self.appointments.is_booked(tx, after.wish):
            after = before.give_way()
        self._keep(tx, before, after)

    @handles(AppointmentTaskCreated)
    def on_task_created(self, message: AppointmentTaskCreated, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.task_made(message.task_id))

    @handles(AppointmentTaskRefused)
    def on_task_refused(self, message: AppointmentTaskRefused, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.task_refused(message.reason))

    @handles(AppointmentCallLogged)
    def on_call_logged(self, message: AppointmentCallLogged, tx: Transaction) -> None:
        """A-APT-14..17. What is transferred goes on as another appointment, begun here and now and once."""
        before = self.appointments.get(tx, message.appointment_id)
        after = before.called(call_log_of(message), self.rules)
        if after.successor_id is None or before.successor_id:
            self._keep(tx, before, after)
            return
        car = self.owners.car_of(tx, after.wish.follower_id, after.wish.vehicle_id)
        successor = successor_of(after, after.successor_id, car)
        self._room(tx, before, successor)  # both days in the right order, before either is used
        self._keep(tx, before, after)
        self._begin(tx, successor)

    @handles(AppointmentSlipSaved)
    def on_slip_saved(self, message: AppointmentSlipSaved, tx: Transaction) -> None:
        """A-APT-18, 19. The visit that it is for may have been heard of already."""
        before = self.appointments.get(tx, message.appointment_id)
        called_off = (message.reason or "slip_cancelled") if message.slip_state == "cancelled" else ""
        after = before.slip_saved(slip_of(message), called_off=called_off)
        self._keep(tx, before, after)
        if after.slip != before.slip and (visit := best_of(self.visits.of_car(tx, after.wish.vehicle_id), after)):
            self.visits.drop(tx, visit.id)
            self._keep(tx, after, after.visited(visit))

    @handles(AppointmentSlipStored)
    def on_slip_stored(self, message: AppointmentSlipStored, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.slip_stored(message.slip_id, message.slip_version))

    @handles(AppointmentSlipRefused)
    def on_slip_refused(self, message: AppointmentSlipRefused, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.slip_refused(message.slip_id, message.slip_version, message.reason))

    @handles(AppointmentConfirmationSent)
    def on_confirmation_sent(self, message: AppointmentConfirmationSent, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.confirmation_sent(message.appointment_version))

    @handles(AppointmentConfirmationFailed)
    def on_confirmation_failed(self, message: AppointmentConfirmationFailed, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.confirmation_failed(message.appointment_version, message.reason))

    @handles(VisitArrived)
    @handles(VisitClosed)
    def on_visit(self, message: VisitArrived | VisitClosed, tx: Transaction) -> None:
        """A-APT-28."""
        self._place(tx, visit_of(message))

    @handles(CapacitySet)
    def on_capacity_set(self, message: CapacitySet, tx: Transaction) -> None:
        room = self.places.room_for(tx, message, self.appointments.open_on)
        room.set_to(message)
        self._keep_room(tx, room)

    @handles(CustomerRegistered)
    def on_registered(self, message: CustomerRegistered, tx: Transaction) -> None:
        self.owners.learn(tx, message)

    @handles(CustomerUnregistered)
    def on_unregistered(self, message: CustomerUnregistered, tx: Transaction) -> None:
        self.owners.learn(tx, message)

    @every(60)
    def give_up_on_past_days(self, tx: Transaction) -> None:
        """Nothing was agreed and the day is over: unreachable (S-20)."""
        now = self.now()
        past = self.appointments.past_their_day(tx, now)
        self._keep_all(tx, [(before, before.give_up_on_its_day(now)) for before in past])

    @every(60)
    def notice_absences(self, tx: Transaction) -> None:
        """Agreed, the day and the grace after it are over, and no visit: no-show (A-APT-28)."""
        now = self.now()
        past = self.appointments.past_their_slip(tx, now, self.rules.no_show_after)
        self._keep_all(tx, [(before, before.notice_absence(now, self.rules)) for before in past])

    @every(60)
    def forget_stray_visits(self, tx: Transaction) -> None:
        self.visits.forget_before(tx, self.now() - STRAYS_KEPT)

    def _car_for(self, wish: Wish, tx: Transaction) -> Car | None:
        """Raises Unavailable while the news of the binding may still be on its way."""
        car = self.owners.car_of(tx, wish.follower_id, wish.vehicle_id)
        if car is None and (tx.attempt < TRIES_FOR_BINDING or self.now() - wish.submitted_at < OVERTAKING):
            raise Unavailable("binding not known yet")
        return car

    def _begin(self, tx: Transaction, begun: Appointment) -> None:
        """Turned away at once when the car has one for that day or no place is left; what was agreed on by phone needs no free place.

        A withdrawal that overtook the wish is found once the wish is written (see the store).
        """
        room = self._room(tx, begun)
        if begun.is_open and (no := self._why_no_place(tx, None, begun)):
            begun = turned_away(begun, no)
        self.appointments.add(tx, begun)
        because = self.appointments.early_withdrawal(tx, begun.wish)
        if because is not None:
            begun = withdrawn_unseen(begun, because)
            self.appointments.save(tx, begun)
        room.move(None, begun)
        self._keep_room(tx, room)
        self.figures.moved(tx, None, begun)
        tx.tell(*news_of(None, begun))

    def _why_no_place(self, tx: Transaction, before: Appointment | None, after: Appointment) -> str:
        """A code; empty when it can be had. It is still to be had when it is taken: the day is held from here to the end."""
        room = self._room(tx, before, after)
        if self.appointments.is_booked(tx, after.wish):
            return "already_booked"
        return "" if after.predecessor_id and before is None else room.why_not(before, after)

    def _place(self, tx: Transaction, visit: Visit) -> None:
        """A visit that is no appointment's is kept a while: the news of the slip may be on its way."""
        before = self.appointments.of_visit(tx, visit.id)
        if before is None:
            visit = self.visits.keep(tx, visit)
            before = match(visit, self.appointments.of_car(tx, visit.vehicle_id))
        if before is not None:
            self.visits.drop(tx, visit.id)
            self._keep(tx, before, before.visited(visit))

    def _keep(self, tx: Transaction, before: Appointment, after: Appointment) -> None:
        self._keep_all(tx, [(before, after)])

    def _keep_all(self, tx: Transaction, steps: list[tuple[Appointment, Appointment]]) -> None:
        """Nothing learnt, nothing said."""
        learnt = [(before, after) for before, after in steps if after != before]
        moving = [(before, after) for before, after in learnt if claims_of(before) != claims_of(after)]
        room = self._room(tx, *(it for step in moving for it in step))
        for before, after in moving:
            room.move(before, after)
        for before, after in learnt:
            self.appointments.save(tx, after)
            self.figures.moved(tx, before, after)
            tx.tell(*news_of(before, after))
            if after.visit and before.is_open and not after.is_open:
                self._place(tx, after.visit)
            for trouble in after.troubles - before.troubles:
                log.warning("appointment_needs_an_operator", appointment=str(after.id), trouble=trouble.partition(":")[0])
        self._keep_room(tx, room)

    def _room(self, tx: Transaction, *appointments: Appointment | None) -> Room:
        """The days on which they hold places, locked until the end of the transaction."""
        return self.places.room(tx, days_of(*appointments), self.appointments.open_on)

    def _keep_room(self, tx: Transaction, room: Room) -> None:
        self.places.save(tx, room)
        tx.tell(*room.news())
