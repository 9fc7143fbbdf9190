"""投诉处理方案: handed in by the dealer, authorised by who may decide about its fee, carried out (A-CMP-16, 24..26). Pure."""

from dataclasses import replace
from uuid import uuid5

from contracts.complaint_steps.handling import AuthorisePlan, CarryOut, SendBackPlan, SubmitPlan
from contracts.complaint_words import DeadlineKind, Role, State
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Plan, put
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.clocks.deadlines import begin, limits_of, meet
from services.complaints.days import day_of
from services.complaints.support.authority import HANDLERS_LEVEL


def submit_plan(case: Case, form: SubmitPlan, by: Acting, world: World) -> Case:
    """With what the VRT groups found: while one is at work the plan waits for it (A-CMP-15). Raises Refused."""
    if any(vrt.ended_at is None for vrt in case.vrts):
        raise Refused(
            "vrt_open", "VRT 小组尚未给出结论，请在结论后提交方案", "A VRT group is at work: hand in the plan after its conclusion."
        )
    plan_no = len(case.plans) + 1
    plan = Plan(
        plan_id=uuid5(case.complaint_id, f"plan {plan_no}"),
        plan_no=plan_no,
        dealer_code=case.dealer_code,
        content=form.content,
        fee=form.fee,
        level=world.authority.level_for(form.fee, case.type, day_of(world.now)),
        submitted_by=by.name,
        submitted_at=world.now,
    )
    return _with(meet(case, DeadlineKind.DEALER_PLAN, world), plan).learnt(state=State.PLAN_SUBMITTED)


def authorise_plan(case: Case, form: AuthorisePlan, by: Acting, world: World) -> Case:
    """By the table as it is now: what a plan was handed in under may have changed since. Raises Refused."""
    plan = _submitted(case)
    level = world.authority.level_for(plan.fee, case.type, day_of(world.now))
    if level > (HANDLERS_LEVEL if by.role is Role.HANDLER else by.level):
        raise Refused("above_authority", f"费用需 {level} 级授权", f"Its fee is for level {level} to authorise.")
    decided = replace(plan, level=level, decided_by=by.name, decided_at=world.now, authorised=True, reason=form.note)
    return _with(case, decided).learnt(state=State.EXECUTING)


def wanted(case: Case, by: Acting, world: World) -> Case:
    """The dealer's limit for a plan begins: as it was filed, else the grade's (A-CMP-22, 36)."""
    minutes = case.plan_minutes or limits_of(world.terms, case.grade).dealer_plan
    return begin(case, DeadlineKind.DEALER_PLAN, minutes, by.name, world, basis=case.plan_basis)


def send_back_plan(case: Case, form: SendBackPlan, by: Acting, world: World) -> Case:
    """Another one is wanted, as soon as the first."""
    sent_back = replace(_submitted(case), decided_by=by.name, decided_at=world.now, authorised=False, reason=form.reason)
    return wanted(_with(case, sent_back).learnt(state=State.PLANNING), by, world)


def carry_out(case: Case, form: CarryOut, _by: Acting, world: World) -> Case:
    """As often as it takes: the last word of the customer stands."""
    return _with(case, replace(_submitted(case), executed_at=world.now, customer_accepts=form.accepted))


def _submitted(case: Case) -> Plan:
    if case.plan is None:
        raise Refused("no_plan", "还没有处理方案", "There is no plan yet.")
    return case.plan


def _with(case: Case, plan: Plan) -> Case:
    return case.learnt(plans=put(case.plans, plan, "plan_id"))


DOINGS: dict[str, Doing] = {
    "submit_plan": submit_plan,
    "authorise_plan": authorise_plan,
    "send_back_plan": send_back_plan,
    "carry_out": carry_out,
}
