"""The story that shows that the axle turns: a booking goes through DMS and CSC and comes back confirmed (issue 2; flows 3).

Told through HTTP alone, as follower, DMS and CSC would see it. Each step waits for what it needs and says when that was there.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from launcher.operator import Away, Operator, Said
from launcher.stage import Stage, send, until

PATIENCE_SECONDS = 30
DAYS_AHEAD = 3
ITEMS = [{"code": "MAINTENANCE", "name": "定期保养"}, {"code": "AIR_CONDITIONING", "name": "空调检查"}]
Record = dict[str, Any]


class StoryBroke(Exception):
    """A step did not come about; the text says which."""


class Telling:
    """What all stories have: `tell` hears a line per step, with milliseconds since the first."""

    def __init__(self, stage: Stage, tell: Callable[[float, str], None]) -> None:
        self._stage = stage
        self._tell = tell
        self._begun = time.monotonic()

    def _wait(self, what: str, there: Callable[[], Any]) -> Any:
        """What `there` gives once it is true. Raises StoryBroke."""
        found: list[Any] = []
        if not until(lambda: found.append(there()) or found[-1], PATIENCE_SECONDS):  # type: ignore[func-returns-value]
            raise StoryBroke(f"waited {PATIENCE_SECONDS} s in vain: {what}")
        return found[-1]

    def _said(self, line: str) -> None:
        self._tell((time.monotonic() - self._begun) * 1000, line)


class Story(Telling):
    """One booking.

    A car is booked once for a day, so another story on the same stage takes another day.
    """

    def __init__(self, stage: Stage, tell: Callable[[float, str], None], days_ahead: int = DAYS_AHEAD) -> None:
        super().__init__(stage, tell)
        self._days_ahead = days_ahead
        self._session: dict[str, str] = {}
        self._operator: Operator | None = None
        self.appointment_id = str(uuid4())

    def play(self) -> None:
        """Raises StoryBroke."""
        self._session = self._stage.session()
        self._operator = Operator.here(self._stage.environment)
        self._await_binding()
        self._begun = time.monotonic()
        self.click_menu()
        self.book()
        self.await_task()
        self.call("no_answer")
        self.call("reached")
        self.agree_on_slip()
        self.await_message()
        self.await_end()

    def _await_binding(self) -> None:
        """Appointments and messaging have heard of the sample follower."""
        needed = {"appointments", "messaging"}
        self._wait("the sample follower is bound", lambda: needed <= self._handled_by(self._session["binding_id"]))

    def click_menu(self) -> None:
        wish = {"openid": self._session["openid"], "msg": {"MsgType": "event", "Event": "CLICK", "EventKey": "BOOK"}}
        pushed = self._ask("POST", f"{self._stage.sandbox_url}/wechat/control/push", json=wish)
        link = f"{self._stage.url}/m/appointments/new"
        if link not in str(pushed):
            raise StoryBroke(f"the passive reply has no booking link: {pushed}")
        self._said("车主点菜单，回复带预约链接 · the follower clicks the menu; the reply carries the booking link")

    def book(self) -> None:
        wish = {
            "id": self.appointment_id,
            "vehicle_id": self._session["vehicle_id"],
            "dealer_code": self._session["dealer_code"],
            "requested_date": (datetime.now(UTC) + timedelta(days=self._days_ahead)).date().isoformat(),
            "items": ITEMS,
            "mileage_km": 9800,
        }
        cookies = {self._session["cookie"]: self._session["session"]}
        answer = send("POST", f"{self._stage.url}/m/api/appointments", json=wish, cookies=cookies)
        if answer.status_code != 202:
            raise StoryBroke(f"the booking was answered {answer.status_code}: {answer.text[:300]}")
        self._said("车主提交预约 (202) · the booking is taken")

    def await_task(self) -> None:
        stored = self._wait("the DMS has the request", lambda: self._of("dms", "appointments"))
        self._said(f"DMS 已登记 · the DMS has it as {stored['dms_no']}")
        task = self._wait("CSC has the call-back task", lambda: self._of("csc", "tasks"))
        self._said(f"CSC 已建回访任务 · CSC made the call-back task {task['task_id']}")

    def call(self, result: str) -> None:
        self._ask("POST", f"{self._stage.sandbox_url}/csc/desk/tasks/{self.appointment_id}/calls", json={"result": result})
        self._said(f"DCRC 回访：{result} · the DCRC calls: {result}")

    def agree_on_slip(self) -> None:
        slip = self._ask("POST", f"{self._stage.sandbox_url}/csc/desk/tasks/{self.appointment_id}/slip", json={})
        self._said(f"DCRC 生成客户预约单 · the slip {slip['slip_id']} is agreed")
        self._wait("the DMS has the slip", lambda: self._of("dms", "slips"))
        self._said("DMS 已存预约单 · the DMS has the slip")

    def await_message(self) -> None:
        self._wait("the follower has the confirmation", self.messages)
        self._said("车主收到确认模板消息 · the follower has the confirmation")

    def await_end(self) -> None:
        self._wait("the appointment is notified", lambda: self.state() == "notified")
        self._said("预约状态：已通知 · the appointment is notified")
        self._wait("every hop is reported", self._all_reported)

    # What is on record, here and there

    def state(self) -> str:
        """By the news that its owner told last: `appointment.notified` is the state notified."""
        told = [moment for moment in self.timeline() if moment["step"] == "told" and moment["service"] == "appointments"]
        news = [moment for moment in told if moment.get("version")]
        return str(max(news, key=lambda moment: moment["version"])["type"].removeprefix("appointment.")) if news else ""

    def timeline(self) -> list[Record]:
        try:
            return list(self._asked(f"/trace/{self.appointment_id}")["moments"])
        except Said:
            return []

    def messages(self) -> list[Record]:
        """The template messages that the follower has of appointments: the car is reminded of things too."""
        found = self._ask("GET", f"{self._stage.sandbox_url}/wechat/control/messages", params={"openid": self._session["openid"]})
        return [one for one in found["messages"] if "/m/reminders/" not in one["url"]]

    def records(self, system: str, kind: str) -> list[Record]:
        found = self._ask("GET", f"{self._stage.sandbox_url}/{system}/control/state")[kind]
        return [record for record in found if record["appointment_id"] == self.appointment_id]

    def parked(self) -> list[Record]:
        return list(self._asked("/parked")["parked"])

    def _of(self, system: str, kind: str) -> Record | None:
        found = self.records(system, kind)
        return found[0] if found else None

    def _all_reported(self) -> bool:
        """Reports come up to a second behind. Every message of this story is published once and has at least one reader."""
        moments = self.timeline()
        published, handled = self._ids(moments, "published"), self._ids(moments, "handled")
        ended = any(moment["type"] == "template.delivered" for moment in moments)
        return ended and {moment["message_id"] for moment in moments} == published == handled

    def _ids(self, moments: list[Record], step: str) -> set[str]:
        return {moment["message_id"] for moment in moments if moment["step"] == step}

    def _handled_by(self, subject: str) -> set[str]:
        try:
            moments = self._asked(f"/trace/{subject}")["moments"]
        except Said:
            return set()
        return {moment["service"] for moment in moments if moment["step"] == "handled"}

    def _asked(self, path: str) -> Record:
        if self._operator is None:
            raise StoryBroke("it has not begun")
        try:
            return self._operator.ask("GET", path)
        except Away as away:
            raise StoryBroke(str(away)) from away

    def _ask(self, method: str, url: str, **asked: Any) -> Record:
        answer = send(method, url, **asked)
        if answer.status_code >= 400:
            raise StoryBroke(f"{method} {url} was answered {answer.status_code}: {answer.text[:300]}")
        found: Record = answer.json()
        return found
