"""Keeps the sums as cases change: each step adds its difference (flows 6)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from chassis.database import Transaction
from chassis.monthly_sums import MonthlySums, Tables, grow
from chassis.unit_of_work import Gathering
from services.complaints.cases.case import Case
from services.complaints.figures.measures import Key, measures
from services.complaints.tables import MEASURES, corrections, freezes, sums

SUMS: MonthlySums[Key] = MonthlySums(Tables(sums, corrections, freezes, because="complaint_id"), MEASURES)
Difference = tuple[Key, UUID, str, int]


def moved(tx: Transaction, before: Case | None, after: Case) -> None:
    """A case was written; the sums follow at the end of the transaction."""
    _CHANGES.add(tx, *(_counted(before, -1) if before else ()), *_counted(after, 1))


def _counted(case: Case, sign: int) -> Iterator[Difference]:
    for key, counted in measures(case).items():
        for name, number in counted.items():
            yield key, case.complaint_id, name, sign * number


def _keep(tx: Transaction, differences: Sequence[Difference]) -> None:
    """What goes and comes back is no difference."""
    found: dict[tuple[Key, UUID], dict[str, int]] = defaultdict(SUMS.nothing)
    for key, complaint_id, name, number in differences:
        grow(found[key, complaint_id], {name: number})
    SUMS.write(tx, {where: difference for where, difference in found.items() if any(difference.values())})


_CHANGES: Gathering[Difference] = Gathering(_keep, sums, corrections)
