"""Carries text messages to the provider (A-REM-06)."""

from typing import Any

from nameko.extensions import DependencyProvider

from adapters.sms.client import Provider, provider_of
from chassis.entrypoints import carries_out
from chassis.errors import Refused
from chassis.runtime import ServiceRuntime
from contracts.sms import SendSms, SmsAccepted, SmsRefused


class Sms(DependencyProvider):
    """The provider that the configuration names, over one pool of connections."""

    runtime = ServiceRuntime()

    def start(self) -> None:
        self._provider = provider_of(self.runtime.process.settings.sms, self.runtime.calls)

    def get_dependency(self, _worker_ctx: Any) -> Provider:
        return self._provider


class SmsAdapter:
    name = "sms"

    sms = Sms()

    @carries_out(SendSms)
    def send_sms(self, wish: SendSms) -> SmsAccepted | SmsRefused:
        about = {"about_id": wish.about_id, "about_version": wish.about_version, "purpose": wish.purpose, "command_id": wish.id}
        try:
            self.sms.send(wish)
        except Refused as no:
            return SmsRefused.model_validate(about | {"reason": no.reason[:64]})
        return SmsAccepted.model_validate(about)
