"""docs/reminders.md tells of the month as it is configured and ruled."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.settings import Reminders
from contracts.reminders import ReminderType
from launcher.house import ROOT
from services.reminders.days import ends, last_day, local, settled_at, visits_end
from services.reminders.month.runs import begins_at, wanted_period
from services.reminders.rules.rulebook import DEFAULT

PERIOD = "2026-12"
TERMS = Reminders()
PAGE = (ROOT / "docs" / "reminders.md").read_text(encoding="utf-8")


def at(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("mark", "moment"),
    [
        ("grace", f"{at(ends(PERIOD))}, {at(visits_end(PERIOD, TERMS))}"),
        ("ends", at(ends(PERIOD))),
        ("decide", f"{at(ends(PERIOD))}, {at(settled_at(PERIOD, TERMS))}"),
        ("carried", at(settled_at(PERIOD, TERMS))),
        ("made", f"2026-11-30 {TERMS.generate_at}"),
    ],
)
def test_the_timeline_has_the_days_of_the_code(mark: str, moment: str):
    assert f"{mark}, {moment}" in PAGE


def test_the_month_is_made_at_the_moment_that_the_page_names():
    begins = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)  # 01:00 of the 30th in Shanghai

    assert wanted_period(begins, TERMS) == PERIOD
    assert wanted_period(begins - timedelta(minutes=1), TERMS) == "2026-11"


def test_a_month_that_was_ordered_ahead_is_made_again_at_the_hour_that_the_page_names():
    (row,) = [line for line in PAGE.splitlines() if line.startswith("| a month is ordered ahead")]

    assert at(begins_at(PERIOD, TERMS)) == f"2026-11-30 {TERMS.generate_at}"
    assert f"on the last day of the month before, at {TERMS.generate_at}, it is made again" in row


def test_what_an_outage_keeps_waits_for_the_hours_that_the_page_names():
    (row,) = [line for line in PAGE.splitlines() if line.startswith("| WeChat is out of reach")]

    assert f"after {TERMS.send_until}" in row
    assert f"again at {TERMS.send_from}" in row


def test_figures_are_frozen_on_the_day_that_the_page_names():
    frozen = ends(PERIOD) + timedelta(days=TERMS.freeze_on_day - 1)

    assert f" frozen, {at(frozen)}" in PAGE


@pytest.mark.parametrize("type", ReminderType)
def test_every_type_stands_there_with_its_rule(type: ReminderType):
    (row,) = [line for line in PAGE.splitlines() if line.startswith("|") and f" {type.value} |" in line]
    rule = DEFAULT[type]

    assert rule.months is None or f"{rule.months} months" in row
    assert f"{rule.lead_days} days before" in row if rule.lead_days else "on the day" in row


@pytest.mark.parametrize(("mark", "type", "due_day"), [("told1", ReminderType.MAINTENANCE, 20), ("told2", ReminderType.INSURANCE, 31)])
def test_who_is_told_when_follows_from_the_rules(mark: str, type: ReminderType, due_day: int):
    day = last_day(PERIOD).replace(day=due_day) - timedelta(days=DEFAULT[type].lead_days)

    assert f"{mark}, {day} {TERMS.send_from}, {day} {TERMS.send_until}" in PAGE


def test_other_settings_are_as_they_stand_there():
    assert f"within {TERMS.together_days} days" in PAGE
    assert f"at most {TERMS.most_carries} times" in PAGE
    assert TERMS.carried_by_wechat is False
