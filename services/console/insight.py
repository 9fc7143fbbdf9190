"""What the console asks of insight at `/ops/v1/`, a method for each address: answers are models of `contracts/operating.py`.

Every method raises what `asking` raises.
"""

from collections.abc import Callable
from uuid import UUID

from pydantic import BaseModel, ConfigDict

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
from services.console.asking import DEADLINE_SECONDS, Asked


class _Queues(BaseModel):
    model_config = ConfigDict(frozen=True)

    queues: tuple[QueueStatus, ...] = ()


class Insight:
    """`url` is where the internal zone answers; `operator` names who asks, for X-Operator."""

    def __init__(self, url: str, token: str, operator: Callable[[], str], *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._insight = Asked("insight", f"{url.rstrip('/')}/ops/v1", token, operator, deadline_seconds=deadline_seconds)

    def overview(self) -> Overview:
        return self._insight.get("/overview", Overview)

    def queues(self) -> tuple[QueueStatus, ...]:
        return self._insight.get("/queues", _Queues).queues

    def partners(self) -> PartnersAnswer:
        return self._insight.get("/partners", PartnersAnswer)

    def retries(self, service: str | None = None, kind: str | None = None, after: str | None = None) -> WaitingPage:
        return self._insight.get("/retries", WaitingPage, service=service, kind=kind, after=after)

    def parked(self, which: ParkedFilter, after: str | None = None) -> ParkedPage:
        return self._insight.get("/parked", ParkedPage, **_query(which), after=after)

    def parked_groups(self, which: ParkedFilter) -> ParkedGroups:
        return self._insight.get("/parked/groups", ParkedGroups, **_query(which))

    def parked_count(self, which: ParkedFilter) -> int:
        return self._insight.get("/parked/count", Counted, **_query(which)).number

    def parked_one(self, message_id: UUID) -> ParkedPage:
        """One for each service that holds or held it."""
        return self._insight.get(f"/parked/{message_id}", ParkedPage)

    def trace(self, asked: UUID) -> Trace:
        return self._insight.get(f"/trace/{asked}", Trace)

    def search(self, form: SearchForm) -> Hits:
        return self._insight.post("/search", Hits, form)

    def redrive(self, message_id: UUID, service: str | None = None) -> Accepted:
        return self._insight.post(f"/parked/{message_id}/redrive", Accepted, {"service": service} if service else {})

    def drop(self, message_id: UUID, reason: str, service: str | None = None) -> Accepted:
        return self._insight.post(f"/parked/{message_id}/drop", Accepted, {"reason": reason} | ({"service": service} if service else {}))

    def mend(self, message_id: UUID, mending: Mending) -> Accepted:
        return self._insight.post(f"/parked/{message_id}/mend", Accepted, mending)

    def care(self, message_id: UUID, service: str, care: Care) -> None:
        """Owner, status, note; what is None stays."""
        self._insight.ask("PATCH", f"/parked/{message_id}", {"service": service} | care.model_dump(mode="json", exclude_none=True))

    def payload(self, message_id: UUID, service: str) -> Payload:
        """Asks the holder; not `ready` means: ask again in a moment."""
        return self._insight.post(f"/parked/{message_id}/payload", Payload, {"service": service})

    def start_job(self, form: JobForm) -> Job:
        return self._insight.post("/jobs", Job, form)

    def jobs(self) -> Jobs:
        return self._insight.get("/jobs", Jobs)

    def job(self, job_id: UUID) -> Job:
        return self._insight.get(f"/jobs/{job_id}", Job)

    def stop_job(self, job_id: UUID) -> Job:
        return self._insight.post(f"/jobs/{job_id}/stop", Job)

    def pause(self, service: str) -> Accepted:
        return self._insight.post(f"/queues/{service}/pause", Accepted)

    def resume(self, service: str) -> Accepted:
        return self._insight.post(f"/queues/{service}/resume", Accepted)

    def hold(self, partner: str) -> Accepted:
        return self._insight.post(f"/partners/{partner}/hold", Accepted)

    def release(self, partner: str) -> Accepted:
        return self._insight.post(f"/partners/{partner}/release", Accepted)


def _query(which: ParkedFilter) -> dict[str, str | None]:
    """Where any state is meant, insight wants the word for it."""
    given: dict[str, str | None] = which.model_dump(mode="json", exclude_none=True)
    return {"state": "all"} | given
