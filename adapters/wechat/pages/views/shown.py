"""Copies made ready to be shown: a car, an appointment, a dealer and a day in the reader's words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from adapters.wechat.pages.copies import AppointmentCopy, CarCopy, DealerCopy
from adapters.wechat.pages.sayings import Saying, agreed, happened, saying_of
from adapters.wechat.pages.views.visit import Visit
from adapters.wechat.pages.words import BUSINESS_ZONE, UNTIL, day, deadline, moment, month, t, vin_tail
from contracts.appointments import State
from contracts.dms import OpeningHours

OPENING = time(8, 30)  # services/appointments counts the notice from here
WEEKS_AT_FIRST = 3


@dataclass(frozen=True)
class CarShown:
    binding_id: UUID
    vehicle_id: UUID
    title: str
    """The plate, else the model, else the end of the VIN."""
    subtitle: str
    model: str
    tail: str
    dealer_code: str
    ending: bool
    version: int
    chosen: bool = False


@dataclass(frozen=True)
class AppointmentShown:
    id: UUID
    saying: Saying
    when: str
    dealer_name: str
    plate: str
    items: str


@dataclass(frozen=True)
class HistoryLine:
    words: str
    when: str
    ahead: bool = False
    """Has not happened yet."""


@dataclass(frozen=True)
class DealerShown:
    code: str
    name: str
    address: str
    phone: str
    latitude: float | None
    longitude: float | None
    weekdays: str
    """Open on these, 1 is Monday: `1,2,3`; empty where the hours are not known."""
    today: str


@dataclass(frozen=True)
class DayShown:
    """A place in the calendar. Without `on` it is empty, before today."""

    on: date | None
    open: bool
    later: bool
    """Shown when more are asked for."""
    month: str
    words: str


def car_shown(car: CarCopy, *, chosen: bool = False) -> CarShown:
    tail = vin_tail(car.vin)
    title = car.plate or car.model or t("车架号尾号 {}", "VIN …{}").format(tail)
    about = [car.model if car.model != title else "", t("车架号尾号 {}", "VIN …{}").format(tail) if car.plate or car.model else ""]
    subtitle = " · ".join(part for part in about if part)
    return CarShown(car.binding_id, car.vehicle_id, title, subtitle, car.model, tail, car.dealer_code, car.ending, car.version, chosen)


def appointment_shown(visit: Visit, copy: AppointmentCopy, cars: Iterable[CarCopy]) -> AppointmentShown:
    plates = {car.vehicle_id: car_shown(car).title for car in cars}
    return AppointmentShown(
        id=copy.appointment_id,
        saying=saying_of(copy, visit.now),
        when=agreed(copy, visit.today),
        dealer_name=dealer_name(visit, copy.dealer_code),
        plate=plates.get(copy.vehicle_id, ""),
        items=t("、", ", ").join(item_name(visit, item.code, item.name) for item in copy.items),
    )


def dealer_name(visit: Visit, code: str) -> str:
    dealer = visit.dealer(code)
    return dealer.name if dealer else t("服务店 {}", "Dealer {}").format(code)


def item_name(visit: Visit, code: str, name: str) -> str:
    """As it was booked; in English where it is still offered."""
    offered = {item.code: item.name_en for item in visit.settings.booking.items}
    return t(name, offered.get(code, name))


def history_of(copy: AppointmentCopy, now: datetime) -> Iterator[HistoryLine]:
    """What happened, the last first, below what comes next."""
    if copy.state == State.TO_CALL and copy.call_due_at and copy.call_due_at > now:
        when = t("{} 前", "by {}").format(deadline(copy.call_due_at, now))
        yield HistoryLine(t("服务店来电确认", "The dealer calls to confirm"), when, ahead=True)
    if copy.appointment_at and copy.state in (State.CONFIRMED, State.NOTIFIED) and copy.appointment_at > now:
        yield HistoryLine(t("到店", "You bring the car"), moment(copy.appointment_at), ahead=True)
    for step in sorted(copy.timeline, key=lambda step: step.version, reverse=True):
        if words := happened(step):
            yield HistoryLine(words, moment(step.at))
    if copy.submitted_at:
        yield HistoryLine(t("您提交了预约", "You sent the booking"), moment(copy.submitted_at))


def dealer_shown(dealer: DealerCopy, today: date) -> DealerShown:
    weekdays = ",".join(str(weekday) for weekday in sorted({span.weekday for span in dealer.hours}))
    return DealerShown(
        dealer.dealer_code,
        dealer.name,
        dealer.address,
        dealer.phone,
        dealer.latitude,
        dealer.longitude,
        weekdays,
        hours_words(dealer.hours, today),
    )


def hours_words(hours: tuple[OpeningHours, ...], today: date) -> str:
    """今天 8:30‑17:30; nothing where no hours are known."""
    if not hours:
        return ""
    spans = sorted((span.begins, span.ends) for span in hours if span.weekday == today.isoweekday())
    if not spans:
        return t("今天休息", "closed today")
    return f"{t('今天', 'Today')} " + t("、", ", ").join(
        f"{begins.removeprefix('0')}{UNTIL}{ends.removeprefix('0')}" for begins, ends in spans
    )


def days_shown(visit: Visit) -> list[DayShown]:
    """Whole weeks from Monday, up to the furthest day that may be asked for."""
    first, last = first_day(visit), visit.today + timedelta(days=visit.settings.booking.furthest_days)
    monday = visit.today - timedelta(days=visit.today.weekday())
    days = [monday + timedelta(days=number) for number in range((last - monday).days + 1)]
    return [_day_shown(on, visit.today, first, later=number >= WEEKS_AT_FIRST * 7) for number, on in enumerate(days)]


def _day_shown(on: date, today: date, first: date, *, later: bool) -> DayShown:
    if on < today:
        return DayShown(None, open=False, later=later, month="", words="")
    label = month(on) if on.day == 1 or on == first else ""
    return DayShown(on, open=on >= first, later=later, month=label, words=day(on, today))


def first_day(visit: Visit) -> date:
    """A workshop needs notice, counted from its opening (flows 3.2)."""
    prepared = visit.now + timedelta(hours=visit.settings.booking.notice_hours)
    on = visit.today
    while datetime.combine(on, OPENING, BUSINESS_ZONE) < prepared:
        on += timedelta(days=1)
    return on
