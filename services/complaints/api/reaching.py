"""What the routes have in common: whose cases may be reached, and what is said where a step is not taken."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection

from chassis.database import Transaction, from_millis
from chassis.internal_api import Problem
from contracts.complaint_case import CaseAnswer
from contracts.complaint_words import Role
from services.complaints.cases import store
from services.complaints.cases.case import Case
from services.complaints.cases.history import WITHIN, last_since
from services.complaints.cases.showing import show
from services.complaints.cases.taking import Acting, Refused
from services.complaints.cases.visibility import sees
from services.complaints.cases.words import STEP_WORDS
from services.complaints.clocks import book
from services.complaints.days import local

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

COLLIDES_WITH_NOTHING = frozenset({"note", "add", "contact", "attach"})
"""Steps that are taken whatever version was seen: they change nothing that anybody else decides by."""


def unknown() -> Problem:
    """What may not be seen is not there."""
    return Problem(404, "unknown", "没有这个编号的投诉", "No case has this id.")


def held(tx: Transaction, complaint_id: UUID, by: Acting) -> Case:
    """To take a step in. Raises Problem 404."""
    case = store.find(tx, complaint_id)
    if case is None or not sees(by, case):
        raise unknown()
    return case


def seen(connection: Connection, complaint_id: UUID, by: Acting) -> Case:
    """To be shown. Raises Problem 404."""
    case = store.seen(connection, complaint_id)
    if case is None or not sees(by, case):
        raise unknown()
    return case


def shown(runtime: "ServiceRuntime", complaint_id: UUID, by: Acting, now: datetime) -> CaseAnswer:
    """The case as it stands. Raises Problem 404."""
    with runtime.database.read() as connection:
        case = seen(connection, complaint_id, by)
        return show(connection, case, by, book.seen(connection, runtime.process.settings.complaints), now)


def check_version(tx: Transaction, case: Case, version: int, step: str, by: Acting) -> None:
    """Raises Problem 409 `changed` where somebody else took a step since: who, what, and when."""
    if version == case.version or (step in COLLIDES_WITH_NOTHING and version < case.version):
        return
    last = last_since(tx, case.complaint_id, version)
    if last is None:
        raise Problem(409, "changed", "版本有误，请刷新后再试", "There is no such version: show the case again.")
    who, who_en = (last.by, last.by) if last.role != Role.CUSTOMER.value else ("客户", "the customer")
    what, what_en = STEP_WORDS[last.step] if by.role is not Role.DEALER or last.step not in WITHIN else ("处理", "changed")
    at = f"{local(from_millis(last.at)):%m-%d %H:%M}"
    raise Problem(
        409,
        "changed",
        f"单据已变化：{at} {who} 已{what}。您填写的内容没有丢失，请核对后再提交",
        f"The case has moved on: {what_en} by {who_en} at {at}. Nothing that you typed is lost: look, and send it again.",
    )


def refused(no: Refused) -> Problem:
    return Problem(409, no.code, no.message, no.message_en)
