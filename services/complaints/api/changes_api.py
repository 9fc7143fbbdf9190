"""What changed meanwhile, and who else looks at a case: the desk shows changes by themselves.

GET  /changes?since=…            Changes; without `since`: from now on
POST /cases/<id>/looking         Looking
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask, request
from sqlalchemy import and_, bindparam, or_, select

from chassis.database import from_millis, in_one_transaction, millis
from chassis.internal_api import Answered, Problem, answer
from contracts.complaining import ChangedCase, Changes, Looking
from services.complaints.api.acting import acting
from services.complaints.api.reaching import seen
from services.complaints.cases import looking
from services.complaints.cases.visibility import conditions
from services.complaints.tables import cases

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

MOST_CHANGES = 200
OVERLAP = timedelta(seconds=10)
"""A transaction may commit so long after its time: what was told already may be told again, with the same version."""


def add_changes(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    @app.get("/changes")
    def get_changes() -> Answered:
        by, at = acting(), now()
        until = millis(at - OVERLAP)
        if "since" not in request.args:
            return answer(Changes(until=_written(until, UUID(int=0)), cases=()))
        since = _since(request.args["since"])
        newer = or_(
            cases.c.changed_at > bindparam("at"), and_(cases.c.changed_at == bindparam("at"), cases.c.complaint_id > bindparam("id"))
        )
        changed = (
            select(cases.c.complaint_id, cases.c.version, cases.c.changed_at)
            .where(cases.c.changed_at >= bindparam("at"), newer, or_(*conditions(by)))
            .order_by(cases.c.changed_at, cases.c.complaint_id)
            .limit(MOST_CHANGES)
        )
        with runtime.database.read() as connection:
            rows = connection.execute(changed, {"at": since[0], "id": since[1]}).all()
        found = tuple(
            ChangedCase(complaint_id=row.complaint_id, version=row.version, changed_at=from_millis(row.changed_at)) for row in rows
        )
        if len(rows) == MOST_CHANGES:
            return answer(Changes(until=_written(rows[-1].changed_at, rows[-1].complaint_id), cases=found))
        return answer(Changes(until=_written(max(since[0], until), UUID(int=0)), cases=found))

    @app.post("/cases/<uuid:complaint_id>/looking")
    def post_looking(complaint_id: UUID) -> Answered:
        by, at = acting(), now()
        with runtime.database.read() as connection:
            case = seen(connection, complaint_id, by)
        in_one_transaction(runtime.database, lambda tx: looking.look(tx, complaint_id, by.name, at))
        with runtime.database.read() as connection:
            others = looking.others(connection, [complaint_id], by.name, at)
        return answer(Looking(version=case.version, looking=others.get(complaint_id, ())))


def _written(at: int, complaint_id: UUID) -> str:
    return f"{at}_{complaint_id.hex}"


def _since(text: str) -> tuple[int, UUID]:
    """Raises Problem 400."""
    try:
        at, complaint_id = text.split("_")
        return int(at), UUID(hex=complaint_id)
    except ValueError:
        raise Problem(400, "since", "since 应为上次的 until", "since is the `until` of the time before.") from None
