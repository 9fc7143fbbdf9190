"""Turns a follower's wish for a service day into a slip that the dealer keeps."""

from datetime import timedelta

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.errors import Unavailable
from chassis.logs import get_logger
from contracts.appointments import RequestAppointment, WithdrawAppointment
from contracts.csc import AppointmentCallLogged, AppointmentSlipSaved, AppointmentTaskCreated, AppointmentTaskRefused
from contracts.customers import CustomerRegistered, CustomerUnregistered
from contracts.dms import AppointmentRejected, AppointmentSlipRefused, AppointmentSlipStored, AppointmentStored
from contracts.messaging import AppointmentConfirmationFailed, AppointmentConfirmationSent
from services.appointments.domain import Appointment, Car, Slip, Wish, call_due, consider, withdrawn_unseen
from services.appointments.news import news_of
from services.appointments.store import AppointmentStore, OwnerStore

OVERTAKING = timedelta(seconds=5)  # a wish may overtake the news that the follower has bound the car; after this it is no news any more

log = get_logger(__name__)


class AppointmentsService:
    """The state of an appointment is decided here; the DMS and CSC ask for changes by their news."""

    name = "appointments"

    appointments = AppointmentStore()
    owners = OwnerStore()
    now = Clock()

    @handles(RequestAppointment)
    def on_request(self, message: RequestAppointment, tx: Transaction) -> None:
        """A repeat of a known id changes nothing. A withdrawal that overtook the wish is found once the wish is written (see the store)."""
        if self.appointments.find(tx, message.appointment_id):
            return
        wish = wish_of(message)
        after = consider(wish, self._car_for(wish, tx), self.now())
        self.appointments.add(tx, after)
        because = self.appointments.early_withdrawal(tx, wish)
        if because is not None:
            after = withdrawn_unseen(after, because)
            self.appointments.save(tx, after)
        tx.tell(*news_of(None, after))

    @handles(WithdrawAppointment)
    def on_withdraw(self, message: WithdrawAppointment, tx: Transaction) -> None:
        before = self.appointments.find(tx, message.appointment_id)
        if before is None:
            self.appointments.keep_early_withdrawal(tx, message)
            before = self.appointments.find(tx, message.appointment_id)
        if before is not None:
            self._keep(tx, before, before.take_back(message.follower_id, message.reason))

    @handles(AppointmentStored)
    def on_stored(self, message: AppointmentStored, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.stored(message.dms_no, call_due(self.now())))

    @handles(AppointmentRejected)
    def on_rejected(self, message: AppointmentRejected, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        self._keep(tx, before, before.refuse(message.reason))

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
        before = self.appointments.get(tx, message.appointment_id)
        declined = message.task_state == "declined"
        self._keep(tx, before, before.called(message.task_id, message.task_version, message.calls, declined=declined))

    @handles(AppointmentSlipSaved)
    def on_slip_saved(self, message: AppointmentSlipSaved, tx: Transaction) -> None:
        before = self.appointments.get(tx, message.appointment_id)
        called_off = (message.reason or "slip_cancelled") if message.slip_state == "cancelled" else ""
        self._keep(tx, before, before.slip_saved(slip_of(message), called_off=called_off))

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

    @handles(CustomerRegistered)
    def on_registered(self, message: CustomerRegistered, tx: Transaction) -> None:
        self.owners.learn(tx, message)

    @handles(CustomerUnregistered)
    def on_unregistered(self, message: CustomerUnregistered, tx: Transaction) -> None:
        self.owners.learn(tx, message)

    def _car_for(self, wish: Wish, tx: Transaction) -> Car | None:
        """Raises Unavailable while the news of the binding may still be on its way."""
        car = self.owners.car_of(tx, wish.follower_id, wish.vehicle_id)
        if car is None and self.now() - wish.submitted_at < OVERTAKING:
            raise Unavailable("binding not known yet")
        return car

    def _keep(self, tx: Transaction, before: Appointment, after: Appointment) -> None:
        """Nothing learnt, nothing said."""
        if after == before:
            return
        self.appointments.save(tx, after)
        tx.tell(*news_of(before, after))
        for trouble in after.troubles - before.troubles:
            log.warning("appointment_needs_an_operator", appointment=str(after.id), trouble=trouble.partition(":")[0])


def wish_of(message: RequestAppointment) -> Wish:
    return Wish(**{name: getattr(message, name) for name in Wish.__dataclass_fields__})


def slip_of(message: AppointmentSlipSaved) -> Slip:
    return Slip(
        id=message.slip_id,
        version=message.slip_version,
        dealer_code=message.dealer_code,
        appointment_at=message.appointment_at,
        items=message.items,
        confirmed_by=message.confirmed_by,
    )
