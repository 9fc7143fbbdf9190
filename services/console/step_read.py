"""What was typed into the form of a step: kept as it is, and read as contracts/complaint_steps has it, with faults by field. No I/O."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from contracts.complaining import DealerAnswer
from contracts.complaint_steps import FORMS, AnyForm
from services.console.step_fields import SEVERAL, Ask
from services.console.words import BUSINESS_ZONE, t

MISSING = frozenset({"missing", "string_too_short", "too_short"})
BETWEEN_DIGITS = re.compile(r"[\s\-()（）·.]+")
A_NUMBER = re.compile(r"1\d{10}|0\d{9,11}|[48]00\d{7}")
A_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
AT_NAME = re.compile(r"@([a-z0-9._-]+)")
LONG = frozenset({"string_too_long", "too_long"})


@dataclass(frozen=True)
class Read:
    """`form` None: `asks` say what is wrong. They hold what was typed either way."""

    form: AnyForm | None
    asks: tuple[Ask, ...]


class _Wrong(Exception):
    """Not what the field takes; its words."""


def read(step: str, asks: Sequence[Ask], typed: MultiDict[str, str], dealers: Sequence[DealerAnswer] = (), **known: Any) -> Read:
    """`known`: what is not asked, such as the id of a file."""
    kept = tuple(_typed(ask, typed) for ask in asks)
    values: dict[str, Any] = dict(known)
    wrong: dict[str, str] = {}
    for ask in kept:
        try:
            value = _value(ask)
        except _Wrong as fault:
            wrong[ask.name] = str(fault)
            continue
        if value is not None:
            values[ask.name] = value
    if step == "note":
        values["mentions"] = sorted({*values.get("mentions", ()), *_named(str(values.get("text", "")), kept)})
    if step == "assign" and (code := values.get("dealer_code")) and "region_code" not in values:
        region = next((one.region_code for one in dealers if one.dealer_code == code), "")
        if region:
            values["region_code"] = region
        else:
            wrong["dealer_code"] = t("没有这家服务店。", "There is no such dealer.")
    try:
        form = FORMS.validate_python(values | {"step": step})
    except ValidationError as error:
        wrong = {**_faults(error), **wrong}
        form = None
    if wrong:
        return Read(None, tuple(replace(ask, wrong=wrong.get(ask.name, "")) for ask in kept))
    return Read(form, kept)


def _named(text: str, asks: Sequence[Ask]) -> set[str]:
    """Whom a note names with an @, of those that may be."""
    offered = {value for ask in asks if ask.name == "mentions" for value, _ in ask.options}
    return {name.rstrip("._-") for name in AT_NAME.findall(text)} & offered


def _typed(ask: Ask, typed: MultiDict[str, str]) -> Ask:
    if ask.kind in SEVERAL:
        return replace(ask, values=frozenset(typed.getlist(ask.name)), value="")
    if ask.kind == "yes":
        return replace(ask, value="true" if typed.get(ask.name) else "false")
    return replace(ask, value=typed.get(ask.name, "").strip())


def _value(ask: Ask) -> Any:
    """None: nothing was said of it. Raises _Wrong."""
    if ask.kind in SEVERAL:
        return sorted(ask.values)
    if ask.kind in ("unasked", "file", "case") or not ask.value:
        return None
    if ask.name == "subtypes":
        return ask.value.replace("，", " ").replace(",", " ").replace("、", " ").split()
    return (BY_FIELD.get(ask.name) or READERS.get(ask.kind, str))(ask.value)


def _minutes(text: str) -> int:
    try:
        return round(Decimal(text) * 60)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise _Wrong(t("请填小时数，如 48 或 0.5。", "Say the hours, such as 48 or 0.5.")) from error


def _moment(text: str) -> datetime:
    """As the browser's field gives it, in Shanghai."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)
    except ValueError as error:
        raise _Wrong(t("请填日期和时间。", "Say day and time.")) from error


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise _Wrong(t("请填金额，如 1200 或 1200.50。", "Say the amount, such as 1200 or 1200.50.")) from error


def _code(text: str) -> str:
    """What is offered is code and name."""
    return text.partition(" ")[0]


def _number_to_call(text: str) -> str:
    """By it a customer is found again: as it is dialled here, whatever stood between its digits."""
    digits = BETWEEN_DIGITS.sub("", text).removeprefix("+86")
    if not A_NUMBER.fullmatch(digits):
        raise _Wrong(
            t("手机号是 1 开头的 11 位数字；座机请带区号。", "A mobile has 11 digits and begins with 1; other numbers need the area code.")
        )
    return digits


def _vin(text: str) -> str:
    vin = "".join(text.split()).upper()
    if not A_VIN.fullmatch(vin):
        raise _Wrong(t("VIN 是 17 位字母和数字，没有 I、O、Q。", "A VIN has 17 letters and digits, without I, O and Q."))
    return vin


def _plate(text: str) -> str:
    return BETWEEN_DIGITS.sub("", text).upper()


READERS: Mapping[str, Callable[[str], Any]] = {"hours": _minutes, "moment": _moment, "money": _amount, "dealer": _code}
BY_FIELD: Mapping[str, Callable[[str], Any]] = {"mobile": _number_to_call, "vin": _vin, "plate": _plate}


def _faults(error: ValidationError) -> dict[str, str]:
    """By field: what is wrong with it, in words that hold no values."""
    found: dict[str, str] = {}
    for fault in error.errors(include_input=False, include_url=False):
        name = str(fault["loc"][1]) if len(fault["loc"]) > 1 else ""
        if fault["type"] in MISSING:
            words = t("请填写。", "Please fill this in.")
        elif fault["type"] in LONG:
            words = t("太长了。", "This is too long.")
        else:
            words = t("请检查这一项。", "Please check this.")
        found.setdefault(name, words)
    return found
