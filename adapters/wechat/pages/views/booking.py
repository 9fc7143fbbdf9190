"""Booking in the three parts of A-APT-11: date, service provider, items; from the menu, or from a link that carries its origin."""

from uuid import UUID

from flask import render_template, request

from adapters.wechat.pages.copies import CarCopy
from adapters.wechat.pages.views.reminders import preset_by
from adapters.wechat.pages.views.shown import car_shown, days_shown, dealer_shown
from adapters.wechat.pages.views.visit import Visit


def new_appointment(visit: Visit) -> str:
    cars = visit.copies.cars(visit.follower_id)
    item = _uuid("item")
    wanted, preset = _wanted(visit, cars, item)
    return render_template(
        "booking.html",
        cars=[car_shown(car, chosen=car.vehicle_id == wanted or len(cars) == 1) for car in cars],
        days=days_shown(visit),
        dealers=[dealer_shown(dealer, visit.today) for dealer in visit.copies.dealers()],
        items=visit.settings.booking.items,
        source="reminder" if item or request.args.get("from") == "reminder" else "menu",
        reminder_item_id=item,
        preset=preset,
        fresh=bool(preset or wanted or item),
        js_sdk_url=visit.account.js_sdk_url,
    )


def _wanted(visit: Visit, cars: tuple[CarCopy, ...], item: UUID | None) -> tuple[UUID | None, dict[str, object]]:
    """The car that the link names, and what an earlier appointment of the follower, or a reminder, fills in."""
    earlier_id = _uuid("again")
    earlier = visit.copies.appointment(visit.follower_id, earlier_id) if earlier_id else None
    vehicle = earlier.vehicle_id if earlier else _uuid("vehicle")
    preset: dict[str, object] = {}
    if earlier:
        preset = {"dealer_code": earlier.dealer_code, "items": [item.code for item in earlier.items]}
    reminder = visit.copies.reminder(visit.follower_id, item, None, {car.vehicle_id for car in cars}) if item else None
    if reminder:
        vehicle, preset = reminder.vehicle_id, preset_by(visit, reminder)
    return (vehicle if any(car.vehicle_id == vehicle for car in cars) else None), preset


def _uuid(name: str) -> UUID | None:
    """Of the query; what is none is not there."""
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None
