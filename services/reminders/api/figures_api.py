"""The statistics of months (A-REM-32..38), and the dealers that they are of.

GET /figures?first&last&level&code&by_type   ReminderFigures
GET /dealers                                 Dealers: all that the DMS has told of
GET /recount?period                          Recount: what the sums are off from the items; seconds for a million of them
"""

from typing import TYPE_CHECKING

from flask import Flask

from chassis.internal_api import Answered, answer, everything, query_of, scope_for
from contracts.reminder_figures import FiguresQuery, PeriodQuery, Recount, RecountRow
from services.reminders.figures import reading, recount

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def add_figures(app: Flask, runtime: "ServiceRuntime") -> None:
    @app.get("/figures")
    def get_figures() -> Answered:
        asked = query_of(FiguresQuery)
        wanted = reading.Wanted(asked.first, asked.last, asked.level, asked.code, asked.by_type, scope_for(asked.level))
        with runtime.database.read() as connection:
            return answer(reading.figures(connection, wanted))

    @app.get("/dealers")
    def get_dealers() -> Answered:
        everything()
        with runtime.database.read() as connection:
            return answer(reading.dealers_known(connection))

    @app.get("/recount")
    def get_recount() -> Answered:
        everything()
        asked = query_of(PeriodQuery)
        with runtime.database.read() as connection:
            found = recount.recount(connection, asked.period)
        rows = [RecountRow(**one.key._asdict(), measure=one.measure, kept=one.kept, counted=one.counted) for one in found]
        return answer(Recount(period=asked.period, off=len(rows), rows=tuple(rows[:500])))
