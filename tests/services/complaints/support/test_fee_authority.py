from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.complaint_words import CaseType
from services.complaints.support.authority import Authority, gap
from tests.services.complaints.standing_cases import MONDAY, THREE_LEVELS, rule

TODAY = MONDAY.date()


@pytest.mark.parametrize(("fee", "level"), [("0", 1), ("500", 1), ("500.01", 2), ("5000", 2), ("5000.01", 4), ("99999999", 4)])
def test_a_fee_is_for_the_lowest_level_that_may_decide_about_it(fee, level):
    found = THREE_LEVELS.rule_for(Decimal(fee), CaseType.QUALITY, TODAY)

    assert found.level == level
    assert THREE_LEVELS.level_for(Decimal(fee), CaseType.QUALITY, TODAY) == level


def test_without_rules_no_level_is_said():
    assert Authority().level_for(Decimal(10), None, TODAY) == 0
    assert Authority().rule_for(Decimal(10), None, TODAY) is None


def test_a_rule_that_names_types_is_about_no_other():
    authority = Authority((*THREE_LEVELS.rules, rule(1, "0", "2000", types=(CaseType.PARTS,))))

    assert authority.level_for(Decimal(1500), CaseType.PARTS, TODAY) == 1
    assert authority.level_for(Decimal(1500), CaseType.QUALITY, TODAY) == 2
    assert authority.level_for(Decimal(1500), None, TODAY) == 2


def test_a_rule_holds_from_its_day_on_in_place_of_the_earlier_one_of_its_level():
    authority = Authority((*THREE_LEVELS.rules, rule(1, "0", "100", active_from=TODAY)))

    assert authority.level_for(Decimal(300), None, TODAY - timedelta(days=1)) == 1
    assert authority.level_for(Decimal(100), None, TODAY) == 1
    assert authority.rule_for(Decimal(300), None, TODAY) is None


def test_what_no_rule_covers_is_for_the_highest_level_there_can_be():
    authority = Authority((rule(1, "0", "100"),))

    assert authority.level_for(Decimal(101), None, TODAY) == 9


def test_the_next_level_is_the_next_of_the_table_or_without_one_the_next_number():
    assert THREE_LEVELS.above(2, None, TODAY) == 4
    assert THREE_LEVELS.above(4, None, TODAY) is None
    assert Authority().above(2, None, TODAY) == 3
    assert Authority().above(9, None, TODAY) is None


def test_a_table_has_a_gap_where_nobody_may_decide():
    assert gap(THREE_LEVELS) is None
    assert gap(Authority()) is None
    assert gap(Authority((rule(1, "0", "499.99"), rule(2, "500", None)))) is None
    assert gap(Authority((rule(1, "0", "500"), rule(2, "500.02", None)))) == (None, rule(1, "0", "1").active_from, Decimal("500.01"))
    assert gap(Authority((rule(1, "0", "500"),)))[2] == Decimal("500.01")
    assert gap(Authority((rule(1, "1", None),)))[2] == 0


def test_a_gap_that_opens_later_or_for_one_type_only_is_found():
    later = Authority((*THREE_LEVELS.rules, rule(2, "1000", "5000", active_from=TODAY)))
    one_type = Authority((rule(1, "0", None, types=(CaseType.PARTS,)), rule(2, "100", None)))

    assert gap(later) == (None, TODAY, Decimal("500.01"))
    assert gap(one_type)[0] is None
