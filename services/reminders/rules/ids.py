"""Ids that follow from what they are of, so that a repeat makes nothing new; SQL works item ids out alike (month/expressions.py)."""

import hashlib
import zlib
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from contracts.reminders import Period, ReminderType


def item_id(period: Period, vehicle_id: UUID, type: ReminderType, due_date: date, campaign_id: UUID | None = None) -> UUID:
    """One thing due for one car in one period; of a campaign the day says nothing.

    A UUIDv8 that begins with the period and the car: a month is written in the order of its cars, and its rows stand side by side. By
    random ids each row would be written on another page, and a million of them take many times as long as ten times a hundred thousand.
    """
    last = campaign_id.hex if campaign_id else due_date.isoformat()
    digest = md5(f"{period}|{vehicle_id.hex}|{type.value}|{last}")
    return UUID(f"{head_of(period)}{vehicle_id.hex[:8]}8{digest[13:16]}8{digest[17:]}")


def head_of(period: Period) -> str:
    """Four digits: 2612."""
    return period[2:4] + period[5:]


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def carried_id(origin_item_id: UUID, period: Period) -> UUID:
    """The item that goes on in that period."""
    return uuid5(origin_item_id, period)


def run_id(period: Period, run_no: int) -> UUID:
    """Of a run of ours; the DMS's have ids of their own (adapters/dms)."""
    return uuid5(NAMESPACE_URL, f"urn:cheqiao:reminder-run:ours:{period}:{run_no}")


def crc_of(customer_id: str, type: ReminderType, due_date: date) -> int:
    """An item's share of the checksum that the DMS holds against its own."""
    return crc32(f"{customer_id}|{type.value}|{due_date.isoformat()}")


def crc32(text: str) -> int:
    return zlib.crc32(text.encode())
