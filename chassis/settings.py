"""Configuration, read once into frozen models from `config.yaml` with `${ENV:default}`.

A wrong key or value is a `SettingsError` at start that names file, key and what is allowed. The section `embedded` is laid over the
rest when the runtime is embedded. Secrets come from the environment; embedded makes its own under `var/`.
"""

import base64
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class SettingsError(Exception):
    """What is wrong with the configuration, one line each: file, key, what is allowed; never the value of a secret."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Section(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Address = Annotated[str, Field(pattern=r"^[^:\s]+:\d{1,5}$", description="host:port")]


class Http(Section):
    """Three zones; the same address twice means one listener (design section 7)."""

    public: Address
    partner: Address
    internal: Address
    public_url: str = Field(pattern=r"^https?://", description="What followers see, e.g. https://car.example.com")
    trusted_proxies: tuple[str, ...] = ()


class Broker(Section):
    url: str
    heartbeat_seconds: int = Field(default=10, ge=2, le=60)


class Database(Section):
    """`url` contains `{schema}` (production: MySQL/MariaDB) and is filled per service."""

    url: str
    pool_size: int = Field(default=10, ge=1, le=100)


def key_of(text: str) -> bytes:
    """32 bytes from base64. Raises ValueError, which never names the key."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raise ValueError("base64 of 32 bytes is wanted") from None  # the cause may quote the key
    if len(key) != 32:
        raise ValueError("base64 of 32 bytes is wanted")
    return key


def ring_of(text: str) -> dict[str, bytes]:
    """Key id to key, the newest first, from `id:base64,id:base64`. Raises ValueError, which never names a key."""
    ring: dict[str, bytes] = {}
    for entry in text.split(","):
        key_id, colon, key = entry.strip().partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", key_id) or key_id in ring:
            raise ValueError("id:base64 of 32 bytes is wanted, comma-separated, each id once (letters, digits, - and _)")
        ring[key_id] = key_of(key)
    return ring


class Privacy(Section):
    """`keys` is `id:base64 of 32 bytes`, the newest first, comma-separated; older ones only open."""

    keys: SecretStr
    lookup_key: SecretStr = Field(description="base64 of 32 bytes; outside the ring, it never changes")

    @field_validator("keys")
    @classmethod
    def _a_ring(cls, keys: SecretStr) -> SecretStr:
        ring_of(keys.get_secret_value())
        return keys

    @field_validator("lookup_key")
    @classmethod
    def _a_key(cls, key: SecretStr) -> SecretStr:
        key_of(key.get_secret_value())
        return key


class Patience(Section):
    """How long a message waits its turn again: first, then twice as long each time up to longest, until given up and parked."""

    first_seconds: float = Field(default=2, gt=0)
    longest_seconds: float = Field(default=300, gt=0)
    give_up_after_hours: float = Field(default=24, gt=0)


class Template(Section):
    """A template message of an account: WeChat's id of it, and which of our words goes into which keyword."""

    id: str
    fields: dict[str, str] = Field(description="keyword to a word of services/messaging, e.g. thing1: items")


class Account(Section):
    appid: str
    secret: SecretStr
    token: SecretStr
    aes_key: SecretStr | None = Field(default=None, description="EncodingAESKey, 43 characters; given means safe mode")
    previous_aes_key: SecretStr | None = None
    allow_plain: bool = False
    api_url: str = Field(default="https://api.weixin.qq.com", pattern=r"^https?://")
    replies: dict[str, str] = Field(
        default_factory=dict, description="passive replies: menu key, or `subscribe`, to text; `{public_url}` is filled in"
    )
    templates: dict[str, Template] = Field(default_factory=dict)


class Partner(Section):
    dialect: Literal["reference"] = "reference"
    base_url: str = Field(pattern=r"^https?://")
    api_key: SecretStr
    webhook_secret: SecretStr = Field(description="Standard Webhooks, whsec_…")
    deadline_seconds: float = Field(default=20, gt=0, le=60, description="for one call with its tries in place")
    attempts_in_place: int = Field(default=3, ge=1, le=4)
    idempotent: bool = Field(default=True, description="false: asked for our reference before a repeat")


class Partners(Section):
    dms: Partner
    csc: Partner


class Pages(Section):
    session_key: SecretStr


class Operator(Section):
    token: SecretStr


class Gateway(Section):
    confirm_seconds: float = Field(default=0.8, gt=0, le=4)
    spool: Path = Path("var/spool")


class Settings(Section):
    runtime: Literal["embedded", "production"]
    var: Path
    http: Http
    broker: Broker
    database: Database
    privacy: Privacy
    patience: Patience = Patience()
    accounts: dict[str, Account]
    partners: Partners
    pages: Pages
    operator: Operator
    gateway: Gateway = Gateway()
    stop_seconds: float = Field(default=20, gt=0, description="a graceful stop takes at most this long")
    sandbox: bool = Field(default=False, description="mount the stand-ins; loopback only")
