"""The manager decides, or nobody does: carried over, not needed, void (A-REM-40..44, S-17, S-18)."""

from uuid import UUID, uuid4, uuid5

import pytest

from chassis.settings import Reminders
from contracts.reminder_exchange import OpenReminderTasks
from contracts.reminders import ContactState, Outcome, WechatState
from services.reminders.figures.measures import measures
from services.reminders.following.decisions import decide
from services.reminders.following.transitions import Decided
from tests.services.reminders.following.followed import (
    JANUARY,
    Followed,
    a_call,
    a_decision,
    a_slip,
    a_visit,
    an_appointment,
    at,
    due,
)

ITEM, OTHER, NEW = (uuid5(UUID(int=0), name) for name in ("item", "other", "new"))


@pytest.fixture
def undecided(house):
    """The month is over, and nobody came."""
    house.with_items(due(ITEM))
    house.until(at("2027-01-01"))
    return house


def order(house, *item_ids, decision="drop", reason="done_elsewhere", moment=None):
    """At the console."""
    now = moment or house.now()
    said = Decided(decision, reason, "M2", "console", now)
    with house.write() as tx:
        return decide(tx, item_ids, said, now, house.service.terms)


def january(house):
    (item,) = house.items(JANUARY)
    return item


def test_carried_over_it_is_a_task_of_the_next_month_and_of_no_wechat_message(undecided):
    told = undecided.on(at("2027-01-02"), a_decision(ITEM))

    old, new = undecided.item(), january(undecided)
    assert old.outcome is Outcome.CARRIED
    assert (new.item_id, new.origin_item_id, new.carried_from) == (uuid5(ITEM, JANUARY), ITEM, ITEM)
    assert (new.carry_count, new.priority, new.contact_state) == (1, "high", ContactState.OPEN)
    assert (new.wechat_state, new.outcome) == (WechatState.NONE, Outcome.OPEN)
    ((task,),) = [one.tasks for one in told if isinstance(one, OpenReminderTasks)]
    assert (task.item_id, task.period, task.carry_count, task.priority) == (new.item_id, JANUARY, 1, "high")


def test_where_it_is_set_so_a_carried_item_of_a_registered_owner_is_told_of_again(tmp_path):
    house = Followed(tmp_path / "reminders.db", Reminders(carried_by_wechat=True))
    house.with_items(due(ITEM), car={"registered": True, "dealer_code": "CQ09", "customer_id": "C9"})
    house.until(at("2027-01-01"))

    house.deliver(a_decision(ITEM))

    new = january(house)
    assert (new.wechat_state, new.registered, new.dealer_code, new.customer_id) == (WechatState.QUEUED, True, "CQ09", "C9")


def test_a_new_item_of_the_same_car_and_type_takes_in_what_is_carried_over(undecided):
    undecided.with_items(due(NEW, period=JANUARY), due(OTHER, type="insurance", period=JANUARY), car={"vehicle_id": uuid4()})

    told = undecided.deliver(a_decision(ITEM))

    new = undecided.item(NEW)
    assert len(undecided.items(JANUARY)) == 2
    assert (new.carry_count, new.carried_from, new.origin_item_id, new.priority) == (1, ITEM, ITEM, "high")
    assert not [one for one in told if isinstance(one, OpenReminderTasks)]


def test_two_of_one_type_that_are_carried_over_are_one(house):
    house.with_items(due(ITEM), due(OTHER, carry_count=2))
    house.until(at("2027-01-01"))

    house.deliver(a_decision(ITEM))
    house.deliver(a_decision(OTHER))

    assert (january(house).carry_count, january(house).carried_from) == (3, OTHER)


def test_the_first_decision_counts(undecided):
    first = order(undecided, ITEM, moment=at("2027-01-02"))
    second = order(undecided, ITEM, decision="carry", moment=at("2027-01-03"))
    undecided.on(at("2027-01-04"), a_decision(ITEM, moment=at("2027-01-03")))

    assert (first.decided, second.decided, second.already) == ([ITEM], [], [ITEM])
    assert (undecided.item().outcome, undecided.item().reason) == (Outcome.DROPPED, "done_elsewhere")


def test_a_decision_that_was_made_first_counts_although_it_is_heard_of_last(undecided):
    undecided.on(at("2027-01-03"), a_decision(ITEM, moment=at("2027-01-03")))
    carried = january(undecided)

    undecided.on(at("2027-01-04"), a_decision(ITEM, "drop", at("2027-01-02"), "vehicle_sold"))

    assert (undecided.item().outcome, undecided.item().reason) == (Outcome.DROPPED, "vehicle_sold")
    assert (undecided.item(carried.item_id).outcome, undecided.item(carried.item_id).reason) == (Outcome.VOID, "taken_back")


def test_a_visit_in_time_that_is_heard_of_after_the_decision_takes_the_carried_item_back(house):
    house.with_items(due(ITEM))
    house.sent(ITEM, at("12-20"))
    house.until(at("2027-01-01"))
    house.on(at("2027-01-03"), a_decision(ITEM, moment=at("2027-01-03")))

    house.on(at("2027-01-04"), a_visit(at("2027-01-02")))

    assert (house.item().outcome, house.item().reason) == (Outcome.RETURNED, "")
    assert january(house).outcome is Outcome.VOID


def test_what_had_been_taken_in_is_a_new_item_again_when_the_other_is_not_carried_after_all(house):
    house.with_items(due(ITEM), due(NEW, period=JANUARY))
    house.sent(ITEM, at("12-20"))
    house.until(at("2027-01-01"))
    house.on(at("2027-01-03"), a_decision(ITEM, moment=at("2027-01-03")))

    house.on(at("2027-01-04"), a_visit(at("2027-01-02")))

    new = house.item(NEW)
    assert (new.outcome, new.carry_count, new.carried_from, new.origin_item_id, new.priority) == (Outcome.OPEN, 0, None, NEW, "normal")


