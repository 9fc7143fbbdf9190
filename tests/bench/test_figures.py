"""Medians, ratios, goals: what decides whether a row is met."""

import pytest

from bench.figures import against, alone, middle, percentile


def test_the_median_of_rounds_is_not_moved_by_one_bad_round():
    assert middle([100.0, 101.0, 3.0, 102.0, 99.0]) == 100.0


def test_the_ratio_is_ours_by_the_peers_median():
    figure = against("callback", [300.0, 200.0, 250.0], [100.0, 90.0, 125.0], "FastAPI", unit="/s", goal=2.0, better="higher")

    assert (figure.ours, figure.peer, figure.ratio, figure.met) == (250.0, 100.0, 2.5, True)


def test_more_is_missed_below_the_goal_and_met_at_it():
    below = against("callback", [199.0], [100.0], "FastAPI", unit="/s", goal=2.0, better="higher")
    at = against("callback", [200.0], [100.0], "FastAPI", unit="/s", goal=2.0, better="higher")

    assert (below.met, at.met) == (False, True)


def test_less_is_missed_above_the_goal():
    slow = against("search", [13.0], [10.0], "10⁴", unit="ms", goal=1.2, better="lower")
    quick = against("search", [12.0], [10.0], "10⁴", unit="ms", goal=1.2, better="lower")

    assert (slow.met, quick.met) == (False, True)


def test_what_stands_alone_is_held_against_its_own_goal():
    slow = alone("booking", 120.0, unit="ms", goal=100.0, better="lower")
    quick = alone("booking", 80.0, unit="ms", goal=100.0, better="lower")

    assert (slow.ratio, slow.met, quick.met) == (None, False, True)


def test_without_a_goal_nothing_is_met_or_missed():
    assert alone("a part of it", 3.0, unit="ms", goal=None, better="lower").met is None


def test_nothing_measured_is_no_figure():
    with pytest.raises(ValueError, match="nothing was measured"):
        against("callback", [], [100.0], "FastAPI", unit="/s", goal=1.0, better="higher")


def test_a_peer_that_did_nothing_is_not_divided_by():
    with pytest.raises(ValueError, match="FastAPI did nothing"):
        against("callback", [100.0], [0.0], "FastAPI", unit="/s", goal=1.0, better="higher")


def test_percentiles_lie_between_the_values():
    values = [float(number) for number in range(1, 102)]

    assert (percentile(values, 50), percentile(values, 99)) == (51.0, 100.0)


def test_the_percentile_of_one_value_is_that_value():
    assert percentile([7.0], 99) == 7.0
