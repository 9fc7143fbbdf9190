"""What a follower may type: put right where the meaning is plain, and refused with a word for the field where it is not.

Pure. Full-width characters, spaces, hyphens and small letters are how phones write; none of them is a mistake. Digits are 0 to 9:
`\\d` would take those of every script.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from contracts.partners.pages import ComplaintForm, FieldProblem, RegistrationForm

VIN_LETTERS = "0-9A-HJ-NPR-Z"
"""ISO 3779: without I, O and Q."""
MISSING = "missing"
VIN_SHORT = 8
VIN_FULL = 17
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
"""GB 11643: the weighted sum modulo 11 says which."""
_OLDEST = date(1900, 1, 1)
_BETWEEN = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\ufeff-]+")

_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_TURNING = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Typed:
    """A registration, put right."""

    vin: str
    id_number: str
    mobile: str


def check_registration(form: RegistrationForm, today: date) -> tuple[Typed, tuple[FieldProblem, ...]]:
    """All that is wrong at once. `today` is the day in Asia/Shanghai."""
    typed = Typed(plain(form.vin), plain(form.id_number), mobile_of(form.mobile))
    found = (vin_problem(typed.vin), id_problem(typed.id_number, today), mobile_problem(typed.mobile))
    return typed, tuple(problem for problem in found if problem is not None)


@dataclass(frozen=True)
class Reached:
    """How to reach who complains, put right, and what is missing or wrong."""

    name: str
    mobile: str
    problems: tuple[FieldProblem, ...]

    @property
    def wrong(self) -> tuple[FieldProblem, ...]:
        """Of who has bound a car both are known: nothing need be given, but what is given has to be right."""
        return tuple(problem for problem in self.problems if problem.code != MISSING)


def check_reached(form: ComplaintForm) -> Reached:
    name, mobile = readable(form.name), mobile_of(form.mobile)
    found = (empty("name") if not name else None, mobile_problem(mobile))
    return Reached(name, mobile, tuple(problem for problem in found if problem is not None))


def plain(text: str) -> str:
    """Half-width, upper case, nothing in between."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def readable(text: str) -> str:
    """Without what steers a terminal or turns lines round; lines stay."""
    kept = _TURNING.sub("", text.replace("\r\n", "\n"))
    return _STEERING.sub(" ", kept).strip()


def mobile_of(text: str) -> str:
    """Without +86, 0086 or 86 in front of eleven digits."""
    return re.sub(r"^(?:\+86|0086|86)(?=[0-9]{11}$)", "", plain(text))


def masked(mobile: str) -> str:
    """138****8000"""
    return f"{mobile[:3]}****{mobile[-4:]}"


def vin_problem(vin: str) -> FieldProblem | None:
    if not vin:
        return empty("vin")
    if re.search("[IOQ]", vin) and re.fullmatch("[0-9A-Z]+", vin):
        return FieldProblem(
            field="vin",
            code="vin_letters",
            message="车架号里没有字母 I、O、Q：请看看是不是数字 1 或 0。",
            message_en="A VIN has no letters I, O or Q: perhaps it is the digit 1 or 0.",
        )
    if len(vin) not in (VIN_SHORT, VIN_FULL) or not re.fullmatch(f"[{VIN_LETTERS}]+", vin):
        return FieldProblem(
            field="vin",
            code="vin_form",
            message="请填写车架号的后 8 位（行驶证上的“车辆识别代号”），或全部 17 位。",
            message_en="Enter the last 8 characters of the VIN (on the vehicle licence), or all 17.",
        )
    return None


def id_problem(number: str, today: date) -> FieldProblem | None:
    """18 digits of GB 11643, or the 15 of before 1999. Passports and other papers are for the dealer's desk."""
    if not number:
        return empty("id_number")
    if not re.fullmatch(r"[0-9]{17}[0-9X]|[0-9]{15}", number):
        return FieldProblem(
            field="id_number",
            code="id_form",
            message="请填写 18 位居民身份证号。使用护照等其他证件的车主，请联系您的服务店办理绑定。",
            message_en="Enter the 18 characters of a resident ID card. With a passport or other papers, please ask your dealer.",
        )
    if not _is_birthday(number, today) or not _checks(number):
        return FieldProblem(
            field="id_number",
            code="id_wrong",
            message="身份证号有误，请对照证件检查每一位。",
            message_en="This ID number cannot be right. Please compare it with the card.",
        )
    return None


def _is_birthday(number: str, today: date) -> bool:
    text = number[6:14] if len(number) == 18 else "19" + number[6:12]
    try:
        born = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return _OLDEST <= born <= today


def _checks(number: str) -> bool:
    """The old form has no check digit."""
    if len(number) != 18:
        return True
    total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, number, strict=False))
    return number[-1] == ID_CHECK[total % 11]


def mobile_problem(mobile: str) -> FieldProblem | None:
    if not mobile:
        return empty("mobile")
    if not re.fullmatch(r"1[3-9][0-9]{9}", mobile):
        return FieldProblem(
            field="mobile",
            code="mobile_form",
            message="请填写 11 位手机号码。",
            message_en="Enter a Chinese mobile number of 11 digits.",
        )
    return None


def code_problem(code: str) -> FieldProblem | None:
    if not code:
        return empty("code")
    if not re.fullmatch(r"[0-9]{6}", code):
        return FieldProblem(field="code", code="code_form", message="验证码是 6 位数字。", message_en="The code is 6 digits.")
    return None


def empty(field: str) -> FieldProblem:
    return FieldProblem(field=field, code=MISSING, message="请填写这一项。", message_en="This field is required.")
