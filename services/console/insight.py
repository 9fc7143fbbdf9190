"""What the console asks of insight at `/ops/v1/`, a method for each address: answers are models of `contracts/operating.py`.

Every method raises Unavailable when there is no usable answer within three seconds, and Problem for a clear no.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

import requests
from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.deadline import within
from chassis.errors import Unavailable
from contracts.operating import (
    Accepted,
    Care,
    Counted,
    Hits,
    Job,
    JobForm,
    Jobs,
    Mending,
    Overview,
    ParkedFilter,
    ParkedGroups,
    ParkedPage,
    PartnersAnswer,
    Payload,
    QueueStatus,
    SearchForm,
    Trace,
    WaitingPage,
)
from services.console.problems import Problem

DEADLINE_SECONDS = 3.0
"""For a whole call: a page that waits longer had better say that there is no answer."""

M = TypeVar("M", bound=BaseModel)


class _Queues(BaseModel):
    model_config = ConfigDict(frozen=True)

    queues: tuple[QueueStatus, ...] = ()


class Insight:
    """`url` is where the internal zone answers; `operator` names who asks, for X-Operator."""

    def __init__(self, url: str, token: str, operator: Callable[[], str], *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._base = f"{url.rstrip('/')}/ops/v1"
        self._token = token
        self._operator = operator
        self._deadline = deadline_seconds

    def overview(self) -> Overview:
        return self._get("/overview", Overview)

    def queues(self) -> tuple[QueueStatus, ...]:
        return self._get("/queues", _Queues).queues

    def partners(self) -> PartnersAnswer:
        return self._get("/partners", PartnersAnswer)

    def retries(self, service: str | None = None, kind: str | None = None, after: str | None = None) -> WaitingPage:
        return self._get("/retries", WaitingPage, service=service, kind=kind, after=after)

    def parked(self, which: ParkedFilter, after: str | None = None) -> ParkedPage:
        return self._get("/parked", ParkedPage, **_query(which), after=after)

    def parked_groups(self, which: ParkedFilter) -> ParkedGroups:
        return self._get("/parked/groups", ParkedGroups, **_query(which))

    def parked_count(self, which: ParkedFilter) -> int:
        return self._get("/parked/count", Counted, **_query(which)).number

    def parked_one(self, message_id: UUID) -> ParkedPage:
        """One for each service that holds or held it."""
        return self._get(f"/parked/{message_id}", ParkedPage)

    def trace(self, asked: UUID) -> Trace:
        return self._get(f"/trace/{asked}", Trace)

    def search(self, form: SearchForm) -> Hits:
        return self._post("/search", Hits, form)

    def redrive(self, message_id: UUID, service: str | None = None) -> Accepted:
        return self._post(f"/parked/{message_id}/redrive", Accepted, {"service": service} if service else {})

    def drop(self, message_id: UUID, reason: str, service: str | None = None) -> Accepted:
        return self._post(f"/parked/{message_id}/drop", Accepted, {"reason": reason} | ({"service": service} if service else {}))

    def mend(self, message_id: UUID, mending: Mending) -> Accepted:
        return self._post(f"/parked/{message_id}/mend", Accepted, mending)

    def care(self, message_id: UUID, service: str, care: Care) -> None:
        """Owner, status, note; what is None stays."""
        self._ask("PATCH", f"/parked/{message_id}", {"service": service} | care.model_dump(mode="json", exclude_none=True))

    def payload(self, message_id: UUID, service: str) -> Payload:
        """Asks the holder; not `ready` means: ask again in a moment."""
        return self._post(f"/parked/{message_id}/payload", Payload, {"service": service})

    def start_job(self, form: JobForm) -> Job:
        return self._post("/jobs", Job, form)

    def jobs(self) -> Jobs:
        return self._get("/jobs", Jobs)

    def job(self, job_id: UUID) -> Job:
        return self._get(f"/jobs/{job_id}", Job)

    def stop_job(self, job_id: UUID) -> Job:
        return self._post(f"/jobs/{job_id}/stop", Job)

    def pause(self, service: str) -> Accepted:
        return self._post(f"/queues/{service}/pause", Accepted)

    def resume(self, service: str) -> Accepted:
        return self._post(f"/queues/{service}/resume", Accepted)

    def hold(self, partner: str) -> Accepted:
        return self._post(f"/partners/{partner}/hold", Accepted)

    def release(self, partner: str) -> Accepted:
        return self._post(f"/partners/{partner}/release", Accepted)

    def _get(self, path: str, answers: type[M], **query: str | None) -> M:
        return _read(answers, self._ask("GET", path, None, {name: value for name, value in query.items() if value is not None}))

    def _post(self, path: str, answers: type[M], body: BaseModel | dict[str, Any] | None = None) -> M:
        given = body.model_dump(mode="json") if isinstance(body, BaseModel) else body or {}
        return _read(answers, self._ask("POST", path, given))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None, query: dict[str, str] | None = None) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}", "X-Operator": self._operator().encode("ascii", "replace").decode()}
        try:
            with within(self._deadline, "insight"), requests.Session() as session:
                session.trust_env = False  # the internal zone is not behind anybody's proxy
                answer = session.request(
                    method, self._base + path, params=query, json=body, headers=headers, timeout=self._deadline, allow_redirects=False
                )
        except requests.RequestException as error:
            raise Unavailable("insight: nothing answers") from error
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unavailable(f"insight: {answer.status_code}")
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise _problem_of(answer)
        return answer.content


def _read(answers: type[M], body: bytes) -> M:
    try:
        return answers.model_validate_json(body)
    except ValidationError as error:
        # An insight of another version: no usable answer, and nothing that the reader of a page could mend.
        raise Unavailable(f"insight: an answer that is no {answers.__name__}") from error


def _problem_of(answer: requests.Response) -> Problem:
    """Raises Unavailable where the answer is none of ours, such as a proxy's."""
    try:
        said = answer.json()
        return Problem(str(said["code"]), str(said["message"]), str(said["message_en"]), answer.status_code)
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"insight: {answer.status_code}") from error


def _query(which: ParkedFilter) -> dict[str, str | None]:
    """Where any state is meant, insight wants the word for it."""
    given: dict[str, str | None] = which.model_dump(mode="json", exclude_none=True)
    return {"state": "all"} | given
