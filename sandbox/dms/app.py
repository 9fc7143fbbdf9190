"""The DMS over HTTP: its API, its desk, its controls."""

from uuid import UUID

from flask import Flask, Response, request

from contracts.partners.dms import CancelRecord, MoveRecord, OwnerQuery, SlipRecord, StoreRecord
from contracts.partners.wire import OutcomeRecord, RegistrationRecord
from sandbox import registrations
from sandbox.dms.desk import DmsDesk
from sandbox.dms.desk_api import desk_api, plain
from sandbox.dms.pages import pages
from sandbox.dms.records import DmsRecords
from sandbox.office import Office
from sandbox.partner import guard, once
from sandbox.web import body_of, controls, new_app, respond


def create_app(office: Office, api_key: str) -> Flask:
    app = new_app("sandbox.dms")
    records = DmsRecords(office.store, office.now)

    def state() -> dict[str, object]:
        return {
            "appointments": records.bookings.appointments(),
            "slips": records.bookings.slips(),
            "sales": [plain(sale) for sale in records.sales.all()],
            "dealers": [plain(dealer) for dealer in records.dealers.all()],
            "capacity": [plain(places) for places in records.dealers.capacity()],
            "visits": records.visits.all(),
            "registrations": records.registrations(),
            "pushes": office.outgoing.pushes(),
        }

    guard(app, api_key)
    app.register_blueprint(controls(office.ledger, office.faults, state))
    app.register_blueprint(desk_api(DmsDesk(office, records), records))
    app.register_blueprint(pages(office, DmsDesk(office, records), records))
    _appointments(app, office, records)
    _customers(app, office, records)
    return app


def _appointments(app: Flask, office: Office, records: DmsRecords) -> None:
    bookings = records.bookings

    @app.post("/api/v1/appointments")
    def store_appointment() -> Response:
        wish = body_of(StoreRecord)
        return once(office, wish, lambda tx: bookings.keep_appointment(tx, wish))

    @app.get("/api/v1/appointments/<uuid:appointment_id>")
    def find_appointment(appointment_id: UUID) -> Response:
        return respond(bookings.find(appointment_id))

    @app.put("/api/v1/appointments/<uuid:appointment_id>/day")
    def move_appointment(appointment_id: UUID) -> Response:
        wish = body_of(MoveRecord)
        return once(office, wish, lambda tx: bookings.move(tx, appointment_id, wish))

    @app.post("/api/v1/appointments/<uuid:appointment_id>/cancel")
    def cancel_appointment(appointment_id: UUID) -> Response:
        wish = body_of(CancelRecord)
        return once(office, wish, lambda tx: bookings.cancel(tx, appointment_id, wish))

    @app.put("/api/v1/appointments/<uuid:appointment_id>/outcome")
    def store_outcome(appointment_id: UUID) -> Response:
        wish = body_of(OutcomeRecord)
        return once(office, wish, lambda tx: bookings.keep_outcome(tx, appointment_id, wish))

    @app.put("/api/v1/slips/<slip_id>")
    def store_slip(slip_id: str) -> Response:
        slip = body_of(SlipRecord)
        return once(office, slip, lambda tx: bookings.keep_slip(tx, slip_id, slip))


def _customers(app: Flask, office: Office, records: DmsRecords) -> None:
    @app.post("/api/v1/owners/find")
    def find_owners() -> Response:
        """A question: it changes nothing, so its answer is not stored."""
        return respond(records.sales.owners(body_of(OwnerQuery)))

    @app.put("/api/v1/registrations/<uuid:binding_id>")
    def store_registration(binding_id: UUID) -> Response:
        wish = body_of(RegistrationRecord)
        return once(office, wish, lambda tx: registrations.keep(tx, binding_id, wish))

    @app.get("/api/v1/dealers")
    def list_dealers() -> Response:
        return respond(records.dealers.page(request.args.get("cursor", "")))
