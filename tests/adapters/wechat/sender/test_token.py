"""One access token for all processes: who fetches, who waits, and what carries over WeChat's silence."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from adapters.wechat.sender.client import OnBehalf, WeChatClient, WeChatSays, open_session
from adapters.wechat.sender.store import TokenStore
from adapters.wechat.sender.token import LEASE, SharedToken
from chassis.calls import CallLog
from chassis.errors import Unavailable
from tests.adapters.wechat.sender.conftest import an_account
from tests.adapters.wechat.sender.stand_in import TOKEN, Told, errcode


def behalf(seconds=20.0):
    return OnBehalf(uuid4(), ends_at=time.monotonic() + seconds)


@pytest.fixture
def client(account):
    return WeChatClient(account, open_session(), CallLog())


@pytest.fixture
def tokens(database, clock):
    return SharedToken(TokenStore(database), clock, lambda _appid: True)


def test_a_token_is_fetched_once_and_kept(tokens, client, wechat):
    assert [tokens.usable(client, behalf()) for _ in range(3)] == ["token-1"] * 3
    assert len(wechat.calls(TOKEN)) == 1


def test_what_one_process_fetched_another_uses(tokens, client, wechat, database, clock):
    tokens.usable(client, behalf())
    another = SharedToken(TokenStore(database), clock, lambda _appid: True)

    assert another.usable(client, behalf()) == "token-1"
    assert len(wechat.calls(TOKEN)) == 1


def test_twenty_at_a_cold_start_fetch_one_token(tokens, client, wechat):
    wechat.tell(TOKEN, Told({"access_token": "token-1", "expires_in": 7200}, after_seconds=0.3))

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: tokens.usable(client, behalf()), range(20)))

    assert set(found) == {"token-1"}
    assert len(wechat.calls(TOKEN)) == 1


def test_twenty_who_are_refused_together_fetch_one_token(tokens, client, wechat):
    refused = tokens.usable(client, behalf())
    wechat.void()

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: tokens.usable(client, behalf(), failed=refused), range(20)))

    assert set(found) == {"token-2"}
    assert len(wechat.calls(TOKEN)) == 2


def test_one_who_failed_with_an_older_token_does_not_void_the_newer(tokens, client, wechat):
    older = tokens.usable(client, behalf())
    wechat.void()
    newer = tokens.usable(client, behalf(), failed=older)

    assert tokens.usable(client, behalf(), failed=older) == newer
    assert len(wechat.calls(TOKEN)) == 2


def test_it_is_renewed_in_its_last_five_minutes(tokens, client, wechat, clock):
    tokens.usable(client, behalf())
    wechat.void()

    clock.pass_by(minutes=114)
    assert tokens.usable(client, behalf()) == "token-1"
    clock.pass_by(minutes=2)
    assert tokens.usable(client, behalf()) == "token-2"


def test_asked_too_early_wechat_gives_the_old_one_and_is_asked_again_later(tokens, client, wechat, clock):
    wechat.lasts = 290
    tokens.usable(client, behalf())

    clock.pass_by(seconds=5)
    tokens.usable(client, behalf())
    assert len(wechat.calls(TOKEN)) == 1

    clock.pass_by(seconds=30)
    tokens.usable(client, behalf())
    assert len(wechat.calls(TOKEN)) == 2


def test_silence_while_the_old_one_lasts_goes_unnoticed(tokens, client, wechat, clock):
    tokens.usable(client, behalf())
    clock.pass_by(minutes=116)
    wechat.tell(TOKEN, *[Told({}, status=500)] * 5)

    assert tokens.usable(client, behalf()) == "token-1"
    assert tokens.usable(client, behalf()) == "token-1"
    assert len(wechat.calls(TOKEN)) == 2


def test_silence_without_a_token_is_no_answer(tokens, client, wechat):
    wechat.tell(TOKEN, Told({}, status=500))

    with pytest.raises(Unavailable):
        tokens.usable(client, behalf())

    assert tokens.usable(client, behalf()) == "token-1"


def test_while_another_renews_the_present_one_is_used(tokens, client, wechat, database, clock):
    tokens.usable(client, behalf())
    clock.pass_by(minutes=116)
    store = TokenStore(database)
    store.claim("wxtest", by=uuid4(), now=clock(), until=clock() + LEASE, seen=store.held("wxtest"), failed=None)

    assert tokens.usable(client, behalf()) == "token-1"
    assert len(wechat.calls(TOKEN)) == 1


def test_one_who_died_fetching_holds_up_nobody_for_long(tokens, client, database, clock):
    store = TokenStore(database)
    store.claim("wxtest", by=uuid4(), now=clock(), until=clock() + LEASE, seen=store.held("wxtest"), failed=None)

    with pytest.raises(Unavailable):
        tokens.usable(client, behalf(0.2))

    clock.pass_by(seconds=LEASE.total_seconds())
    assert tokens.usable(client, behalf()) == "token-1"


def test_one_whose_lease_was_taken_over_keeps_nothing(database, clock):
    store, slow, quick = TokenStore(database), uuid4(), uuid4()
    store.claim("wxtest", by=slow, now=clock(), until=clock() + LEASE, seen=store.held("wxtest"), failed=None)
    clock.pass_by(seconds=60)
    store.claim("wxtest", by=quick, now=clock(), until=clock() + LEASE, seen=store.held("wxtest"), failed=None)
    store.keep("wxtest", by=quick, token="newer", asked_at=clock(), expires_at=clock() + LEASE)

    store.keep("wxtest", by=slow, token="older", asked_at=clock(), expires_at=clock() + LEASE)
    store.release("wxtest", by=slow, asked_at=clock())

    assert store.held("wxtest").token == "newer"


def test_two_accounts_have_a_token_each(tokens, client, wechat, database):
    other = WeChatClient(an_account(wechat.url).model_copy(update={"appid": "wxother"}), open_session(), CallLog())
    tokens.usable(client, behalf())

    tokens.usable(other, behalf())

    assert [seen.body["appid"] for seen in wechat.calls(TOKEN)] == ["wxtest", "wxother"]


def test_a_refusal_of_the_token_call_frees_the_lease(tokens, client, wechat):
    wechat.tell(TOKEN, errcode(40164))

    with pytest.raises(WeChatSays):
        tokens.usable(client, behalf())

    assert tokens.usable(client, behalf()) == "token-1"
