"""Rates of the reports about complaints, worked out from sums (flows 6): never averaged; None of nothing. No I/O."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from contracts.complaint_figures import ComplaintSums
from contracts.complaint_words import DeadlineKind
from services.console.reckoning import rate
from services.console.words import Pair


def kept_rate(kind: DeadlineKind) -> Callable[[ComplaintSums], float | None]:
    """Of the limits of a kind that were met in the month, those met before they ran out (A-CMP-38)."""
    return lambda sums: rate(getattr(sums, f"{kind.value}_kept"), getattr(sums, f"{kind.value}_met"))


on_time_rate = kept_rate(DeadlineKind.CLOSE)
"""按时结案率: what was withdrawn before it was filed had no limit, and is in neither number."""
first_reply_rate = kept_rate(DeadlineKind.FIRST_REPLY)


def reopened_rate(sums: ComplaintSums) -> float | None:
    """Of what was closed in the month, what was opened again, whenever that was."""
    return rate(sums.closed_reopened, sums.closed)


def content_rate(sums: ComplaintSums) -> float | None:
    """满意率: 4 or 5 of 5, of those who gave a score."""
    return rate(sums.content, sums.answered)


def answered_rate(sums: ComplaintSums) -> float | None:
    return rate(sums.answered, sums.surveyed)


def mean_score(sums: ComplaintSums) -> float | None:
    """Of 5."""
    return rate(sums.score_total, sums.answered)


class Rate(NamedTuple):
    """One that regions, dealers, types and grades are held against each other by. `whole`: what it is a rate of."""

    words: Pair
    of: Callable[[ComplaintSums], float | None]
    whole: Callable[[ComplaintSums], int]
    high_is_good: bool = True


RATES: Mapping[str, Rate] = {
    "on_time": Rate(("按时结案率", "Closed in time"), on_time_rate, lambda sums: sums.close_met),
    "first_reply": Rate(("首复及时率", "First reply in time"), first_reply_rate, lambda sums: sums.first_reply_met),
    "reopened": Rate(("重开率", "Reopened"), reopened_rate, lambda sums: sums.closed, high_is_good=False),
    "content": Rate(("满意率", "Content"), content_rate, lambda sums: sums.answered),
}
