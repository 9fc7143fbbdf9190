"""What appraisals are reckoned by (A-CMP-34, A-GEN-11): a row for each case that ended in a month, and nothing of the customer."""

from collections.abc import Iterator

import eventlet
from sqlalchemy import ColumnElement, Connection, select

from chassis.database import millis
from chassis.internal_api import Scope
from contracts.complaint_figures import Appraisal, AppraisalQuery, AppraisalRow
from services.complaints.cases.case import Case
from services.complaints.cases.loading import cases_of
from services.complaints.figures.recount import bounds, who_has
from services.complaints.tables import cases

ROWS = 100
AT_ONCE = 25
"""Cases that are opened before others get their turn."""


def appraisal(connection: Connection, wanted: AppraisalQuery, scope: Scope) -> Appraisal:
    """In the order of their numbers; `next` is the last one's."""
    begins, ends = bounds(wanted.period)
    which = [cases.c.closed_at >= millis(begins), cases.c.closed_at < millis(ends), cases.c.number > wanted.after, *_of(wanted, scope)]
    rows = connection.execute(select(cases).where(*which).order_by(cases.c.number).limit(ROWS + 1)).all()
    shown: list[AppraisalRow] = []
    page = rows[:ROWS]
    for begin in range(0, len(page), AT_ONCE):
        shown += map(_row, cases_of(connection.execute, page[begin : begin + AT_ONCE]))
        eventlet.sleep(0)
    return Appraisal(rows=tuple(shown), next=shown[-1].number if len(rows) > ROWS else None)


def _of(wanted: AppraisalQuery, scope: Scope) -> Iterator[ColumnElement[bool]]:
    who = {column.name: column for column in who_has()}
    for level, code in ((scope.level, scope.code), ("region", wanted.region), ("dealer", wanted.dealer)):
        if level and code:
            yield who[f"{level}_code"].element == code


def _row(case: Case) -> AppraisalRow:
    limits = [one for one in case.deadlines if one.met_at or one.breached_at]
    fees = [one.fee for one in case.plans if one.authorised]
    scores = [one.score for one in case.surveys if one.score is not None]
    if case.closed_at is None:
        raise ValueError(f"{case.number} is not closed")
    return AppraisalRow(
        number=case.number,
        kind=case.kind,
        channel=case.channel,
        type=case.type,
        grade=case.grade,
        region_code=case.region_code if case.filed_at else "",
        dealer_code=case.dealer_code if case.assigned_at else "",
        handler=case.handler,
        state=case.state,
        received_at=case.received_at,
        filed_at=case.filed_at,
        closed_at=case.closed_at,
        close_reason=case.close_reason,
        limits_met=sum(one.met_at is not None for one in limits),
        limits_kept=sum(one.breached_at is None for one in limits),
        limits_breached=sum(one.breached_at is not None for one in limits),
        escalated=sum(one.raised_at is not None for one in case.escalations),
        plans_sent_back=sum(one.authorised is False for one in case.plans),
        fee_yuan=f"{fees[-1]:.2f}" if fees else "",
        reopened=case.reopened_count,
        score=scores[-1] if scores else None,
    )
