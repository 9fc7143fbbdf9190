"""The whole story as people live it, clicked in a browser: a follower on the phone, the DCRC at the CSC desk, the dealer at the DMS desk.

A follower who is not bound yet follows a menu to the consent, registers with a code that comes by SMS, books in three parts, is called,
gets the confirmation, asks for another day, gets that confirmed too, and comes. Each step waits for what a person would wait for.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, FrameLocator, Page, expect
from playwright.sync_api import Error as PlaywrightError

from launcher.operator import Operator
from launcher.stage import Stage, send
from launcher.story import StoryBroke
from sandbox.dms.samples import CARS, PEOPLE

PATIENCE_MS = 30_000
CHINA = ZoneInfo("Asia/Shanghai")
FOLLOWER = PEOPLE[2]
CAR = next(car for car in CARS if car.customer_id == FOLLOWER.customer_id)
DAYS_AHEAD, DAYS_AHEAD_INSTEAD = 3, 5


class BrowserStory:
    """`tell` hears a line per step, with milliseconds since the first. `pictures` is a folder for a screenshot of each, or None."""

    def __init__(self, stage: Stage, browser: Browser, tell: Callable[[float, str], None], pictures: Path | None = None) -> None:
        self._stage = stage
        self._tell = tell
        self._pictures = pictures
        self._operator = Operator.here(stage.environment)
        self._begun = time.monotonic()
        context = browser.new_context(locale="zh-CN", timezone_id=CHINA.key, viewport={"width": 1280, "height": 1000})
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        self._phone = context.new_page()
        self._csc = context.new_page()
        self._dms = context.new_page()

    def play(self) -> None:
        """Raises StoryBroke, naming the step."""
        steps = (
            (self._open_the_phone, "车主打开公众号 · the follower opens the service account"),
            (self._consent, "点菜单“绑定车辆”，先同意 · the menu leads to the consent, given first"),
            (self._register, "填写三项，收到短信验证码 · three things are asked; a code comes by SMS"),
            (self._verify, "填写验证码，绑定成功 · the code is entered, the car is bound"),
            (self._book, "选日期、服务店、项目，提交 · a day, a dealer, what is to be done: sent"),
            (self._call_and_agree, "DCRC 两次致电，开预约单 · the DCRC calls twice and makes the slip"),
            (self._read_the_confirmation, "模板消息到手机，点开看到“预约成功” · the message arrives; its page says confirmed"),
            (self._ask_for_another_day, "车主改期 · the follower asks for another day"),
            (self._agree_again, "DCRC 再次致电，改预约单；再次确认 · the DCRC calls again; confirmed anew"),
            (self._arrive, "DMS 台登记到店 · at the DMS desk the car comes in"),
        )
        for step, words in steps:
            try:
                step()
            except (PlaywrightError, AssertionError) as error:
                self._picture(self._phone, "broke-phone")
                raise StoryBroke(f"{words}: {str(error).splitlines()[0]}") from error
            self._tell((time.monotonic() - self._begun) * 1000, words)
            self._picture(self._phone, step.__name__.strip("_"))

    def differences(self) -> Iterator[str]:
        """What is on record in each place against what should be; nothing when all is well."""
        dms, csc = self._records("dms"), self._records("csc")
        bookings = [one for one in dms["appointments"] if one["record"]["customer_id"] == FOLLOWER.customer_id]
        booking: dict[str, Any] = bookings[0] if len(bookings) == 1 else {}
        task, slip = (_about(booking.get("appointment_id"), csc[kind]) for kind in ("tasks", "slips"))
        counted: dict[str, tuple[Any, Any]] = {
            "requests at the DMS": (len(bookings), 1),
            "registered at the DMS": (_registered(dms), [True]),
            "registered at CSC": (_registered(csc), [True]),
            "calls at CSC": ([call["result"] for call in task.get("calls", ())], ["no_answer", "reached", "reached"]),
            "slip at CSC": (
                (slip.get("version"), slip.get("request_no"), str(slip.get("appointment_at"))[:10]),
                (2, 2, _day(DAYS_AHEAD_INSTEAD)),
            ),
            "outcome at the DMS": (booking.get("outcome"), "arrived"),
            "messages to the follower": (len(self._messages()), 2),
            "parked": (len(self._operator.ask("GET", "/parked")["parked"]), 0),
        }
        for what, (found, wanted) in counted.items():
            if found != wanted:
                yield f"{what}: {found}, wanted {wanted}"

    def _records(self, system: str) -> dict[str, Any]:
        found: dict[str, Any] = send("GET", f"{self._stage.sandbox_url}/{system}/control/state").json()
        return found

    def _messages(self) -> list[Any]:
        asked = {"openid": FOLLOWER.openid}
        found = send("GET", f"{self._stage.sandbox_url}/wechat/control/messages", params=asked).json()["messages"]
        return [one for one in found if "/m/reminders/" not in one["url"]]

    # The follower

    @property
    def _page(self) -> FrameLocator:
        """What is open inside the phone."""
        return self._phone.frame_locator("iframe")

    def _open_the_phone(self) -> None:
        self._phone.bring_to_front()  # a page behind another draws once in a while only
        self._phone.goto(f"{self._stage.sandbox_url}/phone/?openid={FOLLOWER.openid}")
        self._phone.get_by_role("button", name="我的").wait_for()

    def _consent(self) -> None:
        self._choose_from_menu("我的", "绑定车辆")
        self._page.get_by_role("checkbox").check()
        self._page.get_by_role("button", name="同意并继续").click()

    def _register(self) -> None:
        self._page.get_by_label("车架号（VIN）后 8 位").fill(CAR.vin[-8:])
        self._page.get_by_label("车主身份证号").fill(FOLLOWER.id_number)
        self._page.get_by_label("手机号").fill(FOLLOWER.mobile)
        self._page.get_by_role("button", name="提交核对").click()
        self._page.get_by_label("6 位验证码").wait_for()

    def _verify(self) -> None:
        self._page.get_by_label("6 位验证码").fill(self._code())
        self._page.get_by_role("button", name="完成绑定").click()
        expect(self._page.get_by_role("heading", name="绑定成功")).to_be_visible()

    def _code(self) -> str:
        """As the SMS says it."""
        inbox = f"{self._stage.sandbox_url}/sms/control/messages?mobile={FOLLOWER.mobile}"
        text = str(self._phone.request.get(inbox).json()["messages"][-1]["text"])
        return next(
            word for word in text.replace("：", " ").replace("，", " ").replace("。", " ").split() if word.isdigit() and len(word) == 6
        )

    def _book(self) -> None:
        self._page.get_by_role("link", name="预约保养").click()
        self._choose(_day(DAYS_AHEAD))
        self._page.get_by_role("button", name="下一步：选服务店").click()
        self._choose(CAR.dealer_code)
        self._page.get_by_role("button", name="下一步：选项目").click()
        self._choose("MAINTENANCE")
        self._page.get_by_role("button", name="下一步：核对").click()
        self._page.get_by_role("button", name="提交预约").click()
        expect(self._page.get_by_role("main")).to_contain_text("致电")

    def _read_the_confirmation(self) -> None:
        self._back_to_chat()
        self._phone.locator(".template").filter(has_text="预约成功通知").last.click()
        expect(self._page.get_by_role("main")).to_contain_text("预约成功")

    def _ask_for_another_day(self) -> None:
        self._page.get_by_role("link", name="改期").click()
        self._choose(_day(DAYS_AHEAD_INSTEAD))
        self._page.get_by_role("button", name="申请改期").click()
        expect(self._page.get_by_role("main")).to_contain_text("改期申请")

    def _choose(self, value: str) -> None:
        """Tap the box, as a thumb does: the radio button in it is drawn by us."""
        self._page.locator(f'label:has(input[value="{value}"])').click()

    def _choose_from_menu(self, menu: str, entry: str) -> None:
        self._phone.get_by_role("button", name=menu).click()
        self._phone.get_by_role("menuitem", name=entry).or_(self._phone.get_by_role("button", name=entry)).first.click()

    def _back_to_chat(self) -> None:
        self._phone.bring_to_front()
        self._phone.get_by_role("button", name="关闭网页").click()

    # The DCRC and the dealer

    def _call_and_agree(self) -> None:
        self._csc.bring_to_front()
        self._csc.goto(f"{self._stage.sandbox_url}/csc/")
        self._csc.get_by_role("link", name=FOLLOWER.name).first.click()
        self._csc.get_by_role("button", name="未接").or_(self._csc.locator('button[value="no_answer"]')).first.click()
        self._csc.locator('button[value="reached"]').click()
        self._csc.get_by_role("button", name="保存预约单").click()
        expect(self._csc.get_by_role("button", name="保存新的一版")).to_be_visible()
        self._picture(self._csc, "csc")

    def _agree_again(self) -> None:
        self._csc.bring_to_front()
        self._csc.goto(f"{self._stage.sandbox_url}/csc/")
        self._csc.get_by_role("link", name=FOLLOWER.name).first.click()
        self._csc.locator('button[value="reached"]').click()
        self._csc.get_by_label("到店日期").or_(self._csc.locator('input[name="day"]')).first.fill(_day(DAYS_AHEAD_INSTEAD))
        self._csc.get_by_role("button", name="保存新的一版").click()
        self._phone.bring_to_front()
        expect(self._page.get_by_role("main")).to_contain_text("预约成功")

    def _arrive(self) -> None:
        """Two days early, which still counts as this appointment: the dealer says so."""
        self._dms.bring_to_front()
        self._dms.goto(f"{self._stage.sandbox_url}/dms/")
        self._dms.get_by_role("link", name=FOLLOWER.name).first.click()
        self._dms.get_by_role("button", name="登记到店").click()
        expect(self._dms.get_by_text("车辆在店内")).to_be_visible()
        self._picture(self._dms, "dms")
        self._phone.bring_to_front()
        expect(self._page.get_by_role("main")).to_contain_text("已到店")

    def _picture(self, page: Page, name: str) -> None:
        if self._pictures:
            page.screenshot(path=self._pictures / f"{name}.png")


def _about(appointment_id: str | None, records: list[dict[str, Any]]) -> dict[str, Any]:
    return next((one for one in records if one["appointment_id"] == appointment_id), {})


def _registered(state: dict[str, Any]) -> list[bool]:
    return [bool(one["registered"]) for one in state["registrations"] if one["customer_id"] == FOLLOWER.customer_id]


def _day(ahead: int) -> str:
    return (datetime.now(CHINA) + timedelta(days=ahead)).date().isoformat()
