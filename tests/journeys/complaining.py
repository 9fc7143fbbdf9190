"""Who has to do with a complaint: followers with their phones, staff in a browser at the console, dealers at the DMS, CSC's own people."""

import json
import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import uuid4

import requests

from launcher.operator import Operator
from tests.journeys.newcomers import CONSENT_VERSION
from tests.journeys.people import Follower, Record, StandIn, messages_to, wait
from tests.journeys.world import World

COMPLAINT = "/m/complaints/"
"""In the link of a message about one."""
NUMBER = re.compile(r"TS\d{10,}")
AGENT = {"X-Operator": "wang", "X-Role": "agent"}
OWN_PASSWORD = "ein ganzer satz, der reicht"  # noqa: S105 - of accounts that live as long as a test
HIDDEN = re.compile(r'name="(csrf|version|step_id|file_id_new)" value="([^"]*)"')
ONE_USE = re.compile(r"for one use: (\S+)")
SURVEY = re.compile(r'name="survey_id" value="([^"]+)"')


def uploaded(world: World, local: str) -> str:
    """By the JS-SDK of a phone; the id under which WeChat keeps it."""
    asked = {"number": 1, "do": "upload", "local": f"wxLocalResource://{local}"}
    said = requests.get(f"{world.stage.sandbox_url}/wechat/js/local.js", params=asked, timeout=30).text
    return str(json.loads(said.removeprefix("cheqiaoLocal(1, ").removesuffix(");"))["serverId"])


def a_photo(world: World) -> Record:
    return {"file_id": str(uuid4()), "media_id": uploaded(world, "picture/scratch"), "kind": "photo"}


def consent(follower: Follower) -> None:
    given = {"id": str(uuid4()), "text_version": CONSENT_VERSION, "granted": True}
    assert follower.post(given, "/m/api/consents").status_code == 202


def complaint_form(follower: Follower, *files: Record, **changes: Any) -> Record:
    """What is typed on the phone."""
    usual = {
        "id": str(uuid4()),
        "text_version": CONSENT_VERSION,
        "vehicle_id": follower.phone["vehicle_id"],
        "dealer_code": "D001",
        "text": "前保险杠有划痕",
        "demand": "重新喷漆",
        "files": list(files),
    }
    return usual | changes


def complain(follower: Follower, *files: Record, **changes: Any) -> str:
    """The case's id, once it was answered 202."""
    consent(follower)
    form = complaint_form(follower, *files, **changes)
    say(follower, "", **form)
    return str(form["id"])


def say(follower: Follower, path: str, **said: Any) -> None:
    """What the follower posts below their complaints."""
    answer = follower.post({"id": str(uuid4()), **said}, f"/m/api/complaints{path}")
    assert answer.status_code == 202, answer.text


def told(follower: Follower) -> list[Record]:
    """The messages on the phone that are about complaints."""
    return [one for one in messages_to(follower.wechat, follower.openid) if COMPLAINT in one["url"]]


def words(message: Record) -> str:
    return " ".join(map(str, message["content"].values()))


def ours(world: World, case: str) -> Record:
    """As an agent sees it; empty while it is not known."""
    answer = at_desk(world, f"/cases/{case}")
    return dict(answer.json()) if answer.ok else {}


def at_desk(world: World, path: str, method: str = "GET", who: dict[str, str] = AGENT, **asked: Any) -> requests.Response:
    """What /complaints/v1 answers to somebody of this role."""
    operator = Operator.here(world.stage.environment)
    headers = {"Authorization": f"Bearer {operator.token}", **who}
    return requests.request(method, f"http://{operator.address}/complaints/v1{path}", headers=headers, timeout=30, **asked)


def await_state(world: World, case: str, state: str) -> Record:
    found: Record = wait(f"it is {state}", lambda: (one := ours(world, case)) and one["state"] == state and one)
    return found


def at_csc(world: World, case: str) -> Record:
    """What CSC has on record of it, with its steps; empty while it has none."""
    answer = requests.get(f"{world.csc.url}/desk/complaints/{case}", timeout=30)
    return dict(answer.json()) if answer.ok else {}


STEP = ("version", "by", "role", "state", "form")


def check_csc_has_it(world: World, case: str) -> None:
    """Every step once, with the same words, by the same people."""
    world.at_rest()
    here, there = wait("CSC stands where we do", lambda: _at_one_version(ours(world, case), at_csc(world, case)))
    mine = sorted((_comparable(one) for one in here["history"]), key=lambda one: one["version"])
    theirs = sorted((_comparable(one) for one in there["steps"]), key=lambda one: one["version"])
    assert theirs == mine
    assert [one["version"] for one in mine] == list(range(1, here["version"] + 1))
    same = ("version", "number", "state", "kind", "type", "grade", "dealer_code", "region_code", "name", "mobile", "vin")
    assert {name: there[name] for name in same} == {name: here[name] for name in same}


