"""Which month and which part of the country a page of reminders is about: as the address says, and no farther than the account reaches."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from flask import request

from contracts.reminder_figures import Level
from services.console import periods
from services.console.access import whose
from services.console.problems import Problem
from services.console.scope import CODE, Scope


@dataclass(frozen=True)
class Place:
    """`region` and `dealer` are codes, empty where all are meant; `within`: what the account reaches."""

    period: str
    region: str
    dealer: str
    within: Scope

    @property
    def level(self) -> Level:
        return "dealer" if self.dealer else "region" if self.region else "nation"

    @property
    def code(self) -> str:
        return self.dealer or self.region

    @property
    def query(self) -> dict[str, str]:
        """For an address; what the account itself says is left out."""
        chosen = {"period": self.period, "region": self.region, "dealer": self.dealer}
        return {name: value for name, value in chosen.items() if value and value != self.within.code}

    def at(self, *, period: str = "", region: str = "", dealer: str = "") -> "Place":
        """With these otherwise."""
        return replace(self, period=period or self.period, region=region or self.region, dealer=dealer or self.dealer)

    def address(self, path: str, **more: str) -> str:
        return f"{request.script_root}{path}?{urlencode(self.query | more)}"


def place_asked_for(now: datetime, otherwise: str | None = None) -> Place:
    """Of the query; `otherwise` is the month where it names none, else the current one. Raises Problem for what can be no place."""
    within, given = whose(), request.values
    period = periods.asked_for(given.get("period", ""), otherwise or periods.current(now))
    region, dealer = (_code(given.get(name, "")) for name in ("region", "dealer"))
    match within.level:
        case "dealer":
            return Place(period, "", within.code, within)
        case "region":
            return Place(period, within.code, dealer, within)
        case _:
            return Place(period, region, dealer, within)


def _code(text: str) -> str:
    code = text.strip().partition(" ")[0]  # what is offered is code and name
    if code and not CODE.fullmatch(code):
        raise Problem("place", "没有这样的代码。", "There is no such code.")
    return code
