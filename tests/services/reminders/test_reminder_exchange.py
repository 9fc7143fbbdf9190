"""Pages of tasks and standings: all of them once, a few at a time, and nothing that need not be told."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from contracts.reminder_exchange import (
    OpenReminderTasks,
    RecordReminders,
    RefusedTask,
    ReminderTasksOpened,
    StoreReminderRun,
    StoreReminders,
    TypeCount,
)
from contracts.reminders import ReminderType
from services.reminders.exchange import HandlesExchange
from services.reminders.following import reporting
from services.reminders.items import item_of
from services.reminders.month import tasks
from services.reminders.tables import dirty_rows, items, runs
from tests.services.house import House
from tests.services.reminders.reminder_rows import a_car, a_run, an_item, item_ids, keep

RUN = UUID("11111111-2222-4333-8444-555555555555")
CAR = a_car()


class Exchange(HandlesExchange):
    name = "reminders"


@pytest.fixture
def house(tmp_path):
    return House(Exchange(), tmp_path / "reminders.db")


def of_run(item_id, **changes):
    return an_item(item_id=item_id, run_id=RUN, vehicle_id=CAR["vehicle_id"], **changes)


def with_run(house, rows, **changes):
    with house.write() as tx:
        keep(tx, cars_=[CAR], items_=rows, runs_=[a_run(run_id=RUN, **changes)])


def hand_over_all(house, **most):
    while tasks.hand_over(house.database, **most):
        pass
    return house.told()


def test_every_service_item_of_a_run_is_handed_over_once_in_pages(house):
    ids = item_ids(7)
    with_run(house, [of_run(one) for one in ids], counts={"insurance": 7}, checksum="42")

    told = hand_over_all(house, rows=3)

    pages = [one for one in told if isinstance(one, OpenReminderTasks)]
    assert [len(page.tasks) for page in pages] == [3, 3, 1]
    assert [task.item_id for page in pages for task in page.tasks] == ids
    assert pages[0].tasks[0].vin == CAR["vin"]
    (done,) = [one for one in told if isinstance(one, StoreReminderRun)]
    assert (done.period, done.counts, done.checksum) == ("2026-12", (TypeCount(type=ReminderType.INSURANCE, items=7),), "42")


def test_what_another_run_of_the_month_has_handed_over_already_is_not_handed_over_again(house):
    ids, again = item_ids(3), uuid4()
    with_run(house, [of_run(one) for one in ids], origin="dms")
    hand_over_all(house)
    with house.write() as tx:
        keep(tx, runs_=[a_run(run_id=again, origin="dms", run_no=2)])
        tx.execute(update(items).values(run_id=again))

    told = hand_over_all(house)

    with house.database.read() as connection:
        rows = connection.execute(select(runs.c.tasks, runs.c.state).order_by(runs.c.run_no)).all()
    assert (told, [tuple(row) for row in rows]) == ([], [(3, "done"), (0, "done")])


def test_birthdays_campaigns_and_what_is_settled_need_no_call(house):
    wanted, birthday, back = item_ids(3)
    with_run(house, [of_run(wanted), of_run(birthday, type="birthday", contact_state="none"), of_run(back, outcome="returned")])

    told = hand_over_all(house)

    assert [task.item_id for one in told if isinstance(one, OpenReminderTasks) for task in one.tasks] == [wanted]


def test_a_month_of_the_dms_is_not_told_to_the_dms(house):
    with_run(house, [of_run(uuid4(), rulebook=0)], origin="dms")

    told = hand_over_all(house)

    assert not [one for one in told if isinstance(one, StoreReminderRun)]
    with house.database.read() as connection:
        assert connection.execute(select(runs.c.state, runs.c.tasks)).one() == ("done", 1)


def test_no_more_pages_are_on_their_way_than_csc_answers(house):
    with_run(house, [of_run(one) for one in item_ids(5)])

    first = hand_over_all(house, rows=1, in_flight=2)
    house.deliver(ReminderTasksOpened(page_id=first[0].page_id, opened=1))
    then = hand_over_all(house, rows=1, in_flight=2)

    assert (len(first), len(then)) == (2, 1)


def test_what_csc_refuses_is_listed_with_its_reason(house):
    (one,) = item_ids(1)
    with_run(house, [of_run(one)])
    page = hand_over_all(house)[0]

    house.deliver(ReminderTasksOpened(page_id=page.page_id, opened=0, refused=(RefusedTask(item_id=one, reason="unknown_dealer"),)))

    with house.database.read() as connection:
        row = connection.execute(select(dirty_rows)).one()
    assert (row.source, row.record_id, row.field, row.flaw) == ("tasks", str(one), "unknown_dealer", "refused")


def test_a_carried_item_is_handed_over_by_itself_and_a_repeat_is_the_same_page(house):
    (one,) = item_ids(1)
    with_run(house, [an_item(item_id=one, vehicle_id=CAR["vehicle_id"], carry_count=1, priority="high")], state="done")

    for _ in range(2):
        with house.write() as tx:
            tasks.tell_tasks(tx, [item_of(tx.execute(select(items)).one())])

    (page,) = house.told()
    assert (page.tasks[0].item_id, page.tasks[0].priority, page.tasks[0].carry_count) == (one, "high", 1)


def test_an_item_that_moved_twice_is_told_once_to_both_partners(house):
    (one,) = item_ids(1)
    with_run(house, [of_run(one, version=3, outcome="booked")], state="done")
    with house.write() as tx:
        reporting.note(tx, [SimpleNamespace(item_id=one)])
        reporting.note(tx, [SimpleNamespace(item_id=one)])

    assert house.service.report_standings(house.database) is False
    told = house.told()
    assert house.service.report_standings(house.database) is False

    assert [type(one) for one in told] == [RecordReminders, StoreReminders]
    assert [(row.item_id, row.version, row.outcome) for row in told[0].standings] == [(one, 3, "booked")]
    assert told[0].standings == told[1].standings
    assert house.told() == []


def test_what_moves_after_it_was_told_is_told_again(house):
    (one,) = item_ids(1)
    with_run(house, [of_run(one)], state="done")
    told = []
    for version in (2, 3):
        with house.write() as tx:
            tx.execute(update(items).values(version=version))
            reporting.note(tx, [SimpleNamespace(item_id=one)])
        house.service.report_standings(house.database)
        told += house.told()

    assert [one.standings[0].version for one in told if isinstance(one, RecordReminders)] == [2, 3]


def test_what_moved_before_its_task_was_there_is_told_again(house):
    moved, as_made, of_another_page = item_ids(3)
    with_run(house, [of_run(moved, version=2), of_run(as_made)])
    pages = hand_over_all(house, rows=2)
    with house.write() as tx:
        reporting.note(tx, [SimpleNamespace(item_id=moved)])
    house.service.report_standings(house.database)
    in_vain = [one for one in house.told() if isinstance(one, RecordReminders)]
    with house.write() as tx:
        keep(tx, items_=[an_item(item_id=of_another_page, run_id=uuid4(), version=2, vehicle_id=CAR["vehicle_id"])])

    for _ in range(2):
        house.deliver(ReminderTasksOpened(page_id=pages[0].page_id, opened=2))
    house.service.report_standings(house.database)

    (told,) = [one for one in house.told() if isinstance(one, RecordReminders)]
    assert [row.item_id for row in told.standings] == [moved]
    assert told.standings[0].version == in_vain[0].standings[0].version


def test_what_moved_is_told_again_though_a_later_run_of_the_dms_has_taken_it_over_meanwhile(house):
    moved, as_made, again = *item_ids(2), uuid4()
    with_run(house, [of_run(moved, version=2), of_run(as_made)], origin="dms")
    (page,) = hand_over_all(house)
    with house.write() as tx:
        keep(tx, runs_=[a_run(run_id=again, origin="dms", run_no=2)])
        tx.execute(update(items).values(run_id=again))

    house.deliver(ReminderTasksOpened(page_id=page.page_id, opened=2))
    house.service.report_standings(house.database)

    (told,) = [one for one in house.told() if isinstance(one, RecordReminders)]
    assert [row.item_id for row in told.standings] == [moved]


def test_of_a_page_of_carried_items_only_its_own_are_told_again(house):
    first, between, last = item_ids(3)
    carried = {"vehicle_id": CAR["vehicle_id"], "carry_count": 1, "version": 2}
    with_run(house, [an_item(item_id=one, **carried) for one in (first, between, last)], state="done")
    with house.write() as tx:
        rows = tx.execute(select(items).where(items.c.item_id.in_([first, last])).order_by(items.c.item_id)).all()
        tasks.tell_tasks(tx, [item_of(row) for row in rows])
    (page,) = house.told()

    house.deliver(ReminderTasksOpened(page_id=page.page_id, opened=2))
    house.service.report_standings(house.database)

    (told,) = [one for one in house.told() if isinstance(one, RecordReminders)]
    assert [row.item_id for row in told.standings] == [first, last]
