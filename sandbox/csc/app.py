"""The CSC over HTTP: its API, the desk of its DCRC, its controls."""

from uuid import UUID

from flask import Flask, Response

from contracts.partners.csc import CloseRecord, ReopenRecord, TaskRecord
from contracts.partners.wire import OutcomeRecord, RegistrationRecord
from sandbox import registrations
from sandbox.complaints.records import Cases
from sandbox.csc.complaint_api import add_complaint_api, complaint_desk_api
from sandbox.csc.complaint_desk import ComplaintDesk
from sandbox.csc.complaint_pages import ComplaintBooks
from sandbox.csc.desk import CscDesk
from sandbox.csc.desk_api import desk_api
from sandbox.csc.pages import pages
from sandbox.csc.records import CscRecords
from sandbox.csc.reminder_api import CscReminders, add_reminder_api, reminder_desk_api
from sandbox.office import Office
from sandbox.partner import guard, once
from sandbox.web import body_of, controls, new_app, respond


def create_app(office: Office, api_key: str) -> Flask:
    app = new_app("sandbox.csc")
    records = CscRecords(office.store, office.now)
    reminders = CscReminders(office)
    cases = Cases(office.store, office.now)
    complaints = ComplaintDesk(office, cases)

    def state() -> dict[str, object]:
        return {
            "tasks": records.tasks(),
            "slips": records.slips(),
            "registrations": records.registrations(),
            "complaints": cases.all(),
            "pushes": office.outgoing.pushes(),
        }

    guard(app, api_key)
    app.register_blueprint(controls(office.ledger, office.faults, state))
    app.register_blueprint(desk_api(CscDesk(office, records), records))
    app.register_blueprint(reminder_desk_api(reminders))
    app.register_blueprint(complaint_desk_api(complaints, cases))
    app.register_blueprint(pages(office, CscDesk(office, records), reminders, ComplaintBooks(complaints, cases)))
    _api(app, office, records)
    add_reminder_api(app, office, reminders)
    add_complaint_api(app, office, cases)
    return app


def _api(app: Flask, office: Office, records: CscRecords) -> None:
    @app.post("/api/v1/call-tasks")
    def open_task() -> Response:
        wish = body_of(TaskRecord)
        return once(office, wish, lambda tx: records.open_task(tx, wish))

    @app.get("/api/v1/call-tasks/<uuid:appointment_id>")
    def find_task(appointment_id: UUID) -> Response:
        return respond(records.find(appointment_id))

    @app.post("/api/v1/call-tasks/<uuid:appointment_id>/reopen")
    def reopen_task(appointment_id: UUID) -> Response:
        wish = body_of(ReopenRecord)
        return once(office, wish, lambda tx: records.reopen_task(tx, appointment_id, wish))

    @app.post("/api/v1/call-tasks/<uuid:appointment_id>/close")
    def close_task(appointment_id: UUID) -> Response:
        wish = body_of(CloseRecord)
        return once(office, wish, lambda tx: records.close_task(tx, appointment_id, wish))

    @app.put("/api/v1/appointments/<uuid:appointment_id>/outcome")
    def record_outcome(appointment_id: UUID) -> Response:
        wish = body_of(OutcomeRecord)
        return once(office, wish, lambda tx: records.keep_outcome(tx, appointment_id, wish))

    @app.put("/api/v1/registrations/<uuid:binding_id>")
    def mark_registered(binding_id: UUID) -> Response:
        wish = body_of(RegistrationRecord)
        return once(office, wish, lambda tx: registrations.keep(tx, binding_id, wish))
