"""Any vendor of text messages that takes one HTTP POST and says in one field of its JSON answer how it went; described in config.yaml.

Such vendors know no idempotency key: a message whose answer was lost is sent once more. The code in it is the same, so it does no harm.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import requests
from urllib3.exceptions import HTTPError

from chassis import tracing
from chassis.breaker import Way
from chassis.called import HttpSms
from chassis.calls import CallLog, PartnerCall
from chassis.deadline import within
from chassis.errors import ContractBroken, Refused, Unavailable
from contracts.sms import SendSms

PARTNER = "sms"
LARGEST_ANSWER = 65_536
CONNECT_SECONDS = 3.0


class NotNow(Exception):
    """An answer that is neither yes nor no: about this message (too many to one number, for instance), not about the provider."""


class ConfiguredProvider:
    """One call and no tries in place: the message waits its turn again."""

    def __init__(self, settings: HttpSms, calls: CallLog, way: Way | None = None) -> None:
        self._settings = settings
        self._calls = calls
        self._way = way or Way(PARTNER, settings.breaker)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"User-Agent": "cheqiao", "Accept-Encoding": "identity"})

    def send(self, wish: SendSms) -> None:
        """As `Provider.send`. A purpose without a template in the configuration is parked, so that an operator adds it."""
        body = self._body(wish)
        try:
            with self._way.asking(NotNow), self._noted(wish) as status:
                self._judge(_found(self._post(body, status), self._settings.answer_field))
        except NotNow:
            raise Unavailable(f"{PARTNER}: the provider did not take it") from None

    def _judge(self, said: str) -> None:
        """Raises whatever is not a yes."""
        if said in self._settings.accepted:
            return
        if said in self._settings.refused:
            raise Refused(said)
        if said:
            raise NotNow
        raise Unavailable(f"{PARTNER}: the answer does not say how it went")

    def _body(self, wish: SendSms) -> Mapping[str, str]:
        if self._settings.templates and wish.purpose not in self._settings.templates:
            raise ContractBroken("SendSms", (("purpose", "no template in the configuration"),))
        words = {
            "{mobile}": wish.mobile,
            "{text}": wish.text,
            "{code}": wish.code or "",
            "{template}": self._settings.templates.get(wish.purpose, wish.purpose),
            "{reference}": str(wish.id),
        }
        return {name: _filled(text, words) for name, text in self._settings.body.items()}

    def _post(self, body: Mapping[str, str], status: list[int]) -> object:
        settings = self._settings
        sent = {"json": body} if settings.encoding == "json" else {"data": body}
        try:
            with (
                within(settings.deadline_seconds, PARTNER),
                self._session.post(
                    settings.url,
                    headers={name: secret.get_secret_value() for name, secret in settings.headers.items()},
                    timeout=(min(CONNECT_SECONDS, settings.deadline_seconds), settings.deadline_seconds),
                    allow_redirects=False,
                    stream=True,
                    **sent,  # type: ignore[arg-type]
                ) as response,
            ):
                status.append(response.status_code)
                text = response.raw.read(LARGEST_ANSWER + 1)
        except (requests.RequestException, HTTPError) as error:
            raise Unavailable(f"{PARTNER}: {type(error).__name__}") from None  # its text may quote the address with a key
        if status[-1] >= 500 or status[-1] in (408, 425, 429):
            raise Unavailable(f"{PARTNER} answered {status[-1]}")
        try:
            return json.loads(text)
        except ValueError:
            raise Unavailable(f"{PARTNER}: the answer is not JSON") from None  # its text quotes the answer

    @contextmanager
    def _noted(self, wish: SendSms) -> Iterator[list[int]]:
        """Written down however it ends; the list takes the status."""
        status: list[int] = []
        span = tracing.called(PARTNER, "POST", wish.id)
        started_at, began, outcome = datetime.now(UTC), time.monotonic(), "unavailable"
        try:
            yield status
            outcome = "ok"
        except Refused:
            outcome = "refused"
            raise
        finally:
            milliseconds = (time.monotonic() - began) * 1000
            call = PartnerCall(PARTNER, "POST", started_at, milliseconds, status[-1] if status else None, outcome, attempt=0)
            self._calls.add(wish.id, call)
            span.note({"cheqiao.outcome": outcome})
            span.end("" if outcome in ("ok", "refused") else outcome)


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _found(answer: object, field: str) -> str:
    """The text at `field`, dots going deeper; empty where it is not."""
    for name in field.split("."):
        answer = answer.get(name) if isinstance(answer, dict) else None
    return "" if answer is None else str(answer)
