"""What has travelled lately between phones, WeChat, Cheqiao, DMS, CSC and the provider of text messages, as the stand-ins saw it."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.clock import Now, iso
from sandbox.phone import feed_words
from sandbox.phone.people import People
from sandbox.store import Store

Hop = dict[str, object]
"""{id, at, way: stations in order, words: {zh, en}, who, outcome: open | done | refused | failed, detail}."""

SHOWN = 20
WINDOW = 300
"""So many entries of each office are looked through for those to show."""

API = "/api/v1"
PATIENCE = timedelta(seconds=60)
"""After that a request without an answer has none."""

SENDS = ("/cgi-bin/message/template/send", "/cgi-bin/message/custom/send")


@dataclass(frozen=True)
class Feed:
    """Short reads of what the offices keep."""

    wechat: Store
    dms: Store
    csc: Store
    sms: Store
    phone: Store
    people: People
    now: Now

    def latest(self) -> list[Hop]:
        """The last ones, oldest first."""
        people = self.people.all()
        names = {person.openid: person.name for person in people}
        by_mobile = {person.mobile: person.name for person in people}
        hops = [*self._pushed(names), *self._sent(names), *self._submitted(names), *self._texted(by_mobile)]
        for partner, store in (("dms", self.dms), ("csc", self.csc)):
            hops += [*self._asked(partner, store), *_told(partner, store)]
        return sorted(hops, key=lambda hop: str(hop["at"]))[-SHOWN:]

    def last_text(self) -> int:
        """The number of the last text message."""
        return int(self.sms.rows("SELECT coalesce(max(number), 0) AS last FROM messages")[0]["last"])

    def _pushed(self, names: dict[str, str]) -> Iterator[Hop]:
        rows = self.wechat.rows(
            "SELECT id, body, created_at, outcome FROM parcels WHERE id > (SELECT max(id) FROM parcels) - ?"
            " AND coalesce(json_extract(body, '$.Event'), '') != 'TEMPLATESENDJOBFINISH' ORDER BY id DESC LIMIT ?",
            WINDOW,
            SHOWN,
        )
        for row in rows:
            message = json.loads(row["body"])
            way = ("phone", "wechat", "cheqiao")
            who = names.get(str(message.get("FromUserName")), "")
            yield _hop(f"push-{row['id']}", _parcel_time(row), way, feed_words.of_push(message), _parcel_outcome(row), who=who)

    def _sent(self, names: dict[str, str]) -> Iterator[Hop]:
        rows = self.wechat.rows(
            "SELECT id, at, path, body, status, answer FROM ledger WHERE id > (SELECT max(id) FROM ledger) - ? AND path IN (?, ?)"
            " ORDER BY id DESC LIMIT ?",
            WINDOW,
            *SENDS,
            SHOWN,
        )
        for row in rows:
            outcome, detail = self._outcome(row)
            errcode = _field(row["answer"], "errcode")
            if outcome == "done" and errcode not in (0, None):
                outcome, detail = "refused", str(errcode)
            who = names.get(str(_field(row["body"], "touser")), "")
            way = ("cheqiao", "wechat", "phone")
            yield _hop(f"send-{row['id']}", row["at"], way, feed_words.of_send(row["path"]), outcome, who=who, detail=detail)

    def _asked(self, partner: str, store: Store) -> Iterator[Hop]:
        rows = store.rows(
            "SELECT id, at, method, path, status, answer FROM ledger WHERE id > (SELECT max(id) FROM ledger) - ? AND substr(path, 1, ?) = ?"
            " ORDER BY id DESC LIMIT ?",
            WINDOW,
            len(API),
            API,
            SHOWN,
        )
        for row in rows:
            outcome, detail = self._outcome(row)
            said = feed_words.of_call(row["method"], row["path"].removeprefix(API))
            yield _hop(f"{partner}-{row['id']}", row["at"], ("cheqiao", partner), said, outcome, detail=detail)

    def _submitted(self, names: dict[str, str]) -> Iterator[Hop]:
        for row in self.phone.rows("SELECT * FROM submissions ORDER BY id DESC LIMIT ?", SHOWN):
            outcome = "failed" if row["status"] is None or row["status"] >= 500 else "refused" if row["status"] >= 400 else "done"
            detail = "" if outcome == "done" else str(row["status"] or "")
            said = feed_words.of_submission(row["path"])
            who = names.get(row["openid"], "")
            yield _hop(f"page-{row['id']}", row["at"], ("phone", "cheqiao"), said, outcome, who=who, detail=detail)

    def _texted(self, by_mobile: dict[str, str]) -> Iterator[Hop]:
        for row in self.sms.rows('SELECT number, "to", at FROM messages ORDER BY number DESC LIMIT ?', SHOWN):
            way, who = ("cheqiao", "sms", "phone"), by_mobile.get(row["to"], "")
            yield _hop(f"sms-{row['number']}", row["at"], way, feed_words.SMS, "done", who=who)

    def _outcome(self, row: sqlite3.Row) -> tuple[str, str]:
        """Of a request to a stand-in, and the status where it was not a good one."""
        if row["status"] is None:
            waiting = self.now() - datetime.fromisoformat(row["at"]) < PATIENCE and row["answer"] is None
            return ("open", "") if waiting else ("failed", "")
        if row["status"] < 400:
            return "done", ""
        return ("failed" if row["status"] >= 500 or row["status"] == 429 else "refused"), str(row["status"])


def _told(partner: str, store: Store) -> Iterator[Hop]:
    rows = store.rows("SELECT id, json_extract(body, '$.type') AS kind, created_at, outcome FROM parcels ORDER BY id DESC LIMIT ?", SHOWN)
    for row in rows:
        said = feed_words.of_partner_push(str(row["kind"] or ""))
        yield _hop(f"{partner}-push-{row['id']}", _parcel_time(row), (partner, "cheqiao"), said, _parcel_outcome(row))


def _hop(id: str, at: str, way: tuple[str, ...], said: feed_words.Words, outcome: str, *, who: str = "", detail: str = "") -> Hop:
    return {"id": id, "at": at, "way": way, "words": said, "who": who, "outcome": outcome, "detail": detail}


def _parcel_time(row: sqlite3.Row) -> str:
    return iso(datetime.fromtimestamp(row["created_at"], UTC))


def _parcel_outcome(row: sqlite3.Row) -> str:
    return {None: "open", "settled": "done"}.get(row["outcome"], "failed")


def _field(text: str | None, name: str) -> object:
    try:
        said = json.loads(text or "")
    except ValueError:
        return None
    return said.get(name) if isinstance(said, dict) else None
