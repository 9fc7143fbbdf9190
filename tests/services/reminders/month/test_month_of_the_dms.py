"""A month that the DMS makes: its pages in any order and with repeats, held against what it says that they come to."""

import random
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from adapters.dms.reminders import run_id as dms_run_id
from contracts.reminder_exchange import OpenReminderTasks, PublishedItem, ReminderItemsPublished, ReminderRunCompleted, TypeCount
from contracts.reminders import SERVICE_TYPES, ReminderType
from contracts.vehicles import DirtyField, DirtyRow, Flaw
from services.reminders.figures.recount import recount
from services.reminders.month import published, tasks
from services.reminders.rules import ids
from services.reminders.tables import cars, differences, dirty_rows
from services.reminders.tables import runs as run_rows
from tests.services.reminders.following.followed import a_call, a_decision, a_slip, an_appointment, at
from tests.services.reminders.month.month_worlds import PERIOD, a_car, a_house, items_of, put, rows_of, run_of

KINDS = (ReminderType.INSPECTION, ReminderType.INSURANCE, ReminderType.BIRTHDAY)


@pytest.fixture
def house(tmp_path):
    return a_house(tmp_path / "reminders.sqlite", source="dms")


def an_item(number, **changes):
    car = a_car(number)
    row = {"record_id": f"I{number}", "vehicle_id": car.vehicle_id, "vin": car.vin, "customer_id": car.customer_id, "dealer_code": "D001"}
    row |= {"type": KINDS[number % 3], "due_date": date(2026, 12, 1 + number % 28), "region_code": "EAST"}
    return PublishedItem(**{**row, **changes})


ITEMS = [an_item(number) for number in range(30)]


def a_page(page_no, some, run_no=1, unusable=()):
    rows = {"items": tuple(some), "unusable": unusable}
    return ReminderItemsPublished(run_id=dms_run_id(PERIOD, run_no), period=PERIOD, run_no=run_no, page_no=page_no, **rows)