def _at_one_version(here: Record, there: Record) -> tuple[Record, Record] | None:
    """The system itself may take a step between two looks, such as asking for a survey."""
    return (here, there) if here["version"] == there.get("version") else None


def _comparable(step: Record) -> Record:
    """Who the customer is stands in the case, not at each step."""
    by = "" if step["role"] in ("customer", "system") else step["by"]
    return {name: step[name] for name in STEP} | {"by": by}


@dataclass(frozen=True)
class Dealer:
    """The people of a dealer, at their DMS."""

    dms: StandIn
    code: str = "D001"

    def listed(self) -> list[str]:
        """The cases in their hands."""
        return [one["complaint_id"] for one in self.dms.ask("GET", "/desk/complaints", params={"dealer": self.code})["complaints"]]

    def take(self, case: str, step: str, **said: Any) -> None:
        """Once the case is in their hands."""
        wait("the dealer has the case", lambda: case in self.listed())
        self.dms.ask("POST", f"/desk/complaints/{case}/steps", json={"dealer_code": self.code, "form": {"step": step, **said}})


@dataclass(frozen=True)
class CscStaff:
    """CSC's own complaint desk."""

    csc: StandIn
    by: str = "DCRC-07"

    def take(self, case: str, step: str, role: str = "handler", **said: Any) -> None:
        wish = {"form": {"step": step, **said}, "by": self.by, "role": role}
        self.csc.ask("POST", f"/desk/complaints/{case}/steps", json=wish)

    def take_in(self, **said: Any) -> str:
        """The case's id, which is CSC's own."""
        wish = {"form": {"step": "receive", **said}, "by": self.by}
        return str(self.csc.ask("POST", "/desk/complaints", json=wish)["complaint_id"])

    def wish(self, world: World, case: str, step: str) -> Record:
        """What became of a step that was asked for, once it was answered."""

        def answered() -> Record | None:
            found = [one for one in at_csc(world, case).get("wishes", ()) if one["step"] == step and one["by"] == self.by]
            return found[0] if found and found[0]["answer"] else None

        found: Record = wait(f"CSC hears of {step}", answered)
        return found


@dataclass
class Member:
    """Somebody with an account of the console, in a browser."""

    url: str
    name: str
    browser: requests.Session = field(default_factory=requests.Session)

    @classmethod
    def hired(cls, world: World, name: str, role: str, place: str = "") -> "Member":
        """Logged in, with a password of their own."""
        said = world.stage.command("staff", "add", name, "--role", role, *(("--place", place) if place else ()))
        found = ONE_USE.search(said)
        assert found, said
        member = cls(f"{world.stage.url}/console", name)
        member.browser.trust_env = False
        member.log_in(found[1])
        return member

    def log_in(self, password: str) -> None:
        self.send("/login", {"name": self.name, "password": password}, "/login")
        self.send("/own/password", {"old": password, "password": OWN_PASSWORD, "again": OWN_PASSWORD}, "/own/password")

    def csrf(self) -> str:
        return dict(HIDDEN.findall(self.open("/own/password").text))["csrf"]

    def open(self, path: str) -> requests.Response:
        return self.browser.get(f"{self.url}{path}", allow_redirects=False, timeout=30)

    def post(self, path: str, typed: Record, **how: Any) -> requests.Response:
        return self.browser.post(f"{self.url}{path}", data=typed, allow_redirects=False, timeout=30, **how)

    def send(self, path: str, typed: Record, to: str, **how: Any) -> None:
        """The form of a page, filled in."""
        page = self.open(path)
        assert page.status_code == 200, (path, page.status_code, page.text[:500])
        answer = self.post(to, dict(HIDDEN.findall(page.text)) | typed, **how)
        assert answer.status_code == 303, (to, answer.status_code, _alerts(answer.text))

    def take(self, case: str, step: str, **typed: Any) -> None:
        path = f"/complaints/{case}/steps/{step}"
        self.send(path, typed, path)

    def attach(self, case: str, name: str, content: bytes, **typed: Any) -> None:
        files = {"file_id": (name, BytesIO(content))}
        self.send(f"/complaints/{case}/steps/attach", typed, f"/complaints/{case}/files", files=files)

    def sees(self, case: str) -> str:
        answer = self.open(f"/complaints/{case}")
        assert answer.status_code == 200, answer.status_code
        return answer.text


def _alerts(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r'class="wrong"[^>]*>(.*?)</p>', page, re.DOTALL)] or [page[-500:]]
