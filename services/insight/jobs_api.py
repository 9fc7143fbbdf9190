"""One order about many, at `/ops/v1/`.

POST /jobs             JobForm → Job, 201; the same id again → 200 and the job as it stands
GET  /jobs             Jobs, the newest hundred
GET  /jobs/<id>        Job
POST /jobs/<id>/stop   Job; what was ordered before goes on
"""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask, Response

from chassis.clock import milliseconds_now
from chassis.database import from_millis
from chassis.internal_api import Problem, answer, form_of, operator
from contracts.operating import JobForm, Jobs
from services.insight import job_store, parked_list
from services.insight.jobs import Counts, Job

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def add_jobs(app: Flask, runtime: "ServiceRuntime") -> None:
    @app.post("/jobs")
    def begin() -> tuple[Response, int]:
        form, who = form_of(JobForm), operator()
        if known := _found(runtime, form.id):
            return _answer(known)
        _check(form)
        with runtime.database.read() as connection:
            counted = parked_list.count(connection, form.filter)
        if not counted or abs(counted - form.expected) * 10 > form.expected:
            raise Problem(409, "changed", f"数量已变：现在是 {counted} 条", f"The count has changed: it is {counted} now.")
        with runtime.database.write() as tx:
            job_store.begin(tx, _job_of(form, who), counted)
        return _answer(_one(runtime, form.id), 201)

    @app.get("/jobs")
    def newest() -> tuple[Response, int]:
        with runtime.database.read() as connection:
            found = job_store.newest(connection)
        return answer(Jobs(jobs=tuple(job.answer(counts) for job, counts in found)))

    @app.get("/jobs/<uuid:job_id>")
    def one(job_id: UUID) -> tuple[Response, int]:
        return _answer(_one(runtime, job_id))

    @app.post("/jobs/<uuid:job_id>/stop")
    def stop(job_id: UUID) -> tuple[Response, int]:
        operator()
        _one(runtime, job_id)
        with runtime.database.write() as tx:
            job_store.stop(tx, job_id, milliseconds_now())
        return _answer(_one(runtime, job_id))


def _check(form: JobForm) -> None:
    if form.filter.state != "parked":
        raise Problem(400, "filter", "只能处理当前滞留的消息", "Only what is parked now can be ordered: state must be parked.")
    if form.kind == "drop" and not form.reason.strip():
        raise Problem(400, "form", "请检查：reason", "Please check: reason.")


def _job_of(form: JobForm, who: str) -> Job:
    now = milliseconds_now()
    return Job(
        id=form.id,
        kind=form.kind,
        state="running",
        filter=form.filter,
        ordered_by=who,
        per_second=form.per_second,
        reason=form.reason,
        begun_at=from_millis(now),
        paced_at=now,
    )


def _found(runtime: "ServiceRuntime", job_id: UUID) -> tuple[Job, Counts] | None:
    with runtime.database.read() as connection:
        return job_store.one(connection, job_id)


def _one(runtime: "ServiceRuntime", job_id: UUID) -> tuple[Job, Counts]:
    found = _found(runtime, job_id)
    if found is None:
        raise Problem(404, "unknown", "没有这个编号的任务", "No job has this id.")
    return found


def _answer(found: tuple[Job, Counts], status: int = 200) -> tuple[Response, int]:
    job, counts = found
    return answer(job.answer(counts), status)
