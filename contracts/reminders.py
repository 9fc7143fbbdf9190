"""Reminder items, what followers are told of them, and what becomes of them (flows 2, A-REM-18..44): news of `services/reminders`."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.envelope import Actor, Command, Event

Period = Annotated[str, Field(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$", description="Calendar month in Asia/Shanghai, 2026-12.")]


class ReminderType(StrEnum):
    """What is due (flows 2.1). The first five are service reminders: they are tracked by phone and counted (A-REM-29, 33)."""

    FIRST_MAINTENANCE = "first_maintenance"
    MAINTENANCE = "maintenance"
    WARRANTY = "warranty"
    INSURANCE = "insurance"
    INSPECTION = "inspection"
    BIRTHDAY = "birthday"
    CAMPAIGN = "campaign"


SERVICE_TYPES = frozenset(ReminderType) - {ReminderType.BIRTHDAY, ReminderType.CAMPAIGN}


class WechatState(StrEnum):
    """How far the WeChat branch came. `none`: the owner is not registered."""

    NONE = "none"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    CLICKED = "clicked"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    """Quiet, opted out, or the car is already back."""


class ContactState(StrEnum):
    """How far the DCRC's calls came. `none`: a birthday or campaign, which nobody calls about (S-13)."""

    NONE = "none"
    OPEN = "open"
    ATTEMPTED = "attempted"
    REACHED = "reached"
    SLIP_SAVED = "slip_saved"
    MISSED = "missed"


class Outcome(StrEnum):
    """What became of an item. `lapsed`: the period of a birthday or campaign is over, and nobody decides about it."""

    OPEN = "open"
    BOOKED = "booked"
    RETURNED = "returned"
    FOR_DECISION = "for_decision"
    CARRIED = "carried"
    DROPPED = "dropped"
    LAPSED = "lapsed"
    VOID = "void"


Decision = Literal["carry", "drop", "void"]
"""下一月继续提醒, 不需提醒, and: it should never have been (sold, deceased, wrong data, duplicate)."""


class DueItem(BaseModel):
    """One thing that a message tells of."""

    model_config = ConfigDict(frozen=True)

    item_id: UUID
    type: ReminderType
    due_date: date
    title: str = Field(default="", max_length=64, description="Of a campaign: its name.")
    text: str = Field(default="", max_length=500, description="Of a campaign.")
    until: date | None = Field(default=None, description="Of a campaign: its last day.")


class ReminderDue(Event):
    """A follower is to hear of this now: several items of one car in one message (A-REM-20..22).

    `version` counts the days on which it was tried.
    """

    owner: ClassVar[str] = "reminders"
    readers: ClassVar[tuple[str, ...]] = ("messaging", "pages")
    subject_field: ClassVar[str] = "message_id"

    message_id: UUID
    version: int = Field(ge=1)
    period: Period
    account: str = Field(max_length=32)
    follower_id: UUID
    vehicle_id: UUID
    model_name: str = Field(default="", max_length=64)
    dealer_code: str = Field(default="", max_length=32)
    urgency: Literal["service", "campaign"] = Field(description="Service reminders go before campaigns and birthdays.")
    items: tuple[DueItem, ...] = Field(min_length=1, max_length=20)
    not_after: AwareDatetime | None = Field(default=None, description="From then on nobody is to be disturbed: it is postponed.")
    again_from: AwareDatetime | None = Field(default=None, description="Until then, where it is postponed for that reason.")


class OpenReminder(Command):
    """The follower has opened the page that a message leads to."""

    owner: ClassVar[str] = "reminders"
    subject_field: ClassVar[str] = "message_id"

    message_id: UUID
    follower_id: UUID
    opened_at: AwareDatetime

    @property
    def actor(self) -> Actor:
        return Actor("customer", str(self.follower_id), "follower")


class SetReminderWish(Command):
    """不再提醒, or again, for one type."""

    owner: ClassVar[str] = "reminders"
    subject_field: ClassVar[str] = "follower_id"

    follower_id: UUID
    type: ReminderType
    wanted: bool
    said_at: AwareDatetime = Field(description="The later word counts.")

    @property
    def actor(self) -> Actor:
        return Actor("customer", str(self.follower_id), "follower")


class ReminderWishesSet(Event):
    """What a follower does not want to hear of, in full."""

    owner: ClassVar[str] = "reminders"
    readers: ClassVar[tuple[str, ...]] = ("pages",)
    subject_field: ClassVar[str] = "follower_id"

    follower_id: UUID
    version: int = Field(ge=1)
    unwanted: tuple[ReminderType, ...]
