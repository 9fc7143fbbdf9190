"""The DMS over HTTP: its API, its desk, its controls."""

from uuid import UUID

from flask import Flask, Response, request

from contracts.partners.complaints import DealersRefusalRecord
from contracts.partners.dms import CancelRecord, MoveRecord, OwnerQuery, SlipRecord, StoreRecord
from contracts.partners.reminders import RunRecord, StandingsPage
from contracts.partners.wire import OutcomeRecord, RegistrationRecord
from sandbox import registrations, standings
from sandbox.complaints.records import Cases
from sandbox.dms import runs
from sandbox.dms.complaint_pages import dealers_complaint_api
from sandbox.dms.complaints import DealersComplaints
from sandbox.dms.desk import DmsDesk
from sandbox.dms.desk_api import desk_api, plain
from sandbox.dms.month import Extract, Months
from sandbox.dms.pages import DmsBooks, pages
from sandbox.dms.records import DmsRecords
from sandbox.office import Office
from sandbox.partner import guard, once
from sandbox.web import body_of, controls, new_app, respond


def create_app(office: Office, api_key: str, extract: Extract, cases: Cases) -> Flask:
    """`cases`: the CSC's, as its dealers may read them."""
    app = new_app("sandbox.dms")
    records = DmsRecords(office.store, office.now)
    months = Months(office, extract)
    complaints = DealersComplaints(office, cases)

    def state() -> dict[str, object]:
        return {
            "appointments": records.bookings.appointments(),
            "slips": records.bookings.slips(),
            "sales": [plain(sale) for sale in records.sales.all()],
            "dealers": [plain(dealer) for dealer in records.dealers.all()],
            "capacity": [plain(places) for places in records.dealers.capacity()],
            "visits": records.visits.all(),
            "months": [plain(run) for run in months.all()],
            "runs": runs.runs(office.store),
            "standings": standings.standings(office.store),
            "registrations": records.registrations(),
            "pushes": office.outgoing.pushes(),
        }

    guard(app, api_key)
    app.register_blueprint(controls(office.ledger, office.faults, state))
    app.register_blueprint(desk_api(DmsDesk(office, records), records, months))
    app.register_blueprint(pages(office, DmsDesk(office, records), records, DmsBooks(months, complaints)))
    app.register_blueprint(dealers_complaint_api(complaints))
    _appointments(app, office, records)
    _customers(app, office, records)
    _reminders(app, office, records)
    _complaints(app, office, complaints)
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


def _complaints(app: Flask, office: Office, held: DealersComplaints) -> None:
    @app.post("/api/v1/complaints/<uuid:complaint_id>/refusals")
    def refuse_dealers_step(complaint_id: UUID) -> Response:
        record = body_of(DealersRefusalRecord)
        return once(office, record, lambda tx: held.keep_refusal(tx, complaint_id, record))


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


def _reminders(app: Flask, office: Office, records: DmsRecords) -> None:
    @app.get("/api/v1/cars")
    def list_cars() -> Response:
        return respond(records.cars.page())

    @app.put("/api/v1/reminder-runs/<period>")
    def store_run(period: str) -> Response:
        record = body_of(RunRecord)
        return once(office, record, lambda tx: runs.keep(tx, period, record))

    @app.post("/api/v1/reminders/standings")
    def store_standings() -> Response:
        page = body_of(StandingsPage)
        return once(office, page, lambda tx: standings.keep(tx, page))
