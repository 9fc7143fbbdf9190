"""The form of a step about one case: what is filled in already, what there is to pick from, and who may be named. No I/O."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from contracts.complaining import DealerAnswer
from contracts.complaint_case import CaseAnswer, Clock
from contracts.complaint_words import DeadlineKind
from contracts.complaint_words import Role as CaseRole
from services.console.access import Role
from services.console.complaint_words import LIMITS, TRIGGERS, VRT_KINDS
from services.console.staff import Member
from services.console.step_fields import Ask, Option, asks_of
from services.console.words import exact, say, t

NAMED_BY: dict[tuple[str, str], frozenset[Role]] = {
    ("take_over", "to"): frozenset({"complaint_handler", "agent"}),
    ("start_vrt", "lead"): frozenset({"technical", "complaint_handler"}),
    ("start_vrt", "members"): frozenset({"technical", "vrt_member", "complaint_handler"}),
    ("set_vrt_members", "members"): frozenset({"technical", "vrt_member", "complaint_handler"}),
    ("dispute", "legal"): frozenset({"legal"}),
    ("declare_crisis", "marketing"): frozenset({"marketing"}),
}
"""Accounts that are offered; for a mention all of the head office that have to do with complaints."""
MENTIONED: frozenset[Role] = frozenset(
    {"complaint_handler", "agent", "technical", "vrt_member", "leader", "legal", "marketing", "region_manager"}
)


LEADS: Mapping[Role, CaseRole] = {"technical": CaseRole.TECHNICAL, "complaint_handler": CaseRole.HANDLER}
"""As what an account leads a VRT group (A-CMP-09, 13)."""


@dataclass(frozen=True)
class Around:
    """What a form is made from, beside the case: `me` is who fills it in; `placed`: a dealer or region, who is offered no others' names."""

    me: str
    today: date
    staff: Sequence[Member] = ()
    dealers: Sequence[DealerAnswer] = ()
    placed: bool = False


def asks_about(step: str, case: CaseAnswer, around: Around, given: Mapping[str, str]) -> tuple[Ask, ...]:
    """`given`: what the address says of it, such as which group. Raises KeyError for a step that is none."""
    known = _known(step, case, around)
    return tuple(_about(ask, step, case, around).filled(given.get(ask.name) or known.get(ask.name)) for ask in asks_of(step))


def lead_of(step: str, typed: Mapping[str, str], around: Around) -> dict[str, Any]:
    """What the account of who is to lead a VRT group is; the service judges whether it leads this kind."""
    roles = {one.name: LEADS[one.role] for one in around.staff if one.role in LEADS and not one.disabled}
    return {"lead_role": roles.get(typed.get("lead", "").strip())} if step == "start_vrt" else {}


def dealer_options(dealers: Iterable[DealerAnswer]) -> tuple[Option, ...]:
    return tuple((one.dealer_code, f"{one.name} · {one.region_name or one.region_code}") for one in dealers)


def clock_name(clock: Clock) -> str:
    return clock.label or say(LIMITS[clock.kind])


def is_open(clock: Clock) -> bool:
    return clock.met_at is None and clock.dropped_at is None


def _about(ask: Ask, step: str, case: CaseAnswer, around: Around) -> Ask:
    if ask.kind in ("person", "people"):
        return replace(ask, options=_names(step, ask.name, case, around))
    if ask.kind == "dealer":
        return replace(ask, options=dealer_options(around.dealers))
    if ask.kind not in ("pick", "many", "case"):
        return ask
    options = PICKS[ask.name](step, case)
    one = ask.kind == "pick" and ask.required and len(options) == 1
    if not options and not ask.required and ask.kind != "case":
        return replace(ask, kind="unasked")
    return replace(ask, options=options, value=options[0][0] if one else ask.value)


