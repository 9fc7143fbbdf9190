"""Carries requests, cancellations and slips to the DMS, and the DMS's own news to us (A-APT-12, 19, 20)."""

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
from chassis.runtime import ServiceRuntime
from contracts.dms import (
    AppointmentRejected,
    AppointmentSlipRefused,
    AppointmentSlipStored,
    AppointmentStored,
    CancelAppointment,
    StoreAppointment,
    StoreSlip,
)
from contracts.partners.dms import DmsPush


class Dms(DependencyProvider):
    """The DMS, over one pool of connections."""

    runtime = ServiceRuntime()

    def start(self) -> None:
        self._dms = DmsClient(PartnerClient("dms", self.runtime.process.settings.partners.dms, self.runtime.calls))

    def get_dependency(self, _worker_ctx: Any) -> DmsClient:
        return self._dms


def pushes(runtime: ServiceRuntime) -> Flask:
    """`POST /partners/dms/v1/events`"""
    return create_inbound(runtime, runtime.process.settings.partners.dms.webhook_secret, TypeAdapter(DmsPush), news_of)


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
