"""The safety net under the logs: what looks personal or secret does not get out, even where someone logged it by mistake.

The rule is not to log it at all; this only catches slips (design section 5).
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

GONE = "[redacted]"
DEEPEST = 6

# fmt: off
PERSONAL_KEYS = frozenset(
    {
        "openid", "unionid", "touser", "fromusername", "from_user_name", "tousername", "name", "nickname", "mobile", "phone", "tel",
        "id_no", "id_number", "idcard", "vin", "vin8", "plate", "address", "concern", "complaint", "content", "chat_text", "text",
        "location", "latitude", "longitude", "sms_code", "verification_code", "raw", "body", "payload", "data", "envelope",
    }
)
SECRET_KEYS = frozenset(
    {
        "secret", "appsecret", "password", "token", "access_token", "refresh_token", "authorization", "cookie", "set_cookie",
        "api_key", "aes_key", "encodingaeskey", "session_key", "webhook_secret", "lookup_key", "keys", "echostr", "encrypt",
    }
)
# fmt: on

_BEFORE, _AFTER = r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_-])"
_PERSONAL = re.compile(
    f"{_BEFORE}(?:"
    r"o(?=[\w-]*[A-Z0-9])[A-Za-z0-9_-]{19,31}"  # openid: WeChat's have 28 characters, a stand-in's may have fewer
    r"|(?:\+?86)?1[3-9]\d{9}"  # mobile
    r"|\d{17}[\dXx]"  # ID number
    r"|(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-HJ-NPR-Z0-9]{17}"  # VIN
    f"){_AFTER}"
    r"|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]·?[A-Z0-9]{5,6}(?![A-Z0-9])",  # number plate
    re.ASCII,
)
_SECRET = re.compile(
    r"((?:access_token|appsecret|secret|token|signature|password|code)=)[^&\s\"']+"  # in a query
    r"|(whsec_)[\w+/=]+"  # of Standard Webhooks
    r"|(://[^/:@\s]*:)[^@/\s]+(?=@)",  # password of a broker or database
    re.IGNORECASE,
)


def redacted(key: str, value: Any, depth: int = DEEPEST) -> Any:
    """What may be written under this key: JSON data with ids, numbers and our own words."""
    if key.lower().replace("-", "_") in PERSONAL_KEYS | SECRET_KEYS:
        return GONE if value not in (None, "") else value
    return _cleaned(value, depth)


def _cleaned(value: Any, depth: int) -> Any:
    """Objects of other kinds show their class only: their text may hold anything."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool | float | None):
        return value
    if isinstance(value, int):
        return GONE if _PERSONAL.fullmatch(str(value)) else value
    if isinstance(value, str | UUID | date | PurePath):
        return cleaned_text(str(value))
    return _cleaned_inside(value, depth - 1) if depth else GONE


def _cleaned_inside(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {cleaned_text(str(name)): redacted(str(name), item, depth) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned(item, depth) for item in value]
    return f"<{(value if isinstance(value, type) else type(value)).__name__}>"


def cleaned_text(text: str) -> str:
    """The text without what looks like an openid, mobile, ID number, VIN, plate, or a secret in a URL."""
    return _SECRET.sub(lambda found: "".join(filter(None, found.groups())) + GONE, _PERSONAL.sub(GONE, text))
