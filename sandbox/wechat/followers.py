"""Who follows the account, and how long and how often it may write to each (platform: customer-service messages)."""

import sqlite3
from typing import Literal

from sandbox.clock import Now
from sandbox.store import Store
from sandbox.wechat.api_errors import ApiError

SCHEMA = """
CREATE TABLE IF NOT EXISTS followers (openid TEXT PRIMARY KEY, name TEXT NOT NULL, subscribed INTEGER NOT NULL, since REAL NOT NULL);
CREATE TABLE IF NOT EXISTS openings (
  openid TEXT NOT NULL, kind TEXT NOT NULL, until REAL NOT NULL, left INTEGER NOT NULL, PRIMARY KEY (openid, kind)
);
"""

SAMPLES = (
    ("oSandboxFollower0001", "张伟", True),
    ("oSandboxFollower0002", "李娜", True),
    ("oSandboxFollower0003", "王芳", True),
    ("oSandboxFollower0004", "刘洋", False),
)

Opening = Literal["message", "click"]

OPENINGS: dict[Opening, tuple[float, int]] = {"message": (48 * 3600, 5), "click": (60, 3)}
"""What a follower does opens a window: seconds, messages. A follow or a scan counts as a click."""


class Followers:
    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now
        with store.write() as tx:
            tx.executemany("INSERT OR IGNORE INTO followers VALUES (?, ?, ?, ?)", [(*sample, now().timestamp()) for sample in SAMPLES])

    def follow(self, openid: str, name: str) -> None:
        with self._store.write() as tx:
            tx.execute(
                "INSERT INTO followers VALUES (?, ?, 1, ?) ON CONFLICT (openid) DO UPDATE SET subscribed=1, since=excluded.since",
                (openid, name, self._now().timestamp()),
            )

    def unfollow(self, openid: str) -> None:
        with self._store.write() as tx:
            tx.execute("UPDATE followers SET subscribed=0 WHERE openid=?", (openid,))
            tx.execute("DELETE FROM openings WHERE openid=?", (openid,))

    def heard(self, openid: str, opening: Opening) -> None:
        seconds, messages = OPENINGS[opening]
        with self._store.write() as tx:
            tx.execute(
                "INSERT OR REPLACE INTO openings VALUES (?, ?, ?, ?)", (openid, opening, self._now().timestamp() + seconds, messages)
            )

    def reachable(self, tx: sqlite3.Connection, openid: str) -> None:
        """40003 unknown, 43004 does not follow."""
        row = tx.execute("SELECT subscribed FROM followers WHERE openid=?", (openid,)).fetchone()
        if row is None:
            raise ApiError(40003)
        if not row["subscribed"]:
            raise ApiError(43004)

    def use_opening(self, tx: sqlite3.Connection, openid: str) -> None:
        """45015 no window is open, 45047 all its messages are used; the window that closes first is used first."""
        rows = tx.execute(
            "SELECT * FROM openings WHERE openid=? AND until > ? ORDER BY until", (openid, self._now().timestamp())
        ).fetchall()
        if not rows:
            raise ApiError(45015)
        usable = next((row for row in rows if row["left"] > 0), None)
        if usable is None:
            raise ApiError(45047)
        tx.execute("UPDATE openings SET left = left - 1 WHERE openid=? AND kind=?", (openid, usable["kind"]))

    def about(self, openid: str) -> dict[str, object]:
        """As `user/info` answers since 2021: no nickname, no portrait."""
        row = self._store.row("SELECT * FROM followers WHERE openid=?", openid)
        if row is None:
            raise ApiError(40003)
        if not row["subscribed"]:
            return {"subscribe": 0, "openid": openid, "tagid_list": []}
        return {
            "subscribe": 1,
            "openid": openid,
            "nickname": "",
            "sex": 0,
            "language": "zh_CN",
            "city": "",
            "province": "",
            "country": "",
            "headimgurl": "",
            "subscribe_time": int(row["since"]),
            "remark": "",
            "groupid": 0,
            "tagid_list": [],
            "subscribe_scene": "ADD_SCENE_SEARCH",
            "qr_scene": 0,
            "qr_scene_str": "",
        }

    def all(self) -> list[dict[str, object]]:
        return [{**dict(row), "subscribed": bool(row["subscribed"])} for row in self._store.rows("SELECT * FROM followers ORDER BY openid")]
