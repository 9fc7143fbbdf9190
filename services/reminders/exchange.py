"""The entrypoints of what CSC and the DMS are told: tasks of a month, and how items stand (A-REM-26..28)."""

from chassis.database import Database, Transaction
from chassis.entrypoints import handles
from chassis.timers import turns
from contracts.reminder_exchange import ReminderTasksOpened
from services.reminders.following import reporting
from services.reminders.month import tasks

GATHERING_SECONDS = 3.0
"""So long changes are gathered into one page: a partner would rather hear of an item once than of each of its steps."""


class HandlesExchange:
    """Mixed into the service (services/reminders/service.py)."""

    @turns(2.0)
    def hand_over_tasks(self, database: Database) -> bool:
        return tasks.hand_over(database)

    @turns(GATHERING_SECONDS)
    def report_standings(self, database: Database) -> bool:
        return reporting.report(database)

    @handles(ReminderTasksOpened)
    def on_tasks_opened(self, message: ReminderTasksOpened, tx: Transaction) -> None:
        tasks.on_opened(tx, message)
