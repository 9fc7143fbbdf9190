"""The table of steps against flows 4.2: it leads nowhere from where nothing follows, and says who may do what."""

import pytest

from contracts.complaint_steps import FORMS
from contracts.complaint_words import ENDED, Kind, Role, State
from services.complaints.cases.doing import DOINGS
from services.complaints.cases.steps import STEPS, TABLE, leads, reachable
from services.complaints.cases.words import STEP_WORDS

S, R = State, Role

FLOWS = (
    ("judge_invalid", S.RECEIVED, {S.INVALID}, {R.AGENT, R.HANDLER}),
    ("reply_invalid", S.INVALID, {S.CLOSED_INVALID}, {R.AGENT, R.DEALER}),
    ("solve_directly", S.RECEIVED, {S.SOLVED_DIRECT}, {R.AGENT}),
    ("raise_to_complaint", S.RECEIVED, {S.RECEIVED}, {R.AGENT}),
    ("file", S.RECEIVED, {S.FILED}, {R.HANDLER}),
    ("assign", S.FILED, {S.ASSIGNED}, {R.HANDLER}),
    ("accept", S.ASSIGNED, {S.ACCEPTED}, {R.DEALER}),
    ("return", S.ASSIGNED, {S.RETURNED}, {R.DEALER}),
    ("assign", S.RETURNED, {S.ASSIGNED}, {R.HANDLER}),
    ("start_planning", S.ACCEPTED, {S.PLANNING}, {R.DEALER}),
    ("submit_plan", S.PLANNING, {S.PLAN_SUBMITTED}, {R.DEALER}),
    ("authorise_plan", S.PLAN_SUBMITTED, {S.EXECUTING}, {R.HANDLER, R.LEADER}),
    ("send_back_plan", S.PLAN_SUBMITTED, {S.PLANNING}, {R.HANDLER, R.LEADER}),
    ("propose_closure", S.EXECUTING, {S.CLOSURE_PROPOSED}, {R.DEALER}),
    ("approve_closure", S.CLOSURE_PROPOSED, {S.CLOSED}, {R.HANDLER}),
    ("answer_survey", S.CLOSED, {S.SURVEYED}, {R.AGENT, R.CUSTOMER}),
    ("assign", S.REOPENED, {S.ASSIGNED}, {R.HANDLER}),
)
"""Rows of flows 4.2: the step, from where, to where, and who."""


def moves(state):
    """Where any step leads on from here."""
    return {to for step in TABLE for to in leads(step, state)} - {state}


@pytest.mark.parametrize(("name", "since", "to", "by"), FLOWS)
def test_each_row_of_the_flows_is_in_the_table(name, since, to, by):
    assert leads(STEPS[name], since) == to
    assert STEPS[name].by == by


def test_what_the_flows_say_of_several_states_the_table_says_too():
    assert {state for state in State if leads(STEPS["dispute"], state)} == set(State) - ENDED - {S.DISPUTED}
    assert {S.EXECUTING, S.CLOSED} <= leads(STEPS["settle_dispute"], S.DISPUTED)
    assert {S.EXECUTING} <= leads(STEPS["refuse_closure"], S.CLOSURE_PROPOSED)
    for state in (S.CLOSED, S.SURVEYED):
        assert leads(STEPS["reopen"], state) == {S.REOPENED, S.RECEIVED}, "what was never filed is received again"
    for state in (S.CLOSED_INVALID, S.SOLVED_DIRECT):
        assert leads(STEPS["reopen"], state) == {S.RECEIVED}, "docs/decisions/0022"
    assert {R.CUSTOMER, R.HANDLER} <= STEPS["reopen"].by


def test_a_grievance_is_judged_by_the_agent_and_a_complaint_by_the_handler():
    judging = STEPS["judge_invalid"]

    assert (judging.roles(Kind.GRIEVANCE), judging.roles(Kind.COMPLAINT)) == ({R.AGENT}, {R.HANDLER})


def test_every_state_is_reached_and_only_end_states_need_no_step():
    assert reachable() == frozenset(State)
    assert {state for state in State if not moves(state)} <= ENDED


def test_from_every_state_some_path_leads_to_an_end():
    for state in State:
        assert reachable(state) & ENDED, state


def test_from_every_open_state_staff_alone_can_go_on():
    """Nobody has to wait for the customer or the system."""
    for state in set(State) - ENDED:
        theirs = [step for step in TABLE if leads(step, state) - {state} and step.by - {R.CUSTOMER, R.SYSTEM}]
        assert theirs, state


def test_the_dealer_never_stops_a_clock_and_the_handler_alone_files_assigns_and_closes():
    of_the_dealer = {step.name for step in TABLE if R.DEALER in step.by}

    assert not of_the_dealer & {"pause", "resume", "set_deadline", "meet_deadline", "drop_deadline"}
    for name in ("file", "assign", "approve_closure", "refuse_closure", "set_deadline", "pause"):
        assert STEPS[name].by == {R.HANDLER}


def test_every_step_has_one_form_a_name_and_every_one_but_receive_does_something():
    forms = set(FORMS.json_schema()["discriminator"]["mapping"])

    assert forms == set(STEPS) == set(STEP_WORDS)
    assert set(DOINGS) == set(STEPS) - {"receive"}
    assert len(STEPS) == len(TABLE)


def test_what_the_system_alone_does_nobody_else_may():
    assert {step.name for step in TABLE if step.by == {R.SYSTEM}} == {"request_survey", "call_back", "breach", "draft_escalation"}