def _clocks(step: str, case: CaseAnswer) -> tuple[Option, ...]:
    wanted: Callable[[Clock], bool] = {
        "pause": lambda one: not one.paused,
        "resume": lambda one: one.paused,
    }.get(step, lambda one: one.kind is DeadlineKind.CUSTOM)
    return tuple(
        (str(one.deadline_id), f"{clock_name(one)} · {exact(one.due_at)[5:16]}") for one in case.clocks if is_open(one) and wanted(one)
    )


def _groups(_step: str, case: CaseAnswer) -> tuple[Option, ...]:
    return tuple((str(one.vrt_id), f"{say(VRT_KINDS[one.kind])} · {one.lead}") for one in case.vrts if one.ended_at is None)


def _escalations(step: str, case: CaseAnswer) -> tuple[Option, ...]:
    raised = step == "decide_escalation"
    waiting = [one for one in case.escalations if (one.raised_at is not None) is raised and not one.decided_at and not one.dropped_at]
    return tuple((str(one.escalation_id), say(TRIGGERS[one.trigger])) for one in waiting)


def _surveys(_step: str, case: CaseAnswer) -> tuple[Option, ...]:
    return tuple((str(one.survey_id), exact(one.requested_at)[:16]) for one in reversed(case.surveys) if one.answered_at is None)[:1]


def _others(step: str, case: CaseAnswer) -> tuple[Option, ...]:
    """To be linked by its number, which may be typed, too; to be unlinked out of those that are."""
    if step == "unlink":
        return tuple((str(one.complaint_id), f"{one.number} · {one.beginning[:24]}") for one in case.linked)
    return tuple((one.number, one.beginning[:24]) for one in case.similar)


def _kept_files(_step: str, case: CaseAnswer) -> tuple[Option, ...]:
    kept = (one for one in case.files if one.state == "kept")
    return tuple((str(one.file_id), one.name or t("照片或录音", "photo or voice")) for one in kept)


PICKS: dict[str, Callable[[str, CaseAnswer], tuple[Option, ...]]] = {
    "deadlines": _clocks,
    "deadline_id": _clocks,
    "vrt_id": _groups,
    "escalation_id": _escalations,
    "survey_id": _surveys,
    "other_id": _others,
    "files": _kept_files,
}


def _names(step: str, name: str, case: CaseAnswer, around: Around) -> tuple[Option, ...]:
    """Those of the right roles; for a dealer or region whoever has had to do with the case."""
    if around.placed:
        seen = dict.fromkeys([case.handler, *(one.by for one in case.history)])
        return tuple((one, one) for one in seen if one and one not in (around.me, "system"))
    roles = NAMED_BY.get((step, name), MENTIONED)
    theirs = f"dealer:{case.dealer_code}"
    members = [
        one for one in around.staff if not one.disabled and (one.role in roles or (roles is MENTIONED and one.scope == theirs != "dealer:"))
    ]
    return tuple((one.name, one.name) for one in members)


def _known(step: str, case: CaseAnswer, around: Around) -> dict[str, Any]:
    """What can be said already."""
    flags: dict[str, Any] = {"safety": case.safety, "media": case.media, "institution": case.institution}
    filed = flags | {"type": case.type or case.wanted_type, "grade": case.grade, "subtypes": case.subtypes}
    groups = [one for one in case.vrts if one.ended_at is None]
    drafts = [one for one in case.escalations if one.raised_at is None and not one.dropped_at]
    fee = case.plans[-1].fee if case.plans else None
    draft = {"escalation_id": drafts[0].escalation_id, "trigger": drafts[0].trigger} if drafts else {}
    by_step: dict[str, dict[str, Any]] = {
        "file": filed,
        "reclassify": filed,
        "assign": {"dealer_code": case.dealer_code},
        "take_over": {"to": around.me},
        "dispute": {"filed_on": around.today},
        "set_vrt_members": {"members": groups[0].members} if groups else {},
        "escalate": draft | {"fee": fee},
        "answer_survey": {"by": "call"},
    }
    return by_step.get(step, {})
