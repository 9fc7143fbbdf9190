"""WeChat at the door: who is let in, what is made of a push, and what is answered."""

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest
import requests
from defusedxml import ElementTree

from adapters.wechat.gateway.verify import Line
from chassis.settings import SettingsError
from contracts.wechat import (
    FollowerSubscribed,
    FollowerUnsubscribed,
    MenuClicked,
    PushReceived,
    TemplateJobFinished,
    TextReceived,
)
from tests.adapters.wechat.gateway.stage import (
    AES_KEY,
    APPID,
    NOW,
    OLD_AES_KEY,
    a_click,
    a_safe_account,
    a_text,
    a_vault,
    an_account,
    an_xml,
    sha1_of,
)

LARGEST = 1024 * 1024


def test_the_platform_hears_its_echo(open_door):
    wechat = open_door().wechat()

    answer = requests.get(wechat.url, params=wechat.query(echostr="5927782489442352469"), timeout=30)

    assert (answer.status_code, answer.text) == (200, "5927782489442352469")


def test_an_encrypted_echo_is_opened(open_door):
    wechat = open_door({"main": a_safe_account()}).wechat()
    text, query = wechat.encrypted("42")

    answer = requests.get(wechat.url, params=query | {"echostr": text}, timeout=30)

    assert (answer.status_code, answer.text) == (200, "42")


def test_a_stranger_hears_no_echo(open_door):
    wechat = open_door().wechat()

    answer = requests.get(wechat.url, params=wechat.query(echostr="<script>") | {"signature": "0" * 40}, timeout=30)

    assert (answer.status_code, answer.text) == (403, "wrong_signature")


def test_a_menu_click_is_published_and_answered_with_its_link(open_door):
    door = open_door()

    answer = door.wechat().push(a_click("BOOK"))

    reply = {part.tag: part.text for part in ElementTree.fromstring(answer.text)}
    assert answer.status_code == 200
    assert reply == {
        "ToUserName": "oFollower",
        "FromUserName": "gh_1",
        "CreateTime": str(int(NOW.timestamp())),
        "MsgType": "text",
        "Content": "点这里预约：https://car.example.com/m/",
    }
    [click] = door.publisher.pushes
    assert isinstance(click, MenuClicked)
    assert (click.account, click.event_key, click.openid) == ("main", "BOOK", "oFollower")
    assert click.follower_id == a_vault().follower_id(APPID, "oFollower")
    assert click.created_at == datetime.fromtimestamp(1772443800, UTC)
    assert door.counted("published", mode="plain") == 1


def test_a_follower_is_welcomed(open_door):
    door = open_door()

    answer = door.wechat().push(an_xml(Event="subscribe", EventKey="qrscene_dealer-7"))

    [news] = door.publisher.pushes
    assert isinstance(news, FollowerSubscribed)
    assert news.scene == "dealer-7"
    assert "欢迎！" in answer.text


def test_a_push_with_nothing_to_say_is_answered_success(open_door):
    assert open_door().wechat().push(an_xml(Event="unsubscribe")).text == "success"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (a_text("你好"), TextReceived),
        (an_xml(Event="unsubscribe"), FollowerUnsubscribed),
        (an_xml(Event="TEMPLATESENDJOBFINISH", MsgID="1700827132819554304", Status="success"), TemplateJobFinished),
        (an_xml(Event="TEMPLATESENDJOBFINISH", Status="success"), PushReceived),
        (an_xml(Event="LOCATION", Latitude="23.1"), PushReceived),
        (an_xml(MsgType="a-type-of-tomorrow"), PushReceived),
        (a_text("长" * 9000), PushReceived),
        (an_xml(Event="CLICK", EventKey="k" * 200), PushReceived),
    ],
)
def test_every_push_becomes_the_message_that_can_hold_it(open_door, body, kind):
    door = open_door()

    answer = door.wechat().push(body)

    assert answer.status_code == 200
    assert [type(message) for message in door.publisher.pushes] == [kind]


def test_an_unknown_push_is_kept_whole(open_door):
    door = open_door()

    door.wechat().push(an_xml(Event="user_view_card", CardId="c-1", OuterStr=""))

    [kept] = door.publisher.pushes
    assert kept.event == "user_view_card"
    assert json.loads(kept.raw) == {
        "ToUserName": "gh_1",
        "FromUserName": "oFollower",
        "CreateTime": "1772443800",
        "MsgType": "event",
        "Event": "user_view_card",
        "CardId": "c-1",
        "OuterStr": None,
    }


def test_a_push_in_json_is_the_same_push_and_answered_in_json(open_door):
    door = open_door()
    fields = {"ToUserName": "gh_1", "FromUserName": "oFollower", "CreateTime": 1772443800, "MsgType": "event"}

    answer = door.wechat().push(json.dumps(fields | {"Event": "CLICK", "EventKey": "BOOK"}))
    door.wechat().push(a_click("BOOK"))

    in_json, in_xml = door.publisher.pushes
    assert in_json.id == in_xml.id
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json()["Content"] == "点这里预约：https://car.example.com/m/"


