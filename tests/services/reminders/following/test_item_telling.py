"""How far WeChat brought an item, who opened its page, and what nobody wants to hear of any more (A-REM-20..25)."""

from itertools import permutations
from uuid import UUID, uuid4

import pytest

from contracts.reminders import OpenReminder, ReminderType, ReminderWishesSet, SetReminderWish, WechatState
from services.reminders.following.transitions import Standing, as_far_as, queued, suppressed, unqueued
from tests.services.reminders.following.followed import FOLLOWER, a_visit, at, due

ITEM = uuid4()


def opened(message_id, moment, follower=FOLLOWER):
    return OpenReminder(message_id=message_id, follower_id=follower, opened_at=moment)


def wish(moment, type=ReminderType.INSURANCE, *, wanted=False, follower=FOLLOWER):
    return SetReminderWish(follower_id=follower, type=type, wanted=wanted, said_at=moment)


def a_standing(state, number=1, sent_at=None, reason=""):
    return Standing(UUID(int=number), state, reason, sent_at)


@pytest.fixture
def item(house):
    house.with_items(due(ITEM))
    return house.item()


def test_an_item_is_as_far_as_the_farthest_of_its_messages(item):
    messages = [
        a_standing(WechatState.FAILED, 1, at("12-02"), "user_blocked"),
        a_standing(WechatState.DELIVERED, 2, at("12-05")),
        a_standing(WechatState.SENT, 3, at("12-04")),
    ]

    ends = {as_far_as(item, order) for order in permutations(messages)}

    (told,) = ends
    assert (told.wechat_state, told.message_id, told.message_sent_at, told.priority) == (
        WechatState.DELIVERED,
        UUID(int=2),
        at("12-04"),
        "normal",
    )


def test_while_another_message_is_under_way_one_that_failed_says_nothing(item):
    waits = as_far_as(item, [a_standing(WechatState.FAILED, 1, reason="limit"), a_standing(WechatState.QUEUED, 2)])
    failed = as_far_as(item, [a_standing(WechatState.FAILED, 1, reason="limit"), a_standing(WechatState.FAILED, 2, reason="limit")])

    assert (waits.wechat_state, waits.priority) == (WechatState.QUEUED, "normal")
    assert (failed.wechat_state, failed.wechat_reason, failed.priority) == (WechatState.FAILED, "limit", "high")


def test_who_registers_meanwhile_is_told_by_wechat_and_who_leaves_is_not(item):
    assert queued(item).wechat_state is WechatState.QUEUED
    assert unqueued(queued(item)) == item


def test_only_what_was_not_handed_over_is_suppressed(item):
    sent = as_far_as(item, [a_standing(WechatState.SENT, 1, at("12-04"))])

    assert suppressed(queued(item), "quiet").wechat_state is WechatState.SUPPRESSED
    assert suppressed(sent, "quiet") == sent


def test_who_opens_the_page_has_been_told(house, item):
    message = house.with_message(ITEM)
    house.deliver(a_visit(at("12-09")))

    house.deliver(opened(message, at("12-08")))
    house.deliver(opened(message, at("12-08")))

    told = house.item()
    assert (told.wechat_state, told.message_sent_at, told.visit_id) == (WechatState.CLICKED, at("12-08"), UUID(int=1))


def test_nobody_opens_what_was_sent_to_another(house, item):
    message = house.with_message(ITEM, state="sent")

    house.deliver(opened(message, at("12-08"), follower=uuid4()))
    house.deliver(opened(uuid4(), at("12-08")))

    assert house.item() == item


def test_wishes_are_told_in_full_with_a_version_and_a_repeat_tells_nothing(house):
    told = [
        *house.deliver(wish(at("12-01"))),
        *house.deliver(wish(at("12-02"), ReminderType.BIRTHDAY)),
        *house.deliver(wish(at("12-02"), ReminderType.BIRTHDAY)),
        *house.deliver(wish(at("12-03"), wanted=True)),
    ]

    assert [(one.version, set(one.unwanted)) for one in told if isinstance(one, ReminderWishesSet)] == [
        (1, {ReminderType.INSURANCE}),
        (2, {ReminderType.INSURANCE, ReminderType.BIRTHDAY}),
        (3, {ReminderType.BIRTHDAY}),
    ]


def test_the_later_word_counts_whichever_comes_last(house):
    house.deliver(wish(at("12-03"), wanted=True))

    assert house.deliver(wish(at("12-01"))) == []


def test_each_follower_has_wishes_of_their_own(house):
    house.deliver(wish(at("12-01")))

    (told,) = house.deliver(wish(at("12-02"), ReminderType.WARRANTY, follower=uuid4()))

    assert (told.version, told.unwanted) == (1, (ReminderType.WARRANTY,))
