"""A follower's appointments: the list, and one with all that is going on with it."""

from datetime import timedelta
from uuid import UUID

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from adapters.wechat.pages.copies import SUBMITTING, AppointmentCopy
from adapters.wechat.pages.sayings import OPEN, kept_words
from adapters.wechat.pages.views.shown import appointment_shown, days_shown, dealer_shown, history_of
from adapters.wechat.pages.views.visit import Visit
from adapters.wechat.pages.words import local, t
from contracts.appointments import State

UNDER_WAY = (*OPEN, State.ARRIVED)


def appointments(visit: Visit) -> str:
    cars = visit.copies.cars(visit.follower_id)
    mine = visit.copies.appointments(visit.follower_id)
    coming = sorted((one for one in mine if one.state in UNDER_WAY), key=lambda one: one.requested_date)
    past = [one for one in mine if one.state not in UNDER_WAY]
    return render_template(
        "appointments.html",
        cars=cars,
        open=[appointment_shown(visit, one, cars) for one in coming],
        past=[appointment_shown(visit, one, cars) for one in past],
    )


def appointment(visit: Visit, appointment_id: UUID) -> str:
    found = _mine(visit, appointment_id)
    cars = visit.copies.cars(visit.follower_id)
    successor = visit.copies.appointment(visit.follower_id, found.successor_id) if found.successor_id else None
    may_change = found.state in OPEN and not found.wanted
    return render_template(
        "appointment.html",
        one=appointment_shown(visit, found, cars),
        copy=found,
        dealer=visit.dealer(found.dealer_code),
        successor=appointment_shown(visit, successor, cars) if successor else None,
        history=tuple(history_of(found, visit.now)),
        kept=kept_words(found.kept_because) if found.kept_because and not found.wanted else "",
        polling=found.state in UNDER_WAY,
        can_cancel=may_change and not is_too_late(visit, found),
        can_move=can_move(visit, found),
        too_late=may_change and is_too_late(visit, found),
        cut_off_hours=f"{visit.settings.booking.cancel_until_hours:g}",
        again=_again(found),
    )


def reschedule(visit: Visit, appointment_id: UUID) -> str | Response:
    found = _mine(visit, appointment_id)
    if not can_move(visit, found):
        return redirect(url_for("views.appointment", appointment_id=appointment_id))
    cars = visit.copies.cars(visit.follower_id)
    shown = appointment_shown(visit, found, cars)
    dealer = visit.dealer(found.dealer_code)
    weekdays = dealer_shown(dealer, visit.today).weekdays if dealer else ""
    return render_template("reschedule.html", one=shown, dealer_code=found.dealer_code, weekdays=weekdays, days=days_shown(visit))


def can_move(visit: Visit, one: AppointmentCopy) -> bool:
    return one.state in OPEN and one.state != SUBMITTING and not one.wanted and not is_too_late(visit, one)


def is_too_late(visit: Visit, one: AppointmentCopy) -> bool:
    """Then only the dealer can change it, on the phone."""
    if one.appointment_at is None or (one.state == State.RESCHEDULED and local(one.appointment_at).date() < visit.today):
        return False
    return visit.now > one.appointment_at - timedelta(hours=visit.settings.booking.cancel_until_hours)


def _again(one: AppointmentCopy) -> str:
    """What the button says that begins another one like this; empty where there is none."""
    if one.state in UNDER_WAY or one.state == State.TRANSFERRED:
        return ""
    if one.state in (State.UNREACHABLE, State.REJECTED):
        return t("选择新日期", "Choose a new date")
    return t("再次预约", "Book again")


def _mine(visit: Visit, appointment_id: UUID) -> AppointmentCopy:
    found = visit.copies.appointment(visit.follower_id, appointment_id)
    if found is None:
        abort(404)
    return found
