"""Keeps the sums as appointments change: each change adds its difference (flows 6)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import Transaction
from chassis.monthly_sums import MonthlySums, Tables, grow
from chassis.unit_of_work import Gathering
from services.appointments.figures.measures import Key, measures
from services.appointments.tables import MEASURES, corrections, freezes, sums

if TYPE_CHECKING:
    from services.appointments.domain import Appointment

SUMS: MonthlySums[Key] = MonthlySums(Tables(sums, corrections, freezes, because="appointment_id"), MEASURES)
Difference = tuple[Key, UUID, str, int]


class Figures:
    """What the service tells of each change."""

    def moved(self, tx: Transaction, before: "Appointment | None", after: "Appointment") -> None:
        """Written with all other changes of the transaction."""
        _CHANGES.add(tx, *([*_counted(before, -1)] if before else []), *_counted(after, 1))


def _counted(it: "Appointment", sign: int) -> list[Difference]:
    return [(key, it.id, name, sign * number) for key, counted in measures(it) for name, number in counted.items() if number]


def _keep(tx: Transaction, differences: Sequence[Difference]) -> None:
    """What goes and comes back is no difference."""
    found: dict[tuple[Key, UUID], dict[str, int]] = defaultdict(SUMS.nothing)
    for key, appointment_id, name, number in differences:
        grow(found[key, appointment_id], {name: number})
    SUMS.write(tx, {where: difference for where, difference in found.items() if any(difference.values())})


_CHANGES: Gathering[Difference] = Gathering(_keep, sums, corrections)
