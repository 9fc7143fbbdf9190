"""Whom a campaign is for, and whether it is on in a period (A-REM-13..15). No I/O, no clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row

from contracts.reminders import Period
from contracts.vehicles import Audience
from services.reminders.days import first_day, last_day


class Addressed(Protocol):
    """What of a car decides whether a campaign is for it."""

    @property
    def model_code(self) -> str: ...
    @property
    def model_year(self) -> int | None: ...
    @property
    def dealer_code(self) -> str: ...
    @property
    def region_code(self) -> str: ...


@dataclass(frozen=True)
class CampaignOn:
    """A campaign as far as items follow from it; its days are inclusive."""

    campaign_id: UUID
    name: str
    starts_on: date
    ends_on: date
    audience: Audience
    withdrawn: bool = False

    def is_on(self, period: Period) -> bool:
        sound = self.starts_on <= self.ends_on
        return not self.withdrawn and sound and self.starts_on <= last_day(period) and self.ends_on >= first_day(period)

    def due_in(self, period: Period) -> date:
        """Its first day in the period."""
        return max(self.starts_on, first_day(period))

    def is_for(self, car: Addressed) -> bool:
        wanted = self.audience
        return (
            _among(car.model_code, wanted.models)
            and _among(car.region_code, wanted.regions)
            and _among(car.dealer_code, wanted.dealers)
            and (wanted.first_year is None or (car.model_year is not None and car.model_year >= wanted.first_year))
            and (wanted.last_year is None or (car.model_year is not None and car.model_year <= wanted.last_year))
        )


def campaign_of(row: Row[Any]) -> CampaignOn:
    """From a row of `campaigns`. A dealer's campaign is for the cars whose home it is."""
    audience = Audience.model_validate(row.audience)
    if row.kind == "dealer":
        dealers = [row.dealer_code] if not audience.dealers or row.dealer_code in audience.dealers else [NOBODY]
        audience = audience.model_copy(update={"dealers": tuple(dealers)})
    return CampaignOn(row.campaign_id, row.name, row.starts_on, row.ends_on, audience, row.withdrawn)


NOBODY = "-"
"""A dealer that there is not."""


def _among(value: str, wanted: Collection[str]) -> bool:
    return not wanted or value in wanted
