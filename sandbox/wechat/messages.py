"""What followers got: template messages and customer-service messages."""

import json
import sqlite3
from collections.abc import Callable

from pydantic import BaseModel, Field

from sandbox.clock import Now
from sandbox.store import Store
from sandbox.wechat.api_errors import ApiError
from sandbox.wechat.followers import Followers
from sandbox.wechat.template_rules import check_template, check_values

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT NOT NULL, kind TEXT NOT NULL, template_id TEXT NOT NULL DEFAULT '',
  url TEXT NOT NULL DEFAULT '', content TEXT NOT NULL, client_msg_id TEXT NOT NULL DEFAULT '',
  asked INTEGER NOT NULL DEFAULT 1, at REAL NOT NULL
);
"""

FIRST_MSGID = 3_000_000_000_000_000_000
"""So that nobody mistakes a msgid for something that fits into 53 bits."""

REPEAT_SECONDS = 600
"""So long a repeated client_msg_id is not sent again."""


class Value(BaseModel):
    value: str


class TemplateSend(BaseModel):
    touser: str
    template_id: str
    url: str = ""
    data: dict[str, Value]
    client_msg_id: str = Field(default="", max_length=32)


LONGEST_TEXT = 2048
"""Bytes."""


class CustomText(BaseModel):
    content: str


class CustomSend(BaseModel):
    touser: str
    msgtype: str = Field(pattern="^text$")
    text: CustomText


Tell = Callable[[sqlite3.Connection, str, int], None]
"""(transaction, openid, msgid): queues the result of a send."""


class Messages:
    def __init__(self, store: Store, now: Now, followers: Followers) -> None:
        self._store = store
        self._now = now
        self._followers = followers

    def send_template(self, wish: TemplateSend, tell: Tell) -> int:
        """Returns the msgid; that of the first send where `client_msg_id` comes again within ten minutes. Raises ApiError."""
        check_template(wish.template_id)
        texts = {keyword: value.value for keyword, value in wish.data.items()}
        check_values(texts)
        with self._store.write() as tx:
            self._followers.reachable(tx, wish.touser)
            before = self._repeated(tx, wish)
            if before is not None:
                tx.execute("UPDATE messages SET asked = asked + 1 WHERE number=?", (before,))
                return FIRST_MSGID + before
            content = json.dumps(texts, ensure_ascii=False)
            row = tx.execute(
                "INSERT INTO messages (openid, kind, template_id, url, content, client_msg_id, at) VALUES (?, 'template', ?, ?, ?, ?, ?)"
                " RETURNING number",
                (wish.touser, wish.template_id, wish.url, content, wish.client_msg_id, self._now().timestamp()),
            ).fetchone()
            msgid = FIRST_MSGID + int(row["number"])
            tell(tx, wish.touser, msgid)
            return msgid

    def send_custom(self, wish: CustomSend) -> None:
        """44004 nothing is said, 45002 it is too long; raises ApiError for the follower too."""
        if not wish.text.content:
            raise ApiError(44004)
        if len(wish.text.content.encode()) > LONGEST_TEXT:
            raise ApiError(45002)
        with self._store.write() as tx:
            self._followers.reachable(tx, wish.touser)
            self._followers.use_opening(tx, wish.touser)
            content = json.dumps({"content": wish.text.content}, ensure_ascii=False)
            tx.execute(
                "INSERT INTO messages (openid, kind, content, at) VALUES (?, 'custom', ?, ?)",
                (wish.touser, content, self._now().timestamp()),
            )

    def got(self, openid: str) -> list[dict[str, object]]:
        """What this follower (all, if empty) got, oldest first."""
        rows = self._store.rows("SELECT * FROM messages WHERE openid=? OR ?='' ORDER BY number", openid, openid)
        return [{**dict(row), "msgid": str(FIRST_MSGID + row["number"]), "content": json.loads(row["content"])} for row in rows]

    def _repeated(self, tx: sqlite3.Connection, wish: TemplateSend) -> int | None:
        if not wish.client_msg_id:
            return None
        row = tx.execute(
            "SELECT number FROM messages WHERE openid=? AND client_msg_id=? AND at > ? ORDER BY number DESC LIMIT 1",
            (wish.touser, wish.client_msg_id, self._now().timestamp() - REPEAT_SECONDS),
        ).fetchone()
        return None if row is None else int(row["number"])
