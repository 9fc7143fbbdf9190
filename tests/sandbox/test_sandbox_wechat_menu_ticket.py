"""The platform's menu and its JS ticket keep their limits; a text in the chat keeps its length."""

import hashlib
from datetime import timedelta

import pytest
import requests

from tests.sandbox.stage import SECRETS, Stage, under_werkzeug
from tests.sandbox.test_sandbox_wechat_api import Clock

PAGE = "http://127.0.0.1/m/appointments/new?from=menu"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def timed(tmp_path, cheqiao, clock):
    with under_werkzeug(tmp_path, cheqiao.url, now=clock) as url:
        yield Stage(url, cheqiao)


def api(stage, method, path, body=None, **query):
    return requests.request(
        method, stage.at(f"/wechat{path}"), params={"access_token": stage.token(), **query}, json=body, timeout=30
    ).json()


def view(name="预约保养", url="https://car.example.com/m/"):
    return {"type": "view", "name": name, "url": url}


def click(name="帮助", key="HELP"):
    return {"type": "click", "name": name, "key": key}


def create(stage, *buttons):
    return api(stage, "POST", "/cgi-bin/menu/create", {"button": list(buttons)})["errcode"]


def ticket(stage):
    return api(stage, "GET", "/cgi-bin/ticket/getticket", type="jsapi")


def say(stage, content):
    stage.wechat("/push", msg={"MsgType": "text", "Content": "在吗"})
    body = {"touser": "oSandboxFollower0001", "msgtype": "text", "text": {"content": content}}
    return api(stage, "POST", "/cgi-bin/message/custom/send", body)["errcode"]


def verified(stage, given, *, url=PAGE, appid=SECRETS.appid, signed_url=PAGE):
    text = f"jsapi_ticket={given}&noncestr=n1&timestamp=1700000000&url={signed_url}"
    asked = {"number": 3, "appId": appid, "nonce": "n1", "timestamp": "1700000000", "url": url}
    signature = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    return requests.get(stage.at("/wechat/js/verify.js"), params=asked | {"signature": signature}, timeout=30).text


def test_a_menu_is_published_read_and_withdrawn(timed):
    assert create(timed, view(), {"name": "我的", "sub_button": [view("我的预约"), click()]}) == 0
    published = api(timed, "GET", "/cgi-bin/menu/get")["menu"]["button"]
    api(timed, "GET", "/cgi-bin/menu/delete")

    assert published[0] == {**view(), "sub_button": []}
    assert [button["name"] for button in published[1]["sub_button"]] == ["我的预约", "帮助"]
    assert api(timed, "GET", "/cgi-bin/menu/get")["errcode"] == 46003


def test_the_newest_menu_takes_the_place_of_the_one_before_and_shows_in_the_state(timed):
    create(timed, view(), click())

    assert create(timed, click("新")) == 0
    assert [button["name"] for button in timed.state("wechat")["menu"]] == ["新"]


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016),
        ([view()] * 4, 40016),
        ([view(name="")], 40018),
        ([view(name="六个汉字太长")], 40018),
        ([{"type": "jump", "name": "跳"}], 40017),
        ([click(key="k" * 129)], 40019),
        ([view(url="https://car.example.com/" + "x" * 1024)], 40020),
        ([view(url="weixin://x")], 40055),
        ([{"name": "我的", "sub_button": [view()] * 6}], 40023),
        ([{"name": "我的", "sub_button": [view(name="字" * 21)]}], 40025),
        ([{"name": "我的", "sub_button": [{"type": "", "name": "x"}]}], 40024),
        ([{"name": "我的", "sub_button": [click(key="")]}], 40026),
        ([{"name": "我的", "sub_button": [view(url="")]}], 40027),
        ([{"name": "我的", "sub_button": [view(url="/m/")]}], 40054),
        (["x"], 47001),
    ],
)
def test_a_menu_off_its_limits_is_refused_and_the_old_one_stays(timed, buttons, errcode):
    create(timed, click())

    assert create(timed, *buttons) == errcode
    assert len(timed.state("wechat")["menu"]) == 1


def test_menu_and_ticket_want_a_token(timed):
    for path in ("menu/get", "menu/delete", "ticket/getticket?type=jsapi"):
        assert requests.get(timed.at(f"/wechat/cgi-bin/{path}"), timeout=30).json()["errcode"] == 41001


def test_the_ticket_stays_the_same_until_its_last_minutes(timed, clock):
    first = ticket(timed)
    clock.time += timedelta(seconds=6000)
    second = ticket(timed)
    clock.time += timedelta(seconds=901)

    assert (second["ticket"], second["expires_in"]) == (first["ticket"], 1200)
    assert ticket(timed)["ticket"] != first["ticket"]


def test_there_is_no_ticket_of_another_kind(timed):
    assert api(timed, "GET", "/cgi-bin/ticket/getticket", type="wx_card")["errcode"] == 40097


def test_a_right_signature_is_told_to_the_page(timed):
    assert verified(timed, ticket(timed)["ticket"]) == 'cheqiaoJweixin(3, "");'


def test_a_signature_of_the_ticket_before_the_last_is_still_right(timed, clock):
    older = ticket(timed)["ticket"]
    clock.time += timedelta(seconds=6950)
    ticket(timed)

    assert verified(timed, older) == 'cheqiaoJweixin(3, "");'


@pytest.mark.parametrize("wrong", [{"signed_url": "http://127.0.0.1/m/"}, {"given": "another"}, {"late": True}])
def test_a_wrong_signature_is_told_as_one(timed, clock, wrong):
    given = ticket(timed)["ticket"]
    clock.time += timedelta(seconds=7201 if wrong.pop("late", False) else 0)

    assert verified(timed, **{"given": given} | wrong) == 'cheqiaoJweixin(3, "config:invalid signature");'


def test_another_appid_is_told_as_one(timed):
    assert verified(timed, ticket(timed)["ticket"], appid="wx0") == 'cheqiaoJweixin(3, "config:invalid appid");'


def test_nothing_that_is_asked_comes_back_in_the_script(timed):
    answer = requests.get(timed.at("/wechat/js/verify.js"), params={"number": "1);alert(1", "appId": "</script>"}, timeout=30)

    assert answer.text == 'cheqiaoJweixin(0, "config:invalid appid");'
    assert answer.headers["Content-Type"].startswith("text/javascript")


def test_the_script_is_what_old_phones_can_read(timed):
    answer = requests.get(timed.at("/wechat/js/jweixin-1.6.0.js"), timeout=30)

    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "text/javascript")
    assert not [word for word in ("=>", "const ", "let ", "`", "fetch(") if word in answer.text]


@pytest.mark.parametrize(("content", "errcode"), [("", 44004), ("字" * 682, 0), ("字" * 683, 45002)])
def test_a_text_has_a_length_in_bytes(timed, content, errcode):
    assert say(timed, content) == errcode
