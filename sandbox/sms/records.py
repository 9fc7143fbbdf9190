"""The text messages that were sent, by mobile."""

import re
import sqlite3

from contracts.partners.sms import SmsReceipt, SmsRecord
from contracts.partners.wire import RefusalAnswer
from sandbox.answers import Answer
from sandbox.clock import Now, iso
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT, "to" TEXT NOT NULL, text TEXT NOT NULL, template TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_to ON messages ("to", number);
"""

A_MOBILE = re.compile(r"1[3-9]\d{9}")


class Inbox:
    """What every mobile got; nothing is ever deleted."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def take(self, tx: sqlite3.Connection, message: SmsRecord) -> Answer:
        """In the caller's transaction. A number that cannot be is refused, as a real provider would."""
        if not A_MOBILE.fullmatch(message.to):
            return Answer.of(422, RefusalAnswer(code="no_such_number"))
        row = tx.execute(
            'INSERT INTO messages ("to", text, template, at) VALUES (?, ?, ?, ?) RETURNING number',
            (message.to, message.text, message.template, iso(self._now())),
        ).fetchone()
        return Answer.of(201, SmsReceipt(message_id=f"SMS-{row['number']:06d}"))

    def of(self, mobile: str, after: int = 0) -> list[dict[str, object]]:
        """The messages to one mobile with a number above `after`, oldest first: number, to, text, template, at."""
        return [dict(row) for row in self._store.rows('SELECT * FROM messages WHERE "to"=? AND number>? ORDER BY number', mobile, after)]

    def all(self) -> list[dict[str, object]]:
        return [dict(row) for row in self._store.rows("SELECT * FROM messages ORDER BY number")]
