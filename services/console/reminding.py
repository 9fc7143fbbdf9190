"""What the console asks of reminders and appointments, a method for each address: answers are models of `contracts/reminding.py`.

Every method raises what `asking` raises. What is asked for is held to the scope of who is logged in by the services themselves.
"""

from collections.abc import Callable
from uuid import UUID

from contracts.reminder_figures import AppointmentFigures, Level, Recount, ReminderFigures
from contracts.reminders import ReminderType
from contracts.reminding import (
    DealerAnswer,
    Dealers,
    DecisionAnswer,
    DecisionForm,
    Differences,
    DirtyRows,
    ExplainForm,
    Explanation,
    ItemPage,
    ItemStory,
    ListName,
    LoadAnswer,
    LoadOrder,
    Loads,
    Rulebook,
    RunAnswer,
    RunOrder,
    Runs,
    SendingAnswer,
)
from services.console.asking import DEADLINE_SECONDS, Asked

RECOUNT_SECONDS = 300.0
"""A recount goes through all items of a month, millions where there are so many."""


class Reminding:
    """`url` is where reminders answers; `operator` and `scope` are told for whoever is logged in."""

    def __init__(
        self, url: str, token: str, operator: Callable[[], str], scope: Callable[[], str], *, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        base = f"{url.rstrip('/')}/reminders/v1"
        self._asked = Asked("reminders", base, token, operator, scope=scope, deadline_seconds=deadline_seconds)
        self._counted = Asked("reminders", base, token, operator, scope=scope, deadline_seconds=RECOUNT_SECONDS)

    def figures(self, first: str, last: str, level: Level, code: str = "", *, by_type: bool = False) -> ReminderFigures:
        """Of the months from `first` to `last`, both `2026-12`; `code` of a region with level dealer: all of its dealers."""
        typed = "1" if by_type else None
        return self._asked.get("/figures", ReminderFigures, first=first, last=last, level=level, code=code or None, by_type=typed)

    def recount(self, period: str) -> Recount:
        """Counted anew, held against the figures; takes its time."""
        return self._counted.get("/recount", Recount, period=period)

    def dealers(self) -> tuple[DealerAnswer, ...]:
        """All that the DMS has told of."""
        return self._asked.get("/dealers", Dealers).dealers

    def items(
        self,
        which: ListName,
        period: str,
        *,
        dealer: str = "",
        region: str = "",
        type: ReminderType | None = None,
        after: str | None = None,
    ) -> ItemPage:
        query = {"dealer": dealer or None, "region": region or None, "type": type.value if type else None, "after": after}
        return self._asked.get(f"/lists/{which}", ItemPage, period=period, **query)

    def item(self, item_id: UUID) -> ItemStory:
        return self._asked.get(f"/items/{item_id}", ItemStory)

    def decide(self, form: DecisionForm) -> DecisionAnswer:
        return self._asked.post("/decisions", DecisionAnswer, form)

    def runs(self) -> tuple[RunAnswer, ...]:
        return self._asked.get("/runs", Runs).runs

    def run(self, run_id: UUID) -> RunAnswer:
        return self._asked.get(f"/runs/{run_id}", RunAnswer)

    def start_run(self, period: str) -> RunAnswer:
        return self._asked.post("/runs", RunAnswer, RunOrder(period=period))

    def accept_run(self, run_id: UUID) -> RunAnswer:
        return self._asked.post(f"/runs/{run_id}/accept", RunAnswer)

    def differences(self, run_id: UUID, after: str | None = None) -> Differences:
        return self._asked.get(f"/runs/{run_id}/differences", Differences, after=after)

    def explain(self, vin: str, period: str) -> Explanation:
        return self._asked.post("/explain", Explanation, ExplainForm(vin=vin, period=period))

    def rules(self) -> Rulebook:
        return self._asked.get("/rules", Rulebook)

    def set_rules(self, rulebook: Rulebook) -> Rulebook:
        """`version` is of the one that is changed."""
        return self._asked.post("/rules", Rulebook, rulebook)

    def loads(self) -> tuple[LoadAnswer, ...]:
        return self._asked.get("/loads", Loads).loads

    def load(self, load_id: UUID) -> LoadAnswer:
        return self._asked.get(f"/loads/{load_id}", LoadAnswer)

    def start_load(self, order: LoadOrder) -> LoadAnswer:
        return self._asked.post("/loads", LoadAnswer, order)

    def stop_load(self, load_id: UUID) -> LoadAnswer:
        return self._asked.post(f"/loads/{load_id}/stop", LoadAnswer)

    def resume_load(self, load_id: UUID) -> LoadAnswer:
        return self._asked.post(f"/loads/{load_id}/resume", LoadAnswer)

    def dirty(self, *, source: str = "", flaw: str = "", dealer: str = "", after: str | None = None) -> DirtyRows:
        return self._asked.get("/dirty", DirtyRows, source=source or None, flaw=flaw or None, dealer=dealer or None, after=after)

    def sending(self) -> SendingAnswer:
        return self._asked.get("/sending", SendingAnswer)


class AppointmentNumbers:
    """`url` is where appointments answers."""

    def __init__(
        self, url: str, token: str, operator: Callable[[], str], scope: Callable[[], str], *, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        base = f"{url.rstrip('/')}/appointments/v1"
        self._asked = Asked("appointments", base, token, operator, scope=scope, deadline_seconds=deadline_seconds)
        self._counted = Asked("appointments", base, token, operator, scope=scope, deadline_seconds=RECOUNT_SECONDS)

    def figures(self, first: str, last: str, level: Level, code: str = "") -> AppointmentFigures:
        return self._asked.get("/figures", AppointmentFigures, first=first, last=last, level=level, code=code or None)

    def recount(self, period: str) -> Recount:
        """Counted anew, held against the figures; takes its time."""
        return self._counted.get("/recount", Recount, period=period)
