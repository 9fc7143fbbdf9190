"""The story of a follower who is not bound yet: in through WeChat, the consent, three things typed, a code by SMS, bound (A-REM-05..10).

Told through HTTP alone, as the phone, the DMS and CSC would see it, by the one of the sandbox's people whom no other story needs.
"""

import re
from collections.abc import Callable
from uuid import uuid4

from launcher.stage import Stage, send
from launcher.story import StoryBroke, Telling
from launcher.visitor import Visitor
from sandbox.dms.samples import PEOPLE, cars_of

PERSON = PEOPLE[3]
(CAR,) = cars_of(PERSON.openid)
CONSENT = re.compile(r'name="text_version" value="([^"]+)"')
CODE = re.compile(r"验证码 (\d{6})")


class RegistrationStory(Telling):
    def __init__(self, stage: Stage, tell: Callable[[float, str], None]) -> None:
        super().__init__(stage, tell)
        self._phone = Visitor(stage, PERSON)
        self.registration_id = str(uuid4())

    def play(self) -> None:
        """Raises StoryBroke."""
        try:
            self.come_in()
            self.agree()
            self.type()
            self.enter_code()
            self.await_firms()
        finally:
            self._phone.leave()

    def come_in(self) -> None:
        send("POST", f"{self._stage.sandbox_url}/wechat/control/followers/{PERSON.openid}/follow", json={}).raise_for_status()
        self._said("车主关注公众号，点菜单“绑定车辆”，微信告知是谁 · the follower follows the account and comes in through WeChat")
        found = CONSENT.search(self._phone.open("/m/registrations/new"))
        if found is None:
            raise StoryBroke("the way to a registration does not lead through the consent")
        self._consent = found[1]

    def agree(self) -> None:
        self._phone.post("/consents", {"id": str(uuid4()), "text_version": self._consent, "granted": True})
        self._said("车主同意 (202) · the consent is given")

    def type(self) -> None:
        typed = {"vin": CAR.vin[-8:], "id_number": PERSON.id_number, "mobile": PERSON.mobile, "text_version": self._consent}
        self._phone.post("/registrations", {"id": self.registration_id, **typed})
        self._said("车架号后 8 位、身份证号、手机号已提交 (202) · the three things are typed")
        self._wait("the code is sent", lambda: self._state() == "code_sent")
        self._said("DMS 核对通过 · the DMS finds the one car whose owner has all three")

    def enter_code(self) -> None:
        code = self._wait("the code comes by SMS", lambda: CODE.findall("".join(self.texts())))[-1]
        self._said("车主收到短信验证码 · the code comes by SMS")
        self._phone.post(f"/registrations/{self.registration_id}/verify", {"id": str(uuid4()), "code": code})
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
        return str(self._phone.ask(f"/registrations/{self.registration_id}").get("state", ""))
