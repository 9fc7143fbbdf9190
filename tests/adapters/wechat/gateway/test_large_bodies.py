"""A body that takes long to read is read only behind a signature of the query; a large push of WeChat's own is taken."""

from adapters.wechat.gateway.verify import WORTH_PARSING
from contracts.wechat import PushReceived
from tests.adapters.wechat.gateway.stage import a_safe_account, an_xml

LONG = "字" * WORTH_PARSING


def test_a_large_body_that_nobody_signed_is_not_read(open_door):
    wechat = open_door({"main": a_safe_account()}).wechat()

    answer = wechat.push("<xml" + " a='1'" * WORTH_PARSING, wechat.query() | {"signature": "0" * 40})

    assert (answer.status_code, answer.text) == (403, "wrong_signature")


def test_a_large_push_of_wechats_own_is_taken(open_door):
    door = open_door({"main": a_safe_account()})

    answer = door.wechat().push_safely(an_xml(MsgType="link", Description=LONG))

    assert answer.status_code == 200
    (push,) = door.publisher.pushes
    assert isinstance(push, PushReceived)
    assert LONG in push.raw
