"""What became of a message to a follower: the news of `services/messaging` (A-APT-21, 22)."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event


class ConfirmationNews(Event):
    owner: ClassVar[str] = "messaging"
    readers: ClassVar[tuple[str, ...]] = ("appointments",)
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    appointment_version: int = Field(ge=1, description="The version of the appointment that the message told of.")


class AppointmentConfirmationSent(ConfirmationNews):
    """The confirmation went out by one of the channels, tried in this order (A-APT-21, 22)."""

    channel: Literal["template", "customer_service", "sms"] = "template"


class AppointmentConfirmationFailed(ConfirmationNews):
    """The follower did not get it by any channel: an operator settles it."""

    reason: str = Field(max_length=64)
