"""A template message on its way to a WeChat that answers well, badly, or not at all."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from adapters.wechat.sender.calling import FORCED_REFRESHES, SaidNo
from adapters.wechat.sender.errcodes import CLASSES, Next, after, after_token_call
from adapters.wechat.sender.sending import ANSWER, TemplateSending
from adapters.wechat.sender.service import OTHER_QUOTAS
from adapters.wechat.sender.store import quota as quota_table
from chassis.errors import ContractBroken, Unavailable
from tests.adapters.wechat.sender.conftest import PUBLIC_URL, SHARES, an_account, calling_of
from tests.adapters.wechat.sender.stand_in import SEND, TOKEN, Told, errcode
from tests.adapters.wechat.sender.wishes import a_wish

TODAY = datetime(2026, 3, 2, tzinfo=UTC).date()


def test_a_message_reaches_its_follower_and_has_a_number(sending, wechat):
    number = sending.send(a_wish())

    assert number == "2918131553548107776"
    assert wechat.followers["oFollower0001"][0]["data"]["thing1"] == {"value": "首次保养"}


def test_chinese_goes_out_as_it_is_written(sending, wechat):
    sending.send(a_wish())

    assert "首次保养".encode() in wechat.calls(SEND)[0].raw


def test_the_same_wish_twice_is_sent_once(sending, wechat):
    wish = a_wish()

    assert sending.send(wish) == sending.send(wish)
    assert len(wechat.calls(SEND)) == 1


def test_what_wechat_took_before_we_could_note_it_is_known_by_its_client_msg_id(sending, wechat, database):
    wish = a_wish()
    number = sending.send(wish)
    with database.write() as tx:
        tx.execute(text("DELETE FROM delivery"))

    assert sending.send(wish) == number
    assert len(wechat.followers["oFollower0001"]) == 1


def test_sent_already_counts_as_sent_and_gives_its_number(sending, wechat):
    wechat.tell(SEND, errcode(45065, msg_id=3147494552))

    assert sending.send(a_wish()) == "3147494552"


def test_sent_already_under_a_number_we_are_not_told_counts_as_sent_too(sending, wechat):
    wechat.tell(SEND, errcode(45065))

    assert sending.send(a_wish()) == ""


def test_a_short_outage_is_waited_out(sending, wechat, sleeper):
    wechat.tell(SEND, Told(b"bad gateway", status=502), errcode(-1))

    assert sending.send(a_wish())
    assert len(sleeper.slept) == 2


def test_a_longer_outage_is_left_for_later(sending, wechat):
    wechat.tell(SEND, *[errcode(-1)] * 3)

    with pytest.raises(Unavailable):
        sending.send(a_wish())

    assert len(wechat.calls(SEND)) == 3


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_refused_token_is_renewed_once_and_the_message_sent_again(sending, wechat, code):
    sending.send(a_wish())
    wechat.void()
    wechat.tell(SEND, errcode(code))

    assert sending.send(a_wish())
    assert len(wechat.calls(TOKEN)) == 2


def test_a_token_that_is_refused_for_ever_is_renewed_once_not_in_a_loop(sending, wechat):
    wechat.tell(SEND, *[errcode(40001)] * 100)

    with pytest.raises(Unavailable) as later:
        sending.send(a_wish())

    assert later.value.retry_after >= 30
    assert len(wechat.calls(SEND)) == 2
    assert len(wechat.calls(TOKEN)) <= 3


def test_a_token_that_wechat_gives_again_though_it_refuses_it_is_voided(sending, wechat):
    wechat.tell(SEND, errcode(40001))

    assert sending.send(a_wish())
    assert [seen.body["force_refresh"] for seen in wechat.calls(TOKEN)] == [False, False, True]


def test_voiding_is_scarce_and_not_repeated_within_half_a_minute(sending, wechat, clock):
    wechat.tell(SEND, errcode(40001))
    sending.send(a_wish())
    wechat.tell(SEND, errcode(40001))

    with pytest.raises(Unavailable):
        sending.send(a_wish())

    clock.pass_by(seconds=31)
    wechat.tell(SEND, errcode(40001))
    assert sending.send(a_wish())
    assert sum(seen.body["force_refresh"] for seen in wechat.calls(TOKEN)) == 2


def test_the_daily_number_of_forced_refreshes_is_kept(sending, wechat, database):
    quota_is_used(database, FORCED_REFRESHES)
    wechat.tell(SEND, errcode(40001))

    with pytest.raises(Unavailable):
        sending.send(a_wish())

    assert not any(seen.body["force_refresh"] for seen in wechat.calls(TOKEN))


def test_a_wrong_secret_is_for_the_operator(wechat, database, clock, sleeper, calls):
    wrong = an_account(wechat.url, secret="wrong")
    sending = TemplateSending(calling_of(wrong, database, clock, calls, sleep=sleeper), PUBLIC_URL, SHARES)

    with pytest.raises(SaidNo) as no:
        sending.send(a_wish())

    assert (no.value.errcode, no.value.reason) == (40001, "operator_config")
    assert len(wechat.calls(TOKEN)) == 1


@pytest.mark.parametrize(
    ("code", "reason"), [(43004, "user_state"), (43101, "user_state"), (47003, "our_data"), (48001, "operator_config"), (99999, "unknown")]
)
def test_a_clear_no_is_final_and_says_whose_matter_it_is(sending, wechat, code, reason):
    wechat.tell(SEND, errcode(code))

    with pytest.raises(SaidNo) as no:
        sending.send(a_wish())

    assert (no.value.errcode, no.value.reason) == (code, reason)
    assert len(wechat.calls(SEND)) == 1


def test_a_quota_gone_by_wechats_count_is_waited_for_until_midnight_in_shanghai(sending, wechat):
    wechat.tell(SEND, errcode(45009))

    with pytest.raises(Unavailable) as later:
        sending.send(a_wish())

    assert later.value.retry_after == pytest.approx(12 * 3600 + 59 * 60 + 50 + 30)  # it is 11:00:10 there


def test_too_many_in_a_minute_waits_for_the_next(sending, wechat):
    wechat.tell(SEND, *[errcode(45011)] * 3)

    with pytest.raises(Unavailable) as later:
        sending.send(a_wish())

    assert later.value.retry_after == 50
    assert len(wechat.calls(SEND)) == 1


def test_a_follower_who_was_sent_too_much_waits_ten_minutes(sending, wechat):
    wechat.tell(SEND, errcode(43117))

    with pytest.raises(Unavailable) as later:
        sending.send(a_wish())

    assert later.value.retry_after == 600


def test_a_quota_gone_by_our_own_count_asks_nobody(sending, wechat, database):
    quota_is_used(database, SHARES[ANSWER])

    with pytest.raises(Unavailable) as later:
        sending.send(a_wish())

    assert later.value.retry_after > 3600
    assert not wechat.calls(SEND)


def test_the_next_day_begins_at_midnight_in_shanghai(sending, wechat, database, clock):
    quota_is_used(database, SHARES[ANSWER])
    clock.at = datetime(2026, 3, 2, 16, 0, 1, tzinfo=UTC)

    assert sending.send(a_wish())


def test_every_call_counts_the_ones_that_fail_too(sending, wechat, database):
    wechat.tell(SEND, errcode(-1), errcode(-1))

    sending.send(a_wish())

    assert used_today(database) == {"template_send": 3}


@pytest.mark.parametrize(
    "body",
    [{"errcode": 0}, {"errcode": 0, "msgid": "abc"}, {"errcode": 0, "msgid": 1.5}, {"errcode": "x"}, [1], {"errcode": 0, "msgid": 10**21}],
)
def test_an_answer_off_contract_is_not_guessed_at(sending, wechat, body):
    wechat.tell(SEND, Told(body))

    with pytest.raises(ContractBroken):
        sending.send(a_wish())

    assert len(wechat.calls(SEND)) == 1


@pytest.mark.parametrize("token", [{}, {"access_token": ""}, {"access_token": "x"}, {"access_token": "x", "expires_in": "soon"}])
def test_a_token_off_contract_is_not_used(sending, wechat, token):
    wechat.tell(TOKEN, Told(token))

    with pytest.raises(ContractBroken):
        sending.send(a_wish())

    assert not wechat.calls(SEND)


def test_an_answer_too_long_to_be_true_is_not_read_to_its_end(sending, wechat):
    wechat.tell(SEND, Told(b'{"errcode": 0, "msgid": 1, "errmsg": "' + b"x" * 100_000 + b'"}'))

    with pytest.raises(ContractBroken):
        sending.send(a_wish())


@pytest.mark.parametrize("told", [Told(b"<html>"), Told(b'{"errcode": 0, "ms'), Told({}, status=500), Told({}, status=302)])
def test_what_is_no_answer_of_wechats_is_tried_again(sending, wechat, told):
    wechat.tell(SEND, told)

    assert sending.send(a_wish())


def test_retry_after_is_heeded(sending, wechat, sleeper):
    wechat.tell(SEND, Told({}, status=429, headers=(("Retry-After", "7"),)))

    sending.send(a_wish())

    assert sleeper.slept[0] >= 7


def test_nobody_listening_is_no_answer(database, clock, sleeper, calls):
    nowhere = an_account("http://127.0.0.1:9")
    sending = TemplateSending(calling_of(nowhere, database, clock, calls, sleep=sleeper), PUBLIC_URL, SHARES)

    with pytest.raises(Unavailable) as later:
        sending.send(a_wish())

    assert "right" not in repr(later.value)


@pytest.mark.parametrize(("changed", "field"), [({"template": "birthday"}, "template"), ({"account": "other"}, "account")])
def test_what_is_not_configured_is_parked_for_the_operator(sending, wechat, changed, field):
    with pytest.raises(ContractBroken) as broken:
        sending.send(a_wish(**changed))

    assert broken.value.violations == ((field, "not in the configuration"),)
    assert not wechat.seen


def test_every_call_is_written_down_without_its_token(sending, wechat, calls):
    wish = a_wish()
    wechat.tell(SEND, errcode(-1))

    sending.send(wish)

    made = calls.take(wish.id)
    assert [(call.operation, call.outcome, call.status) for call in made] == [
        (f"POST {TOKEN}", "ok", 200),
        (f"POST {SEND}", "back_off", 200),
        (f"POST {SEND}", "ok", 200),
    ]


def test_neither_the_token_nor_the_openid_is_in_the_database_in_clear(sending, database, tmp_path):
    sending.send(a_wish())
    database.dispose()

    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"wxtest" in kept
    assert b"token-1" not in kept
    assert b"oFollower0001" not in kept


def test_every_code_stands_in_one_class():
    codes = [code for listed in CLASSES.values() for code in listed]

    assert len(codes) == len(set(codes))


def test_40001_means_a_stale_token_after_a_send_and_a_wrong_secret_after_the_token_call():
    assert after(40001) is Next.REFRESH_TOKEN_ONCE
    assert after_token_call(40001) is Next.FINAL_OPERATOR_CONFIG


def used_today(database):
    with database.read() as connection:
        rows = connection.execute(quota_table.select().where(quota_table.c.day == TODAY))
        return {row.interface: row.used for row in rows}


def quota_is_used(database, quota):
    with database.write() as tx:
        tx.execute(quota_table.insert().values(appid="wxtest", day=TODAY, interface=quota.interface, used=quota.per_day))


def test_what_is_used_of_todays_quotas_can_be_seen(calling, sending):
    sending.send(a_wish())

    used = {one.name: (one.account, one.used, one.most) for one in calling.used_today((SHARES[ANSWER], *OTHER_QUOTAS))}

    assert used["template_send"] == ("main", 1, 100_000)
    assert used["custom_send"] == ("main", 0, 500_000)


def test_a_wechat_that_is_down_is_left_alone_and_costs_no_quota(calling, sending, wechat, database):
    wechat.tell(SEND, *[Told(status=503)] * 20)

    for _ in range(3):
        with pytest.raises(Unavailable):
            sending.send(a_wish())

    assert len(wechat.calls(SEND)) == 5
    assert {one.name: one.used for one in calling.used_today((SHARES[ANSWER], *OTHER_QUOTAS))}["template_send"] == 5
