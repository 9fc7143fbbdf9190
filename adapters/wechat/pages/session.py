"""Who is there: a follower of one account, told by a signed cookie.

The cookie holds our own id of the follower, never an openid. It is given out HttpOnly and SameSite=Lax, and good for twelve hours.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

from flask import Response, request
from itsdangerous import BadData, Signer, URLSafeTimedSerializer
from pydantic import BaseModel, ConfigDict, ValidationError

COOKIE = "cheqiao_session"
LIFETIME = timedelta(hours=12)


class Session(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    follower_id: UUID
    account: str


def mint_session(key: str, follower_id: UUID, account: str) -> str:
    """The cookie's value."""
    return _serializer(key).dumps({"follower_id": str(follower_id), "account": account})


def session_of(key: str, cookie: str | None) -> Session | None:
    """None for a cookie that is absent, not ours, changed, or too old."""
    try:
        return Session.model_validate(_serializer(key).loads(cookie or "", max_age=int(LIFETIME.total_seconds())))
    except (BadData, ValidationError):
        return None


def mark_of(key: str, session: Session) -> str:
    """What a page carries to say whose it is (`data-session`, X-Cheqiao-Session): another follower's page is known by it."""
    signer = Signer(key, salt="page", digest_method=hashlib.sha256)
    return signer.get_signature(f"{session.account}/{session.follower_id}").decode()[:22]


def set_cookie(answer: Response, name: str, value: str, lifetime: timedelta, *, path: str = "/", secure: bool) -> None:
    """Below where we are mounted, and out of reach of scripts. Two phones of the sandbox have different mounts, so cookies of their own."""
    answer.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        path=request.script_root + path,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def _serializer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=COOKIE)
