"""The story of a follower who is not bound yet: in through WeChat, the consent, three things typed, a code by SMS, bound (A-REM-05..10).

Told through HTTP alone, as the phone, the DMS and CSC would see it, by the one of the sandbox's people whom no other story needs.
"""

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import requests

from launcher.stage import Stage, send, until
from launcher.story import PATIENCE_SECONDS, StoryBroke
from sandbox.dms.samples import PEOPLE, cars_of

PERSON = PEOPLE[3]
(CAR,) = cars_of(PERSON.openid)
CONSENT = re.compile(r'name="text_version" value="([^"]+)"')
CODE = re.compile(r"验证码 (\d{6})")
MOST_TURNS = 6
"""To WeChat and back, once more at most."""


class RegistrationStory:
    """`tell` hears a line per step, with milliseconds since the first."""

    def __init__(self, stage: Stage, tell: Callable[[float, str], None]) -> None:
        self._stage = stage
        self._tell = tell
        self._begun = time.monotonic()
        self._browser = requests.Session()
        self._browser.trust_env = False
        self.registration_id = str(uuid4())

    def play(self) -> None:
        """Raises StoryBroke."""
        with self._browser:
            self.come_in()
            self.agree()
            self.type()
            self.enter_code()
            self.await_firms()

    def come_in(self) -> None:
        self._said("车主点菜单“绑定车辆”，微信告知是谁 · the follower comes in through WeChat")
        url = f"{self._stage.url}/m/registrations/new"
        for _ in range(MOST_TURNS):
            answer = self._browser.get(url, timeout=(3, 30), allow_redirects=False)
            if answer.status_code != 302:
                break
            url = urljoin(url, answer.headers["Location"])
            if "/connect/oauth2/authorize" in url:
                url = f"{url.partition('#')[0]}&as={PERSON.openid}"
        found = CONSENT.search(answer.text)
        if found is None:
            raise StoryBroke(f"{url} was answered {answer.status_code} without the consent")
        self._consent = found[1]

    def agree(self) -> None:
        self._post("/consents", {"id": str(uuid4()), "text_version": self._consent, "granted": True})
        self._said("车主同意 (202) · the consent is given")

    def type(self) -> None:
        typed = {"vin": CAR.vin[-8:], "id_number": PERSON.id_number, "mobile": PERSON.mobile, "text_version": self._consent}
        self._post("/registrations", {"id": self.registration_id, **typed})
        self._said("车架号后 8 位、身份证号、手机号已提交 (202) · the three things are typed")
        self._wait("the code is sent", lambda: self._state() == "code_sent")
        self._said("DMS 核对通过 · the DMS finds the one car whose owner has all three")

    def enter_code(self) -> None:
        code = self._wait("the code comes by SMS", lambda: CODE.findall("".join(self.texts())))[-1]
        self._said("车主收到短信验证码 · the code comes by SMS")
        self._post(f"/registrations/{self.registration_id}/verify", {"id": str(uuid4()), "code": code})
        self._wait("the car is bound", lambda: self._state() == "active")
        self._said("验证码正确，车辆已绑定 · the code is right, the car is bound")

    def await_firms(self) -> None:
        self._wait("the DMS and CSC know it", lambda: self.registered("dms") == self.registered("csc") == [True])
        self._said("DMS、CSC 已登记 · the DMS and CSC know that the owner is registered\n")

    # What is on record

    def registered(self, system: str) -> list[bool]:
        """Of this person, one for each binding."""
        kept = send("GET", f"{self._stage.sandbox_url}/{system}/control/state").json()["registrations"]
        return [one["registered"] for one in kept if one["customer_id"] == PERSON.customer_id]

    def texts(self) -> list[str]:
        inbox = send("GET", f"{self._stage.sandbox_url}/sms/control/messages", params={"mobile": PERSON.mobile}).json()
        return [str(message["text"]) for message in inbox["messages"]]

    def _state(self) -> str:
        """As the page shows it."""
        answer = self._browser.get(f"{self._stage.url}/m/api/registrations/{self.registration_id}", timeout=(3, 30))
        return str(answer.json().get("state", answer.status_code))

    def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = self._browser.post(f"{self._stage.url}/m/api{path}", json=body, timeout=(3, 30))
        if answer.status_code != 202:
            raise StoryBroke(f"{path} was answered {answer.status_code}: {answer.text[:300]}")

    def _wait(self, what: str, there: Callable[[], Any]) -> Any:
        found: list[Any] = []
        if not until(lambda: found.append(there()) or found[-1], PATIENCE_SECONDS):  # type: ignore[func-returns-value]
            raise StoryBroke(f"waited {PATIENCE_SECONDS} s in vain: {what}")
        return found[-1]

    def _said(self, line: str) -> None:
        self._tell((time.monotonic() - self._begun) * 1000, line)
