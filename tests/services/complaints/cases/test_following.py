"""What a follower says of their own case: done once, judged like any step, and of nobody else's (A-CMP-27, 31, 35)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from chassis.errors import Unavailable
from contracts.complaint_files import FetchComplaintFile, PhoneFile
from contracts.complaint_steps.closing import ApproveClosure, RefuseClosure, Reopen
from contracts.complaint_steps.handling import Accept, Assign
from contracts.complaint_steps.intake import Contact, JudgeInvalid
from contracts.complaint_words import CloseReason, FollowerState, State
from contracts.complaints import (
    AddToComplaint,
    AnswerSurvey,
    ComplaintClosed,
    ComplaintProgressed,
    ComplaintWishRefused,
    ReopenComplaint,
    WithdrawComplaint,
)
from services.complaints.cases.contacts import MOST_ADDITIONS
from tests.services.complaints.cases.case_worlds import DEALER, HANDLER, MONDAY, filing, submission

ME, SOMEBODY_ELSE = UUID(int=7), UUID(int=8)


def addition(case, **changes):
    values = {"complaint_id": case, "follower_id": ME, "addition_id": uuid4(), "account": "main", "text": "还漏油", "submitted_at": MONDAY}
    return AddToComplaint(**{**values, **changes})


def withdrawal(case, follower=ME):
    return WithdrawComplaint(complaint_id=case, follower_id=follower, reason="已谈妥", submitted_at=MONDAY)


def reopening(case, number=1):
    return ReopenComplaint(complaint_id=case, follower_id=ME, reopening_no=number, text="又漏了", submitted_at=MONDAY)


def assigned(desk):
    case = desk.submit()
    desk.take(case, HANDLER, filing())
    desk.take(case, HANDLER, Assign(region_code="EAST", dealer_code="D001"))
    desk.house.told()
    return case


def closed(desk):
    case = assigned(desk)
    desk.house.deliver(withdrawal(case))
    desk.take(case, HANDLER, ApproveClosure(said="好"))
    return case


def test_photos_and_voices_are_fetched_from_wechat_once(desk):
    photo = PhoneFile(file_id=uuid4(), media_id="m-1", kind="photo")
    message = submission(files=(photo,))

    told = desk.house.deliver(message)
    again = desk.house.deliver(addition(message.complaint_id, files=(photo,)))

    (wish,) = [one for one in told if isinstance(one, FetchComplaintFile)]
    assert (wish.file_id, wish.media_id, wish.kind, wish.account) == (photo.file_id, "m-1", "photo", "main")
    assert not [one for one in again if isinstance(one, FetchComplaintFile)]


def test_an_addition_is_one_step_however_often_it_comes(desk):
    case = desk.submit()
    more = addition(case)
    desk.house.told()

    first, again = desk.house.deliver(more), desk.house.deliver(more)

    assert isinstance(first[0], ComplaintProgressed)
    assert (first[0].step, first[0].version, again) == ("add", 2, [])


def test_an_empty_addition_is_none(desk):
    case = desk.submit()
    desk.house.told()

    assert desk.house.deliver(addition(case, text="")) == []


def test_nobody_adds_without_end(desk):
    case = desk.submit()
    for _ in range(MOST_ADDITIONS + 1):
        desk.house.only_deliver(addition(case))

    assert len(desk.case(case).additions) == MOST_ADDITIONS


def test_a_wish_that_overtook_its_case_waits_for_it(desk):
    with pytest.raises(Unavailable):
        desk.house.deliver(addition(uuid4()))


def test_a_wish_about_the_case_of_another_changes_nothing(desk):
    case = desk.submit()
    desk.house.told()

    assert desk.house.deliver(withdrawal(case, SOMEBODY_ELSE)) == []
    assert desk.house.deliver(addition(case, follower_id=SOMEBODY_ELSE)) == []
    assert desk.case(case).version == 1


def test_a_case_that_staff_took_in_is_no_followers(desk):
    case = desk.receive()
    desk.house.told()

    assert desk.house.deliver(withdrawal(case)) == []


def test_before_it_is_assigned_a_withdrawal_ends_it(desk):
    case = desk.submit()
    desk.house.told()

    news, _record = desk.house.deliver(withdrawal(case))

    assert (news.state, news.shown, news.close_reason) == (State.CLOSED, FollowerState.CLOSED, CloseReason.WITHDRAWN)
    assert not any(limit.is_open for limit in desk.case(case).deadlines)


def test_later_the_handler_approves_it(desk):
    case = assigned(desk)
    desk.house.deliver(withdrawal(case))
    assert desk.case(case).state is State.CLOSURE_PROPOSED

    desk.take(case, HANDLER, ApproveClosure(said="已按您的意思结束"))

    news = next(one for one in desk.house.told() if isinstance(one, ComplaintClosed))
    assert (news.said, news.close_reason) == ("已按您的意思结束", CloseReason.WITHDRAWN)


def test_a_withdrawal_that_is_refused_leaves_the_case_where_it_stood(desk):
    case = assigned(desk)
    desk.take(case, DEALER, Accept())
    desk.house.deliver(withdrawal(case))

    desk.take(case, HANDLER, RefuseClosure(reason="客户电话说没有撤诉"))

    assert desk.case(case).state is State.ACCEPTED


def test_what_is_judged_not_valid_waits_for_its_reply_and_is_not_withdrawn(desk):
    case = desk.submit()
    desk.take(case, HANDLER, JudgeInvalid(reason="no_fault", note="正常现象"))
    desk.house.told()

    (news,) = desk.house.deliver(withdrawal(case))

    assert (type(news), news.state, desk.case(case).state) == (ComplaintWishRefused, State.INVALID, State.INVALID)


def test_a_closed_case_is_opened_again_once_for_each_number(desk):
    case = assigned(desk)
    desk.house.deliver(withdrawal(case))
    desk.take(case, HANDLER, ApproveClosure(said="好"))

    wish = reopening(case)
    desk.house.deliver(wish)
    again = desk.house.deliver(wish)

    assert (desk.case(case).state, desk.case(case).reopened_count, again) == (State.REOPENED, 1, [])


def test_what_is_said_of_a_case_that_somebody_else_opened_meanwhile_is_added_to_it(desk):
    case = closed(desk)
    desk.take(case, HANDLER, Reopen(reason="handler", note="客户来电"))
    desk.house.told()

    news, record = desk.house.deliver(reopening(case))

    assert (news.step, news.state, desk.case(case).reopened_count) == ("add", State.REOPENED, 1)
    assert "又漏了" in record.form


@pytest.mark.parametrize("wish", ["add", "withdraw", "reopen", "survey"])
def test_of_a_wish_that_comes_too_late_the_follower_is_told(desk, wish):
    case = desk.submit()
    desk.house.deliver(withdrawal(case))
    if wish == "reopen":
        desk.service.now.at += timedelta(days=400)
    message = {
        "add": addition(case, files=(PhoneFile(file_id=uuid4(), media_id="m-1", kind="photo"),)),
        "withdraw": withdrawal(case),
        "reopen": reopening(case),
        "survey": AnswerSurvey(complaint_id=case, follower_id=ME, survey_id=uuid4(), score=5, submitted_at=MONDAY),
    }[wish]
    before = desk.case(case)
    desk.house.told()

    (news,) = desk.house.deliver(message)

    assert isinstance(news, ComplaintWishRefused)
    assert (news.wish, news.command_id, news.follower_id, news.state) == (wish, message.id, ME, State.CLOSED)
    assert desk.case(case) == before


def test_only_what_is_said_to_the_customer_is_in_the_news(desk):
    case = desk.submit()
    desk.house.told()

    desk.take(case, HANDLER, Contact(how="phone", note="客户情绪激动", said="我们正在核实"))

    news, record = desk.house.told()
    assert (news.said, "情绪" in news.model_dump_json()) == ("我们正在核实", False)
    assert "情绪" in record.form


def test_the_news_says_which_mobile_a_text_message_would_go_to(desk):
    desk.receive(mobile="13900139000")

    news, _record = desk.house.told()

    assert news.mobile == "13900139000"
