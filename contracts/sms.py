"""Text messages to a mobile: what the adapter is asked to send, and what became of it (adapters/sms; A-REM-06)."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.envelope import Event, PartnerCommand
from contracts.personal import Mobile, SmsCode, SmsText


class SendSms(PartnerCommand):
    """Send one text message. Each provider takes what it needs: the whole text, or the template's name and the code."""

    owner: ClassVar[str] = "sms"
    subject_field: ClassVar[str] = "about_id"

    about_id: UUID = Field(description="What the message is about, e.g. the registration.")
    about_version: int = Field(ge=1)
    purpose: str = Field(max_length=64, description="Why it is sent, and our name of the template, e.g. 'registration.code'.")
    mobile: Mobile
    text: SmsText
    code: SmsCode | None = None
    good_until: AwareDatetime | None = Field(default=None, description="What it says is not true any more after that: then it is not sent.")


class SmsNews(Event):
    """What became of a `SendSms`; unnumbered."""

    owner: ClassVar[str] = "sms"
    readers: ClassVar[tuple[str, ...]] = ("customers", "messaging")
    subject_field: ClassVar[str] = "about_id"

    about_id: UUID
    about_version: int = Field(ge=1)
    purpose: str = Field(max_length=64)
    command_id: UUID


class SmsAccepted(SmsNews):
    """The provider took it."""


class SmsRefused(SmsNews):
    """A clear no, e.g. a number that does not exist."""

    reason: str = Field(max_length=64)
