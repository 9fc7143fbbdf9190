"""Plays the human parts of the story on a house that may die under it: the follower, and the DCRC at CSC.

Each step is tried until it is taken, as people and their programs do; a repeat is harmless, and that is what is tested.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import requests
from sqlalchemy import Engine, NullPool, create_engine, text

from launcher.house import SCHEMAS
from launcher.stage import Stage, send
from tests.journeys.newcomers import CONSENT_VERSION, Newcomer, Person
from tests.journeys.people import REMINDER, StandIn

PATIENCE_SECONDS = 60
OPEN_ROWS = {
    "outbox": "published_at IS NULL",
    "retry": "ended_at IS NULL",
    "parked": "state = 'parked'",
    "inbox": "done_at IS NULL",
    "carried_line": "leased_until > 0",
}
"""What is still on its way, or stuck."""
STEPS_DONE = {
    "published": "SELECT message_id FROM outbox WHERE published_at IS NOT NULL",
    "handled": "SELECT message_id FROM inbox WHERE done_at IS NOT NULL",
}
ARRIVED = ("inbox", "retry", "parked")


class Player:
    """`keep_up` is called while waiting: where the house has nobody who starts it again, the player does."""

    def __init__(self, stage: Stage, database_url: str, keep_up: Callable[[], None] = lambda: None) -> None:
        self.stage = stage
        self._database_url = database_url
        self._engines: dict[str, Engine] = {}
        self._keep_up = keep_up
        self.session = stage.session()
        self.pushes_made = 0
        self.pushes_answered = 0
        self._days = count(3)  # one booking a day for a car

    def click_menu(self) -> None:
        """Until one was answered 200. One whose answer was lost with the house may have been taken all the same."""
        wish = {"openid": self.session["openid"], "msg": {"MsgType": "event", "Event": "CLICK", "EventKey": "BOOK"}}

        def pushed() -> bool:
            self.pushes_made += 1
            answer = send("POST", f"{self.stage.sandbox_url}/wechat/control/push", json=wish).json()
            return "/m/appointments/new" in str(answer)

        self.wait("the push is answered", pushed)
        self.pushes_answered += 1

    def book(self) -> str:
        """The appointment's id, once the booking was answered 202."""
        wish = {
            "id": str(uuid4()),
            "vehicle_id": self.session["vehicle_id"],
            "dealer_code": self.session["dealer_code"],
            "requested_date": (datetime.now(UTC) + timedelta(days=next(self._days))).date().isoformat(),
            "items": [{"code": "MAINTENANCE", "name": "定期保养"}],
        }
        cookies = {self.session["cookie"]: self.session["session"]}

        def taken() -> bool:
            return send("POST", f"{self.stage.url}/m/api/appointments", json=wish, cookies=cookies).status_code == 202

        self.wait("the booking is taken", taken)
        return wish["id"]

    def answer_call(self, appointment_id: str) -> None:
        """CSC calls once in vain, then reaches the follower and makes the slip."""
        self.wait("CSC has the task", lambda: self.records("csc", "tasks", appointment_id))
        for path, body in (("calls", {"result": "no_answer"}), ("calls", {"result": "reached"}), ("slip", {})):
            answer = send("POST", f"{self.stage.sandbox_url}/csc/desk/tasks/{appointment_id}/{path}", json=body)
            assert answer.status_code < 300, answer.text

    # Registering

    def newcomer(self) -> Newcomer:
        """Somebody nobody knows yet."""
        wechat, sms = (StandIn(f"{self.stage.sandbox_url}/{name}") for name in ("wechat", "sms"))
        return Newcomer(self.stage.url, wechat, sms, Person.new())

    def come_in(self, newcomer: Newcomer) -> None:
        self.wait("WeChat says who it is", lambda: newcomer.come_in().status_code == 200)

    def ask_to_register(self, newcomer: Newcomer, vin: str) -> str:
        """Agrees, and types; the registration's id."""
        consent = {"id": str(uuid4()), "text_version": CONSENT_VERSION, "granted": True}
        self.wait("the consent is taken", lambda: newcomer.post("/consents", consent).status_code == 202)
        form = newcomer.form(vin)
        self.wait("the registration is taken", lambda: newcomer.post("/registrations", form).status_code == 202)
        return str(form["id"])

    def verify(self, newcomer: Newcomer, registration_id: str) -> None:
        code = {"id": str(uuid4()), "code": newcomer.codes()[-1]}
        self.wait("the code is taken", lambda: newcomer.post(f"/registrations/{registration_id}/verify", code).status_code == 202)

    def records(self, system: str, kind: str, appointment_id: str) -> list[dict[str, Any]]:
        found = send("GET", f"{self.stage.sandbox_url}/{system}/control/state").json()[kind]
        return [record for record in found if record["appointment_id"] == appointment_id]

    def messages(self) -> list[dict[str, Any]]:
        """Those about appointments: the car is reminded of things by day."""
        asked = {"openid": self.session["openid"]}
        found = send("GET", f"{self.stage.sandbox_url}/wechat/control/messages", params=asked).json()["messages"]
        return [one for one in found if REMINDER not in one["url"]]

    def open_rows(self) -> dict[str, int]:
        """What is not at its end in any schema, or between two; empty when nothing is on its way and nothing is stuck."""
        return self._open() or self._between() or self._open()  # what was between two may be a row by now

    def _open(self) -> dict[str, int]:
        return {key: number for key, number in self._counts(OPEN_ROWS).items() if number}

    def _between(self) -> dict[str, int]:
        """What was told and has not come to those it was told: then it is in the broker, and in no row that says so."""
        told = self._told()
        missing = {f"to {reader}": len(ids - self._arrived(reader)) for reader, ids in told.items()}
        return {reader: number for reader, number in missing.items() if number} or ({} if self._told() == told else {"told meanwhile": 1})

    def _told(self) -> dict[str, set[str]]:
        """Reader to ids."""
        told: dict[str, set[str]] = {}
        for schema in SCHEMAS:
            with self._engine(schema).connect() as connection:
                for message_id, routes in connection.execute(text("SELECT message_id, routes FROM outbox")):
                    for route in routes.split(","):
                        told.setdefault(route.rpartition(".")[2], set()).add(message_id)  # orders have a queue of their own
        return told

    def _arrived(self, schema: str) -> set[str]:
        with self._engine(schema).connect() as connection:
            return {row.message_id for table in ARRIVED for row in connection.execute(text(f"SELECT message_id FROM {table}"))}  # noqa: S608

    def steps_done(self) -> Counter[tuple[str, str, str]]:
        """Service, message, and what became of it, by the rows of those who did it. Insight reports nothing of its own."""
        done: Counter[tuple[str, str, str]] = Counter()
        for schema in set(SCHEMAS) - {"insight"}:
            with self._engine(schema).connect() as connection:
                for step, asked in STEPS_DONE.items():
                    done.update((schema, row.message_id, step) for row in connection.execute(text(asked)))
        return done

    def steps_known(self) -> Counter[tuple[str, str, str]]:
        """The same, by what insight was told."""
        with self._engine("insight").connect() as connection:
            hops = connection.execute(text("SELECT service, message_id, step FROM hops WHERE step IN ('published', 'handled')"))
            return Counter(tuple(hop) for hop in hops if hop.service in SCHEMAS)

    def news(self, type_name: str) -> int:
        """How many events of a type insight has seen, without those about a reminder's message."""
        reminders = "SELECT subject FROM messages WHERE type = 'reminder.due'"
        counted = self._counts({"messages": f"type = '{type_name}' AND subject NOT IN ({reminders})"}, ("insight",))
        return counted["insight.messages"]

    def _counts(self, asked: dict[str, str], schemas: Any = SCHEMAS) -> dict[str, int]:
        counts = {}
        for schema in schemas:
            with self._engine(schema).connect() as connection:
                for table, condition in asked.items():
                    rows = connection.execute(text(f"SELECT COUNT(*) FROM {table} WHERE {condition}"))  # noqa: S608
                    counts[f"{schema}.{table}"] = int(rows.scalar_one())
        return counts

    def _engine(self, schema: str) -> Engine:
        """Connections are kept, since PyMySQL makes a TLS context for each; not to SQLite, whose locks go when its file is read by hand."""
        if schema not in self._engines:
            url = self._database_url.replace("{schema}", schema)
            kept = {"poolclass": NullPool} if url.startswith("sqlite") else {"pool_pre_ping": True}
            self._engines[schema] = create_engine(url, **kept)
        return self._engines[schema]

    def wait(self, what: str, true: Callable[[], Any]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            self._keep_up()
            try:
                if true():
                    return
            except (requests.RequestException, KeyError, ValueError, AssertionError):
                time.sleep(0.1)  # the house is away just now
            time.sleep(0.05)
        raise AssertionError(f"waited {PATIENCE_SECONDS} s in vain: {what}\n{self.open_rows()}\n{self.stage.log()[-4000:]}")
