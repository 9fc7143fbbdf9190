"""Builds what the sender is asked to send; a test names only what it is about."""

from typing import Any
from uuid import uuid4

from contracts.wechat import SendTemplate

WORDS = {"items": "首次保养", "time": "2026年3月9日 09:30", "dealer": "上海示例店", "state": "已确认"}


def a_wish(**changed: Any) -> SendTemplate:
    wish: dict[str, Any] = {
        "about_id": uuid4(),
        "about_version": 4,
        "purpose": "appointment.confirmed",
        "account": "main",
        "openid": "oFollower0001",
        "template": "appointment_confirmed",
        "fields": WORDS,
    }
    return SendTemplate(**wish | changed)
