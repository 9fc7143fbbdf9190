"""The stand-in of the JS-SDK in a browser: a page of another origin, under the policy that our pages have, alone and inside a phone."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect
from werkzeug.wrappers import Request, Response

from tests.sandbox.stage import SECRETS, under_werkzeug
from tests.serving import served

PAGE = """<!doctype html><html lang="zh-CN"><title>page</title><main><p id="said"></p><button>关闭</button></main>
<script src="{sdk}"></script><script src="/page.js"></script></html>"""
SCRIPT = """
var given = JSON.parse(decodeURIComponent(location.search.slice(1)));
function say(what) { document.getElementById('said').textContent += JSON.stringify(what) + ' '; }
wx.error(function (said) { say(said); });
wx.ready(function () { say('ready'); });
wx.ready(function () {
  wx.getLocation({ type: given.type, success: say, cancel: say, fail: say, complete: function () { say('complete'); } });
});
document.querySelector('button').onclick = function () { wx.closeWindow(); };
fetch_signature();
function fetch_signature() {
  var request = new XMLHttpRequest();
  request.open('GET', '/sign?url=' + encodeURIComponent(location.href.split('#')[0]) + '&ticket=' + given.ticket, true);
  request.onload = function () {
    wx.config({ appId: given.appid, timestamp: 1700000000, nonceStr: 'n1', signature: request.responseText, jsApiList: given.allowed });
  };
  request.send();
}
"""
PHONE = """<!doctype html><html lang="zh-CN"><title>phone</title><p id="heard"></p><script src="/phone.js"></script></html>"""
PHONE_SCRIPT = """
var frame = document.createElement('iframe'), answers = JSON.parse(decodeURIComponent(location.hash.slice(1)));
window.addEventListener('message', function (event) {
  document.getElementById('heard').textContent += event.data.cheqiao + ' ';
  if (event.data.cheqiao === 'location' && answers) { event.source.postMessage(Object.assign({ cheqiao: 'location' }, answers), '*'); }
});
frame.src = '/page' + location.search;
document.body.appendChild(frame);
"""


class Pages:
    """Ours, as far as this matters: signs its own addresses, and forbids every script but its own and the SDK's."""

    def __init__(self, sandbox: str) -> None:
        self.origin = sandbox
        html, script = "text/html", "text/javascript"
        sdk = f"{sandbox}/sandbox/wechat/js/jweixin-1.6.0.js"
        self.kept = {
            "/page": (PAGE.replace("{sdk}", sdk), html),
            "/page.js": (SCRIPT, script),
            "/phone": (PHONE, html),
            "/phone.js": (PHONE_SCRIPT, script),
        }

    def __call__(self, environ, start_response):
        request = Request(environ)
        text, kind = (self.sign(request), "text/plain") if request.path == "/sign" else self.kept.get(request.path, ("", "text/plain"))
        answer = Response(text, mimetype=kind)
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' {self.origin}; connect-src 'self'; frame-src 'self'; img-src 'self' data:"
        )
        return answer(environ, start_response)

    def sign(self, request: Request) -> str:
        text = f"jsapi_ticket={request.args['ticket']}&noncestr=n1&timestamp=1700000000&url={request.args['url']}"
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def ticket(self) -> str:
        wish = {"grant_type": "client_credential", "appid": SECRETS.appid, "secret": SECRETS.appsecret}
        token = requests.post(f"{self.origin}/sandbox/wechat/cgi-bin/stable_token", json=wish, timeout=30).json()["access_token"]
        asked = {"access_token": token, "type": "jsapi"}
        return requests.get(f"{self.origin}/sandbox/wechat/cgi-bin/ticket/getticket", params=asked, timeout=30).json()["ticket"]


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[tuple[str, Pages]]:
    with under_werkzeug(tmp_path, "http://127.0.0.1:9") as sandbox:
        ours = Pages(sandbox)
        with served(ours) as url:
            yield url, ours


def opened(page: Page, pages: tuple[str, Pages], place: str = "page", answers: object = None, **changes: object) -> None:
    url, ours = pages
    given = {"ticket": ours.ticket(), "appid": SECRETS.appid, "type": "gcj02", "allowed": ["getLocation"]} | changes
    encoded = requests.utils.quote(json.dumps(given), safe="")
    fragment = "#" + requests.utils.quote(json.dumps(answers), safe="") if place == "phone" else ""
    page.goto(f"{url}/{place}?{encoded}{fragment}")


def test_a_page_that_signed_rightly_learns_where_it_is(pages: tuple[str, Pages], phone_page: Page) -> None:
    opened(phone_page, pages)

    said = phone_page.locator("#said")
    expect(said).to_contain_text('"ready"')
    expect(said).to_contain_text('{"latitude":29.5573,"longitude":106.5771,"speed":0,"accuracy":30,"errMsg":"getLocation:ok"} "complete"')


@pytest.mark.parametrize(
    ("changes", "problem"),
    [({"ticket": "another"}, "config:invalid signature"), ({"appid": "wx0"}, "config:invalid appid")],
)
def test_a_page_that_signed_wrongly_learns_that(pages: tuple[str, Pages], phone_page: Page, changes, problem) -> None:
    opened(phone_page, pages, **changes)

    expect(phone_page.locator("#said")).to_have_text(f'{{"errMsg":"{problem}"}}')


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"allowed": []}, "getLocation:the permission value is offline verifying"),
        ({"type": "wgs84"}, "getLocation:fail, the stand-in knows gcj02 only"),
    ],
)
def test_what_was_not_asked_for_is_not_given(pages: tuple[str, Pages], phone_page: Page, changes, problem) -> None:
    opened(phone_page, pages, **changes)

    expect(phone_page.locator("#said")).to_contain_text(f'{{"errMsg":"{problem}"}} "complete"')


def test_inside_a_phone_it_is_where_the_phone_is(pages: tuple[str, Pages], phone_page: Page) -> None:
    opened(phone_page, pages, "phone", {"latitude": 31.2304, "longitude": 121.4737})

    expect(phone_page.frame_locator("iframe").locator("#said")).to_contain_text('"latitude":31.2304,"longitude":121.4737')


def test_a_phone_that_keeps_its_place_to_itself_cancels(pages: tuple[str, Pages], phone_page: Page) -> None:
    opened(phone_page, pages, "phone", {"denied": True})

    expect(phone_page.frame_locator("iframe").locator("#said")).to_contain_text('{"errMsg":"getLocation:cancel"}')


def test_a_phone_that_does_not_answer_stands_in_chongqing(pages: tuple[str, Pages], phone_page: Page) -> None:
    opened(phone_page, pages, "phone")

    expect(phone_page.frame_locator("iframe").locator("#said")).to_contain_text('"latitude":29.5573')


def test_a_page_can_close_itself(pages: tuple[str, Pages], phone_page: Page) -> None:
    opened(phone_page, pages, "phone", {"latitude": 31.2304, "longitude": 121.4737})

    phone_page.frame_locator("iframe").get_by_role("button").click()

    expect(phone_page.locator("#heard")).to_contain_text("close")
