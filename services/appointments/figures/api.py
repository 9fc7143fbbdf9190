"""What the console asks of appointments: `/appointments/v1/`, in the internal zone, behind the operator's token (A-APT-23..30).

GET /figures?first&last&level&code   AppointmentFigures
GET /recount?period                  Recount: what the sums are off from the appointments
"""

from typing import TYPE_CHECKING

from flask import Flask

from chassis.internal_api import Answered, answer, everything, guarded, query_of, scope_for
from contracts.reminder_figures import FiguresQuery, PeriodQuery, Recount, RecountRow
from services.appointments.figures.reading import figures
from services.appointments.figures.recount import recount

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

MOST_OFF = 500


def create_appointments_api(runtime: "ServiceRuntime") -> Flask:
    """The WSGI application."""
    app = guarded(runtime.process.settings.operator.token.get_secret_value())

    @app.get("/figures")
    def get_figures() -> Answered:
        wanted = query_of(FiguresQuery)
        scope = scope_for(wanted.level)
        with runtime.database.read() as connection:
            return answer(figures(connection, wanted, scope))

    @app.get("/recount")
    def get_recount() -> Answered:
        everything()
        asked = query_of(PeriodQuery)
        with runtime.database.read() as connection:
            found = recount(connection, asked.period)
        rows = [
            RecountRow(**one.key._asdict(), region_code="", measure=one.measure, kept=one.kept, counted=one.counted)
            for one in found[:MOST_OFF]
        ]
        return answer(Recount(period=asked.period, off=len(found), rows=tuple(rows)))

    return app
