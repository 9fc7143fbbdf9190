"""Walks of several roles at once through plans, groups, escalations, disputes, closing, surveys: what must hold holds at each step."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from contracts.complaint_steps.beside import (
    Breach,
    ConcludeVrt,
    DecideEscalation,
    DeclareCrisis,
    Dispute,
    DropEscalation,
    EndCrisis,
    Escalate,
    SettleDispute,
    SetVrtMembers,
    StartVrt,
)
from contracts.complaint_steps.closing import (
    AnswerSurveyStep,
    ApproveClosure,
    CallBack,
    FollowedUp,
    ProposeClosure,
    RefuseClosure,
    Reopen,
    RequestSurvey,
)
from contracts.complaint_steps.form import OneOfFour
from contracts.complaint_steps.handling import (
    Accept,
    Assign,
    AuthorisePlan,
    CarryOut,
    FileCase,
    Return,
    SendBackPlan,
    StartPlanning,
    SubmitPlan,
)
from contracts.complaint_steps.intake import JudgeInvalid, ReplyInvalid, Withdraw
from contracts.complaint_words import (
    ENDED,
    CaseType,
    CloseReason,
    DeadlineKind,
    DisputeKind,
    Grade,
    Role,
    State,
    Trigger,
    VrtKind,
    VrtResult,
)
from services.complaints.cases.doing import DOINGS
from services.complaints.cases.steps import STEPS, leads
from services.complaints.cases.taking import BY_ITSELF, Acting, Refused, take
from services.complaints.closing import doing as closing
from services.complaints.support import doing as support
from services.complaints.support.drafting import to_draft, to_withdraw
from tests.services.complaints.standing_cases import AGENT, CUSTOMER, DEALER, HANDLER, MONDAY, TECHNICAL, a_case, a_world, an_id, leader

WALKS, LENGTH = 80, 150
MEMBER = Acting("钱一", Role.VRT)
DETOURS = {"judge_invalid", "withdraw", "dispute", "declare_crisis", "return", "reopen", "start_vrt", "escalate", "send_back_plan"}
"""Taken less often, so that walks get through to the end."""
WORLD = a_world()
ALL = (AGENT, CUSTOMER, DEALER, HANDLER, TECHNICAL, MEMBER, leader(2), leader(4), BY_ITSELF)


def a_form(dice, case, now):
    """Any step, often about what there is."""

    def any_id(of, name):
        return dice.choice([getattr(one, name) for one in of] or [an_id("none")])

    reason = dice.choice([*get_args(OneOfFour), CloseReason.ACCEPTED_PENDING])
    day = (now + timedelta(days=dice.randint(1, 40))).date() if reason is CloseReason.ACCEPTED_PENDING else None
    result = dice.choice(list(VrtResult))
    makers = {
        "file": lambda: FileCase(type=dice.choice(list(CaseType)), grade=dice.choice(list(Grade))),
        "judge_invalid": lambda: JudgeInvalid(reason="no_fault", note="无"),
        "reply_invalid": lambda: ReplyInvalid(said="您好"),
        "assign": lambda: Assign(region_code="EAST", dealer_code="D001"),
        "accept": Accept,
        "return": lambda: Return(reason="非本店"),
        "start_planning": StartPlanning,
        "submit_plan": lambda: SubmitPlan(content="维修", fee=dice.choice([0, 400, 3000, 80000])),
        "authorise_plan": AuthorisePlan,
        "send_back_plan": lambda: SendBackPlan(reason="不妥"),
        "carry_out": lambda: CarryOut(accepted=dice.random() < 0.7),
        "propose_closure": lambda: ProposeClosure(reason=reason, evidence="录音", follow_up_on=day),
        "approve_closure": lambda: ApproveClosure(said="谢谢"),
        "refuse_closure": lambda: RefuseClosure(reason="不足"),
        "withdraw": Withdraw,
        "followed_up": lambda: FollowedUp(note="已做"),
        "reopen": lambda: Reopen(reason=dice.choice(["customer", "follow_up_missed", "low_score", "handler"])),
        "request_survey": lambda: RequestSurvey(survey_id=an_id(f"survey {len(case.closures)}")),
        "call_back": lambda: CallBack(survey_id=any_id(case.surveys, "survey_id")),
        "answer_survey": lambda: AnswerSurveyStep(
            survey_id=any_id(case.surveys, "survey_id"), by=dice.choice(["customer", "call"]), score=dice.choice([None, 1, 3, 5])
        ),
        "start_vrt": lambda: StartVrt(kind=dice.choice(list(VrtKind)), lead="孙技术", members=("钱一",), minutes=90, question="？"),
        "set_vrt_members": lambda: SetVrtMembers(vrt_id=any_id(case.vrts, "vrt_id"), members=("钱一", "吴二")),
        "conclude_vrt": lambda: ConcludeVrt(
            vrt_id=any_id(case.vrts, "vrt_id"),
            result=result,
            problem_exists=True,
            responsibility="供应商",
            conclusion="已查",
            proposal="" if result is VrtResult.NONE else "更换",
        ),
        "escalate": lambda: Escalate(trigger=dice.choice(list(Trigger)), note="急"),
        "drop_escalation": lambda: DropEscalation(escalation_id=any_id(case.escalations, "escalation_id"), reason="不必"),
        "decide_escalation": lambda: DecideEscalation(
            escalation_id=any_id(case.escalations, "escalation_id"), decision=dice.choice(["support", "refuse", "higher"]), note="定"
        ),
        "dispute": lambda: Dispute(kind=dice.choice([DisputeKind.ARBITRATION, DisputeKind.LITIGATION]), body="法院", filed_on=now.date()),
        "settle_dispute": lambda: SettleDispute(result="调解", closes=dice.random() < 0.3),
        "declare_crisis": lambda: DeclareCrisis(note="热搜"),
        "end_crisis": lambda: EndCrisis(note="平息"),
        "breach": lambda: Breach(deadline_id=any_id([one for one in case.deadlines if one.is_open], "deadline_id")),
    }
    names = [name for name in makers if dice.random() < 0.1 or leads(STEPS[name], case.state)]
    weights = [1 if name in DETOURS else 6 for name in names]
    return makers[dice.choices(names, weights)[0]]()


def someone(dice, form, kind):
    """Mostly one whose step it is."""
    theirs = [by for by in ALL if by.role in STEPS[form.step].roles(kind)]
    return dice.choice(theirs if theirs and dice.random() < 0.9 else ALL)


def prompted(case, world):
    for _ in range(20):
        form = to_withdraw(case, world.terms) or to_draft(case, world.terms)
        if form is None:
            return case
        case = take(case, form, BY_ITSELF, world, DOINGS)
    raise AssertionError("it drafts without an end")


def check_parts(case):
    running = [vrt for vrt in case.vrts if vrt.ended_at is None]
    assert max(Counter(vrt.kind for vrt in running).values(), default=0) <= 1
    limits_of_groups = {one.about_id for one in case.deadlines if one.is_open and one.kind is DeadlineKind.VRT_CONCLUSION}
    assert limits_of_groups == {vrt.vrt_id for vrt in running}

    open_ones = Counter((one.trigger, one.about_id) for one in case.escalations if one.is_draft or one.waits)
    assert max(open_ones.values(), default=0) <= 1
    for one in case.escalations:
        assert one.is_draft + one.waits + (one.decided_at is not None) + (one.dropped_at is not None) == 1
    for parts, key in (
        (case.plans, "plan_id"),
        (case.vrts, "vrt_id"),
        (case.escalations, "escalation_id"),
        (case.closures, "closure_id"),
        (case.disputes, "dispute_id"),
        (case.surveys, "survey_id"),
        (case.deadlines, "deadline_id"),
    ):
        assert len({getattr(one, key) for one in parts}) == len(parts)


def check_state(case):
    undecided = [one for one in case.closures if one.approved is None]
    assert undecided == ([case.closure] if case.state is State.CLOSURE_PROPOSED else [])
    fights = [one for one in case.disputes if one.kind is not DisputeKind.CRISIS and one.ended_at is None]
    assert len(fights) == (1 if case.state is State.DISPUTED else 0)
    assert sum(one.kind is DisputeKind.CRISIS and one.ended_at is None for one in case.disputes) <= 1
    if case.state is State.EXECUTING:
        assert case.plan.authorised is True
    if case.state is State.PLAN_SUBMITTED:
        assert case.plan.authorised is None
    assert (case.closed_at is None) is case.is_open
    if case.state not in ENDED | {State.RECEIVED, State.INVALID, State.DISPUTED}:
        assert case.filed_at is not None
    if case.state in (State.CLOSED, State.SURVEYED):
        assert case.closure.approved is True
        assert case.close_reason is case.closure.reason


def check_end(case):
    if case.is_open:
        assert case.close_reason is None
        assert case.reopen_until is None
        assert all(one.follow_up_at is None and one.survey_at is None for one in case.closures)
        assert all(one.call_at is None and one.call_by is None for one in case.surveys)
        return
    assert not any(one.is_open for one in case.deadlines)
    assert not any(one.is_draft or one.waits for one in case.escalations)
    assert all(vrt.ended_at for vrt in case.vrts)
    assert all(one.follow_up_at is None and one.survey_at is None for one in case.closures[:-1])
    assert max(Counter(one.closure_id for one in case.surveys).values(), default=0) <= 1
    last = case.closure.closure_id if case.closure else None
    assert all(one.closure_id == last for one in case.surveys if one.call_at or one.call_by)
    if case.closure:
        assert case.closure.survey_at is None or (case.state is State.CLOSED and case.closure.follow_up_at is None)


def check_authority(before, after, by):
    """Nobody gave away more than they may."""
    if after.plan and after.plan.authorised and not (before.plan and before.plan.authorised):
        needed = {0: 1, 400: 1, 3000: 2, 80000: 4}[after.plan.fee]
        assert needed <= (by.level if by.role is Role.LEADER else 1)
    for old, new in zip(before.escalations, after.escalations, strict=False):
        if new.decided_at and not old.decided_at:
            assert by.level >= old.level


def walk(seed, taken):
    dice = random.Random(seed)
    case, now = a_case(State.RECEIVED, filed_at=None, assigned_at=None, source_dealer="", dealer_code=""), MONDAY
    for _ in range(LENGTH):
        now += timedelta(minutes=dice.choice([1, 30, 600, 3000]))
        world = replace(WORLD, now=now)
        form = a_form(dice, case, now)
        by = someone(dice, form, case.kind)
        before = case
        try:
            after = take(case, form, by, world, DOINGS)
        except Refused:
            continue
        taken[form.step] += 1
        taken[after.state] += 1
        case = prompted(after, world)
        check_authority(before, after, by)
        for check in (check_parts, check_state, check_end):
            check(case)


def test_what_must_hold_holds_after_every_step_of_many_walks():
    taken = Counter()

    for seed in range(WALKS):
        walk(seed, taken)

    assert set(closing.DOINGS) | set(support.DOINGS) - {"draft_escalation"} <= set(taken)
    assert set(State) - {State.SOLVED_DIRECT} <= set(taken)
