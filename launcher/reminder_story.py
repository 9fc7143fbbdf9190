"""The story of a reminder: a date at CSC becomes an item, a message, a page, a booking by its link, a call and a visit (flows 2, 6).

Told through HTTP alone, by the person who has just registered in launcher/registration_story.py: the month knows it or learns it (S-33).
"""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from launcher.operator import Operator
from launcher.registration_story import CAR, PERSON
from launcher.stage import Stage, send
from launcher.story import StoryBroke, Telling
from launcher.visitor import Visitor

CHINA = ZoneInfo("Asia/Shanghai")
DAYS_AHEAD = 2
LINK = re.compile(r'href="([^"]*/m/appointments/new\?[^"]*)"')
VEHICLE = re.compile(r'name="vehicle_id" value="([^"]+)"')
ITEM = re.compile(r"/m/reminders/([0-9a-f-]{36})")
Record = dict[str, Any]


class ReminderStory(Telling):
    def __init__(self, stage: Stage, tell: Callable[[float, str], None]) -> None:
        super().__init__(stage, tell)
        self._operator = Operator.here(stage.environment)
        self._phone = Visitor(stage, PERSON)
        self._period = f"{datetime.now(CHINA):%Y-%m}"
        self.item_id = ""
        self.appointment_id = str(uuid4())

    def play(self) -> None:
        """Raises StoryBroke."""
        try:
            self.load_facts()
            self.make_the_month()
            self.get_the_message()
            self.read_it()
            self.book()
            self.call()
            self.come()
        finally:
            self._phone.leave()

    def load_facts(self) -> None:
        """They come by themselves too; nobody wants to wait for that in a story."""
        for source in ("cars", "dates"):
            self._wait(f"{source} are loaded", partial(self._loaded, source))
        self._wait("the car has something due", self._has_something_due)
        self._said("DMS、CSC 的车辆和到期日已读入 · cars and dates are taken in from DMS and CSC")

    def make_the_month(self) -> None:
        run = self._asked("POST", "/runs", json={"period": self._period})["run_id"]
        made = self._wait("the month is made", lambda: self._done(run))
        self._said(f"{self._period} 提醒明细已生成：{made['items']} 条，{made['tasks']} 项任务交 CSC · the month is made and handed to CSC")

    def get_the_message(self) -> None:
        message = self._wait("the reminder comes by WeChat", lambda: next(iter(self.messages()), None))
        self._link = str(message["url"])
        self.item_id = ITEM.findall(self._link)[0]
        self._said("车主收到微信提醒 · the follower is reminded by WeChat")
        self._wait("CSC has the task", lambda: self.task() is not None)

    def read_it(self) -> None:
        found = LINK.search(self._phone.open(self._link))
        if found is None:
            raise StoryBroke("the reminder's page leads to no booking")
        self._booking = html.unescape(found[1])
        self._wait("it is known to be read", lambda: self.item()["wechat_state"] == "clicked")
        self._said("车主打开提醒页面 · the follower opens the reminder")

    def book(self) -> None:
        vehicle = VEHICLE.search(self._phone.open(self._booking))
        if vehicle is None:
            raise StoryBroke("the booking knows no car")
        wish = {
            "id": self.appointment_id,
            "vehicle_id": vehicle[1],
            "dealer_code": CAR.dealer_code,
            "requested_date": (datetime.now(CHINA) + timedelta(days=DAYS_AHEAD)).date().isoformat(),
            "items": [{"code": "MAINTENANCE", "name": "定期保养"}],
            "source": "reminder",
            "reminder_item_id": self.item_id,
        }
        self._phone.post("/appointments", wish)
        self._wait("the item is booked", lambda: self.item()["outcome"] == "booked")
        self._said("车主由提醒一键预约 (202)，提醒状态：已预约 · booked by the reminder's link")

    def call(self) -> None:
        desk = f"/csc/desk/reminders/{self.item_id}"
        self._at_desk(f"{desk}/calls", {"result": "reached", "seconds": 45})
        self._at_desk(f"{desk}/slip", {"customer_answer": "booked", "appointment_id": self.appointment_id})
        self._wait("the slip is known", lambda: self.item()["contact_state"] == "slip_saved")
        self._said("DCRC 跟踪电话，保存车辆提醒单 · the DCRC calls and saves the slip")

    def come(self) -> None:
        self._wait("the DMS has the booking", self._stored)
        self._at_desk("/dms/desk/visits", {"appointment_id": self.appointment_id})
        self._wait("the item is returned", lambda: self.item()["outcome"] == "returned")
        self._wait("CSC knows it", lambda: (self.task() or {}).get("outcome") == "returned")
        self._said("车辆回厂，提醒状态：已回厂；CSC 已知 · the car is back, and CSC knows it\n")

    # What is on record

    def item(self) -> Record:
        found: Record = self._asked("GET", f"/items/{self.item_id}")["item"]
        return found

    def task(self) -> Record | None:
        """As CSC has it."""
        listed = self._sandbox("GET", "/csc/desk/reminders", params={"show": "all", "q": CAR.vin})["reminders"]
        return next((one for one in listed if one["item_id"] == self.item_id), None)

    def messages(self) -> list[Record]:
        """The reminders that the follower has."""
        found = self._sandbox("GET", "/wechat/control/messages", params={"openid": PERSON.openid})["messages"]
        return [one for one in found if ITEM.search(str(one["url"]))]

    def recount(self) -> Record:
        return self._asked("GET", "/recount", params={"period": self._period})

    def _loaded(self, source: str) -> bool:
        """Ordered where it is not there: a load of this source that runs already is that one."""
        loads = [one for one in self._asked("GET", "/loads")["loads"] if one["source"] == source]
        if not loads:
            self._asked("POST", "/loads", json={"source": source})
        return any(one["state"] == "done" for one in loads)

    def _has_something_due(self) -> bool:
        said = self._asked("POST", "/explain", json={"vin": CAR.vin, "period": self._period})
        return bool(said["known"]) and any(reason["has"] for reason in said["reasons"])

    def _done(self, run: str) -> Record | None:
        found = self._asked("GET", f"/runs/{run}")
        return found if found["state"] == "done" else None

    def _stored(self) -> bool:
        kept = self._sandbox("GET", "/dms/control/state")["appointments"]
        return any(one["appointment_id"] == self.appointment_id for one in kept)

    def _asked(self, method: str, path: str, **asked: Any) -> Record:
        headers = {"Authorization": f"Bearer {self._operator.token}", "X-Operator": "demo"}
        return _answer(method, f"http://{self._operator.address}/reminders/v1{path}", headers=headers, **asked)

    def _sandbox(self, method: str, path: str, **asked: Any) -> Record:
        return _answer(method, f"{self._stage.sandbox_url}{path}", **asked)

    def _at_desk(self, path: str, body: Record) -> None:
        self._sandbox("POST", path, json=body)


def _answer(method: str, url: str, **asked: Any) -> Record:
    answer = send(method, url, **asked)
    if answer.status_code >= 400:
        raise StoryBroke(f"{method} {url} was answered {answer.status_code}: {answer.text[:300]}")
    found: Record = answer.json()
    return found
