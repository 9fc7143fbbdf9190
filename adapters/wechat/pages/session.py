"""Who is posting: a follower of one account, told by a signed cookie.

The cookie holds our own id of the follower, never an openid. It is given out HttpOnly and SameSite=Lax, and good for twelve hours.
"""

from datetime import timedelta
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer
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


def _serializer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=COOKIE)
