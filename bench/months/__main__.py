"""`python -m bench.months make|hand|send DATABASE_URL`: the month's items, its tasks, its messages, in a process of its own.

Its last line is JSON: seconds, rows, and how much memory it had at most, in MB.
"""

import json
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import select

from bench.ground import vault_of
from bench.months import NOW, PERIOD, SENDING, TERMS
from chassis import privacy
from chassis.database import Database, open_engine
from chassis.outbox import OutboxWriter
from contracts.messaging import ReminderMessageSent
from contracts.reminder_exchange import ReminderTasksOpened
from services.reminders.month import generation, runs, tasks
from services.reminders.sending.handling import HandlesSending
from services.reminders.sending.step import Step
from services.reminders.tables import messages, task_pages
from services.reminders.tables import runs as table

MESSAGES = 20_000
EARLY = 0.1
"""When so much is handed over, the memory is looked at for the first time."""


def make(database: Database) -> dict[str, Any]:
    """From the order to the last item."""
    begun = perf_counter()
    with database.write() as tx:
        runs.start_run(tx, PERIOD, "bench", NOW)
    while generation.carry_on(database, TERMS):
        continue
    took = perf_counter() - begun
    return {"seconds": took, "rows": _run(database).items}


def hand(database: Database) -> dict[str, Any]:
    """All tasks into the outbox, page by page, as CSC answers."""
    begun, wanted = perf_counter(), _run(database).items
    early = 0.0
    while tasks.hand_over(database) or _answer(database):
        if not early and _run(database).tasks > EARLY * wanted:
            early = resident_mb("VmRSS")
    return {"seconds": perf_counter() - begun, "rows": _run(database).tasks, "early_mb": early}


def send(database: Database, most: int = MESSAGES) -> dict[str, Any]:
    """So many messages are handed over, as many as may be in flight at a time, and all of them are taken by WeChat at once."""
    handler = HandlesSending()
    handler.terms, handler.now = TERMS, lambda: SENDING  # type: ignore[assignment] # a clock that stands
    begun, sent, early = perf_counter(), 0, 0.0
    while sent < most:
        with database.write() as tx:
            Step(tx, SENDING, TERMS, ("main",), {}).take()
        with database.write() as tx:
            asked = tx.execute(select(messages.c.message_id, messages.c.version).where(messages.c.state == "asked")).all()
            tx.unit.subjects = frozenset(one.message_id for one in asked)
            for one in asked:
                handler.on_message_sent(ReminderMessageSent(message_id=one.message_id, attempt=one.version, at=SENDING), tx)
        if not asked:
            break
        sent += len(asked)
        early = early or (resident_mb("VmRSS") if sent > EARLY * most else 0.0)
    return {"seconds": perf_counter() - begun, "rows": sent, "early_mb": early}


def _answer(database: Database) -> int:
    """What is in flight comes back: how many pages."""
    with database.write() as tx:
        pages = tx.execute(select(task_pages.c.page_id, task_pages.c.tasks).where(task_pages.c.opened.is_(None))).all()
        for page in pages:
            tasks.on_opened(tx, ReminderTasksOpened(page_id=page.page_id, opened=page.tasks))
    return len(pages)


def _run(database: Database) -> Any:
    with database.read() as connection:
        return connection.execute(select(table)).one()


def resident_mb(which: str) -> float:
    """VmRSS: now; VmHWM: at most. Of this process, as the kernel counts it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{which}:"))


def main() -> None:
    what, url = sys.argv[1:]
    vault = vault_of(os.environ)
    privacy.use(vault)
    database = Database(open_engine(url, pool_size=2), OutboxWriter("reminders", vault))
    found = {"make": make, "hand": hand, "send": send}[what](database)
    print(json.dumps(found | {"most_mb": resident_mb("VmHWM")}))


if __name__ == "__main__":
    main()
