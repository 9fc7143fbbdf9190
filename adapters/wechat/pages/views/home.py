"""Where a follower comes in: what is coming up, the cars, and the way to everything else."""

from uuid import UUID

from flask import abort, render_template, request, url_for

from adapters.wechat.pages.own_paths import address, own_path
from adapters.wechat.pages.sayings import OPEN
from adapters.wechat.pages.views.complaints import complaint_shown
from adapters.wechat.pages.views.reminders import reminders_shown
from adapters.wechat.pages.views.shown import appointment_shown, car_shown
from adapters.wechat.pages.views.visit import Visit
from contracts.appointments import State

SHOWN_AT_HOME = 2


def home(visit: Visit) -> str:
    cars = visit.copies.cars(visit.follower_id)
    coming = [one for one in visit.copies.appointments(visit.follower_id) if one.state in (*OPEN, State.ARRIVED)]
    soonest = sorted(coming, key=lambda one: one.requested_date)[:SHOWN_AT_HOME]
    going_on = [one for one in visit.copies.complaints(visit.follower_id) if one.is_open or one.survey_id][:SHOWN_AT_HOME]
    return render_template(
        "home.html",
        cars=[car_shown(car) for car in cars],
        name=cars[0].name if cars else "",
        open_registration=visit.copies.open_registration(visit.follower_id),
        appointments=[appointment_shown(visit, one, cars) for one in soonest],
        complaints=[complaint_shown(visit, one, cars) for one in going_on],
        reminders=[one for one in reminders_shown(visit, cars) if one.current and not one.appointment][:SHOWN_AT_HOME],
    )


def cars(visit: Visit) -> str:
    return render_template("cars.html", cars=[car_shown(car) for car in visit.copies.cars(visit.follower_id)])


def car(visit: Visit, binding_id: UUID) -> str:
    found = visit.copies.car(visit.follower_id, binding_id)
    if found is None or not found.active:
        abort(404)
    return render_template("car.html", car=car_shown(found), dealer=visit.copies.dealer(found.dealer_code))


def consent(visit: Visit) -> str:
    """The follower agrees before anything is taken (design section 5)."""
    wanted = own_path(request.args.get("next")) or url_for("views.new_registration").removeprefix(request.script_root)
    registering = wanted.startswith("/registrations")
    version = visit.settings.pages.consent_version
    return render_template("consent.html", text_version=version, next=address(wanted), registering=registering)
