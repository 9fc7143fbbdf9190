"""What all desks share: fault switches, traffic, language, who may send a form, and the index of the sandbox."""

import pytest
import requests

from tests.sandbox.desk_visitor import Visitor, a_customer_waits, words_of
from tests.sandbox.stage import SECRETS, a_store_record, eventually

DESKS = ("csc", "dms", "wechat", "sms")
FAULTS = "/pages/faults"


@pytest.fixture
def dms(stage):
    return Visitor(stage, "dms")


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("down", "停机"),
        ("slow", "慢"),
        ("failing", "报错 500"),
        ("busy", "繁忙 429"),
        ("refusing", "拒绝"),
        ("off_contract", "乱答"),
        ("silent", "不出声"),
        ("cut", "断在一半"),
        ("trickle", "一滴一滴"),
        ("reset", "连接重置"),
    ],
)
def test_a_fault_is_one_press_and_every_page_warns_of_it(stage, dms, mode, name):
    shown = words_of(dms.sends(FAULTS, mode=mode, path="", times=""))

    (fault,) = requests.get(stage.at("/dms/control/faults"), timeout=30).json()["faults"]
    assert (fault["mode"], fault["times"], fault["path"]) == (mode, None, "")
    assert f"已打开：{name}" in shown
    assert f"故障开着 {name}" in dms.reads("/pages/sales")


def test_a_fault_strikes_as_often_as_was_said_and_where_and_never_the_desk(stage, dms):
    dms.sends(FAULTS, mode="failing", path="/api/v1/appointments", times="2")

    answers = [stage.store(a_store_record(), key=key).status_code for key in ("a", "b", "c")]

    assert answers == [500, 500, 201]
    assert "没有故障" in dms.reads(FAULTS)
    assert [seen["path"] for seen in stage.ledger("dms")] == ["/api/v1/appointments"] * 3


def test_a_desk_that_is_down_for_others_is_there_for_its_people(stage, dms):
    dms.sends(FAULTS, mode="down", path="", times="")

    with pytest.raises(requests.ConnectionError):
        stage.store()
    assert dms.opens("/").status_code == 200


def test_one_press_puts_everything_right(stage, dms):
    dms.sends(FAULTS, mode="failing", path="", times="")
    dms.sends(FAULTS, mode="duplicating", copies="3", times="")

    shown = words_of(dms.sends(f"{FAULTS}/clear"))

    assert "已全部恢复正常" in shown
    assert "故障开着" not in shown
    assert stage.store().status_code == 201


def test_one_of_several_faults_is_switched_off(stage, dms):
    dms.sends(FAULTS, mode="failing", path="/api/v1/slips", times="")
    dms.sends(FAULTS, mode="busy", path="/api/v1/appointments", times="3")

    dms.sends(f"{FAULTS}/0/end", mode="failing", path="/api/v1/slips")

    assert [fault["mode"] for fault in requests.get(stage.at("/dms/control/faults"), timeout=30).json()["faults"]] == ["busy"]


def test_a_plan_that_moved_on_meanwhile_loses_no_other_fault(stage, dms):
    dms.sends(FAULTS, mode="busy", path="/api/v1/appointments", times="3")

    dms.sends(f"{FAULTS}/0/end", mode="failing", path="/api/v1/slips")

    assert len(requests.get(stage.at("/dms/control/faults"), timeout=30).json()["faults"]) == 1


def test_a_fault_is_tuned(stage, dms):
    dms.sends(FAULTS, mode="refusing", path="", times="1", code="full", when="after", seconds="", retry_after="")

    answer = stage.store()

    assert (answer.status_code, answer.json()["code"]) == (422, "full")
    assert len(stage.state("dms")["appointments"]) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"mode": "exploding"}, "请按一个故障按钮"),
        ({"path": "/elsewhere"}, "请选择一项"),
        ({"times": "many"}, "请选择一项"),
        ({"seconds": "long"}, "请填 0 到 600 之间的整数"),
        ({"when": "maybe"}, "请选择一项"),
    ],
)
def test_what_is_wrong_with_a_fault_is_said(stage, dms, wrong, words):
    answer = dms.sends(FAULTS, **({"mode": "slow", "path": "", "times": "", "seconds": "4", "when": ""} | wrong))

    assert (answer.status_code, words in words_of(answer)) == (422, True)
    assert requests.get(stage.at("/dms/control/faults"), timeout=30).json()["faults"] == []


def test_pushes_come_twice_when_told_so(stage):
    csc = Visitor(stage, "csc")
    csc.sends(FAULTS, mode="duplicating", copies="2", times="1")
    task = a_customer_waits(stage)

    csc.sends(f"/pages/tasks/{task}/call", result="busy")

    assert len(eventually(lambda: len(stage.cheqiao.heard) >= 2 and stage.cheqiao.heard)) == 2


def test_traffic_shows_both_directions_with_their_answers(stage):
    csc = Visitor(stage, "csc")
    task = a_customer_waits(stage)
    csc.sends(f"/pages/tasks/{task}/call", result="busy")
    eventually(lambda: stage.state("csc")["pushes"][0]["outcome"] == "settled")

    words = csc.reads("/pages/traffic")

    assert "call.logged TASK-000001 已答复 200" in words
    assert "POST /api/v1/call-tasks 201" in words


