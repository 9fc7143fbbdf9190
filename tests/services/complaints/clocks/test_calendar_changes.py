"""A change of a calendar comes to bear on open limits, whoever makes it, and is waited for by whoever reckons."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from chassis.settings import Complaints
from contracts.complaint_steps.beside import Pause, Resume
from contracts.complaint_steps.intake import Contact
from contracts.complaint_words import DeadlineKind
from services.complaints.clocks import book, recounting
from services.complaints.clocks.calendars import Calendars
from services.complaints.tables import calendar_changes, cases
from tests.services.complaints.cases.case_worlds import AGENT, HANDLER
from tests.services.complaints.clocks.limits import at
from tests.services.complaints.clocks.test_limit_sweep import look, warnings

TUESDAY = date(2026, 11, 24)


def close_day(desk, day, calendar_id="default", reason="盘点"):
    with desk.house.write() as tx:
        book.set_day(tx, calendar_id, day, (), desk.service.terms, by="admin", reason=reason, now=desk.now)


def recount(desk):
    while recounting.carry_on(desk.house.database, desk.service.terms, desk.service.now):
        pass


def limits(desk, complaint_id):
    return {one.kind: one for one in desk.case(complaint_id).deadlines}


def test_an_open_limit_moves_with_the_calendar_and_says_why(any_desk):
    complaint_id = any_desk.filed()
    before = limits(any_desk, complaint_id)[DeadlineKind.CLOSE]
    close_day(any_desk, TUESDAY)

    recount(any_desk)

    after = limits(any_desk, complaint_id)[DeadlineKind.CLOSE]
    (revision,) = after.revisions
    assert before.due_at == at("2026-12-07 16:30")
    assert after.due_at == at("2026-12-08 16:30")
    assert (revision.by, revision.reason) == ("admin", "2026-11-24 盘点")
    assert (revision.old_due_at, revision.new_due_at) == (before.due_at, after.due_at)
    assert after.next_look_at == before.next_look_at + timedelta(days=1)


def test_the_queue_hears_of_it(desk):
    complaint_id = desk.filed()
    desk.take(complaint_id, AGENT, Contact(how="phone"))
    close_day(desk, TUESDAY)
    desk.wait(minutes=1)

    recount(desk)

    with desk.house.database.read() as connection:
        row = connection.execute(select(cases.c.next_due_at, cases.c.changed_at).where(cases.c.complaint_id == complaint_id)).one()
    assert row.next_due_at == at("2026-12-08 16:30").timestamp() * 1000
    assert row.changed_at == desk.now.timestamp() * 1000


def test_a_limit_that_stands_still_goes_on_by_the_new_calendar(desk):
    complaint_id = desk.filed()
    close = limits(desk, complaint_id)[DeadlineKind.CLOSE]
    desk.take(complaint_id, HANDLER, Pause(deadlines=(close.deadline_id,), reason="part", note="缺件"))
    close_day(desk, TUESDAY)
    recount(desk)
    desk.wait(hours=1)

    desk.take(complaint_id, HANDLER, Resume(deadlines=(close.deadline_id,)))

    assert limits(desk, complaint_id)[DeadlineKind.CLOSE].due_at == at("2026-12-08 17:30")


def test_a_dealers_own_day_moves_the_dealers_limits_alone(desk):
    theirs, others = desk.assigned(dealer="D001"), desk.assigned(dealer="D002")
    before = limits(desk, theirs), limits(desk, others)
    close_day(desk, TUESDAY, "dealer:D001", "店庆")

    recount(desk)

    after = limits(desk, theirs), limits(desk, others)
    assert after[0][DeadlineKind.DEALER_PLAN].due_at == before[0][DeadlineKind.DEALER_PLAN].due_at + timedelta(days=1)
    assert after[0][DeadlineKind.CLOSE] == before[0][DeadlineKind.CLOSE]
    assert after[1] == before[1]


def test_a_day_that_is_taken_back_moves_them_back(desk):
    complaint_id = desk.filed()
    before = limits(desk, complaint_id)[DeadlineKind.CLOSE]
    close_day(desk, TUESDAY)
    recount(desk)
    with desk.house.write() as tx:
        book.clear_day(tx, "default", TUESDAY, desk.service.terms, by="admin", now=desk.now)

    recount(desk)

    after = limits(desk, complaint_id)[DeadlineKind.CLOSE]
    assert after.due_at == before.due_at
    assert len(after.revisions) == 2


def test_other_working_hours_in_the_configuration_are_a_change_of_the_calendar(desk):
    with desk.house.write() as tx:
        book.follow_configuration(tx, desk.service.terms, desk.now)
    complaint_id = desk.filed()
    desk.service.terms = Complaints(working_hours={"1-6": (("08:30", "12:00"), ("13:30", "17:30"))})

    for _ in range(2):  # the second time nothing is new
        with desk.house.write() as tx:
            book.follow_configuration(tx, desk.service.terms, desk.now)
        recount(desk)

    after = limits(desk, complaint_id)[DeadlineKind.CLOSE]
    assert after.due_at == at("2026-12-04 16:30")
    assert len(after.revisions) == 1


def test_many_cases_come_to_their_turn_range_after_range(desk):
    these = [desk.filed() for _ in range(5)]
    close_day(desk, TUESDAY)

    for _ in range(4):
        with desk.house.write() as tx:
            recounting.recount_next(tx, desk.service.terms, desk.now, most=2)

    assert {limits(desk, one)[DeadlineKind.CLOSE].due_at for one in these} == {at("2026-12-08 16:30")}
    assert [len(limits(desk, one)[DeadlineKind.CLOSE].revisions) for one in these] == [1] * 5
    with desk.house.database.read() as connection:
        assert connection.execute(select(calendar_changes.c.applied)).scalars().all() == [True]


def test_the_sweep_goes_by_what_holds_before_all_is_reckoned_anew(any_desk):
    """Closed this morning: nothing of the first reply's time is used up by noon, whatever its row says still."""
    complaint_id = any_desk.receive()
    close_day(any_desk, date(2026, 11, 23))
    any_desk.house.told()
    any_desk.wait(hours=4)

    told = look(any_desk)

    limit = limits(any_desk, complaint_id)[DeadlineKind.FIRST_REPLY]
    assert told == []
    assert limit.due_at == at("2026-11-24 10:30")
    assert limit.breached_at is None
    assert [one.reason for one in limit.revisions] == ["2026-11-23 盘点"]
    recount(any_desk)
    assert limits(any_desk, complaint_id)[DeadlineKind.FIRST_REPLY] == limit


