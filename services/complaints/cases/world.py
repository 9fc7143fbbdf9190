"""What a step is judged by, beside the case: the time, the settings, the calendars, and who may decide about how much."""

from datetime import datetime

from chassis.database import Transaction
from chassis.settings import Complaints
from services.complaints.cases.taking import World
from services.complaints.clocks import book
from services.complaints.support.authority_store import table_in_force


def world_of(tx: Transaction, now: datetime, terms: Complaints) -> World:
    """As it stands in this transaction."""
    return World(now, terms, book.in_force(tx, terms), table_in_force(tx).authority)
