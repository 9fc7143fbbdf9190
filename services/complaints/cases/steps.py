"""The state machine of flows 4.2 as a table: which step leads from where to where, and who may take it.

What a step asks for stands in contracts/complaint_steps, what it does in the functions that services/complaints/cases/doing.py gathers.
A step whose `to` is None leaves the case where it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.complaint_words import ENDED, Kind, Role, State
from contracts.complaints import (
    ComplaintAssigned,
    ComplaintClosed,
    ComplaintDisputed,
    ComplaintEscalated,
    ComplaintEscalationDecided,
    ComplaintFiled,
    ComplaintJudged,
    ComplaintNews,
    ComplaintProgressed,
    ComplaintReceived,
    ComplaintReopened,
    ComplaintSurveyAnswered,
    ComplaintSurveyRequested,
    ComplaintVrtConcluded,
    ComplaintVrtStarted,
)

S, R = State, Role

OPEN = frozenset(State) - ENDED
AFTER_FILING = OPEN - {S.RECEIVED, S.INVALID}
AFTER_ASSIGNMENT = AFTER_FILING - {S.FILED, S.DISPUTED}
"""Where a customer may take a case back and the handler approves: refused, it stands where it stood."""
CLOSED = frozenset({S.CLOSED, S.SURVEYED})
ANSWERED = frozenset({S.CLOSED_INVALID, S.SOLVED_DIRECT})
"""Ended without ever being filed."""
ANYWHERE = frozenset(State)
STAFF = frozenset(Role) - {R.CUSTOMER, R.SYSTEM}


@dataclass(frozen=True)
class Step:
    """`by_kind`: other roles for a grievance and a complaint. `to`: the states to one of which it leads; empty: where it stood.

    `to_from`: of some states, to where it leads from there instead.
    """

    name: str
    since: frozenset[State]
    to: frozenset[State]
    by: frozenset[Role]
    tells: type[ComplaintNews] = ComplaintProgressed
    by_kind: Mapping[Kind, frozenset[Role]] | None = None
    to_from: Mapping[State, frozenset[State]] = field(default_factory=dict)

    def roles(self, kind: Kind) -> frozenset[Role]:
        return self.by_kind[kind] if self.by_kind else self.by


def _step(
    name: str,
    since: frozenset[State],
    to: frozenset[State],
    *by: Role,
    tells: type[ComplaintNews] = ComplaintProgressed,
    by_kind: Mapping[Kind, frozenset[Role]] | None = None,
    to_from: Mapping[State, frozenset[State]] | None = None,
) -> Step:
    return Step(name, since, to, frozenset(by), tells, by_kind, to_from or {})


def _at(*states: State) -> frozenset[State]:
    return frozenset(states)


_STAYS: frozenset[State] = frozenset()
_BY_KIND = {Kind.GRIEVANCE: frozenset({R.AGENT}), Kind.COMPLAINT: frozenset({R.HANDLER})}

TABLE: tuple[Step, ...] = (
    _step("receive", _STAYS, _at(S.RECEIVED), R.CUSTOMER, R.AGENT, R.HANDLER, R.DEALER, tells=ComplaintReceived),
    _step("judge_invalid", _at(S.RECEIVED), _at(S.INVALID), R.AGENT, R.HANDLER, tells=ComplaintJudged, by_kind=_BY_KIND),
    _step("reply_invalid", _at(S.INVALID), _at(S.CLOSED_INVALID), R.AGENT, R.DEALER, tells=ComplaintJudged),
    _step("solve_directly", _at(S.RECEIVED), _at(S.SOLVED_DIRECT), R.AGENT, tells=ComplaintJudged),
    _step("raise_to_complaint", _at(S.RECEIVED), _STAYS, R.AGENT, tells=ComplaintJudged),
    _step("file", _at(S.RECEIVED), _at(S.FILED), R.HANDLER, tells=ComplaintFiled),
    _step("reclassify", AFTER_FILING, _STAYS, R.HANDLER),
    _step("assign", _at(S.FILED, S.RETURNED, S.REOPENED, S.ASSIGNED), _at(S.ASSIGNED), R.HANDLER, tells=ComplaintAssigned),
    _step("accept", _at(S.ASSIGNED), _at(S.ACCEPTED), R.DEALER),
    _step("return", _at(S.ASSIGNED), _at(S.RETURNED), R.DEALER),
    _step("start_planning", _at(S.ACCEPTED), _at(S.PLANNING), R.DEALER),
    _step("submit_plan", _at(S.PLANNING), _at(S.PLAN_SUBMITTED), R.DEALER),
    _step("authorise_plan", _at(S.PLAN_SUBMITTED), _at(S.EXECUTING), R.HANDLER, R.LEADER),
    _step("send_back_plan", _at(S.PLAN_SUBMITTED), _at(S.PLANNING), R.HANDLER, R.LEADER),
    _step("carry_out", _at(S.EXECUTING), _STAYS, R.DEALER),
    _step("propose_closure", _at(S.EXECUTING), _at(S.CLOSURE_PROPOSED), R.DEALER),
    _step("approve_closure", _at(S.CLOSURE_PROPOSED), _at(S.CLOSED), R.HANDLER, tells=ComplaintClosed),
    _step("refuse_closure", _at(S.CLOSURE_PROPOSED), AFTER_ASSIGNMENT - {S.CLOSURE_PROPOSED}, R.HANDLER),
    _step("withdraw", OPEN - {S.INVALID, S.DISPUTED}, _at(S.CLOSED, S.CLOSURE_PROPOSED), R.CUSTOMER, R.AGENT),
    _step("followed_up", CLOSED, _STAYS, R.HANDLER, R.DEALER),
    _step(
        "reopen",
        ENDED,
        _at(S.REOPENED),
        R.CUSTOMER,
        R.AGENT,
        R.HANDLER,
        R.SYSTEM,
        tells=ComplaintReopened,
        to_from=dict.fromkeys(ANSWERED, _at(S.RECEIVED)) | dict.fromkeys(CLOSED, _at(S.RECEIVED, S.REOPENED)),
    ),
    _step("request_survey", _at(S.CLOSED), _STAYS, R.SYSTEM, tells=ComplaintSurveyRequested),
    _step("call_back", CLOSED, _STAYS, R.SYSTEM),
    _step("answer_survey", CLOSED, _at(S.SURVEYED), R.CUSTOMER, R.AGENT, tells=ComplaintSurveyAnswered),
    _step("dispute", OPEN - {S.DISPUTED}, _at(S.DISPUTED), R.HANDLER, tells=ComplaintDisputed),
    _step(
        "settle_dispute",
        _at(S.DISPUTED),
        OPEN - {S.DISPUTED, S.CLOSURE_PROPOSED, S.INVALID} | {S.CLOSED},
        R.HANDLER,
        R.LEGAL,
        tells=ComplaintDisputed,
    ),
    _step("add", OPEN, _STAYS, R.CUSTOMER, R.AGENT, R.HANDLER, R.DEALER),
    _step("contact", OPEN, _STAYS, R.AGENT, R.HANDLER, R.DEALER),
    _step("take_over", OPEN, _STAYS, R.AGENT, R.HANDLER),
    _step("link", ANYWHERE, _STAYS, R.AGENT, R.HANDLER, R.SYSTEM),
    _step("unlink", ANYWHERE, _STAYS, R.AGENT, R.HANDLER),
    _step("unmatch", ANYWHERE, _STAYS, R.AGENT, R.HANDLER),
    _step("set_deadline", OPEN, _STAYS, R.HANDLER),
    _step("pause", OPEN, _STAYS, R.HANDLER),
    _step("resume", OPEN, _STAYS, R.HANDLER),
    _step("meet_deadline", OPEN, _STAYS, R.HANDLER),
    _step("drop_deadline", OPEN, _STAYS, R.HANDLER),
    _step("breach", OPEN, _STAYS, R.SYSTEM),
    _step("start_vrt", AFTER_FILING, _STAYS, R.HANDLER, tells=ComplaintVrtStarted),
    _step("set_vrt_members", AFTER_FILING, _STAYS, R.HANDLER, R.TECHNICAL),
    _step("conclude_vrt", AFTER_FILING, _STAYS, R.HANDLER, R.TECHNICAL, R.VRT, tells=ComplaintVrtConcluded),
    _step("draft_escalation", OPEN, _STAYS, R.SYSTEM),
    _step("escalate", OPEN, _STAYS, R.HANDLER, R.SYSTEM, tells=ComplaintEscalated),
    _step("drop_escalation", OPEN, _STAYS, R.HANDLER, R.SYSTEM),
    _step("decide_escalation", OPEN, _STAYS, R.LEADER, tells=ComplaintEscalationDecided),
    _step("declare_crisis", OPEN, _STAYS, R.HANDLER),
    _step("end_crisis", ANYWHERE, _STAYS, R.HANDLER, R.MARKETING),
    _step("note", ANYWHERE, _STAYS, *STAFF),
    _step("attach", ANYWHERE, _STAYS, R.CUSTOMER, *STAFF),
)
"""In the order in which a case goes through them; then what may be done at any time."""

STEPS: dict[str, Step] = {step.name: step for step in TABLE}


def leads(step: Step, state: State) -> frozenset[State]:
    """Where this step may lead from this state; empty: it may not be taken there."""
    if state not in step.since:
        return frozenset()
    return step.to_from.get(state, step.to) or frozenset({state})


def reachable(start: State = State.RECEIVED) -> frozenset[State]:
    """All states that some path leads to."""
    seen, todo = {start}, [start]
    while todo:
        state = todo.pop()
        news = {to for step in TABLE for to in leads(step, state)} - seen
        seen |= news
        todo += news
    return frozenset(seen)
