"""Loads of facts, and what could not be used (A-CLD-03).

GET  /loads                       Loads, the newest fifty
POST /loads                       LoadOrder → LoadAnswer, 202; one of the source that is running already is that one
GET  /loads/<id>                  LoadAnswer
POST /loads/<id>/stop|resume      LoadAnswer
GET  /dirty?source&flaw&dealer    DirtyRows, a page of a hundred
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask

from chassis.database import Transaction, in_one_transaction
from chassis.internal_api import Answered, Problem, answer, everything, form_of, operator, query_of
from contracts.reminding import LoadAnswer, LoadOrder, Loads
from services.reminders.api import facts_reading
from services.reminders.api.asking import DirtyQuery, cursor
from services.reminders.facts.loads import Loading, LoadStore, Source

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def add_facts(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    store = LoadStore()

    def one(load_id: UUID) -> LoadAnswer:
        with runtime.database.read() as connection:
            found = facts_reading.load(connection, load_id)
        if found is None:
            raise Problem(404, "unknown", "没有这个编号的装载", "No load has this id.")
        return found

    @app.get("/loads")
    def get_loads() -> Answered:
        everything()
        with runtime.database.read() as connection:
            return answer(Loads(loads=tuple(facts_reading.newest(connection))))

    @app.get("/loads/<uuid:load_id>")
    def get_load(load_id: UUID) -> Answered:
        everything()
        return answer(one(load_id))

    def moved(load_id: UUID, move: Callable[[Transaction, UUID, datetime], Loading | None]) -> Answered:
        everything()
        operator()
        in_one_transaction(runtime.database, lambda tx: move(tx, load_id, now()))
        return answer(one(load_id))

    @app.post("/loads")
    def post_load() -> Answered:
        everything()
        form, who = form_of(LoadOrder), operator()

        def begin(tx: Transaction) -> Loading:
            return store.begin(tx, Source(form.source), full=form.full, ordered_by=who, now=now())

        return answer(one(in_one_transaction(runtime.database, begin).load_id), 202)

    @app.post("/loads/<uuid:load_id>/stop")
    def stop_load(load_id: UUID) -> Answered:
        return moved(load_id, store.stop)

    @app.post("/loads/<uuid:load_id>/resume")
    def resume_load(load_id: UUID) -> Answered:
        return moved(load_id, store.resume)

    _add_dirty(app, runtime)


def _add_dirty(app: Flask, runtime: "ServiceRuntime") -> None:
    @app.get("/dirty")
    def get_dirty() -> Answered:
        everything()
        asked = query_of(DirtyQuery)
        after = cursor(asked.after, facts_reading.Place.of)
        with runtime.database.read() as connection:
            return answer(facts_reading.dirty_page(connection, asked.source, asked.flaw, asked.dealer, after))
