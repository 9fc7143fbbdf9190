"""The door: name and password against a session, with pauses that grow with every failure, per account and per address.

A try is counted before the password is looked at and forgiven when it was right, so that many at once count too. Names that nobody has are
counted and answered like others, in words and in time.

A pause is no way to shut somebody out: a browser that was let in under a name before is counted by itself, whatever others try under that
name or from that address (OWASP, device cookies); and a new password forgives what was tried before it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from chassis.database import Database, Transaction, from_millis, in_one_transaction, millis
from chassis.privacy import Vault
from services.console.audit import Audit
from services.console.keys import signer
from services.console.passwords import Passwords
from services.console.session import Sessions
from services.console.staff import Member, StaffRegister
from services.console.store import attempt, staff

FREE = {"name": 5, "browser": 5, "address": 30}
"""Failures before the first pause: a person mistypes; behind one address there may be an office."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15, 900
FORGOTTEN_AFTER_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Entered:
    """`token` of the session; `browser`: what tells this browser the next time."""

    token: str
    browser: str


@dataclass(frozen=True)
class Refused:
    """`wait_until`: no password is looked at before."""

    wait_until: datetime | None = None


class Entrance:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        secret: str,
        *,
        register: StaffRegister,
        passwords: Passwords,
        sessions: Sessions,
        audit: Audit,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._vault = vault
        self._sign = signer(secret, "browser")
        self._register = register
        self._passwords = passwords
        self._sessions = sessions
        self._audit = audit
        self._now = now

    def enter(self, name: str, password: str, address: str, browser: str = "") -> Entered | Refused:
        """A new session for the right password; what was there before is not taken over. `browser`: as `Entered` gave it, if ever."""
        known_browser = self._knows(name, browser)
        if known_browser:
            keys = {"browser": self._vault.lookup("staff.browser", browser)}
        else:
            keys = {"name": self._vault.lookup("staff", name), "address": self._vault.lookup("address", address)}
        known = self._register.get(name)
        new_since = millis(known.password_at) if known else 0
        locked_until = in_one_transaction(self._database, lambda tx: self._count(tx, keys, new_since))
        told = known.name if known else ""  # what was typed for a name may be a password
        if locked_until is not None:
            self._audit.write(told, "login.locked", told)
            return Refused(locked_until)
        if not self._passwords.match(known.password if known else None, password) or known is None or known.disabled:
            self._audit.write(told, "login.failed", told)
            return Refused()
        token = in_one_transaction(self._database, lambda tx: self._let_in(tx, known, password, keys))
        if token is None:
            self._audit.write(told, "login.failed", told)
            return Refused()
        return Entered(token, browser if known_browser else self._browser(name, secrets.token_urlsafe(16)))

    def is_right(self, name: str, password: str) -> bool | Refused:
        """For the change of a password by who is in already: an open screen is no place to guess at leisure either."""
        lookup = self._vault.lookup("staff.own", name)
        locked_until = in_one_transaction(self._database, lambda tx: self._count(tx, {"name": lookup}))
        if locked_until is not None:
            return Refused(locked_until)
        known = self._register.get(name)
        right = self._passwords.match(known.password if known else None, password)
        if right:
            in_one_transaction(self._database, lambda tx: tx.execute(delete(attempt).where(attempt.c.lookup == lookup)))
        return right

    def _browser(self, name: str, nonce: str) -> str:
        return f"{nonce}.{self._sign(f'{name}/{nonce}')}"

    def _knows(self, name: str, browser: str) -> bool:
        """Whether this browser was let in under this name before."""
        nonce = browser.partition(".")[0]
        return bool(nonce) and compare_digest(browser.encode(), self._browser(name, nonce).encode())

    def _count(self, tx: Transaction, keys: dict[str, str], new_since: int = 0) -> datetime | None:
        """One try more for each key; or until when one of them is locked, and then nothing is counted.

        What was tried under the name before `new_since` (milliseconds) was tried at another password.
        """
        now = millis(self._now())
        forgiven = keys.get("name") if new_since else None
        rows = {row.lookup: row for row in tx.execute(_of(keys))}
        known = set(rows)
        if forgiven in rows and rows[forgiven].last_at < new_since:
            del rows[forgiven]
        if until := max((row.locked_until for row in rows.values() if row.locked_until > now), default=None):
            return from_millis(until)
        for kind, lookup in sorted(keys.items(), key=lambda item: item[1]):
            failures = _failures_of(rows.get(lookup), now) + 1
            values = {"failures": failures, "last_at": now, "locked_until": now + _pause_ms(failures, FREE[kind])}
            if lookup in known:
                tx.execute(update(attempt).where(attempt.c.lookup == lookup).values(values))
            else:
                tx.execute(insert(attempt).values(lookup=lookup, **values))
        return None

    def _let_in(self, tx: Transaction, member: Member, password: str, keys: dict[str, str]) -> str | None:
        """None where the password was changed, or the account disabled, since it was looked at."""
        changed: dict[str, Any] = {"login_at": millis(self._now())}
        if self._passwords.is_dated(member.password):
            changed["password"] = self._passwords.hash(password)
        as_looked_at = (staff.c.name == member.name) & (staff.c.password == member.password) & ~staff.c.disabled
        if not tx.execute(update(staff).where(as_looked_at).values(changed)).rowcount:
            return None
        address = keys.get("address", "")
        tx.execute(delete(attempt).where(attempt.c.lookup.in_(set(keys.values()) - {address})))
        forgiven = {"failures": attempt.c.failures - 1, "locked_until": 0}
        tx.execute(update(attempt).where(attempt.c.lookup == address, attempt.c.failures > 0).values(forgiven))
        self._audit.write_in(tx, member.name, "login", member.name)
        return self._sessions.begin(tx, member.name)


def _of(keys: dict[str, str]) -> Any:
    return select(attempt).where(attempt.c.lookup.in_(keys.values())).order_by(attempt.c.lookup).with_for_update()


def _failures_of(row: Row[Any] | None, now: int) -> int:
    return 0 if row is None or row.last_at < now - FORGOTTEN_AFTER_SECONDS * 1000 else int(row.failures)


def _pause_ms(failures: int, free: int) -> int:
    """Nothing for the first few, then 15 s, 30 s, a minute … a quarter of an hour."""
    over = failures - free
    return 0 if over < 0 else min(FIRST_PAUSE_SECONDS * 2**over, LONGEST_PAUSE_SECONDS) * 1000
