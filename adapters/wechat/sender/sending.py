"""Sending one template message: a token, a place in today's quota, the call, and what WeChat's answer leads to."""

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.wechat.sender.client import OnBehalf, WeChatClient, WeChatSays
from adapters.wechat.sender.errcodes import Next
from adapters.wechat.sender.store import DeliveryStore, QuotaStore, TokenStore
from adapters.wechat.sender.token import FORCED_APART, SharedToken
from adapters.wechat.sender.translate import message_of, result_of, sending_of
from chassis.database import Database, Transaction, in_one_transaction
from chassis.errors import ContractBroken, Refused, Unavailable
from chassis.partner import patient
from chassis.settings import Account, Template
from contracts.wechat import SendTemplate

WECHATS_DAY = ZoneInfo("Asia/Shanghai")
TEMPLATE_SENDS = ("template_send", 100_000)
FORCED_REFRESHES = ("stable_token_forced", 20)
"""Interface and calls per app and day."""

SECONDS_IN_ALL = 20.0
ATTEMPTS_IN_PLACE = 3
LATER_FOR_THIS_FOLLOWER = 600.0
AFTER_MIDNIGHT = timedelta(seconds=30)
"""WeChat's clock and ours differ."""


class SaidNo(Refused):
    """WeChat's clear no, with its code and our class of it."""

    def __init__(self, said: WeChatSays) -> None:
        super().__init__(said.next.value)
        self.errcode = said.errcode
        self.next = said.next


class TemplateSending:
    """For all accounts of the configuration."""

    def __init__(
        self,
        accounts: Mapping[str, Account],
        client_of: Callable[[Account], WeChatClient],
        database: Database,
        now: Callable[[], datetime],
        *,
        sleep: Callable[[float], None] = time.sleep,
        seconds: float = SECONDS_IN_ALL,
    ) -> None:
        """`seconds` bounds one message with all its calls and pauses; the command's lease must outlast it."""
        self._accounts = accounts
        self._clients = {name: client_of(account) for name, account in accounts.items()}
        self._database = database
        self._quota = QuotaStore(database)
        self._deliveries = DeliveryStore()
        self._tokens = SharedToken(TokenStore(database), now, self._may_force, sleep)
        self._now = now
        self._sleep = sleep
        self._seconds = seconds

    def send(self, wish: SendTemplate) -> str:
        """Returns WeChat's message number, empty where it was sent before under a number we are not told.

        What WeChat took before we were killed is not sent again. Raises SaidNo, Unavailable (with the time to wait where we know it),
        ContractBroken.
        """
        with self._database.read() as connection:
            before = self._deliveries.number_of(connection, wish.id)
        return before or self._noted(wish, self._sent(wish))

    def _noted(self, wish: SendTemplate, number: str) -> str:
        """In a transaction of its own, before the command ends: the delivery result may be here already, or come any moment."""

        def work(tx: Transaction) -> None:
            tx.cause = wish.envelope
            if delivered := self._deliveries.note_sent(tx, sending_of(wish, number), self._now()):
                tx.tell(result_of(delivered))

        if number:
            in_one_transaction(self._database, work)
        return number

    def _sent(self, wish: SendTemplate) -> str:
        message = message_of(wish, self._template(wish))
        on_behalf = OnBehalf(wish.id, ends_at=time.monotonic() + self._seconds)
        number: str = patient(self._seconds, ATTEMPTS_IN_PLACE, self._sleep)(self._try, self._clients[wish.account], message, on_behalf)
        return number

    def _template(self, wish: SendTemplate) -> Template:
        """Not configured is parked, not refused: an operator adds it and sends the message again."""
        account = self._accounts.get(wish.account)
        if account is None or wish.template not in account.templates:
            field = "template" if account else "account"
            raise ContractBroken("SendTemplate", ((field, "not in the configuration"),))
        return account.templates[wish.template]

    def _try(self, client: WeChatClient, message: Mapping[str, object], on_behalf: OnBehalf) -> str:
        try:
            return self._with_one_refresh(client, message, on_behalf)
        except WeChatSays as said:
            raise self._meaning(said) from said

    def _with_one_refresh(self, client: WeChatClient, message: Mapping[str, object], on_behalf: OnBehalf) -> str:
        token = self._tokens.usable(client, on_behalf)
        try:
            return self._counted(client, token, message, on_behalf)
        except WeChatSays as said:
            if said.next is not Next.REFRESH_TOKEN_ONCE:
                raise
        return self._counted(client, self._tokens.usable(client, on_behalf, failed=token), message, on_behalf)

    def _counted(self, client: WeChatClient, token: str, message: Mapping[str, object], on_behalf: OnBehalf) -> str:
        interface, limit = TEMPLATE_SENDS
        if not self._quota.take(client.appid, self._today(), interface, limit):
            raise Unavailable("wechat: today's template messages are used up", retry_after=self._seconds_until_tomorrow())
        return client.send_template(token, message, on_behalf)

    def _meaning(self, said: WeChatSays) -> Refused | Unavailable:
        """What our side of the house knows how to deal with."""
        what = f"wechat: errcode {said.errcode}"
        match said.next:
            case Next.BACK_OFF:
                return Unavailable(what)
            case Next.REFRESH_TOKEN_ONCE:  # refused again after the refresh: not tried a third time in place
                return Unavailable(what, retry_after=SECONDS_IN_ALL + FORCED_APART.total_seconds())
            case Next.NEXT_MINUTE:
                return Unavailable(what, retry_after=60 - self._now().second)
            case Next.TOMORROW:
                return Unavailable(what, retry_after=self._seconds_until_tomorrow())
            case Next.LATER_FOR_THIS_FOLLOWER:
                return Unavailable(what, retry_after=LATER_FOR_THIS_FOLLOWER)
            case _:
                return SaidNo(said)

    def _may_force(self, appid: str) -> bool:
        interface, limit = FORCED_REFRESHES
        return self._quota.take(appid, self._today(), interface, limit)

    def _today(self) -> date:
        return self._now().astimezone(WECHATS_DAY).date()

    def _seconds_until_tomorrow(self) -> float:
        now = self._now().astimezone(WECHATS_DAY)
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), WECHATS_DAY)
        return (midnight + AFTER_MIDNIGHT - now).total_seconds()
