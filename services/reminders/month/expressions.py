"""What SQL works out as rules/ids.py does in Python, on both kinds of database."""

from typing import Any

from sqlalchemy import ColumnElement, Date, String, cast, func, literal, type_coerce

from chassis.database import Transaction
from contracts.reminders import ReminderType
from services.reminders.rules import ids
from services.reminders.tables import ID


def prepare(tx: Transaction) -> None:
    """SQLite has neither MD5 nor CRC-32: it is given ours, for the connection of this transaction."""
    if tx.connection.dialect.name == "sqlite":
        connection: Any = tx.connection.connection.driver_connection
        connection.create_function("md5", 1, ids.md5, deterministic=True)
        connection.create_function("crc32", 1, ids.crc32, deterministic=True)


def hex_of(identity: ColumnElement[Any]) -> ColumnElement[str]:
    """A UUID's 32 digits, as they stand in the column."""
    return type_coerce(identity, String(32))


def iso_of(day: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(day, String(10))


def day_in(period: str, day: ColumnElement[int]) -> ColumnElement[Any]:
    """That day of the period, as a date is written; 1 to 31."""
    two_digits = func.substr(literal("0") + cast(day, String(2)), -2)
    return type_coerce(literal(f"{period}-") + two_digits, Date)


def crc_of(customer_id: ColumnElement[str], type: ColumnElement[str], due_date: ColumnElement[Any]) -> ColumnElement[int]:
    """An item's share of the checksum."""
    return func.crc32(customer_id + literal("|") + type + literal("|") + iso_of(due_date))


def item_key(period: str, vehicle_id: ColumnElement[Any], type: ReminderType, last: ColumnElement[str]) -> ColumnElement[Any]:
    """`ids.item_id`; `last` is the due date (iso), or the campaign's id (hex)."""
    digest = func.md5(literal(f"{period}|") + hex_of(vehicle_id) + literal(f"|{type.value}|") + last)
    head = literal(ids.head_of(period)) + func.substr(hex_of(vehicle_id), 1, 8)
    return type_coerce(head + literal("8") + func.substr(digest, 14, 3) + literal("8") + func.substr(digest, 18), ID)
