"""Keeping the copy: each piece of news overwrites what is older, and older news changes nothing (design, promise 5)."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Table, bindparam, insert, select, update

from adapters.wechat.pages.complaint_copies import is_shown
from adapters.wechat.pages.copies import Step, steps_of
from adapters.wechat.pages.tables import (
    appointment,
    car,
    complaint,
    complaint_file,
    complaint_refusal,
    complaint_step,
    dealer,
    place,
    registration,
    reminder,
    reminder_wishes,
    ticket,
)
from adapters.wechat.pages.words import BUSINESS_ZONE
from chassis import upserts
from chassis.database import Transaction, millis
from chassis.outbox import ignoring_repeats
from chassis.unit_of_work import Gathering
from contracts.appointments import AppointmentNews, PlacesLeft
from contracts.complaint_files import ComplaintFileFetched, ComplaintFileLost
from contracts.complaints import ComplaintNews, ComplaintWishRefused
from contracts.customers import Binding, CustomerRegistered, RegistrationNews
from contracts.dms import DealerListed
from contracts.envelope import Contract, now
from contracts.reminders import ReminderDue, ReminderWishesSet
from contracts.wechat import JsTicketIssued

MOST_STEPS = 60


def learn_of_car(tx: Transaction, news: Binding) -> None:
    """Once it is not theirs any more, nothing about the person or the car is kept."""
    active = isinstance(news, CustomerRegistered)
    values = {
        "binding_id": news.binding_id,
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
    _OVERWRITTEN.add(tx, (car, values))


def learn_of_appointment(tx: Transaction, news: AppointmentNews) -> None:
    """News that comes late is no news, but a step that can be shown."""
    _TOLD.add(tx, news)


def learn_of_registration(tx: Transaction, news: RegistrationNews) -> None:
    values = {
        "registration_id": news.registration_id,
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
        "at": millis(_time_of(news)),
    }
    _OVERWRITTEN.add(tx, (registration, values))


def learn_of_dealer(tx: Transaction, news: DealerListed) -> None:
    same = ("dealer_code", "name", "address", "phone", "latitude", "longitude", "active")
    hours = json.dumps([span.model_dump() for span in news.hours])
    _OVERWRITTEN.add(tx, (dealer, {name: getattr(news, name) for name in same} | {"version": news.dealer_version, "hours": hours}))


def learn_of_places(tx: Transaction, news: PlacesLeft) -> None:
    same = ("dealer_code", "day", "slot", "version", "left", "closed")
    _OVERWRITTEN.add(tx, (place, {name: getattr(news, name) for name in same} | {"over_at": millis(_end_of(news.day))}))


def learn_of_ticket(tx: Transaction, news: JsTicketIssued) -> None:
    """The later expiry wins."""
    values = {"account": news.account, "ticket": news.ticket, "expires_at": millis(news.expires_at)}
    _OVERWRITTEN.add(tx, (ticket, values))


def learn_of_reminder(tx: Transaction, news: ReminderDue) -> None:
    """Told again on another day, it is the same message."""
    same = ("message_id", "version", "follower_id")
    values = {name: getattr(news, name) for name in same} | {"news": news.model_dump_json(include=_DUE), "at": millis(_time_of(news))}
    _OVERWRITTEN.add(tx, (reminder, values))


def learn_of_wishes(tx: Transaction, news: ReminderWishesSet) -> None:
    unwanted = json.dumps([one.value for one in news.unwanted])
    _OVERWRITTEN.add(tx, (reminder_wishes, {"follower_id": news.follower_id, "version": news.version, "unwanted": unwanted}))


def learn_of_complaint(tx: Transaction, news: ComplaintNews) -> None:
    """Of a follower's. News that comes late is no news, but a step that can be shown. A case that was parted from them is nobody's."""
    if news.follower_id is None and news.step != "unmatch":
        return
    told = news.model_dump_json(include=_OF_A_COMPLAINT)
    values = {"complaint_id": news.complaint_id, "version": news.version, "follower_id": news.follower_id or _NOBODY, "news": told}
    _OVERWRITTEN.add(tx, (complaint, values | {"changed_at": millis(news.at)}))
    if is_shown(news):
        same = ("complaint_id", "version", "step")
        step = {name: getattr(news, name) for name in same} | {"said": news.said or None, "at": millis(news.at)}
        _OVERWRITTEN.add(tx, (complaint_step, {"step_id": uuid5(news.complaint_id, str(news.version))} | step))


def learn_of_refusal(tx: Transaction, news: ComplaintWishRefused) -> None:
    """Once: the wish came too late."""
    same = ("command_id", "complaint_id", "follower_id", "reason")
    tx.execute(_REFUSED, {name: getattr(news, name) for name in same} | {"state": news.state.value, "at": millis(news.at)})


def learn_of_file(tx: Transaction, news: ComplaintFileFetched | ComplaintFileLost) -> None:
    """What came after all is not lost any more."""
    kept = isinstance(news, ComplaintFileFetched)
    row = {"file_id": news.file_id, "complaint_id": news.complaint_id, "kept": kept, "at": millis(_time_of(news))}
    tx.execute(_FILED, row | {"reason": getattr(news, "reason", "")})
    if kept:
        tx.execute(update(complaint_file).where(complaint_file.c.file_id == news.file_id).values(kept=True, reason=""))


_REFUSED, _FILED = ignoring_repeats(insert(complaint_refusal)), ignoring_repeats(insert(complaint_file))
_NOBODY = UUID(int=0)
_OF_A_COMPLAINT = set(ComplaintNews.model_fields) - {"said", "customer_id", "mobile"}
"""Nothing personal: what was said is kept sealed."""
_DUE = set(ReminderDue.model_fields)
_NEWER_BY = {
    car: "version",
    registration: "version",
    reminder: "version",
    reminder_wishes: "version",
    complaint: "version",
    complaint_step: "version",
    dealer: "version",
    place: "version",
    ticket: "expires_at",
}
"""What copies are overwritten by."""
_STAYS = {registration: "at"}
"""What is written once: the list of registrations is in the order in which they began."""


def _overwrite(tx: Transaction, brought: Sequence[tuple[Table, dict[str, Any]]]) -> None:
    """Where it is newer."""
    for table, by in _NEWER_BY.items():
        if rows := [values for its_table, values in brought if its_table is table]:
            fixed = {by, _STAYS.get(table), *table.primary_key.columns.keys()}
            upserts.keep_highest(tx, table, rows, by, *(name for name in rows[0] if name not in fixed))


_OVERWRITTEN = Gathering(_overwrite, *_NEWER_BY)


def _tell_on(tx: Transaction, told: Sequence[AppointmentNews]) -> None:
    """Two transactions that both find nothing: the second hits the key and tries again."""
    ids = {news.appointment_id for news in told}
    before = {row.appointment_id: dict(row._mapping) for row in tx.execute(_KNOWN, {"ids": ids})}
    after = before.copy()
    for news in told:
        after[news.appointment_id] = _with_news(after.get(news.appointment_id), news)
    changed = [after[id] for id in sorted(after, key=lambda id: id.hex) if after[id] != before.get(id)]
    if new := [row for row in changed if row["appointment_id"] not in before]:
        tx.execute(_ADD, new)
    upserts.replace(tx, appointment, [row for row in changed if row["appointment_id"] in before], *_CHANGES)


_TOLD = Gathering(_tell_on, appointment)
_KNOWN = (
    select(appointment)
    .where(appointment.c.appointment_id.in_(bindparam("ids", expanding=True)))
    .order_by(appointment.c.appointment_id)
    .with_for_update()
)
_ADD = insert(appointment)
_NEWS = set(AppointmentNews.model_fields)
_CHANGES = tuple(column.name for column in appointment.c if not column.primary_key)


def _with_news(before: dict[str, Any] | None, news: AppointmentNews) -> dict[str, Any]:
    timeline = {"timeline": _with_step(steps_of(before["timeline"]) if before else (), news)}
    if before and before["version"] >= news.version:
        return before | timeline
    return timeline | {
        "appointment_id": news.appointment_id,
        "version": news.version,
        "follower_id": news.follower_id,
        "news": news.model_dump_json(include=_NEWS),
        "changed_at": millis(_time_of(news)),
    }


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
