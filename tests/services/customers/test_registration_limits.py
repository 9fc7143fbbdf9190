"""How often: limits of a day, tries of a code, and that they hold when all comes at once, in SQLite and in MariaDB."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from contracts.customers import CustomerRegistered, RegistrationProgressed
from contracts.dms import FindOwner
from contracts.sms import SendSms
from services.customers import limits
from services.customers.limits import Limit, Use, a_lookup, a_send, day_of
from services.customers.registration_store import CounterStore
from services.customers.store import counters, registrations
from tests.services.customers.makers import (
    FOLLOWER,
    MOBILE,
    OWNER,
    a_code_wish,
    a_consent,
    a_request,
    a_try,
    a_wrong_code,
    an_owner,
    at_once,
    found,
    states_of,
    the_sms,
)
from tests.services.house import VAULT, types_of

TODAY = date(2026, 3, 2)
ADDRESS = "a" * 64
MOBILE_KEY = VAULT.lookup("mobile", MOBILE)
FOLLOWERS = [UUID(int=number) for number in range(100, 150)]


def count_of(kind, told):
    return sum(isinstance(one, kind) for one in told)


def used_up(house, *uses, but=0):
    """As if today it had all happened but so many."""
    with house.write() as tx:
        for use in uses:
            tx.execute(insert(counters).values(name=use.limit.name, counted_for=use.by, day=TODAY, used=use.limit.a_day - but))


def with_code(house, request=None):
    request = request or a_request()
    house.deliver(request)
    return request, the_sms(house.deliver(found(request, OWNER))).code


# At once.


def test_fifty_wrong_codes_at_once_lock_and_the_right_one_does_not_pass_afterwards(any_house):
    request, code = with_code(any_house)

    told = at_once(any_house, [a_try(request, a_wrong_code(code)) for _ in range(50)])

    assert [(one.version, one.state.value, one.tries_left) for one in told] == [
        (3 + n, "code_sent" if n < 5 else "locked", 5 - n) for n in range(1, 6)
    ]
    assert any_house.deliver(a_try(request, code)) == []


def test_fifty_wrong_codes_at_once_over_several_registrations_lock_their_follower(any_house):
    begun = [with_code(any_house) for _ in range(5)]

    told = at_once(any_house, [a_try(request, a_wrong_code(code)) for _ in range(10) for request, code in begun])
    afterwards = [any_house.deliver(a_try(request, code)) for request, code in begun]

    assert count_of(CustomerRegistered, [*told, *chain(*afterwards)]) == 0
    assert wrong_codes(any_house) <= 15
    with any_house.database.read() as connection:
        assert set(connection.execute(select(registrations.c.state)).scalars()) == {"locked"}


def wrong_codes(house):
    with house.database.read() as connection:
        return connection.execute(select(counters.c.used).where(counters.c.name == "wrong_codes_of_follower")).scalar_one()


def test_the_right_code_among_fifty_wrong_ones_binds_once_or_never(any_house):
    request, code = with_code(any_house)
    tries = [a_try(request, a_wrong_code(code)) for _ in range(49)]

    told = at_once(any_house, [*tries[:2], a_try(request, code), *tries[2:]])

    ends = [one.state.value for one in told if isinstance(one, RegistrationProgressed) and one.state.value != "code_sent"]
    assert len(ends) == 1
    assert count_of(CustomerRegistered, told) == (ends == ["active"])


def test_of_fifty_lookups_at_once_ten_are_made(any_house):
    told = at_once(any_house, [a_request() for _ in range(50)])

    assert count_of(FindOwner, told) == 10
    assert sorted(states_of(told)) == ["checking"] * 10 + ["limited"] * 40


def test_of_fifty_followers_who_have_one_mobile_rung_at_once_ten_do(any_house):
    requests = [a_request(follower, address_key=str(follower)) for follower in FOLLOWERS]
    for request in requests:
        any_house.deliver(a_consent(request.follower_id))
        any_house.deliver(request)

    told = at_once(any_house, [found(request, OWNER) for request in requests])

    assert count_of(SendSms, told) == 10
    assert sorted(states_of(told)) == ["code_sent"] * 10 + ["limited"] * 40


def test_fifty_followers_at_one_address_are_served_up_to_its_limit(any_house):
    used_up(any_house, Use(limits.LOOKUPS_FROM_ADDRESS, ADDRESS), but=20)
    for follower in FOLLOWERS:
        any_house.deliver(a_consent(follower))

    told = at_once(any_house, [a_request(follower) for follower in FOLLOWERS])

    assert count_of(FindOwner, told) == 20


def test_fifty_wishes_for_a_code_at_once_are_one_code(any_house):
    request, _ = with_code(any_house)
    any_house.service.now.at += timedelta(minutes=1)

    told = at_once(any_house, [a_code_wish(request) for _ in range(50)])

    assert types_of(told) == [RegistrationProgressed, SendSms]


def test_one_request_fifty_times_at_once_is_one(any_house):
    request = a_request()

    told = at_once(any_house, [request] * 50)

    assert types_of(told) == [RegistrationProgressed, FindOwner]


def test_the_sweep_forgets_other_days_and_leaves_today(any_house):
    used_up(any_house, Use(limits.SENDS_TO_MOBILE, MOBILE_KEY))
    any_house.service.now.at += timedelta(days=1)
    today = day_of(any_house.service.now.at)
    with any_house.write() as tx:
        CounterStore().take(tx, a_lookup(FOLLOWER, ADDRESS), today)

    with any_house.write() as tx:
        any_house.service.expire(tx)

    with any_house.database.read() as connection:
        assert set(connection.execute(select(counters.c.day)).scalars()) == {today}


# Each limit, one after the other.


@pytest.mark.parametrize("reached", a_lookup(FOLLOWER, ADDRESS), ids=lambda use: use.limit.name)
def test_past_a_limit_of_lookups_nothing_is_looked_up_or_kept(house, reached):
    used_up(house, reached)

    told = house.deliver(a_request())

    assert (types_of(told), states_of(told)) == ([RegistrationProgressed], ["limited"])
    with house.database.read() as connection:
        assert connection.execute(select(registrations.c.vin)).scalar_one() is None


@pytest.mark.parametrize("reached", a_send(MOBILE_KEY, FOLLOWER, ADDRESS), ids=lambda use: use.limit.name)
def test_past_a_limit_of_sends_nothing_is_sent_the_first_time_or_another(house, reached):
    used_up(house, reached, but=1)
    first, code = with_code(house)
    second = a_request()
    house.deliver(second)

    once = house.deliver(found(second, OWNER))
    house.service.now.at += timedelta(minutes=1)
    again = house.deliver(a_code_wish(first))

    assert types_of(once) == types_of(again) == [RegistrationProgressed]
    assert states_of(once + again) == ["limited", "limited"]
    assert house.deliver(a_try(first, code)) == []


def test_a_mobile_is_one_however_it_is_written(house):
    used_up(house, Use(limits.SENDS_TO_MOBILE, MOBILE_KEY))
    request = a_request(mobile="+86 138 0013 8000")
    house.deliver(request)

    assert states_of(house.deliver(found(request, an_owner(mobile="86 13800138000")))) == ["limited"]


def test_a_locked_follower_begins_nothing_until_tomorrow(house):
    request, code = with_code(house)
    waiting = a_request()
    house.deliver(waiting)
    used_up(house, limits.a_wrong_code(FOLLOWER))

    told = [house.deliver(message) for message in (a_try(request, code), a_request(), found(waiting, OWNER))]
    house.service.now.at = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # midnight in Shanghai

    assert [states_of(one) for one in told] == [["locked"]] * 3
    assert {type(one) for one in chain(*told)} == {RegistrationProgressed}
    assert states_of(house.deliver(a_request())) == ["checking"]


def test_the_fifteenth_wrong_code_of_a_day_locks_though_the_code_has_tries_left(house):
    used_up(house, limits.a_wrong_code(FOLLOWER), but=1)
    request, code = with_code(house)

    told = house.deliver(a_try(request, a_wrong_code(code)))

    assert states_of(told) == ["locked"]


def test_another_follower_is_not_locked_with_the_first(house):
    used_up(house, limits.a_wrong_code(FOLLOWER))
    other = UUID(int=7)
    house.deliver(a_consent(other))
    request, code = with_code(house, a_request(other))

    assert states_of(house.deliver(a_try(request, code))) == ["active"]


def test_what_is_refused_for_one_limit_is_counted_for_none(house):
    full, free = Use(Limit("full", 3), "x"), Use(Limit("free", 3), "x")
    used_up(house, full)

    with house.write() as tx:
        reached = CounterStore().take(tx, [free, full], TODAY)

    assert reached == full.limit
    with house.database.read() as connection:
        assert connection.execute(select(counters.c.used).where(counters.c.name == "free")).scalar_one() == 0


def test_a_day_is_one_of_shanghai():
    assert day_of(datetime(2026, 3, 2, 15, 59, tzinfo=UTC)) == TODAY
    assert day_of(datetime(2026, 3, 2, 16, 0, tzinfo=UTC)) == date(2026, 3, 3)


def test_what_is_counted_fits_its_column():
    uses = [*a_lookup(uuid4(), ADDRESS), *a_send(MOBILE_KEY, uuid4(), ADDRESS), limits.a_wrong_code(uuid4())]

    assert all(len(use.limit.name) <= 32 and len(use.by) <= 64 for use in uses)
