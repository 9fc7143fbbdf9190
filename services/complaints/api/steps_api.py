"""A step that somebody takes at the desk (A-GEN-02, A-CMP-01..33).

POST /cases/<id>/steps    StepOrder → CaseAnswer; 409 `changed` where the case has moved on, 409 with its reason where it is refused
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask

from chassis import crash
from chassis.database import Transaction, in_one_transaction
from chassis.internal_api import Answered, Problem, answer, form_of
from contracts.complaining import StepOrder
from services.complaints.api.acting import acting
from services.complaints.api.reaching import check_version, held, refused, shown
from services.complaints.cases import store
from services.complaints.cases.stepping import step
from services.complaints.cases.taking import Acting, Asked, Refused
from services.complaints.cases.world import world_of

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime
    from chassis.settings import Complaints


def add_steps(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    @app.post("/cases/<uuid:complaint_id>/steps")
    def post_step(complaint_id: UUID) -> Answered:
        by, order, at = acting(), form_of(StepOrder), now()
        terms = runtime.process.settings.complaints

        def take(tx: Transaction) -> None:
            take_order(tx, complaint_id, order, by, at=at, terms=terms)
            crash.here("before_commit", runtime.name)

        in_one_transaction(runtime.database, take)
        crash.here("after_commit", runtime.name)
        return answer(shown(runtime, complaint_id, by, at))


def take_order(tx: Transaction, complaint_id: UUID, order: StepOrder, by: Acting, *, at: datetime, terms: "Complaints") -> None:
    """Raises Problem 404 and 409. A repeat of a step changes nothing."""
    case = held(tx, complaint_id, by)
    taken_in = store.taken(tx, order.step_id)
    if taken_in == complaint_id:
        return
    if taken_in is not None:
        raise Problem(409, "step_id", "step_id 已用于另一单据", "This step_id was used for another case.")
    check_version(tx, case, order.version, order.form.step, by)
    try:
        step(tx, case, Asked(order.form, by, "desk", order.step_id), world_of(tx, at, terms))
    except Refused as no:
        raise refused(no) from no
