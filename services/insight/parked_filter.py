"""What a filter of parked messages means, said of their rows and of their counts: what is counted is what is ordered."""

from sqlalchemy import ColumnElement, Connection, select

from chassis.database import millis
from contracts.operating import ParkedFilter
from services.insight.tables import parked_counts, parked_now

STATES = ("parked", "redriven", "dropped")
OF_GROUP = ("service", "type", "kind", "field", "rule")

Conditions = list[ColumnElement[bool]]
now, counts = parked_now.c, parked_counts.c


def states_of(wanted: ParkedFilter) -> tuple[str, ...]:
    return (wanted.state,) if wanted.state else STATES


def counts_meant(wanted: ParkedFilter) -> Conditions:
    """Of `parked_counts`, on whatever day."""
    asked = {name: getattr(wanted, name) for name in (*OF_GROUP, "status", "owner")}
    conditions = [counts[name] == value for name, value in asked.items() if value is not None]
    return [*conditions, counts.state.in_(states_of(wanted)), counts.number > 0]


def rows_meant(connection: Connection, wanted: ParkedFilter) -> Conditions:
    """Of `parked_now`; the groups that it names are looked up now."""
    conditions = [now.state.in_(states_of(wanted)), *besides_state(wanted)]
    if any(getattr(wanted, name) is not None for name in OF_GROUP):
        conditions.append(now.group_id.in_(groups_meant(connection, wanted)))
    return conditions


def besides_state(wanted: ParkedFilter) -> Conditions:
    """How they are looked after, by whom, and when they came."""
    conditions: Conditions = []
    if wanted.status is not None:
        conditions.append(now.status == wanted.status)
    if wanted.owner is not None:
        conditions.append(now.owner == wanted.owner)
    if wanted.since:
        conditions.append(now.at >= millis(wanted.since))
    if wanted.until:
        conditions.append(now.at < millis(wanted.until))
    return conditions


def groups_meant(connection: Connection, wanted: ParkedFilter) -> list[int]:
    return list(connection.execute(select(counts.group_id).where(*counts_meant(wanted)).distinct()).scalars())
