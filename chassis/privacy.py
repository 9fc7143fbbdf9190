"""Personal data: sealed wherever it is written, opened only where a contract names the reader (design section 5).

A sealed value is `sealed:1:<key id>:<base64url of nonce and ciphertext>`, AES-256-GCM with version, key id and kind as associated data:
a sealed mobile cannot be passed off as a name. Look-ups go by HMAC-SHA256 under a key of their own, which never changes.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from chassis.errors import ContractBroken
from chassis.sealing import plan_of
from chassis.settings import Privacy, key_of, ring_of
from contracts.envelope import Contract

C = TypeVar("C", bound=Contract)

PREFIX = "sealed:1:"
BODY = "body"
"""The kind of whole bodies: a spooled push, a partner's answer, a parked payload."""
NONCE_BYTES = 12


class SealBroken(Exception):
    """It cannot be opened: another kind, a key we do not hold, or it was changed. Never names the value."""


class Vault:
    """Seals and opens personal data with a ring of keys: the first one seals, all of them open."""

    def __init__(self, ring: Mapping[str, bytes], lookup_key: bytes) -> None:
        """`ring` is key id to 32 bytes, the newest first; `lookup_key` is 32 bytes."""
        self._ciphers = {key_id: AESGCM(key) for key_id, key in ring.items()}
        self._newest = next(iter(ring))
        self._lookup_key = lookup_key

    @classmethod
    def of(cls, privacy: Privacy) -> "Vault":
        return cls(ring_of(privacy.keys.get_secret_value()), key_of(privacy.lookup_key.get_secret_value()))

    def seal(self, kind: str, clear: str) -> str:
        return self.seal_bytes(kind, _encoded(clear))

    def unseal(self, kind: str, sealed: str) -> str:
        """Raises SealBroken."""
        return self.unseal_bytes(kind, sealed).decode(errors="surrogatepass")

    def seal_bytes(self, kind: str, clear: bytes) -> str:
        """Whole bodies (kind `BODY`) and single fields alike; the answer is ASCII."""
        nonce = os.urandom(NONCE_BYTES)
        box = nonce + self._ciphers[self._newest].encrypt(nonce, clear, _associated(self._newest, kind))
        return f"{PREFIX}{self._newest}:{base64.urlsafe_b64encode(box).decode()}"

    def unseal_bytes(self, kind: str, sealed: str) -> bytes:
        """Raises SealBroken."""
        key_id, colon, text = sealed.removeprefix(PREFIX).partition(":")
        if not sealed.startswith(PREFIX) or not colon:
            raise SealBroken("not a sealed value")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealBroken("sealed with a key that is not in the ring")
        try:
            box = base64.b64decode(text, altchars=b"-_", validate=True)
            return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _associated(key_id, kind))
        except (binascii.Error, ValueError, InvalidTag) as error:
            raise SealBroken("another kind, or changed since it was sealed") from error

    def lookup(self, kind: str, clear: str) -> str:
        """64 hex characters: the same for the same value of the same kind, for ever."""
        return self._keyed("lookup", kind, _encoded(clear)).hex()

    def digest(self, body: bytes) -> str:
        """64 hex characters, to tell a repeat from another body under the same id."""
        return self._keyed("digest", BODY, body).hex()

    def follower_id(self, appid: str, openid: str) -> UUID:
        """Our own id of a follower of one account; it says nothing to who has no key."""
        return UUID(bytes=self._keyed("follower", appid, _encoded(openid))[:16], version=5)

    def vehicle_id(self, vin: str) -> UUID:
        """Our own id of a car, the same wherever its VIN is heard of."""
        return UUID(bytes=self._keyed("vehicle", "vin", _encoded(vin))[:16], version=5)

    def _keyed(self, purpose: str, scope: str, value: bytes) -> bytes:
        return hmac.digest(self._lookup_key, f"{purpose}\0{scope}\0".encode() + value, hashlib.sha256)

    def seal_contract(self, message: Contract) -> dict[str, Any]:
        """The message as JSON data with every personal field sealed: what goes on the bus and to disk."""
        data = message.model_dump(mode="json")
        plan = plan_of(type(message))
        sealed: dict[str, Any] = plan.apply(data, lambda kind, clear, _path: self.seal(kind, clear), "") if plan else data
        return sealed

    def unseal_contract(self, contract: type[C], data: Mapping[str, Any]) -> C:
        """The message in clear, held against its contract again. Raises ContractBroken with field and rule, never a value."""
        plan = plan_of(contract)
        try:
            return contract.model_validate(plan.apply(data, self._opened, "") if plan else data)
        except ValidationError as error:
            raise ContractBroken(contract.type_name(), violations_of(error)) from None  # its text holds the values
        except _FieldBroken as broken:
            raise ContractBroken(contract.type_name(), ((broken.field, broken.rule),)) from broken

    def _opened(self, kind: str, sealed: Any, path: str) -> str:
        if not isinstance(sealed, str):
            raise _FieldBroken(path, "not a sealed value")
        try:
            return self.unseal(kind, sealed)
        except SealBroken as broken:
            raise _FieldBroken(path, str(broken)) from broken


class _FieldBroken(Exception):
    def __init__(self, field: str, rule: str) -> None:
        super().__init__(field, rule)
        self.field = field
        self.rule = rule


def _encoded(text: str) -> bytes:
    """JSON may spell half a surrogate pair; it is kept as it came rather than refused."""
    return text.encode(errors="surrogatepass")


def _associated(key_id: str, kind: str) -> bytes:
    return f"{PREFIX}{key_id}:{kind}".encode()


_LIMITS = ("min_length", "max_length", "ge", "gt", "le", "lt", "expected")
_OUR_NAME = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)


def violations_of(error: ValidationError) -> tuple[tuple[str, str], ...]:
    """What pydantic refused, as (field, rule) pairs without any part of a value: its own messages quote what they saw."""
    return tuple((_path(problem["loc"]), _rule(problem["type"], problem.get("ctx", {}))) for problem in error.errors(include_url=False))


def _path(location: tuple[int | str, ...]) -> str:
    """A key that does not look like one of ours may itself be a value."""
    return ".".join(str(part) if isinstance(part, int) or _OUR_NAME.fullmatch(part) else "?" for part in location)


def _rule(type: str, context: Mapping[str, Any]) -> str:
    limits = ", ".join(f"{name} {context[name]}" for name in _LIMITS if name in context)
    return f"{type} ({limits})" if limits else type


def sealed_schema(contract: type[Contract]) -> dict[str, Any]:
    """JSON Schema of the data as it is on the bus: a personal field is a sealed string, whatever it is in clear."""
    schema = contract.model_json_schema()
    if plan := plan_of(contract):
        plan.mark(schema, schema.get("$defs", {}))
    return schema


class Sealed(TypeDecorator[str]):
    """A column that is text in Python and sealed at rest: `Column("mobile", Sealed("mobile"))`.

    Two seals of one value differ, so it cannot be searched: keep `vault().lookup(kind, clear)` in a column beside it.
    """

    impl = Text
    cache_ok = True

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else vault().seal(self.kind, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else vault().unseal(self.kind, value)


_in_use: list[Vault] = []


def use(vault: Vault) -> None:
    """Set once at start, for the columns of this process."""
    _in_use[:] = [vault]


def vault() -> Vault:
    """The vault of this process. Raises RuntimeError before `use`."""
    if not _in_use:
        raise RuntimeError("no keys in use: the launcher calls chassis.privacy.use at start")
    return _in_use[-1]
