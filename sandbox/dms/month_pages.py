"""At the desk of the DMS: the month of reminders, ours and as Cheqiao made it, and the cars as they are on record (A-REM-10, 18, 19)."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.clock import CHINA, Now
from sandbox.desks.forms import Form
from sandbox.desks.words import t
from sandbox.dms.cars import Cars
from sandbox.dms.forms import MonthForm
from sandbox.dms.month import Months
from sandbox.dms.runs import runs
from sandbox.dms.words import STANDINGS, TYPES
from sandbox.people import person_of
from sandbox.standings import outcomes
from sandbox.store import Store

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class MonthBooks:
    """What these pages read."""

    store: Store
    months: Months
    cars: Cars


def add_months(made: Blueprint, books: MonthBooks, now: Now) -> None:
    def shown(form: Form) -> str:
        today = now().astimezone(CHINA).date()
        coming = today.replace(year=today.year + today.month // 12, month=today.month % 12 + 1, day=1)
        return render_template(
            "dms/month.html",
            own=books.months.all(),
            told=runs(books.store),
            outcomes=outcomes(books.store),
            types=TYPES,
            standings=STANDINGS,
            ours={run.period: run.checksum for run in reversed(books.months.all()) if run.state == "completed"},
            offered=[f"{day:%Y-%m}" for day in (coming, today)],
            form=form,
            polls=url_for("pages.month_page"),
        )

    @made.get("/pages/month")
    def month_page() -> str:
        return shown(Form())

    @made.post("/pages/month")
    def begin_month() -> Answer:
        form = Form(request.form)
        wanted = form.read(MonthForm)
        if wanted and form.attempt(lambda: books.months.begin(wanted.period)):
            flash(t(f"开始计算 {wanted.period}", f"{wanted.period} is being worked out"))
            return redirect(url_for("pages.month_page"))
        return shown(form), 422

    _add_cars(made, books)


def _add_cars(made: Blueprint, books: MonthBooks) -> None:
    @made.get("/pages/records")
    def records_page() -> str:
        like, dealer = request.args.get("q", ""), request.args.get("dealer", "")
        found, more = books.cars.listed(like, dealer, request.args.get("after", 0, type=int))
        return render_template("dms/records.html", cars=found, more=more, q=like, dealer_code=dealer, person_of=person_of)

    @made.get("/pages/records/<int:number>")
    def record_page(number: int) -> str:
        row = books.cars.row(number) or abort(404)
        sold_here = books.store.row("SELECT 1 FROM sales WHERE vin=? AND current=1", row["vin"]) is not None
        return render_template("dms/record.html", car=row, who=person_of(row["customer_id"]), sold_here=sold_here)
