"""Builds what the sender is asked to send; a test names only what it is about."""

from typing import Any
from uuid import UUID, uuid4

from contracts.wechat import RenewJsTicket, SendTemplate, SendText

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


def a_text(**changed: Any) -> SendText:
    wish: dict[str, Any] = {
        "about_id": uuid4(),
        "about_version": 4,
        "purpose": "appointment.confirmed",
        "account": "main",
        "openid": "oFollower0001",
        "text": "您预约的首次保养已确认",
    }
    return SendText(**wish | changed)


def a_renewal(**changed: Any) -> RenewJsTicket:
    return RenewJsTicket(**{"ticket_id": UUID(int=9), "account": "main"} | changed)
