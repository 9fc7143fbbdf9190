"""What was answered without being filed, and whom the answer does not content (docs/decisions/0022)."""

from uuid import UUID

import pytest

from contracts.complaint_steps.closing import Reopen
from contracts.complaint_steps.intake import Contact, JudgeInvalid, RaiseToComplaint, ReplyInvalid, SolveDirectly
from contracts.complaint_words import DeadlineKind, FollowerState, State
from contracts.complaints import ComplaintReopened, ReopenComplaint, WithdrawComplaint
from services.complaints.cases.taking import Refused
from services.complaints.figures.measures import measures
from services.complaints.figures.recount import recount
from tests.services.complaints.cases.case_worlds import AGENT, HANDLER, MONDAY, filing


def solved(desk):
    """A grievance of a follower, answered at once."""
    case = desk.submit(demand="")
    desk.take(case, AGENT, SolveDirectly(verified="是", solution="已洗车", said="已为您处理"))
    return case


def judged_invalid(desk):
    case = desk.submit()
    desk.take(case, HANDLER, JudgeInvalid(reason="no_fault", note="正常"))
    desk.take(case, AGENT, ReplyInvalid(said="属于正常现象"))
    return case


def objection(case):
    return ReopenComplaint(complaint_id=case, follower_id=UUID(int=7), reopening_no=1, text="并没有好", submitted_at=MONDAY)


def withdrawal(case):
    return WithdrawComplaint(complaint_id=case, follower_id=UUID(int=7), submitted_at=MONDAY)


def replies(case):
    return [one for one in case.deadlines if one.kind is DeadlineKind.FIRST_REPLY]


@pytest.mark.parametrize("answered", [solved, judged_invalid])
def test_whom_an_answer_does_not_content_is_heard_again_and_replied_to_in_time(desk, answered):
    case = answered(desk)
    first_replied_at = desk.case(case).first_replied_at
    desk.wait(days=desk.service.terms.reopen_days - 1)
    desk.house.told()

    news = desk.house.deliver(objection(case))[0]

    assert isinstance(news, ComplaintReopened)
    assert (news.state, news.shown, news.reopen_until) == (State.RECEIVED, FollowerState.RECEIVED, None)
    again = desk.case(case)
    assert (again.is_open, again.closed_at, again.first_replied_at) == (True, None, first_replied_at)
    assert [one.is_open for one in replies(again)] == [False, True]
    assert news.expected_at == replies(again)[-1].due_at
    desk.take(case, AGENT, Contact(how="phone"))
    assert replies(desk.case(case))[-1].met_at == desk.now


def test_the_agent_raises_it_and_the_handler_files_it(desk):
    case = solved(desk)
    desk.house.deliver(objection(case))

    desk.take(case, AGENT, RaiseToComplaint(note="客户坚持"))
    desk.take(case, HANDLER, filing())

    assert (desk.case(case).state, desk.case(case).handler, desk.case(case).reopened_count) == (State.FILED, "li", 1)


@pytest.mark.parametrize("answered", [solved, judged_invalid])
def test_after_the_days_of_a_closed_case_only_the_handler_opens_it(desk, answered):
    case = answered(desk)
    desk.wait(days=desk.service.terms.reopen_days, seconds=1)
    desk.house.told()

    desk.house.deliver(objection(case))
    assert not desk.case(case).is_open
    with pytest.raises(Refused, match="too_late"):
        desk.take(case, AGENT, Reopen(reason="customer"))
    assert desk.take(case, HANDLER, Reopen(reason="handler", note="复核")).state is State.RECEIVED


def test_in_the_figures_it_is_no_end_any_more_and_no_closing_that_was_reopened(desk):
    case = judged_invalid(desk)
    desk.house.deliver(objection(case))
    desk.take(case, HANDLER, filing())

    (counted,) = {frozenset(one.items()) for key, one in measures(desk.case(case)).items() if key.type}
    assert ("reopened", 1) in counted
    assert not {"closed_invalid", "closed_reopened"} & {name for name, _ in counted}
    with desk.house.database.read() as connection:
        assert recount(connection, "2026-11") == []


def test_a_closing_after_an_objection_is_not_a_closing_that_was_reopened(desk):
    case = solved(desk)
    desk.house.deliver(objection(case))
    desk.take(case, AGENT, RaiseToComplaint(note="客户坚持"))
    desk.take(case, HANDLER, filing())
    desk.house.deliver(withdrawal(case))

    with desk.house.database.read() as connection:
        assert recount(connection, "2026-11") == []
    assert desk.case(case).state is State.CLOSED
    assert not any("closed_reopened" in one for one in measures(desk.case(case)).values())
