"""`/desk/…`: what is done at the desk of the DMS, as JSON."""

from dataclasses import asdict, is_dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel

from sandbox.dms.desk import DmsDesk, Done
from sandbox.dms.forms import (
    ArrivalForm,
    CapacityForm,
    CarForm,
    ClosingForm,
    ContactForm,
    DealerForm,
    MonthForm,
    RejectionForm,
    ResaleForm,
    SaleForm,
)
from sandbox.dms.month import Months
from sandbox.dms.records import DmsRecords
from sandbox.web import wish_of

Told = tuple[Response, int]


def desk_api(desk: DmsDesk, records: DmsRecords, months: Months) -> Blueprint:
    """What was done is 202 with the record and `push_id` (the last push) or `push_ids`; what could not be is a Problem."""
    api = Blueprint("desk", __name__, url_prefix="/desk")
    _sales(api, desk, records)
    _dealers(api, desk, records)
    _workshop(api, desk, records)
    _months(api, months)
    return api


def _sales(api: Blueprint, desk: DmsDesk, records: DmsRecords) -> None:
    @api.get("/sales")
    def list_sales() -> Response:
        return jsonify({"sales": [plain(sale) for sale in records.sales.all(request.args.get("like", ""))]})

    @api.post("/sales")
    def enter_sale() -> Told:
        return _told(desk.enter_sale(wish_of(SaleForm)))

    @api.post("/cars/<vin>/owner")
    def sell_on(vin: str) -> Told:
        return _told(desk.sell_on(vin, wish_of(ResaleForm)))

    @api.put("/cars/<vin>")
    def correct_car(vin: str) -> Told:
        return _told(desk.correct_car(vin, wish_of(CarForm)))

    @api.put("/customers/<customer_id>")
    def correct_customer(customer_id: str) -> Told:
        done = desk.correct_customer(customer_id, wish_of(ContactForm))
        return jsonify({"sales": [plain(sale) for sale in done.record]}), 202

    @api.get("/registrations")
    def list_registrations() -> Response:
        return jsonify({"registrations": records.registrations()})


def _dealers(api: Blueprint, desk: DmsDesk, records: DmsRecords) -> None:
    @api.get("/dealers")
    def list_dealers() -> Response:
        return jsonify({"dealers": [plain(dealer) for dealer in records.dealers.all()]})

    @api.put("/dealers/<dealer_code>")
    def save_dealer(dealer_code: str) -> Told:
        return _told(desk.save_dealer(dealer_code, wish_of(DealerForm)))

    @api.get("/capacity")
    def list_capacity() -> Response:
        return jsonify({"capacity": [plain(places) for places in records.dealers.capacity()]})

    @api.post("/capacity")
    def set_capacity() -> Told:
        done = desk.set_capacity(wish_of(CapacityForm))
        return jsonify({"push_ids": done.push_ids, "capacity": [plain(places) for places in done.record]}), 202


def _workshop(api: Blueprint, desk: DmsDesk, records: DmsRecords) -> None:
    @api.get("/appointments")
    def list_appointments() -> Response:
        return jsonify({"appointments": records.bookings.appointments(), "slips": records.bookings.slips()})

    @api.post("/appointments/<uuid:appointment_id>/reject")
    def reject(appointment_id: UUID) -> Told:
        return _told(desk.reject(appointment_id, wish_of(RejectionForm).reason))

    @api.get("/visits")
    def list_visits() -> Response:
        return jsonify({"visits": records.visits.all()})

    @api.post("/visits")
    def arrive() -> Told:
        return _told(desk.arrive(wish_of(ArrivalForm)))

    @api.post("/visits/<visit_no>/close")
    def close_visit(visit_no: str) -> Told:
        return _told(desk.close_visit(visit_no, wish_of(ClosingForm)))


def _months(api: Blueprint, months: Months) -> None:
    @api.get("/months")
    def list_months() -> Response:
        return jsonify({"months": [plain(run) for run in months.all()]})

    @api.post("/months")
    def begin_month() -> Told:
        return jsonify(plain(months.begin(wish_of(MonthForm).period))), 202


def _told(done: Done[Any]) -> Told:
    push = {"push_id": done.push_ids[-1]} if done.push_ids else {}
    return jsonify({**push, **plain(done.record)}), 202


def plain(record: Any) -> dict[str, Any]:
    """A record as JSON values."""
    if isinstance(record, BaseModel):
        return record.model_dump(mode="json")
    if is_dataclass(record) and not isinstance(record, type):
        return asdict(record)
    raise TypeError(type(record).__name__)
