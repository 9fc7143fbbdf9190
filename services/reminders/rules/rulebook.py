"""The rules by which items are made (ReminderRule of flows 2.1, S-11): data with versions, of which the highest is in force."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select

from chassis.database import Transaction, from_millis, millis
from contracts.reminders import ReminderType
from services.reminders.tables import rulebooks

BY_DEFAULT = 1
"""The version of the rules that hold until somebody changes them; they stand in no row."""

InsuranceFrom = Literal["insurance", "maintenance"]


class Overtaken(Exception):
    """The rules that were to be changed are not those in force any more."""


@dataclass(frozen=True)
class Rule:
    """One type's rule. `months` is counted from the type's anchor; days as in contracts/reminding.py."""

    enabled: bool = True
    months: int | None = None
    months_by_model: Mapping[str, int] = field(default_factory=dict)
    lead_days: int = 0
    window_days: int = 0

    def months_for(self, model_code: str) -> int | None:
        return self.months_by_model.get(model_code, self.months)


@dataclass(frozen=True)
class Rulebook:
    """All seven types' rules. `insurance_from`: which date 强保 meant when they were made (S-09)."""

    version: int
    rules: Mapping[ReminderType, Rule]
    insurance_from: InsuranceFrom = "insurance"
    made_by: str = ""
    made_at: datetime | None = None

    def __getitem__(self, type: ReminderType) -> Rule:
        return self.rules[type]


DEFAULT = Rulebook(
    version=BY_DEFAULT,
    rules={
        ReminderType.FIRST_MAINTENANCE: Rule(months=6, lead_days=14, window_days=30),
        ReminderType.MAINTENANCE: Rule(months=6, lead_days=14, window_days=30),
        ReminderType.WARRANTY: Rule(months=36, lead_days=14, window_days=30),
        ReminderType.INSURANCE: Rule(lead_days=21, window_days=30),
        ReminderType.INSPECTION: Rule(lead_days=21, window_days=30),
        ReminderType.BIRTHDAY: Rule(),
        ReminderType.CAMPAIGN: Rule(lead_days=3),
    },
)


def rulebook_in_force(tx: Transaction | Connection) -> Rulebook:
    row = tx.execute(select(rulebooks).order_by(rulebooks.c.version.desc()).limit(1)).first()
    return _rulebook_of(row) if row else DEFAULT


def change_rules(
    tx: Transaction, version: int, rules: Mapping[ReminderType, Rule], *, insurance_from: InsuranceFrom, made_by: str, now: datetime
) -> Rulebook:
    """The next version: of types that are not given it stays as it was in `version`, which must be the one in force.

    All cars' due dates follow by and by (services/reminders/month/applying.py). Raises Overtaken.
    """
    before = rulebook_in_force(tx)
    if before.version != version:
        raise Overtaken
    after = Rulebook(version + 1, {**before.rules, **rules}, insurance_from, made_by, now)
    tx.execute(insert(rulebooks).values(_columns_of(after)))
    return after


def _columns_of(rulebook: Rulebook) -> dict[str, Any]:
    rules = {type.value: asdict(rule) for type, rule in rulebook.rules.items()}
    return {
        "version": rulebook.version,
        "rules": {"insurance_from": rulebook.insurance_from, "types": rules},
        "made_by": rulebook.made_by,
        "made_at": millis(rulebook.made_at) if rulebook.made_at else 0,
        "applied_up_to": None,
        "applied": False,
    }


def _rulebook_of(row: Row[Any]) -> Rulebook:
    rules = {ReminderType(type): Rule(**rule) for type, rule in row.rules["types"].items()}
    return Rulebook(row.version, rules, row.rules["insurance_from"], row.made_by, from_millis(row.made_at))
