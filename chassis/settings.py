"""Configuration, read once into frozen models from `config.yaml` with `${ENV:default}`.

A wrong key or value is a `SettingsError` at start that names file, key and what is allowed. The section `embedded` is laid over the
rest when the runtime is embedded. Secrets come from the environment; embedded makes its own under `var/`.
"""

import base64
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator

from chassis import config_file, soundness
from chassis.called import BreakerTerms, Partners, Section, Sms, Url
from chassis.config_file import SettingsError as SettingsError  # noqa: PLC0414 - known to others as chassis.settings.SettingsError
from chassis.first_start import embedded_secrets as embedded_secrets  # noqa: PLC0414 - likewise
from chassis.hours import weekdays_of
from chassis.proxies import Proxies

Runtime = Literal["embedded", "production"]
SANDBOX_ELSEWHERE = "CHEQIAO_SANDBOX"


HourOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="hh:mm")]
Address = Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[^:\s\[\]]+):\d{1,5}$", description="host:port")]


class Http(Section):
    """Three zones; the same address twice means one listener (design section 7)."""

    public: Address
    partner: Address
    internal: Address
    public_url: str = Field(pattern=r"^https?://", description="What followers see, e.g. https://car.example.com")
    trusted_proxies: tuple[str, ...] = Field(default=(), description="addresses or networks, e.g. 10.0.0.0/8; a text is split at commas")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _a_list(cls, proxies: Any) -> Any:
        return [part.strip() for part in proxies.split(",") if part.strip()] if isinstance(proxies, str) else proxies

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        Proxies(proxies)
        return proxies


class Broker(Section):
    url: str = Field(repr=False)
    heartbeat_seconds: int = Field(default=10, ge=2, le=60)
    lease_seconds: float = Field(default=10, ge=1, le=600)
    """For how long what one process publishes is left to it; longer than a confirm takes."""


class Database(Section):
    """`url` contains `{schema}` (production: MySQL/MariaDB) and is filled per service."""

    url: str = Field(repr=False)
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


class MenuButton(Section):
    """A button of the account's menu: a page (`url`, with `{public_url}`), a key that is answered, or up to five buttons under it."""

    name: str = Field(min_length=1, max_length=16)
    url: str | None = None
    key: str | None = None
    buttons: tuple["MenuButton", ...] = Field(default=(), max_length=5)

    @model_validator(mode="after")
    def _does_one_thing(self) -> "MenuButton":
        if sum(map(bool, (self.url, self.key, self.buttons))) != 1:
            raise ValueError("one of url, key and buttons is wanted")
        return self


class Account(Section):
    title: str = Field(default="", max_length=32, description="the account's name, as followers see it")
    appid: str
    secret: SecretStr
    token: SecretStr
    aes_key: SecretStr | None = Field(default=None, description="EncodingAESKey, 43 characters; given means safe mode")
    previous_aes_key: SecretStr | None = None
    allow_plain: bool = False
    api_url: Url = "https://api.weixin.qq.com"
    oauth_url: Url = "https://open.weixin.qq.com"
    js_sdk_url: Url = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
    menu: tuple[MenuButton, ...] = Field(default=(), max_length=3, description="published when it changes; empty: left as it is")
    replies: dict[str, str] = Field(
        default_factory=dict, description="passive replies: menu key, or `subscribe`, to text; `{public_url}` is filled in"
    )
    templates: dict[str, Template] = Field(default_factory=dict)


class WeChat(Section):
    """How WeChat's API is called, for every account."""

    breaker: BreakerTerms = BreakerTerms()
    template_sends_per_day: int = Field(default=100_000, ge=1, description="per app: WeChat's limit for this account")
    service_share: float = Field(
        default=0.9, gt=0, le=1, description="of it that service reminders may use; answers to followers all of it"
    )
    campaign_share: float = Field(default=0.7, gt=0, le=1, description="of it that campaigns and birthdays may use")


class BookableItem(Section):
    """Something a follower may book (预约项目, A-APT-11)."""

    code: str = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+$")
    name: str = Field(min_length=1, max_length=64)
    name_en: str = Field(min_length=1, max_length=64)


class Booking(Section):
    """What holds for every appointment."""

    items: tuple[BookableItem, ...] = Field(default=(), max_length=20)
    furthest_days: int = Field(default=90, ge=1, le=366, description="how far ahead a day may be asked for")
    notice_hours: float = Field(default=2, ge=0, le=72, description="a workshop needs this long to prepare")
    cancel_until_hours: float = Field(default=2, ge=0, le=168, description="before the appointment; later only by phone")
    no_show_after_hours: float = Field(default=12, ge=0, le=168, description="after the end of the day without a visit")
    most_attempts: int = Field(default=5, ge=1, le=50, description="calls that did not reach the follower before it is given up")


