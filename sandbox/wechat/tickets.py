"""JS tickets: one while it lives, renewed in its last minutes; and what a page of ours signs with it."""

import hashlib
import hmac
import secrets

from sandbox.clock import Now
from sandbox.store import Store
from sandbox.wechat.api_errors import ApiError

SCHEMA = """
CREATE TABLE IF NOT EXISTS tickets (id INTEGER PRIMARY KEY AUTOINCREMENT, ticket TEXT NOT NULL UNIQUE, expires_at REAL NOT NULL);
"""

LIFETIME = 7200
RENEWED_EARLY = 300
"""Seconds."""


class Tickets:
    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def current(self, kind: str) -> dict[str, object]:
        """As `ticket/getticket` answers. 40097 for any other kind than jsapi."""
        if kind != "jsapi":
            raise ApiError(40097)
        now = self._now().timestamp()
        with self._store.write() as tx:
            held = tx.execute("SELECT * FROM tickets WHERE expires_at > ? ORDER BY id DESC", (now + RENEWED_EARLY,)).fetchone()
            ticket, expires_at = (held["ticket"], held["expires_at"]) if held else (secrets.token_urlsafe(64), now + LIFETIME)
            if held is None:
                tx.execute("INSERT INTO tickets (ticket, expires_at) VALUES (?, ?)", (ticket, expires_at))
        return {"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": int(expires_at - now)}

    def signs(self, *, nonce: str, timestamp: str, url: str, signature: str) -> bool:
        """Whether a ticket that still lives was used to sign this address, as `wx.config` has it verified."""
        rows = self._store.rows("SELECT ticket FROM tickets WHERE expires_at > ?", self._now().timestamp())
        right = (_signature(row["ticket"], nonce, timestamp, url) for row in rows)
        return any(hmac.compare_digest(each.encode(), signature.encode(errors="replace")) for each in right)


def _signature(ticket: str, nonce: str, timestamp: str, url: str) -> str:
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(text.encode(errors="replace"), usedforsecurity=False).hexdigest()
