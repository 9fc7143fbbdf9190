"""What became of a message to a follower: the news of `services/messaging` (A-APT-21, 22)."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

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


class ReminderMessageNews(Event):
    """What became of one try to tell a follower; unnumbered. `attempt` is the `version` of the `ReminderDue` that asked for it."""

    owner: ClassVar[str] = "messaging"
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "message_id"

    message_id: UUID
    attempt: int = Field(ge=1)


class ReminderMessageSent(ReminderMessageNews):
    """WeChat took it."""

    at: AwareDatetime


class ReminderMessageDelivered(ReminderMessageNews):
    at: AwareDatetime


class ReminderMessageFailed(ReminderMessageNews):
    """The follower will not get it. Where it was taken and then not delivered, `sent` came before."""

    reason: Literal["user_blocked", "unsubscribed", "template", "limit", "system"]
    at: AwareDatetime


class ReminderMessagePostponed(ReminderMessageNews):
    """Today's share of WeChat's quota is used up, or it is too late in the day: nothing was sent.

    It is to be asked for again, under the next version, after that.
    """

    until: AwareDatetime
