"""The entrypoints of this part."""

from collections.abc import Callable
from typing import Any

from nameko.extensions import DependencyProvider

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.runtime import ServiceRuntime
from chassis.settings import Reminders
from chassis.timers import every
from contracts.messaging import (
    ReminderMessageDelivered,
    ReminderMessageFailed,
    ReminderMessageNews,
    ReminderMessagePostponed,
    ReminderMessageSent,
)
from services.reminders.following import telling
from services.reminders.sending.looking import Places
from services.reminders.sending.message import Message
from services.reminders.sending.step import Step
from services.reminders.sending.store import MessageStore

STEP_SECONDS = 2


class Accounts(DependencyProvider):
    """The names of the WeChat accounts in config.yaml."""

    runtime = ServiceRuntime()

    def get_dependency(self, _worker_ctx: Any) -> tuple[str, ...]:
        return tuple(self.runtime.process.settings.accounts)


class HowFar(DependencyProvider):
    """One of the process, kept from step to step (services/reminders/sending/looking.py)."""

    def setup(self) -> None:
        self._places: Places = {}

    def get_dependency(self, _worker_ctx: Any) -> Places:
        return self._places


class HandlesSending:
    """Mixed into the service (services/reminders/service.py)."""

    terms: Reminders
    now: Clock
    accounts = Accounts()
    places = HowFar()
    messages = MessageStore()

    @every(STEP_SECONDS)
    def send(self, tx: Transaction) -> None:
        """Once for all copies: so no more are in flight than may be."""
        Step(tx, self.now(), self.terms, self.accounts, self.places).take()

    @handles(ReminderMessageSent)
    def on_message_sent(self, message: ReminderMessageSent, tx: Transaction) -> None:
        self._learn(message, tx, lambda one: one.sent(message.at))

    @handles(ReminderMessageDelivered)
    def on_message_delivered(self, message: ReminderMessageDelivered, tx: Transaction) -> None:
        self._learn(message, tx, lambda one: one.delivered(message.at))

    @handles(ReminderMessageFailed)
    def on_message_failed(self, message: ReminderMessageFailed, tx: Transaction) -> None:
        self._learn(message, tx, lambda one: one.failed(message.reason))

    @handles(ReminderMessagePostponed)
    def on_message_postponed(self, message: ReminderMessagePostponed, tx: Transaction) -> None:
        """Nothing was sent: it is asked for again when the quota is another day's."""
        self._learn(message, tx, lambda one: one.postponed(message.attempt, message.until))

    def _learn(self, news: ReminderMessageNews, tx: Transaction, step: Callable[[Message], Message]) -> None:
        before = self.messages.find(tx, news.message_id)
        if before and (after := step(before)) != before:
            self.messages.save(tx, after)
            telling.told(tx, [news.message_id], self.now(), self.terms)
