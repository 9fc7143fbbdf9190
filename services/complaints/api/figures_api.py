"""The reports (A-CMP-34, 38, A-GEN-11).

GET /figures?first&last&level&code&split&type&grade       ComplaintFigures
GET /figures/overdue?period&level&code&split&type&grade   Overdue
GET /figures/recount?period                               ComplaintRecount: what the sums are off from the cases
GET /appraisal?period&region&dealer&after                 Appraisal
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask

from chassis.internal_api import Answered, answer, everything, query_of, scope, scope_for
from contracts.complaint_figures import AppraisalQuery, ComplaintFiguresQuery, ComplaintRecount, ComplaintRecountRow, OverdueQuery
from contracts.complaint_words import Role
from contracts.reminder_figures import PeriodQuery
from services.complaints.api.acting import acting, only
from services.complaints.figures.appraisal import appraisal
from services.complaints.figures.overdue import overdue
from services.complaints.figures.reading import figures
from services.complaints.figures.recount import recount

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

MOST_OFF = 500
READERS = (Role.AGENT, Role.HANDLER, Role.LEADER, Role.MONITOR, Role.REGION, Role.DEALER)
"""Who sees all cases, or all of a dealer or region: others see single ones."""


def add_figures(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    @app.get("/figures")
    def get_figures() -> Answered:
        only(acting(), *READERS)
        wanted = query_of(ComplaintFiguresQuery)
        theirs = scope_for(wanted.level)
        with runtime.database.read() as connection:
            return answer(figures(connection, wanted, theirs))

    @app.get("/figures/overdue")
    def get_overdue() -> Answered:
        only(acting(), *READERS)
        wanted = query_of(OverdueQuery)
        theirs = scope_for(wanted.level)
        with runtime.database.read() as connection:
            return answer(overdue(connection, wanted, theirs, now()))

    @app.get("/figures/recount")
    def get_recount() -> Answered:
        only(acting(), *READERS)
        everything()
        period = query_of(PeriodQuery).period
        with runtime.database.read() as connection:
            found = recount(connection, period)
        rows = [
            ComplaintRecountRow(
                **{name: value for name, value in one.key._asdict().items() if name != "period"},
                measure=one.measure,
                kept=one.kept,
                counted=one.counted,
            )
            for one in found[:MOST_OFF]
        ]
        return answer(ComplaintRecount(period=period, off=len(found), rows=tuple(rows)))

    @app.get("/appraisal")
    def get_appraisal() -> Answered:
        only(acting(), *READERS)
        wanted = query_of(AppraisalQuery)
        with runtime.database.read() as connection:
            return answer(appraisal(connection, wanted, scope()))