class Reminders(Section):
    """The month of reminders. Hours and days are those of Asia/Shanghai."""

    source: Literal["ours", "dms"] = Field(
        default="ours", description="who works out a month's items: our rules, or the DMS, which pushes them"
    )
    insurance_from: Literal["insurance", "maintenance"] = Field(default="insurance", description="what 强保 means (S-09)")
    generate_at: HourOfDay = Field(default="01:00", description="on the last day of a month, for the next one")
    send_from: HourOfDay = "09:00"
    send_until: HourOfDay = "20:00"
    together_days: int = Field(default=7, ge=0, le=60, description="what is to be told within so many days goes into one message")
    most_in_flight: int = Field(
        default=200, ge=1, le=10_000, description="messages handed over and not yet answered: an answer waits for no more"
    )
    grace_days: int = Field(default=7, ge=0, le=60, description="after the end of the month, for a visit to count")
    carry_after_day: int = Field(default=5, ge=1, le=20, description="of the next month: what nobody decided by then is carried over")
    most_carries: int = Field(default=3, ge=0, le=12)
    freeze_on_day: int = Field(default=6, ge=2, le=28, description="of the next month: figures stand from then on")
    carried_by_wechat: bool = Field(default=False, description="true: a carried item is told of by WeChat again (S-17)")
    load_every_hours: float = Field(default=24, ge=0, le=744, description="what changed at DMS and CSC is asked for; 0: never by itself")


class Limits(Section):
    """Minutes of working time that a grade is given where the handler sets nothing else (A-CMP-36, S-06)."""

    first_reply: int = Field(default=120, ge=1, le=100_000)
    dealer_plan: int = Field(default=960, ge=1, le=100_000)
    close: int = Field(default=4_800, ge=1, le=500_000)


LimitsGrade = Literal["general", "serious", "major"]
LIMITS: dict[LimitsGrade, Limits] = {
    "general": Limits(),
    "serious": Limits(first_reply=60, dealer_plan=480, close=3_360),
    "major": Limits(first_reply=30, dealer_plan=240, close=2_400),
}
Period = tuple[HourOfDay, HourOfDay]
Share = Annotated[float, Field(gt=0, lt=1)]
WarnHours = Annotated[float, Field(gt=0, le=720)]


class Complaints(Section):
    """Cases, their clocks and their end (flows 4). Hours are those of Asia/Shanghai."""

    number_prefix: str = Field(default="TS", pattern=r"^[A-Z]{1,4}$", description="a case's number is this, the day, and a count")
    limits: dict[LimitsGrade, Limits] = LIMITS
    working_hours: dict[str, tuple[Period, ...]] = Field(
        default={"1-5": (("08:30", "12:00"), ("13:30", "17:30"))},
        description="by weekdays, 1 Monday to 7 Sunday; a make-up day (调休) is as a Monday",
    )
    warn_shares: tuple[Share, ...] = Field(default=(0.5, 0.8), description="of a limit's time that is used up: a warning each")
    warn_hours: tuple[WarnHours, ...] = Field(default=(24, 2), description="of the time that counts, before a limit ends: a warning each")
    auto_escalate: bool = Field(default=False, description="true: a drafted escalation is raised by itself (S-04)")
    auto_escalate_after_hours: float = Field(default=4, ge=0, le=720)
    reopen_days: int = Field(default=15, ge=0, le=365, description="after closing, for the customer to disagree")
    survey_after_hours: float = Field(default=24, ge=0, le=720)
    survey_days: int = Field(default=3, ge=1, le=60, description="to answer in; later an agent calls")
    low_score: int = Field(default=2, ge=1, le=5, description="this or lower opens a follow-up")
    freeze_on_day: int = Field(default=6, ge=2, le=28, description="of the next month: figures stand from then on")

    @field_validator("limits")
    @classmethod
    def _of_every_grade(cls, limits: dict[LimitsGrade, Limits]) -> dict[LimitsGrade, Limits]:
        if missing := LIMITS.keys() - limits.keys():
            raise ValueError(f"every grade has its limits: {', '.join(sorted(missing))}")
        return limits

    @field_validator("working_hours")
    @classmethod
    def _hours(cls, hours: dict[str, tuple[Period, ...]]) -> dict[str, tuple[Period, ...]]:
        weekdays_of(hours)
        return hours


