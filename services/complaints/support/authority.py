"""客户关怀费用授权: which level may decide about how much (S-05, A-CMP-24). No I/O, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.complaint_words import CaseType

HANDLERS_LEVEL = 1
LOWEST_LEADER = 2
HIGHEST_LEVEL = 9
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Rule:
    """`fee_max` None: no end. `types` empty: all."""

    rule_id: str
    level: int
    title: str
    fee_min: Decimal
    fee_max: Decimal | None
    types: tuple[CaseType, ...]
    active_from: date

    def covers(self, fee: Decimal) -> bool:
        return self.fee_min <= fee and (self.fee_max is None or fee <= self.fee_max)

    def is_about(self, type: CaseType | None) -> bool:
        return not self.types or type in self.types


@dataclass(frozen=True)
class Authority:
    """The table in force. Without rules the handler picks the level, and decides about plans."""

    rules: Sequence[Rule] = ()

    def in_force(self, type: CaseType | None, today: date) -> list[Rule]:
        """By level. A rule gives way to a later one of the same level and types."""
        latest: dict[tuple[int, frozenset[CaseType]], Rule] = {}
        for rule in sorted(self.rules, key=lambda one: one.active_from):
            if rule.active_from <= today and rule.is_about(type):
                latest[rule.level, frozenset(rule.types)] = rule
        return sorted(latest.values(), key=lambda one: one.level)

    def rule_for(self, fee: Decimal, type: CaseType | None, today: date) -> Rule | None:
        """The lowest level that may decide about it."""
        return next((rule for rule in self.in_force(type, today) if rule.covers(fee)), None)

    def level_for(self, fee: Decimal, type: CaseType | None, today: date) -> int:
        """The lowest level that may decide about it; 0: no rule is in force. What no rule covers is for the highest level there can be."""
        rules = self.in_force(type, today)
        return next((rule.level for rule in rules if rule.covers(fee)), HIGHEST_LEVEL if rules else 0)

    def above(self, level: int, type: CaseType | None, today: date) -> int | None:
        """The next higher level; without rules the next number. None: there is none."""
        rules = self.in_force(type, today)
        if not rules:
            return level + 1 if level < HIGHEST_LEVEL else None
        return next((rule.level for rule in rules if rule.level > level), None)


def gap(authority: Authority) -> tuple[CaseType | None, date, Decimal] | None:
    """The first fee that nobody may decide about, of a type, on a day on which rules begin to hold; None: the table has no gap."""
    for day in sorted({rule.active_from for rule in authority.rules}):
        for type in (None, *CaseType):
            rules = authority.in_force(type, day)
            if rules and (fee := _uncovered(rules)) is not None:
                return type, day, fee
    return None


def _uncovered(rules: Sequence[Rule]) -> Decimal | None:
    reached = Decimal(0)
    for rule in sorted(rules, key=lambda one: one.fee_min):
        if rule.fee_min > reached:
            return reached
        if rule.fee_max is None:
            return None
        reached = max(reached, rule.fee_max + CENT)
    return reached
