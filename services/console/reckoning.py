"""Rates of reminders and appointments, worked out from sums (flows 6): never averaged, None where there is nothing to divide by. No I/O."""

from collections.abc import Iterable
from typing import TypeVar

from contracts.reminder_figures import AppointmentSums, ReminderSums

S = TypeVar("S", ReminderSums, AppointmentSums)


def added(all: Iterable[S], to: S) -> S:
    """All of them and `to`, measure by measure."""
    total = to.model_dump()
    for one in all:
        for name, value in one.model_dump().items():
            total[name] += value
    return to.model_copy(update=total)


def rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def due(sums: ReminderSums) -> int:
    """每月应提醒数 D."""
    return sums.due_new + sums.due_carried


def tracked_rate(sums: ReminderSums) -> float | None:
    """提醒完成率: T / D."""
    return rate(sums.tracked, due(sums))


def either_rate(sums: ReminderSums) -> float | None:
    """Its other reading: tracked by phone or delivered by WeChat, of D."""
    return rate(sums.reached_either, due(sums))


def returned_rate(sums: ReminderSums) -> float | None:
    """提醒回厂率: R / D."""
    return rate(sums.returned, due(sums))


def returned_of_tracked(sums: ReminderSums) -> float | None:
    """Its other reading: R / T."""
    return rate(sums.returned, sums.tracked)


def opened_rate(sums: ReminderSums) -> float | None:
    """Opened, of those that WeChat delivered."""
    return rate(sums.clicked, sums.delivered)


def to_call(sums: AppointmentSums) -> int:
    """应电话反馈数 F: A less those withdrawn before the first call."""
    return sums.requested - sums.withdrawn_uncalled


def called_rate(sums: AppointmentSums) -> float | None:
    """电话反馈率: C / F."""
    return rate(sums.called, to_call(sums))


def called_in_time_rate(sums: AppointmentSums) -> float | None:
    return rate(sums.called_in_time, to_call(sums))


def arrived_rate(sums: AppointmentSums) -> float | None:
    """预约回厂率: arrived / confirmed, no-shows in the denominator."""
    return rate(sums.arrived, sums.confirmed)


def arrived_of_requested_rate(sums: AppointmentSums) -> float | None:
    """Its other reading: arrived / A."""
    return rate(sums.arrived_of_requested, sums.requested)
