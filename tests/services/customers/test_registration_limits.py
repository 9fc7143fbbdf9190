"""How often: limits of a day, tries of a code, and that they hold when all comes at once, in SQLite and in MariaDB."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from chassis.handling import in_place
from contracts.customers import CustomerRegistered, RegistrationProgressed
from contracts.dms import FindOwner
from contracts.sms import SendSms
from services.customers import limits
from services.customers.limits import Limit, Use, a_lookup, a_send, day_of
from services.customers.registration_store import CounterStore
from services.customers.service import CustomersService
from services.customers.store import counters, registrations
from tests.services.customers.makers import (
    FOLLOWER,
    MOBILE,
    NOW,
    OWNER,
    a_code_wish,
    a_consent,
    a_request,
    a_try,
    a_wrong_code,
    an_owner,
    found,
    states_of,
    the_sms,
)
from tests.services.house import VAULT, House, Times, types_of

TODAY = date(2026, 3, 2)
ADDRESS = "a" * 64
MOBILE_KEY = VAULT.lookup("mobile", MOBILE)
FOLLOWERS = [UUID(int=number) for number in range(100, 150)]


@pytest.fixture(params=["sqlite", "mariadb"])
def house(request, tmp_path):
    if request.param == "sqlite":
        schema = tmp_path / "customers.sqlite"
    else:
        schema = request.getfixturevalue("place").database_url.format(schema="customers")
    service = CustomersService()
    service.now = Times(NOW)
    house = House(service, schema)
    house.deliver(a_consent())
    yield house
    house.database.dispose()


@pytest.fixture
def small_house(tmp_path):
    """For what no second transaction could change."""
    service = CustomersService()
    service.now = Times(NOW)
    house = House(service, tmp_path / "customers.sqlite")
    house.deliver(a_consent())
    return house


def at_once(house, messages):
    """All of them side by side, with the tries in place that the chassis makes; what was told by all."""
    with ThreadPoolExecutor(len(messages)) as pool:
        list(pool.map(lambda message: in_place(lambda: house.only_deliver(message)), messages))
    return house.told()


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


def test_fifty_wrong_codes_at_once_lock_and_the_right_one_does_not_pass_afterwards(house):
    request, code = with_code(house)

    told = at_once(house, [a_try(request, a_wrong_code(code)) for _ in range(50)])

    assert [(one.version, one.state.value, one.tries_left) for one in told] == [
        (3 + n, "code_sent" if n < 5 else "locked", 5 - n) for n in range(1, 6)
    ]
    assert house.deliver(a_try(request, code)) == []


def test_fifty_wrong_codes_at_once_over_several_registrations_lock_their_follower(house):
    begun = [with_code(house) for _ in range(5)]

    told = at_once(house, [a_try(request, a_wrong_code(code)) for _ in range(10) for request, code in begun])
    afterwards = [house.deliver(a_try(request, code)) for request, code in begun]

    assert count_of(CustomerRegistered, [*told, *chain(*afterwards)]) == 0
    assert wrong_codes(house) <= 15
    with house.database.read() as connection:
        assert set(connection.execute(select(registrations.c.state)).scalars()) == {"locked"}


def wrong_codes(house):
    with house.database.read() as connection:
        return connection.execute(select(counters.c.used).where(counters.c.name == "wrong_codes_of_follower")).scalar_one()


def test_the_right_code_among_fifty_wrong_ones_binds_once_or_never(house):
    request, code = with_code(house)
    tries = [a_try(request, a_wrong_code(code)) for _ in range(49)]

    told = at_once(house, [*tries[:2], a_try(request, code), *tries[2:]])

    ends = [one.state.value for one in told if isinstance(one, RegistrationProgressed) and one.state.value != "code_sent"]
    assert len(ends) == 1
    assert count_of(CustomerRegistered, told) == (ends == ["active"])


def test_of_fifty_lookups_at_once_ten_are_made(house):
    told = at_once(house, [a_request() for _ in range(50)])

    assert count_of(FindOwner, told) == 10
    assert sorted(states_of(told)) == ["checking"] * 10 + ["limited"] * 40


def test_of_fifty_followers_who_have_one_mobile_rung_at_once_ten_do(house):
    requests = [a_request(follower, address_key=str(follower)) for follower in FOLLOWERS]
    for request in requests:
        house.deliver(a_consent(request.follower_id))
        house.deliver(request)

    told = at_once(house, [found(request, OWNER) for request in requests])

    assert count_of(SendSms, told) == 10
    assert sorted(states_of(told)) == ["code_sent"] * 10 + ["limited"] * 40


def test_fifty_followers_at_one_address_are_served_up_to_its_limit(house):
    used_up(house, Use(limits.LOOKUPS_FROM_ADDRESS, ADDRESS), but=20)
    for follower in FOLLOWERS:
        house.deliver(a_consent(follower))

    told = at_once(house, [a_request(follower) for follower in FOLLOWERS])

    assert count_of(FindOwner, told) == 20


def test_fifty_wishes_for_a_code_at_once_are_one_code(house):
    request, _ = with_code(house)
    house.service.now.at += timedelta(minutes=1)

    told = at_once(house, [a_code_wish(request) for _ in range(50)])

    assert types_of(told) == [RegistrationProgressed, SendSms]


def test_one_request_fifty_times_at_once_is_one(house):
    request = a_request()

    told = at_once(house, [request] * 50)

    assert types_of(told) == [RegistrationProgressed, FindOwner]


def test_the_sweep_forgets_other_days_and_leaves_today(house):
    used_up(house, Use(limits.SENDS_TO_MOBILE, MOBILE_KEY))
    house.service.now.at += timedelta(days=1)
    today = day_of(house.service.now.at)
    with house.write() as tx:
        CounterStore().take(tx, a_lookup(FOLLOWER, ADDRESS), today)

    with house.write() as tx:
        house.service.expire(tx)

    with house.database.read() as connection:
        assert set(connection.execute(select(counters.c.day)).scalars()) == {today}


# Each limit, one after the other.


@pytest.mark.parametrize("reached", a_lookup(FOLLOWER, ADDRESS), ids=lambda use: use.limit.name)
def test_past_a_limit_of_lookups_nothing_is_looked_up_or_kept(small_house, reached):
    used_up(small_house, reached)

    told = small_house.deliver(a_request())

    assert (types_of(told), states_of(told)) == ([RegistrationProgressed], ["limited"])
    with small_house.database.read() as connection:
        assert connection.execute(select(registrations.c.vin)).scalar_one() is None


@pytest.mark.parametrize("reached", a_send(MOBILE_KEY, FOLLOWER, ADDRESS), ids=lambda use: use.limit.name)
def test_past_a_limit_of_sends_nothing_is_sent_the_first_time_or_another(small_house, reached):
    used_up(small_house, reached, but=1)
    first, code = with_code(small_house)
    second = a_request()
    small_house.deliver(second)

    once = small_house.deliver(found(second, OWNER))
    small_house.service.now.at += timedelta(minutes=1)
    again = small_house.deliver(a_code_wish(first))

    assert types_of(once) == types_of(again) == [RegistrationProgressed]
    assert states_of(once + again) == ["limited", "limited"]
    assert small_house.deliver(a_try(first, code)) == []


def test_a_mobile_is_one_however_it_is_written(small_house):
    used_up(small_house, Use(limits.SENDS_TO_MOBILE, MOBILE_KEY))
    request = a_request(mobile="+86 138 0013 8000")
    small_house.deliver(request)

    assert states_of(small_house.deliver(found(request, an_owner(mobile="86 13800138000")))) == ["limited"]


def test_a_locked_follower_begins_nothing_until_tomorrow(small_house):
    request, code = with_code(small_house)
    waiting = a_request()
    small_house.deliver(waiting)
    used_up(small_house, limits.a_wrong_code(FOLLOWER))

    told = [small_house.deliver(message) for message in (a_try(request, code), a_request(), found(waiting, OWNER))]
    small_house.service.now.at = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # midnight in Shanghai

    assert [states_of(one) for one in told] == [["locked"]] * 3
    assert {type(one) for one in chain(*told)} == {RegistrationProgressed}
    assert states_of(small_house.deliver(a_request())) == ["checking"]


def test_the_fifteenth_wrong_code_of_a_day_locks_though_the_code_has_tries_left(small_house):
    used_up(small_house, limits.a_wrong_code(FOLLOWER), but=1)
    request, code = with_code(small_house)

    told = small_house.deliver(a_try(request, a_wrong_code(code)))

    assert states_of(told) == ["locked"]


def test_another_follower_is_not_locked_with_the_first(small_house):
    used_up(small_house, limits.a_wrong_code(FOLLOWER))
    other = UUID(int=7)
    small_house.deliver(a_consent(other))
    request, code = with_code(small_house, a_request(other))

    assert states_of(small_house.deliver(a_try(request, code))) == ["active"]


def test_what_is_refused_for_one_limit_is_counted_for_none(small_house):
    full, free = Use(Limit("full", 3), "x"), Use(Limit("free", 3), "x")
    used_up(small_house, full)

    with small_house.write() as tx:
        reached = CounterStore().take(tx, [free, full], TODAY)

    assert reached == full.limit
    with small_house.database.read() as connection:
        assert connection.execute(select(counters.c.used).where(counters.c.name == "free")).scalar_one() == 0


def test_a_day_is_one_of_shanghai():
    assert day_of(datetime(2026, 3, 2, 15, 59, tzinfo=UTC)) == TODAY
    assert day_of(datetime(2026, 3, 2, 16, 0, tzinfo=UTC)) == date(2026, 3, 3)


def test_what_is_counted_fits_its_column():
    uses = [*a_lookup(uuid4(), ADDRESS), *a_send(MOBILE_KEY, uuid4(), ADDRESS), limits.a_wrong_code(uuid4())]

    assert all(len(use.limit.name) <= 32 and len(use.by) <= 64 for use in uses)
