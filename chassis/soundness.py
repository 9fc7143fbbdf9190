"""What a configuration may be by its fields and still not be let run with: known secrets, a sandbox in the open, keys of the wrong make,
days and hours in the wrong order."""

import base64
import binascii
import re
from collections.abc import Collection, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

from pydantic import BaseModel, SecretStr

if TYPE_CHECKING:
    from chassis.settings import Account, Settings

Fault = tuple[str, str]
"""Dotted key, and what is allowed there."""

LONGEST_NAME = 32

KNOWN_SANDBOX_SECRETS = frozenset(
    {"sandbox-secret", "sandbox-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}
    | {f"sandbox-{partner}-key" for partner in ("dms", "csc", "sms")}
    | {f"whsec_{base64.b64encode(f'sandbox-{partner}-webhook-secret-0001'.encode()).decode()}" for partner in ("dms", "csc")}
)
SHORTEST_SECRET = 32
OF_ONE_USE = (
    "pages.session_key",
    "operator.token",
    "console.session_key",
    "partners.dms.webhook_secret",
    "partners.csc.webhook_secret",
)
BROKERS = {"embedded": "cheqiao-embedded://", "production": "amqp"}
DATABASES = {"embedded": "sqlite:", "production": "mysql"}


def faults(settings: "Settings", known: Collection[str] = ()) -> Iterator[Fault]:
    """Everything that is wrong, with nothing of a secret's value. `known` are further secrets that everybody knows."""
    yield from _misplaced(settings)
    yield from _out_of_order(settings)
    if settings.sandbox or settings.runtime == "embedded":
        yield from _in_the_open(settings)
    if settings.runtime == "production":
        yield from _known_to_all(settings, KNOWN_SANDBOX_SECRETS.union(known))
        yield from _serving_twice(settings)
    for key, secret in (
        ("pages.session_key", settings.pages.session_key),
        ("operator.token", settings.operator.token),
        ("console.session_key", settings.console.session_key),
    ):
        if len(secret.get_secret_value()) < SHORTEST_SECRET:
            yield key, f"{SHORTEST_SECRET} characters or more"
    for name, partner in (("dms", settings.partners.dms), ("csc", settings.partners.csc)):
        if not _is_webhook_secret(partner.webhook_secret.get_secret_value()):
            yield f"partners.{name}.webhook_secret", "whsec_ and the base64 of 24 to 64 bytes"
    for name, account in settings.accounts.items():
        if len(name) > LONGEST_NAME:
            yield f"accounts.{name}", f"a name of {LONGEST_NAME} characters at most: messages and reports carry it"
        yield from _of_account(f"accounts.{name}", account)


def _misplaced(settings: "Settings") -> Iterator[Fault]:
    runtime = settings.runtime
    if not settings.broker.url.startswith(BROKERS[runtime]):
        yield "broker.url", f"{BROKERS[runtime]}… in {runtime}"
    if not settings.database.url.startswith(DATABASES[runtime]):
        yield "database.url", f"{DATABASES[runtime]}… in {runtime}"
    if "{schema}" not in settings.database.url:
        yield "database.url", "{schema} stands where the name of the service's schema is filled in"


def _out_of_order(settings: "Settings") -> Iterator[Fault]:
    """Each may be as it is, and not the one beside the other."""
    terms, quota = settings.reminders, settings.wechat
    if terms.carry_after_day >= terms.freeze_on_day:
        yield (
            "reminders.carry_after_day",
            f"a day before freeze_on_day ({terms.freeze_on_day}): figures stand once the month is settled, which is after this day;"
            f" make it {terms.freeze_on_day - 1} at most, or freeze_on_day {terms.carry_after_day + 1} or later",
        )
    if terms.send_from >= terms.send_until:
        yield (
            "reminders.send_from",
            f"an hour before send_until ({terms.send_until}), of the same day: between them followers are told, so nobody would ever be",
        )
    if quota.campaign_share > quota.service_share:
        yield (
            "wechat.campaign_share",
            f"service_share ({quota.service_share}) at most: service reminders go before campaigns and birthdays",
        )


def _in_the_open(settings: "Settings") -> Iterator[Fault]:
    """The stand-ins open their doors to anyone, and everybody knows embedded's secrets: nobody but this machine may reach them."""
    for zone in ("public", "partner", "internal"):
        if not _is_loopback(getattr(settings.http, zone).rpartition(":")[0]):
            yield f"http.{zone}", "a loopback address (127.0.0.1:…) in embedded, and wherever `sandbox` is true"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _known_to_all(settings: "Settings", known: Collection[str]) -> Iterator[Fault]:
    for key, secret in _secrets_of(settings, ""):
        if secret in known:
            yield key, "a secret of your own: this one is the sandbox's, known to everybody; `cheqiao sandbox secrets` makes others"


def _serving_twice(settings: "Settings") -> Iterator[Fault]:
    """A secret that opens two doors lets whoever may pass the one through the other: CSC could speak as the DMS."""
    owner: dict[str, str] = {}
    for key, secret in _secrets_of(settings, ""):
        if key in OF_ONE_USE and (other := owner.setdefault(secret, key)) != key:
            yield key, f"another secret than {other}"
    if settings.privacy.lookup_key.get_secret_value().strip() in settings.privacy.keys.get_secret_value():
        yield "privacy.lookup_key", "a key that is not in privacy.keys: those are changed, this one never"


def _secrets_of(model: BaseModel, prefix: str) -> Iterator[tuple[str, str]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        entries = value.items() if isinstance(value, dict) else [("", value)]
        for entry, item in entries:
            key = ".".join(part for part in (prefix, name, entry) if part)
            if isinstance(item, SecretStr):
                yield key, item.get_secret_value()
            elif isinstance(item, BaseModel):
                yield from _secrets_of(item, key)


def _is_webhook_secret(text: str) -> bool:
    try:
        return text.startswith("whsec_") and 24 <= len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) <= 64
    except binascii.Error:
        return False


def _of_account(key: str, account: "Account") -> Iterator[Fault]:
    for name in ("aes_key", "previous_aes_key"):
        aes_key: SecretStr | None = getattr(account, name)
        if aes_key is not None and not re.fullmatch(r"[A-Za-z0-9]{43}", aes_key.get_secret_value()):
            yield f"{key}.{name}", "43 letters and digits, as WeChat's console shows it"
    if account.aes_key is None and not account.allow_plain:
        yield f"{key}.aes_key", "an EncodingAESKey, or `allow_plain: true`: without either no push could be taken"
