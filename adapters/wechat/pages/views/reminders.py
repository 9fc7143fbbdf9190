"""What a follower is reminded of: one message's page in the four parts of A-REM-22, and all of them with what is still wanted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import abort, render_template, request, url_for

from adapters.wechat.pages.copies import AppointmentCopy, CarCopy
from adapters.wechat.pages.reminder_copies import ReminderCopy
from adapters.wechat.pages.reminder_sayings import about, headline, time_left, type_name, when
from adapters.wechat.pages.sayings import OPEN, Tone
from adapters.wechat.pages.views.shown import AppointmentShown, appointment_shown, car_shown, dealer_shown
from adapters.wechat.pages.views.visit import Visit
from adapters.wechat.pages.words import t
from contracts.appointments import State
from contracts.reminders import SERVICE_TYPES, DueItem, ReminderType

STILL_SHOWN = timedelta(days=31)
"""A reminder that is overdue stays with those that matter for so long."""
HAPPENING = (*OPEN, State.ARRIVED)


@dataclass(frozen=True)
class ItemShown:
    type: ReminderType
    name: str
    title: str
    """The name; of a campaign what it is called."""
    about: str
    when: str
    tone: Tone
    left: str
    wanted: bool


@dataclass(frozen=True)
class ReminderShown:
    """A message's car, headline and items; `service`, `birthday` and `campaigns` are the first three parts, booking is the fourth."""

    item_id: UUID
    message_id: UUID
    plate: str
    headline: str
    items: tuple[ItemShown, ...]
    appointment: AppointmentShown | None
    current: bool

    def part(self, *types: ReminderType) -> tuple[ItemShown, ...]:
        return tuple(item for item in self.items if item.type in types)

    @property
    def service(self) -> tuple[ItemShown, ...]:
        return self.part(*SERVICE_TYPES)

    @property
    def birthday(self) -> tuple[ItemShown, ...]:
        return self.part(ReminderType.BIRTHDAY)

    @property
    def campaigns(self) -> tuple[ItemShown, ...]:
        return self.part(ReminderType.CAMPAIGN)


@dataclass(frozen=True)
class WishShown:
    type: ReminderType
    name: str
    wanted: bool


def reminders(visit: Visit) -> str:
    cars = visit.copies.cars(visit.follower_id)
    shown = reminders_shown(visit, cars)
    return render_template(
        "reminders.html",
        current=[one for one in shown if one.current],
        past=[one for one in shown if not one.current],
        wishes=wishes_shown(visit),
        has_car=bool(cars),
    )


def reminder(visit: Visit, item_id: UUID) -> str:
    """Whoever comes by the link of a message has read it."""
    cars = visit.copies.cars(visit.follower_id)
    found = visit.copies.reminder(visit.follower_id, item_id, _message(), {car.vehicle_id for car in cars})
    if found is None:
        abort(404)
    if not found.opened:
        visit.submitting.open(found.message_id, visit.follower_id)
    appointments = visit.copies.appointments(visit.follower_id)
    dealer = visit.dealer(found.dealer_code) if found.dealer_code else None
    return render_template(
        "reminder.html",
        one=_shown(visit, found, cars, appointments, visit.copies.unwanted(visit.follower_id)),
        dealer=dealer,
        dealer_today=dealer_shown(dealer, visit.today).today if dealer else "",
        book_url=url_for("views.new_appointment", item=_leading(found).item_id, vehicle=found.vehicle_id),
    )


def reminders_shown(visit: Visit, cars: tuple[CarCopy, ...]) -> list[ReminderShown]:
    """The newest first."""
    found = visit.copies.reminders(visit.follower_id, {car.vehicle_id for car in cars})
    if not found:
        return []
    appointments, unwanted = visit.copies.appointments(visit.follower_id), visit.copies.unwanted(visit.follower_id)
    return [_shown(visit, one, cars, appointments, unwanted) for one in found]


def wishes_shown(visit: Visit) -> list[WishShown]:
    unwanted, means = visit.copies.unwanted(visit.follower_id), visit.settings.reminders.insurance_from
    return [WishShown(type, type_name(type, means), type not in unwanted) for type in ReminderType]


def _shown(
    visit: Visit,
    copy: ReminderCopy,
    cars: Iterable[CarCopy],
    appointments: Iterable[AppointmentCopy],
    unwanted: frozenset[ReminderType],
) -> ReminderShown:
    booked = _booked(copy, appointments)
    title = next(car_shown(car).title for car in cars if car.vehicle_id == copy.vehicle_id)
    return ReminderShown(
        item_id=copy.items[0].item_id,
        message_id=copy.message_id,
        plate=title,
        headline=headline(copy.items, visit.settings.reminders.insurance_from),
        items=tuple(_item_shown(visit, item, unwanted) for item in sorted(copy.items, key=_services_first)),
        appointment=appointment_shown(visit, booked, cars) if booked else None,
        current=visit.today <= copy.last_day + STILL_SHOWN and not (booked and booked.state == State.COMPLETED),
    )


def _item_shown(visit: Visit, item: DueItem, unwanted: frozenset[ReminderType]) -> ItemShown:
    means, (tone, left) = visit.settings.reminders.insurance_from, time_left(item, visit.today)
    name = type_name(item.type, means)
    return ItemShown(
        item.type, name, item.title or name, about(item, means), when(item, visit.today), tone, left, item.type not in unwanted
    )


def _booked(copy: ReminderCopy, appointments: Iterable[AppointmentCopy]) -> AppointmentCopy | None:
    """What is under way for the car, however it was booked; else what came of this reminder's link."""
    ids = {item.item_id for item in copy.items}
    fitting = [one for one in appointments if one.vehicle_id == copy.vehicle_id and one.state in HAPPENING]
    fitting += [one for one in appointments if one.reminder_item_id in ids and one.state == State.COMPLETED]
    return fitting[0] if fitting else None


def _leading(copy: ReminderCopy) -> DueItem:
    """The item that a booking is for: a service before all else."""
    return min(copy.items, key=_services_first)


def _services_first(item: DueItem) -> tuple[bool, date]:
    return item.type not in SERVICE_TYPES, item.due_date


def _message() -> UUID | None:
    try:
        return UUID(request.args.get("m", ""))
    except ValueError:
        return None


BOOKED_AS = {ReminderType.FIRST_MAINTENANCE: "FIRST_MAINTENANCE", ReminderType.MAINTENANCE: "MAINTENANCE"}
ELSE_BOOKED_AS = "OTHER"


def preset_by(visit: Visit, copy: ReminderCopy) -> dict[str, object]:
    """What a reminder fills into the booking: the usual dealer, what is to be done, and in words what has no name there."""
    offered = {item.code for item in visit.settings.booking.items}
    due = [item for item in copy.items if item.type is not ReminderType.BIRTHDAY]
    codes = {BOOKED_AS.get(item.type, ELSE_BOOKED_AS) for item in due} & offered
    means = visit.settings.reminders.insurance_from
    unnamed = [item.title or type_name(item.type, means) for item in due if item.type not in BOOKED_AS]
    words = t("提醒：{}", "Reminder: {}").format(t("、", ", ").join(unnamed)) if unnamed else ""
    return {"dealer_code": copy.dealer_code, "items": sorted(codes), "concern": words}
