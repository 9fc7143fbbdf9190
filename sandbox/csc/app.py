"""The CSC over HTTP: its API, the desk of its DCRC, its controls."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from flask import Flask, Response, jsonify
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.csc import CallResult
from contracts.partners.csc import CallLoggedPush, CloseRecord, Slip, SlipSavedPush, Task, TaskRecord
from contracts.partners.wire import Item
from sandbox.csc.records import CscRecords, NotOpen
from sandbox.office import Office
from sandbox.partner import guard, once
from sandbox.web import Problem, body_of, controls, new_app, respond, wish_of

EVENTS = "/partners/csc/v1/events"

R = TypeVar("R", Task, Slip)


class CallNote(BaseModel):
    model_config = ConfigDict(extra="forbid")

    result: CallResult


class SlipNote(BaseModel):
    """What is not given is as the task has it."""

    model_config = ConfigDict(extra="forbid")

    appointment_at: AwareDatetime | None = None
    dealer_code: str | None = Field(default=None, min_length=1, max_length=32)
    items: tuple[Item, ...] | None = None
    confirmed_by: str = Field(default="DCRC-01", min_length=1, max_length=64)


class Cancellation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="customer_asked", min_length=1, max_length=64)


def create_app(office: Office, api_key: str) -> Flask:
    app = new_app("sandbox.csc")
    records = CscRecords(office.store, office.now)

    def state() -> dict[str, object]:
        return {"tasks": records.tasks(), "slips": records.slips(), "pushes": office.outgoing.pushes()}

    guard(app, api_key)
    app.register_blueprint(controls(office.ledger, office.faults, state))
    _api(app, office, records)
    _desk(app, records, Desk(office))
    return app


def _api(app: Flask, office: Office, records: CscRecords) -> None:
    @app.post("/api/v1/call-tasks")
    def open_task() -> Response:
        wish = body_of(TaskRecord)
        return once(office, wish, lambda tx: records.open_task(tx, wish))

    @app.get("/api/v1/call-tasks/<uuid:appointment_id>")
    def find_task(appointment_id: UUID) -> Response:
        return respond(records.find(appointment_id))

    @app.post("/api/v1/call-tasks/<uuid:appointment_id>/close")
    def close_task(appointment_id: UUID) -> Response:
        wish = body_of(CloseRecord)
        return once(office, wish, lambda tx: records.close_task(tx, appointment_id, wish))


class Desk:
    """What a member of staff does is on record together with the push that tells of it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def do(self, work: Callable[[sqlite3.Connection], R]) -> tuple[Response, int]:
        try:
            with self._office.store.write() as tx:
                record = work(tx)
                push_id = self._office.outgoing.add(tx, EVENTS, _push(record, self._office.now()).model_dump_json())
        except NotOpen as error:
            raise Problem(409, "not_open", "no open task or active slip of this id") from error
        self._office.outgoing.wake()
        return jsonify({"push_id": push_id, **record.model_dump(mode="json")}), 202


def _push(record: Task | Slip, at: datetime) -> CallLoggedPush | SlipSavedPush:
    if isinstance(record, Task):
        return CallLoggedPush(type="call.logged", timestamp=at, data=record)
    return SlipSavedPush(type="slip.saved", timestamp=at, data=record)


def _desk(app: Flask, records: CscRecords, desk: Desk) -> None:
    @app.post("/desk/tasks/<uuid:appointment_id>/calls")
    def log_call(appointment_id: UUID) -> tuple[Response, int]:
        note = wish_of(CallNote)
        return desk.do(lambda tx: records.log_call(tx, appointment_id, note.result))

    @app.post("/desk/tasks/<uuid:appointment_id>/decline")
    def decline(appointment_id: UUID) -> tuple[Response, int]:
        return desk.do(lambda tx: records.decline(tx, appointment_id))

    @app.post("/desk/tasks/<uuid:appointment_id>/slip")
    def write_slip(appointment_id: UUID) -> tuple[Response, int]:
        note = wish_of(SlipNote)
        return desk.do(
            lambda tx: records.write_slip(
                tx, appointment_id, at=note.appointment_at, dealer_code=note.dealer_code, items=note.items, by=note.confirmed_by
            )
        )

    @app.post("/desk/slips/<slip_id>/cancel")
    def cancel_slip(slip_id: str) -> tuple[Response, int]:
        note = wish_of(Cancellation)
        return desk.do(lambda tx: records.cancel_slip(tx, slip_id, note.reason))
