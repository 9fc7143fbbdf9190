"""Is this push WeChat's own, fresh, and meant for this account? (design section 7; wechat/platform.md, Callbacks)

Plain mode signs only the query, so where an account has a key and `allow_plain` is off, only what is encrypted is believed. In
compatible mode a body is there twice: the encrypted one is the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Literal

from adapters.wechat.gateway.crypto import Key, Undecryptable, WrongApp, is_signed, opened
from adapters.wechat.gateway.push import Fields, Malformed, fields_of, is_json, text_of
from chassis.settings import Account, SettingsError

STALE_SECONDS = 300
WORTH_PARSING = 16 * 1024
"""WeChat signs the query in every mode, beside the signature that counts. A body that takes long to read is read only behind that."""
Query = Mapping[str, str]


class Refusal(Exception):
    """Not taken. `result` is its name in the metrics and all that the caller hears."""

    def __init__(self, status: HTTPStatus, result: str) -> None:
        super().__init__(result)
        self.status = status
        self.result = result


@dataclass(frozen=True)
class Line:
    """One account, its keys ready for use; the key that is current comes first."""

    name: str
    settings: Account
    keys: tuple[Key, ...]

    @classmethod
    def of(cls, name: str, settings: Account) -> "Line":
        """Raises SettingsError for a key that is none, and for an account that could take no push at all."""
        wanted = [key.get_secret_value() for key in (settings.aes_key, settings.previous_aes_key) if key]
        try:
            keys = tuple(Key.of(text) for text in wanted)
        except ValueError as error:
            raise SettingsError((f"accounts.{name}: {error}",)) from error
        if not keys and not settings.allow_plain:
            raise SettingsError((f"accounts.{name}: give aes_key, or allow_plain: true; else no push can be taken",))
        return cls(name, settings, keys)

    @property
    def token(self) -> str:
        return self.settings.token.get_secret_value()


@dataclass(frozen=True)
class Verified:
    """A push that is WeChat's. `key` is the one it was encrypted with, None in plain mode."""

    fields: Fields
    mode: Literal["plain", "compatible", "safe"]
    as_json: bool
    key: Key | None = None


def check_fresh(query: Query, now: datetime) -> None:
    """Raises Refusal beyond 300 s: an old signature may have been overheard."""
    claimed = query.get("timestamp", "")
    if not (claimed.isascii() and claimed.isdigit() and len(claimed) <= 11) or abs(now.timestamp() - int(claimed)) > STALE_SECONDS:
        raise Refusal(HTTPStatus.FORBIDDEN, "stale_timestamp")


def verified_echo(line: Line, query: Query, now: datetime) -> bytes:
    """What the platform wants to hear back when the address is entered. Raises Refusal."""
    check_fresh(query, now)
    echo = query.get("echostr", "")
    if "msg_signature" not in query:
        _check_plain_signature(line, query)
        return echo.encode()
    _check_message_signature(line, query, echo)
    return _decrypted(line, echo)[0]


def verified_push(line: Line, query: Query, body: bytes, now: datetime) -> Verified:
    """The fields of a push that is WeChat's. Raises Refusal."""
    check_fresh(query, now)
    if len(body) > WORTH_PARSING:
        _check_plain_signature(line, query)
    outer, as_json = _parsed(body), is_json(body)
    encrypted = text_of(outer, "Encrypt")
    if not encrypted or not line.keys:
        return Verified(_plain(line, query, outer), "plain", as_json)
    _check_message_signature(line, query, encrypted)
    message, key = _decrypted(line, encrypted)
    return Verified(_parsed(message), "compatible" if "MsgType" in outer else "safe", as_json, key)


def _plain(line: Line, query: Query, fields: Fields) -> Fields:
    if not line.settings.allow_plain:
        raise Refusal(HTTPStatus.FORBIDDEN, "plain_refused")
    _check_plain_signature(line, query)
    return fields


def _check_plain_signature(line: Line, query: Query) -> None:
    if not is_signed(query.get("signature", ""), line.token, query.get("timestamp", ""), query.get("nonce", "")):
        raise Refusal(HTTPStatus.FORBIDDEN, "wrong_signature")


def _check_message_signature(line: Line, query: Query, encrypted: str) -> None:
    """`signature` beside it covers no body and counts for nothing here."""
    if not is_signed(query.get("msg_signature", ""), line.token, query.get("timestamp", ""), query.get("nonce", ""), encrypted):
        raise Refusal(HTTPStatus.FORBIDDEN, "wrong_signature")


def _decrypted(line: Line, encrypted: str) -> tuple[bytes, Key]:
    try:
        return opened(encrypted, line.keys, line.settings.appid)
    except WrongApp as error:
        raise Refusal(HTTPStatus.FORBIDDEN, "wrong_appid") from error
    except Undecryptable as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, "undecryptable") from error


def _parsed(body: bytes) -> Fields:
    try:
        return fields_of(body)
    except Malformed as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, "malformed") from error
