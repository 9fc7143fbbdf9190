"""The rows of the sums and of the corrections."""

from typing import NamedTuple

from chassis.monthly_sums import MonthlySums, Tables
from services.reminders.tables import MEASURES, corrections, freezes, sums


class Key(NamedTuple):
    """A row of the sums."""

    period: str
    dealer_code: str
    type: str
    region_code: str


SUMS: MonthlySums[Key] = MonthlySums(Tables(sums, corrections, freezes, because="item_id"), MEASURES)
