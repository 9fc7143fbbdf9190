"""What we ask of a provider of text messages, and the provider of dialect `reference`."""

from typing import Protocol

from adapters.sms.configured import ConfiguredProvider
from chassis.breaker import Ways
from chassis.called import Sms
from chassis.calls import CallLog
from chassis.partner import PartnerClient
from contracts.partners.sms import SmsReceipt, SmsRecord
from contracts.sms import SendSms

PARTNER = "sms"


class Provider(Protocol):
    """Whoever brings a text to a mobile."""

    def send(self, wish: SendSms) -> None:
        """Returns when the provider took it. Raises Refused for a final no, Unavailable, ContractBroken; no error holds what was sent."""


class ReferenceProvider:
    """Knows `Idempotency-Key`: a repeat is not sent again (contracts/partners/sms.py)."""

    def __init__(self, partner: PartnerClient) -> None:
        self._partner = partner

    def send(self, wish: SendSms) -> None:
        record = SmsRecord(to=wish.mobile, text=wish.text, template=wish.purpose, code=wish.code)
        self._partner.post("/messages", record, command=wish, answers=SmsReceipt)


def provider_of(settings: Sms, calls: CallLog, ways: Ways) -> Provider:
    """The one that the configuration names."""
    if settings.provider == "http" and settings.http:
        return ConfiguredProvider(settings.http, calls, ways.to(PARTNER, settings.http.breaker))
    if settings.reference is None:
        raise ValueError("sms.reference is wanted")
    return ReferenceProvider(PartnerClient(PARTNER, settings.reference, calls, way=ways.to(PARTNER, settings.reference.breaker)))
