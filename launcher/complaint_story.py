"""The story of a complaint: from the phone with a photo to the desk, the dealer, its closing, and how content the customer is (flows 4).

Told through HTTP alone, by the person who has registered in launcher/registration_story.py.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from launcher.operator import Operator, Said
from launcher.registration_story import CAR, PERSON
from launcher.stage import Stage, send
from launcher.story import StoryBroke, Telling
from launcher.visitor import Visitor

CONSENT = re.compile(r'name="text_version" value="([^"]+)"')
SURVEY = re.compile(r'name="survey_id" value="([^"]+)"')
PHOTO = "wxLocalResource://picture/scratch"
"""What the sandbox's phone has to choose from."""
AGENT, HANDLER = "agent", "handler"
TOLD = 4
"""Messages before the survey: recorded, filed, accepted by the dealer, closed."""
Record = dict[str, Any]


class ComplaintStory(Telling):
    def __init__(self, stage: Stage, tell: Callable[[float, str], None]) -> None:
        super().__init__(stage, tell)
        self._operator = Operator.here(stage.environment)
        self._phone = Visitor(stage, PERSON)
        self.case_id = str(uuid4())

    def play(self) -> None:
        """Raises StoryBroke."""
        try:
            self.complain()
            self.judge()
            self.handle()
            self.close()
            self.answer()
        finally:
            self._phone.leave()

    def complain(self) -> None:
        found = CONSENT.search(self._phone.open("/m/complaints/new"))
        if found is None:
            raise StoryBroke("the complaint's form is not there")
        photo = {"file_id": str(uuid4()), "media_id": self._uploaded(), "kind": "photo"}
        said = {"text": "取车时发现前保险杠有划痕", "demand": "重新喷漆", "wanted_type": "service", "dealer_code": CAR.dealer_code}
        self._phone.post("/complaints", {"id": self.case_id, "text_version": found[1], "files": [photo], **said})
        self._said("车主反映问题，附一张照片 (202) · the follower complains, with a photo")
        self._wait("the number comes by WeChat", self.messages)
        self._said(f"车主收到编号 {self.case()['number']} 和回复时间 · the number comes by WeChat, with when to expect an answer")
        self._wait("the photo is kept", lambda: [one["state"] for one in self.case()["files"]] == ["kept"])

    def judge(self) -> None:
        self._take(AGENT, "contact", how="phone", note="已致电车主了解情况")
        self._take(HANDLER, "file", type="service", grade="general")
        region = next(one["region_code"] for one in self._dealers() if one["dealer_code"] == CAR.dealer_code)
        self._take(HANDLER, "assign", region_code=region, dealer_code=CAR.dealer_code)
        self._said("客服致电，专员建档、分派到店 · an agent calls; the handler files it and assigns it to the dealer")

    def handle(self) -> None:
        self._at_dealer("accept", "accepted", said="我们今天与您联系。")
        self._at_dealer("start_planning", "planning")
        self._at_dealer("submit_plan", "plan_submitted", content="前保险杠免费喷漆", fee="380.00")
        self._said("服务店在 DMS 受理并提交方案 · the dealer accepts it in the DMS, and hands in a plan")
        self._take(HANDLER, "authorise_plan")
        self._said("专员批准方案和费用 · the handler authorises plan and fee")

    def close(self) -> None:
        self._at_dealer("carry_out", "executing", accepted=True, note="已喷漆交车")
        self._wait("it is carried out", lambda: self.case()["plans"][0]["executed_at"])
        self._at_dealer("propose_closure", "closure_proposed", reason="satisfied", evidence="车主签字确认")
        self._take(HANDLER, "approve_closure", said="保险杠已重新喷漆。")
        self._wait("the follower reads of it", lambda: self.messages().count("progress") == TOLD)
        self._said("方案实施，结案获批 · the plan is carried out, the closing approved")

    def answer(self) -> None:
        page = f"/complaints/{self.case_id}"
        found = self._wait("the follower is asked", lambda: self._is_asked() and SURVEY.search(self._phone.open(f"/m{page}/survey")))
        self._phone.post(f"{page}/survey", {"id": str(uuid4()), "survey_id": found[1], "score": 5, "comment": "处理得很快"})
        self._wait("CSC knows it", lambda: self.at_csc().get("state") == "surveyed")
        self._said("车主回答满意度，CSC 已知 · the follower says how content they are, and CSC knows it\n")

    # What is on record

    def case(self) -> Record:
        return self._asked(HANDLER, "GET", f"/cases/{self.case_id}")

    def at_csc(self) -> Record:
        """Empty where it has none."""
        answer = send("GET", f"{self._stage.sandbox_url}/csc/desk/complaints/{self.case_id}")
        found: Record = answer.json() if answer.status_code == 200 else {}
        return found

    def messages(self) -> list[str]:
        """The templates of those that are about it, in the order they came."""
        asked = {"openid": PERSON.openid}
        found = send("GET", f"{self._stage.sandbox_url}/wechat/control/messages", params=asked).json()["messages"]
        return [str(one["template_id"]).rpartition("-")[2] for one in found if self.case_id in str(one["url"])]

    def _is_asked(self) -> bool:
        return "survey" in self.messages()

    def _dealers(self) -> list[Record]:
        return list(self._asked(HANDLER, "GET", "/dealers")["dealers"])

    def _take(self, role: str, step: str, **said: Any) -> None:
        """At the desk."""
        order = {"version": self.case()["version"], "step_id": str(uuid4()), "form": {"step": step, **said}}
        self._asked(role, "POST", f"/cases/{self.case_id}/steps", json=order)

    def _at_dealer(self, step: str, leads_to: str, **said: Any) -> None:
        """At the dealer's DMS, which sees what CSC has on record."""
        version = self.case()["version"]
        self._wait("the dealer sees it as it stands", lambda: self.at_csc().get("version") == version)
        wish = {"dealer_code": CAR.dealer_code, "form": {"step": step, **said}}
        answer = send("POST", f"{self._stage.sandbox_url}/dms/desk/complaints/{self.case_id}/steps", json=wish)
        if answer.status_code != 202:
            raise StoryBroke(f"the DMS answered {answer.status_code} to {step}: {answer.text[:300]}")
        self._wait(f"it is {leads_to}", lambda: self.case()["state"] == leads_to)

    def _uploaded(self) -> str:
        """WeChat's id of the photo, as the phone's JS-SDK is told it."""
        asked: dict[str, str | int] = {"number": 1, "do": "upload", "local": PHOTO}
        said = send("GET", f"{self._stage.sandbox_url}/wechat/js/local.js", params=asked).text
        return str(json.loads(said[said.index("{") : said.rindex("}") + 1])["serverId"])

    def _asked(self, role: str, method: str, path: str, **asked: Any) -> Record:
        try:
            return self._operator.ask(method, path, "/complaints/v1", role=role, **asked)
        except Said as no:
            raise StoryBroke(f"{method} {path}: {no}") from no
