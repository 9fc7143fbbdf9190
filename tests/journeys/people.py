"""Those who use the house: followers with a phone, the DCRC at CSC, somebody at the DMS; and the firms' systems with their ledgers."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import requests
from pydantic import TypeAdapter
from standardwebhooks import Webhook

from contracts.partners.csc import CscPush
from contracts.partners.dms import DmsPush
from launcher.stage import send, until
from sandbox.secrets import SandboxSecrets

Record = dict[str, Any]
PATIENCE_SECONDS = 60
REMINDER = "/m/reminders/"
"""In the link of a reminder's message."""


def wait(what: str, true: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """What `true` gives in the end. While the house is away, one comes again."""
    found: list[Any] = [None]

    def there() -> bool:
        try:
            found[0] = true()
        except requests.ConnectionError:
            return False
        return bool(found[0])

    assert until(there, seconds), f"waited {seconds:.0f} s in vain: {what}; in the end {found[0]!r:.2000}"
    return found[0]


@dataclass(frozen=True)
class StandIn:
    """The other firm's system, below its own URL."""

    url: str

    def ask(self, method: str, path: str, **asked: Any) -> Record:
        answer = send(method, f"{self.url}{path}", **asked)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return dict(answer.json())

    def records(self, kind: str, appointment_id: str) -> list[Record]:
        return [record for record in self.ask("GET", "/control/state")[kind] if record["appointment_id"] == appointment_id]

    def pushes(self, appointment_id: str, type_name: str) -> list[Record]:
        """What it told us about an appointment, with every try."""
        pushed = self.ask("GET", "/control/state")["pushes"]
        return [
            push for push in pushed if push["body"]["type"] == type_name and push["body"]["data"].get("appointment_id") == appointment_id
        ]

    def seen(self, appointment_id: str, method: str = "", path: str = "") -> list[Record]:
        """The ledger's entries about an appointment, as they came; `path` is how it begins."""
        noted = self.ask("GET", "/control/ledger", params={"path": path})["requests"]
        return [entry for entry in noted if appointment_id in entry["path"] + entry["body"] and method in ("", entry["method"])]

    def misbehave(self, *plan: Record) -> None:
        """In this order, in place of what was planned before."""
        self.ask("PUT", "/control/faults", json=list(plan))

    def behave(self) -> None:
        self.ask("DELETE", "/control/faults")


def registered(partner: StandIn, vin: str) -> list[Record]:
    """What it keeps of who is registered with this car."""
    return [one for one in partner.ask("GET", "/control/state")["registrations"] if one["vin"] == vin]


def messages_to(wechat: StandIn, openid: str) -> list[Record]:
    return list(wechat.ask("GET", "/control/messages", params={"openid": openid})["messages"])


@dataclass(frozen=True)
class Follower:
    """A person with WeChat and a car that is bound."""

    house_url: str
    wechat: StandIn
    phone: dict[str, str]

    @property
    def openid(self) -> str:
        return self.phone["openid"]

    @property
    def follower_id(self) -> str:
        return self.phone["follower_id"]

    def push(self, message: Record, **how: Any) -> Record:
        """What the platform did with it: `sends`, each with its `tries`; `sent` only if one was answered 200."""
        return self.wechat.ask("POST", "/control/push", json={"openid": self.openid, "msg": message, **how})

    def click(self, key: str = "BOOK", **how: Any) -> Record:
        return self.push({"MsgType": "event", "Event": "CLICK", "EventKey": key}, **how)

    def say(self, text: str, **how: Any) -> Record:
        return self.push({"MsgType": "text", "Content": text}, **how)

    def form(self, **changes: Any) -> Record:
        """A booking three days ahead."""
        usual = {
            "id": str(uuid4()),
            "vehicle_id": self.phone["vehicle_id"],
            "dealer_code": "D001",
            "requested_date": (datetime.now(UTC) + timedelta(days=3)).date().isoformat(),
            "items": [{"code": "MAINTENANCE", "name": "定期保养"}],
        }
        return usual | changes

    def post(self, form: Record, path: str = "/m/api/appointments") -> requests.Response:
        return send("POST", f"{self.house_url}{path}", json=form, cookies={self.phone["cookie"]: self.phone["session"]})

    def book(self, **changes: Any) -> str:
        """The appointment's id, once it was answered 202."""
        form = self.form(**changes)
        answer = self.post(form)
        assert answer.status_code == 202, answer.text
        return str(form["id"])

    def open(self, path: str) -> requests.Response:
        """A page below /m."""
        return send("GET", f"{self.house_url}/m{path}", cookies={self.phone["cookie"]: self.phone["session"]}, allow_redirects=False)

    def page(self, path: str) -> str:
        answer = self.open(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def status(self, appointment_id: str) -> Record:
        """What the page's script is told of an appointment."""
        answer = self.open(f"/api/appointments/{appointment_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def await_state(self, appointment_id: str, *states: str, seconds: float = PATIENCE_SECONDS) -> str:
        """Of what the page shows."""

        def there() -> str:
            found = str(self.status(appointment_id)["state"])
            return found if found in states else ""

        return str(wait(f"the page shows {states}", there, seconds))

    def move(self, appointment_id: str, day: str, slot: str = "") -> None:
        body = {"id": str(uuid4()), "requested_date": day, "slot": slot}
        answer = self.post(body, f"/m/api/appointments/{appointment_id}/reschedule")
        assert answer.status_code == 202, answer.text

    def withdraw(self, appointment_id: str) -> None:
        answer = self.post({"reason": "想改天"}, f"/m/api/appointments/{appointment_id}/withdraw")
        assert answer.status_code == 202, answer.text

    def messages(self) -> list[Record]:
        """Those in answer to what the follower did: the car may be reminded of something at any moment."""
        return [one for one in messages_to(self.wechat, self.openid) if REMINDER not in one["url"]]

    def told(self) -> list[str]:
        """The templates of the messages on the phone, in the order they came; `text` for an answer in the chat."""
        return [message["template_id"].removeprefix("sandbox-tpl-") or "text" for message in self.messages()]


@dataclass(frozen=True)
class Dcrc:
    """The staff that calls followers back."""

    csc: StandIn

    def task(self, appointment_id: str) -> Record:
        """Waits for it."""
        found: list[Record] = wait("CSC has the task", lambda: self.csc.records("tasks", appointment_id))
        return found[0]

    def call(self, appointment_id: str, result: str) -> None:
        self.task(appointment_id)
        self.csc.ask("POST", f"/desk/tasks/{appointment_id}/calls", json={"result": result})

    def agree(self, appointment_id: str, **what: Any) -> Record:
        self.task(appointment_id)
        return self.csc.ask("POST", f"/desk/tasks/{appointment_id}/slip", json=what)

    def transfer(self, appointment_id: str, dealer_code: str) -> None:
        self.task(appointment_id)
        self.csc.ask("POST", f"/desk/tasks/{appointment_id}/transfer", json={"dealer_code": dealer_code})

    def decline(self, appointment_id: str) -> None:
        self.task(appointment_id)
        self.csc.ask("POST", f"/desk/tasks/{appointment_id}/decline")

    def cancel_slip(self, slip_id: str, reason: str) -> None:
        self.csc.ask("POST", f"/desk/slips/{slip_id}/cancel", json={"reason": reason})


@dataclass(frozen=True)
class Pushing:
    """Somebody who sends what a partner would, signed as they like."""

    url: str
    secret: str
    written: TypeAdapter[Any]

    @classmethod
    def of(cls, house_url: str, name: str, secrets: SandboxSecrets) -> "Pushing":
        """As this partner, dms or csc."""
        kind = {"csc": CscPush, "dms": DmsPush}[name]
        return cls(f"{house_url}/partners/{name}/v1/events", getattr(secrets, f"{name}_webhook_secret"), TypeAdapter(kind))

    def send(self, body: Record, webhook_id: str, **how: Any) -> requests.Response:
        """To the letter as the stand-in writes it."""
        return self.send_text(self.written.validate_json(json.dumps(body)).model_dump_json(), webhook_id, **how)

    def send_text(self, text: str, webhook_id: str, *, secret: str = "", off: timedelta = timedelta()) -> requests.Response:
        at = datetime.now(UTC) + off
        signature = Webhook(secret or self.secret).sign(webhook_id, at, text)
        headers = {"webhook-id": webhook_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
        return send("POST", self.url, data=text.encode(), headers=headers | {"Content-Type": "application/json"})
