"""The one way we ask a partner for something over HTTP: patient, bounded in time and size, both bodies held against the contract.

| what comes back                                                        | raised                                          |
|------------------------------------------------------------------------|-------------------------------------------------|
| nothing, a reset, 408, 425, 429, 5xx, a cut or unreadable body         | Unavailable, with the Retry-After it asked for  |
| 401, 403                                                               | Unauthorised (an Unavailable): the key is wrong |
| 404, 409, 422 with a RefusalAnswer                                     | Refused                                         |
| any other status, a 200 or 201 off contract, more than 1 MiB           | ContractBroken                                  |
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

import requests
from pydantic import BaseModel, ValidationError
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay, wait_random_exponential
from urllib3.exceptions import HTTPError

from chassis import crash
from chassis.called import Called
from chassis.deadline import within
from chassis.errors import ContractBroken, Refused, Unavailable
from chassis.logs import get_logger
from chassis.privacy import violations_of
from contracts.envelope import Command
from contracts.partners.wire import RefusalAnswer

A = TypeVar("A", bound=BaseModel)

LARGEST_ANSWER = 1_048_576
CONNECT_SECONDS = 3.0
DONE = (200, 201)
CLEAR_NO = (404, 409, 422)
NO_LEAVE = (401, 403)
LATER = (408, 425, 429)
LONGEST_RETRY_AFTER = 86_400.0
OPERATION_LENGTH = 96

log = get_logger(__name__)


class Unauthorised(Unavailable):
    """Our key is not taken. Kept for later, since an operator can mend it, but not tried again in place."""


@dataclass(frozen=True)
class PartnerCall:
    """One call as it went; no body.

    `outcome` is ok, refused, unavailable, unauthorised or contract. `attempt` counts the calls on behalf of one message since they
    were last taken, questions before a repeat included.
    """

    partner: str
    operation: str
    started_at: datetime
    milliseconds: float
    status: int | None
    outcome: str
    attempt: int


class CallLog:
    """What was called on behalf of a message, until its entrypoint writes it down."""

    def __init__(self) -> None:
        self._calls: dict[UUID, list[PartnerCall]] = {}

    def add(self, message_id: UUID, call: PartnerCall) -> None:
        """Counts the calls of a message: the first is attempt 1."""
        made = self._calls.setdefault(message_id, [])
        made.append(replace(call, attempt=len(made) + 1))

    def take(self, message_id: UUID) -> list[PartnerCall]:
        """In the order they were made; a second `take` finds nothing."""
        return self._calls.pop(message_id, [])


@dataclass(frozen=True)
class _Question(Generic[A]):
    method: str
    path: str
    body: BaseModel | None
    command: Command
    answers: type[A]

    @property
    def headers(self) -> dict[str, str]:
        headers = {"Correlation-Id": str(self.command.correlation_id)}
        if self.method != "GET":
            headers |= {"Idempotency-Key": str(self.command.id), "Content-Type": "application/json"}
        if self.command.envelope and self.command.envelope.traceparent:
            headers["traceparent"] = self.command.envelope.traceparent
        return headers


def patient(seconds: float, attempts: int, sleep: Callable[[float], None] = time.sleep) -> Retrying:
    """A few tries in place, none begun when the time is over; after that the message waits its turn again."""
    return Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, Unavailable) and not isinstance(error, Unauthorised)),
        wait=_at_least_as_asked,
        stop=stop_after_attempt(attempts) | stop_before_delay(seconds),
        sleep=sleep,
        reraise=True,
    )


_BACKING_OFF = wait_random_exponential(multiplier=0.5, max=8)


def _at_least_as_asked(state: RetryCallState) -> float:
    """Seconds until the next try. A partner that asks for more time than is left ends the tries in place."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, Unavailable) else None
    return max(asked or 0.0, _BACKING_OFF(state))


