"""Plays a whole complaint on a house that may die under it: a follower, the desk, a dealer. Whoever is not heard comes again."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from launcher.operator import Operator
from launcher.stage import Stage, send
from tests.fakes.player import Player
from tests.journeys.newcomers import CONSENT_VERSION, Newcomer
from tests.journeys.people import messages_to

Record = dict[str, Any]
STEPS = (
    "receive",
    "file",
    "assign",
    "accept",
    "start_planning",
    "submit_plan",
    "authorise_plan",
    "carry_out",
    "propose_closure",
    "approve_closure",
    "request_survey",
    "answer_survey",
)
"""Of one story, in their order."""
HANDLER = {"X-Operator": "li", "X-Role": "handler"}
DEALER = {"X-Operator": "zhao", "X-Role": "dealer", "X-Scope": "dealer:D001"}
AT_THE_DESK: dict[str, tuple[dict[str, str], Record]] = {
    "file": (HANDLER, {"type": "service", "grade": "general"}),
    "assign": (HANDLER, {"region_code": "SOUTHWEST", "dealer_code": "D001"}),
    "start_planning": (DEALER, {}),
    "submit_plan": (DEALER, {"content": "喷漆一块", "fee": "380.00"}),
    "authorise_plan": (HANDLER, {}),
    "carry_out": (DEALER, {"accepted": True}),
    "propose_closure": (DEALER, {"reason": "satisfied", "evidence": "客户签字确认"}),
    "approve_closure": (HANDLER, {"said": "已处理完成。"}),
}
"""By whom, and what is said. The dealer accepts in the DMS."""
SURVEY = re.compile(r'name="survey_id" value="([^"]+)"')
MEDIA = re.compile(r'"serverId": ?"([^"]+)"')


class Complainers:
    """One story; its follower has bound no car."""

    def __init__(self, stage: Stage, player: Player) -> None:
        self._stage = stage
        self._player = player
        self._phone: Newcomer = player.newcomer()
        self.case = str(uuid4())

    def follow(self) -> None:
        """The account, so that messages may come."""
        before = self._player.news("follower.subscribed")
        self._phone.follow()
        self._player.wait("it is known", lambda: self._player.news("follower.subscribed") > before and not self._player.open_rows())

    def submit(self) -> None:
        """With a photo."""
        self._player.come_in(self._phone)
        consent = {"id": str(uuid4()), "text_version": CONSENT_VERSION, "granted": True}
        self._posted("/consents", consent)
        person = self._phone.person
        form = {
            "id": self.case,
            "text_version": CONSENT_VERSION,
            "text": "前保险杠有划痕",
            "demand": "重新喷漆",
            "name": person.name,
            "mobile": person.mobile,
            "files": [{"file_id": str(uuid4()), "media_id": self._uploaded(), "kind": "photo"}],
        }
        self._posted("/complaints", form)
        self._player.wait("it is known", self.seen)

    def take(self, step: str) -> None:
        """The same step again until it is answered."""
        who, said = AT_THE_DESK[step]
        version = self._awaited("the desk shows it", self.seen)["version"]
        order = {"version": version, "step_id": str(uuid4()), "form": {"step": step, **said}}
        self._player.wait(f"{step} is taken", lambda: self._asked("POST", f"/cases/{self.case}/steps", who, json=order).status_code == 200)

    def accept(self) -> None:
        """At the dealer's DMS, which goes on sending until it is heard."""
        desk = f"{self._stage.sandbox_url}/dms/desk/complaints"
        self._player.wait("the dealer has it", lambda: self.case in send("GET", desk, params={"dealer": "D001"}).text)
        wish = {"dealer_code": "D001", "form": {"step": "accept", "said": "我们今天与您联系。"}}
        self._player.wait("the dealer accepts", lambda: send("POST", f"{desk}/{self.case}/steps", json=wish).status_code == 202)
        self._player.wait("it is accepted", lambda: self.seen()["state"] == "accepted")

    def asked(self) -> str:
        """The survey's id, once the page asks how content they are."""
        found = self._awaited("the page asks", lambda: SURVEY.search(self._phone.page(f"/complaints/{self.case}/survey")))
        return str(found[1])

    def answer(self, survey_id: str) -> None:
        self._posted(f"/complaints/{self.case}/survey", {"id": str(uuid4()), "survey_id": survey_id, "score": 5})
        self._player.wait("it is answered", lambda: self.seen()["state"] == "surveyed")

    # What is on record

    def seen(self) -> Record:
        """As the handler sees it; empty while it is not known, or the house is away."""
        answer = self._asked("GET", f"/cases/{self.case}", HANDLER)
        return dict(answer.json()) if answer.status_code == 200 else {}

    def at_csc(self) -> list[Record]:
        """Its steps, in their order."""
        answer = send("GET", f"{self._stage.sandbox_url}/csc/desk/complaints/{self.case}")
        return sorted(answer.json()["steps"], key=lambda one: one["version"]) if answer.status_code == 200 else []

    def cases_at_csc(self) -> int:
        """Of this follower."""
        kept = send("GET", f"{self._stage.sandbox_url}/csc/control/state").json()["complaints"]
        return sum(one["mobile"] == self._phone.person.mobile for one in kept)

    def messages(self) -> list[str]:
        """The templates of what came to the phone, in the order they came."""
        found = messages_to(self._phone.wechat, self._phone.openid)
        return [one["template_id"].removeprefix("sandbox-tpl-complaint-") for one in found]

    def _awaited(self, what: str, there: Callable[[], Any]) -> Any:
        """What it gives in the end."""
        found: list[Any] = []
        self._player.wait(what, lambda: found.append(there()) or found[-1])  # type: ignore[func-returns-value]
        return found[-1]

    def _posted(self, path: str, body: Record) -> None:
        self._player.wait(f"{path} is taken", lambda: self._phone.post(path, body).status_code == 202)

    def _uploaded(self) -> str:
        asked = {"number": 1, "do": "upload", "local": "wxLocalResource://picture/scratch"}
        found = MEDIA.search(send("GET", f"{self._stage.sandbox_url}/wechat/js/local.js", params=asked).text)
        assert found
        return found[1]

    def _asked(self, method: str, path: str, who: dict[str, str], **asked: Any) -> Any:
        operator = Operator.here(self._stage.environment)
        headers = {"Authorization": f"Bearer {operator.token}", **who}
        return send(method, f"http://{operator.address}/complaints/v1{path}", headers=headers, **asked)