def pages_of(some, run_no=1):
    return [a_page(number // 10 + 1, some[number : number + 10], run_no) for number in range(0, len(some), 10)]


def the_end(some, run_no=1, pages=3):
    counts = tuple(TypeCount(type=kind, items=sum(one.type is kind for one in some)) for kind in KINDS)
    checksum = str(sum(ids.crc_of(one.customer_id, one.type, one.due_date) for one in some))
    more = {"counts": counts, "checksum": checksum, "pages": pages}
    return ReminderRunCompleted(run_id=dms_run_id(PERIOD, run_no), period=PERIOD, run_no=run_no, **more)


def hear(house, *messages):
    for message in messages:
        house.deliver(message)
    while published.look_for_gone(house.database):
        pass


def state(house, run_no=1):
    return run_of(house, dms_run_id(PERIOD, run_no)).state


def test_its_items_are_the_same_records_as_ours(house):
    put(house, *(a_car(number, registered=number == 3) for number in range(30)))

    hear(house, *pages_of(ITEMS), the_end(ITEMS))

    rows = items_of(house)
    assert len(rows) == 30
    assert {row.item_id for row in rows} == {ids.item_id(PERIOD, one.vehicle_id, one.type, one.due_date) for one in ITEMS}
    assert {row.rulebook for row in rows} == {0}
    assert [row.wechat_state for row in rows if row.registered] == ["queued"]
    assert {row.contact_state for row in rows if row.type == "birthday"} == {"none"}
    with house.database.read() as connection:
        assert recount(connection, PERIOD) == []


def test_in_any_order_and_with_repeats_it_ends_the_same(house, tmp_path):
    put(house, *(a_car(number) for number in range(30)))
    messages = [*pages_of(ITEMS), the_end(ITEMS)]
    hear(house, *messages)
    chance = random.Random(4)

    for number in range(5):
        other = a_house(tmp_path / f"other{number}.sqlite", source="dms")
        put(other, *(a_car(number) for number in range(30)))
        hear(other, *chance.sample(messages * 2, 8))

        assert rows_of(other) == rows_of(house)
        assert rows_of(other, run_rows) == rows_of(house, run_rows)


def test_it_goes_to_csc_when_all_is_there_and_the_same(house):
    *early, last = pages_of(ITEMS)

    hear(house, *early, the_end(ITEMS))
    waiting = state(house)
    hear(house, last)

    assert (waiting, state(house)) == ("running", "tasks")


def test_a_month_that_is_not_what_the_dms_says_waits_for_an_operator(house):
    hear(house, *pages_of(ITEMS), the_end([*ITEMS[:-1], an_item(29, customer_id="C99999")]))
    found = state(house)

    with house.write() as tx:
        accepted = published.accept(tx, dms_run_id(PERIOD, 1), "li")

    assert (found, accepted, state(house)) == ("differs", True, "tasks")


def test_a_page_that_comes_after_a_month_was_accepted_goes_to_csc_by_itself(house):
    put(house, *(a_car(number) for number in range(30)))
    early, late = ITEMS[:20], ITEMS[20:]
    hear(house, *pages_of(early), the_end(ITEMS, pages=2))
    with house.write() as tx:
        published.accept(tx, dms_run_id(PERIOD, 1), "li")
    while tasks.hand_over(house.database):
        pass

    before = house.told()

    told = [*before, *house.deliver(a_page(3, late))]

    handed = [task.item_id for page in told if isinstance(page, OpenReminderTasks) for task in page.tasks]
    expected = [ids.item_id(PERIOD, one.vehicle_id, one.type, one.due_date) for one in ITEMS if one.type in SERVICE_TYPES]
    assert (state(house), sorted(handed)) == ("done", sorted(expected))


def test_a_page_that_was_missing_puts_a_month_right_that_differed(house):
    *early, last = pages_of(ITEMS)
    hear(house, *early, the_end(ITEMS, pages=2))
    before = state(house)

    hear(house, last)

    assert (before, state(house)) == ("differs", "tasks")


def test_rows_that_could_not_be_used_are_listed_and_stop_nothing(house):
    flaw = DirtyRow(record_id="I29", fields=(DirtyField(field="due_date", flaw=Flaw.ZERO),))
    first, second, _ = pages_of(ITEMS)

    hear(house, first, second, a_page(3, ITEMS[20:29], unusable=(flaw,)), the_end(ITEMS))

    assert state(house) == "tasks"
    with house.database.read() as connection:
        assert [(row.source, row.record_id, row.flaw) for row in connection.execute(select(dirty_rows))] == [("items", "I29", "zero")]


def test_a_car_that_is_not_known_yet_is_begun(house):
    hear(house, a_page(1, ITEMS[:1]))

    with house.database.read() as connection:
        (car,) = connection.execute(select(cars)).all()
    assert (car.vehicle_id, car.vin, car.sale_version) == (ITEMS[0].vehicle_id, a_car(0).vin, 0)


def test_a_later_run_adds_what_is_new_and_takes_back_what_is_gone(house):
    hear(house, *pages_of(ITEMS), the_end(ITEMS))
    new = an_item(40)
    now = [*ITEMS[1:], new]

    hear(house, *pages_of(now, run_no=2), the_end(now, run_no=2))

    rows = {row.item_id: row for row in items_of(house)}
    gone = ids.item_id(PERIOD, ITEMS[0].vehicle_id, ITEMS[0].type, ITEMS[0].due_date)
    assert (rows.pop(gone).outcome, {row.outcome for row in rows.values()}, len(rows)) == ("void", {"open"}, 30)
    with house.database.read() as connection:
        listed = {(row.kind, row.vehicle_id) for row in connection.execute(select(differences))}
    assert listed == {("gone", ITEMS[0].vehicle_id), ("added", new.vehicle_id)}
    assert state(house, run_no=2) == "tasks"


def test_what_a_later_run_took_back_the_next_one_brings_back(house):
    hear(house, *pages_of(ITEMS), the_end(ITEMS))
    hear(house, *pages_of(ITEMS[1:], run_no=2), the_end(ITEMS[1:], run_no=2))

    hear(house, *pages_of(ITEMS, run_no=3), the_end(ITEMS, run_no=3))

    assert {row.outcome for row in items_of(house)} == {"open"}
    with house.database.read() as connection:
        assert recount(connection, PERIOD) == []


def test_what_is_brought_back_when_the_month_is_over_waits_for_a_decision(house):
    hear(house, *pages_of(ITEMS), the_end(ITEMS))
    hear(house, *pages_of(ITEMS[1:], run_no=2), the_end(ITEMS[1:], run_no=2))
    house.service.now.at = at("2027-01-03")

    hear(house, a_page(1, ITEMS[:10], run_no=3))

    back = ids.item_id(PERIOD, ITEMS[0].vehicle_id, ITEMS[0].type, ITEMS[0].due_date)
    assert [row.outcome for row in items_of(house) if row.item_id == back] == ["for_decision"]


def test_where_our_rules_make_the_month_the_dms_own_is_not_taken(tmp_path):
    house = a_house(tmp_path / "reminders.sqlite", source="ours")

    hear(house, *pages_of(ITEMS), the_end(ITEMS))

    assert (items_of(house), rows_of(house, run_rows)) == ([], [])


def test_a_campaign_of_the_dms_is_an_item_of_that_campaign(house):
    hear(house, a_page(1, [an_item(1, type=ReminderType.CAMPAIGN, campaign_id=UUID(int=5))]))

    assert [(row.type, row.campaign_id) for row in items_of(house)] == [("campaign", UUID(int=5))]


def test_what_was_heard_of_an_item_before_its_page_counts_from_its_first_moment(house):
    called, decided, booked = (an_item(number, type=ReminderType.INSPECTION, due_date=date(2026, 12, 9)) for number in (1, 2, 3))
    item_id, other_id = (ids.item_id(PERIOD, one.vehicle_id, one.type, one.due_date, None) for one in (called, decided))
    house.service.now.at = at("12-03")
    house.deliver(a_slip(item_id, a_call(at("12-02"))))
    house.deliver(a_decision(other_id, "void", at("12-02"), "duplicate"))
    house.deliver(an_appointment(at("12-02"), car=booked.vehicle_id))

    hear(house, a_page(1, [called, decided, booked]))

    stands = {row.vehicle_id: (row.contact_state, row.outcome) for row in items_of(house)}
    assert stands == {
        called.vehicle_id: ("slip_saved", "open"),
        decided.vehicle_id: ("open", "void"),
        booked.vehicle_id: ("open", "booked"),
    }
