"""The platform asks who opens a page, hands out a code, and says once whose it is."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.stage import OPENID, SECRETS, Stage, under_werkzeug
from tests.sandbox.test_sandbox_wechat_api import Clock, put


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def timed(tmp_path, cheqiao, clock):
    with under_werkzeug(tmp_path, cheqiao.url, now=clock) as url:
        yield Stage(url, cheqiao)


def authorize(stage, **changes):
    asked = {
        "appid": SECRETS.appid,
        "redirect_uri": f"{stage.cheqiao.url}/m/oauth/callback?lang=zh",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "f00",
        "as": OPENID,
    }
    url = stage.at("/wechat/connect/oauth2/authorize")
    return requests.get(url, params=asked | changes, allow_redirects=False, timeout=30)


def code_of(answer):
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def whose(stage, code, **changes):
    asked = {"appid": SECRETS.appid, "secret": SECRETS.appsecret, "code": code, "grant_type": "authorization_code"}
    return requests.get(stage.at("/wechat/sns/oauth2/access_token"), params=asked | changes, timeout=30).json()


def test_a_phone_is_led_back_with_a_code_and_the_state(timed):
    answer = authorize(timed)

    there = urlsplit(answer.headers["Location"])
    assert answer.status_code == 302
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{timed.cheqiao.url}/m/oauth/callback"
    assert {name: values for name, values in parse_qs(there.query).items() if name != "code"} == {"lang": ["zh"], "state": ["f00"]}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_code_says_whose_it_is_once(timed):
    code = code_of(authorize(timed, scope="snsapi_userinfo"))

    first, second = whose(timed, code), whose(timed, code)

    assert (first["openid"], first["scope"], "is_snapshotuser" in first) == (OPENID, "snsapi_userinfo", False)
    assert second["errcode"] == 40163


def test_a_code_lives_five_minutes(timed, clock):
    in_time, too_late = code_of(authorize(timed)), code_of(authorize(timed))
    clock.time += timedelta(seconds=299)
    first = whose(timed, in_time)
    clock.time += timedelta(seconds=1)

    assert first["openid"] == OPENID
    assert whose(timed, too_late)["errcode"] == 40029


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"code": "unknown"}, 40029),
        ({"code": ""}, 41008),
        ({"appid": "wx0"}, 40013),
        ({"secret": "x"}, 40125),
        ({"grant_type": "client_credential"}, 40002),
    ],
)
def test_who_asks_wrongly_is_told_nobody(timed, changes, errcode):
    assert whose(timed, **{"code": code_of(authorize(timed))} | changes)["errcode"] == errcode


def test_a_refused_question_does_not_use_the_code_up(timed):
    code = code_of(authorize(timed))
    whose(timed, code, secret="x")

    assert whose(timed, code)["openid"] == OPENID


def test_without_a_phone_the_page_asks_who_opens_it(timed):
    answer = authorize(timed, **{"as": ""})

    assert answer.status_code == 200
    assert "选择以谁的身份打开" in answer.text
    assert "Open as" in answer.text
    assert all(name in answer.text for name in ("张伟", "李娜", "未关注"))


def test_the_link_behind_a_name_leads_back_as_that_person(timed):
    page = authorize(timed, **{"as": ""}, state="a1").text
    href = next(part.split('"')[0] for part in page.split('href="') if "oSandboxFollower0002" in part.split('"')[0]).replace("&amp;", "&")

    answer = requests.get(timed.url + href, allow_redirects=False, timeout=30)

    assert whose(timed, code_of(answer))["openid"] == "oSandboxFollower0002"
    assert "state=a1" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"appid": "wx0"}, "40013"),
        ({"redirect_uri": "https://elsewhere.example.com/m/"}, "10003"),
        ({"redirect_uri": "javascript:alert(1)"}, "10003"),
        ({"redirect_uri": "http://[/"}, "10003"),
        ({"redirect_uri": ""}, "10003"),
        ({"response_type": "token"}, "10004"),
        ({"scope": "snsapi_login"}, "10005"),
        ({"state": "a-b"}, "10013"),
        ({"state": "a" * 129}, "10013"),
        ({"as": "nobody"}, "40003"),
        ({"appid": "wx0", "scope": ""}, "40013"),
    ],
)
def test_what_is_asked_wrongly_is_a_page_with_its_number_and_no_way_back(timed, changes, number):
    answer = authorize(timed, **changes)

    assert (answer.status_code, "Location" in answer.headers) == (200, False)
    assert f"<strong>{number}</strong>" in answer.text


def test_localhost_is_this_machine(timed):
    assert authorize(timed, redirect_uri="http://localhost:8000/m/").status_code == 302


def test_a_phone_that_does_not_follow_yet_opens_pages_too(timed):
    assert whose(timed, code_of(authorize(timed, **{"as": "oSandboxPhone0a1b2c"})))["openid"] == "oSandboxPhone0a1b2c"


def test_who_only_looks_in_is_a_made_up_account_until_they_come_in(timed):
    put(timed, f"/followers/{OPENID}/snapshot", snapshot=True)
    looking = whose(timed, code_of(authorize(timed)))
    put(timed, f"/followers/{OPENID}/snapshot", snapshot=False)

    assert looking["is_snapshotuser"] == 1
    assert looking["openid"].startswith("oSnapshot")
    assert whose(timed, code_of(authorize(timed)))["openid"] == OPENID


def test_an_ordered_errcode_is_answered_here_too(timed):
    put(timed, "/errcodes", path="/sns/", errcodes=[-1])

    assert whose(timed, "x")["errcode"] == -1
