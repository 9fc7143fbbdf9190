"""Carries requests, slips, outcomes, questions for owners, registrations, what became of reminders and refused steps of complaints to the
DMS, its cars and its own news to us (A-REM-04, 05, 10, 18, A-APT-12, 19, 20, 28, A-CLD-03, A-CMP-16).
"""

from typing import Any

from flask import Flask
from nameko.extensions import DependencyProvider
from pydantic import TypeAdapter

from adapters.dms.client import DmsClient
from adapters.dms.translate import news_of
from chassis.entrypoints import carries_out
from chassis.errors import Refused
from chassis.inbound import create_inbound
from chassis.listener import Mount
from chassis.partner import PartnerClient
from chassis.privacy import vault
from chassis.runtime import ServiceRuntime
from contracts.complaint_exchange import RefuseDealersStep
from contracts.dms import (
    AppointmentMoveRefused,
    AppointmentRejected,
    AppointmentSlipRefused,
    AppointmentSlipStored,
    AppointmentStored,
    CancelAppointment,
    DealerListed,
    FetchDealers,
    FindOwner,
    MoveAppointment,
    OwnersFound,
    StoreAppointment,
    StoreOutcome,
    StoreRegistration,
    StoreSlip,
)
from contracts.envelope import Contract
from contracts.partners.dms import DmsPush
from contracts.reminder_exchange import StoreReminderRun, StoreReminders
from contracts.vehicles import CarsListed, FetchCars

PUSHES: TypeAdapter[DmsPush] = TypeAdapter(DmsPush)


class Dms(DependencyProvider):
    """The DMS, over one pool of connections."""

    runtime = ServiceRuntime()

    def start(self) -> None:
        settings = self.runtime.process.settings.partners.dms
        way = self.runtime.ways.to("dms", settings.breaker)
        self._dms = DmsClient(PartnerClient("dms", settings, self.runtime.calls, way=way))

    def get_dependency(self, _worker_ctx: Any) -> DmsClient:
        return self._dms


def pushes(runtime: ServiceRuntime) -> Flask:
    """`POST /partners/dms/v1/events`"""

    def translate(push: DmsPush) -> Contract:
        return news_of(push, runtime.vault.vehicle_id)

    return create_inbound(runtime, runtime.process.settings.partners.dms.webhook_secret, PUSHES, translate)


class DmsAdapter:
    name = "dms"

    dms = Dms()
    web = Mount("partner", "/partners/dms/v1", pushes)

    @carries_out(StoreAppointment)
    def store_appointment(self, wish: StoreAppointment) -> AppointmentStored | AppointmentRejected:
        try:
            number = self.dms.store(wish)
        except Refused as no:
            return AppointmentRejected(appointment_id=wish.appointment_id, reason=no.reason)
        return AppointmentStored(appointment_id=wish.appointment_id, dms_no=number)

    @carries_out(MoveAppointment)
    def move_appointment(self, wish: MoveAppointment) -> AppointmentMoveRefused | None:
        try:
            self.dms.move(wish)
        except Refused as no:
            return AppointmentMoveRefused(appointment_id=wish.appointment_id, request_no=wish.request_no, reason=no.reason)
        return None

    @carries_out(CancelAppointment)
    def cancel_appointment(self, wish: CancelAppointment) -> None:
        self.dms.cancel(wish)

    @carries_out(StoreSlip)
    def store_slip(self, wish: StoreSlip) -> AppointmentSlipStored | AppointmentSlipRefused:
        try:
            version = self.dms.store_slip(wish)
        except Refused as no:
            return AppointmentSlipRefused(
                appointment_id=wish.appointment_id, slip_id=wish.slip_id, slip_version=wish.slip_version, reason=no.reason
            )
        return AppointmentSlipStored(appointment_id=wish.appointment_id, slip_id=wish.slip_id, slip_version=version)

    @carries_out(StoreOutcome)
    def store_outcome(self, wish: StoreOutcome) -> None:
        self.dms.store_outcome(wish)

    @carries_out(FindOwner)
    def find_owner(self, wish: FindOwner) -> OwnersFound:
        return OwnersFound(registration_id=wish.registration_id, owners=self.dms.find_owners(wish))

    @carries_out(StoreRegistration)
    def store_registration(self, wish: StoreRegistration) -> None:
        self.dms.store_registration(wish)

    @carries_out(FetchDealers)
    def fetch_dealers(self, wish: FetchDealers) -> tuple[DealerListed, ...]:
        listed: tuple[DealerListed, ...] = self.dms.dealers(wish)
        return listed

    @carries_out(FetchCars)
    def fetch_cars(self, wish: FetchCars) -> CarsListed:
        listed: CarsListed = self.dms.cars(wish, vault().vehicle_id)
        return listed

    @carries_out(StoreReminderRun)
    def store_reminder_run(self, wish: StoreReminderRun) -> None:
        self.dms.store_reminder_run(wish)

    @carries_out(StoreReminders)
    def store_reminders(self, wish: StoreReminders) -> None:
        self.dms.store_reminders(wish)

    @carries_out(RefuseDealersStep)
    def refuse_dealers_step(self, wish: RefuseDealersStep) -> None:
        self.dms.refuse_dealers_step(wish)
