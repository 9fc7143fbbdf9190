"""The dealer's desk in the browser: requests and slips on record, cars that come and go, and who is registered (A-APT-12, 19, 28)."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.desks.fault_switches import Paths, add_fault_switches
from sandbox.desks.forms import Form
from sandbox.desks.frame import Sign, Tab, desk_pages
from sandbox.desks.traffic import Traffic, add_traffic
from sandbox.desks.words import t
from sandbox.dms.complaint_pages import add_complaints
from sandbox.dms.complaints import DealersComplaints
from sandbox.dms.dealer_pages import add_dealers
from sandbox.dms.desk import DmsDesk
from sandbox.dms.forms import ArrivalForm, ClosingForm, RejectionForm
from sandbox.dms.lists import Booking, DmsLists, Show, Visit
from sandbox.dms.month import Months
from sandbox.dms.month_pages import MonthBooks, add_months
from sandbox.dms.records import DmsRecords
from sandbox.dms.sale_pages import add_sales
from sandbox.dms.words import OUTCOMES, REASONS, REJECTIONS, SERVICES, SOURCES, booking_badge
from sandbox.office import Office

PATHS = Paths(
    asked=(
        ("", ("全部接口", "All addresses")),
        ("/api/v1/appointments", ("预约", "Appointments")),
        ("/api/v1/slips", ("预约单", "Slips")),
        ("/api/v1/owners", ("核对车主", "Owners")),
        ("/api/v1/registrations", ("客户登记", "Registrations")),
        ("/api/v1/dealers", ("服务店名单", "Dealers")),
        ("/api/v1/cars", ("车辆档案", "Cars")),
        ("/api/v1/reminder", ("提醒", "Reminders")),
    ),
    pushed="/partners/dms/v1/events",
)

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class DmsBooks:
    """What is not of one car or appointment."""

    months: Months
    complaints: DealersComplaints


def pages(office: Office, desk: DmsDesk, records: DmsRecords, books: DmsBooks) -> Blueprint:
    lists = DmsLists(office.store)
    tabs = (
        Tab("pages.home", ("预约", "Appointments")),
        Tab("pages.visits_page", ("回厂", "Visits"), lists.count_here),
        Tab("pages.sales_page", ("销售记录", "Sales")),
        Tab("pages.records_page", ("车辆档案", "Cars")),
        Tab("pages.month_page", ("提醒月", "Reminders")),
        Tab("pages.complaints_page", ("投诉", "Complaints")),
        Tab("pages.registered_page", ("登记客户", "Registered")),
        Tab("pages.dealers_page", ("服务店", "Dealers")),
        Tab("pages.capacity_page", ("接待能力", "Capacity")),
        Tab("pages.traffic_page", ("往来", "Traffic")),
        Tab("pages.faults_page", ("故障开关", "Faults")),
    )
    made = desk_pages(Sign("dms", ("DMS", "DMS"), ("经销商管理系统", "Dealer management"), tabs), office.now)
    made.context_processor(lambda: {"dealers": [(dealer.dealer_code, dealer.name) for dealer in records.dealers.all()]})
    add_fault_switches(made, office.faults, PATHS)
    traffic = add_traffic(made, office)
    _add_bookings(made, BookingDesk(desk, lists, traffic))
    _add_visits(made, desk, records, lists)
    add_sales(made, desk, records)
    add_dealers(made, desk, records, lists, office.now)
    add_months(made, MonthBooks(office.store, books.months, records.cars), office.now)
    add_complaints(made, books.complaints, traffic)
    return made


class BookingDesk:
    """One appointment: what is shown of it, and what a form on its page does."""

    def __init__(self, desk: DmsDesk, lists: DmsLists, traffic: Traffic) -> None:
        self.desk = desk
        self.lists = lists
        self._traffic = traffic

    def page(self, appointment_id: UUID, **forms: Form) -> str:
        booking: Booking = self.lists.booking(appointment_id) or abort(404)
        return render_template(
            "dms/booking.html",
            booking=booking,
            state=booking_badge(booking),
            may_arrive=booking.may_arrive,
            pushes=self._traffic.pushes(str(appointment_id)),
            reasons=REASONS,
            rejections=REJECTIONS,
            outcomes=OUTCOMES,
            sources=SOURCES,
            polls=url_for("pages.booking_page", appointment_id=appointment_id),
            forms={name: forms.get(name, Form()) for name in ("reject", "arrive")},
        )

    def finish(self, appointment_id: UUID, name: str, form: Form, work: Callable[[], object], done: str) -> Answer:
        """Do it if the form is good, and say so; or show the page again with what is wrong."""
        if form.good and form.attempt(work):
            flash(done)
            return redirect(url_for("pages.booking_page", appointment_id=appointment_id))
        return self.page(appointment_id, **{name: form}), 422


def _add_bookings(made: Blueprint, at: BookingDesk) -> None:
    @made.get("/")
    def home() -> str:
        like = request.args.get("q", "")
        show: Show = "all" if request.args.get("show") == "all" else "open"
        found = at.lists.bookings(show, like)
        return render_template("dms/bookings.html", bookings=found, show=show, q=like, badge_of=booking_badge)

    @made.get("/pages/appointments/<uuid:appointment_id>")
    def booking_page(appointment_id: UUID) -> str:
        return at.page(appointment_id)

    @made.post("/pages/appointments/<uuid:appointment_id>/reject")
    def reject(appointment_id: UUID) -> Answer:
        form = Form(request.form)
        form.one_of("reason", REJECTIONS)
        no = form.read(RejectionForm)
        done = t("已拒绝，已告知车桥", "Rejected, and Cheqiao is told")
        return at.finish(appointment_id, "reject", form, lambda: no and at.desk.reject(appointment_id, no.reason), done)

    @made.post("/pages/appointments/<uuid:appointment_id>/arrive")
    def arrive(appointment_id: UUID) -> Answer:
        come = ArrivalForm(appointment_id=appointment_id)
        done = t("车辆已到店，已告知车桥", "The car is here, and Cheqiao is told")
        return at.finish(appointment_id, "arrive", Form(request.form), lambda: at.desk.arrive(come), done)


def _add_visits(made: Blueprint, desk: DmsDesk, records: DmsRecords, lists: DmsLists) -> None:
    def shown(form: Form) -> str:
        return render_template(
            "dms/visits.html",
            inside=lists.visits(here=True),
            gone=lists.visits(here=False),
            form=form,
            polls=url_for("pages.visits_page"),
        )

    @made.get("/pages/visits")
    def visits_page() -> str:
        return shown(Form())

    @made.post("/pages/visits")
    def arrive_by_vin() -> Answer:
        form = Form(request.form)
        form.text("vin", 64)
        form.one_of("dealer_code", [dealer.dealer_code for dealer in records.dealers.all()])
        come = form.read(ArrivalForm)
        if come and form.good and form.attempt(lambda: desk.arrive(come)):
            flash(t("车辆已到店，已告知车桥", "The car is here, and Cheqiao is told"))
            return redirect(url_for("pages.visits_page"))
        return shown(form), 422

    def leaving(visit_no: str, form: Form) -> str:
        visit: Visit = next((each for each in lists.visits(here=True) if each.visit_no == visit_no), None) or abort(404)
        return render_template(
            "dms/visit.html", visit=visit, services=SERVICES, form=form, polls=url_for("pages.visit_page", visit_no=visit_no)
        )

    @made.get("/pages/visits/<visit_no>")
    def visit_page(visit_no: str) -> str:
        return leaving(visit_no, Form())

    @made.post("/pages/visits/<visit_no>/close")
    def close_visit(visit_no: str) -> Answer:
        form = Form(request.form)
        done = form.read(ClosingForm, services=tuple(service for service in SERVICES if f"service:{service}" in form.typed))
        if done and form.attempt(lambda: desk.close_visit(visit_no, done)):
            flash(t("已离店，已告知车桥", "The car has left, and Cheqiao is told"))
            return redirect(url_for("pages.visits_page"))
        return leaving(visit_no, form), 422

    @made.get("/pages/registered")
    def registered_page() -> str:
        like = request.args.get("q", "")
        return render_template("dms/registered.html", people=lists.registrations(like), q=like)