def test_a_cdata_end_in_a_reply_does_not_break_it(open_door):
    answer = open_door().wechat().push(a_click("EVIL"))

    assert ElementTree.fromstring(answer.text).findtext("Content") == "a]]>b<&{c}"


def test_a_repeated_push_is_the_same_message_and_two_results_in_one_second_are_two(open_door):
    door = open_door()
    result = {"Event": "TEMPLATESENDJOBFINISH", "Status": "success"}

    for number in ("1", "1", "2"):
        door.wechat().push(an_xml(MsgID=number, **result))

    first, repeat, other = door.publisher.pushes
    assert first.id == repeat.id != other.id


def test_the_same_push_to_two_accounts_is_two(open_door):
    door = open_door({"main": an_account(), "second": an_account(appid="wx2")})

    door.wechat("main").push(a_click())
    door.wechat("second").push(a_click())

    one, two = door.publisher.pushes
    assert one.id != two.id
    assert one.follower_id != two.follower_id


def test_a_safe_push_is_opened_and_answered_encrypted(open_door):
    door = open_door({"main": a_safe_account()})
    wechat = door.wechat()

    answer = wechat.push_safely(a_click("BOOK"))

    assert [type(message) for message in door.publisher.pushes] == [MenuClicked]
    assert "点这里预约" not in answer.text
    assert "点这里预约：https://car.example.com/m/" in wechat.read(answer)
    assert door.counted("published", mode="safe") == 1


def test_a_safe_push_in_json_is_answered_in_json(open_door):
    wechat = open_door({"main": a_safe_account()}).wechat()
    push = {"ToUserName": "gh_1", "FromUserName": "oFollower", "CreateTime": 1, "MsgType": "event", "Event": "CLICK", "EventKey": "BOOK"}

    answer = wechat.push_safely(json.dumps(push)).json()

    assert answer["MsgSignature"] == sha1_of("a-token", str(answer["TimeStamp"]), answer["Nonce"], answer["Encrypt"])


def test_in_compatible_mode_the_encrypted_part_is_the_truth(open_door):
    door = open_door({"main": a_safe_account()})
    in_clear = "<FromUserName>oThief</FromUserName><MsgType>event</MsgType><Event>unsubscribe</Event>"

    door.wechat().push_safely(a_click("BOOK"), in_clear)

    [click] = door.publisher.pushes
    assert (type(click), click.openid) == (MenuClicked, "oFollower")
    assert door.counted("published", mode="compatible") == 1


def test_while_the_key_changes_both_are_taken_and_each_is_answered_with_its_own(open_door):
    door = open_door({"main": a_safe_account(previous_aes_key=OLD_AES_KEY)})
    with_old, with_new = door.wechat(aes_key=OLD_AES_KEY), door.wechat(aes_key=AES_KEY)

    old_answer, new_answer = with_old.push_safely(a_click()), with_new.push_safely(a_click())

    assert "点这里预约" in with_old.read(old_answer)
    assert "点这里预约" in with_new.read(new_answer)


def test_where_safe_mode_is_set_nothing_in_clear_is_taken(open_door):
    door = open_door({"main": a_safe_account()})

    answer = door.wechat().push(a_click())

    assert (answer.status_code, answer.text) == (403, "plain_refused")
    assert door.publisher.published == []


def test_embedded_takes_both(open_door):
    door = open_door({"main": a_safe_account(allow_plain=True)})

    assert door.wechat().push(a_click()).status_code == 200
    assert door.wechat().push_safely(a_click()).status_code == 200


def test_a_plain_signature_does_not_carry_an_encrypted_body(open_door):
    door = open_door({"main": a_safe_account(allow_plain=True)})
    wechat = door.wechat()
    text, query = wechat.encrypted(a_click())
    del query["msg_signature"]

    answer = wechat.push(f"<xml><Encrypt>{text}</Encrypt></xml>", query)

    assert (answer.status_code, answer.text) == (403, "wrong_signature")


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_timestamp_ten_minutes_off_is_refused(open_door, minutes):
    door = open_door()
    wechat = door.wechat()
    when = int((NOW + timedelta(minutes=minutes)).timestamp())

    answer = wechat.push(a_click(), wechat.query(timestamp=when))

    assert (answer.status_code, answer.text) == (403, "stale_timestamp")
    assert door.counted("stale_timestamp") == 1


@pytest.mark.parametrize("signature", ["", "0" * 40, "签名"])
def test_a_wrong_signature_is_refused(open_door, signature):
    wechat = open_door().wechat()

    answer = wechat.push(a_click(), wechat.query() | {"signature": signature})

    assert (answer.status_code, answer.text) == (403, "wrong_signature")


def test_a_push_made_for_another_app_is_refused(open_door):
    door = open_door({"main": a_safe_account()})

    answer = door.wechat(appid="wx9999999999999999").push_safely(a_click())

    assert (answer.status_code, answer.text) == (403, "wrong_appid")


