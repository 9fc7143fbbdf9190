"""What a stand-in has to tell Cheqiao: a durable queue, sent by a thread of its own, every try written down."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol
from uuid import uuid4

from sandbox.call import Try, together
from sandbox.clock import iso
from sandbox.faults import Faults
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS parcels (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  push_id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, body TEXT NOT NULL, form TEXT NOT NULL,
  created_at REAL NOT NULL, due_at REAL, outcome TEXT
);
CREATE INDEX IF NOT EXISTS parcels_due ON parcels (due_at);
CREATE INDEX IF NOT EXISTS parcels_appointment ON parcels (json_extract(body, '$.data.appointment_id'));
CREATE INDEX IF NOT EXISTS parcels_complaint ON parcels (json_extract(body, '$.data.complaint_id'));
CREATE INDEX IF NOT EXISTS parcels_item ON parcels (json_extract(body, '$.data.item_id'));
CREATE TABLE IF NOT EXISTS tries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, parcel INTEGER NOT NULL REFERENCES parcels (id),
  at TEXT NOT NULL, milliseconds REAL NOT NULL, status INTEGER, outcome TEXT NOT NULL, content_type TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS tries_parcel ON tries (parcel);
"""


LONGEST_TRY = 12.0
"""Seconds: a little more than any carrier gives one try."""


@dataclass(frozen=True)
class Parcel:
    """One push. `path` is under the target; `form` is for the carrier alone."""

    id: int
    push_id: str
    path: str
    body: str
    form: str


class Carrier(Protocol):
    """How pushes travel and how patient their sender is."""

    def carry(self, parcel: Parcel) -> Try:
        """Send it once. Never raises."""

    def settles(self, answer: Try) -> bool:
        """Whether this answer ends the matter."""

    def pause(self, tries: int) -> float | None:
        """Seconds to wait after so many tries; None gives up."""


class Outgoing:
    """Times are the machine's, not those handed in: what waits must come due though a test has stopped the clock."""

    def __init__(self, store: Store, faults: Faults, carrier: Carrier) -> None:
        self._store = store
        self._faults = faults
        self._carrier = carrier
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-outgoing", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Ends after the try in hand; what is left is sent after the next start."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=LONGEST_TRY)

    def add(self, tx: sqlite3.Connection, path: str, body: str, *, form: str = "{}", delay: float = 0) -> str:
        """Queue a push in the transaction of what it tells of. Call `wake` when that is committed. Returns the push's id."""
        return self._insert(tx, path, body, form, time.time() + delay)

    def wake(self) -> None:
        self._wake.set()

    def send_now(self, path: str, body: str, *, form: str = "{}", copies: int = 1, at_once: bool = False) -> tuple[str, list[list[Try]]]:
        """Send without queueing, and wait: the tries of each copy, each copy with the carrier's whole patience."""
        with self._store.write() as tx:
            push_id = self._insert(tx, path, body, form, None)
        parcel = self._parcel(push_id)
        if at_once:
            copies_tries: list[list[Try]] = [[] for _ in range(copies)]
            threads = [threading.Thread(target=self._persist, args=(parcel, tries), daemon=True) for tries in copies_tries]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        else:
            copies_tries = [self._persist(parcel, []) for _ in range(copies)]
        settled = any(self._carrier.settles(tries[-1]) for tries in copies_tries)
        self._finish(parcel, "settled" if settled else "given_up")
        return push_id, copies_tries

    def pushes(self) -> list[dict[str, object]]:
        """Every push with all its tries, oldest first."""
        tries: dict[int, list[dict[str, object]]] = {}
        for row in self._store.rows("SELECT * FROM tries ORDER BY id"):
            tries.setdefault(row["parcel"], []).append({key: row[key] for key in ("at", "milliseconds", "status", "outcome", "body")})
        return [
            {
                "id": row["push_id"],
                "path": row["path"],
                "body": json.loads(row["body"]),
                "form": json.loads(row["form"]),
                "outcome": row["outcome"] or "waiting",
                "tries": tries.get(row["id"], []),
            }
            for row in self._store.rows("SELECT * FROM parcels ORDER BY id")
        ]

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            row = self._store.row("SELECT push_id, due_at FROM parcels WHERE due_at IS NOT NULL ORDER BY due_at, id LIMIT 1")
            wait = 1.0 if row is None else row["due_at"] - time.time()
            if row is not None and wait <= 0:
                self._deliver(self._parcel(row["push_id"]))
            else:
                self._wake.wait(min(wait, 1.0))

    def _deliver(self, parcel: Parcel) -> None:
        fault = self._faults.take("push", parcel.path)
        answers = together(fault.copies, self._carrying(parcel)) if fault else [self._carrier.carry(parcel)]
        for answer in answers:
            self._note(parcel, answer)
        if any(self._carrier.settles(answer) for answer in answers):
            self._finish(parcel, "settled")
            return
        pause = self._carrier.pause(len(self._store.rows("SELECT 1 FROM tries WHERE parcel=?", parcel.id)))
        if pause is None:
            self._finish(parcel, "given_up")
            return
        with self._store.write() as tx:
            tx.execute("UPDATE parcels SET due_at=? WHERE id=?", (time.time() + pause, parcel.id))

    def _persist(self, parcel: Parcel, tries: list[Try]) -> list[Try]:
        """Carry it until it is settled or the carrier gives up."""
        while True:
            tries.append(self._carrier.carry(parcel))
            self._note(parcel, tries[-1])
            pause = self._carrier.pause(len(tries))
            if pause is None or self._carrier.settles(tries[-1]):
                return tries
            time.sleep(pause)

    def _carrying(self, parcel: Parcel) -> Callable[[], Try]:
        return lambda: self._carrier.carry(parcel)

    def _insert(self, tx: sqlite3.Connection, path: str, body: str, form: str, due_at: float | None) -> str:
        push_id = f"msg_{uuid4().hex}"
        tx.execute(
            "INSERT INTO parcels (push_id, path, body, form, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?)",
            (push_id, path, body, form, time.time(), due_at),
        )
        return push_id

    def _parcel(self, push_id: str) -> Parcel:
        row = self._store.rows("SELECT id, push_id, path, body, form FROM parcels WHERE push_id=?", push_id)[0]
        return Parcel(**dict(row))

    def _note(self, parcel: Parcel, answer: Try) -> None:
        seen = {**asdict(answer), "at": iso(answer.at), "parcel": parcel.id}
        with self._store.write() as tx:
            tx.execute(
                "INSERT INTO tries (parcel, at, milliseconds, status, outcome, content_type, body)"
                " VALUES (:parcel, :at, :milliseconds, :status, :outcome, :content_type, :body)",
                seen,
            )

    def _finish(self, parcel: Parcel, outcome: str) -> None:
        with self._store.write() as tx:
            tx.execute("UPDATE parcels SET due_at=NULL, outcome=? WHERE id=?", (outcome, parcel.id))
