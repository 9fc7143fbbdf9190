from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from contracts.complaint_words import CaseType
from services.complaints.support.authority import HIGHEST_LEVEL, Authority, Rule, gap

DAY = date(2026, 1, 1)
days = some.integers(0, 4).map(lambda number: DAY + timedelta(days=number))
fees = some.integers(0, 40).map(lambda number: Decimal(number) / 4)
types = some.sampled_from([None, CaseType.QUALITY, CaseType.PARTS])


@some.composite
def rules(draw):
    fee_min = draw(fees)
    more = draw(some.none() | fees)
    of = draw(some.sampled_from([(), (CaseType.QUALITY,), (CaseType.QUALITY, CaseType.PARTS)]))
    return Rule("1.1", draw(some.integers(1, 4)), "级", fee_min, None if more is None else fee_min + more, of, draw(days))


def slowly(authority, fee, type, today):
    """As a person would read the table: strike what is not of this type, not yet or no more valid, and take the lowest of what is left."""
    left = []
    for place, rule in enumerate(authority.rules):
        same = [
            other
            for at, other in enumerate(authority.rules)
            if other.level == rule.level
            and set(other.types) == set(rule.types)
            and rule.active_from <= other.active_from <= today
            and (other.active_from, at) > (rule.active_from, place)
        ]
        if rule.active_from <= today and (not rule.types or type in rule.types) and not same:
            left.append(rule)
    deciding = [rule.level for rule in left if rule.fee_min <= fee and (rule.fee_max is None or fee <= rule.fee_max)]
    if deciding:
        return min(deciding)
    return HIGHEST_LEVEL if left else 0


@given(some.lists(rules(), max_size=7), fees, types, days)
def test_the_level_is_what_a_person_reads_from_the_table(table, fee, type, today):
    authority = Authority(table)

    assert authority.level_for(fee, type, today) == slowly(authority, fee, type, today)


@given(some.lists(rules(), max_size=5), fees, types, days)
def test_a_table_without_a_gap_has_a_rule_for_every_fee(table, fee, type, today):
    authority = Authority(table)

    if gap(authority) is None and authority.in_force(type, today):
        assert authority.rule_for(fee, type, today) is not None


@given(some.lists(rules(), min_size=1, max_size=5))
def test_a_gap_is_a_fee_that_no_rule_covers(table):
    authority = Authority(table)
    found = gap(authority)

    if found:
        type, day, fee = found
        assert authority.rule_for(fee, type, day) is None
        assert authority.in_force(type, day)
