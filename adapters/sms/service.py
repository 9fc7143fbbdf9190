"""Carries text messages to the provider (A-REM-06)."""

from typing import Any

from nameko.extensions import DependencyProvider

from adapters.sms.client import Provider, provider_of
from chassis.clock import Clock
from chassis.entrypoints import carries_out
from chassis.errors import Refused
from chassis.runtime import ServiceRuntime
from contracts.sms import SendSms, SmsAccepted, SmsRefused

TOO_LATE = "too_late"


class Sms(DependencyProvider):
    """The provider that the configuration names, over one pool of connections."""

    runtime = ServiceRuntime()

    def start(self) -> None:
        self._provider = provider_of(self.runtime.process.settings.sms, self.runtime.calls, self.runtime.ways)

    def get_dependency(self, _worker_ctx: Any) -> Provider:
        return self._provider


class SmsAdapter:
    name = "sms"

    sms = Sms()
    now = Clock()

    @carries_out(SendSms)
    def send_sms(self, wish: SendSms) -> SmsAccepted | SmsRefused:
        """While the provider is away a message waits its turn; one that says nothing true any more is not sent."""
        about = {"about_id": wish.about_id, "about_version": wish.about_version, "purpose": wish.purpose, "command_id": wish.id}
        if wish.good_until and wish.good_until <= self.now():
            return SmsRefused.model_validate(about | {"reason": TOO_LATE})
        try:
            self.sms.send(wish)
        except Refused as no:
            return SmsRefused.model_validate(about | {"reason": no.reason[:64]})
        return SmsAccepted.model_validate(about)
