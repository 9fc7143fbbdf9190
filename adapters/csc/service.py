"""Carries call-back tasks, outcomes and registrations to CSC, and what CSC says of calls and slips to us (A-REM-10, A-APT-13..19, 28)."""

from typing import Any

from flask import Flask
from nameko.extensions import DependencyProvider
from pydantic import TypeAdapter

from adapters.csc.client import CscClient
from adapters.csc.translate import news_of
from chassis.entrypoints import carries_out
from chassis.errors import Refused
from chassis.inbound import create_inbound
from chassis.listener import Mount
from chassis.partner import PartnerClient
from chassis.runtime import ServiceRuntime
from contracts.csc import (
    AppointmentTaskCreated,
    AppointmentTaskRefused,
    CloseCallTask,
    MarkRegistered,
    OpenCallTask,
    RecordOutcome,
    ReopenCallTask,
)
from contracts.partners.csc import CscPush

PUSHES: TypeAdapter[CscPush] = TypeAdapter(CscPush)


class Csc(DependencyProvider):
    """CSC, over one pool of connections."""

    runtime = ServiceRuntime()

    def start(self) -> None:
        settings = self.runtime.process.settings.partners.csc
        way = self.runtime.ways.to("csc", settings.breaker)
        self._csc = CscClient(PartnerClient("csc", settings, self.runtime.calls, way=way))

    def get_dependency(self, _worker_ctx: Any) -> CscClient:
        return self._csc


def pushes(runtime: ServiceRuntime) -> Flask:
    """`POST /partners/csc/v1/events`"""
    return create_inbound(runtime, runtime.process.settings.partners.csc.webhook_secret, PUSHES, news_of)


class CscAdapter:
    name = "csc"

    csc = Csc()
    web = Mount("partner", "/partners/csc/v1", pushes)

    @carries_out(OpenCallTask)
    def open_call_task(self, wish: OpenCallTask) -> AppointmentTaskCreated | AppointmentTaskRefused:
        try:
            task_id = self.csc.open_task(wish)
        except Refused as no:
            return AppointmentTaskRefused(appointment_id=wish.appointment_id, reason=no.reason)
        return AppointmentTaskCreated(appointment_id=wish.appointment_id, task_id=task_id)

    @carries_out(ReopenCallTask)
    def reopen_call_task(self, wish: ReopenCallTask) -> AppointmentTaskRefused | None:
        try:
            self.csc.reopen_task(wish)
        except Refused as no:
            return AppointmentTaskRefused(appointment_id=wish.appointment_id, reason=no.reason)
        return None

    @carries_out(CloseCallTask)
    def close_call_task(self, wish: CloseCallTask) -> None:
        self.csc.close_task(wish)

    @carries_out(RecordOutcome)
    def record_outcome(self, wish: RecordOutcome) -> None:
        self.csc.record_outcome(wish)

    @carries_out(MarkRegistered)
    def mark_registered(self, wish: MarkRegistered) -> None:
        self.csc.mark_registered(wish)
