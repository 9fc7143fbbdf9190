"""One call of WeChat's API on behalf of a message: a token, a place in today's quota, the call, and what WeChat's answer leads to."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.wechat.sender.client import Hours, OnBehalf, WeChatClient, WeChatSays
from adapters.wechat.sender.errcodes import Next
from adapters.wechat.sender.store import Begins, Place, QuotaStore, TokenStore
from adapters.wechat.sender.token import FORCED_APART, SharedToken
from chassis.database import Database
from chassis.errors import Refused, Unavailable
from chassis.partner import patient
from chassis.settings import Account
from contracts.ops import QuotaUsed

R = TypeVar("R")

WECHATS_DAY = ZoneInfo("Asia/Shanghai")
SECONDS_IN_ALL = 20.0
ATTEMPTS_IN_PLACE = 3
LATER_FOR_THIS_FOLLOWER = 600.0
AFTER_MIDNIGHT = timedelta(seconds=30)
"""WeChat's clock and ours differ."""


@dataclass(frozen=True)
class Quota:
    """Calls per app and day. `share`: how many may be used up when a message that can wait for another day is begun."""

    interface: str
    per_day: int
    share: int | None = None


FORCED_REFRESHES = Quota("stable_token_forced", 20)

Call = Callable[[WeChatClient, str, OnBehalf], R]
"""(client, token, on behalf of what)"""


class SaidNo(Refused):
    """WeChat's clear no, with its code and our class of it."""

    def __init__(self, said: WeChatSays) -> None:
        super().__init__(said.next.value)
        self.errcode = said.errcode
        self.next = said.next


class UsedUp(Unavailable):
    """Today's calls, or this message's share of them, are used up by our count or by WeChat's.

    `unsent`: no call was made for the message that WeChat may have taken; `until`: when tomorrow begins.
    """

    def __init__(self, interface: str, *, unsent: bool, until: datetime, retry_after: float) -> None:
        super().__init__(f"wechat: today's {interface} calls are used up", retry_after=retry_after)
        self.unsent = unsent
        self.until = until


class TooLate(Exception):
    """Its hours are over, and no call was made for the message that WeChat may have taken."""


class Calling:
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
        self.accounts = accounts
        self.database = database
        self.now = now
        self.sleep = sleep
        self.seconds = seconds
        self._clients = {name: client_of(account) for name, account in accounts.items()}
        self._quotas = QuotaStore(database)
        self._tokens = SharedToken(TokenStore(database), now, self._may_force, sleep)

    def made(self, account: str, message_id: UUID, quota: Quota, call: Call[R], hours: Hours | None = None) -> R:
        """What the call gives, in up to three tries. Raises SaidNo, Unavailable (with the time to wait, if known), ContractBroken.

        `hours`: of a quota with a share. Raises TooLate for what they are over for, and Unavailable where an earlier call may have
        got through: it waits for the next day's, to be tried under the same id.
        """
        on_behalf = OnBehalf(message_id, ends_at=time.monotonic() + self.seconds, hours=hours)
        tries = patient(self.seconds, ATTEMPTS_IN_PLACE, self.sleep)
        found: R = tries(self._try, self._clients[account], quota, call, on_behalf)
        return found

    def used_today(self, quotas: Iterable[Quota]) -> tuple[QuotaUsed, ...]:
        """Of every account. Raises Unavailable."""
        used = self._quotas.used(self._today())
        return tuple(
            QuotaUsed(account=name, name=quota.interface, used=used.get((account.appid, quota.interface), 0), most=quota.per_day)
            for name, account in self.accounts.items()
            for quota in quotas
        )

    def _try(self, client: WeChatClient, quota: Quota, call: Call[R], on_behalf: OnBehalf) -> R:
        self._check_hours(on_behalf)  # WeChat may be out of reach all night
        client.way.check()  # before a place in the quota is taken
        try:
            return self._with_one_refresh(client, quota, call, on_behalf)
        except WeChatSays as said:
            raise self._meaning(said) from said

    def _with_one_refresh(self, client: WeChatClient, quota: Quota, call: Call[R], on_behalf: OnBehalf) -> R:
        token = self._tokens.usable(client, on_behalf)
        try:
            return self._counted(client, token, quota, call, on_behalf)
        except WeChatSays as said:
            if said.next is not Next.REFRESH_TOKEN_ONCE:
                raise
        return self._counted(client, self._tokens.usable(client, on_behalf, failed=token), quota, call, on_behalf)

    def _counted(self, client: WeChatClient, token: str, quota: Quota, call: Call[R], on_behalf: OnBehalf) -> R:
        self._check_hours(on_behalf)
        place = self._place(client.appid, quota, on_behalf.message_id)
        if not place.taken:
            raise self._used_up(quota, place)
        try:
            return call(client, token, on_behalf)
        except WeChatSays as said:
            if said.next is Next.TOMORROW:
                raise self._used_up(quota, place) from said
            raise

    def _check_hours(self, on_behalf: OnBehalf) -> None:
        now, hours = self.now(), on_behalf.hours
        if hours is None or now < hours.end:
            return
        if not self._quotas.is_begun(on_behalf.message_id):
            raise TooLate
        if left := hours.closed_for(now):
            raise Unavailable("wechat: nobody is to be disturbed now", retry_after=left.total_seconds())

    def _used_up(self, quota: Quota, place: Place) -> UsedUp:
        until = self._tomorrow()
        return UsedUp(quota.interface, unsent=not place.begun, until=until, retry_after=(until - self.now()).total_seconds())

    def _meaning(self, said: WeChatSays) -> Refused | Unavailable:
        """What our side of the house knows how to deal with."""
        what = f"wechat: errcode {said.errcode}"
        match said.next:
            case Next.BACK_OFF:
                return Unavailable(what)
            case Next.REFRESH_TOKEN_ONCE:  # refused again after the refresh: not tried a third time in place
                return Unavailable(what, retry_after=SECONDS_IN_ALL + FORCED_APART.total_seconds())
            case Next.NEXT_MINUTE:
                return Unavailable(what, retry_after=60 - self.now().second)
            case Next.TOMORROW:
                return Unavailable(what, retry_after=(self._tomorrow() - self.now()).total_seconds())
            case Next.LATER_FOR_THIS_FOLLOWER:
                return Unavailable(what, retry_after=LATER_FOR_THIS_FOLLOWER)
            case _:
                return SaidNo(said)

    def _may_force(self, appid: str) -> bool:
        return self._quotas.take(appid, self._today(), FORCED_REFRESHES.interface, FORCED_REFRESHES.per_day)

    def _place(self, appid: str, quota: Quota, message_id: UUID) -> Place:
        today, interface, most = self._today(), quota.interface, quota.per_day
        if quota.share is None:
            return Place(self._quotas.take(appid, today, interface, most))
        return self._quotas.begin(appid, today, interface, most, Begins(message_id, quota.share, self.now()))

    def _today(self) -> date:
        return self.now().astimezone(WECHATS_DAY).date()

    def _tomorrow(self) -> datetime:
        midnight = datetime.combine(self._today() + timedelta(days=1), datetime.min.time(), WECHATS_DAY)
        return midnight + AFTER_MIDNIGHT
