"""The phone's web view forwards to Cheqiao and to the sandbox, keeps each phone's cookies apart, and opens nothing else."""

import pytest
import requests
from werkzeug.wrappers import Response

from sandbox.phone.rewriting import View, origin_of
from tests.sandbox.stage import OPENID, under_werkzeug

PREFIX = f"/sandbox/phone/w/{OPENID}"
NAVIGATION = {"Sec-Fetch-Dest": "iframe", "Accept": "text/html"}


def see(stage, path, method="GET", **asked):
    return requests.request(method, f"{stage.url}{PREFIX}{path}", allow_redirects=False, timeout=30, **asked)


def test_cheqiao_sees_a_phone_with_wechat_behind_a_prefix(stage):
    stage.cheqiao.answers.append(Response("页面", content_type="text/html; charset=utf-8"))

    answer = see(stage, "/m/appointments/new?from=menu", headers={"Sec-Fetch-Site": "same-origin"})

    (heard,) = stage.cheqiao.heard
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (200, "页面", "text/html; charset=utf-8")
    assert (heard.path, heard.query) == ("/m/appointments/new", {"from": "menu"})
    assert "MicroMessenger/8.0.50" in heard.headers["User-Agent"]
    assert (heard.headers["X-Forwarded-Prefix"], heard.headers["X-Forwarded-For"]) == (PREFIX, "127.0.0.1")
    assert heard.headers["Host"] == stage.cheqiao.url.removeprefix("http://")
    assert heard.headers["Sec-Fetch-Site"] == "same-origin"


def test_nobody_can_say_for_himself_through_which_prefix_he_comes(stage):
    see(stage, "/m/", headers={"X-Forwarded-Prefix": "/elsewhere", "X-Forwarded-For": "10.0.0.1"})

    (heard,) = stage.cheqiao.heard
    assert (heard.headers["X-Forwarded-Prefix"], heard.headers["X-Forwarded-For"]) == (PREFIX, "127.0.0.1")


def test_a_form_arrives_as_it_was_sent_from_cheqiaos_own_address(stage):
    headers = {"Content-Type": "application/json", "Origin": stage.url, "Referer": f"{stage.url}{PREFIX}/m/cars"}

    see(stage, "/m/api/consents", "POST", data='{"granted": true}', headers=headers)

    (heard,) = stage.cheqiao.heard
    assert (heard.body, heard.headers["Content-Type"]) == ('{"granted": true}', "application/json")
    assert heard.headers["Origin"] == stage.cheqiao.url
    assert heard.headers["Referer"] == f"{stage.cheqiao.url}{PREFIX}/m/cars"


def test_a_path_keeps_its_signs(stage):
    see(stage, "/m/%E6%B8%9D%20A?x=%2F")

    assert (stage.cheqiao.heard[0].path, stage.cheqiao.heard[0].query) == ("/m/渝 A", {"x": "/"})


def test_only_a_phones_own_cookies_go_out(stage):
    answer = Response("")
    answer.set_cookie("session", "one", path=f"{PREFIX}/m/")
    stage.cheqiao.answers.append(answer)
    first = see(stage, "/m/", headers={"Cookie": "console=secret"})

    see(stage, "/m/", headers={"Cookie": "session=one; console=secret"})

    assert f"Path={PREFIX}/m/" in first.headers["Set-Cookie"]
    assert "Cookie" not in stage.cheqiao.heard[0].headers
    assert stage.cheqiao.heard[1].headers["Cookie"] == "session=one"


def test_a_cookie_that_was_taken_away_is_not_sent_again(stage):
    given, taken = Response(""), Response("")
    given.set_cookie("login", "one", path=f"{PREFIX}/m/")
    taken.delete_cookie("login", path=f"{PREFIX}/m/")
    stage.cheqiao.answers += [given, taken]
    see(stage, "/m/")
    see(stage, "/m/")

    see(stage, "/m/", headers={"Cookie": "login=anothers"})

    assert "Cookie" not in stage.cheqiao.heard[-1].headers


@pytest.mark.parametrize(
    "location", ["{target}/m/cars?x=1", "{target}" + PREFIX + "/m/cars?x=1", "/m/cars?x=1", PREFIX + "/m/cars?x=1", "cars?x=1"]
)
def test_a_redirect_stays_under_the_prefix(stage, location):
    stage.cheqiao.answers.append(Response("", 302, {"Location": location.format(target=stage.cheqiao.url)}))

    answer = see(stage, "/m/home")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PREFIX}/m/cars?x=1")


