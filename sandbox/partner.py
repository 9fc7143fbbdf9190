"""What the DMS and the CSC share: who may ask, that a repeat is answered as the first time, and how a desk tells what it did."""

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from flask import Flask, Response, request
from pydantic import BaseModel

from sandbox.answers import Answer
from sandbox.clock import iso
from sandbox.office import Office
from sandbox.reception import Manners
from sandbox.web import Problem, respond

SCHEMA = """
CREATE TABLE IF NOT EXISTS idempotency (
  key TEXT PRIMARY KEY, digest TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL, at TEXT NOT NULL
);
"""

REMEMBERED = (200, 201, 409, 422)
"""Final answers. A 404 is not one: what is not there now may be there later."""

MANNERS = Manners(
    refusal=lambda code: Answer.of(422, {"code": code, "message": "按要求拒绝 Refused as ordered"}),
    nonsense=Answer.of(
        200, {"dms_no": {"no": 7}, "task_id": None, "slip_id": [], "version": "two", "status": 5, "owners": "?", "dealers": 9}
    ),
)
"""`nonsense` breaks the contract of every answer that a partner gives."""

Work = Callable[[sqlite3.Connection], Answer]
R = TypeVar("R")


def guard(app: Flask, api_key: str) -> None:
    """Everything under /api needs the key (401)."""

    @app.before_request
    def check_key() -> Response | None:
        if not request.path.startswith("/api/"):
            return None
        given = request.headers.get("Authorization", "")
        if hmac.compare_digest(given.encode(), f"Bearer {api_key}".encode()):
            return None
        return respond(Answer.of(401, {"code": "unauthorised", "message": "API key missing or wrong"}))


def once(office: Office, body: BaseModel, work: Work) -> Response:
    """Do it in one transaction with its stored answer. A repeat of the key gets that answer; with another body it is 409."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Problem(400, "idempotency_key_missing", "header Idempotency-Key is required")
    digest = _digest(body)
    with office.store.write() as tx:
        before = tx.execute("SELECT digest, status, body FROM idempotency WHERE key=?", (key,)).fetchone()
        if before is None:
            answer = work(tx)
            if answer.status in REMEMBERED:
                _remember(tx, key, digest, answer, office.now())
            return respond(answer)
    if before["digest"] != digest:
        raise Problem(409, "idempotency_conflict", "this key came with another body before")
    return respond(Answer(before["status"], before["body"], {"Content-Type": "application/json", "Idempotent-Replayed": "true"}))


def _digest(body: BaseModel) -> str:
    """Of the request, however its JSON was written."""
    said = json.dumps([request.method, request.path, body.model_dump(mode="json")], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _remember(tx: sqlite3.Connection, key: str, digest: str, answer: Answer, at: datetime) -> None:
    tx.execute(
        "INSERT INTO idempotency (key, digest, status, body, at) VALUES (?, ?, ?, ?, ?)", (key, digest, answer.status, answer.body, iso(at))
    )


class Telling:
    """What a member of staff does is on record in one transaction with the pushes that tell of it."""

    def __init__(self, office: Office, events: str) -> None:
        self._office = office
        self._events = events

    def do(self, work: Callable[[sqlite3.Connection], R], news: Callable[[R, datetime], Sequence[BaseModel]]) -> tuple[R, list[str]]:
        """What `work` gives, and the ids of the pushes; Problem passes, and nothing was done."""
        with self._office.store.write() as tx:
            done = work(tx)
            pushes = [self._office.outgoing.add(tx, self._events, push.model_dump_json()) for push in news(done, self._office.now())]
        self._office.outgoing.wake()
        return done, pushes
