"""The DMS over HTTP, dialect `reference`.

What we ask (base URL of the DMS; header `Idempotency-Key`, `Correlation-Id`, `Authorization: Bearer <api key>`):
  POST /appointments                         StoreRecord   → 201 StoreAnswer | 409/422 RefusalAnswer
  POST /appointments/{appointment_id}/cancel CancelRecord  → 200 DoneAnswer | 404/409/422 RefusalAnswer
  PUT  /slips/{slip_id}                      SlipRecord    → 200 SlipAnswer | 409/422 RefusalAnswer
  GET  /appointments/{appointment_id}                      → 200 StoreAnswer | 404 RefusalAnswer
What it may push to us (Standard Webhooks): POST /partners/dms/v1/events with DmsPush.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.partners.wire import Item, Wire


class StoreRecord(Wire):
    appointment_id: UUID
    customer_id: str
    vin: str
    name: str
    mobile: str
    dealer_code: str
    requested_date: date
    items: tuple[Item, ...]
    mileage_km: int | None = None
    concern: str | None = None
    source: str
    submitted_at: AwareDatetime


class StoreAnswer(Wire):
    dms_no: str = Field(min_length=1, max_length=64)


class CancelRecord(Wire):
    reason: str


class SlipRecord(Wire):
    appointment_id: UUID
    version: int = Field(ge=1)
    dealer_code: str
    appointment_at: AwareDatetime
    items: tuple[Item, ...]
    confirmed_by: str


class SlipAnswer(Wire):
    slip_id: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)


class RejectedPush(Wire):
    """The DMS says no after it had taken the request."""

    appointment_id: UUID
    version: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=64)


class DmsPush(Wire):
    type: Literal["appointment.rejected"]
    timestamp: AwareDatetime
    data: RejectedPush
