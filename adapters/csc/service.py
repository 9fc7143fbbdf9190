"""Carries call-back tasks, outcomes, registrations, reminders, steps and warnings of complaints to CSC; its service dates, campaigns,
calls, slips and steps to us (A-REM-10..17, 26..31, A-APT-13..19, 28, A-CLD-04, A-GEN-03).
"""

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
from chassis.privacy import vault
from chassis.runtime import ServiceRuntime
from contracts.complaint_exchange import RecordComplaintStep, RecordComplaintWarning, RefuseComplaintStep
from contracts.csc import (
    AppointmentTaskCreated,
    AppointmentTaskRefused,
    CloseCallTask,
    MarkRegistered,
    OpenCallTask,
    RecordOutcome,
    ReopenCallTask,
)
from contracts.envelope import Contract
from contracts.partners.csc import CscPush
from contracts.reminder_exchange import OpenReminderTasks, RecordReminders, ReminderTasksOpened
from contracts.vehicles import CampaignsListed, FetchCampaigns, FetchServiceDates, ServiceDatesListed

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

    def translate(push: CscPush) -> Contract:
        return news_of(push, runtime.vault.vehicle_id)

    return create_inbound(runtime, runtime.process.settings.partners.csc.webhook_secret, PUSHES, translate)


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

    @carries_out(FetchServiceDates)
    def fetch_service_dates(self, wish: FetchServiceDates) -> ServiceDatesListed:
        listed: ServiceDatesListed = self.csc.service_dates(wish, vault().vehicle_id)
        return listed

    @carries_out(FetchCampaigns)
    def fetch_campaigns(self, wish: FetchCampaigns) -> CampaignsListed:
        listed: CampaignsListed = self.csc.campaigns(wish)
        return listed

    @carries_out(OpenReminderTasks)
    def open_reminder_tasks(self, wish: OpenReminderTasks) -> ReminderTasksOpened:
        opened: ReminderTasksOpened = self.csc.open_reminder_tasks(wish)
        return opened

    @carries_out(RecordReminders)
    def record_reminders(self, wish: RecordReminders) -> None:
        self.csc.record_reminders(wish)

    @carries_out(RecordComplaintStep)
    def record_complaint_step(self, wish: RecordComplaintStep) -> None:
        self.csc.record_complaint_step(wish)

    @carries_out(RecordComplaintWarning)
    def record_complaint_warning(self, wish: RecordComplaintWarning) -> None:
        self.csc.record_complaint_warning(wish)

    @carries_out(RefuseComplaintStep)
    def refuse_complaint_step(self, wish: RefuseComplaintStep) -> None:
        self.csc.refuse_complaint_step(wish)
