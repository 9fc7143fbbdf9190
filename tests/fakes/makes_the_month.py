"""`python -m tests.fakes.makes_the_month DATABASE_URL`: makes what is ordered there, a few cars at a time, until it is done or killed."""

# ruff: noqa: E402 - processes of the house run green
import eventlet

eventlet.monkey_patch()

import sys

from chassis.database import Database, open_engine
from chassis.outbox import OutboxWriter
from chassis.settings import Reminders
from services.reminders.month import generation
from tests.services.house import VAULT

CARS_AT_ONCE = 2

if __name__ == "__main__":
    database = Database(open_engine(sys.argv[1], pool_size=2), OutboxWriter("reminders", VAULT))
    while generation.carry_on(database, Reminders(), CARS_AT_ONCE):
        continue
