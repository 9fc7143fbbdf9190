"""Lists, single items, and what is decided about them (A-REM-32, 39..44).

GET  /lists/<name>?period&dealer&region&type&after   ItemPage
GET  /items/<id>                                     ItemStory
POST /decisions                                      DecisionForm → DecisionAnswer
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, get_args
from uuid import UUID

from flask import Flask

from chassis.database import Transaction, in_one_transaction
from chassis.internal_api import Answered, Problem, answer, form_of, operator, query_of, scope
from contracts.reminding import DecisionAnswer, DecisionForm, ListName
from services.reminders.api.asking import ListQuery, cursor
from services.reminders.figures import lists, stories
from services.reminders.following.decisions import decide
from services.reminders.following.transitions import Decided

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

NAMES: tuple[ListName, ...] = get_args(ListName)


def add_items(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    @app.get("/lists/<name>")
    def get_list(name: str) -> Answered:
        if name not in NAMES:
            raise Problem(404, "unknown", "没有这个名单", "No list has this name.")
        asked, theirs = query_of(ListQuery), scope()
        after = cursor(asked.after, lists.Place.of)
        wanted = lists.Wanted(NAMES[NAMES.index(name)], asked.period, asked.dealer, asked.region, asked.type, after, theirs)
        with runtime.database.read() as connection:
            return answer(lists.page(connection, wanted))

    @app.get("/items/<uuid:item_id>")
    def get_item(item_id: UUID) -> Answered:
        theirs = scope()
        with runtime.database.read() as connection:
            story = stories.story(connection, item_id, theirs)
        if story is None:
            raise Problem(404, "unknown", "没有这个编号的提醒", "No item has this id.")
        return answer(story)

    @app.post("/decisions")
    def post_decisions() -> Answered:
        form, who, theirs, at = form_of(DecisionForm), operator(), scope(), now()
        if form.decision != "carry" and not form.reason.strip():
            raise Problem(400, "form", "请检查：reason", "Please check: reason.")
        said = Decided(form.decision, form.reason.strip(), who, "console", at)

        def keep(tx: Transaction) -> DecisionAnswer:
            seen = stories.within_scope(tx, form.item_ids, theirs)
            found = decide(tx, seen, said, at, runtime.process.settings.reminders)
            unseen = [one for one in dict.fromkeys(form.item_ids) if one not in seen]
            return DecisionAnswer(decided=len(found.decided), already=tuple(found.already), not_open=(*found.not_open, *unseen))

        return answer(in_one_transaction(runtime.database, keep))
