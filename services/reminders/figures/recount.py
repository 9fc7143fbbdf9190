"""Counts a month anew from its items, by SQL alone: what the sums and corrections must come to (flows 6).

It shares nothing with how the sums are kept but the tables: `measures.py` says the same in Python.
"""

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, text, union

from contracts.reminders import Period
from services.reminders.figures.rows import Key
from services.reminders.tables import MEASURES, corrections, items, sums

DEALERS_AT_ONCE = 25

_SERVICE = "'first_maintenance', 'maintenance', 'warranty', 'insurance', 'inspection'"


def _only(name: str, value: str) -> str:
    """All measures, 0 but for this one."""
    return ", ".join(f"{value if one == name else 0} AS {one}" for one in MEASURES)


_COUNTED = f"""
SELECT dealer_code, type, region_code,
  SUM(carry_count = 0) AS due_new,
  SUM(carry_count <> 0) AS due_carried,
  COUNT(CASE WHEN contact_state IN ('reached', 'slip_saved') THEN 1
             WHEN registered AND wechat_state IN ('delivered', 'clicked') THEN 1 END) AS reminded,
  COUNT(CASE WHEN registered AND wechat_state IN ('delivered', 'clicked') THEN 1 END) AS delivered,
  COUNT(CASE WHEN registered AND wechat_state = 'clicked' THEN 1 END) AS clicked,
  COUNT(CASE WHEN registered AND wechat_state = 'failed' THEN 1 END) AS failed,
  COUNT(CASE WHEN tracked THEN 1 END) AS tracked,
  COUNT(CASE WHEN tracked THEN 1 WHEN registered AND wechat_state IN ('delivered', 'clicked') THEN 1 END) AS reached_either,
  COUNT(appointment_id) AS booked,
  COUNT(visit_id) AS returned,
  COUNT(CASE WHEN visit_dealer <> dealer_code THEN visit_id END) AS returned_elsewhere,
  COUNT(DISTINCT CASE WHEN visit_id IS NOT NULL THEN vehicle_id END) AS returned_cars,
  COUNT(CASE WHEN type IN ({_SERVICE}) AND NOT registered AND contact_state NOT IN ('reached', 'slip_saved') THEN 1
             WHEN type IN ({_SERVICE}) AND registered AND contact_state NOT IN ('reached', 'slip_saved')
                  AND wechat_state NOT IN ('delivered', 'clicked') THEN 1 END) AS not_reminded,
  COUNT(CASE WHEN type IN ({_SERVICE}) AND registered AND contact_state NOT IN ('reached', 'slip_saved') THEN 1 END) AS not_tracked,
  COUNT(CASE WHEN type IN ({_SERVICE}) AND outcome <> 'returned' THEN 1 END) AS not_returned,
  COUNT(CASE WHEN outcome = 'carried' THEN 1 END) AS carried_on,
  COUNT(CASE WHEN outcome = 'dropped' THEN 1 END) AS dropped,
  0 AS voided
FROM items WHERE period = :period AND dealer_code IN :dealers AND outcome <> 'void' GROUP BY dealer_code, type, region_code
"""  # noqa: S608 - names of columns only

_VOID = f"""
SELECT dealer_code, type, region_code, {_only("voided", "COUNT(*)")}
FROM items WHERE period = :period AND dealer_code IN :dealers AND outcome = 'void' GROUP BY dealer_code, type, region_code
"""  # noqa: S608 - names of columns only

_CARS = f"""
SELECT dealer_code, 'service' AS type, region_code, {_only("returned_cars", "COUNT(DISTINCT vehicle_id)")}
FROM items WHERE period = :period AND dealer_code IN :dealers AND outcome <> 'void' AND visit_id IS NOT NULL AND type IN ({_SERVICE})
GROUP BY dealer_code, region_code
"""  # noqa: S608 - names of columns only

_KEPT = "".join(
    f" UNION ALL SELECT 'kept', dealer_code, type, region_code, {', '.join(MEASURES)}"  # noqa: S608 - names of columns only
    f" FROM {table} WHERE period = :period AND dealer_code IN :dealers"
    for table in ("sums", "corrections")
)

_PARTS = (f"SELECT 'counted' AS way, t.* FROM ({one}) AS t" for one in (_COUNTED, _VOID, _CARS))  # noqa: S608 - names of columns only
_ALL = text(" UNION ALL ".join(_PARTS) + _KEPT).bindparams(bindparam("dealers", expanding=True))
"""Of some dealers, in one statement: what changes meanwhile is in both or in neither."""


class Off(NamedTuple):
    """A row of the sums that is not what its items come to."""

    key: Key
    measure: str
    kept: int
    counted: int


def recount(connection: Connection, period: Period) -> list[Off]:
    """Where sums and corrections together differ from the items; empty where all is well. Seconds for a million items, in short steps."""
    codes = (select(table.c.dealer_code).where(table.c.period == period) for table in (items, sums, corrections))
    dealers = sorted(connection.execute(union(*codes)).scalars())
    return [off for at in range(0, len(dealers), DEALERS_AT_ONCE) for off in _of(connection, period, dealers[at : at + DEALERS_AT_ONCE])]


def _of(connection: Connection, period: Period, dealers: list[str]) -> list[Off]:
    found: dict[str, dict[Key, dict[str, int]]] = {way: defaultdict(lambda: dict.fromkeys(MEASURES, 0)) for way in ("kept", "counted")}
    for row in connection.execute(_ALL, {"period": period, "dealers": dealers}).mappings():
        key = Key(period, row["dealer_code"], row["type"], row["region_code"])
        for name in MEASURES:
            found[row["way"]][key][name] += int(row[name])
    kept, counted = found["kept"], found["counted"]
    return [
        Off(key, name, kept[key][name], counted[key][name])
        for key in sorted({*kept, *counted})
        for name in MEASURES
        if kept[key][name] != counted[key][name]
    ]
