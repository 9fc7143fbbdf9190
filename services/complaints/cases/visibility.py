"""Whose cases somebody may see: as conditions in SQL, and of one case. What may not be seen is not there, on any route.

Agents, handlers, leaders and monitors see all; a region its own once they are filed; a dealer those that are assigned to it now and those
that it passed on; technical support cases of quality, and the members of a VRT group, legal staff and marketing those that they take part
in or that are of their kind.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, false, select, true

from contracts.complaint_words import CaseType, DisputeKind, Role
from services.complaints.cases.case import Case
from services.complaints.cases.participants import taking_part
from services.complaints.cases.taking import Acting
from services.complaints.tables import cases, disputes, participants

ALL = frozenset({Role.AGENT, Role.HANDLER, Role.LEADER, Role.MONITOR, Role.SYSTEM})

Condition = ColumnElement[bool]


def conditions(by: Acting) -> Sequence[Condition]:
    """A case that fits any of them is seen: each can be looked up by an index of its own."""
    if by.role in ALL:
        return [true()]
    return [*_theirs(by), *([] if by.role in (Role.REGION, Role.DEALER) else [_takes_part(by.name)])]


def sees(by: Acting, case: Case) -> bool:
    """The same of one case."""
    if by.role in ALL:
        return True
    match by.role:
        case Role.REGION:
            return bool(by.region_code) and case.region_code == by.region_code and case.filed_at is not None
        case Role.DEALER:
            in_charge = case.dealer_code == by.dealer_code and case.assigned_at is not None
            return bool(by.dealer_code) and (in_charge or case.source_dealer == by.dealer_code)
        case Role.CUSTOMER:
            return False
    return _is_of_their_kind(by.role, case) or by.name in {name for name, _ in taking_part(case)}


def in_clear(by: Acting, case: Case) -> bool:
    """Whether they may see the mobile: who calls the customer."""
    return handles(by, case) if by.role is Role.DEALER else by.role in (Role.AGENT, Role.HANDLER)


def handles(by: Acting, case: Case) -> bool:
    """Whether a dealer is in charge, or, before there is one, passed it on: how another dealer handles it is not shown to them."""
    in_charge = case.dealer_code if case.assigned_at else case.source_dealer
    return bool(by.dealer_code) and by.dealer_code == in_charge


def sees_file(by: Acting, case: Case, file: Row[Any]) -> bool:
    """Of a case that they see. What is not attached is there for who brought it alone.

    Of what another dealer handles, a dealer sees what the customer sees.
    """
    if file.by == by.name:
        return True
    return file.attached and (by.role is not Role.DEALER or handles(by, case) or file.shown)


def _theirs(by: Acting) -> Sequence[Condition]:
    match by.role:
        case Role.REGION if by.region_code:
            return [(cases.c.region_code == by.region_code) & cases.c.filed_at.is_not(None)]
        case Role.DEALER if by.dealer_code:
            return [
                (cases.c.dealer_code == by.dealer_code) & cases.c.assigned_at.is_not(None),
                cases.c.source_dealer == by.dealer_code,
            ]
        case Role.TECHNICAL:
            return [cases.c.type == CaseType.QUALITY.value]
        case Role.LEGAL:
            return [_with_dispute(DisputeKind.ARBITRATION, DisputeKind.LITIGATION)]
        case Role.MARKETING:
            return [cases.c.media, _with_dispute(DisputeKind.CRISIS)]
    return [false()]


def _is_of_their_kind(role: Role, case: Case) -> bool:
    kinds = {one.kind for one in case.disputes}
    match role:
        case Role.TECHNICAL:
            return case.type is CaseType.QUALITY
        case Role.LEGAL:
            return bool(kinds - {DisputeKind.CRISIS})
        case Role.MARKETING:
            return case.media or DisputeKind.CRISIS in kinds
    return False


def _takes_part(name: str) -> Condition:
    """As member, not by a mention alone: whom a note mentions must be one who may see it."""
    theirs = select(participants.c.complaint_id).where(participants.c.name == name, participants.c.part != "mentioned")
    return cases.c.complaint_id.in_(theirs)


def _with_dispute(*kinds: DisputeKind) -> Condition:
    with_one = select(disputes.c.complaint_id).where(disputes.c.kind.in_([kind.value for kind in kinds]))
    return cases.c.complaint_id.in_(with_one)
