"""A complaint on a phone: told once with photos and voice, acknowledged by itself, followed, taken back, and judged (A-CMP-31, 35)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from chassis.tables import outbox
from contracts.complaints import (
    AddToComplaint,
    ComplaintProgressed,
    ComplaintReopened,
    ComplaintSurveyRequested,
    ComplaintWishRefused,
    SubmitComplaint,
)
from tests.adapters.wechat.pages.conftest import FOLLOWER, NOW
from tests.adapters.wechat.pages.news import COMPLAINT, NUMBER, SURVEY, arrived, closed_news, complaint_news
from tests.adapters.wechat.pages.showing import Shown
from tests.browser.looking import Complaints, axe, picture
from tests.browser.phone_and_pages import choose, commands, log_in, pages_alone

PAGE = f"/complaints/{COMPLAINT}"
ONE_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SDK = """
(function () {
  var photos = 0, voices = 0, recording = null, ends = null;
  function soon(does, answer) { setTimeout(function () { if (does) { does(answer); } }, 0); }
  window.wx = {
    config: function () { return null; },
    error: function () { return null; },
    ready: function (does) { soon(does); },
    chooseImage: function (asked) {
      photos += 2;
      soon(asked.success, { localIds: ['wxLocalResource://' + (photos - 1), 'wxLocalResource://' + photos] });
    },
    getLocalImgData: function (asked) { soon(asked.success, { localData: 'PICTURE' }); },
    uploadImage: function (asked) {
      if (window.unreachable) { soon(asked.fail, {}); return; }
      soon(asked.success, { serverId: 'media-of-' + asked.localId.slice(-1) });
    },
    startRecord: function (asked) { recording = 'voice-' + (voices += 1); soon(asked.success, {}); },
    stopRecord: function (asked) { soon(asked.success, { localId: recording }); },
    onVoiceRecordEnd: function (asked) { ends = asked.complete; window.aMinuteIsOver = function () { ends({ localId: recording }); }; },
    playVoice: function (asked) { window.played = asked.localId; },
    uploadVoice: function (asked) { soon(asked.success, { serverId: 'media-of-' + asked.localId }); }
  };
}());
""".replace("PICTURE", ONE_DOT)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Shown]:
    with pages_alone(tmp_path) as alone:
        yield alone


@pytest.fixture
def outside(phone_page: Page) -> Page:
    """No WeChat: nothing is signed, and there is no SDK."""
    phone_page.route("**/api/jssdk**", lambda route: route.fulfill(status=204))
    return phone_page


@pytest.fixture
def in_wechat(phone_page: Page) -> Page:
    answer = {"appid": "wx", "timestamp": 1, "nonce": "n", "signature": "s"}
    phone_page.route("**/api/jssdk**", lambda route: route.fulfill(json=answer))
    phone_page.route("https://res.wx.qq.com/**", lambda route: route.fulfill(body=SDK, content_type="text/javascript"))
    return phone_page


def told(pages: Shown, kind: type) -> list[dict[str, Any]]:
    with pages.database.read() as connection:
        bodies = [json.loads(row.body) for row in connection.execute(select(outbox).order_by(outbox.c.number))]
    return [body["data"] for body in bodies if body["type"] == kind.type_name()]  # type: ignore[attr-defined]


def write(page: Page) -> None:
    page.get_by_label("发生了什么？").fill("11月18日在江北服务店做完保养，第二天刹车就有异响，回店检查说没有问题。")
    page.get_by_label("您希望怎样解决？").fill("请重新检查，免费修好。")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_can_be_read_by_everybody(pages: Shown, outside: Page, language: str) -> None:
    log_in(outside, pages, lang=language)
    outside.goto(pages.phone.url + "/complaints/new")
    picture(outside, f"complaint-form-{language}")
    assert axe(outside) == []
    outside.goto(pages.phone.url + "/complaints")
    picture(outside, f"complaints-none-{language}")
    form = {"id": str(COMPLAINT), "text": "保养后刹车有异响，回店检查说没有问题。", "demand": "免费修好", "text_version": "2026-03"}
    assert pages.phone.complain(form).status_code == 202
    outside.goto(pages.phone.url + PAGE)
    picture(outside, f"complaint-sent-{language}")
    pages.hear(
        complaint_news(expected_at=NOW.replace(hour=8), dealer_code="D001", type="service"),
        complaint_news(ComplaintProgressed, "contact", 2, said="您好，技术经理明天上午 10 点给您打电话，约时间再检查一次。"),
        complaint_news(ComplaintProgressed, "accept", 3, state="assigned", dealer_code="D001", expected_at=NOW.replace(day=9)),
    )
    looked: list[tuple[str, str]] = [("complaint", PAGE), ("complaint-add", f"{PAGE}/add"), ("home-complaint", "/")]
    for name, path in looked:
        outside.goto(pages.phone.url + path)
        picture(outside, f"{name}-{language}")
        assert axe(outside) == [], path
        assert outside.evaluate("document.documentElement.scrollWidth") == 390, path
    pages.hear(closed_news(4), complaint_news(ComplaintSurveyRequested, "request_survey", 5, **SETTLED))
    for name, path in (
        ("complaint-closed", PAGE),
        ("complaint-survey", f"{PAGE}/survey"),
        ("complaint-reopen", f"{PAGE}/reopen"),
        ("complaints", "/complaints"),
    ):
        outside.goto(pages.phone.url + path)
        picture(outside, f"{name}-{language}")
        assert axe(outside) == [], path
        assert outside.evaluate("document.documentElement.scrollWidth") == 390, path


SETTLED: dict[str, Any] = {"state": "closed", "close_reason": "satisfied", "reopen_until": NOW.replace(day=17), "survey_id": SURVEY}


def test_a_complaint_is_told_and_acknowledged_on_the_same_page(pages: Shown, outside: Page) -> None:
    log_in(outside, pages)
    outside.goto(pages.phone.url + "/complaints/new")
    write(outside)
    choose(outside, outside.get_by_role("radio", name="保养、维修服务"))
    outside.get_by_label("涉及哪家服务店？").select_option("江北服务店")
    expect(outside.get_by_role("button", name="添加照片")).to_be_hidden()

    outside.get_by_role("button", name="提交").dblclick()

    expect(outside.get_by_role("heading", level=1)).to_have_text("我们收到了")
    (wish,) = told(pages, SubmitComplaint)
    assert (wish["dealer_code"], wish["wanted_type"]) == ("D001", "service")
    pages.hear(complaint_news(complaint_id=wish["complaint_id"], expected_at=NOW.replace(hour=8)))
    expect(outside.get_by_role("heading", level=1)).to_have_text("您反映的问题已登记")
    expect(outside.get_by_role("main")).to_contain_text(NUMBER)
    expect(outside.locator("#told")).to_contain_text("前与您联系")


def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(pages: Shown, outside: Page, complaints: Complaints) -> None:
    log_in(outside, pages)
    outside.goto(pages.phone.url + "/complaints/new")
    outside.get_by_label("您希望怎样解决？").fill("请重新检查")

    outside.get_by_role("button", name="提交").click()

    expect(outside.locator("#text-wrong")).to_contain_text("请填写这一项")
    expect(outside.get_by_label("发生了什么？")).to_be_focused()
    outside.reload()
    expect(outside.get_by_label("您希望怎样解决？")).to_have_value("请重新检查")
    complaints.expect("400")


def test_in_wechat_photos_and_voice_go_with_it(pages: Shown, in_wechat: Page) -> None:
    log_in(in_wechat, pages)
    in_wechat.goto(pages.phone.url + "/complaints/new")
    write(in_wechat)

    in_wechat.get_by_role("button", name="添加照片").click()
    expect(in_wechat.locator(".brought li")).to_have_count(2)
    in_wechat.get_by_role("button", name="录一段语音").click()
    in_wechat.get_by_role("button", name="停止录音").click()
    expect(in_wechat.locator(".brought li")).to_have_count(3)
    expect(in_wechat.locator(".brought img")).to_have_count(2)
    in_wechat.get_by_role("button", name="播放 语音 1").click()
    assert in_wechat.evaluate("window.played") == "voice-1"
    in_wechat.get_by_role("button", name="删除 照片 1").click()
    expect(in_wechat.locator(".brought")).not_to_contain_text("正在上传")
    picture(in_wechat, "complaint-files")
    assert in_wechat.evaluate("document.documentElement.scrollWidth") == 390
    assert axe(in_wechat) == []
    in_wechat.reload()
    expect(in_wechat.locator(".brought li")).to_have_count(2)
    expect(in_wechat.locator(".brought img")).to_have_count(1)
    in_wechat.get_by_role("button", name="提交").click()

    expect(in_wechat.get_by_role("heading", level=1)).to_have_text("我们收到了")
    expect(in_wechat.get_by_role("main")).to_contain_text("照片 1：正在接收")
    expect(in_wechat.get_by_role("main")).to_contain_text("语音 1：正在接收")
    (wish,) = told(pages, SubmitComplaint)
    assert [(file["media_id"], file["kind"]) for file in wish["files"]] == [("media-of-2", "photo"), ("media-of-voice-1", "voice")]


def test_a_recording_that_wechat_ends_after_a_minute_is_there_too(pages: Shown, in_wechat: Page) -> None:
    pages.hear(complaint_news())
    log_in(in_wechat, pages)
    in_wechat.goto(f"{pages.phone.url}{PAGE}/add")
    in_wechat.get_by_role("button", name="录一段语音").click()
    expect(in_wechat.get_by_role("button", name="停止录音")).to_be_visible()

    in_wechat.evaluate("window.aMinuteIsOver()")
    expect(in_wechat.get_by_role("button", name="录一段语音")).to_be_visible()
    in_wechat.get_by_role("button", name="提交补充").click()

    expect(in_wechat.get_by_role("main")).to_contain_text("语音 1：正在接收")
    (wish,) = told(pages, AddToComplaint)
    assert [file["kind"] for file in wish["files"]] == ["voice"]


def test_photos_that_were_brought_are_sent_also_where_wechat_is_away_by_then(pages: Shown, in_wechat: Page, complaints: Complaints) -> None:
    log_in(in_wechat, pages)
    in_wechat.goto(pages.phone.url + "/complaints/new")
    write(in_wechat)
    in_wechat.get_by_role("button", name="添加照片").click()
    expect(in_wechat.locator(".brought img")).to_have_count(2)
    expect(in_wechat.locator(".brought")).not_to_contain_text("正在上传")
    in_wechat.route("**/api/jssdk**", lambda route: route.fulfill(status=503))

    in_wechat.reload()
    expect(in_wechat.locator(".brought li")).to_have_count(2)
    expect(in_wechat.get_by_role("button", name="添加照片")).to_be_hidden()
    in_wechat.get_by_role("button", name="提交").click()

    expect(in_wechat.get_by_role("heading", level=1)).to_have_text("我们收到了")
    (wish,) = told(pages, SubmitComplaint)
    assert [file["media_id"] for file in wish["files"]] == ["media-of-1", "media-of-2"]
    complaints.expect("503")


def test_what_came_too_late_appears_by_itself_and_is_said_again_with_two_taps(pages: Shown, outside: Page) -> None:
    pages.hear(complaint_news())
    log_in(outside, pages)
    outside.goto(f"{pages.phone.url}{PAGE}/add")
    outside.get_by_label("还想告诉我们什么？").fill("倒车也有异响")
    outside.get_by_role("button", name="提交补充").click()
    expect(outside.get_by_role("main")).to_contain_text("您补充了")
    (wish,) = told(pages, AddToComplaint)
    refusal = {"complaint_id": COMPLAINT, "follower_id": FOLLOWER, "command_id": uuid5(UUID(wish["addition_id"]), "add"), "wish": "add"}

    late = ComplaintWishRefused.model_validate(refusal | {"reason": "not_here", "state": "closed", "at": NOW})
    pages.hear(arrived(late), closed_news())

    expect(outside.locator("#live .note")).to_contain_text("这段补充没有转给处理人")
    picture(outside, "complaint-too-late")
    assert axe(outside) == []
    outside.locator("#live .note").get_by_role("link", name="请重新处理").click()
    expect(outside.get_by_label("哪里没有解决？")).to_have_value("倒车也有异响")
    outside.get_by_role("button", name="提交").click()
    expect(outside.get_by_role("heading", level=1)).to_have_text("您的意见已收到")


def test_what_an_old_page_could_not_add_is_there_to_be_said_otherwise(pages: Shown, outside: Page, complaints: Complaints) -> None:
    pages.hear(complaint_news())
    log_in(outside, pages)
    outside.goto(f"{pages.phone.url}{PAGE}/add")
    outside.get_by_label("还想告诉我们什么？").fill("倒车也有异响")
    pages.hear(closed_news())

    outside.get_by_role("button", name="提交补充").click()

    expect(outside.get_by_role("alert")).to_contain_text("这件事已经处理完")
    expect(outside.get_by_label("还想告诉我们什么？")).to_have_value("倒车也有异响")
    outside.get_by_role("link", name="返回").click()
    outside.get_by_role("link", name="请重新处理").click()
    expect(outside.get_by_label("哪里没有解决？")).to_have_value("倒车也有异响")
    complaints.expect("409")


def test_a_field_is_as_high_as_what_is_written_in_it(pages: Shown, outside: Page) -> None:
    log_in(outside, pages)
    outside.goto(pages.phone.url + "/complaints/new")
    field = outside.get_by_label("发生了什么？")
    field.fill("\n".join("第二天刹车就有异响" for _ in range(12)))
    heights = "field => [field.clientHeight, field.scrollHeight]"
    shown, written = field.evaluate(heights)

    outside.reload()

    assert shown >= written
    assert field.evaluate(heights) == [shown, written]


def test_a_photo_that_does_not_get_through_is_said_and_not_sent(pages: Shown, in_wechat: Page) -> None:
    log_in(in_wechat, pages)
    in_wechat.goto(pages.phone.url + "/complaints/new")
    in_wechat.evaluate("window.unreachable = true")

    in_wechat.get_by_role("button", name="添加照片").click()

    expect(in_wechat.locator("#files-wrong")).to_contain_text("没有传上去")
    expect(in_wechat.locator(".brought li")).to_have_count(0)


def test_it_is_withdrawn_after_a_question(pages: Shown, outside: Page) -> None:
    pages.hear(complaint_news())
    log_in(outside, pages)
    outside.goto(pages.phone.url + PAGE)

    outside.get_by_role("button", name="不用处理了，撤回").click()
    expect(outside.get_by_role("button", name="不撤回")).to_be_focused()
    picture(outside, "complaint-withdraw")
    assert axe(outside) == []
    outside.get_by_role("button", name="撤回", exact=True).click()

    expect(outside.get_by_role("heading", level=1)).to_have_text("撤回申请已收到")
    expect(outside.get_by_role("button", name="不用处理了，撤回")).to_have_count(0)
    assert commands(pages) == 1


def test_who_disagrees_says_why_and_sees_it_taken_up_again(pages: Shown, outside: Page) -> None:
    pages.hear(closed_news())
    log_in(outside, pages)
    outside.goto(pages.phone.url + PAGE)
    outside.get_by_role("link", name="请重新处理").click()
    outside.get_by_label("哪里没有解决？").fill("还是有异响")

    outside.get_by_role("button", name="提交").click()

    expect(outside.get_by_role("heading", level=1)).to_have_text("您的意见已收到")
    pages.hear(complaint_news(ComplaintReopened, "reopen", 6, state="reopened", reopened_count=1))
    expect(outside.get_by_role("heading", level=1)).to_have_text("正在处理")


def test_the_survey_takes_two_taps(pages: Shown, outside: Page) -> None:
    pages.hear(closed_news(), complaint_news(ComplaintSurveyRequested, "request_survey", 6, **SETTLED))
    log_in(outside, pages)
    outside.goto(f"{pages.phone.url}{PAGE}/survey")

    outside.locator("label").filter(has=outside.get_by_role("radio", name="不满意 2 分", exact=True)).click()
    outside.get_by_role("button", name="提交评价").click()

    expect(outside.get_by_role("main")).to_contain_text("您的评价：2 分，不满意")
    assert commands(pages) == 1
