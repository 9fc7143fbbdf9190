"""The form of the rules: what stands in its fields, and the rule that follows from them, with what is wrong in words. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.reminders import ReminderType
from contracts.reminding import RuleAnswer, Rulebook
from services.console.scope import CODE
from services.console.words import t

BY_MONTHS = frozenset({ReminderType.FIRST_MAINTENANCE, ReminderType.MAINTENANCE, ReminderType.WARRANTY})
"""Types whose due date may be so many months after something."""
LIMITS = {"months": 240, "lead_days": 120, "window_days": 365}
MOST_MODELS = 500


@dataclass(frozen=True)
class Typed:
    """One type's fields as texts."""

    enabled: bool
    months: str
    months_by_model: str
    lead_days: str
    window_days: str

    def read(self) -> tuple[RuleAnswer, dict[str, str]]:
        """The rule, and what is wrong by name of the field; where something is, the rule is not to be used."""
        problems: dict[str, str] = {}
        numbers = {name: _number(name, getattr(self, name), problems) for name in LIMITS}
        by_model = _by_model(self.months_by_model, problems)
        rule = RuleAnswer(
            enabled=self.enabled,
            months=numbers["months"],
            months_by_model=by_model,
            lead_days=numbers["lead_days"] or 0,
            window_days=numbers["window_days"] or 0,
        )
        return rule, problems


def as_typed(rulebook: Rulebook) -> dict[ReminderType, Typed]:
    return {type: _typed(rulebook.rules.get(type, RuleAnswer(enabled=False))) for type in ReminderType}


def typed_of(form: Mapping[str, str]) -> dict[ReminderType, Typed]:
    def given(type: ReminderType, name: str) -> str:
        return form.get(f"{type.value}.{name}", "").strip()

    return {
        type: Typed(
            given(type, "enabled") == "yes", *(given(type, name) for name in ("months", "months_by_model", "lead_days", "window_days"))
        )
        for type in ReminderType
    }


def changed_types(before: Rulebook, after: Rulebook) -> list[str]:
    return [type.value for type in ReminderType if before.rules.get(type) != after.rules.get(type)]


def _typed(rule: RuleAnswer) -> Typed:
    models = "\n".join(f"{model} = {months}" for model, months in sorted(rule.months_by_model.items()))
    months = "" if rule.months is None else str(rule.months)
    return Typed(rule.enabled, months, models, str(rule.lead_days), str(rule.window_days))


def _number(name: str, text: str, problems: dict[str, str]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= LIMITS[name]):
        problems[name] = t(f"请写 0 至 {LIMITS[name]} 的整数。", f"A whole number from 0 to {LIMITS[name]}.")
        return None
    return int(text)


def _by_model(text: str, problems: dict[str, str]) -> dict[str, int]:
    """A line each: `EV7 = 12`."""
    models: dict[str, int] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        model, equals, months = (part.strip() for part in line.partition("="))
        usable = equals and CODE.fullmatch(model) and months.isascii() and months.isdigit() and len(months) < 5
        if not usable or int(months) > LIMITS["months"]:
            problems["months_by_model"] = t(f"看不懂这一行：{line[:40]}。请写成 EV7 = 12。", f"Cannot read: {line[:40]}. Write EV7 = 12.")
            return {}
        models[model] = int(months)
    if len(models) > MOST_MODELS:
        problems["months_by_model"] = t(f"最多 {MOST_MODELS} 个车型。", f"At most {MOST_MODELS} models.")
    return models
