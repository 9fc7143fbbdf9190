"""The strip beside the phones: what travelled lately, as the stand-ins saw it."""

from contextlib import suppress

import requests
from werkzeug.wrappers import Response

from tests.sandbox.stage import OPENID, SECRETS, a_store_record, eventually


def feed(stage, **query):
    return requests.get(stage.at("/phone/feed"), params=query, timeout=30).json()


def hops(stage):
    return [(hop["way"], hop["words"]["zh"], hop["who"], hop["outcome"]) for hop in feed(stage)["hops"]]


def test_nothing_has_travelled_yet(stage):
    assert feed(stage)["hops"] == []


def test_what_a_follower_does_goes_from_the_phone_to_cheqiao(stage):
    stage.wechat("/push", msg={"MsgType": "event", "Event": "CLICK", "EventKey": "HELP"})

    assert hops(stage) == [(["phone", "wechat", "cheqiao"], "点击菜单", "张伟", "done")]


def test_a_push_that_nobody_took_has_failed(stage):
    stage.cheqiao.reply = lambda _heard: Response("", 500)

    stage.wechat("/push", msg={"MsgType": "text", "Content": "你好"})

    assert hops(stage) == [(["phone", "wechat", "cheqiao"], "发消息", "张伟", "failed")]


def test_a_template_message_comes_back_to_the_phone(stage):
    stage.send_template()

    assert hops(stage) == [(["cheqiao", "wechat", "phone"], "模板消息", "张伟", "done")]


def test_a_message_that_wechat_refuses_shows_its_errcode(stage):
    stage.send_template(touser="oSandboxFollower0004")

    (hop,) = feed(stage)["hops"]
    assert (hop["who"], hop["outcome"], hop["detail"]) == ("刘洋", "refused", "43004")


def test_questions_to_the_dms_and_their_fate(stage):
    stage.store(key="k-1")
    stage.store(a_store_record(dealer_code="CLOSED"), key="k-2")
    stage.fault("dms", mode="failing", times=1)
    stage.store(key="k-3")

    shown = [(hop["way"], hop["words"]["zh"], hop["outcome"], hop["detail"]) for hop in feed(stage)["hops"]]
    assert shown == [
        (["cheqiao", "dms"], "登记预约", "done", ""),
        (["cheqiao", "dms"], "登记预约", "refused", "422"),
        (["cheqiao", "dms"], "登记预约", "failed", "500"),
    ]


def test_a_request_that_got_no_answer_has_failed(stage):
    stage.fault("dms", mode="down", times=1)
    with suppress(requests.ConnectionError):
        stage.store()

    assert [hop["outcome"] for hop in feed(stage)["hops"]] == ["failed"]


def test_what_a_desk_does_goes_from_the_csc_to_cheqiao(stage):
    record = stage_record(stage)
    stage.desk(f"/csc/desk/tasks/{record}/calls", result="no_answer")

    told = eventually(lambda: [hop for hop in hops(stage) if hop[0] == ["csc", "cheqiao"] and hop[3] == "done"])
    assert told == [(["csc", "cheqiao"], "通话记录", "", "done")]


def stage_record(stage):
    stage.open_task()
    return stage.state("csc")["tasks"][0]["appointment_id"]


def test_a_text_message_goes_past_wechat(stage):
    message = {"to": "13800138000", "text": "验证码 482913", "template": "registration.code", "code": "482913"}
    headers = {"Authorization": f"Bearer {SECRETS.sms_api_key}", "Idempotency-Key": "s-1"}
    requests.post(stage.at("/sms/api/v1/messages"), json=message, headers=headers, timeout=30).raise_for_status()

    assert hops(stage) == [(["cheqiao", "sms", "phone"], "短信", "张伟", "done")]


def test_what_a_page_submits_goes_straight_and_what_it_reads_is_not_told(stage):
    page = stage.at(f"/phone/w/{OPENID}/m")
    requests.get(f"{page}/appointments", timeout=30)
    stage.cheqiao.answers.append(Response("", 422))
    requests.post(f"{page}/api/appointments", json={}, timeout=30)
    requests.post(f"{page}/api/registrations/1/verify", json={}, timeout=30)

    assert hops(stage) == [(["phone", "cheqiao"], "提交预约", "张伟", "refused"), (["phone", "cheqiao"], "提交验证码", "张伟", "done")]


def test_the_last_twenty_are_shown_in_their_order(stage):
    stage.wechat("/push", msg={"MsgType": "text", "Content": "你好"})
    for number in range(22):
        stage.store(key=f"k-{number}")

    shown = feed(stage)["hops"]
    assert len(shown) == 20
    assert [hop["at"] for hop in shown] == sorted(hop["at"] for hop in shown)
    assert {hop["way"][-1] for hop in shown} == {"dms"}


def test_who_knows_it_already_is_told_nothing_twice(stage):
    stage.store()
    before = feed(stage)

    again, mark = feed(stage, since=before["mark"]), before["phones"]
    stage.wechat("/push", msg={"MsgType": "text", "Content": "你好"})
    after = feed(stage, since=before["mark"])

    assert (again["hops"], again["phones"]) == (None, mark)
    assert len(after["hops"]) == 2
    assert after["phones"] != mark


def test_personal_data_does_not_travel_on_the_strip(stage):
    stage.store()
    stage.wechat("/push", msg={"MsgType": "text", "Content": "我的手机号 13800138000"})

    assert "13800138000" not in str(feed(stage))
