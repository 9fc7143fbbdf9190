"""管理升级: drafted by the system, raised by the handler (or by itself where that is on), decided by a leader (A-CMP-14, 19..26). Pure."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from chassis.logs import get_logger
from contracts.complaint_steps.beside import DecideEscalation, DraftEscalation, DropEscalation, Escalate
from contracts.complaint_words import Role, Trigger
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Escalation, put
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.days import day_of
from services.complaints.support.authority import LOWEST_LEADER

log = get_logger(__name__)

OF_A_GROUP = frozenset({Trigger.VRT_LATE, Trigger.NO_PROPOSAL})


def is_open(escalation: Escalation) -> bool:
    return escalation.is_draft or escalation.waits


def open_about(case: Case, trigger: Trigger, about_id: UUID | None) -> Escalation | None:
    """The draft, or what waits for a leader, of this trigger (and VRT group): there is one at most."""
    same = (one for one in case.escalations if one.trigger is trigger and (about_id is None or one.about_id in (None, about_id)))
    return next((one for one in same if is_open(one)), None)


def draft_escalation(case: Case, form: DraftEscalation, _by: Acting, world: World) -> Case:
    """A-CMP-23: the system only prompts. Raises Refused."""
    if any(one.escalation_id == form.escalation_id for one in case.escalations) or open_about(case, form.trigger, form.vrt_id):
        raise _open_already()
    fee = _fee_of(case, Decimal(0))
    level = max(world.authority.level_for(fee, case.type, day_of(world.now)), LOWEST_LEADER)
    return with_escalation(case, Escalation(form.escalation_id, form.trigger, form.vrt_id, world.now, level=level, fee=fee))


def escalate(case: Case, form: Escalate, by: Acting, world: World) -> Case:
    """From a draft, or at once; then it takes up the draft of its trigger, if there is one. Raises Refused."""
    draft = _draft_for(case, form, world)
    fee = _fee_of(case, form.fee)
    today = day_of(world.now)
    rule = world.authority.rule_for(fee, case.type, today)
    if rule is None:
        log.warning("authority_table_has_no_rule", complaint=str(case.complaint_id))
    raised = replace(
        draft,
        level=_level(form, by, world.authority.level_for(fee, case.type, today)),
        rule_id=rule.rule_id if rule else "",
        fee=fee,
        note=form.note,
        raised_by=by.name,
        raised_at=world.now,
    )
    return with_escalation(case, raised)


def drop_escalation(case: Case, form: DropEscalation, by: Acting, world: World) -> Case:
    """A draft is not raised; what a leader has before them is theirs to decide. Raises Refused."""
    draft = _known(case, form.escalation_id)
    if not draft.is_draft:
        raise _no_draft()
    return with_escalation(case, replace(draft, note=form.reason, dropped_by=by.name, dropped_at=world.now))


def decide_escalation(case: Case, form: DecideEscalation, by: Acting, world: World) -> Case:
    """By a leader of its level or a higher one. `higher`: the next level is asked instead. Raises Refused."""
    asked = _known(case, form.escalation_id)
    if not asked.waits:
        raise Refused("not_waiting", "该升级不在等待决定", "This escalation does not wait for a decision.")
    if by.level < asked.level:
        raise Refused("above_authority", f"该升级需 {asked.level} 级决定", f"This escalation is for level {asked.level} to decide.")
    decided = replace(asked, decision=form.decision, decision_note=form.note, decided_by=by.name, decided_at=world.now)
    case = with_escalation(case, decided)
    return _passed_up(case, asked, by, form.note, world) if form.decision == "higher" else case


def taken_back(case: Case, by: str, now: datetime) -> Case:
    """The case has ended: what is open is not decided any more."""
    for one in case.escalations:
        if is_open(one):
            case = with_escalation(case, replace(one, dropped_by=by, dropped_at=now))
    return case


def with_escalation(case: Case, escalation: Escalation) -> Case:
    return case.learnt(escalations=put(case.escalations, escalation, "escalation_id"))


def _draft_for(case: Case, form: Escalate, world: World) -> Escalation:
    if form.escalation_id is not None:
        known = _known(case, form.escalation_id)
        if not known.is_draft or known.trigger is not form.trigger:
            raise _no_draft()
        return known
    found = open_about(case, form.trigger, None)
    if found and found.waits:
        raise _open_already()
    about_id = case.vrts[-1].vrt_id if case.vrts and form.trigger in OF_A_GROUP else None
    return found or Escalation(_next_id(case), form.trigger, about_id, world.now)


def _level(form: Escalate, by: Acting, needed: int) -> int:
    """`needed` 0: no rule says; then the handler does (S-05)."""
    if form.level is not None:
        if form.level < max(needed, LOWEST_LEADER):
            lowest = max(needed, LOWEST_LEADER)
            raise Refused("level_too_low", f"按费用授权至少升级到 {lowest} 级", f"By its fee it goes to level {lowest} at least.")
        return form.level
    if needed == 0 and by.role is not Role.SYSTEM:
        raise Refused("level_wanted", "没有适用的授权规则，请选择升级层级", "No rule of authority applies: choose the level.")
    return max(needed, LOWEST_LEADER)


def _passed_up(case: Case, asked: Escalation, by: Acting, note: str, world: World) -> Case:
    level = world.authority.above(asked.level, case.type, day_of(world.now))
    if level is None:
        raise Refused("no_higher", "没有更高的授权层级", "There is no higher level.")
    higher = Escalation(
        escalation_id=_next_id(case),
        trigger=asked.trigger,
        about_id=asked.about_id,
        drafted_at=world.now,
        level=level,
        rule_id=asked.rule_id,
        fee=asked.fee,
        note=note,
        raised_by=by.name,
        raised_at=world.now,
    )
    return with_escalation(case, higher)


def _fee_of(case: Case, said: Decimal) -> Decimal:
    """That of the plan, where none is said."""
    return said or (case.plan.fee if case.plan else Decimal(0))


def _next_id(case: Case) -> UUID:
    return uuid5(case.complaint_id, f"escalation {len(case.escalations) + 1}")


def _known(case: Case, escalation_id: UUID) -> Escalation:
    found = next((one for one in case.escalations if one.escalation_id == escalation_id), None)
    if found is None:
        raise Refused("no_such_escalation", "没有这个升级", "There is no such escalation.")
    return found


def _no_draft() -> Refused:
    return Refused("no_draft", "这不是待发起的升级草稿", "This is no draft of an escalation of that kind.")


def _open_already() -> Refused:
    return Refused("escalation_open", "同一原因的升级已存在", "There is an open escalation of this kind.")


DOINGS: dict[str, Doing] = {
    "draft_escalation": draft_escalation,
    "escalate": escalate,
    "drop_escalation": drop_escalation,
    "decide_escalation": decide_escalation,
}
