"""The sender and the pages as they run: nameko containers, the embedded transport, the process's own listener, WeChat on loopback."""

# ruff: noqa: ARG002 - the signature that entrypoints call

import base64
from datetime import UTC, datetime
from uuid import UUID, uuid4

import nameko
import pytest
import requests
from nameko.runners import ServiceRunner
from sqlalchemy import select

from adapters.wechat.pages.service import PagesService
from adapters.wechat.pages.session import COOKIE, mint_session
from adapters.wechat.sender.service import SenderService
from adapters.wechat.sender.store import js_ticket
from chassis import embedded
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.settings import Settings
from chassis.tables import parked, partner_call, retry
from contracts.appointments import RequestAppointment
from contracts.wechat import TemplateAccepted, TemplateDelivered, TemplateJobFinished, TemplateRefused, TextRefused
from launcher.compose import assemble, migrate_all
from tests.adapters.wechat.pages.conftest import a_form
from tests.adapters.wechat.sender.stand_in import MENU, SEND, TEXT, TICKET, errcode, standing_in
from tests.adapters.wechat.sender.wishes import a_renewal, a_text, a_wish
from tests.fakes.mini_house import until

FOLLOWER = UUID(int=5)
KEY = base64.b64encode(b"3" * 32).decode()


class Messaging:
    """Hears what the sender says."""

    name = "messaging"
    heard: list

    @handles(TemplateAccepted)
    def on_accepted(self, news: TemplateAccepted, tx: Transaction) -> None:
        self.heard.append(news)

    @handles(TemplateRefused)
    def on_refused(self, news: TemplateRefused, tx: Transaction) -> None:
        self.heard.append(news)

    @handles(TextRefused)
    def on_text_refused(self, news: TextRefused, tx: Transaction) -> None:
        self.heard.append(news)

    @handles(TemplateDelivered)
    def on_delivered(self, news: TemplateDelivered, tx: Transaction) -> None:
        self.heard.append(news)


class Appointments:
    """Hears what the follower wishes."""

    name = "appointments"
    heard: list

    @handles(RequestAppointment)
    def on_request(self, wish: RequestAppointment, tx: Transaction) -> None:
        self.heard.append(wish)


def settings_in(root, wechat_url):
    partner = {"base_url": "http://127.0.0.1:9", "api_key": "k", "webhook_secret": "whsec_a2V5"}
    template = {"id": "tpl", "fields": {"thing1": "items", "time2": "time"}}
    main = {"appid": "wxtest", "secret": "right", "token": "t", "api_url": wechat_url, "templates": {"appointment_confirmed": template}}
    main["menu"] = [{"name": "预约保养", "url": "{public_url}/m/appointments/new"}]
    return Settings.model_validate(
        {
            "runtime": "embedded",
            "var": root,
            "http": dict.fromkeys(("public", "partner", "internal"), "127.0.0.1:0") | {"public_url": "https://car.example.com"},
            "broker": {"url": embedded.URL},
            "database": {"url": f"sqlite:///{root}/{{schema}}.db"},
            "privacy": {"keys": f"k1:{KEY}", "lookup_key": KEY},
            "patience": {"first_seconds": 0.05, "longest_seconds": 0.2},
            "accounts": {"main": main},
            "partners": {"dms": partner, "csc": partner},
            "sms": {"reference": {"base_url": "http://127.0.0.1:9", "api_key": "key"}},
            "pages": {"session_key": "k"},
            "console": {"session_key": "c"},
            "operator": {"token": "o"},
            "stop_seconds": 4,
        }
    )


class House:
    def __init__(self, root, wechat):
        self.wechat, self.heard = wechat, []
        settings = settings_in(root, wechat.url)
        migrate_all(settings, ("sender", "pages", "messaging", "appointments"))
        nameko.config.setup({"max_workers": 50})
        self.process = assemble(settings)
        self.runner = ServiceRunner()
        for service in (SenderService, PagesService, Messaging, Appointments):
            self.runner.add_service(type(service.__name__, (service,), {"heard": self.heard}))
        self.runner.start()
        self.process.listener.start()
        self.url = "http://{}:{}/m/api/appointments".format(*self.process.listener.bound("public"))

    def stop(self):
        self.process.listener.stop(0)
        self.runner.stop()
        embedded.forget()

    def tell(self, message):
        with self.process.database("messaging").write() as tx:
            tx.tell(message)

    def rows(self, table):
        with self.process.database("sender").read() as connection:
            return connection.execute(select(table)).all()

    def hears(self, kind):
        return until(lambda: [news for news in self.heard if isinstance(news, kind)])


