"""The sandbox's phones as a visitor uses them: chat, menu, pages, text messages, several people side by side."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from launcher.stage import Stage
from tests.browser.looking import Complaints, axe, picture

SMS_KEY = {"Authorization": "Bearer sandbox-sms-key"}


@pytest.fixture
def desk(browser: Browser, complaints: Complaints) -> Iterator[Page]:
    """A visitor's screen, wide enough for two phones."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", timezone_id="Asia/Shanghai")
    try:
        page = context.new_page()
        complaints.listen(page)
        yield page
    finally:
        context.close()


def phone_of(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=f"{name}的手机")


def text_message(house: Stage, text: str, key: str) -> None:
    message = {"to": "13800138000", "text": text, "template": "registration.code", "code": "482913"}
    sent = requests.post(f"{house.sandbox_url}/sms/api/v1/messages", json=message, headers={**SMS_KEY, "Idempotency-Key": key}, timeout=30)
    assert sent.status_code == 201


def test_the_menu_helps_and_its_answer_leads_to_a_page(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/phone")
    phone = phone_of(desk, "张伟")

    phone.get_by_role("button", name="帮助").click()
    phone.get_by_role("link", name="/m/appointments/new").last.click()

    page = phone.frame_locator("iframe")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(desk.get_by_role("list", name="最近 20 条")).to_contain_text("张伟 点击菜单")
    picture(desk, "phone-page")
    assert axe(desk) == []
    phone.get_by_role("button", name="关闭网页").click()
    expect(phone.get_by_role("list", name="聊天记录")).to_be_visible()


def test_who_holds_the_phone_chooses_the_photos_that_a_page_asks_for(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/phone")
    phone = phone_of(desk, "张伟")
    phone.get_by_role("button", name="帮助").click()
    phone.get_by_role("link", name="/m/appointments/new").last.click()
    expect(phone.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
    page = next(frame for frame in desk.frames if "/m/" in frame.url)
    page.evaluate("window.addEventListener('message', (event) => { if (event.data.locals) document.title = event.data.locals.join(); })")

    page.evaluate("window.parent.postMessage({ cheqiao: 'photos', count: 2 }, '*')")
    phone.get_by_role("dialog", name="选择照片").get_by_role("button", name="轮胎").click()
    expect(phone.locator(".web-view .title")).to_have_text("picture/tyre")

    page.evaluate("window.parent.postMessage({ cheqiao: 'photos', count: 2 }, '*')")
    with desk.expect_file_chooser() as chooser:
        phone.get_by_role("button", name="从电脑选取…").click()
    chooser.value.set_files([{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": b"whatever"} for n in range(3)])
    expect(phone.locator(".web-view .title")).to_have_text(re.compile("^photo/[^,]+,photo/[^,]+$"))


def test_a_button_with_others_opens_upwards(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/phone")
    phone = phone_of(desk, "张伟")

    phone.get_by_role("button", name="我的", exact=True).click()

    expect(phone.get_by_role("button", name="我的车辆")).to_be_visible()
    picture(desk, "phone-menu")
    phone.get_by_role("button", name="我的车辆").press("Escape")
    expect(phone.get_by_role("button", name="我的车辆")).to_be_hidden()


def test_what_is_written_stands_in_the_chat_at_once(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/phone?openid=oSandboxFollower0002")
    phone = phone_of(desk, "李娜")
    phone.get_by_role("button", name="键盘").click()

    phone.get_by_role("textbox", name="消息").fill("你好，保养多少钱？")
    phone.get_by_role("textbox", name="消息").press("Enter")

    expect(phone.get_by_role("listitem").filter(has_text="你好，保养多少钱？")).to_have_count(1)
    expect(phone.get_by_role("img", name="正在发送")).to_have_count(0)
    expect(phone.get_by_role("listitem").filter(has_text="你好，保养多少钱？")).to_have_count(1)


def test_a_text_message_knocks_and_is_read(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/phone")
    phone = phone_of(desk, "张伟")
    expect(phone.get_by_role("list", name="聊天记录")).to_be_visible()

    text_message(house, "验证码 482913，五分钟内有效", "browser-1")

    banner = phone.locator(".banner", has_text="482913")
    expect(banner).to_be_visible()
    expect(phone.get_by_role("img", name="1 条未读")).to_be_visible()
    picture(desk, "phone-banner")
    banner.click()
    expect(phone.get_by_role("button", name="复制验证码 482913")).to_be_visible()
    expect(phone.get_by_role("img", name="1 条未读")).to_have_count(0)


def test_somebody_new_gets_a_phone_beside_the_others_and_follows(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/phone")
    desk.get_by_role("button", name="新的人").click()
    desk.get_by_role("textbox", name="姓名").fill("赵敏")

    desk.get_by_role("button", name="给他一部手机").click()

    phone = phone_of(desk, "赵敏")
    phone.get_by_role("button", name="关注公众号").click()
    expect(phone.get_by_role("list", name="聊天记录")).to_contain_text("欢迎关注")
    expect(phone_of(desk, "张伟")).to_be_visible()
    picture(desk, "phone-two")
    assert axe(desk) == []


def test_two_phones_are_two_people_in_one_browser(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/phone?openid=oSandboxFollower0001&openid=oSandboxFollower0002")
    owner, nobody = phone_of(desk, "张伟"), phone_of(desk, "李娜")

    for phone in (owner, nobody, owner):
        phone.get_by_role("button", name="我的", exact=True).click()
        phone.get_by_role("button", name="我的车辆").click()
        expect(phone.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
        expect(phone.get_by_role("button", name="关闭网页")).to_be_visible()
        if phone is nobody:
            expect(phone.frame_locator("iframe").locator("body")).not_to_contain_text("渝A12345")
        else:
            expect(phone.frame_locator("iframe").locator("body")).to_contain_text("渝A12345")
            phone.get_by_role("button", name="关闭网页").click()


def test_who_leaves_is_asked_first(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/phone?openid=oSandboxFollower0004")
    phone = phone_of(desk, "刘洋")
    phone.get_by_role("button", name="关注公众号").click()
    phone.get_by_role("button", name="公众号资料").click()
    phone.get_by_role("button", name="不再关注").click()

    phone.get_by_role("dialog").get_by_role("button", name="不再关注").click()

    expect(phone.get_by_role("button", name="关注公众号")).to_be_visible()


def test_on_a_small_screen_the_phone_fills_it(house: Stage, phone_page: Page) -> None:
    phone_page.goto(f"{house.sandbox_url}/phone")
    expect(phone_page.get_by_role("list", name="聊天记录")).to_be_visible()
    picture(phone_page, "phone-small")

    phone_page.get_by_role("button", name="沙箱", exact=True).click()

    expect(phone_page.get_by_text("VIN 后 8 位")).to_be_visible()
    picture(phone_page, "phone-small-aside")
    assert axe(phone_page) == []
    phone_page.get_by_role("button", name="回到手机").click()
    expect(phone_page.get_by_role("list", name="聊天记录")).to_be_visible()


def test_the_phones_speak_english(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/phone")

    desk.get_by_role("link", name="English").click()

    expect(desk.get_by_role("heading", level=1)).to_have_text("Sandbox phones")
    expect(desk.get_by_role("button", name="About the account")).to_be_visible()
    assert axe(desk) == []