class Pages(Section):
    session_key: SecretStr
    consent_version: str = Field(default="1", min_length=1, max_length=32, description="of the text that a follower agrees to")


class Operator(Section):
    """How `/ops/v1` is opened; `url` is where the console finds it."""

    token: SecretStr
    url: Url = Field(default="http://127.0.0.1:8002", description="http://host:port of the internal zone in which insight answers")
    reminders_url: Url = Field(
        default="http://127.0.0.1:8002", description="http://host:port of the internal zone in which reminders answers"
    )
    appointments_url: Url = Field(default="http://127.0.0.1:8002", description="the same of appointments")
    complaints_url: Url = Field(default="http://127.0.0.1:8002", description="the same of complaints; sender and pages ask there for files")


class Insight(Section):
    """How long the operators' memory reaches back. Parked messages stay as long as they are parked."""

    hops_days: int = Field(default=90, ge=2, le=3650, description="how messages fared, step by step, and the figures made of it")
    messages_days: int = Field(default=400, ge=2, le=3650, description="sealed copies of domain events, and what they are found by")


class Console(Section):
    session_key: SecretStr = Field(description="32 characters or more: keys the operators' sessions and the chain of the audit")


class Gateway(Section):
    confirm_seconds: float = Field(default=0.8, gt=0, le=4)
    spool: Path = Path("var/spool")


class Settings(Section):
    runtime: Runtime
    var: Path
    http: Http
    broker: Broker
    database: Database
    privacy: Privacy
    patience: Patience = Patience()
    accounts: dict[str, Account]
    wechat: WeChat = WeChat()
    partners: Partners
    sms: Sms
    booking: Booking = Booking()
    reminders: Reminders = Reminders()
    complaints: Complaints = Complaints()
    pages: Pages
    operator: Operator
    insight: Insight = Insight()
    console: Console
    gateway: Gateway = Gateway()
    web_assets: Path = Field(default=Path("web_assets"), description="what `make setup` brought; relative to the configuration's folder")
    stop_seconds: float = Field(default=20, gt=0, description="a graceful stop takes at most this long")
    sandbox: bool = Field(default=False, description="mount the stand-ins; loopback only")


def load(path: Path, runtime: Runtime | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the configuration; `runtime` overrules the file. In embedded the first call makes the secrets under `var`.

    Raises SettingsError with a line for every fault found.
    """
    tree = config_file.read(path)
    above = tree.pop(config_file.EMBEDDED, {})
    known = {text for text in config_file.texts_in(above) if "$" not in text}
    if (runtime or tree.get("runtime")) == "embedded":
        tree = config_file.filled(config_file.laid_over(tree, above), environ, path)
        tree = config_file.laid_over(tree, embedded_secrets(Path(tree.get("var", "var"))))
        if environ.get(SANDBOX_ELSEWHERE):
            tree["sandbox"] = False  # the stand-ins run elsewhere
    else:
        tree = config_file.filled(tree, environ, path)
    if runtime:
        tree["runtime"] = runtime
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        raise SettingsError(tuple(f"{path}: {line}" for line in _lines(error))) from None  # its text quotes the values
    settings = settings.model_copy(update={"web_assets": path.absolute().parent / settings.web_assets})
    if faults := tuple(f"{path}: {key}: wanted is {rule}" for key, rule in soundness.faults(settings, known)):
        raise SettingsError(faults)
    return settings


def _lines(error: ValidationError) -> list[str]:
    problems = error.errors(include_url=False, include_input=False)
    return [f"{'.'.join(map(str, problem['loc']))}: {_allowed(problem['loc'], problem['type'], problem['msg'])}" for problem in problems]


def _allowed(location: tuple[int | str, ...], type: str, message: str) -> str:
    """pydantic's own message names what is allowed and, for settings, quotes no value; two are said better."""
    if type == "missing":
        return "is required"
    if type == "extra_forbidden" and (section := _section_at(location[:-1])):
        return f"is not a known key; known here: {', '.join(section.model_fields)}"
    field = section.model_fields.get(str(location[-1])) if (section := _section_at(location[:-1])) else None
    described = next((part.description for part in [field, *(field.metadata if field else ())] if getattr(part, "description", None)), None)
    return f"{message} ({described})" if described else message


def _section_at(location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that stands at a dotted key: `accounts.main` is an Account."""
    section: Any = Settings
    for part in location:
        if isinstance(section, type) and issubclass(section, BaseModel):
            field = section.model_fields.get(str(part))
            section = field.annotation if field else None
        else:
            section = get_args(section)[-1] if get_args(section) else None
    return section if isinstance(section, type) and issubclass(section, BaseModel) else None
