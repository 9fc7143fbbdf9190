"""A complaint on a running house: told from the phone's menu with a photo, acknowledged with its number, added to, and taken back."""

import re

from playwright.sync_api import Page, expect

from launcher.stage import Stage
from tests.browser.looking import axe, picture

NUMBER = re.compile(r"TS\d{10,}")
WHO = "oSandboxFollower0002"
"""Has bound no car. Not who the story of `launcher/browser_story.py` is about: she has to give her consent there first."""


def test_who_has_bound_no_car_complains_with_a_photo_and_is_told_the_number(house: Stage, phone_page: Page) -> None:
    phone_page.goto(f"{house.sandbox_url}/phone/?openid={WHO}")
    phone_page.get_by_role("button", name="我的").click()
    phone_page.get_by_role("menuitem", name="投诉与建议").or_(phone_page.get_by_role("button", name="投诉与建议")).first.click()
    page = phone_page.frame_locator("iframe")
    page.get_by_role("link", name="我要反映问题").click()
    page.get_by_label("我已阅读").check()
    page.get_by_role("button", name="同意并继续").click()

    page.get_by_label("发生了什么？").fill("保养后刹车有异响。")
    page.get_by_label("您希望怎样解决？").fill("请免费修好。")
    page.get_by_label("姓名").fill("李娜")
    page.get_by_label("手机号").fill("13800138002")
    page.get_by_role("button", name="提交").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("您反映的问题已登记")
    expect(page.get_by_role("main")).to_contain_text(NUMBER)
    expect(page.get_by_role("main")).to_contain_text("前与您联系")
    phone_page.get_by_role("button", name="关闭网页").click()
    told = phone_page.locator(".template").filter(has_text="投诉处理进度通知").last
    expect(told).to_contain_text(NUMBER)
    picture(phone_page, "running-complaint-told")
    told.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您反映的问题已登记")


def test_a_photo_goes_with_it_and_it_is_added_to_and_taken_back(house: Stage, phone_page: Page) -> None:
    pages = f"{house.sandbox_url}/phone/w/{WHO}/m"
    phone_page.goto(f"{pages}/complaints/new")
    if phone_page.get_by_label("我已阅读").count():
        phone_page.get_by_label("我已阅读").check()
        phone_page.get_by_role("button", name="同意并继续").click()
    phone_page.get_by_label("发生了什么？").fill("漆面有划痕。")
    phone_page.get_by_role("button", name="添加照片").click()
    expect(phone_page.locator(".brought img")).to_have_count(1)
    expect(phone_page.locator(".brought")).not_to_contain_text("正在上传")
    phone_page.get_by_label("姓名").fill("李娜")
    phone_page.get_by_label("手机号").fill("13800138002")
    picture(phone_page, "running-complaint-form")
    phone_page.get_by_role("button", name="提交").click()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("您反映的问题已登记")
    expect(phone_page.get_by_role("img", name="照片 1")).to_be_visible()
    assert phone_page.evaluate("document.querySelector('.sent img').naturalWidth") > 0
    picture(phone_page, "running-complaint")
    assert axe(phone_page) == []

    phone_page.get_by_role("link", name="补充情况").click()
    phone_page.get_by_label("还想告诉我们什么？").fill("右前门")
    phone_page.get_by_role("button", name="提交补充").click()
    expect(phone_page.get_by_role("main")).to_contain_text("您补充了")
    phone_page.get_by_role("button", name="不用处理了，撤回").click()
    phone_page.get_by_role("button", name="撤回", exact=True).click()

    expect(phone_page.get_by_role("heading", level=1)).to_have_text("已按您的要求结束")
    picture(phone_page, "running-complaint-withdrawn")
