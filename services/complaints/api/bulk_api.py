"""The same step in many cases, each by itself: what cannot be done in one leaves the others alone.

POST /bulk    BulkOrder → BulkAnswer
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid5

import eventlet
from flask import Flask

from chassis.database import Conflict, Transaction, in_one_transaction
from chassis.internal_api import Answered, Problem, answer, form_of
from contracts.complaining import BulkAnswer, BulkOrder, BulkRefusal, CaseVersion, StepOrder
from services.complaints.api.acting import acting
from services.complaints.api.steps_api import take_order
from services.complaints.cases import store
from services.complaints.cases.taking import Acting
from services.complaints.cases.visibility import sees

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def add_bulk(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    @app.post("/bulk")
    def post_bulk() -> Answered:
        by, order, at = acting(), form_of(BulkOrder), now()
        refusals = []
        wanted = {one.complaint_id: one for one in order.cases}
        for one in wanted.values():
            if no := _take(runtime, order, one, by, at):
                refusals.append(no)
            eventlet.sleep(0)
        return answer(BulkAnswer(done=len(wanted) - len(refusals), refused=tuple(refusals)))


def _take(runtime: "ServiceRuntime", order: BulkOrder, one: CaseVersion, by: Acting, at: datetime) -> BulkRefusal | None:
    """None: it was done."""
    single = StepOrder(version=one.version, step_id=uuid5(order.bulk_id, str(one.complaint_id)), form=order.form)
    terms = runtime.process.settings.complaints

    def take(tx: Transaction) -> None:
        take_order(tx, one.complaint_id, single, by, at=at, terms=terms)

    try:
        in_one_transaction(runtime.database, take)
    except Problem as problem:
        return BulkRefusal(complaint_id=one.complaint_id, number=_number(runtime, one, by), **problem.body)
    except Conflict:
        return BulkRefusal(
            complaint_id=one.complaint_id,
            code="busy",
            message="单据正被他人处理，请再试",
            message_en="Others are at work on it: try again.",
        )
    return None


def _number(runtime: "ServiceRuntime", one: CaseVersion, by: Acting) -> str:
    with runtime.database.read() as connection:
        case = store.seen(connection, one.complaint_id)
    return case.number if case and sees(by, case) else ""
