"""A case on one page, as far as who asks may see it (A-CMP-18, A-GEN-04). Reads, and changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, Row, bindparam, or_, select

from chassis.database import from_millis
from contracts.complaint_case import (
    CaseAnswer,
    ClosureAnswer,
    DisputeAnswer,
    EscalationAnswer,
    FileAnswer,
    PlanAnswer,
    StepTaken,
    SurveyAnswer,
    VrtAnswer,
)
from contracts.complaint_words import DisputeKind, Role
from services.complaints.cases import dealers, looking
from services.complaints.cases.allowed import allowed
from services.complaints.cases.case import Case, Complainant
from services.complaints.cases.history import history
from services.complaints.cases.lines import lines
from services.complaints.cases.loading import looked_up
from services.complaints.cases.masking import masked_mobile
from services.complaints.cases.taking import Acting
from services.complaints.cases.ticking import clock_of
from services.complaints.cases.visibility import conditions, handles, in_clear, sees_file
from services.complaints.clocks.calendars import Calendars
from services.complaints.tables import cases, files

A = TypeVar("A", bound=BaseModel)
MOST_SIMILAR = 20

_FILES = select(files).where(files.c.complaint_id == bindparam("of_case")).order_by(files.c.at, files.c.file_id)


def show(connection: Connection, case: Case, by: Acting, calendars: Calendars, now: datetime) -> CaseAnswer:
    """Whether it may be seen at all was asked before (`visibility.sees`)."""
    clear = in_clear(by, case)
    inside = by.role is not Role.DEALER
    shown = inside or handles(by, case)
    told = history(connection, case, by, in_clear=clear, handled_by_others=not shown)
    named = dealers.known(connection.execute, [case.dealer_code, case.source_dealer, *_dealers_in(told)])
    dealer = named.get(case.dealer_code)
    disputes = [one for one in case.disputes if inside or one.kind is not DisputeKind.CRISIS]
    return CaseAnswer(
        **{name: getattr(case, name) for name in _OWN},
        **{name: getattr(case.complainant, name) for name in _THEIRS},
        mobile=case.complainant.mobile if clear else masked_mobile(case.complainant.mobile),
        region_name=dealer.region_name if dealer and dealer.region_code == case.region_code else "",
        dealer_name=dealer.name if dealer else "",
        clocks=tuple(clock_of(one, calendars, now) for one in case.deadlines),
        vrts=_parts(VrtAnswer, case.vrts if shown else ()),
        plans=_parts(PlanAnswer, case.plans if shown else ()),
        escalations=_parts(EscalationAnswer, case.escalations) if inside else (),
        closures=_parts(ClosureAnswer, case.closures if shown else ()),
        disputes=_parts(DisputeAnswer, disputes if shown else ()),
        surveys=_parts(SurveyAnswer, case.surveys if shown else ()),
        files=_files(connection, case, by),
        linked=tuple(lines(connection, _visible(connection, case.linked, by), by, calendars, now)),
        similar=tuple(lines(connection, _similar(connection, case, by), by, calendars, now)),
        history=told,
        allowed=allowed(case, by),
        looking=looking.others(connection, [case.complaint_id], by.name, now).get(case.complaint_id, ()),
        dealer_names={code: row.name for code, row in named.items()},
    )


def _dealers_in(told: Iterable[StepTaken]) -> Iterator[str]:
    """Whom the steps name."""
    for taken in told:
        yield from (str(taken.form[name]) for name in ("dealer_code", "source_dealer") if taken.form.get(name))


def _parts(answer: type[A], parts: Iterable[Any]) -> tuple[A, ...]:
    """An answer and what it is of have the same names."""
    return tuple(answer(**{name: getattr(part, name) for name in answer.model_fields}) for part in parts)


def _files(connection: Connection, case: Case, by: Acting) -> tuple[FileAnswer, ...]:
    rows = connection.execute(_FILES, {"of_case": case.complaint_id})
    return tuple(file_of(row) for row in rows if sees_file(by, case, row))


def file_of(row: Row[Any]) -> FileAnswer:
    """Columns and answer have the same names."""
    return FileAnswer(**{name: row._mapping[name] for name in FileAnswer.model_fields if name != "at"}, at=from_millis(row.at))


def _visible(connection: Connection, ids: Sequence[UUID], by: Acting) -> list[UUID]:
    if not ids:
        return []
    seen = select(cases.c.complaint_id).where(cases.c.complaint_id.in_(ids), or_(*conditions(by)))
    return list(connection.execute(seen.order_by(cases.c.received_at.desc())).scalars())


def _similar(connection: Connection, case: Case, by: Acting) -> list[UUID]:
    """Others of the same customer, follower, phone number or car; each by an index, the newest first."""
    who = case.complainant
    same = {
        "customer_id": who.customer_id,
        "follower_id": who.follower_id,
        "mobile_lookup": looked_up("mobile", who.mobile),
        "vin_lookup": looked_up("vin", who.vin),
    }
    found: set[UUID] = set()
    for name, value in same.items():
        if value:
            theirs = select(cases.c.complaint_id).where(cases.c[name] == value).order_by(cases.c.received_at.desc())
            found |= set(connection.execute(theirs.limit(MOST_SIMILAR)).scalars())
    return _visible(connection, sorted(found - {case.complaint_id, *case.linked}), by)[:MOST_SIMILAR]


_PARTS = frozenset({"linked", "vrts", "plans", "escalations", "closures", "disputes", "surveys"})
_OWN = tuple(name for name in (*(field.name for field in fields(Case)), "shown") if name in CaseAnswer.model_fields and name not in _PARTS)
"""Fields of the case that are answered as they are."""
_THEIRS = tuple(field.name for field in fields(Complainant) if field.name in CaseAnswer.model_fields and field.name != "mobile")
