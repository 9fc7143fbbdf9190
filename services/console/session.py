"""Sessions are rows: a logout, a disabled account, another role are true with the next request.

The cookie holds a random token; the table a keyed hash of it. A session ends 30 minutes after the last sign of its person, and 12 hours
after it began. What a page asks by itself is no such sign.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete, insert, select, update

from chassis.database import Database, Transaction, millis
from services.console.keys import signer
from services.console.store import session as sessions
from services.console.store import staff

if TYPE_CHECKING:
    from services.console.access import Role

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""A sign of life is written no oftener: reading a page is then a read."""
LONGEST_TOKEN = 128


@dataclass(frozen=True)
class Visit:
    """Who is there. `must_change`: nothing but the change of the password is open yet. `scope`: see `services.console.scope`."""

    name: str
    role: "Role"
    scope: str
    must_change: bool
    token: str


class Sessions:
    def __init__(self, database: Database, secret: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._hash = signer(secret, "session")
        self._csrf = signer(secret, "csrf")

    def begin(self, tx: Transaction, name: str) -> str:
        """A new session; gives its token. Those of the same browser before it are ended by `end`."""
        token = secrets.token_urlsafe(32)
        now = millis(self._now())
        tx.execute(insert(sessions).values(token_hash=self._hash(token), name=name, begun_at=now, seen_at=now))
        return token

    def find(self, token: str, *, polling: bool = False) -> Visit | None:
        """None for a token that is absent, not ours, over, or whose person may come in no more."""
        if not 0 < len(token) <= LONGEST_TOKEN:
            return None
        token_hash, now = self._hash(token), self._now()
        wanted = (
            select(staff.c.name, staff.c.role, staff.c.scope, staff.c.must_change, sessions.c.seen_at)
            .join_from(sessions, staff, sessions.c.name == staff.c.name)
            .where(
                sessions.c.token_hash == token_hash,
                sessions.c.seen_at > millis(now - IDLE),
                sessions.c.begun_at > millis(now - LONGEST),
                ~staff.c.disabled,
            )
        )
        with self._database.read() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        if not polling and row.seen_at <= millis(now - SEEN_EVERY):
            with self._database.write() as tx:
                tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=millis(now)))
        return Visit(row.name, cast("Role", row.role), row.scope, bool(row.must_change), token)

    def end(self, tx: Transaction, token: str) -> None:
        tx.execute(delete(sessions).where(sessions.c.token_hash == self._hash(token)))

    def end_all(self, tx: Transaction, name: str) -> None:
        tx.execute(delete(sessions).where(sessions.c.name == name))

    def csrf_of(self, token: str) -> str:
        """What a form of this session carries."""
        return self._csrf(token)