class PartnerClient:
    """Speaks with one partner. `settings.deadline_seconds` bounds a question with all its tries, to the last byte of the answer."""

    def __init__(self, name: str, settings: Called, calls: CallLog, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = name
        self.seconds = settings.deadline_seconds
        self._base_url = settings.base_url.rstrip("/")
        self._idempotent = settings.idempotent
        self._patience = patient(settings.deadline_seconds, settings.attempts_in_place, sleep)
        self._calls = calls
        self._session = _session(settings.api_key.get_secret_value())

    def post(self, path: str, body: BaseModel | None, *, command: Command, answers: type[A], find: str | None = None) -> A:
        """Ask for `body` to be carried out under the command's id. Raises Refused, Unavailable, ContractBroken.

        `find` is where the partner can be asked whether it has our reference already (GET, the same answer, or a 404). A partner
        without idempotency is asked before every try, the first one too: a process that was killed cannot know what it had sent.
        """
        return self._ask(_Question("POST", path, body, command, answers), find)

    def put(self, path: str, body: BaseModel | None, *, command: Command, answers: type[A]) -> A:
        """As `post`; a repeat is harmless by the method's nature."""
        return self._ask(_Question("PUT", path, body, command, answers), None)

    def get(self, path: str, *, command: Command, answers: type[A]) -> A:
        """Raises Refused when it is not there."""
        return self._ask(_Question("GET", path, None, command, answers), None)

    def _ask(self, question: _Question[A], find: str | None) -> A:
        ends_at = time.monotonic() + self.seconds
        before = replace(question, method="GET", path=find, body=None) if find and not self._idempotent else None
        answer: A = self._patience(self._try, question, before, ends_at)
        return answer

    def _try(self, question: _Question[A], before: _Question[A] | None, ends_at: float) -> A:
        if before:
            try:
                return self._call(before, ends_at)
            except Refused as unknown:
                log.debug("partner_does_not_know_it", partner=self.name, reason=unknown.reason)
        return self._call(question, ends_at)

    def _call(self, question: _Question[A], ends_at: float) -> A:
        """One call, written down however it ends."""
        operation = f"{question.method} {question.path}"[:OPERATION_LENGTH]
        call = PartnerCall(self.name, operation, datetime.now(UTC), 0.0, None, "unavailable", 0)
        began = time.monotonic()
        try:
            with within(max(ends_at - began, 0.0), self.name):
                response = self._send(question, ends_at - began)
                crash.here("before_answer", self.name)
                with response:
                    call = replace(call, status=response.status_code)
                    answer = self._answer(response, question)
                    call = replace(call, outcome="ok")
                crash.here("after_answer", self.name)
                return answer
        except (Refused, Unavailable, ContractBroken) as error:
            call = replace(call, outcome=_outcome_of(error))
            raise
        finally:
            self._calls.add(question.command.id, replace(call, milliseconds=(time.monotonic() - began) * 1000))

    def _send(self, question: _Question[A], seconds: float) -> requests.Response:
        if seconds <= 0:
            raise Unavailable(f"{self.name}: no time left")
        body = question.body.model_dump_json(exclude_none=True).encode() if question.body else None
        try:
            return self._session.request(
                question.method,
                self._base_url + question.path,
                data=body,
                headers=question.headers,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, HTTPError) as error:
            raise Unavailable(f"{self.name}: {type(error).__name__}") from error

    def _answer(self, response: requests.Response, question: _Question[A]) -> A:
        status, where = response.status_code, f"{self.name} {question.method}"
        if status in NO_LEAVE:
            log.error("partner_refuses_our_key", partner=self.name, status=status)
            raise Unauthorised(f"{self.name} answered {status}")
        if status in LATER or status >= 500:
            asked = seconds_asked(response.headers.get("Retry-After"), datetime.now(UTC))
            raise Unavailable(f"{self.name} answered {status}", retry_after=asked)
        if status not in DONE + CLEAR_NO:
            raise ContractBroken(where, (("status", f"{status} is not agreed"),))
        body = self._body(response, where)
        if status in DONE:
            return self._held(question.answers, body, where)
        refusal = _held_against(RefusalAnswer, body, f"{where} {status}")
        raise Refused(refusal.code, refusal.message)

    def _body(self, response: requests.Response, where: str) -> bytes:
        try:
            body: bytes = response.raw.read(LARGEST_ANSWER + 1)
        except (requests.RequestException, HTTPError) as error:  # reset or ended before its announced length
            raise Unavailable(f"{self.name}: {type(error).__name__}") from error
        if len(body) > LARGEST_ANSWER:
            raise ContractBroken(where, (("body", "longer than 1 MiB"),))
        return body

    def _held(self, answers: type[A], body: bytes, where: str) -> A:
        """A body that is no JSON at all was cut, or comes from a proxy on the way: not the partner's answer."""
        try:
            return _held_against(answers, body, where)
        except ContractBroken as error:
            if error.violations == (("", "json_invalid"),):
                raise Unavailable(f"{self.name}: the answer is not JSON") from error
            raise


def _held_against(model: type[A], body: bytes, where: str) -> A:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise ContractBroken(where, violations_of(error)) from None  # its text holds the values


def _outcome_of(error: Exception) -> str:
    match error:
        case Refused():
            return "refused"
        case Unauthorised():
            return "unauthorised"
        case Unavailable():
            return "unavailable"
        case _:
            return "contract"


def seconds_asked(header: str | None, now: datetime) -> float | None:
    """Retry-After, in seconds or as an HTTP-date, from nothing to a day; None where there is none that can be read."""
    if header is None:
        return None
    try:
        if header.strip().isdecimal():
            seconds = float(header)
        else:
            at = parsedate_to_datetime(header)
            seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


@contextmanager
def unless(*codes: str) -> Iterator[None]:
    """A no for one of these reasons leaves things as we want them. Raises Refused for any other."""
    try:
        yield
    except Refused as no:
        if no.reason not in codes:
            raise


@contextmanager
def harmless(*codes: str, where: str) -> Iterator[None]:
    """As `unless`; but any other no breaks the contract: we have nobody to hand it to, and an operator must settle it with the partner."""
    try:
        with unless(*codes):
            yield
    except Refused as no:
        raise ContractBroken(where, (("code", "may not be refused for this"),)) from no


def segment(reference: str) -> str:
    """A partner's own reference as one segment of a path. Raises ContractBroken where a path cannot hold it."""
    if reference in ("", ".", ".."):
        raise ContractBroken("path", (("reference", "cannot stand in a path"),))
    return quote(reference, safe="")


def _session(api_key: str) -> requests.Session:
    """No proxies or passwords from the environment, no cookies, no compression (its size cannot be bounded by what came)."""
    session = requests.Session()
    session.trust_env = False
    session.headers.update(
        {"Authorization": f"Bearer {api_key}", "User-Agent": "cheqiao", "Accept": "application/json", "Accept-Encoding": "identity"}
    )
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=32))
    return session
