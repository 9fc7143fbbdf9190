"""Who decides about which fee, and the working calendars: seen by the head office, set by administrators; what was typed stays."""

import pytest

from contracts.complaining import AuthorityTable
from services.console.views.terms import periods_of
from tests.services.console.test_console_complaints import audited, hidden

LINES = {
    "level": ["1", "2", ""],
    "title": ["投诉处理专员", "科长", ""],
    "fee_min": ["0", "2,000.01", ""],
    "fee_max": ["2000", "", ""],
    "active_from": ["2026-01-01", "2026-04-01", ""],
    "types": ["", "quality parts", ""],
}


def test_the_table_is_set_line_by_line_and_an_empty_line_is_none(console, complaining):
    visitor = console.login("administrator")
    version = hidden(visitor.get("/complaint-terms"), "version")

    answer = visitor.post("/complaint-terms", {"version": version, **LINES})

    said = [(rule.level, rule.title, str(rule.fee_min), rule.fee_max is None, rule.types) for rule in complaining.authority.rules]
    assert answer.status_code == 303
    assert said == [(1, "投诉处理专员", "0", False, ()), (2, "科长", "2000.01", True, ("quality", "parts"))]
    assert audited(console, "authority.changed") == [("administrator", "1", {"rules": 2})]


def test_who_was_slower_with_the_table_keeps_what_they_typed(console, complaining):
    visitor = console.login("administrator")
    version = hidden(visitor.get("/complaint-terms"), "version")
    complaining.authority = AuthorityTable(version=7)

    answer = visitor.post("/complaint-terms", {"version": version, **LINES})

    assert (answer.status_code, complaining.authority.rules) == (409, ())
    assert "授权表已被别人改过" in answer.text
    assert 'value="科长"' in answer.text
    assert hidden(answer, "version") == "7"


@pytest.mark.parametrize("wrong", [{"level": ["0"]}, {"fee_min": ["viel"]}, {"active_from": ["morgen"]}, {"title": [""]}])
def test_a_line_that_cannot_be_is_refused_and_stays(console, complaining, wrong):
    line = {name: [values[0]] for name, values in LINES.items()}

    answer = console.login("administrator").post("/complaint-terms", {"version": "1", **line, **wrong})

    assert (answer.status_code, complaining.authority.version) == (422, 1)
    assert "请检查" in answer.text


@pytest.mark.parametrize("account", ["complaint_handler", "leader", "operator"])
def test_the_head_office_sees_the_table_and_does_not_set_it(console, account):
    visitor = console.login(account)

    seen, sent = visitor.get("/complaint-terms"), visitor.post("/complaint-terms", {"version": "1", **LINES})

    assert (seen.status_code, sent.status_code) == (200, 403)
    assert "客户关怀科长" in seen.text
    assert 'name="level"' not in seen.text


def test_a_day_of_a_dealer_is_otherwise(console, complaining):
    visitor = console.login("administrator")

    answer = visitor.post(
        "/complaint-terms/calendar", {"calendar": "dealer:D001", "day": "2026-03-12", "periods": "9：00–12:00", "reason": "盘点"}
    )

    day = complaining.days[-1]
    assert (day.calendar_id, day.periods) == ("dealer:D001", (("09:00", "12:00"),))
    assert "calendar=dealer:D001" in answer.headers["Location"].replace("%3A", ":")
    assert audited(console, "calendar.changed") == [("administrator", "dealer:D001", {"day": "2026-03-12", "periods": 1})]


@pytest.mark.parametrize("wrong", [{"day": "2026-02-30"}, {"periods": "vormittags"}, {"periods": "25:00-26:00"}])
def test_a_day_that_cannot_be_is_refused(console, complaining, wrong):
    known = len(complaining.days)

    answer = console.login("administrator").post(
        "/complaint-terms/calendar", {"calendar": "default", "day": "2026-03-12", "periods": "", **wrong}
    )

    assert (answer.status_code, len(complaining.days)) == (422, known)


def test_a_calendar_that_there_is_none_of_is_not_asked_for(console, complaining):
    answer = console.login("leader").get("/complaint-terms/calendar?calendar=../../etc")

    assert answer.status_code == 404
    assert not any("calendars" in path for _, path, *_ in complaining.asked)


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("08:30-12:00 13:30-17:30", (("08:30", "12:00"), ("13:30", "17:30"))),
        ("8:30至12:00，13:30–24:00", (("08:30", "12:00"), ("13:30", "24:00"))),
        ("  ", ()),
    ],
)
def test_hours_are_read_as_people_write_them(text, periods):
    assert periods_of(text) == periods
