"""What a follower sees in the account's chat: what he said, what was answered at once, and what the account sent him."""

import json
import sqlite3
from datetime import UTC, datetime

from sandbox.call import Try
from sandbox.clock import iso
from sandbox.phone.template_words import rows_of, title_of
from sandbox.store import Store
from sandbox.wechat.carrier import PushCarrier

Line = dict[str, object]
"""{id, at, side: me | account | note, kind, …}. A note is what WeChat itself says, in the middle."""

LONGEST = 80
WINDOW = 3000
"""Of the pushes of all followers, so many are looked through."""

LEFT = {"zh": "你已取消关注，不会再收到该公众号的消息", "en": "You no longer follow this account and will hear nothing more from it."}
BROKEN = {"zh": "该公众号提供的服务出现故障，请稍后再试", "en": "The account's service is out of order. Please try again later."}


class Chats:
    """Reads what the WeChat stand-in keeps; a chat is nothing of its own."""

    def __init__(self, store: Store, carrier: PushCarrier) -> None:
        self._store = store
        self._carrier = carrier

    def of(self, openid: str) -> list[Line]:
        """The last lines, oldest first."""
        lines = [*self._said(openid), *self._got(openid)]
        return sorted(lines, key=lambda line: str(line["at"]))[-LONGEST:]

    def mark(self) -> str:
        """Something else whenever anything in any chat has changed."""
        row = self._store.rows(
            "SELECT (SELECT max(id) FROM parcels) AS pushed, (SELECT max(id) FROM tries) AS tried,"
            " (SELECT count(*) FROM parcels WHERE id > (SELECT max(id) FROM parcels) - ? AND outcome IS NULL) AS open,"
            " (SELECT max(number) FROM messages) AS got, (SELECT sum(subscribed * since) FROM followers) AS following",
            WINDOW,
        )[0]
        return "-".join(str(value or 0) for value in row)

    def _said(self, openid: str) -> list[Line]:
        pushes = self._store.rows(
            "SELECT id, body, created_at, outcome FROM parcels WHERE id > (SELECT max(id) FROM parcels) - ?"
            " AND json_extract(body, '$.FromUserName') = ? AND coalesce(json_extract(body, '$.Event'), '') != 'TEMPLATESENDJOBFINISH'"
            " ORDER BY id DESC LIMIT ?",
            WINDOW,
            openid,
            LONGEST,
        )
        answers = self._answers([row["id"] for row in pushes])
        return [line for row in pushes for line in self._lines_of(row, answers.get(row["id"]))]

    def _answers(self, parcels: list[int]) -> dict[int, sqlite3.Row]:
        """The first answer to each push that the platform takes."""
        if not parcels:
            return {}
        rows = self._store.rows(
            "SELECT * FROM tries WHERE status = 200 AND parcel IN (SELECT value FROM json_each(?)) ORDER BY id DESC", json.dumps(parcels)
        )
        return {row["parcel"]: row for row in rows}

    def _lines_of(self, push: sqlite3.Row, answer: sqlite3.Row | None) -> list[Line]:
        message, at = json.loads(push["body"]), iso(datetime.fromtimestamp(push["created_at"], UTC))
        said = _own_line(message)
        lines: list[Line] = [{"id": f"push-{push['id']}", "at": at, **said}] if said else []
        if answer is not None:
            reply = self._carrier.reply_in(_as_try(answer))
            if reply is not None:
                lines.append({"id": f"reply-{push['id']}", "at": answer["at"], **_reply_line(reply)})
        elif push["outcome"] == "given_up" and (message.get("MsgType") != "event" or message.get("Event") == "CLICK"):
            lines.append({"id": f"failed-{push['id']}", "at": at, "side": "note", "kind": "notice", "words": BROKEN})
        return lines

    def _got(self, openid: str) -> list[Line]:
        rows = self._store.rows("SELECT * FROM messages WHERE openid=? ORDER BY number DESC LIMIT ?", openid, LONGEST)
        return [_message_line(row) for row in rows]


def _own_line(message: dict[str, object]) -> Line | None:
    """A click on the menu leaves no trace in the chat."""
    mine: Line = {"side": "me", "number": str(message.get("MsgId", ""))}
    match message.get("MsgType"), message.get("Event"):
        case "text", _:
            return {**mine, "kind": "text", "text": message.get("Content", "")}
        case "image", _:
            return {**mine, "kind": "picture", "url": message.get("PicUrl", "")}
        case "location", _:
            return {**mine, "kind": "location", "label": message.get("Label", "")}
        case "event", "unsubscribe":
            return {"side": "note", "kind": "notice", "words": LEFT}
        case _:
            return None


def _reply_line(reply: dict[str, object]) -> Line:
    """Whatever the platform could not show is a fault of the service in the follower's eyes."""
    if "problem" in reply or reply.get("MsgType") != "text":
        return {"side": "note", "kind": "notice", "words": BROKEN}
    return {"side": "account", "kind": "text", "text": reply.get("Content", "")}


def _message_line(row: sqlite3.Row) -> Line:
    content, at = json.loads(row["content"]), iso(datetime.fromtimestamp(row["at"], UTC))
    base: Line = {"id": f"message-{row['number']}", "at": at, "side": "account"}
    if row["kind"] == "custom":
        return {**base, "kind": "text", "text": content.get("content", "")}
    rows = rows_of(row["template_id"], content)
    return {**base, "kind": "template", "title": title_of(row["template_id"]), "rows": rows, "url": row["url"]}


def _as_try(row: sqlite3.Row) -> Try:
    return Try(datetime.fromisoformat(row["at"]), row["milliseconds"], row["status"], row["outcome"], row["content_type"], row["body"])
