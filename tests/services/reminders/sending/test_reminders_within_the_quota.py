"""From what is due to the followers' phones: reminders, messaging and two senders that share one account's quota."""

import pytest
from sqlalchemy import select

from adapters.wechat.sender.sending import shares_of
from adapters.wechat.sender.service import SenderService, WeChatDesk
from adapters.wechat.sender.store import quota
from chassis.calls import CallLog
from chassis.errors import Unavailable
from chassis.settings import Template
from chassis.settings import WeChat as Terms
from contracts.customers import CustomerRegistered
from contracts.reminders import ReminderDue
from contracts.wechat import TemplateAccepted, TemplateDelivered
from services.messaging.service import MessagingService
from tests.adapters.wechat.sender.conftest import PUBLIC_URL, an_account, calling_of, open_database
from tests.adapters.wechat.sender.stand_in import SEND, Told, standing_in
from tests.adapters.wechat.sender.wishes import a_wish
from tests.services.house import House
from tests.services.messaging.builders import a_binding
from tests.services.reminders.sending.sendings import Sending

A_DAY = 20
"""Template messages: 18 of them for service, 14 for campaigns."""
TEMPLATES = {
    name: Template(id=f"tpl-{name}", fields={"thing1": "items", "date2": "time", "thing3": "dealer"})
    for name in ("reminder_service", "reminder_campaign", "reminder_birthday")
}


class OneOfTwo(SenderService):
    def __init__(self, desk, clock):
        self.wechat = desk
        self.now = clock


class Phones:
    """The three parts without a bus between them; every message comes twice."""

    def __init__(self, folder, wechat):
        self.reminders = Sending(folder / "reminders.db", most_in_flight=5)
        self.messaging = House(MessagingService(), folder / "messaging.db")
        self.messaging.service.now = self.reminders.now
        self.wechat = wechat
        account = an_account(wechat.url)
        account = account.model_copy(update={"templates": account.templates | TEMPLATES})
        self.database = open_database(f"sqlite:///{folder}/sender.db")
        self.senders = [self._sender(account) for _ in range(2)]
        self.sent = []

    def _sender(self, account):
        calling = calling_of(account, self.database, self.reminders.now, CallLog(), sleep=lambda _seconds: None)
        return OneOfTwo(WeChatDesk.over(calling, PUBLIC_URL, shares_of(Terms(template_sends_per_day=A_DAY))), self.reminders.now)

    def with_cars(self, number, type, due_date, campaign=None):
        for _ in range(number):
            car = self.reminders.with_car((type, due_date, {"campaign_id": campaign} if campaign else {}), followers=0)
            follower = self.reminders.bind(car)
            binding = a_binding(CustomerRegistered, follower_id=follower, vehicle_id=car, binding_id=follower, openid=f"o{follower.hex}")
            self.messaging.deliver(binding)

    def a_day(self, day):
        """Before, within and after the hours: steps as long as there is more."""
        before = len(self.sent)
        for clock in ("08:30", "09:30", "14:30", "19:30", "20:30"):
            while told := self.reminders.on(day, clock):
                for due in told:
                    self._bring(due)
        return self.sent[before:]

    def _bring(self, due: ReminderDue):
        (wish,) = self.messaging.deliver(due)
        if len(self.wechat.calls(SEND)) % 7 == 6:
            self.wechat.void()
        for sender in self.senders:
            answer = sender.send_template(wish)
            self.sent += [wish] if sender is self.senders[0] and isinstance(answer, TemplateAccepted) else []
            for news in self.messaging.deliver(answer):
                self.reminders.only_deliver(news)
        if isinstance(answer, TemplateAccepted):
            arrived = TemplateDelivered(**answer.model_dump(exclude={"version"}))
            for news in self.messaging.deliver(arrived):
                self.reminders.only_deliver(news)

    def send(self, wish):
        """What came of it."""
        answer = self.senders[0].send_template(wish)
        for news in self.messaging.deliver(answer):
            self.reminders.only_deliver(news)
        return answer.type_name().removeprefix("template.")

    def used(self):
        with self.database.read() as connection:
            rows = connection.execute(select(quota.c.day, quota.c.used).where(quota.c.interface == "template_send"))
            return {f"{day:%m-%d}": used for day, used in rows}


@pytest.fixture
def phones(tmp_path):
    with standing_in() as wechat:
        yield Phones(tmp_path, wechat)


def test_within_the_quota_each_is_told_once_service_first_and_the_rest_tomorrow(phones):
    campaign = phones.reminders.with_campaign(ends="2026-12-31")
    phones.with_cars(12, "campaign", "12-05", campaign)
    phones.with_cars(26, "maintenance", "12-12")

    days = [phones.a_day(day) for day in ("12-10", "12-11", "12-12", "12-13")]

    urgencies = [[wish.urgency for wish in day] for day in days]
    assert urgencies[0] == ["service"] * len(urgencies[0])
    assert [one for day in urgencies for one in day] == ["service"] * 26 + ["campaign"] * 12
    assert all(len(messages) == 1 for messages in phones.wechat.followers.values())
    assert len(phones.wechat.followers) == 38
    assert phones.reminders.numbers() == {"delivered": 38}
    assert sum(phones.used().values()) == len(phones.wechat.calls(SEND))
    assert max(phones.used().values()) <= A_DAY * 0.9 + 1  # a token that ended in between costs one more


def test_an_answer_is_sent_when_reminders_have_used_all_of_theirs(phones):
    phones.with_cars(26, "maintenance", "12-12")
    phones.a_day("12-10")

    answer = phones.senders[0].send_template(a_wish())

    assert isinstance(answer, TemplateAccepted)


def test_a_campaign_that_ends_before_the_quota_allows_fails_by_that(phones):
    campaign = phones.reminders.with_campaign(ends="2026-12-10")
    phones.with_cars(16, "campaign", "12-05", campaign)

    told = phones.a_day("12-10")
    phones.a_day("12-11")

    numbers = phones.reminders.numbers()
    assert len(told) == numbers["delivered"] < 16
    assert numbers["failed"] >= 1


def test_what_an_outage_in_the_evening_kept_is_told_in_the_morning_and_once(phones):
    phones.with_cars(3, "maintenance", "12-12")
    waiting = [phones.messaging.deliver(due)[0] for due in phones.reminders.on("12-10", "19:58")]
    phones.wechat.tell(SEND, *[Told(status=502)] * 3)
    with pytest.raises(Unavailable):
        phones.send(waiting[0])
    at_night = [phones.reminders.on("12-10", "21:00"), *(phones.send(wish) for wish in waiting[1:]), phones.reminders.on("12-11", "08:59")]
    with pytest.raises(Unavailable):
        phones.send(waiting[0])

    again = phones.reminders.on("12-11", "09:00")
    phones.send(waiting[0])
    for due in again:
        phones.send(*phones.messaging.deliver(due))

    assert (at_night, [due.version for due in again]) == ([[], "postponed", "postponed", []], [2, 2])
    assert [len(told) for told in phones.wechat.followers.values()] == [1, 1, 1]
    assert phones.reminders.numbers() == {"sent": 3}
