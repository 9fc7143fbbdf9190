"""Access tokens: two kinds that do not touch each other, `token` (a new one voids the old after a grace) and `stable`."""

import hmac
import secrets
import sqlite3
from typing import Literal

from sandbox.clock import Now
from sandbox.secrets import SandboxSecrets
from sandbox.store import Store
from sandbox.wechat.api_errors import ApiError
from sandbox.wechat.switches import Switches

SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  issued_at REAL NOT NULL, expires_at REAL NOT NULL, void INTEGER NOT NULL DEFAULT 0, fetched INTEGER NOT NULL DEFAULT 1
);
"""

RENEWED_EARLY = 300
"""Seconds before its end from which `stable_token` gives a new one."""

Kind = Literal["token", "stable"]


class Tokens:
    def __init__(self, store: Store, now: Now, switches: Switches, account: SandboxSecrets) -> None:
        self._store = store
        self._now = now
        self._switches = switches
        self._account = account

    def stable(self, appid: str, secret: str, *, force: bool) -> dict[str, object]:
        """The same token while it lives; `force` voids it at once and makes a new one."""
        self.identify(appid, secret, wrong_secret=40125)
        now, life = self._now().timestamp(), self._switches.token_life().lifetime
        early = RENEWED_EARLY if life > 2 * RENEWED_EARLY else 0
        with self._store.write() as tx:
            if force:
                tx.execute("UPDATE tokens SET void=1 WHERE kind='stable'")
            held = tx.execute(
                "SELECT * FROM tokens WHERE kind='stable' AND void=0 AND expires_at > ? ORDER BY id DESC", (now + early,)
            ).fetchone()
            if held is None:
                return self._issue(tx, "stable", now, life)
            tx.execute("UPDATE tokens SET fetched = fetched + 1 WHERE id=?", (held["id"],))
            return {"access_token": held["token"], "expires_in": int(held["expires_at"] - now)}

    def classic(self, appid: str, secret: str) -> dict[str, object]:
        """A new one each time; the one before is taken a little longer."""
        self.identify(appid, secret, wrong_secret=40001)
        now, life = self._now().timestamp(), self._switches.token_life()
        with self._store.write() as tx:
            tx.execute("UPDATE tokens SET expires_at=min(expires_at, ?) WHERE kind='token'", (now + life.grace,))
            return self._issue(tx, "token", now, life.lifetime)

    def check(self, token: str) -> None:
        """41001 missing, 40001 unknown or void, 42001 expired."""
        if not token:
            raise ApiError(41001)
        row = self._store.row("SELECT * FROM tokens WHERE token=?", token)
        if row is None or row["void"]:
            raise ApiError(40001)
        if row["expires_at"] <= self._now().timestamp():
            raise ApiError(42001)

    def void_all(self) -> int:
        with self._store.write() as tx:
            return tx.execute("UPDATE tokens SET void=1 WHERE void=0").rowcount

    def expire_all(self) -> int:
        with self._store.write() as tx:
            return tx.execute("UPDATE tokens SET expires_at=? WHERE void=0", (self._now().timestamp(),)).rowcount

    def issued(self) -> list[dict[str, object]]:
        return [dict(row) for row in self._store.rows("SELECT * FROM tokens ORDER BY id")]

    def identify(self, appid: str, secret: str, *, wrong_secret: int) -> None:
        """40013 another appid; `wrong_secret` as the call has it."""
        if appid != self._account.appid:
            raise ApiError(40013)
        if not hmac.compare_digest(secret.encode(), self._account.appsecret.encode()):
            raise ApiError(wrong_secret)

    @staticmethod
    def _issue(tx: sqlite3.Connection, kind: Kind, now: float, life: float) -> dict[str, object]:
        token = f"{kind}_{secrets.token_urlsafe(96)}"
        tx.execute("INSERT INTO tokens (token, kind, issued_at, expires_at) VALUES (?, ?, ?, ?)", (token, kind, now, now + life))
        return {"access_token": token, "expires_in": int(life)}
