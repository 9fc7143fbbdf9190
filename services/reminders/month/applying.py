"""New rules come to bear on all cars: their due dates are worked out anew, range after range (flows 2.1)."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, select, update

from chassis import upserts
from chassis.database import Database, Transaction
from chassis.logs import get_logger
from chassis.settings import Reminders
from services.reminders.month.selection import Range, range_after
from services.reminders.rules.due import DueDates, due_dates
from services.reminders.rules.rulebook import Rulebook, change_rules, rulebook_in_force
from services.reminders.tables import cars, rulebooks

log = get_logger(__name__)

BY_CONFIGURATION = "config.yaml"
CARS_AT_ONCE = 500
CARS_OF_A_FILE = 200
TURN_SECONDS = 1.0

_CHANGING = (*DueDates().columns(), "rulebook")
_NEWEST = select(rulebooks).order_by(rulebooks.c.version.desc()).limit(1)


def carry_on(database: Database, terms: Reminders) -> bool:
    """Apply the rules in force for a while; whether there is more to do."""
    until = time.monotonic() + TURN_SECONDS
    while time.monotonic() < until:
        with database.read() as connection:
            newest = connection.execute(_NEWEST).first()
            is_done = newest is None or newest.applied
            if is_done and connection.execute(_left_behind(rulebook_in_force(connection), 1)).first() is None:
                return False
        with database.write() as tx:
            if is_done:
                fetch_up(tx, terms)
            else:
                apply_next(tx, terms)
        time.sleep(0)  # others come to their turn between two ranges
    return True


def apply_next(tx: Transaction, terms: Reminders, most: int | None = None) -> None:
    """The next cars; rules that are overtaken by newer ones are left."""
    newest = tx.execute(_NEWEST.with_for_update()).first()
    if newest is None or newest.applied:
        return
    among = range_after(tx, newest.applied_up_to, most or _cars_at_once(tx))
    if among:
        bring_up_to_date(tx, among, rulebook_in_force(tx), terms, among.cars)
    else:
        log.info("rulebook_applied", version=newest.version)
    moved: dict[str, Any] = {"applied_up_to": among.last} if among else {"applied": True}
    tx.execute(update(rulebooks).where(rulebooks.c.version == newest.version).values(moved))


def fetch_up(tx: Transaction, terms: Reminders, most: int | None = None) -> None:
    """The next cars that were taken in by rules in force then, and kept when these had passed them."""
    rulebook = rulebook_in_force(tx)
    these = tx.execute(_left_behind(rulebook, most or _cars_at_once(tx))).scalars().all()
    _work_out(tx, cars.c.vehicle_id.in_(these), rulebook, terms, len(these))


def bring_up_to_date(tx: Transaction, among: Range, rulebook: Rulebook, terms: Reminders, most: int | None = None) -> bool:
    """Work out anew what followed from older rules, of so many cars of the range; whether there was any."""
    if min(among.rulebooks) >= rulebook.version:
        return False
    _work_out(tx, among.of(cars.c.vehicle_id), rulebook, terms, most or _cars_at_once(tx))
    return True


def _left_behind(rulebook: Rulebook, most: int) -> Select[UUID]:
    return select(cars.c.vehicle_id).where(cars.c.rulebook < rulebook.version).limit(most)


def _work_out(tx: Transaction, which: ColumnElement[bool], rulebook: Rulebook, terms: Reminders, most: int) -> None:
    """Held in the order of their ids, as whoever takes cars in holds them. What follows from newer rules already stays."""
    stale = select(cars).where(which, cars.c.rulebook < rulebook.version).order_by(cars.c.vehicle_id).limit(most)
    rows: Any = tx.execute(stale.with_for_update())
    by_them = [{**row._mapping, **due_dates(row, rulebook, terms).columns(), "rulebook": rulebook.version} for row in rows]
    upserts.replace(tx, cars, by_them, *_CHANGING)


def cars_applied(connection: Connection, rulebook: Rulebook) -> int | None:
    """How many cars have due dates by these rules so far; None: all."""
    row = connection.execute(select(rulebooks).where(rulebooks.c.version == rulebook.version)).first()
    if row is None or row.applied:
        return None
    if row.applied_up_to is None:
        return 0
    return int(connection.execute(select(func.count()).where(cars.c.vehicle_id <= row.applied_up_to)).scalar_one())


def follow_configuration(tx: Transaction, now: datetime, terms: Reminders) -> None:
    """What 强保 means is configured, not ruled (S-09): where it changes, the same rules are a new version."""
    rulebook = rulebook_in_force(tx)
    if rulebook.insurance_from != terms.insurance_from:
        change_rules(tx, rulebook.version, {}, insurance_from=terms.insurance_from, made_by=BY_CONFIGURATION, now=now)


def _cars_at_once(tx: Transaction) -> int:
    return CARS_OF_A_FILE if tx.connection.dialect.name == "sqlite" else CARS_AT_ONCE