def test_wechat_is_told_who_holds_the_phone(stage):
    asked = (
        "/sandbox/wechat/connect/oauth2/authorize?appid=wx1&redirect_uri=http%3A%2F%2Fx%2Fm&as=oSomebodyElse&state=s%201#wechat_redirect"
    )
    stage.cheqiao.answers.append(Response("", 302, {"Location": stage.url + asked}))

    location = see(stage, "/m/").headers["Location"]

    assert location.startswith(f"{PREFIX}/sandbox/wechat/connect/oauth2/authorize?appid=wx1&")
    assert location.endswith(f"&as={OPENID}#wechat_redirect")
    assert "oSomebodyElse" not in location


def test_no_page_outside_is_opened(stage):
    stage.cheqiao.answers.append(Response("", 302, {"Location": "https://example.com/evil"}))

    answer = see(stage, "/m/", headers=NAVIGATION)

    assert answer.status_code == 200
    assert "沙箱之外" in answer.text
    assert "Location" not in answer.headers


def test_what_forbids_frames_allows_the_phone(stage):
    headers = {"X-Frame-Options": "DENY", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"}
    stage.cheqiao.answers.append(Response("", headers=headers))

    answer = see(stage, "/m/")

    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'; base-uri 'none'"


def test_an_error_of_cheqiao_is_shown_as_it_is(stage):
    stage.cheqiao.answers.append(Response('{"code": "x"}', 409, content_type="application/json"))

    answer = see(stage, "/m/api/x", "POST", json={})

    assert (answer.status_code, answer.json()) == (409, {"code": "x"})


def test_where_nobody_answers_the_web_view_says_so_and_offers_a_retry(tmp_path):
    with under_werkzeug(tmp_path, "http://127.0.0.1:9") as url:
        page = requests.get(f"{url}{PREFIX}/m/cars?x=1", headers=NAVIGATION, timeout=30)
        script = requests.get(f"{url}{PREFIX}/m/api/places", headers={"Sec-Fetch-Dest": "empty"}, timeout=30)

    assert (page.status_code, "网页无法打开" in page.text, f'href="{PREFIX}/m/cars?x=1"' in page.text) == (502, True, True)
    assert (script.status_code, script.text) == (502, "")


def test_the_sandbox_itself_is_shown_without_a_way_through_the_network(stage):
    answer = see(stage, "/sandbox/wechat/control/followers", headers={"Host": "example.com"})

    assert answer.json()["followers"][0]["openid"] == OPENID
    assert stage.cheqiao.heard == []


@pytest.mark.parametrize("path", ["/sandbox/phone", f"/sandbox/phone/w/{OPENID}/m/"])
def test_a_phone_shows_no_phone(stage, path):
    assert see(stage, path).status_code == 404


def test_nobody_has_no_web_view(stage):
    assert requests.get(stage.at("/phone/w/oNobody/m/"), timeout=30).status_code == 404
    assert stage.cheqiao.heard == []


def test_a_body_that_no_page_sends_is_refused(stage):
    assert see(stage, "/m/api/x", "POST", data=b"x" * 1_100_000).status_code == 413
    assert stage.cheqiao.heard == []


def test_a_large_page_comes_whole(stage):
    stage.cheqiao.answers.append(Response("页" * 300_000, content_type="text/plain; charset=utf-8"))

    assert len(see(stage, "/m/").text) == 300_000


def test_under_eventlet_it_forwards_too(any_stage):
    any_stage.cheqiao.answers.append(Response("页面"))

    answer = see(any_stage, "/m/%E6%B8%9D", "POST", data="x=1", headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert answer.content.decode() == "页面"
    assert (any_stage.cheqiao.heard[0].path, any_stage.cheqiao.heard[0].body) == ("/m/渝", "x=1")


def test_localhost_is_the_machine_itself():
    view = View("o1", "/w/o1", (origin_of("http://127.0.0.1:8000"), origin_of("http://localhost:8000/x")))

    assert view.origins == ("http://127.0.0.1:8000", "http://127.0.0.1:8000")
    assert view.inward("http://localhost:8000/m/", "/") == "/w/o1/m/"
    assert view.inward("http://127.0.0.1:9000/m/", "/") is None
    assert view.inward("javascript:alert(1)", "/") is None
