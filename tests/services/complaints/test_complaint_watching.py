"""What Prometheus is told of complaints: numbers of what waits, ages of what is late, whether figures and calendars are in order."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import update

from contracts.complaint_files import PhoneFile
from contracts.complaint_steps.beside import Escalate
from contracts.complaint_steps.intake import Contact
from contracts.complaint_words import CloseReason, Trigger
from services.complaints.cases import media
from services.complaints.clocks import book
from services.complaints.clocks.calendars import DEFAULT, KNOWN_UNTIL
from services.complaints.clocks.recounting import carry_on
from services.complaints.clocks.sweep import sweep
from services.complaints.files import store as file_store
from services.complaints.tables import sums
from services.complaints.watching import Gauges, HandlesWatching
from tests.services.complaints.cases.case_worlds import HANDLER, Desk
from tests.services.complaints.closing.closings import closed, look, pending


class Watching(HandlesWatching):
    """The part by itself, by the clock of the desk."""

    def __init__(self, now):
        self.registry = CollectorRegistry()
        self.gauges = Gauges(self.registry)
        self.now = now


@pytest.fixture(params=["sqlite", "mariadb"])
def desk(request, tmp_path):
    """Each count is asked of both kinds of database."""
    mariadb = request.param == "mariadb"
    desk = Desk(request.getfixturevalue("place").database_url.format(schema="complaints") if mariadb else tmp_path / "complaints.db")
    yield desk
    desk.house.database.dispose()


@pytest.fixture
def told(desk):
    watching = Watching(desk.service.now)

    def told(name, /, **labels):
        watching.look_around(desk.house.database)
        watching.compare_figures(desk.house.database)
        return watching.registry.get_sample_value(f"cheqiao_complaints_{name}", labels)

    return told


def look_at_limits(desk):
    sweep(desk.house.database, desk.service.terms, desk.service.now)


def test_open_cases_are_counted_by_state_and_ended_ones_are_not(desk, told):
    desk.receive_many(2)
    desk.assigned()
    closed(desk)

    assert told("cases_open", state="received") == 2
    assert told("cases_open", state="assigned") == 1
    assert told("cases_open", state="planning") == 0
    assert told("cases_open", state="closed") is None


def test_a_limit_is_overdue_from_its_breach_until_it_is_met_and_not_looked_at_late(desk, told):
    complaint_id, _other = desk.receive_many(2)
    desk.wait(hours=8)
    late, before = told("clock_late_seconds", name="limits"), told("limits_overdue", name="first_reply")

    look_at_limits(desk)

    assert (late > 0, before) == (True, 0)
    assert told("clock_late_seconds", name="limits") == 0
    assert told("limits_overdue", name="first_reply") == 2
    assert told("limits_overdue", name="close") == 0
    desk.take(complaint_id, HANDLER, Contact(how="phone"))
    assert told("limits_overdue", name="first_reply") == 1


def test_what_falls_due_after_closing_is_late_until_it_is_done(desk, told):
    closed(desk)
    desk.wait(hours=24, seconds=90)
    assert told("clock_late_seconds", name="surveys") == 90

    look(desk)
    desk.wait(days=3, seconds=30)

    assert told("clock_late_seconds", name="surveys") == 0
    assert told("clock_late_seconds", name="calls") == 120 - 90
    look(desk)
    assert told("clock_late_seconds", name="calls") == 0


def test_a_follow_up_that_nobody_reopened_is_late(desk, told):
    pending(desk)
    due = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    desk.wait(seconds=(due - desk.now).total_seconds() + 60)

    assert told("clock_late_seconds", name="follow_ups") == 60


def test_customers_who_are_to_be_called_are_counted_and_late_when_a_day_of_work_is_over(desk, told):
    closed(desk, CloseReason.NOT_SUPPORTED)
    desk.wait(hours=24)
    look(desk)
    desk.wait(days=3)
    look(desk)
    in_time = told("calls_late_seconds")

    desk.wait(days=7)

    assert told("calls_waiting") == 1
    assert in_time == 0
    assert told("calls_late_seconds") > 86_400


def test_a_draft_waits_until_it_is_raised_and_then_for_its_decision(desk, told):
    complaint_id = desk.assigned()
    desk.wait(days=30)
    look_at_limits(desk)
    drafted_at = desk.now
    draft = next(one for one in desk.case(complaint_id).escalations if one.trigger is Trigger.OVERDUE)
    others = told("escalations_waiting", state="draft") - 1
    desk.wait(minutes=10)
    assert told("escalations_oldest_seconds", state="draft") == (desk.now - drafted_at).total_seconds()

    desk.take(complaint_id, HANDLER, Escalate(escalation_id=draft.escalation_id, trigger=draft.trigger, level=2, note="请协调"))
    desk.wait(minutes=1)

    assert told("escalations_waiting", state="draft") == others
    assert told("escalations_waiting", state="raised") == 1
    assert told("escalations_oldest_seconds", state="raised") == 60


def test_files_wait_until_they_are_brought_or_lost(desk, told):
    complaint_id = desk.submit()
    brought, lost, waiting = (PhoneFile(file_id=uuid4(), kind="photo", media_id=f"m{at}") for at in range(3))
    with desk.house.write() as tx:
        media.fetch(tx, complaint_id, "main", [brought, lost, waiting], desk.now)
    desk.wait(minutes=5)
    assert (told("files_waiting"), told("files_oldest_seconds")) == (3, 300)

    with desk.house.write() as tx:
        file_store.lose(tx, lost.file_id, "gone")
        file_store.lose(tx, waiting.file_id, "gone")

    assert (told("files_waiting"), told("files_lost")) == (1, 2)
    desk.wait(days=1)
    assert told("files_lost") == 0


def test_figures_that_are_not_what_their_cases_come_to_are_counted(desk, told):
    desk.filed()
    agreed = told("figures_differing")

    with desk.house.write() as tx:
        tx.execute(update(sums).where(sums.c.received == 1).values(received=2))

    assert (agreed, told("figures_differing")) == (0, 1)


def test_figures_of_the_last_month_are_compared_as_well(desk, told):
    desk.filed()
    desk.wait(days=20)
    with desk.house.write() as tx:
        tx.execute(update(sums).where(sums.c.received == 1).values(received=2))

    assert told("figures_differing") == 1


def test_a_change_of_the_calendar_that_has_not_come_to_bear_is_late(desk, told):
    desk.filed()
    with desk.house.write() as tx:
        book.set_day(tx, DEFAULT, date(2026, 11, 25), [], desk.service.terms, by="li", reason="停电", now=desk.now)
    desk.wait(minutes=2)
    assert told("clock_late_seconds", name="calendars") == 120

    while carry_on(desk.house.database, desk.service.terms, desk.service.now):
        pass

    assert told("clock_late_seconds", name="calendars") == 0


def test_the_calendar_is_known_until_the_last_year_published_or_entered_by_hand_is_over(desk, told):
    year = KNOWN_UNTIL.year + 1
    published = datetime(year, 1, 1, tzinfo=UTC) - timedelta(hours=8)
    assert told("calendar_known_seconds") == (published - desk.now).total_seconds()

    with desk.house.write() as tx:
        for day in range(1, 11):
            book.set_day(tx, DEFAULT, date(year, 5, day), [], desk.service.terms, by="li", reason="放假", now=desk.now)

    assert told("calendar_known_seconds") == (published.replace(year=year) - desk.now).total_seconds()


def test_a_dealers_own_days_say_nothing_about_public_holidays(desk, told):
    before = told("calendar_known_seconds")

    with desk.house.write() as tx:
        for day in range(1, 11):
            book.set_day(
                tx, "dealer:D001", date(KNOWN_UNTIL.year + 1, 5, day), [], desk.service.terms, by="li", reason="盘点", now=desk.now
            )

    assert told("calendar_known_seconds") == before
