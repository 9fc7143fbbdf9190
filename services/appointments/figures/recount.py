"""Counts a month anew from the appointments, by SQL alone: what the sums and corrections must come to (flows 6).

It shares nothing with how the sums are kept but the tables: `measures.py` says the same in Python.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from chassis.database import millis
from contracts.reminders import Period
from services.appointments.figures.measures import Key
from services.appointments.hours import begin_of
from services.appointments.tables import MEASURES

_ALL = text("""
SELECT 'counted' AS way, dealer_code AS dealer_code,
  COUNT(*) AS requested, 0 AS due,
  COUNT(CASE WHEN taken_back AND first_call_at IS NULL THEN 1 END) AS withdrawn_uncalled,
  COUNT(reached_at) AS called,
  COUNT(CASE WHEN reached_at <= first_due_at THEN 1 END) AS called_in_time,
  0 AS confirmed, 0 AS arrived, 0 AS no_show,
  COUNT(visit_id) AS arrived_of_requested
FROM appointments WHERE submitted_at >= :begins AND submitted_at < :ends AND predecessor_id IS NULL GROUP BY dealer_code
UNION ALL
SELECT 'counted', slip_dealer_code,
  0, COUNT(CASE WHEN state <> 'cancelled' THEN 1 END),
  0, 0, 0,
  COUNT(CASE WHEN state IN ('requested', 'to_call', 'confirmed', 'notified', 'rescheduled', 'arrived', 'completed', 'no_show') THEN 1 END),
  COUNT(CASE WHEN state IN ('arrived', 'completed') THEN 1 END),
  COUNT(CASE WHEN state = 'no_show' THEN 1 END),
  0
FROM appointments WHERE appointment_at >= :begins AND appointment_at < :ends AND slip_id IS NOT NULL GROUP BY slip_dealer_code
UNION ALL
SELECT 'kept', dealer_code,
  requested, due, withdrawn_uncalled, called, called_in_time, confirmed, arrived, no_show, arrived_of_requested
FROM sums WHERE period = :period
UNION ALL
SELECT 'kept', dealer_code,
  requested, due, withdrawn_uncalled, called, called_in_time, confirmed, arrived, no_show, arrived_of_requested
FROM corrections WHERE period = :period
""")
"""In one statement: what changes meanwhile is in both or in neither."""


class Off(NamedTuple):
    """A row of the sums that is not what its appointments come to."""

    key: Key
    measure: str
    kept: int
    counted: int


def recount(connection: Connection, period: Period) -> list[Off]:
    """Where sums and corrections together differ from the appointments; empty where all is well."""
    begins = date.fromisoformat(f"{period}-01")
    ends = date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
    asked = {"period": period, "begins": millis(begin_of(begins)), "ends": millis(begin_of(ends))}
    found: dict[str, dict[Key, dict[str, int]]] = {way: defaultdict(lambda: dict.fromkeys(MEASURES, 0)) for way in ("kept", "counted")}
    for row in connection.execute(_ALL, asked).mappings():
        for name in MEASURES:
            found[row["way"]][Key(period, row["dealer_code"])][name] += int(row[name])
    kept, counted = found["kept"], found["counted"]
    return [
        Off(key, name, kept[key][name], counted[key][name])
        for key in sorted({*kept, *counted})
        for name in MEASURES
        if kept[key][name] != counted[key][name]
    ]
