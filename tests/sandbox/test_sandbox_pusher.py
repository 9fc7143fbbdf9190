"""The pusher signs, encrypts, repeats and gives up as the platform does; wechatpy, which it does not use, reads what it sends."""

import json

import pytest
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature
from werkzeug.wrappers import Response

from sandbox.wechat.crypto import Cryptor, Unreadable
from sandbox.wechat.notation import read, written
from tests.sandbox.stage import OPENID, SECRETS

CLICK = {"MsgType": "event", "Event": "CLICK", "EventKey": "BOOK"}
REPLY = (
    f"<xml><ToUserName><![CDATA[{OPENID}]]></ToUserName><FromUserName><![CDATA[gh_x]]></FromUserName><CreateTime>1</CreateTime>"
    "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[请点这里]]></Content></xml>"
)


def crypto():
    return WeChatCrypto(SECRETS.token, SECRETS.aes_key, SECRETS.appid)


def opened(heard):
    query = heard.query
    return xmltodict.parse(crypto().decrypt_message(heard.body, query["msg_signature"], query["timestamp"], query["nonce"]))["xml"]


def test_a_plain_push_is_signed_and_written_as_xml(stage):
    stage.wechat("/push", msg=CLICK, mode="plain")

    (heard,) = stage.cheqiao.heard
    check_signature(SECRETS.token, heard.query["signature"], heard.query["timestamp"], heard.query["nonce"])
    fields = xmltodict.parse(heard.body)["xml"]
    assert (fields["FromUserName"], fields["Event"], fields["EventKey"]) == (OPENID, "CLICK", "BOOK")
    assert "encrypt_type" not in heard.query


def test_a_safe_push_shows_nothing_in_clear(stage):
    stage.wechat("/push", msg=CLICK)

    (heard,) = stage.cheqiao.heard
    assert opened(heard)["EventKey"] == "BOOK"
    assert OPENID not in heard.body
    assert (heard.query["encrypt_type"], heard.query["openid"]) == ("aes", OPENID)


def test_a_compatible_push_shows_both(stage):
    stage.wechat("/push", msg=CLICK, mode="compatible")

    (heard,) = stage.cheqiao.heard
    assert opened(heard)["EventKey"] == xmltodict.parse(heard.body)["xml"]["EventKey"] == "BOOK"


def test_a_safe_push_in_json_is_json_inside_and_outside(stage):
    stage.wechat("/push", msg=CLICK, format="json")

    (heard,) = stage.cheqiao.heard
    clear = Cryptor(SECRETS.aes_key, SECRETS.appid).decrypt(json.loads(heard.body)["Encrypt"])
    assert json.loads(clear)["EventKey"] == "BOOK"
    assert heard.headers["Content-Type"] == "application/json"


def test_a_text_has_an_id_of_64_bits(stage):
    told = stage.wechat("/push", msg={"MsgType": "text", "Content": "你好]]>"}, mode="plain")

    fields = xmltodict.parse(stage.cheqiao.heard[0].body)["xml"]
    assert (fields["Content"], fields["MsgId"]) == ("你好]]>", str(told["message"]["MsgId"]))


def test_only_a_200_counts_as_sent_and_three_tries_are_all(stage):
    stage.cheqiao.reply = lambda _heard: Response(status=503)

    told = stage.wechat("/push", msg=CLICK)

    assert told["sent"] is False
    assert [each["status"] for each in told["sends"][0]["tries"]] == [503, 503, 503]
    assert stage.state("wechat")["pushes"][0]["outcome"] == "given_up"


def test_a_try_after_a_failure_carries_the_same_message(stage):
    stage.cheqiao.answers = [Response(status=500)]

    told = stage.wechat("/push", msg=CLICK)

    assert told["sent"] is True
    first, second = stage.cheqiao.heard
    assert opened(first) == opened(second)
    assert first.query["nonce"] != second.query["nonce"]


def test_a_push_to_nobody_is_not_sent(stage):
    stage.wechat("/push", msg=CLICK)
    stage.cheqiao.reply = lambda _heard: Response(status=404)

    assert stage.wechat("/push", msg=CLICK)["sent"] is False


@pytest.mark.parametrize("at_once", [False, True])
def test_the_same_push_ten_times_is_the_same_ten_times(stage, at_once):
    told = stage.wechat("/push", msg=CLICK, times=10, concurrently=at_once)

    assert [send["sent"] for send in told["sends"]] == [True] * 10
    assert len({json.dumps(opened(heard)) for heard in stage.cheqiao.heard}) == 1
    assert len(stage.cheqiao.heard) == 10


def test_a_push_can_be_repeated_to_the_letter_later(stage):
    told = stage.wechat("/push", msg=CLICK)

    stage.wechat("/push", msg=told["message"])

    assert opened(stage.cheqiao.heard[0]) == opened(stage.cheqiao.heard[1])


@pytest.mark.parametrize("body", ["", "success"])
def test_an_answer_without_a_reply_is_one(stage, body):
    stage.cheqiao.answers = [Response(body)]

    assert stage.wechat("/push", msg=CLICK)["reply"] is None


def test_a_plain_reply_is_read(stage):
    stage.cheqiao.answers = [Response(REPLY)]

    assert stage.wechat("/push", msg=CLICK, mode="plain")["reply"]["Content"] == "请点这里"


def test_an_encrypted_reply_is_read(stage):
    stage.cheqiao.answers = [Response(crypto().encrypt_message(REPLY, "nonce", "1713424427"))]

    assert stage.wechat("/push", msg=CLICK)["reply"]["Content"] == "请点这里"


def test_a_reply_that_nobody_can_read_is_a_problem(stage):
    spoilt = crypto().encrypt_message(REPLY, "nonce", "1713424427").replace("<TimeStamp>1713", "<TimeStamp>1714")
    stage.cheqiao.answers = [Response(spoilt), Response("<html>")]

    assert [stage.wechat("/push", msg=CLICK)["reply"]["problem"] for _ in range(2)] == ["Unreadable: MsgSignature", "ValueError: not XML"]


def test_a_push_can_be_made_wrong_on_purpose(stage):
    stage.wechat("/push", msg=CLICK, wrong_signature=True)
    stage.wechat("/push", msg=CLICK, skew_seconds=-600, mode="plain")
    stage.wechat("/push", msg=CLICK, appid="wxanother")

    forged, old, foreign = stage.cheqiao.heard
    assert forged.query["msg_signature"] == forged.query["signature"] == "0" * 40
    assert int(old.query["timestamp"]) <= int(foreign.query["timestamp"]) - 600
    with pytest.raises(Unreadable, match="appid"):
        Cryptor(SECRETS.aes_key, SECRETS.appid).decrypt(read(foreign.body)["Encrypt"])


def test_the_callback_is_verified_by_its_echo(stage):
    wrong = stage.wechat("/verify")
    stage.cheqiao.reply = lambda heard: Response(heard.query["echostr"])

    assert (wrong["ok"], stage.wechat("/verify")["ok"]) == (False, True)


def test_a_line_that_answers_too_late_is_cut_at_five_seconds(stage):
    stage.cheqiao.delays = [7]

    told = stage.wechat("/push", msg=CLICK)

    assert [(each["status"], each["outcome"]) for each in told["sends"][0]["tries"]] == [(None, "cut"), (200, "answered")]


def test_nested_fields_are_elements_and_a_list_repeats_its_element():
    fields = {"Event": "x", "List": [{"a": "1"}, {"a": "2"}], "Size": 3}

    assert xmltodict.parse(written(fields, "xml"))["xml"] == {"Event": "x", "List": [{"a": "1"}, {"a": "2"}], "Size": "3"}
