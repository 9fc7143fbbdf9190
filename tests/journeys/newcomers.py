"""Somebody who bought a car and has not registered yet: comes in through WeChat, is asked for consent, types, gets a text message."""

import json
import re
import time
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import urlsplit
from uuid import uuid4

import requests

from adapters.wechat.pages.session import COOKIE
from sandbox.dms.forms import check_digit
from tests.journeys.people import REMINDER, Follower, Record, StandIn, messages_to, registered, wait

CONSENT_VERSION = "2026-11.3"
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
STATE = re.compile(r'data-state="(\w+)"')
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """As the DMS has an owner. The papers are nobody's: the district is assigned to nothing."""

    openid: str
    name: str
    id_number: str
    mobile: str
    address: str
    """Of the network that the phone is in."""

    @classmethod
    def new(cls) -> "Person":
        number = next(_numbers)
        return cls(
            f"oNewcomer{number:05d}", f"新车主{number}", id_number(number), f"1370000{number:04d}", f"10.9.{number // 250}.{number % 250}"
        )


def id_number(number: int) -> str:
    """Of somebody whose birthday is half a year away: nobody has good wishes for it today."""
    born = datetime.now(UTC) + timedelta(days=180)
    first = f"5001991980{born:%m%d}{number:03d}"
    return first + check_digit(first)


def a_vin(ending: str = "") -> str:
    """Never used before."""
    ending = ending or f"{next(_numbers):08d}"
    return f"LS4{uuid4().hex[:6].upper()}{ending}"


