"""An hour as a line: minutes in a row, gaps where nobody told, nought at the bottom."""

import json
from datetime import UTC, datetime, timedelta

from contracts.operating import Minute
from services.console.hour import Chart, Hour, Line, Spark

AT = datetime(2026, 3, 9, 10, 30, 20, tzinfo=UTC)
THIS_MINUTE = AT.replace(second=0)


def a_minute(ago: int, **brought: int) -> Minute:
    return Minute(at=THIS_MINUTE - timedelta(minutes=ago), **brought)


def test_minutes_that_nobody_told_of_brought_nothing():
    hour = Hour.of((a_minute(2, received=5, retries=3),), AT)

    assert hour.counts(lambda minute: minute.received) == [0] * 57 + [5, 0, None]
    assert hour.levels(lambda minute: minute.retries) == [None] * 57 + [3, None, None]


def test_the_minute_that_runs_is_shown_where_it_is_the_first_that_brought_any():
    assert Hour.of((a_minute(0, received=5),), AT).counts(lambda minute: minute.received)[-1] == 5


def test_the_rate_of_the_minute_that_runs_is_over_the_seconds_it_has_had():
    hour = Hour.of((a_minute(1, sent=60), a_minute(0, sent=20)), AT)

    assert hour.rates(lambda minute: minute.sent)[-2:] == [1, 1]


def test_a_small_line_is_broken_where_nothing_is_known():
    spark = Spark.of([4, 4, None, 2])

    assert spark.strokes == ("0.0,2.0 40.0,2.0", "80.0,15.5 120.0,15.5")


def test_a_small_line_of_noughts_lies_at_the_bottom():
    assert Spark.of([0, 0]).strokes == ("0.0,29.0 120.0,29.0",)


def test_a_chart_without_failures_draws_no_line_of_them():
    lines = (Line("handled", "main", [1, 2, None]), Line("failed", "bad", [0, 0, None]))

    drawn = json.loads(Chart("", "", "/min", ["10:28", "10:29", "10:30"], lines).data)

    assert [series["name"] for series in drawn["series"]] == ["handled"]
    assert drawn["whole"] is True
    assert [line.last for line in lines] == [2, 0]
