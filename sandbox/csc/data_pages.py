"""Service dates and campaigns at the desk of the CSC: what the adviser enters at a visit, what is on for whom (A-REM-11..15)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.clock import CHINA, Now
from sandbox.csc.forms import CampaignNote, DatesNote
from sandbox.csc.reminder_api import CscReminders
from sandbox.desks.forms import Form
from sandbox.desks.words import t
from sandbox.dms.forms import ArrivalForm

Answer = str | Response | tuple[str, int]

CAMPAIGNS_SHOWN = 100


def add_data_pages(made: Blueprint, held: CscReminders, now: Now) -> None:
    _add_dates(made, held)
    _add_campaigns(made, held, now)


def _add_dates(made: Blueprint, held: CscReminders) -> None:
    def shown(vin: str, form: Form) -> str:
        return render_template("csc/car_dates.html", vin=vin, row=held.dates.of(vin), form=form)

    @made.get("/pages/dates")
    def dates_page() -> Answer:
        """A whole VIN that nobody has entered yet leads to its empty form."""
        like = request.args.get("q", "").strip().upper()
        rows = held.dates.latest(like)
        if like and not rows and Form({"vin": like}).read(ArrivalForm):
            return redirect(url_for("pages.car_dates_page", vin=like))
        return render_template("csc/dates.html", rows=rows, q=like)

    @made.get("/pages/dates/<vin>")
    def car_dates_page(vin: str) -> str:
        return shown(vin.upper(), Form())

    @made.post("/pages/dates/<vin>")
    def save_car_dates(vin: str) -> Answer:
        form = Form(request.form)
        car = Form({"vin": vin}).read(ArrivalForm)
        note = form.read(DatesNote)
        if car is None or car.vin is None:
            form.wrong("form", t("这不是一个 VIN", "This is no VIN"))
        elif note and form.attempt(lambda: held.desk.save_dates(str(car.vin), note)):
            flash(t("日期已保存，已告知车桥", "The dates are saved and Cheqiao is told"))
            return redirect(url_for("pages.car_dates_page", vin=car.vin))
        return shown(vin.upper(), form), 422


def _add_campaigns(made: Blueprint, held: CscReminders, now: Now) -> None:
    def shown(form: Form) -> str:
        known = held.campaigns.all()
        today = now().astimezone(CHINA).date()
        return render_template(
            "csc/campaigns.html",
            campaigns=known[:CAMPAIGNS_SHOWN],
            hidden=max(0, len(known) - CAMPAIGNS_SHOWN),
            first_day=today,
            form=form,
            polls=url_for("pages.campaigns_page"),
        )

    @made.get("/pages/campaigns")
    def campaigns_page() -> str:
        return shown(Form())

    @made.post("/pages/campaigns")
    def publish_campaign() -> Answer:
        form = Form(request.form)
        note = form.read(CampaignNote)
        if note and form.attempt(lambda: held.desk.publish(note)):
            flash(t("活动已发布，已告知车桥", "The campaign is published and Cheqiao is told"))
            return redirect(url_for("pages.campaigns_page"))
        return shown(form), 422

    @made.post("/pages/campaigns/<campaign_no>/withdraw")
    def withdraw_campaign(campaign_no: str) -> Answer:
        form = Form(request.form)
        if form.attempt(lambda: held.desk.withdraw(campaign_no)):
            flash(t("活动已撤回，已告知车桥", "The campaign is withdrawn and Cheqiao is told"))
            return redirect(url_for("pages.campaigns_page"))
        return shown(form), 422
