"""The month's runs, and what is sent today (A-REM-18..21).

GET  /runs                      Runs, the newest fifty
POST /runs                      RunOrder → RunAnswer, 202; one that is at work already is that one
GET  /runs/<id>                 RunAnswer
POST /runs/<id>/accept          RunAnswer; 409 where it is not one that differs from what the DMS said
GET  /runs/<id>/differences     Differences, a page of five hundred
GET  /sending                   SendingAnswer
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask

from chassis.database import in_one_transaction
from chassis.internal_api import Answered, Problem, answer, everything, form_of, operator, query_of
from contracts.reminding import RunAnswer, RunOrder, Runs
from services.reminders.api import month_reading
from services.reminders.api.asking import AfterQuery, cursor
from services.reminders.days import day_of, period_at
from services.reminders.month import published
from services.reminders.month.runs import start_run

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def add_month(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    cars = month_reading.Counted(0, month_reading.number_of_cars)

    def one(run_id: UUID) -> RunAnswer:
        with runtime.database.read() as connection:
            found = month_reading.run(connection, run_id, cars.of(connection))
        if found is None:
            raise Problem(404, "unknown", "没有这个编号的生成任务", "No run has this id.")
        return found

    @app.get("/runs")
    def get_runs() -> Answered:
        everything()
        with runtime.database.read() as connection:
            return answer(Runs(runs=tuple(month_reading.newest(connection, cars.of(connection)))))

    @app.post("/runs")
    def post_run() -> Answered:
        everything()
        form, who = form_of(RunOrder), operator()
        if runtime.process.settings.reminders.source != "ours":
            raise Problem(409, "source", "本期提醒由 DMS 生成", "The DMS works out the months: there is nothing to make here.")
        at = now()
        if form.period < period_at(at):  # its items would be on no list: the month has been ended
            raise Problem(409, "period", "这个月已经过去", "That month is over: nobody would be reminded.")
        run_id = in_one_transaction(runtime.database, lambda tx: start_run(tx, form.period, who, at))
        return answer(one(run_id), 202)

    @app.get("/runs/<uuid:run_id>")
    def get_run(run_id: UUID) -> Answered:
        everything()
        return answer(one(run_id))

    @app.post("/runs/<uuid:run_id>/accept")
    def post_acceptance(run_id: UUID) -> Answered:
        everything()
        who = operator()
        one(run_id)
        if not in_one_transaction(runtime.database, lambda tx: published.accept(tx, run_id, who)):
            raise Problem(409, "not_differing", "这次生成没有等待放行", "This run does not wait to be accepted.")
        return answer(one(run_id))

    @app.get("/runs/<uuid:run_id>/differences")
    def get_differences(run_id: UUID) -> Answered:
        everything()
        one(run_id)
        after = cursor(query_of(AfterQuery).after, UUID)
        with runtime.database.read() as connection:
            return answer(month_reading.differences_of(connection, run_id, after))

    _add_sending(app, runtime, now)


def _add_sending(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    waiting = month_reading.Counted(month_reading.Waiting(), lambda connection: month_reading.waiting(connection, day_of(now())))

    @app.get("/sending")
    def get_sending() -> Answered:
        everything()
        with runtime.database.read() as connection:
            return answer(month_reading.sending(connection, waiting.of(connection), now(), runtime.process.settings.reminders))
