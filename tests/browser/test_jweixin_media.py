"""The stand-in of the JS-SDK in a browser: photos and voices of a page, alone and inside a phone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.test_jweixin import Pages, opened
from tests.sandbox.stage import under_werkzeug
from tests.serving import served

SCRIPT = """
var given = JSON.parse(decodeURIComponent(location.search.slice(1)));
function say(what) { document.getElementById('said').textContent += JSON.stringify(what) + ' '; }
function saying(answer) { say(answer); }
wx.ready(function () {
  wx.chooseImage({ count: 2, cancel: saying, fail: saying, success: chosen });
});
function chosen(answer) {
  var local = answer.localIds[0];
  say(answer);
  wx.getLocalImgData({ localId: local, success: function (seen) { say(seen.localData.slice(0, 23)); upload(local); } });
}
function upload(local) {
  wx.uploadImage({ localId: local, fail: saying, success: function (sent) { say(sent.errMsg); say('media ' + sent.serverId); record(); } });
}
function record() {
  wx.stopRecord({ fail: saying });
  wx.startRecord({ success: function () { wx.stopRecord({ success: recorded }); } });
}
function recorded(voice) {
  wx.uploadVoice({ localId: voice.localId, success: function (sent) { say('media ' + sent.serverId); } });
}
var request = new XMLHttpRequest();
request.open('GET', '/sign?url=' + encodeURIComponent(location.href.split('#')[0]) + '&ticket=' + given.ticket, true);
request.onload = function () {
  wx.config({ appId: given.appid, timestamp: 1700000000, nonceStr: 'n1', signature: request.responseText, jsApiList: given.allowed });
};
request.send();
"""
PHONE_SCRIPT = """
var frame = document.createElement('iframe'), locals = JSON.parse(decodeURIComponent(location.hash.slice(1)));
window.addEventListener('message', function (event) {
  document.getElementById('heard').textContent += JSON.stringify(event.data) + ' ';
  if (event.data.cheqiao === 'photos') { event.source.postMessage({ cheqiao: 'photos', locals: locals }, '*'); }
});
frame.src = '/page' + location.search;
document.body.appendChild(frame);
"""
ALL = ["chooseImage", "getLocalImgData", "uploadImage", "startRecord", "stopRecord", "uploadVoice"]


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[tuple[str, Pages]]:
    """Asked for before the phone, as everywhere: what ends first is the page, not the server that it may still be asking."""
    with under_werkzeug(tmp_path, "http://127.0.0.1:9") as sandbox:
        ours = Pages(sandbox)
        ours.kept |= {"/page.js": (SCRIPT, "text/javascript"), "/phone.js": (PHONE_SCRIPT, "text/javascript")}
        with served(ours) as url:
            yield url, ours


def media_of(pages: tuple[str, Pages], said: str) -> list[bytes]:
    """What the platform keeps under the ids that the page was told, in their order."""
    origin, ids = pages[1].origin, [word.rstrip('"') for word in said.split('"media ')[1:]]
    state = requests.get(f"{origin}/sandbox/wechat/control/state", timeout=30).json()
    token = next(one["token"] for one in state["tokens"] if not one["void"])
    asked = [{"access_token": token, "media_id": media_id.split('"')[0]} for media_id in ids]
    return [requests.get(f"{origin}/sandbox/wechat/cgi-bin/media/get", params=one, timeout=30).content for one in asked]


def test_a_page_alone_chooses_a_photo_sees_it_uploads_it_and_records_a_voice(pages: tuple[str, Pages], phone_page: Page) -> None:
    opened(phone_page, pages, allowed=ALL)

    said = phone_page.locator("#said")
    expect(said).to_contain_text('{"localIds":["wxLocalResource://picture/scratch"],"errMsg":"chooseImage:ok"}')
    expect(said).to_contain_text('"data:image/jpeg;base64,"')
    expect(said).to_contain_text('"uploadImage:ok"')
    expect(said).to_contain_text('{"errMsg":"stopRecord:fail, not recording"}')
    expect(said).to_contain_text(re.compile("media .*media "))
    photo, voice = media_of(pages, said.inner_text())
    assert photo.startswith(b"\xff\xd8\xff")
    assert voice.startswith(b"#!AMR\n")


def test_inside_a_phone_its_holder_chooses(pages: tuple[str, Pages], phone_page: Page) -> None:
    opened(phone_page, pages, "phone", ["picture/tyre"], allowed=ALL)

    said = phone_page.frame_locator("iframe").locator("#said")
    expect(said).to_contain_text("wxLocalResource://picture/tyre")
    expect(said).to_contain_text(re.compile("media .*media "))
    expect(phone_page.locator("#heard")).to_contain_text(json.dumps({"cheqiao": "photos", "count": 2}, separators=(",", ":")))


def test_who_chooses_nothing_cancels(pages: tuple[str, Pages], phone_page: Page) -> None:
    opened(phone_page, pages, "phone", [], allowed=ALL)

    expect(phone_page.frame_locator("iframe").locator("#said")).to_have_text('{"errMsg":"chooseImage:cancel"} ')


def test_what_the_page_did_not_ask_for_it_may_not_use(pages: tuple[str, Pages], phone_page: Page) -> None:
    opened(phone_page, pages, allowed=["getLocation"])

    expect(phone_page.locator("#said")).to_contain_text('{"errMsg":"chooseImage:the permission value is offline verifying"}')
