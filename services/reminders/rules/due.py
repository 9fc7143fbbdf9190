"""When what is due for a car (flows 2.1). No I/O, no clock."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from chassis.settings import Reminders
from contracts.reminders import ReminderType
from services.reminders.days import months_after
from services.reminders.rules.rulebook import InsuranceFrom, Rulebook


class Dated(Protocol):
    """What of a car its due dates follow from (services/reminders/facts/car.py)."""

    @property
    def model_code(self) -> str: ...
    @property
    def invoice_date(self) -> date | None: ...
    @property
    def purchase_date(self) -> date | None: ...
    @property
    def warranty_end_date(self) -> date | None: ...
    @property
    def first_maintenance_on(self) -> date | None: ...
    @property
    def last_visit_on(self) -> date | None: ...
    @property
    def next_maintenance_date(self) -> date | None: ...
    @property
    def compulsory_insurance_expiry(self) -> date | None: ...
    @property
    def mandatory_maintenance_expiry(self) -> date | None: ...
    @property
    def next_inspection_date(self) -> date | None: ...


@dataclass(frozen=True)
class DueDates:
    """None: nothing is due, or it is not known when."""

    first_maintenance: date | None = None
    maintenance: date | None = None
    warranty: date | None = None
    insurance: date | None = None
    inspection: date | None = None

    def columns(self) -> dict[str, Any]:
        """As `cars` keeps them."""
        return {f"due_{name}": day for name, day in vars(self).items()}

    def of(self, type: ReminderType) -> date | None:
        day: date | None = getattr(self, type.value)
        return day


def due_dates(car: Dated, rulebook: Rulebook, terms: Reminders) -> DueDates:
    """By these rules, whether they are enabled or not: that is asked when a month is made."""
    return dates_by(car, rulebook, terms.insurance_from)


def dates_by(car: Dated, rulebook: Rulebook, insurance_from: InsuranceFrom) -> DueDates:
    first = None if car.first_maintenance_on else _first_maintenance(car, rulebook)
    return DueDates(
        first_maintenance=first,
        maintenance=_maintenance(car, rulebook, first),
        warranty=car.warranty_end_date or _after(car.invoice_date, rulebook, ReminderType.WARRANTY, car.model_code),
        insurance=car.compulsory_insurance_expiry if insurance_from == "insurance" else car.mandatory_maintenance_expiry,
        inspection=car.next_inspection_date,
    )


def _first_maintenance(car: Dated, rulebook: Rulebook) -> date | None:
    return _after(car.purchase_date or car.invoice_date, rulebook, ReminderType.FIRST_MAINTENANCE, car.model_code)


def _maintenance(car: Dated, rulebook: Rulebook, first: date | None) -> date | None:
    """Never before the first maintenance, be it due or done."""
    day = car.next_maintenance_date or _after(car.last_visit_on, rulebook, ReminderType.MAINTENANCE, car.model_code)
    not_until = car.first_maintenance_on or first
    return None if day and not_until and day <= not_until else day


def _after(anchor: date | None, rulebook: Rulebook, type: ReminderType, model_code: str) -> date | None:
    months = rulebook[type].months_for(model_code)
    return None if anchor is None or months is None else months_after(anchor, months)
