"""The turns by the clock: configuration first, then changes of calendars, then the sweep."""

from datetime import date

from sqlalchemy import select
from structlog.testing import capture_logs

from chassis.settings import Complaints
from services.complaints.clocks import book
from services.complaints.clocks.calendars import KNOWN_UNTIL
from services.complaints.clocks.handling import HandlesClocks, Started
from services.complaints.tables import calendar_changes
from tests.services.complaints.clocks.limits import at
from tests.services.complaints.clocks.test_limit_sweep import breaches, warnings


def turning(desk):
    """A copy of the service that has just started."""
    copy = HandlesClocks()
    copy.terms, copy.now, copy.since_start = desk.service.terms, desk.service.now, Started()
    return copy


def turn(copy, desk):
    while copy.look_at_limits(desk.house.database):
        pass
    return desk.house.told()


def test_a_copy_looks_at_limits_by_itself(desk):
    desk.receive()
    desk.house.told()
    desk.wait(minutes=60)

    told = turn(turning(desk), desk)

    assert warnings(told) == ["50%"]


def test_a_limit_is_not_breached_by_a_calendar_that_does_not_hold_any_more(desk):
    turn(turning(desk), desk)
    desk.receive()
    desk.house.told()
    with desk.house.write() as tx:
        book.set_day(tx, "default", date(2026, 11, 23), (), desk.service.terms, by="admin", reason="停电", now=desk.now)
    desk.wait(hours=5)

    told = turn(turning(desk), desk)

    assert warnings(told) == []
    assert breaches(told) == []


def test_a_copy_says_at_its_start_that_holidays_beyond_are_not_known(desk):
    said = {}
    for month in (7, 12):
        desk.service.now.at = at(f"{KNOWN_UNTIL.year}-{month:02d}-01 09:00")
        with capture_logs() as logged:
            turn(turning(desk), desk)
        said[month] = [one["after"] for one in logged if one["event"] == "holidays_unknown"]

    assert said == {7: [], 12: [KNOWN_UNTIL.isoformat()]}


def test_limits_that_reach_into_a_year_that_is_not_published_count_its_weekdays(desk):
    """New Year's Day of a year of which nothing is known is a day of work, if its weekday is."""
    year = next(year for year in range(KNOWN_UNTIL.year + 1, KNOWN_UNTIL.year + 8) if date(year, 1, 1).isoweekday() in range(2, 6))
    desk.service.now.at = at(f"{year - 1}-12-31 16:30")

    complaint_id = desk.receive()

    (limit,) = desk.case(complaint_id).deadlines
    assert limit.due_at == at(f"{year}-01-01 09:30")


def test_other_working_hours_are_followed_by_who_starts_with_them_and_not_turned_back_by_who_runs_on(desk):
    old = turning(desk)
    turn(old, desk)
    new = turning(desk)
    new.terms = Complaints(working_hours={"1-6": (("09:00", "18:00"),)})

    for copy in (new, old, new, old):
        turn(copy, desk)

    with desk.house.database.read() as connection:
        changes = connection.execute(select(calendar_changes).order_by(calendar_changes.c.change_no)).all()
    assert [(one.reason, one.applied) for one in changes] == [("", True), (book.NEW_RULE, True)]
    assert changes[1].rule == book.rule_of(new.terms)
