"""The one way we ask a partner for something over HTTP: patient, bounded in time and size, both bodies held against the contract.

What an answer means stands in `chassis/answers.py`; when nobody is asked at all, in `chassis/breaker.py`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Generic, TypeVar
from urllib.parse import quote

import requests
from pydantic import BaseModel
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay, wait_random_exponential
from urllib3.exceptions import HTTPError

from chassis import crash, tracing
from chassis.answers import Unauthorised, answer_of, outcome_of
from chassis.breaker import Way
from chassis.called import Called
from chassis.calls import CallLog, PartnerCall
from chassis.deadline import within
from chassis.errors import ContractBroken, NotAsked, Refused, Unavailable
from chassis.logs import get_logger
from contracts.envelope import Command

A = TypeVar("A", bound=BaseModel)

CONNECT_SECONDS = 3.0
OPERATION_LENGTH = 96
ANSWERED = ("ok", "refused")

log = get_logger(__name__)


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
        return headers

    @property
    def carried(self) -> str | None:
        """The trace that it belongs to, where others have begun one."""
        return self.command.envelope.traceparent if self.command.envelope else None


def patient(seconds: float, attempts: int, sleep: Callable[[float], None] = time.sleep) -> Retrying:
    """A few tries in place, none begun when the time is over; after that the message waits its turn again."""
    return Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, Unavailable) and not isinstance(error, Unauthorised | NotAsked)),
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

    def __init__(
        self, name: str, settings: Called, calls: CallLog, sleep: Callable[[float], None] = time.sleep, *, way: Way | None = None
    ) -> None:
        self.name = name
        self.seconds = settings.deadline_seconds
        self._base_url = settings.base_url.rstrip("/")
        self._idempotent = settings.idempotent
        self._patience = patient(settings.deadline_seconds, settings.attempts_in_place, sleep)
        self._calls = calls
        self._way = way or Way(name, settings.breaker)
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
        """One call, written down however it ends; nothing is where nobody is asked."""
        left = ends_at - time.monotonic()
        if left <= 0:
            raise Unavailable(f"{self.name}: no time left")
        with self._way.asking():
            return self._noted(question, left)

    def _noted(self, question: _Question[A], seconds: float) -> A:
        operation = f"{question.method} {question.path}"[:OPERATION_LENGTH]
        call = PartnerCall(self.name, operation, datetime.now(UTC), 0.0, None, "unavailable", 0)
        span = tracing.called(self.name, question.method, question.command.id, question.carried)
        began = time.monotonic()
        try:
            with within(seconds, self.name):
                response = self._send(question, seconds, span.traceparent)
                crash.here("before_answer", self.name)
                with response:
                    call = replace(call, status=response.status_code)
                    answer = answer_of(response, self.name, question.method, question.answers)
                    call = replace(call, outcome="ok")
                crash.here("after_answer", self.name)
                return answer
        except (Refused, Unavailable, ContractBroken) as error:
            call = replace(call, outcome=outcome_of(error))
            raise
        finally:
            self._calls.add(question.command.id, replace(call, milliseconds=(time.monotonic() - began) * 1000))
            span.note({"cheqiao.outcome": call.outcome, "http.response.status_code": call.status or 0})
            span.end("" if call.outcome in ANSWERED else call.outcome)

    def _send(self, question: _Question[A], seconds: float, traceparent: str | None) -> requests.Response:
        body = question.body.model_dump_json(exclude_none=True).encode() if question.body else None
        try:
            return self._session.request(
                question.method,
                self._base_url + question.path,
                data=body,
                headers=question.headers | ({"traceparent": traceparent} if traceparent else {}),
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, HTTPError) as error:
            raise Unavailable(f"{self.name}: {type(error).__name__}") from error


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