@dataclass
class Newcomer:
    """A person, a phone with WeChat's browser, and what the DMS sold them."""

    house_url: str
    wechat: StandIn
    sms: StandIn
    person: Person
    browser: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.browser.trust_env = False
        self.browser.headers["X-Forwarded-For"] = self.person.address  # as the load balancer says it

    @property
    def openid(self) -> str:
        return self.person.openid

    # In the browser

    def come_in(self, path: str = "/") -> requests.Response:
        """From a link to one of our pages, through WeChat, to that page."""
        answer = self.open(path)
        for _ in range(5):
            if answer.status_code != 302:
                break
            there = answer.headers["Location"]
            if "/connect/oauth2/authorize" in there:
                there = there.replace("#wechat_redirect", "") + f"&as={self.openid}"
            elif there.startswith("/"):
                there = self.house_url + there
            answer = self.browser.get(there, allow_redirects=False, timeout=20)
        return answer

    def open(self, path: str) -> requests.Response:
        """A page below /m, as it answers."""
        return self.browser.get(f"{self.house_url}/m{path}", allow_redirects=False, timeout=20)

    def page(self, path: str) -> str:
        answer = self.open(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers)
        return answer.text

    def asked(self, path: str) -> Record:
        """What a page's script asks below /m/api."""
        answer = self.open(f"/api{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return dict(answer.json())

    def post(self, path: str, body: Record, **how: object) -> requests.Response:
        """Below /m/api."""
        return self.browser.post(f"{self.house_url}/m/api{path}", json=body, timeout=20, **how)

    def taken(self, path: str, body: Record) -> None:
        answer = self.post(path, body)
        assert answer.status_code == 202, (path, answer.status_code, answer.text)

    # Registering

    def consent(self, *, granted: bool = True) -> None:
        self.taken("/consents", {"id": str(uuid4()), "text_version": CONSENT_VERSION, "granted": granted})

    def form(self, of_vin: str, **changes: str) -> Record:
        """What is typed: the last 8 of the VIN."""
        person = self.person
        usual = {"id": str(uuid4()), "vin": of_vin[-8:], "id_number": person.id_number, "mobile": person.mobile}
        return usual | {"text_version": CONSENT_VERSION} | changes

    def ask_to_register(self, of_vin: str, **changes: str) -> str:
        """The registration's id."""
        form = self.form(of_vin, **changes)
        self.taken("/registrations", form)
        return str(form["id"])

    def state(self, registration_id: str) -> str:
        return str(self.asked(f"/registrations/{registration_id}")["state"])

    def await_state(self, registration_id: str, *states: str, seconds: float = 60) -> str:
        """Of the first that it comes to."""

        def there() -> str:
            found = self.state(registration_id)
            return found if found in states else ""

        return str(wait(f"the registration is {states}", there, seconds))

    def texts(self) -> list[str]:
        """On this person's mobile."""
        return [str(one["text"]) for one in self.sms.ask("GET", "/control/messages", params={"mobile": self.person.mobile})["messages"]]

    def codes(self) -> list[str]:
        return [code[0] for text in self.texts() if (code := CODE.search(text)) and "验证码" in text]

    def code(self, number: int = 1) -> str:
        """The so-manieth that came."""
        wait(f"code {number} came", lambda: len(self.codes()) >= number)
        return self.codes()[number - 1]

    def verify(self, registration_id: str, code: str) -> None:
        self.taken(f"/registrations/{registration_id}/verify", {"id": str(uuid4()), "code": code})

    def register(self, vin: str) -> str:
        """The whole way; the binding's id."""
        codes = len(self.codes())
        registration = self.ask_to_register(vin)
        self.await_state(registration, "code_sent")
        self.verify(registration, self.code(codes + 1))
        self.await_state(registration, "active")
        binding = str(self.asked(f"/registrations/{registration}")["binding_id"])
        wait("the page knows the car", lambda: self.open(f"/cars/{binding}").status_code == 200)
        return binding

    def unbind(self, binding_id: str) -> None:
        self.taken(f"/bindings/{binding_id}/end", {"id": str(uuid4())})
        wait("the page knows it", lambda: not self.asked(f"/bindings/{binding_id}")["active"])

    # As whoever has a car

    def follower(self, binding_id: str = "") -> Follower:
        """To book with: of the first car, or the one that this binding is of."""
        found = re.search(r'name="vehicle_id" value="([0-9a-f-]{36})"', self.page("/appointments/new"))
        if binding_id:
            found = re.search(r"vehicle=([0-9a-f-]{36})", self.page(f"/cars/{binding_id}"))
        assert found, "no car to book for"
        cookie = next(cookie for cookie in self.browser.cookies if cookie.name == COOKIE)
        follower_id = session_says(str(cookie.value))["follower_id"]
        phone = {"openid": self.openid, "follower_id": follower_id, "vehicle_id": found[1], "cookie": COOKIE, "session": str(cookie.value)}
        return Follower(self.house_url, self.wechat, phone)

    def unfollow(self) -> None:
        """Not in the second in which they came: WeChat counts whole seconds, and of two in one second coming counts."""
        came = int(time.time())
        wait("the second is over", lambda: int(time.time()) > came)
        self.wechat.ask("POST", f"/control/followers/{self.openid}/unfollow", json={})

    def follow(self) -> None:
        self.wechat.ask("POST", f"/control/followers/{self.openid}/follow", json={})

    def messages(self) -> list[Record]:
        """Those in answer to what the person did: the car may be reminded of something at any moment."""
        return [one for one in messages_to(self.wechat, self.openid) if REMINDER not in one["url"]]

    def reminders(self) -> list[Record]:
        return [one for one in messages_to(self.wechat, self.openid) if REMINDER in one["url"]]


def session_says(cookie: str) -> Record:
    """What is in it is no secret; that it cannot be changed is what its signature is for."""
    payload = cookie.partition(".")[0]
    return dict(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def path_of(url: str) -> str:
    """Below /m, of a link to one of our pages."""
    parts = urlsplit(url)
    assert parts.path.startswith("/m/"), url
    return parts.path.removeprefix("/m") + (f"?{parts.query}" if parts.query else "")


def shown_state(page: str) -> str:
    """What the page's script will hold its questions against; empty where the page asks no more."""
    found = STATE.search(page)
    return found[1] if found else ""


@dataclass(frozen=True)
class DmsStaff:
    """Whoever sits at the desk of the DMS."""

    dms: StandIn

    def sell(self, person: Person, vin: str = "", **changes: object) -> str:
        """A new car is sold; its VIN."""
        vin = vin or a_vin()
        sale = {"vin": vin, "name": person.name, "id_number": person.id_number, "mobile": person.mobile}
        today = datetime.now(UTC).date().isoformat()
        self.dms.ask("POST", "/desk/sales", json=sale | {"model": "CQ5", "invoice_date": today, "dealer_code": "D001"} | changes)
        return vin

    def sell_on(self, vin: str, person: Person) -> None:
        buyer = {"name": person.name, "id_number": person.id_number, "mobile": person.mobile}
        self.dms.ask("POST", f"/desk/cars/{vin}/owner", json=buyer | {"invoice_date": datetime.now(UTC).date().isoformat()})

    def set_capacity(self, dealer: str, day: str, total: int, **more: object) -> None:
        self.dms.ask("POST", "/desk/capacity", json={"dealer_code": dealer, "day": day, "total": total} | more)

    def arrive(self, **what: str) -> str:
        """The number of the visit."""
        return str(self.dms.ask("POST", "/desk/visits", json=what)["visit_no"])

    def close_visit(self, visit_no: str) -> None:
        self.dms.ask("POST", f"/desk/visits/{visit_no}/close", json={})

    def registrations(self, vin: str) -> list[Record]:
        return registered(self.dms, vin)
