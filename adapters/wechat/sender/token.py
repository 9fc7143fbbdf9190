"""The access token of an account, one for all processes: exactly one of them fetches the next, the others wait for it.

WeChat gives the same stable token to everyone who asks while it is valid, and a new one in its last five minutes, when the old one still
works: so it is renewed then, and an outage of a few minutes passes unnoticed.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from adapters.wechat.sender.client import TOKEN_CALL_SECONDS, OnBehalf, TokenAnswer
from adapters.wechat.sender.store import HeldToken, TokenStore
from chassis.errors import Unavailable

RENEWED_BEFORE_END = timedelta(minutes=5)
ASKED_AGAIN_AFTER = timedelta(seconds=30)
"""WeChat's clock and ours differ: asked a little early it answers with the old token."""
STILL_GOOD = timedelta(seconds=10)
"""A token that ends within this is not begun with."""
LEASE = timedelta(seconds=TOKEN_CALL_SECONDS + 2)
"""Outlasts one call; begun anew before a second. Short, since the others wait for it to end when its holder has died."""
FORCED_APART = timedelta(seconds=30)
POLL_SECONDS = 0.05


class TokenGiver(Protocol):
    """What gives tokens: the client of one account."""

    appid: str

    def stable_token(self, on_behalf: OnBehalf, *, force: bool) -> TokenAnswer: ...


class SharedToken:
    """`may_force` says whether WeChat's daily number of forced refreshes has one left, and counts it."""

    def __init__(
        self,
        store: TokenStore,
        now: Callable[[], datetime],
        may_force: Callable[[str], bool],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._now = now
        self._may_force = may_force
        self._sleep = sleep

    def usable(self, giver: TokenGiver, on_behalf: OnBehalf, *, failed: str | None = None) -> str:
        """A token that should work: not `failed`, the one that WeChat has just refused.

        Raises WeChatSays where WeChat refuses to give one, Unavailable where it does not answer or another process does not finish.
        """
        me = uuid4()
        while True:
            held, now = self._store.held(giver.appid), self._now()
            good = held.token if held.token != failed and held.expires_at > now + STILL_GOOD else None
            if good and (not _is_due(held, now) or held.leased_until > now):
                return good
            if held.leased_until <= now and self._store.claim(giver.appid, by=me, now=now, until=now + LEASE, seen=held, failed=failed):
                return self._renewed(giver, on_behalf, me, held, good=good, failed=failed)
            on_behalf.seconds(TOKEN_CALL_SECONDS)
            self._sleep(POLL_SECONDS)

    def _renewed(self, giver: TokenGiver, on_behalf: OnBehalf, me: UUID, held: HeldToken, *, good: str | None, failed: str | None) -> str:
        """As the lease holder. Where the renewal was only early, the present token carries us over WeChat's silence."""
        asked_at = self._now()
        kept = False
        try:
            answer = self._asked(giver, on_behalf, me, held, failed)
            expires_at = asked_at + timedelta(seconds=answer.expires_in)
            self._store.keep(giver.appid, by=me, token=answer.access_token, asked_at=asked_at, expires_at=expires_at)
            kept = True
        except Unavailable:
            if good is None:
                raise
            return good
        finally:
            if not kept:
                self._store.release(giver.appid, by=me, asked_at=asked_at)
        return answer.access_token

    def _asked(self, giver: TokenGiver, on_behalf: OnBehalf, me: UUID, held: HeldToken, failed: str | None) -> TokenAnswer:
        """Given again the token that failed, we have it voided: the only way out, and a scarce one."""
        answer = giver.stable_token(on_behalf, force=False)
        if answer.access_token != failed:
            return answer
        now = self._now()
        if held.forced_at + FORCED_APART > now:
            raise Unavailable("wechat: the token was voided a moment ago", retry_after=FORCED_APART.total_seconds())
        if not self._may_force(giver.appid):
            raise Unavailable("wechat: no forced refresh left today", retry_after=3600)
        self._store.forced(giver.appid, by=me, at=now, until=now + LEASE)
        return giver.stable_token(on_behalf, force=True)


def _is_due(held: HeldToken, now: datetime) -> bool:
    return held.expires_at - now < RENEWED_BEFORE_END and now - held.asked_at >= ASKED_AGAIN_AFTER
