"""The codes that prove a mobile: made, remembered by their hash alone, and put into words (A-REM-06)."""

import hmac
import secrets
from uuid import UUID, uuid5

from chassis.privacy import vault
from contracts.dms import Owner
from contracts.sms import SendSms
from services.customers.registration import CODE_HOLDS, Registration, mobile_of

PURPOSE = "registration.code"
DIGITS = 6


def new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def hash_of(registration_id: UUID, code: str) -> str:
    """The same code is another hash for another registration."""
    return vault().lookup("sms_code", f"{registration_id}:{code}")


def is_right(registration: Registration, code: str) -> bool:
    """Compared in constant time."""
    if registration.code is None:
        return False
    return hmac.compare_digest(registration.code.hash, hash_of(registration.registration_id, code.strip()))


def sms_with(code: str, registration: Registration, owner: Owner) -> SendSms:
    """To the mobile on record, which is the typed one."""
    minutes = CODE_HOLDS.seconds // 60
    return SendSms(
        about_id=registration.registration_id,
        about_version=registration.code_no,
        purpose=PURPOSE,
        mobile=mobile_of(owner.mobile),
        text=f"【车桥】验证码 {code}，{minutes} 分钟内有效，用于绑定您的爱车。请勿泄露给他人；如非本人操作，请忽略本短信。",
        code=code,
        good_until=registration.code.expires_at if registration.code else None,
    ).identified(uuid5(registration.registration_id, f"code:{registration.code_no}"))
