"""The command that the service is sent, and the event that it tells: about the size of an appointment's, two fields of them personal."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.appointments import ServiceItem
from contracts.envelope import Command, Event
from contracts.personal import Concern, Mobile


class NoteVisit(Command):
    owner: ClassVar[str] = "appointments"
    subject_field: ClassVar[str] = "visit_id"

    visit_id: UUID
    version: int = Field(ge=1)
    follower_id: UUID
    vehicle_id: UUID
    dealer_code: str = Field(min_length=1, max_length=32)
    day: date
    items: tuple[ServiceItem, ...] = Field(min_length=1, max_length=20)
    mileage_km: int = Field(ge=0, le=5_000_000)
    mobile: Mobile
    concern: Concern


class VisitNoted(Event):
    """For one reader and not watched: it goes out once, as the peers' does."""

    owner: ClassVar[str] = "appointments"
    readers: ClassVar[tuple[str, ...]] = ("messaging",)
    watched: ClassVar[bool] = False
    subject_field: ClassVar[str] = "visit_id"

    visit_id: UUID
    version: int = Field(ge=1)
    follower_id: UUID
    vehicle_id: UUID
    dealer_code: str
    day: date
    items: tuple[ServiceItem, ...]
    mileage_km: int
    mobile: Mobile
    concern: Concern
