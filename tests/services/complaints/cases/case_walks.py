"""Anything that anybody may try with a case, for walks through it."""

from datetime import timedelta
from typing import get_args
from uuid import UUID, uuid4

from contracts import complaint_steps as forms
from contracts.complaint_steps.form import OneOfFour
from contracts.complaint_words import CaseType, CloseReason, DeadlineKind, DisputeKind, Grade, Role, Trigger, VrtKind, VrtResult
from services.complaints.cases.steps import STEPS, leads
from services.complaints.cases.taking import BY_ITSELF, Acting, is_theirs
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, HANDLER, LEADER, OTHER_DEALER, REGION

TECHNICAL, MEMBER = Acting("feng", Role.TECHNICAL), Acting("chen", Role.VRT)
LEGAL, MARKETING, MONITOR = Acting("chu", Role.LEGAL), Acting("wei", Role.MARKETING), Acting("jiang", Role.MONITOR)
CUSTOMER = Acting(str(UUID(int=7)), Role.CUSTOMER)
STAFF = (AGENT, HANDLER, DEALER, OTHER_DEALER, REGION, LEADER, TECHNICAL, MEMBER, LEGAL, MARKETING, MONITOR)
ALL = (*STAFF, CUSTOMER, BY_ITSELF)
ONWARD = {
    *("file", "assign", "accept", "start_planning", "submit_plan", "authorise_plan", "carry_out", "propose_closure", "approve_closure"),
    *("raise_to_complaint", "reply_invalid", "conclude_vrt", "settle_dispute", "request_survey", "answer_survey", "followed_up", "reopen"),
}
"""Taken more often, so that walks get through to the end."""


