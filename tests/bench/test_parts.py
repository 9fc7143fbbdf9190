"""What the rows are made of, where it can be wrong without anybody seeing it: the pushes, the way of a booking, thirds, processes."""

import os
from urllib.parse import parse_qsl, urlsplit

import pytest

from adapters.wechat.gateway.crypto import Key, is_signed
from adapters.wechat.gateway.push import fields_of
from bench.hops import WAY, cut
from bench.processes import Usage, of_house, spent, usage
from bench.pushes import TEXT, Account, deck
from bench.rows.memory import thirds
from bench.seeding import steps_of

ACCOUNT = Account("wxbench", "bench-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")


def split(request: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    target = head.split(b"\r\n")[0].split(b" ")[1].decode()
    assert f"Content-Length: {len(body)}".encode() in head
    return dict(parse_qsl(urlsplit(target).query)), body


def test_a_plain_push_is_signed_as_wechat_signs():
    query, body = split(deck(1, "plain", ACCOUNT, "/wechat/main")[0])

    assert is_signed(query["signature"], ACCOUNT.token, query["timestamp"], query["nonce"])
    assert fields_of(body)["Content"] == TEXT


def test_a_safe_push_is_encrypted_and_signed_over_its_body():
    query, body = split(deck(1, "safe", ACCOUNT, "/wechat/main")[0])

    encrypted = str(fields_of(body)["Encrypt"])
    assert is_signed(query["msg_signature"], ACCOUNT.token, query["timestamp"], query["nonce"], encrypted)
    message, appid = Key.of(ACCOUNT.aes_key).decrypt(encrypted)
    assert (appid, fields_of(message)["Content"]) == (b"wxbench", TEXT)


def test_no_two_pushes_are_the_same():
    pushes = [fields_of(split(request)[1]) for request in deck(200, "plain", ACCOUNT, "/wechat/main")]

    assert len({str(push["FromUserName"]) for push in pushes}) == len({str(push["MsgId"]) for push in pushes}) == 200


def test_the_parts_of_a_booking_add_up_to_the_whole():
    timed = cut(1000.0, [1000.0 + 5 * number for number in range(1, len(WAY) + 1)])

    assert timed.total == sum(timed.parts.values()) == 5 * len(WAY)


def test_clocks_that_are_read_a_millisecond_apart_make_no_negative_part():
    timed = cut(1000.0, [999.0, *(1001.0 + number for number in range(len(WAY) - 1))])

    assert min(timed.parts.values()) == 0.0


def test_thirds_are_the_ends_of_what_was_sampled():
    assert thirds([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]) == ([1.0, 2.0], [6.0, 7.0])
    with pytest.raises(ValueError, match="too few"):
        thirds([1.0, 2.0])


def test_a_process_is_seen_with_its_memory():
    assert usage(os.getpid()).memory_mb > 1
    assert "supervisor" in of_house(os.getpid())


def test_processor_time_of_a_process_that_was_started_anew_counts_from_its_start():
    before = {"dms": Usage(1, 100, 5.0), "csc": Usage(2, 100, 7.0)}
    after = {"dms": Usage(1, 100, 6.0), "csc": Usage(3, 100, 2.0)}

    assert spent(before, after) == {"csc": 2.0, "dms": 1.0}


@pytest.mark.parametrize(("copies", "rows", "steps"), [(10, 1, 1), (50_000, 1, 1), (50_001, 1, 2), (100, 25_000, 50)])
def test_copying_says_beforehand_how_many_steps_it_takes(copies: int, rows: int, steps: int):
    assert steps_of(copies, rows) == steps