def test_a_cut_ciphertext_is_refused(open_door):
    door = open_door({"main": a_safe_account()})
    wechat = door.wechat()
    text, query = wechat.encrypted(a_click())

    for cut in (text[:-1], text[:-24], text[:64], "!" + text[1:], "é"):
        signed = query | {"msg_signature": sha1_of("a-token", query["timestamp"], query["nonce"], cut)}
        answer = wechat.push(f"<xml><Encrypt>{cut}</Encrypt></xml>", signed)

        assert (answer.status_code, answer.text) == (400, "undecryptable")
    assert door.publisher.published == []


def test_an_account_that_we_do_not_have_is_not_found(open_door):
    door = open_door()

    assert door.wechat("other").push(a_click()).status_code == 404
    assert requests.put(door.url(), timeout=30).status_code == 405
    assert door.counted("unknown_account", account="unknown") == 1


BILLION_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><FromUserName>&b;</FromUserName></xml>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml><FromUserName>&f;</FromUserName></xml>'
GARBAGE = {
    "nothing": b"",
    "bytes": b"\xff\xfe\x00garbage",
    "prose": b"hello",
    "open tag": b"<xml><a>",
    "no object": b"[1]",
    "half an object": b'{"a":',
    "no number": b'{"a": NaN}',
    "half a character": b'{"FromUserName":"\\ud800","CreateTime":1,"MsgType":"text"}',
    "entities": BILLION_LAUGHS.encode(),
    "a file of ours": EXTERNAL.encode(),
    "a document type": b"<!DOCTYPE xml><xml></xml>",
    "deep XML": b"<a>" * 40_000 + b"</a>" * 40_000,
    "deep JSON": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep JSON array": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "too many values": b"<xml>" + b"<a/>" * 100_000 + b"</xml>",
    "too many values in JSON": b'{"a":[' + b"1," * 100_000 + b"1]}",
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_gets_a_short_answer_and_is_counted(open_door, body):
    door = open_door()

    answer = door.wechat().push(body)

    assert (answer.status_code, answer.text) == (400, "malformed")
    assert door.counted("malformed") == 1
    assert door.publisher.published == []


@pytest.mark.parametrize(
    "fields", [{"FromUserName": ""}, {"CreateTime": "yesterday"}, {"CreateTime": "9" * 30}, {"FromUserName": "o" * 200}]
)
def test_a_push_that_no_contract_can_hold_is_not_acknowledged(open_door, fields):
    answer = open_door().wechat().push(an_xml(Event="CLICK", EventKey="BOOK", **fields))

    assert (answer.status_code, answer.text) == (400, "off_contract")


def test_a_body_over_a_mebibyte_is_too_large(open_door):
    door = open_door()

    answer = door.wechat().push(a_text("x" * LARGEST))

    assert (answer.status_code, answer.text) == (413, "too_large")
    assert door.counted("too_large") == 1


def test_a_body_in_chunks_is_counted_as_it_comes(open_door):
    door = open_door()

    answer = requests.post(door.url(), params=door.wechat().query(), data=iter([b"x" * 65536] * 17), timeout=30)

    assert (answer.status_code, answer.text) == (413, "too_large")


def test_a_small_push_in_chunks_is_taken(open_door):
    door = open_door()
    pieces = iter([a_click()[:20].encode(), a_click()[20:].encode()])

    answer = requests.post(door.url(), params=door.wechat().query(), data=pieces, timeout=30)

    assert answer.status_code == 200
    assert len(door.publisher.pushes) == 1


def _say(door, *lines: str, body: bytes = b"") -> bytes:
    query = "&".join(f"{name}={value}" for name, value in door.wechat().query().items())
    with socket.create_connection(("127.0.0.1", door.port), timeout=30) as link:
        link.sendall("\r\n".join([f"POST /wechat/main?{query} HTTP/1.1", "Host: x", *lines, "", ""]).encode() + body)
        link.shutdown(socket.SHUT_WR)
        return link.makefile("rb").readline()


def test_a_length_that_lies_is_answered(open_door):
    door = open_door()

    assert b" 413 " in _say(door, "Content-Length: 99999999", body=b"<xml/>")
    assert b" 400 " in _say(door, "Content-Length: 500", body=a_click().encode()[:50])
    assert b" 400 " in _say(door, "Content-Length: -5", body=b"<xml/>")
    assert b" 400 " in _say(door, "Content-Length: many", body=b"<xml/>")
    assert b" 400 " in _say(door, "Transfer-Encoding: chunked", body=b"zz\r\nnothing")
    assert b" 400 " in _say(door, "Transfer-Encoding: chunked", body=b"ff\r\ncut")
    assert door.wechat().push(a_click()).status_code == 200


def test_a_key_that_is_none_is_said_at_start(open_door):
    with pytest.raises(SettingsError, match=r"accounts\.main: an EncodingAESKey"):
        Line.of("main", an_account(aes_key="short"))
    with pytest.raises(SettingsError, match="allow_plain"):
        Line.of("main", an_account(allow_plain=False))
