"""The whole house in processes, the stand-ins in theirs, and the people around it: what the journeys play on.

It is made to hurry (short waits, a short deadline), and outlives many journeys: each has a follower and an appointment of its own.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher.house import ROOT, SCHEMAS
from launcher.operator import Operator, Said
from launcher.stage import Stage, get, until
from launcher.stand_ins import secrets_of
from sandbox.secrets import SandboxSecrets
from tests.fakes.player import Player
from tests.journeys.newcomers import DmsStaff, Newcomer, Person
from tests.journeys.people import PATIENCE_SECONDS, Dcrc, Follower, Record, StandIn, registered
from tests.servers import Place

HURRY = {
    "CHEQIAO_PARTNER_DEADLINE_SECONDS": "2",
    "CHEQIAO_SMS_DEADLINE_SECONDS": "2",
    "CHEQIAO_BREAKER_OPEN_SECONDS": "2",
    "CHEQIAO_PATIENCE_FIRST_SECONDS": "0.2",
    "CHEQIAO_PATIENCE_LONGEST_SECONDS": "1",
    "CHEQIAO_BROKER_HEARTBEAT_SECONDS": "2",
    "CHEQIAO_BROKER_LEASE_SECONDS": "3",
    "CHEQIAO_REMINDERS_SEND_FROM": "00:00",
    "CHEQIAO_REMINDERS_SEND_UNTIL": "23:59",
    "CHEQIAO_COMPLAINTS_SURVEY_AFTER_HOURS": "0",
    "CHEQIAO_TRUSTED_PROXIES": "127.0.0.1",  # each phone has a network of its own
}
PEOPLE = 200


class World:
    """Runs after `open`, until `close`. `place` is where production stands; None is embedded."""

    def __init__(self, directory: Path, place: Place | None, more: Mapping[str, str] = HURRY) -> None:
        self.place = place
        self.stage = Stage(directory, "production", place) if place else Stage(directory, "embedded", sandbox_apart=True)
        self.stage.more = dict(more)
        names = ("dms", "csc", "wechat", "sms")
        self.dms, self.csc, self.wechat, self.sms = (StandIn(f"{self.stage.sandbox_url}/{name}") for name in names)
        self.dcrc = Dcrc(self.csc)
        self.staff = DmsStaff(self.dms)
        self.followers: list[Follower] = []

    def open(self) -> None:
        if self.place:
            self.place.create_schemas(*SCHEMAS)
        self.stage.start()
        self._rows = Player(self.stage, self.place.database_url if self.place else f"sqlite:///{self.stage.var}/{{schema}}.db")
        self.followers = self.bind(*({"openid": f"oJourney{n:04d}", **a_person(n)} for n in range(PEOPLE)))

    def close(self) -> bool:
        return self.stage.stop()

    @property
    def secrets(self) -> SandboxSecrets:
        return secrets_of(self.stage.environment) if self.place else SandboxSecrets.known()

    def bind(self, *people: Record) -> list[Follower]:
        """They have a car of their own; they do not follow the account yet."""
        command = [sys.executable, "-m", "tests.journeys.bind", self.stage.runtime]
        done = subprocess.run(
            command, env=self.stage.environment, cwd=ROOT, input=json.dumps(people), capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        self.at_rest()
        return [Follower(self.stage.url, self.wechat, phone) for phone in json.loads(done.stdout)]

    def a_follower(self) -> Follower:
        """Somebody new, who follows the account."""
        follower = self.followers.pop()
        self.wechat.ask("POST", f"/control/followers/{follower.openid}/follow", json={})
        return follower

    def a_newcomer(self, person: Person | None = None) -> Newcomer:
        """Somebody who follows the account, came in through WeChat, and agreed to be registered."""
        newcomer = self.a_visitor(person)
        newcomer.consent()
        return newcomer

    def a_visitor(self, person: Person | None = None) -> Newcomer:
        """Somebody who follows the account and came in through WeChat."""
        newcomer = Newcomer(self.stage.url, self.wechat, self.sms, person or Person.new())
        newcomer.follow()
        assert newcomer.come_in().status_code == 200
        return newcomer

    # What is known of a message or an appointment

    def trace(self, asked: str) -> list[Record]:
        """The moments that insight knows; they come up to a second late."""
        try:
            return list(self._operator().ask("GET", f"/trace/{asked}")["moments"])
        except Said:
            return []

    def told(self, asked: str, type_name: str) -> list[Record]:
        """The events of one type about it."""
        return [moment for moment in self.trace(asked) if moment["step"] == "told" and moment["type"] == type_name]

    def parked(self, appointment_id: str) -> list[Record]:
        """As an operator sees them."""
        return [one for one in self.cheqiao("parked", "list", "--json")["parked"] if one.get("subject") == appointment_id]

    def cheqiao(self, *words: str) -> Record:
        """What a command of ours answers in JSON."""
        return dict(json.loads(self.stage.command(*words)))

    def metrics(self) -> str:
        """The gateway's."""
        return get(f"{self.stage.url}/metrics" + ("/gateway" if self.place else "")).text

    def counted(self, name: str, **labels: str) -> float:
        """A number among the gateway's metrics, summed over the labels that are not given."""
        lines = [line for line in self.metrics().splitlines() if line.startswith(name) and not line.startswith("#")]
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        return sum(float(line.rpartition(" ")[2]) for line in lines if all(label in line for label in wanted))

    def registered_at_csc(self, vin: str) -> list[Record]:
        return registered(self.csc, vin)

    def ownership_pushes(self, vin: str) -> list[Record]:
        pushed = self.dms.ask("GET", "/control/state")["pushes"]
        return [one for one in pushed if one["body"]["type"] == "ownership.changed" and one["body"]["data"]["vin"] == vin]

    def texts_to(self, mobile: str) -> list[str]:
        """The text messages on a mobile, in the order they came."""
        return [str(one["text"]) for one in self.sms.ask("GET", "/control/messages", params={"mobile": mobile})["messages"]]

    def open_rows(self) -> dict[str, int]:
        return self._rows.open_rows()

    def at_rest(self) -> None:
        """Nothing is on its way, nothing waits, nothing is parked."""
        assert until(lambda: not self.open_rows(), PATIENCE_SECONDS), f"on its way, waiting or parked: {self.open_rows()}"

    def state_at_dms(self, appointment_id: str) -> str:
        """Empty when it has no record of it."""
        records = self.dms.records("appointments", appointment_id)
        assert len(records) < 2
        return str(records[0]["state"]) if records else ""

    def state_at_csc(self, appointment_id: str) -> str:
        """Of the task; empty when there is none."""
        tasks = self.csc.records("tasks", appointment_id)
        assert len(tasks) < 2
        return str(tasks[0]["state"]) if tasks else ""

    def _operator(self) -> Operator:
        return Operator.here(self.stage.environment)


def a_person(number: int) -> dict[str, str]:
    return {"vin": f"LS4AAAAA1AA{number:06d}", "name": f"车主{number}", "mobile": f"1390000{number:04d}", "plate": f"渝B{number:05d}"}
