"""The register of staff: who may come in, in which role. Every change stands in the audit, in the transaction that makes it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, func, insert, select, update

from chassis.database import Conflict, Database, Transaction, from_millis, in_one_transaction, millis
from services.console.audit import Audit
from services.console.passwords import Passwords, random_password
from services.console.problems import Problem
from services.console.scope import kept_for
from services.console.session import Sessions
from services.console.store import staff

if TYPE_CHECKING:
    from services.console.access import Role

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
FIRST = "admin"
SET_UP = "set-up"
"""Who made the first account, in the audit."""


@dataclass(frozen=True)
class Member:
    name: str
    role: "Role"
    scope: str
    must_change: bool
    disabled: bool
    created_at: datetime
    password_at: datetime
    login_at: datetime | None
    password: str = ""


class StaffRegister:
    """Changes end with Problem where they may not be: a name that is taken or unknown, the last administrator."""

    def __init__(self, database: Database, passwords: Passwords, sessions: Sessions, audit: Audit, now: Callable[[], datetime]) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._audit = audit
        self._now = now

    def all(self) -> list[Member]:
        with self._database.read() as connection:
            return [_member(row) for row in connection.execute(select(staff).order_by(staff.c.name))]

    def get(self, name: str) -> Member | None:
        with self._database.read() as connection:
            row = connection.execute(select(staff).where(staff.c.name == name)).one_or_none()
        return _member(row) if row else None

    def make_first(self) -> str | None:
        """Where there is no staff at all: an administrator, whose password is the answer and stands nowhere else. Else None."""
        with self._database.read() as connection:
            if connection.execute(select(func.count()).select_from(staff)).scalar_one():
                return None
        try:
            return self.add(SET_UP, FIRST, "administrator")
        except Problem:
            return None  # another copy was first

    def add(self, actor: str, name: str, role: "Role", place: str = "") -> str:
        """Gives the first password, which has to be changed at the first login. It is shown once and kept by nobody.

        `place`: code of the dealer or region, for a role that belongs to one.
        """
        if not NAME.fullmatch(name):
            raise Problem("name", "账号为 2 至 32 位小写字母、数字、. _ -", "A name has 2 to 32 of a-z, 0-9, . _ -")
        password = random_password()
        now = millis(self._now())
        scope = kept_for(role, place)
        row = {
            "name": name,
            "role": role,
            "scope": scope,
            "password": self._passwords.hash(password),
            "must_change": True,
            "disabled": False,
        }

        def work(tx: Transaction) -> None:
            tx.execute(insert(staff).values(**row, created_at=now, password_at=now))
            self._audit.write_in(tx, actor, "staff.added", name, _told(role, scope))

        try:
            in_one_transaction(self._database, work, tries=2)
        except Conflict as taken:
            raise Problem("taken", f"已有账号 {name}", f"There is somebody named {name} already.", 409) from taken
        return password

    def give_role(self, actor: str, name: str, role: "Role", place: str = "") -> None:
        scope = kept_for(role, place)

        def work(tx: Transaction) -> None:
            before = self._locked(tx, name)
            if before.role == "administrator" and role != "administrator":
                self._not_the_last(tx, name)
            tx.execute(update(staff).where(staff.c.name == name).values(role=role, scope=scope))
            self._audit.write_in(tx, actor, "staff.role", name, {"from": before.role, "to": role} | ({"scope": scope} if scope else {}))

        in_one_transaction(self._database, work)

    def set_disabled(self, actor: str, name: str, disabled: bool) -> None:
        """Takes effect with the next request of whoever it is."""

        def work(tx: Transaction) -> None:
            before = self._locked(tx, name)
            if disabled and before.role == "administrator":
                self._not_the_last(tx, name)
            tx.execute(update(staff).where(staff.c.name == name).values(disabled=disabled))
            self._sessions.end_all(tx, name)
            self._audit.write_in(tx, actor, "staff.disabled" if disabled else "staff.enabled", name)

        in_one_transaction(self._database, work)

    def reset(self, actor: str, name: str) -> str:
        """Another first password; ends all sessions of that person."""
        password = random_password()
        self._set_password(actor, name, password, must_change=True, action="staff.reset")
        return password

    def change_password(self, name: str, password: str) -> None:
        """By the person; ends all their sessions, a new one is for the caller to begin."""
        self._set_password(name, name, password, must_change=False, action="password.changed")

    def _set_password(self, actor: str, name: str, password: str, *, must_change: bool, action: str) -> None:
        hashed = self._passwords.hash(password)

        def work(tx: Transaction) -> None:
            self._locked(tx, name)
            values = {"password": hashed, "must_change": must_change, "password_at": millis(self._now())}
            tx.execute(update(staff).where(staff.c.name == name).values(values))
            self._sessions.end_all(tx, name)
            self._audit.write_in(tx, actor, action, name)

        in_one_transaction(self._database, work)

    def _locked(self, tx: Transaction, name: str) -> Member:
        """All rows, always in the same order: two administrators who take the role off each other wait for one another."""
        rows = {row.name: row for row in tx.execute(select(staff).order_by(staff.c.name).with_for_update())}
        if name not in rows:
            raise Problem("unknown", f"没有账号 {name}", f"There is nobody named {name}.", 404)
        return _member(rows[name])

    def _not_the_last(self, tx: Transaction, name: str) -> None:
        others = select(func.count()).where(staff.c.role == "administrator", ~staff.c.disabled, staff.c.name != name)
        if not tx.execute(others).scalar_one():
            raise Problem("last", "至少要留一位管理员", "One administrator has to stay.", 409)


def register_of(database: Database, secret: str, now: Callable[[], datetime]) -> StaffRegister:
    """For who has the machine and needs no login: the command line and the first start. Its lines in the audit come from nowhere."""
    audit = Audit(database, secret, now, place=str)
    return StaffRegister(database, Passwords(), Sessions(database, secret, now), audit, now)


def _told(role: "Role", scope: str) -> dict[str, str]:
    return {"role": role} | ({"scope": scope} if scope else {})


def _member(row: Row[Any]) -> Member:
    return Member(
        name=row.name,
        role=cast("Role", row.role),
        scope=row.scope,
        must_change=bool(row.must_change),
        disabled=bool(row.disabled),
        created_at=from_millis(row.created_at),
        password_at=from_millis(row.password_at),
        login_at=from_millis(row.login_at) if row.login_at is not None else None,
        password=row.password,
    )