def test_a_step_goes_by_what_holds_before_its_case_is_reckoned_anew(desk):
    complaint_id = desk.receive()
    close_day(desk, date(2026, 11, 23))
    desk.wait(hours=4)

    desk.take(complaint_id, AGENT, Contact(how="phone"))

    limit = limits(desk, complaint_id)[DeadlineKind.FIRST_REPLY]
    assert (limit.met_at, limit.breached_at) == (desk.now, None)
    assert [one.reason for one in limit.revisions] == ["2026-11-23 盘点"]


def test_what_is_due_is_told_while_others_are_reckoned_anew(desk):
    desk.receive()
    close_day(desk, TUESDAY)
    desk.house.told()
    desk.wait(minutes=60)

    told = look(desk)

    assert warnings(told) == ["50%"]
    with desk.house.database.read() as connection:
        assert connection.execute(select(calendar_changes.c.applied)).scalars().all() == [False]


def test_a_revision_says_the_reason_of_the_calendar_that_it_is_reckoned_by(desk):
    complaint_id = desk.assigned(dealer="D001")
    close_day(desk, date(2026, 11, 25), "dealer:D001", "店庆")
    close_day(desk, TUESDAY)

    recount(desk)

    found = limits(desk, complaint_id)
    assert [one.reason for one in found[DeadlineKind.CLOSE].revisions] == ["2026-11-24 盘点"]
    assert [one.reason for one in found[DeadlineKind.DEALER_PLAN].revisions] == ["2026-11-25 店庆"]


def test_limits_begin_by_the_calendar_that_is_in_force_by_then(desk):
    desk.filed()
    close_day(desk, TUESDAY)

    complaint_id = desk.filed()

    assert limits(desk, complaint_id)[DeadlineKind.CLOSE].due_at == at("2026-12-08 16:30")


def test_a_change_that_is_not_kept_does_not_count(desk):
    def give_up():
        with desk.house.write() as tx:
            book.set_day(tx, "default", TUESDAY, (), desk.service.terms, by="admin", reason="盘点", now=desk.now)
            raise LookupError("given up")

    with pytest.raises(LookupError):
        give_up()
    close_day(desk, date(2026, 11, 25))

    complaint_id = desk.filed()

    assert limits(desk, complaint_id)[DeadlineKind.CLOSE].due_at == at("2026-12-08 16:30")
    with desk.house.database.read() as connection:
        calendars = book.seen(connection, desk.service.terms)
    assert isinstance(calendars, Calendars)
    assert calendars.periods_on("default", TUESDAY) != ()


def test_periods_out_of_order_are_refused_and_nothing_changes(desk):
    with pytest.raises(ValueError, match="order"), desk.house.write() as tx:
        book.set_day(tx, "default", TUESDAY, (("12:00", "08:00"),), desk.service.terms, by="admin", reason="盘点", now=desk.now)

    with desk.house.database.read() as connection:
        assert connection.execute(select(calendar_changes)).all() == []
