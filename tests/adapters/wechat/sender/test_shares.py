"""One ledger of the day's template messages, and how much of it each urgency may use up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from adapters.wechat.sender.sending import Postponed, TemplateSending, shares_of
from adapters.wechat.sender.service import WeChatDesk
from adapters.wechat.sender.store import begun, quota
from chassis.clock import Clock
from chassis.errors import Unavailable
from chassis.settings import WeChat as Terms
from contracts.wechat import TemplateAccepted, TemplatePostponed
from tests.adapters.wechat.sender.conftest import PUBLIC_URL, calling_of, open_database
from tests.adapters.wechat.sender.stand_in import SEND, Told, errcode
from tests.adapters.wechat.sender.test_delivery import Service
from tests.adapters.wechat.sender.wishes import a_wish

TEN = shares_of(Terms(template_sends_per_day=10, service_share=0.9, campaign_share=0.7))
TOMORROW = datetime(2026, 3, 2, 16, 0, 30, tzinfo=UTC)


@pytest.fixture
def sending(calling):
    return TemplateSending(calling, PUBLIC_URL, TEN)


@pytest.fixture
def service(calling, clock):
    return Service(WeChatDesk.over(calling, PUBLIC_URL, TEN), clock)


def sent_until_no_more(sending, urgency):
    taken = 0
    while True:
        try:
            sending.send(a_wish(urgency=urgency))
        except (Postponed, Unavailable):
            return taken
        taken += 1


def used(database):
    with database.read() as connection:
        return dict(connection.execute(select(quota.c.day, quota.c.used).where(quota.c.interface == "template_send")).all())


def test_campaigns_leave_room_for_service_and_both_for_answers(sending, wechat):
    taken = {urgency: sent_until_no_more(sending, urgency) for urgency in ("campaign", "service", "answer")}

    assert taken == {"campaign": 7, "service": 2, "answer": 1}
    assert len(wechat.calls(SEND)) == 10


def test_what_answers_have_used_is_not_there_for_campaigns(sending):
    for _ in range(8):
        sending.send(a_wish())

    assert sent_until_no_more(sending, "campaign") == 0
    assert sent_until_no_more(sending, "service") == 1


@pytest.mark.parametrize("urgency", ["service", "campaign"])
def test_what_can_wait_is_postponed_until_tomorrow_in_shanghai_and_told_so(service, sending, urgency):
    sent_until_no_more(sending, urgency)
    wish = a_wish(urgency=urgency)

    told = service.send_template(wish)

    assert type(told) is TemplatePostponed
    assert (told.until, told.about_id, told.about_version, told.command_id) == (TOMORROW, wish.about_id, wish.about_version, wish.id)


def test_an_answer_waits_for_tomorrow_and_is_not_postponed(service, sending):
    sent_until_no_more(sending, "answer")

    with pytest.raises(Unavailable) as later:
        service.send_template(a_wish())

    assert later.value.retry_after > 3600


def test_tomorrow_the_share_is_whole_again(service, sending, clock):
    sent_until_no_more(sending, "campaign")
    clock.at = TOMORROW

    assert type(service.send_template(a_wish(urgency="campaign"))) is TemplateAccepted


def test_a_quota_that_is_gone_by_wechats_count_postpones_too(service, wechat):
    wechat.tell(SEND, errcode(45009))

    assert type(service.send_template(a_wish(urgency="service"))) is TemplatePostponed


def test_what_wechat_may_have_taken_is_not_postponed_but_tried_under_the_same_id(service, sending, wechat):
    """Asked for again tomorrow, under another id, it would come twice."""
    wish = a_wish(urgency="campaign")
    wechat.tell(SEND, *[Told(status=502)] * 3)
    with pytest.raises(Unavailable):
        service.send_template(wish)
    sent_until_no_more(sending, "campaign")

    told = service.send_template(wish)

    assert type(told) is TemplateAccepted
    assert {seen.body["client_msg_id"] for seen in wechat.calls(SEND) if seen.body["touser"] == wish.openid} >= {wish.id.hex}


def test_what_wechat_may_have_taken_waits_where_nothing_at_all_is_left(service, sending, wechat):
    wish = a_wish(urgency="service")
    wechat.tell(SEND, *[Told(status=502)] * 3)
    with pytest.raises(Unavailable):
        service.send_template(wish)
    sent_until_no_more(sending, "answer")

    with pytest.raises(Unavailable):
        service.send_template(wish)


def test_what_was_begun_is_forgotten_once_its_end_is_known(service, database):
    for urgency in ("service", "campaign", "answer"):
        service.send_template(a_wish(urgency=urgency))

    with database.read() as connection:
        assert connection.execute(select(begun)).all() == []


def test_two_senders_with_a_token_that_ends_all_the_time_pass_no_quota_and_send_nothing_twice(place, account, calls, wechat):
    place.create_schemas("sender")
    databases = [open_database(place.database_url.format(schema="sender")) for _ in range(2)]
    shares = shares_of(Terms(template_sends_per_day=100, service_share=0.9, campaign_share=0.7))
    senders = [TemplateSending(calling_of(account, one, Clock(), calls), PUBLIC_URL, shares) for one in databases]
    wishes = [a_wish(urgency=("campaign", "service", "answer")[number % 3], openid=f"oF{number}") for number in range(150)]

    def send(number):
        if number % 40 == 39:
            wechat.void()
        for sender in (senders[number % 2], senders[1 - number % 2]):  # each wish comes to both, as a repeat
            try:
                sender.send(wishes[number])
            except (Postponed, Unavailable):
                continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(150)))

    try:
        assert max(used(databases[0]).values()) == len(wechat.calls(SEND)) <= 100
        assert all(len(messages) == 1 for messages in wechat.followers.values())
        assert all(f"oF{number}" in wechat.followers for number in range(2, 60, 3))
    finally:
        for one in databases:
            one.dispose()