@pytest.fixture
def house(tmp_path):
    with standing_in() as wechat:
        house = House(tmp_path, wechat)
        yield house
        house.stop()


def test_a_wish_becomes_a_message_and_its_fate_is_told(house):
    wish = a_wish()
    house.tell(wish)
    (accepted,) = house.hears(TemplateAccepted)

    house.tell(
        TemplateJobFinished(
            account="main",
            follower_id=FOLLOWER,
            openid=wish.openid,
            created_at=datetime.now(UTC),
            message_number=accepted.message_number,
            status="success",
        )
    )

    (delivered,) = house.hears(TemplateDelivered)
    assert (accepted.command_id, delivered.command_id) == (wish.id, wish.id)
    assert delivered.correlation_id == accepted.correlation_id == wish.id
    assert len(house.wechat.followers[wish.openid]) == 1
    made = [call.operation for call in house.rows(partner_call) if call.message_id == wish.id]
    assert made[-1] == f"POST {SEND}"


def test_a_wechat_that_is_busy_is_tried_again_until_it_takes_the_message(house):
    house.wechat.tell(SEND, *[errcode(-1)] * 4)
    wish = a_wish()

    house.tell(wish)

    house.hears(TemplateAccepted)
    assert len(house.wechat.followers[wish.openid]) == 1


def test_a_clear_no_is_told_once_and_not_tried_again(house):
    house.wechat.tell(SEND, errcode(43004))

    house.tell(a_wish())

    (refused,) = house.hears(TemplateRefused)
    assert (refused.errcode, refused.reason) == (43004, "user_state")
    assert len(house.wechat.calls(SEND)) == 1


def test_a_text_outside_of_a_window_is_told_as_refused(house):
    house.wechat.tell(TEXT, errcode(45015))

    house.tell(a_text())

    (refused,) = house.hears(TextRefused)
    assert (refused.errcode, refused.reason) == (45015, "window_closed")


def test_a_ticket_is_kept_for_the_pages_that_ask_for_it(house):
    house.tell(a_renewal())

    until(lambda: any(row.token for row in house.rows(js_ticket)))
    assert [seen.query["type"] for seen in house.wechat.calls(TICKET)] == [["jsapi"]]


def test_the_configured_menu_is_published_soon_after_the_start(house):
    until(lambda: house.wechat.calls(MENU))
    (seen,) = house.wechat.calls(MENU)
    assert seen.body["button"] == [{"type": "view", "name": "预约保养", "url": "https://car.example.com/m/appointments/new"}]


def test_a_quota_that_is_gone_makes_the_message_wait_until_tomorrow(house):
    house.wechat.tell(SEND, errcode(45009))

    house.tell(a_wish())

    until(lambda: house.rows(retry))
    (row,) = house.rows(retry)
    assert row.due_at > datetime.now(UTC).timestamp() * 1000
    assert "template_send calls are used up" in row.causes


def test_a_field_off_its_rule_is_parked_with_field_and_rule(house):
    house.tell(a_wish(fields={"items": "保养", "time": "canary"}))

    until(lambda: house.rows(parked))
    (row,) = house.rows(parked)
    assert "fields.time" in row.causes
    assert "canary" not in row.causes + row.sealed_body


def test_a_post_on_the_public_listener_reaches_appointments(house):
    form = a_form(id=str(uuid4()))
    cookies = {COOKIE: mint_session("k", FOLLOWER, "main")}

    answers = [requests.post(house.url, json=form, cookies=cookies, timeout=30) for _ in range(2)]

    (wish,) = house.hears(RequestAppointment)
    assert [answer.status_code for answer in answers] == [202, 202]
    assert (wish.appointment_id, wish.follower_id, wish.concern) == (UUID(form["id"]), FOLLOWER, "刹车有异响")


def test_too_large_a_post_is_refused_by_the_real_listener_too(house):
    cookies = {COOKIE: mint_session("k", FOLLOWER, "main")}

    answer = requests.post(house.url, json=a_form(concern="x" * 70_000), cookies=cookies, timeout=30)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_body_of_unannounced_length_is_never_taken(house):
    cookies = {COOKIE: mint_session("k", FOLLOWER, "main")}
    endless = (b"x" * 10_000 for _ in range(20))

    answer = requests.post(house.url, data=endless, headers={"Content-Type": "application/json"}, cookies=cookies, timeout=30)

    assert answer.status_code in (400, 413)