def test_a_visit_after_the_decision_changes_nothing_of_it_and_is_counted_all_the_same(house):
    house.with_items(due(ITEM))
    house.sent(ITEM, at("12-20"))
    house.until(at("2027-01-01"))
    house.on(at("2027-01-02"), a_decision(ITEM))

    house.on(at("2027-01-04"), a_visit(at("2027-01-03")))

    item = house.item()
    assert (item.outcome, item.visit_id, measures(item)["returned"]) == (Outcome.CARRIED, UUID(int=1), 1)
    assert january(house).outcome is Outcome.OPEN


def test_the_console_is_told_what_does_not_wait_for_a_decision(house):
    booked, unknown = uuid4(), uuid4()
    house.with_items(due(ITEM), due(booked, type="insurance"))
    house.deliver(an_appointment(at("12-04"), link=booked))

    answer = order(house, ITEM, booked, unknown, decision="carry")
    house.until(at("2027-01-01"))

    assert sorted(answer.not_open) == sorted([ITEM, booked, unknown])
    assert {one.outcome for one in house.items()} == {Outcome.FOR_DECISION}


def test_what_csc_decides_before_we_know_that_the_month_is_over_counts_when_it_is(house):
    house.with_items(due(ITEM))
    house.on(at("12-31", "23:50"), a_decision(ITEM, moment=at("2027-01-01", "00:01")))
    before = house.item().outcome

    house.until(at("2027-01-01"))

    assert (before, house.item().outcome) == (Outcome.OPEN, Outcome.CARRIED)


def test_what_csc_decides_about_an_item_that_comes_later_waits_for_it(house):
    house.deliver(a_decision(ITEM, "drop", at("12-20"), "deceased"))
    house.with_items(due(ITEM))

    house.until(at("2027-01-01"))

    assert (house.item().outcome, house.item().reason) == (Outcome.DROPPED, "deceased")


@pytest.mark.parametrize("moment", [at("12-10"), at("2027-01-03")])
def test_what_should_never_have_been_is_void_at_any_time(house, moment):
    house.with_items(due(ITEM), due(OTHER, type="birthday"))
    house.until(moment)

    answer = order(house, ITEM, OTHER, decision="void", reason="vehicle_sold", moment=moment)
    house.on(moment, a_slip(ITEM, a_call(at("12-05"))))
    house.on(moment, a_visit(at("12-09")))
    house.until(at("2027-01-10"))

    assert sorted(answer.decided) == sorted([ITEM, OTHER])
    assert {(one.outcome, one.reason) for one in house.items()} == {(Outcome.VOID, "vehicle_sold")}


def test_what_nobody_decided_by_the_day_named_is_carried_over(undecided):
    undecided.until(at("2027-01-05", "23:59"))
    before = undecided.item().outcome

    undecided.until(at("2027-01-06", "00:00"))

    assert (before, undecided.item().outcome) == (Outcome.FOR_DECISION, Outcome.CARRIED)
    assert january(undecided).carry_count == 1


def test_a_decision_made_in_time_counts_although_the_system_has_carried_it_over_meanwhile(undecided):
    undecided.until(at("2027-01-06"))

    undecided.on(at("2027-01-06"), a_decision(ITEM, "drop", at("2027-01-05"), "vehicle_sold"))

    assert (undecided.item().outcome, january(undecided).outcome) == (Outcome.DROPPED, Outcome.VOID)


def test_after_the_day_named_the_system_has_decided_whoever_asks_first(undecided):
    answer = order(undecided, ITEM, moment=at("2027-01-06", "00:01"))

    assert (answer.already, undecided.item().outcome) == ([ITEM], Outcome.CARRIED)


def test_a_visit_after_that_day_does_not_undo_it_although_both_are_heard_of_at_once(house):
    house.with_items(due(ITEM))
    house.sent(ITEM, at("12-20"))

    house.on(at("2027-01-07"), a_visit(at("2027-01-06", "09:00")))

    assert house.item().outcome is Outcome.CARRIED


def test_by_itself_an_item_is_carried_over_three_times_and_no_more(house):
    house.with_items(due(ITEM))

    house.until(at("2027-07-10"))

    ways = [(one.period, one.carry_count, one.outcome, one.reason) for one in house.items()]
    assert ways == [
        ("2026-12", 0, Outcome.CARRIED, "undecided"),
        ("2027-01", 1, Outcome.CARRIED, "undecided"),
        ("2027-02", 2, Outcome.CARRIED, "undecided"),
        ("2027-03", 3, Outcome.DROPPED, "most_carries"),
    ]
    assert {one.origin_item_id for one in house.items()} == {ITEM}


def test_the_manager_may_carry_it_over_once_more(house):
    house.with_items(due(ITEM, carry_count=3))
    house.until(at("2027-01-01"))

    house.deliver(a_decision(ITEM))

    assert january(house).carry_count == 4


def test_an_item_that_is_carried_into_a_month_that_is_over_waits_for_a_decision_at_once(undecided):
    undecided.until(at("2027-01-06"))
    undecided.on(at("2027-01-07"), a_decision(ITEM, "drop", at("2027-01-04"), "vehicle_sold"))
    undecided.until(at("2027-02-01"))

    undecided.on(at("2027-02-02"), a_decision(ITEM, "carry", at("2027-01-03")))

    assert (january(undecided).outcome, january(undecided).contact_state) == (Outcome.FOR_DECISION, ContactState.MISSED)
