"""Temporary media: what was uploaded, by the API or from a page, is kept for three days under an id that nobody can guess."""

import secrets
from dataclasses import dataclass

from sandbox.clock import Now
from sandbox.store import Store
from sandbox.wechat.api_errors import ApiError

SCHEMA = """
CREATE TABLE IF NOT EXISTS media (
  media_id TEXT PRIMARY KEY, kind TEXT NOT NULL, content BLOB NOT NULL, content_type TEXT NOT NULL, created_at REAL NOT NULL
);
"""

LIFETIME = 3 * 86_400
"""Seconds."""
LARGEST = {"image": 10 * 1024 * 1024, "voice": 2 * 1024 * 1024, "video": 10 * 1024 * 1024, "thumb": 64 * 1024}
TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "amr": "audio/amr", "mp3": "audio/mp3"}
TYPES_OF_KIND = {"image": "image/", "thumb": "image/jpeg", "voice": "audio/", "video": "video/"}


@dataclass(frozen=True)
class Medium:
    media_id: str
    kind: str
    content: bytes
    content_type: str
    created_at: int

    @property
    def file_name(self) -> str:
        ending = next((ending for ending, type in TYPES.items() if type == self.content_type), "bin")
        return f"{self.media_id}.{ending}"


class Media:
    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def keep(self, kind: str, content: bytes, content_type: str) -> Medium:
        """40004 no such kind, 40005 no type of this kind, 40006 empty or too large."""
        if kind not in LARGEST:
            raise ApiError(40004)
        if not content_type.startswith(TYPES_OF_KIND[kind]):
            raise ApiError(40005)
        if not 0 < len(content) <= LARGEST[kind]:
            raise ApiError(40006)
        now = self._now().timestamp()
        kept = Medium(secrets.token_urlsafe(48), kind, content, content_type, int(now))
        with self._store.write() as tx:
            tx.execute("DELETE FROM media WHERE created_at <= ?", (now - LIFETIME,))
            tx.execute("INSERT INTO media VALUES (?, ?, ?, ?, ?)", (kept.media_id, kind, content, content_type, now))
        return kept

    def get(self, media_id: str) -> Medium:
        """41006 missing, 40007 unknown or over."""
        if not media_id:
            raise ApiError(41006)
        row = self._store.row("SELECT * FROM media WHERE media_id=? AND created_at > ?", media_id, self._now().timestamp() - LIFETIME)
        if row is None:
            raise ApiError(40007)
        return Medium(row["media_id"], row["kind"], row["content"], row["content_type"], int(row["created_at"]))
