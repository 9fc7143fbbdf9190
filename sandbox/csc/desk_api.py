"""`/desk/…`: what is done at the desk of the DCRC, as JSON."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, request

from contracts.partners.csc import Slip, Task
from sandbox.csc.desk import CscDesk
from sandbox.csc.forms import CallNote, Cancellation, SlipNote, TransferNote
from sandbox.csc.records import CscRecords
from sandbox.web import wish_of

Told = tuple[Response, int]


def desk_api(desk: CscDesk, records: CscRecords) -> Blueprint:
    """What was done is 202 with the record in full and `push_id`; what could not be is a Problem."""
    api = Blueprint("desk", __name__, url_prefix="/desk")
    _lists(api, records)
    _tasks(api, desk)
    return api


def _lists(api: Blueprint, records: CscRecords) -> None:
    @api.get("/tasks")
    def list_tasks() -> Response:
        """`?show=open` or `overdue`; otherwise all."""
        tasks, show = records.tasks(), request.args.get("show", "")
        kept = {"open": [task for task in tasks if task["state"] == "open"], "overdue": [task for task in tasks if task["overdue"]]}
        return jsonify({"tasks": kept.get(show, tasks)})

    @api.get("/slips")
    def list_slips() -> Response:
        return jsonify({"slips": records.slips()})

    @api.get("/registrations")
    def list_registrations() -> Response:
        return jsonify({"registrations": records.registrations()})


def _tasks(api: Blueprint, desk: CscDesk) -> None:
    @api.post("/tasks/<uuid:appointment_id>/calls")
    def log_call(appointment_id: UUID) -> Told:
        return _told(*desk.log_call(appointment_id, wish_of(CallNote).result))

    @api.post("/tasks/<uuid:appointment_id>/decline")
    def decline(appointment_id: UUID) -> Told:
        return _told(*desk.decline(appointment_id))

    @api.post("/tasks/<uuid:appointment_id>/transfer")
    def transfer(appointment_id: UUID) -> Told:
        return _told(*desk.transfer(appointment_id, wish_of(TransferNote).dealer_code))

    @api.post("/tasks/<uuid:appointment_id>/slip")
    def write_slip(appointment_id: UUID) -> Told:
        return _told(*desk.write_slip(appointment_id, wish_of(SlipNote)))

    @api.post("/slips/<slip_id>/cancel")
    def cancel_slip(slip_id: str) -> Told:
        return _told(*desk.cancel_slip(slip_id, wish_of(Cancellation).reason))


def _told(record: Task | Slip, push_id: str) -> Told:
    return jsonify({"push_id": push_id, **record.model_dump(mode="json")}), 202
