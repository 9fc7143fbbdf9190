"""The dealers and how many cars they take, at the dealer's desk (A-APT-10, 11)."""

import re
from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.partners.dms import DealerRecord
from sandbox.clock import CHINA, Now
from sandbox.desks.forms import SHAPES, Form
from sandbox.desks.words import say, t
from sandbox.dms.desk import DmsDesk
from sandbox.dms.forms import CapacityForm, DealerForm
from sandbox.dms.lists import DmsLists
from sandbox.dms.records import DmsRecords
from sandbox.dms.words import SLOTS, WEEKDAYS

Answer = str | Response | tuple[str, int]

A_SPAN = re.compile(r"\s*(\d{1,2}:\d{2})\s*[-–~至]\s*(\d{1,2}:\d{2})\s*")
BETWEEN_SPANS = re.compile(r"[,，、;；]")


def add_dealers(made: Blueprint, desk: DmsDesk, records: DmsRecords, lists: DmsLists, now: Now) -> None:
    @made.get("/pages/dealers")
    def dealers_page() -> str:
        return render_template("dms/dealers.html", known=records.dealers.all(), spans=_spans, weekdays=WEEKDAYS)

    @made.get("/pages/dealers/new")
    def new_dealer_page() -> str:
        return _dealer(None, Form())

    @made.get("/pages/dealers/<dealer_code>")
    def dealer_page(dealer_code: str) -> str:
        return _dealer(_known(records, dealer_code), Form())

    @made.post("/pages/dealers/new")
    def add_dealer() -> Answer:
        form = Form(request.form)
        code = form.code("dealer_code").upper()
        if any(dealer.dealer_code == code for dealer in records.dealers.all()):
            form.wrong("dealer_code", t("这个编号已有服务店", "A dealer has this code already"))
        return _save(desk, code, None, form)

    @made.post("/pages/dealers/<dealer_code>")
    def save_dealer(dealer_code: str) -> Answer:
        return _save(desk, dealer_code, _known(records, dealer_code), Form(request.form))

    _add_capacity(made, desk, lists, now)


def _add_capacity(made: Blueprint, desk: DmsDesk, lists: DmsLists, now: Now) -> None:
    def shown(form: Form) -> str:
        today = now().astimezone(CHINA).date()
        return render_template(
            "dms/capacity.html",
            days=lists.capacity(today, request.args.get("dealer", "")),
            chosen=request.args.get("dealer", ""),
            tomorrow=today + timedelta(days=1),
            slots=SLOTS,
            form=form,
            polls=url_for("pages.capacity_page", dealer=request.args.get("dealer")),
        )

    @made.get("/pages/capacity")
    def capacity_page() -> str:
        return shown(Form())

    @made.post("/pages/capacity")
    def set_capacity() -> Answer:
        form = Form(request.form)
        wanted = form.read(CapacityForm, closed="closed" in request.form)
        if wanted and form.attempt(lambda: desk.set_capacity(wanted)):
            flash(t(f"已保存 {wanted.days} 天，已告知车桥", f"Saved for {wanted.days} day(s), and Cheqiao is told"))
            return redirect(url_for("pages.capacity_page", dealer=wanted.dealer_code))
        return shown(form), 422


def _known(records: DmsRecords, dealer_code: str) -> DealerRecord:
    return next((dealer for dealer in records.dealers.all() if dealer.dealer_code == dealer_code), None) or abort(404)


def _dealer(dealer: DealerRecord | None, form: Form) -> str:
    return render_template("dms/dealer.html", shop=dealer, form=form, weekdays=WEEKDAYS, spans=_spans)


def _save(desk: DmsDesk, code: str, before: DealerRecord | None, form: Form) -> Answer:
    places = {name: form.typed.get(name, "").strip() or None for name in ("latitude", "longitude")}
    wanted = form.read(DealerForm, **places, hours=_hours(form), active="active" in form.typed)
    if "position" in form.problems:
        form.wrong("longitude", form.problems["position"])
    if wanted and form.good and form.attempt(lambda: desk.save_dealer(code, wanted)):
        flash(t("服务店已保存，已告知车桥", "The dealer is saved, and Cheqiao is told"))
        return redirect(url_for("pages.dealers_page"))
    return _dealer(before, form), 422


def _hours(form: Form) -> list[dict[str, object]]:
    """A field a weekday: "08:30-12:00, 13:30-17:30"; empty is closed."""
    found: list[dict[str, object]] = []
    for weekday in range(1, 8):
        name = f"hours{weekday}"
        for span in filter(str.strip, BETWEEN_SPANS.split(form.typed.get(name, ""))):
            told = A_SPAN.fullmatch(span)
            try:
                begins, ends = (datetime.strptime(each, "%H:%M").strftime("%H:%M") for each in (told.groups() if told else ()))  # noqa: DTZ007 - an hour
            except ValueError:
                form.wrong(name, say(SHAPES["hours"]))
                continue
            if begins >= ends:
                form.wrong(name, t("营业时间应先开后关", "Hours begin before they end"))
            found.append({"weekday": weekday, "begins": begins, "ends": ends})
    return found


def _spans(dealer: DealerRecord | None, weekday: int) -> str:
    return ", ".join(f"{each.begins}-{each.ends}" for each in (dealer.hours if dealer else ()) if each.weekday == weekday)
