"""What became of a message to a follower: the news of `services/messaging` (A-APT-21, 22)."""

from typing import ClassVar
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
    """WeChat took the confirmation."""


class AppointmentConfirmationFailed(ConfirmationNews):
    """The follower did not get it: another channel is needed."""

    reason: str = Field(max_length=64)
