"""A form as it was typed, what it means, and in words what is wrong with each field."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sandbox.clock import CHINA
from sandbox.desks.words import Words, language, say, t
from sandbox.web import Problem

B = TypeVar("B", bound=BaseModel)

A_CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")
A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
AN_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

MISSING: Words = ("请填写", "Please fill this in")
CHOOSE: Words = ("请选择一项", "Please choose one")
CHOSEN = ("dealer_code",)
"""From a list, at a desk."""
WRONG_DAY: Words = ("日期格式为 2026-12-03", "Dates are written 2026-12-03")
SHAPES: Mapping[str, Words] = {
    "vin": ("VIN 为 17 位字母和数字，不含 I、O、Q", "A VIN has 17 letters and digits, without I, O and Q"),
    "mobile": ("手机号为 1 开头的 11 位数字", "A mobile number has 11 digits and begins with 1"),
    "plate": ("车牌如 渝A12345、渝AD12345", "Plates look like 渝A12345 or 渝AD12345"),
    "dealer_code": ("服务店编号如 D001", "Dealer codes look like D001"),
    "invoice_date": WRONG_DAY,
    "day": WRONG_DAY,
    "slot": ("时段如 08:00-12:00，留空为全天", "Slots look like 08:00-12:00; empty is the whole day"),
    "total": ("请填 0 到 10000 之间的整数", "A whole number from 0 to 10000"),
    "days": ("请填 1 到 31 之间的整数", "A whole number from 1 to 31"),
    "latitude": ("请填 -90 到 90 之间的度数", "Degrees from -90 to 90"),
    "longitude": ("请填 -180 到 180 之间的度数", "Degrees from -180 to 180"),
    "hours": ("营业时间如 08:30-17:30", "Hours look like 08:30-17:30"),
    "appointment_at": ("日期或时间有误", "The day or the time is not right"),
}
FIELDS: Mapping[str, str] = {
    "already_sold": "vin",
    "unknown_car": "vin",
    "already_here": "vin",
    "same_owner": "id_number",
    "another_name": "id_number",
    "unknown_dealer": "dealer_code",
    "same_dealer": "dealer_code",
    "dealer_code": "dealer_code",
    "invoice_date": "invoice_date",
    "day": "day",
    "closed_at": "closed_at",
}
"""Code of a problem to the field that it is about."""


@dataclass
class Form:
    """What a method returns is worth something only while `good`."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return not self.problems

    def wrong(self, name: str, words: str) -> None:
        self.problems.setdefault(name, words)

    def read(self, contract: type[B], **more: object) -> B | None:
        """The fields of that name, as the desk's own form wants them; `more` takes their place or is added."""
        given = {name: self.typed[name] for name in contract.model_fields if name in self.typed}
        try:
            return contract.model_validate({**given, **more})
        except ValidationError as error:
            for each in error.errors(include_url=False, include_input=False):
                self._note(each, self.typed)
            return None

    def attempt(self, work: Callable[[], object]) -> bool:
        """Do it; what stands in its way is said beside its field, or above the form where it has none."""
        try:
            work()
        except Problem as problem:
            self.wrong(FIELDS.get(problem.code, "form"), one_language(problem.message))
        return self.good

    def text(self, name: str, longest: int, *, needed: bool = True) -> str:
        value = self.typed.get(name, "").strip()
        if needed and not value:
            self.wrong(name, say(MISSING))
        elif len(value) > longest:
            self.wrong(name, t(f"最多 {longest} 个字", f"At most {longest} characters"))
        return value

    def one_of(self, name: str, choices: Iterable[str]) -> str:
        value = self.typed.get(name, "").strip()
        if value not in choices:
            self.wrong(name, say(CHOOSE))
        return value

    def code(self, name: str) -> str:
        return self._shaped(name, A_CODE, t("只能用字母、数字、- 和 _", "Letters, digits, - and _ only"))

    def number(self, name: str, least: int, most: int) -> int:
        value = self.text(name, 20)
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            self.wrong(name, t(f"请填 {least} 到 {most} 之间的整数", f"A whole number from {least} to {most}"))
            return least
        return int(value)

    def day(self, name: str) -> date:
        value = self._shaped(name, A_DAY, say(WRONG_DAY))
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(name, t("没有这一天", "There is no such day"))
            return date.min

    def hour(self, name: str) -> time:
        value = self._shaped(name, AN_HOUR, t("时间格式为 09:30", "Times are written 09:30"))
        return time.min if name in self.problems else time.fromisoformat(value)

    def moment(self, day: str, hour: str) -> datetime:
        """A day and an hour in China."""
        return datetime.combine(self.day(day), self.hour(hour), CHINA)

    def _shaped(self, name: str, shape: re.Pattern[str], words: str) -> str:
        value = self.text(name, 64)
        if value and not shape.fullmatch(value):
            self.wrong(name, words)
        return value

    def _note(self, error: ErrorDetails, typed: Mapping[str, str]) -> None:
        """A rule with words of its own says them; a field that is empty is to be filled in; any other has its shape shown."""
        name = str(error["loc"][0]) if error["loc"] else error["type"]
        if " / " in error["msg"]:
            self.wrong(name, one_language(error["msg"]))
        elif error["type"] == "missing" or not typed.get(name, "").strip():
            self.wrong(name, say(CHOOSE if name in CHOSEN else MISSING))
        elif error["type"] == "string_too_long":
            longest = error.get("ctx", {}).get("max_length", 64)
            self.wrong(name, t(f"最多 {longest} 个字", f"At most {longest} characters"))
        else:
            self.wrong(name, say(SHAPES.get(name, ("填写有误", "This is not right"))))


def one_language(text: str) -> str:
    """Of "中文 / English" the half that is read here."""
    zh, _, en = text.partition(" / ")
    return en if en and language() == "en" else zh
