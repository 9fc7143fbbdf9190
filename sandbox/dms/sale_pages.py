"""Sales records at the dealer's desk: enter a sale, sell a car on, set right what is wrong (A-REM-02..05)."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from pydantic import BaseModel
from werkzeug.wrappers import Response

from sandbox.desks.forms import Form
from sandbox.desks.words import t
from sandbox.dms.desk import DmsDesk
from sandbox.dms.forms import CarForm, ContactForm, ResaleForm, SaleForm
from sandbox.dms.records import DmsRecords
from sandbox.dms.sales import Sale

F = TypeVar("F", bound=BaseModel)

Answer = str | Response | tuple[str, int]


def add_sales(made: Blueprint, desk: DmsDesk, records: DmsRecords) -> None:
    @made.get("/pages/sales")
    def sales_page() -> str:
        like = request.args.get("q", "")
        return render_template("dms/sales.html", sales=records.sales.all(like)[:100], q=like)

    @made.get("/pages/sales/new")
    def new_sale_page() -> str:
        return render_template("dms/new_sale.html", form=Form())

    @made.post("/pages/sales/new")
    def enter_sale() -> Answer:
        form = Form(request.form)
        sale = form.read(SaleForm)
        if sale and form.attempt(lambda: desk.enter_sale(sale)):
            flash(t("销售记录已保存，车主现在可以在公众号绑定", "The sale is saved; the owner can register now"))
            return redirect(url_for("pages.car_page", vin=sale.vin))
        return render_template("dms/new_sale.html", form=form), 422

    @made.get("/pages/cars/<vin>")
    def car_page(vin: str) -> str:
        return _car(records, vin)

    _add_changes(made, desk, records)


def _add_changes(made: Blueprint, desk: DmsDesk, records: DmsRecords) -> None:
    @made.post("/pages/cars/<vin>/owner")
    def sell_on(vin: str) -> Answer:
        done = t("已过户，已告知车桥：原车主的绑定会结束", "The car has a new owner and Cheqiao is told: the old owner's binding ends")
        return _finish(records, vin, "owner", ResaleForm, lambda form: desk.sell_on(vin, form), done=done)

    @made.post("/pages/cars/<vin>/contact")
    def correct_contact(vin: str) -> Answer:
        now = _current(records, vin)
        done = t("客户资料已更正", "The customer's details are set right")
        return _finish(records, vin, "contact", ContactForm, lambda form: desk.correct_customer(now.customer_id, form), done=done)

    @made.post("/pages/cars/<vin>/car")
    def correct_car(vin: str) -> Answer:
        done = t("车辆资料已更正", "The car's details are set right")
        return _finish(records, vin, "car", CarForm, lambda form: desk.correct_car(vin, form), done=done)


def _finish(records: DmsRecords, vin: str, name: str, contract: type[F], work: Callable[[F], object], *, done: str) -> Answer:
    form = Form(request.form)
    filled = form.read(contract)
    if filled is not None and form.attempt(lambda: work(filled)):
        flash(done)
        return redirect(url_for("pages.car_page", vin=vin))
    return _car(records, vin, **{name: form}), 422


def _sales_of(records: DmsRecords, vin: str) -> list[Sale]:
    return [sale for sale in records.sales.all(vin) if sale.vin == vin] or abort(404)


def _current(records: DmsRecords, vin: str) -> Sale:
    return next((sale for sale in _sales_of(records, vin) if sale.current), None) or abort(404)


def _car(records: DmsRecords, vin: str, **forms: Form) -> str:
    return render_template(
        "dms/car.html",
        now_owned=_current(records, vin),
        sales=_sales_of(records, vin),
        polls=url_for("pages.car_page", vin=vin),
        forms={name: forms.get(name, Form()) for name in ("owner", "contact", "car")},
    )
