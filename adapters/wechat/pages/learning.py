"""Keeping the copy: each piece of news overwrites what is older, and older news changes nothing (design, promise 5)."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, insert, select, update

from adapters.wechat.pages.copies import Step, steps_of
from adapters.wechat.pages.tables import appointment, car, dealer, place, registration, ticket
from adapters.wechat.pages.words import BUSINESS_ZONE
from chassis.database import Transaction, millis
from contracts.appointments import AppointmentNews, PlacesLeft
from contracts.customers import Binding, CustomerRegistered, RegistrationNews
from contracts.dms import DealerListed
from contracts.envelope import Contract, now
from contracts.wechat import JsTicketIssued

MOST_STEPS = 60


def learn_of_car(tx: Transaction, news: Binding) -> None:
    """Once it is not theirs any more, nothing about the person or the car is kept."""
    active = isinstance(news, CustomerRegistered)
    values = {
        "version": news.version,
        "follower_id": news.follower_id,
        "vehicle_id": news.vehicle_id,
        "vin": news.vin if active else "",
        "plate": news.plate if active else None,
        "name": news.name if active else "",
        "mobile": news.mobile if active else "",
        "model": news.model if active else "",
        "dealer_code": news.dealer_code if active else "",
        "active": active,
    }
    _overwrite(tx, car, {"binding_id": news.binding_id}, values)


def learn_of_appointment(tx: Transaction, news: AppointmentNews) -> None:
    """News that comes late is no news, but a step that can be shown."""
    mine = appointment.c.appointment_id == news.appointment_id
    before = tx.execute(select(appointment).where(mine).with_for_update()).first()
    values: dict[str, Any] = {"timeline": _with_step(steps_of(before.timeline) if before else (), news)}
    if before is None or news.version > before.version:
        text = AppointmentNews.model_validate(news.model_dump()).model_dump_json()
        values |= {"version": news.version, "follower_id": news.follower_id, "news": text, "changed_at": millis(_time_of(news))}
    if before is None:
        tx.execute(insert(appointment).values(appointment_id=news.appointment_id, **values))
    else:
        tx.execute(update(appointment).where(mine).values(values))


def learn_of_registration(tx: Transaction, news: RegistrationNews) -> None:
    values = {
        "version": news.version,
        "follower_id": news.follower_id,
        "account": news.account,
        "state": news.state.value,
        "late": news.late,
        "code_no": news.code_no,
        "code_expires_at": millis(news.code_expires_at) if news.code_expires_at else None,
        "next_code_at": millis(news.next_code_at) if news.next_code_at else None,
        "tries_left": news.tries_left,
        "binding_id": news.binding_id,
    }
    _overwrite(tx, registration, {"registration_id": news.registration_id}, values, first={"at": millis(_time_of(news))})


def learn_of_dealer(tx: Transaction, news: DealerListed) -> None:
    same = ("name", "address", "phone", "latitude", "longitude", "active")
    hours = json.dumps([span.model_dump() for span in news.hours])
    values = {name: getattr(news, name) for name in same} | {"version": news.dealer_version, "hours": hours}
    _overwrite(tx, dealer, {"dealer_code": news.dealer_code}, values)


def learn_of_places(tx: Transaction, news: PlacesLeft) -> None:
    key = {"dealer_code": news.dealer_code, "day": news.day, "slot": news.slot}
    values = {"version": news.version, "left": news.left, "closed": news.closed, "over_at": millis(_end_of(news.day))}
    _overwrite(tx, place, key, values)


def learn_of_ticket(tx: Transaction, news: JsTicketIssued) -> None:
    """The later expiry wins."""
    values = {"ticket": news.ticket, "expires_at": millis(news.expires_at)}
    _overwrite(tx, ticket, {"account": news.account}, values, by="expires_at")


def _overwrite(
    tx: Transaction, table: Table, key: dict[str, Any], values: dict[str, Any], *, first: dict[str, Any] | None = None, by: str = "version"
) -> None:
    """If it is newer. Two that both find nothing: the second hits the key and tries again."""
    mine: list[ColumnElement[bool]] = [table.c[name] == value for name, value in key.items()]
    before = tx.execute(select(table.c[by]).where(*mine).with_for_update()).scalar_one_or_none()
    if before is None:
        tx.execute(insert(table).values(key | (first or {}) | values))
    elif values[by] > before:
        tx.execute(update(table).where(*mine).values(values))


def _with_step(before: tuple[Step, ...], news: AppointmentNews) -> str:
    """In the order of versions; each version once."""
    step = Step(news.version, news.state.value, news.type_name(), _time_of(news))
    steps = sorted({one.version: one for one in (*before, step)}.values(), key=lambda one: one.version)[-MOST_STEPS:]
    return json.dumps([{"version": one.version, "state": one.state, "happened": one.happened, "at": millis(one.at)} for one in steps])


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, BUSINESS_ZONE)


def _time_of(news: Contract) -> datetime:
    """When its owner told it."""
    return news.envelope.time if news.envelope else now()
