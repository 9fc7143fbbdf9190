"""Calls: the DCRC's slip says how far they came (A-REM-29..31)."""

from uuid import uuid4

from contracts.reminders import ContactState
from tests.services.reminders.following.followed import a_call, a_slip, at, due

ITEM = uuid4()


def contact(house):
    item = house.item(ITEM)
    return item.contact_state, item.tracked


def test_a_call_that_reached_nobody_is_an_attempt(house):
    house.with_items(due(ITEM))

    house.deliver(a_slip(ITEM, a_call(at("12-04"), "no_answer"), saved=False))

    assert contact(house) == (ContactState.ATTEMPTED, False)


def test_an_item_is_tracked_when_a_call_reached_the_owner_and_the_slip_is_saved(house):
    house.with_items(due(ITEM))

    house.deliver(a_slip(ITEM, a_call(at("12-05")), saved=False))
    reached = contact(house)
    house.deliver(a_slip(ITEM, a_call(at("12-05")), version=2))

    assert reached == (ContactState.REACHED, False)
    assert contact(house) == (ContactState.SLIP_SAVED, True)
    assert house.item(ITEM).reached_at == at("12-05")


def test_an_older_slip_that_comes_late_and_a_repeat_change_nothing(house):
    house.with_items(due(ITEM))
    newer = a_slip(ITEM, a_call(at("12-04"), "busy"), a_call(at("12-05")), version=2)
    house.deliver(newer)
    before = house.item(ITEM)

    house.deliver(a_slip(ITEM, a_call(at("12-04"), "busy"), saved=False))
    house.deliver(newer)

    assert house.item(ITEM) == before


def test_a_slip_that_comes_before_its_item_waits_for_it(house):
    house.with_items(due())
    house.deliver(a_slip(ITEM, a_call(at("12-05"))))

    house.with_items(due(ITEM, vehicle_id=uuid4()), car={"vehicle_id": uuid4()})
    house.until(at("2027-01-01"))

    assert contact(house) == (ContactState.SLIP_SAVED, True)


def test_at_the_end_of_the_month_who_was_not_reached_is_missed(house):
    other = uuid4()
    house.with_items(due(ITEM), due(other, type="insurance"))
    house.deliver(a_slip(ITEM, a_call(at("12-04"), "no_answer"), saved=False))

    house.until(at("2027-01-01", "00:00"))

    assert {one.contact_state for one in house.items("2026-12")} == {ContactState.MISSED}


def test_a_slip_that_we_hear_of_late_counts_and_a_call_that_was_made_late_does_not(house):
    late = uuid4()
    house.with_items(due(ITEM), due(late, type="insurance"))
    house.until(at("2027-01-01"))

    house.on(at("2027-01-02"), a_slip(ITEM, a_call(at("12-31", "23:59"))))
    house.deliver(a_slip(late, a_call(at("2027-01-01", "00:00"))))

    assert contact(house) == (ContactState.SLIP_SAVED, True)
    assert (house.item(late).contact_state, house.item(late).tracked) == (ContactState.MISSED, False)


def test_nobody_calls_about_a_birthday_or_a_campaign(house):
    birthday = uuid4()
    house.with_items(due(birthday, type="birthday"))

    house.deliver(a_slip(birthday, a_call(at("12-05"))))
    house.until(at("2027-01-01"))

    assert house.item(birthday).contact_state is ContactState.NONE
