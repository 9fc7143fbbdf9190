"""The DMS over HTTP: its API, its desk, its controls."""

from uuid import UUID

from flask import Flask, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from contracts.partners.dms import AppointmentRejectedPush, CancelRecord, RejectedPush, SlipRecord, StoreRecord
from sandbox.dms.records import DmsRecords
from sandbox.office import Office
from sandbox.partner import guard, once
from sandbox.web import Problem, body_of, controls, new_app, respond, wish_of

EVENTS = "/partners/dms/v1/events"


class Rejection(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="closed_day", min_length=1, max_length=64)


def create_app(office: Office, api_key: str) -> Flask:
    app = new_app("sandbox.dms")
    records = DmsRecords(office.store, office.now)

    def state() -> dict[str, object]:
        return {"appointments": records.appointments(), "slips": records.slips(), "pushes": office.outgoing.pushes()}

    guard(app, api_key)
    app.register_blueprint(controls(office.ledger, office.faults, state))
    _api(app, office, records)
    _desk(app, office, records)
    return app


def _api(app: Flask, office: Office, records: DmsRecords) -> None:
    @app.post("/api/v1/appointments")
    def store_appointment() -> Response:
        wish = body_of(StoreRecord)
        return once(office, wish, lambda tx: records.keep_appointment(tx, wish))

    @app.get("/api/v1/appointments/<uuid:appointment_id>")
    def find_appointment(appointment_id: UUID) -> Response:
        return respond(records.find(appointment_id))

    @app.post("/api/v1/appointments/<uuid:appointment_id>/cancel")
    def cancel_appointment(appointment_id: UUID) -> Response:
        wish = body_of(CancelRecord)
        return once(office, wish, lambda tx: records.cancel(tx, appointment_id, wish))

    @app.put("/api/v1/slips/<slip_id>")
    def store_slip(slip_id: str) -> Response:
        slip = body_of(SlipRecord)
        return once(office, slip, lambda tx: records.keep_slip(tx, slip_id, slip))


def _desk(app: Flask, office: Office, records: DmsRecords) -> None:
    @app.post("/desk/appointments/<uuid:appointment_id>/reject")
    def reject(appointment_id: UUID) -> tuple[Response, int]:
        reason = wish_of(Rejection).reason
        with office.store.write() as tx:
            version = records.reject(tx, appointment_id, reason)
            if version is None:
                raise Problem(409, "nothing_to_reject", "no stored appointment of this id")
            news = RejectedPush(appointment_id=appointment_id, version=version, reason=reason)
            push = AppointmentRejectedPush(type="appointment.rejected", timestamp=office.now(), data=news)
            push_id = office.outgoing.add(tx, EVENTS, push.model_dump_json())
        office.outgoing.wake()
        return jsonify({"push_id": push_id, "version": version}), 202
