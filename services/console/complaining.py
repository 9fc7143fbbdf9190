"""What the console asks of complaints, a method for each address: answers are models of `contracts/complaining.py`.

Every method raises what `asking` raises. Whose cases are seen, and which steps may be taken, the service itself judges by role and scope.
"""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from pydantic import BaseModel

from contracts.complaining import (
    AuthorityTable,
    BulkAnswer,
    BulkOrder,
    CalendarAnswer,
    CalendarDay,
    CaseOrder,
    CasePage,
    CaseQuery,
    Changes,
    DealerAnswer,
    Dealers,
    Looking,
    QueueCounts,
    StepOrder,
)
from contracts.complaint_case import CaseAnswer, FileAnswer
from contracts.complaint_figures import (
    Appraisal,
    AppraisalQuery,
    ComplaintFigures,
    ComplaintFiguresQuery,
    ComplaintRecount,
    Overdue,
    OverdueQuery,
)
from services.console.asking import DEADLINE_SECONDS, Asked

FILE_SECONDS = 20.0
"""Ten megabytes are looked at, and a picture is drawn anew."""
RECOUNT_SECONDS = 300.0
"""A recount goes through all that a month's cases hold."""


class Complaining:
    """`url` is where complaints answers; `operator`, `role` and `scope` are told for whoever is logged in."""

    def __init__(
        self,
        url: str,
        token: str,
        operator: Callable[[], str],
        role: Callable[[], str],
        scope: Callable[[], str],
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        def asked(seconds: float) -> Asked:
            base = f"{url.rstrip('/')}/complaints/v1"
            return Asked("complaints", base, token, operator, scope=scope, role=role, deadline_seconds=seconds)

        self._asked, self._files = asked(deadline_seconds), asked(max(FILE_SECONDS, deadline_seconds))
        self._counted = asked(RECOUNT_SECONDS)

    def cases(self, query: CaseQuery) -> CasePage:
        return self._asked.post("/cases/search", CasePage, query)

    def counts(self) -> QueueCounts:
        return self._asked.get("/counts", QueueCounts)

    def case(self, complaint_id: UUID) -> CaseAnswer:
        return self._asked.get(f"/cases/{complaint_id}", CaseAnswer)

    def receive(self, order: CaseOrder) -> CaseAnswer:
        return self._asked.post("/cases", CaseAnswer, order)

    def take(self, complaint_id: UUID, order: StepOrder) -> CaseAnswer:
        """Raises Problem 409 `changed` where the case has moved on since the version that the order is of."""
        return self._asked.post(f"/cases/{complaint_id}/steps", CaseAnswer, order)

    def take_many(self, order: BulkOrder) -> BulkAnswer:
        return self._files.post("/bulk", BulkAnswer, order)

    def changes(self, since: str = "") -> Changes:
        return self._asked.get("/changes", Changes, since=since or None)

    def looking(self, complaint_id: UUID) -> Looking:
        return self._asked.post(f"/cases/{complaint_id}/looking", Looking)

    def dealers(self) -> tuple[DealerAnswer, ...]:
        return self._asked.get("/dealers", Dealers).dealers

    def file(self, complaint_id: UUID, file_id: UUID) -> bytes:
        return self._files.ask("GET", f"/cases/{complaint_id}/files/{file_id}", None)

    def bring(self, complaint_id: UUID, file_id: UUID, name: str, data: bytes) -> FileAnswer:
        return self._files.put(f"/cases/{complaint_id}/files/{file_id}", FileAnswer, data, name=name)

    def authority(self) -> AuthorityTable:
        return self._asked.get("/authority", AuthorityTable)

    def set_authority(self, table: AuthorityTable) -> AuthorityTable:
        """`version` is of the one that is changed."""
        return self._asked.post("/authority", AuthorityTable, table)

    def calendar(self, calendar_id: str, year: int) -> CalendarAnswer:
        return self._asked.get(f"/calendars/{calendar_id}", CalendarAnswer, year=str(year))

    def set_day(self, day: CalendarDay) -> CalendarAnswer:
        return self._files.post(f"/calendars/{day.calendar_id}/days", CalendarAnswer, day)

    def figures(self, query: ComplaintFiguresQuery) -> ComplaintFigures:
        return self._asked.get("/figures", ComplaintFigures, **_asked(query))

    def overdue(self, query: OverdueQuery) -> Overdue:
        return self._asked.get("/figures/overdue", Overdue, **_asked(query))

    def recount(self, period: str) -> ComplaintRecount:
        """Counted anew, held against the figures; takes its time."""
        return self._counted.get("/figures/recount", ComplaintRecount, period=period)

    def appraisal(self, query: AppraisalQuery) -> Appraisal:
        return self._asked.get("/appraisal", Appraisal, **_asked(query))


def _asked(query: BaseModel) -> dict[str, str]:
    """For an address, without what is not asked for."""
    return {name: _said(value) for name, value in query.model_dump(exclude_none=True).items() if value != ""}


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
