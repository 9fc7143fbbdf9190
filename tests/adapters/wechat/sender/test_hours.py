"""What waits at the sender while WeChat is out of reach does not go out at night, and nothing is told twice."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from adapters.wechat.sender.sending import Postponed, TemplateSending
from adapters.wechat.sender.store import begun, quota
from chassis.errors import NotAsked, Unavailable
from contracts.wechat import TemplateAccepted, TemplatePostponed
from tests.adapters.wechat.sender.conftest import PUBLIC_URL, SHARES, calling_of
from tests.adapters.wechat.sender.stand_in import SEND, TOKEN, Told, errcode
from tests.adapters.wechat.sender.test_delivery import Service
from tests.adapters.wechat.sender.wishes import a_wish

EVENING, MORNING = datetime(2026, 3, 2, 12, 0, tzinfo=UTC), datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
"""20:00 and 09:00 in Shanghai."""


@pytest.fixture
def service(desk, clock):
    return Service(desk, clock)


def a_reminder(**changed):
    return a_wish(**{"urgency": "service", "not_after": EVENING, "again_from": MORNING} | changed)


def uncertain(sending, wechat, **changed):
    """One that WeChat did not answer."""
    wish = a_reminder(**changed)
    wechat.tell(SEND, *[Told(status=502)] * 3)
    with pytest.raises(Unavailable):
        sending.send(wish)
    return wish


def rows_of(database, table):
    with database.read() as connection:
        return connection.execute(select(table)).all()


def test_within_its_hours_it_goes_out(service):
    assert type(service.send_template(a_reminder())) is TemplateAccepted


@pytest.mark.parametrize("urgency", ["service", "campaign"])
def test_after_its_hours_it_is_postponed_until_they_begin_again(service, wechat, clock, urgency):
    clock.at = EVENING
    wish = a_reminder(urgency=urgency)

    told = service.send_template(wish)

    assert (type(told), told.until, told.command_id) == (TemplatePostponed, MORNING, wish.id)
    assert wechat.seen == []


def test_what_was_never_tried_takes_neither_quota_nor_is_it_begun(sending, clock, database):
    clock.at = EVENING

    with pytest.raises(Postponed):
        sending.send(a_reminder())

    assert (rows_of(database, quota), rows_of(database, begun)) == ([], [])


def test_an_answer_to_a_follower_goes_out_at_any_hour(service, clock):
    clock.at = EVENING

    assert type(service.send_template(a_reminder(urgency="answer"))) is TemplateAccepted


def test_while_nobody_is_asked_it_is_postponed_all_the_same(sending, wechat, clock):
    """The breaker may be open all night: who asked is to know what is to be asked for again."""
    for _ in range(2):
        uncertain(sending, wechat)
    with pytest.raises(NotAsked):
        sending.send(a_reminder())
    clock.at = EVENING

    with pytest.raises(Postponed):
        sending.send(a_reminder())


def test_hours_that_end_while_a_token_is_fetched_are_over(account, wechat, calls, database):
    def now():
        return EVENING if wechat.calls(TOKEN) else EVENING - timedelta(seconds=1)

    sending = TemplateSending(calling_of(account, database, now, calls), PUBLIC_URL, SHARES)

    with pytest.raises(Postponed):
        sending.send(a_reminder())

    assert (wechat.calls(SEND), rows_of(database, begun)) == ([], [])


def test_hours_that_end_between_two_tries_are_over(sending, wechat, clock, sleeper):
    wechat.tell(SEND, Told(status=502))
    sleeper.wakes_at(clock, EVENING)

    with pytest.raises(Unavailable):
        sending.send(a_reminder())

    assert len(wechat.calls(SEND)) == 1


def test_what_wechat_may_have_taken_is_not_postponed_but_waits_for_the_morning(sending, wechat, clock):
    """Asked for again under another id, it would come twice."""
    wish = uncertain(sending, wechat)
    clock.at = EVENING
    clock.pass_by(hours=3)

    with pytest.raises(Unavailable) as waits:
        sending.send(wish)

    assert waits.value.retry_after == 10 * 3600
    assert len(wechat.calls(SEND)) == 3


def test_in_the_morning_it_is_tried_under_the_same_id_and_told_once(service, sending, wechat, clock):
    wish = a_reminder()
    wechat.tell(SEND, errcode(-1), errcode(-1), errcode(-1))
    with pytest.raises(Unavailable):
        service.send_template(wish)
    clock.at = MORNING

    told = service.send_template(wish)

    assert type(told) is TemplateAccepted
    assert {seen.body["client_msg_id"] for seen in wechat.calls(SEND)} == {wish.id.hex}
    assert len(wechat.followers[wish.openid]) == 1


@pytest.mark.parametrize(("later", "waits"), [({"days": 1}, True), ({"days": 3, "hours": 12}, True), ({"days": 1, "hours": 13}, False)])
def test_it_waits_through_the_night_of_any_later_day_too(sending, wechat, clock, later, waits):
    wish = uncertain(sending, wechat)
    clock.at = EVENING
    clock.pass_by(**later)

    if waits:
        with pytest.raises(Unavailable):
            sending.send(wish)
    else:
        sending.send(wish)

    assert bool(wechat.followers[wish.openid]) is not waits


def test_what_was_sent_in_time_is_not_postponed_when_it_comes_again_at_night(service, clock):
    wish = a_reminder()
    first = service.send_template(wish)
    clock.at = EVENING

    assert service.send_template(wish) == first