@pytest.mark.parametrize("desk", DESKS)
def test_every_desk_speaks_english_when_asked_and_goes_on_where_one_was(stage, desk):
    visitor = Visitor(stage, desk)

    answer = visitor.opens(f"/pages/language?to=en&back=/sandbox/{desk}/pages/faults")

    assert answer.url.endswith(f"/{desk}/pages/faults")
    assert "Fault switches" in answer.text
    assert '<html lang="en">' in answer.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/x\nLocation: y"])
def test_the_language_switch_leads_to_no_other_site(stage, back):
    answer = requests.get(stage.at("/csc/pages/language"), params={"to": "en", "back": back}, allow_redirects=False, timeout=30)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sandbox/csc/")


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_a_form_from_another_site_does_nothing(stage, headers):
    answer = requests.post(stage.at("/dms/pages/faults"), data={"mode": "down", "path": "", "times": ""}, headers=headers, timeout=30)

    assert answer.status_code == 403
    assert "来自别处的表单" in answer.text
    assert requests.get(stage.at("/dms/control/faults"), timeout=30).json()["faults"] == []


def test_pages_carry_what_keeps_foreign_scripts_and_frames_out(stage):
    answer = requests.get(stage.at("/csc/"), timeout=30)

    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert " style=" not in answer.text
    assert " onclick=" not in answer.text


def test_what_customers_say_is_text_and_never_markup(stage, dms):
    a_customer_waits(stage, name="<script>alert(1)</script>", concern='"><img src=x>')

    assert "<script>alert(1)" not in dms.opens("/").text
    assert "&lt;script&gt;" in dms.opens("/").text


def test_a_poll_takes_no_message_away(stage, dms):
    dms.session.post(dms.root + f"{FAULTS}/clear", headers={"Sec-Fetch-Site": "same-origin"}, allow_redirects=False, timeout=30)

    polled = words_of(dms.opens(FAULTS, **{"X-Desk-Poll": "1"}))
    opened = words_of(dms.opens(FAULTS))

    assert "已全部恢复正常" not in polled
    assert "已全部恢复正常" in opened


def test_text_messages_are_listed(stage):
    sms = {"to": "13800138000", "text": "验证码 482913", "template": "code"}
    key = {"Authorization": f"Bearer {SECRETS.sms_api_key}", "Idempotency-Key": "s-1"}
    requests.post(stage.at("/sms/api/v1/messages"), json=sms, headers=key, timeout=30)

    assert "13800138000 验证码 482913 code SMS-000001" in Visitor(stage, "sms").reads()


def test_the_platform_lists_followers_and_what_they_got(stage):
    stage.send_template()
    platform = Visitor(stage, "wechat")

    assert "张伟 已关注 oSandboxFollower0001" in platform.reads()
    assert "张伟 oSandboxFollower0001 模板 sandbox-tpl-confirmed" in platform.reads("/pages/messages?q=张伟")


def test_tokens_are_made_void_with_a_press(stage):
    token = stage.token()

    shown = words_of(Visitor(stage, "wechat").sends("/pages/platform/tokens", how="void"))

    assert "已作废 1 个令牌" in shown
    assert stage.send_template(token=token)["errcode"] == 40001


def test_the_next_calls_get_the_errcode_that_was_ordered_and_it_can_be_taken_back(stage):
    platform = Visitor(stage, "wechat")
    platform.sends("/pages/platform/errcodes", path="/cgi-bin/message/template/send", errcode="45009", times="2")

    first = stage.send_template()["errcode"]
    waiting = platform.reads("/pages/platform")
    platform.sends("/pages/platform/errcodes/clear")

    assert first == 45009
    assert "45009 /cgi-bin/message/template/send" in waiting
    assert stage.send_template()["errcode"] == 0


def test_what_is_said_of_template_sends_is_set(stage):
    platform = Visitor(stage, "wechat")

    assert "用户拒收" in words_of(platform.sends("/pages/platform/results", status="failed:user block"))
    assert platform.sends("/pages/platform/results", status="eaten").status_code == 422


def test_the_index_is_a_page_for_people_and_json_for_programs(stage):
    page = requests.get(stage.at("/"), headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, timeout=30)
    listed = requests.get(stage.at("/"), timeout=30).json()

    assert [link in page.text for link in ("/sandbox/phone/", "/sandbox/csc/", "/sandbox/dms/", "/sandbox/wechat/", "/sandbox/sms/")] == [
        True
    ] * 5
    assert listed["target"] == stage.cheqiao.url
    assert stage.at("/dms/api/v1/appointments") in listed["dms"]


def test_the_pages_hold_under_the_server_that_they_run_on(any_stage):
    visitor = Visitor(any_stage, "csc")

    assert visitor.opens("").status_code == 200
    assert "已打开：停机" in words_of(visitor.sends(FAULTS, mode="down", path="", times="1"))
    assert visitor.opens("/pages/static/desks.css").headers["Content-Type"].startswith("text/css")
