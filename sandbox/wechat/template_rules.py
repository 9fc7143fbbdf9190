"""What may stand in a template message's keywords since 2023; anything else is 47003. Lengths are in characters."""

import re
from collections.abc import Mapping

from sandbox.wechat.api_errors import ApiError

_CHINESE = r"\u3400-\u9fff\uf900-\ufaff"
_DAY = r"((\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月|\d{4}([-/.]\d{1,2}){2})"
_HOUR = r"\d{1,2}:\d{2}(:\d{2})?"
_MOMENT = rf"({_DAY} ?)?{_HOUR}"

RULES: dict[str, re.Pattern[str]] = {
    "thing": re.compile(r".{1,20}", re.DOTALL),
    "const": re.compile(r".{1,20}"),
    "number": re.compile(r"-?\d{1,32}(\.\d+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(rf"[^\w{_CHINESE}]{{1,5}}"),
    "character_string": re.compile(r"[\x20-\x7e]{1,32}"),
    "time": re.compile(rf"{_MOMENT}(~{_MOMENT})?"),
    "date": re.compile(rf"{_DAY}( ?{_HOUR})?(~{_DAY}( ?{_HOUR})?)?"),
    "amount": re.compile(r"[¥￥$]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": re.compile(r"[0-9+\-() ]{1,17}"),
    "car_number": re.compile(rf"[{_CHINESE}]?[A-Za-z0-9]{{1,7}}[{_CHINESE}]?"),
    "name": re.compile(rf"[{_CHINESE}·]{{1,10}}|[A-Za-z .]{{1,20}}"),
    "phrase": re.compile(rf"[{_CHINESE}]{{1,5}}"),
}

KEYWORD = re.compile(r"([a-z_]+?)\d+")
KNOWN_TEMPLATES = re.compile(r"sandbox-tpl-[a-z-]+")


def check_template(template_id: str) -> None:
    if not KNOWN_TEMPLATES.fullmatch(template_id):
        raise ApiError(40037)


def check_values(data: Mapping[str, str]) -> None:
    """`data`: keyword (thing1, time2 …) to text."""
    if not data:
        raise ApiError(47003, "data is empty")
    for keyword, text in data.items():
        kind = KEYWORD.fullmatch(keyword)
        rule = RULES.get(kind.group(1)) if kind else None
        if rule is None or not rule.fullmatch(text):
            raise ApiError(47003, f"data.{keyword}.value invalid")