def _makers(dice, case, now, others):
    def any_id(of, name):
        return dice.choice([getattr(one, name) for one in of] or [uuid4()])

    def open_limits():
        return [one for one in case.deadlines if one.is_open]

    reason, result = dice.choice(get_args(OneOfFour)), dice.choice(list(VrtResult))
    follow_up = (now + timedelta(days=dice.randint(1, 40))).date() if reason is CloseReason.ACCEPTED_PENDING else None
    classes = {"type": dice.choice(list(CaseType)), "grade": dice.choice(list(Grade)), "media": dice.random() < 0.2}
    return {
        "judge_invalid": lambda: forms.JudgeInvalid(reason="no_fault", note="无"),
        "reply_invalid": lambda: forms.ReplyInvalid(said="您好"),
        "solve_directly": lambda: forms.SolveDirectly(verified="是", solution="已办", said="好了"),
        "raise_to_complaint": lambda: forms.RaiseToComplaint(note="转"),
        "file": lambda: forms.FileCase(**classes),
        "reclassify": lambda: forms.Reclassify(**classes, reason="重判"),
        "assign": lambda: forms.Assign(region_code=dice.choice(["EAST", "WEST"]), dealer_code=dice.choice(["D001", "D002"])),
        "accept": forms.Accept,
        "return": lambda: forms.Return(reason="非本店"),
        "start_planning": forms.StartPlanning,
        "submit_plan": lambda: forms.SubmitPlan(content="维修", fee=dice.choice([0, 400, 3000])),
        "authorise_plan": forms.AuthorisePlan,
        "send_back_plan": lambda: forms.SendBackPlan(reason="不妥"),
        "carry_out": lambda: forms.CarryOut(accepted=dice.random() < 0.8),
        "propose_closure": lambda: forms.ProposeClosure(reason=reason, evidence="录音", follow_up_on=follow_up),
        "approve_closure": lambda: forms.ApproveClosure(said="谢谢"),
        "refuse_closure": lambda: forms.RefuseClosure(reason="不足"),
        "withdraw": forms.Withdraw,
        "followed_up": lambda: forms.FollowedUp(note="已做"),
        "reopen": lambda: forms.Reopen(reason=dice.choice(["customer", "follow_up_missed", "low_score", "handler"])),
        "request_survey": lambda: forms.RequestSurvey(survey_id=uuid4()),
        "call_back": lambda: forms.CallBack(survey_id=any_id(case.surveys, "survey_id")),
        "answer_survey": lambda: forms.AnswerSurveyStep(
            survey_id=any_id(case.surveys, "survey_id"), by=dice.choice(["customer", "call"]), score=dice.choice([None, 1, 3, 5])
        ),
        "add": lambda: forms.Add(addition_id=dice.choice([None, uuid4()]), text="还有"),
        "contact": lambda: forms.Contact(how="phone", reached=dice.random() < 0.7),
        "take_over": lambda: forms.TakeOver(to=dice.choice(["li", "wu", "wang"])),
        "link": lambda: forms.Link(other_id=dice.choice(others)),
        "unlink": lambda: forms.Unlink(other_id=dice.choice(case.linked or others), reason="不是一件事"),
        "unmatch": lambda: forms.Unmatch(reason="是其家人"),
        "note": lambda: forms.Note(text="备注", mentions=tuple(dice.sample(["li", "chen", "chu", "wang"], dice.randint(0, 2)))),
        "attach": lambda: forms.Attach(file_id=uuid4(), name="x"),
        "set_deadline": lambda: forms.SetDeadline(
            kind=dice.choice(list(DeadlineKind)), label="回电", minutes=dice.choice([60, 600, 6000]), reason="改"
        ),
        "pause": lambda: forms.Pause(deadlines=(any_id(open_limits(), "deadline_id"),), reason="customer", note="等"),
        "resume": lambda: forms.Resume(deadlines=(any_id(open_limits(), "deadline_id"),)),
        "meet_deadline": lambda: forms.MeetDeadline(deadline_id=any_id(open_limits(), "deadline_id"), note="已办"),
        "drop_deadline": lambda: forms.DropDeadline(deadline_id=any_id(open_limits(), "deadline_id"), reason="不必"),
        "breach": lambda: forms.Breach(deadline_id=any_id(open_limits(), "deadline_id")),
        "start_vrt": lambda: forms.StartVrt(kind=dice.choice(list(VrtKind)), lead="feng", members=("chen",), minutes=90, question="？"),
        "set_vrt_members": lambda: forms.SetVrtMembers(vrt_id=any_id(case.vrts, "vrt_id"), members=("chen", "wu")[: dice.randint(0, 2)]),
        "conclude_vrt": lambda: forms.ConcludeVrt(
            vrt_id=any_id(case.vrts, "vrt_id"),
            result=result,
            problem_exists=True,
            responsibility=dice.choice(["", "厂家"]),
            conclusion="已查",
            proposal="" if result is VrtResult.NONE else "更换",
        ),
        "escalate": lambda: forms.Escalate(trigger=dice.choice(list(Trigger)), level=dice.choice([None, 2, 3]), note="急"),
        "drop_escalation": lambda: forms.DropEscalation(escalation_id=any_id(case.escalations, "escalation_id"), reason="不必"),
        "decide_escalation": lambda: forms.DecideEscalation(
            escalation_id=any_id(case.escalations, "escalation_id"), decision=dice.choice(["support", "refuse", "higher"]), note="定"
        ),
        "dispute": lambda: forms.Dispute(
            kind=dice.choice([DisputeKind.ARBITRATION, DisputeKind.LITIGATION]), body="法院", filed_on=now.date(), legal=("chu",)
        ),
        "settle_dispute": lambda: forms.SettleDispute(result="调解", closes=dice.random() < 0.3),
        "declare_crisis": lambda: forms.DeclareCrisis(note="热搜", marketing=("wei",)),
        "end_crisis": lambda: forms.EndCrisis(note="平息"),
    }


def any_form(dice, case, now, others):
    """Mostly a step that the table allows where the case stands. `others`: ids of other cases, for links."""
    makers = _makers(dice, case, now, others)
    names = [name for name in makers if dice.random() < 0.05 or leads(STEPS[name], case.state)]
    weights = [12 if name in ONWARD else 1 for name in names]
    return makers[dice.choices(names, weights)[0]]()


def anyone(dice, form, case):
    """Mostly one whose step it is."""
    theirs = [by for by in ALL if by.role in STEPS[form.step].roles(case.kind) and is_theirs(form.step, case, by)]
    return dice.choice(theirs if theirs and dice.random() < 0.9 else ALL)
