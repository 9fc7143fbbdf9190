"""The ticket that signs the pages' use of the JS-SDK: scarce, so it is shared as the token is, and fetched by exactly one process.

WeChat lets it live two hours. Pages hold a signature for minutes at most, so that one with twenty minutes left is renewed.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from adapters.wechat.sender.calling import SECONDS_IN_ALL, Calling, Quota, SaidNo
from adapters.wechat.sender.store import HeldToken, TokenStore, js_ticket
from chassis.errors import ContractBroken, Unavailable
from contracts.wechat import RenewJsTicket

RENEWED_BEFORE_END = timedelta(minutes=20)
ASKED_AGAIN_AFTER = timedelta(minutes=5)
"""WeChat may give the old one again while that lasts."""
STILL_GOOD = timedelta(minutes=1)
LEASE = timedelta(seconds=SECONDS_IN_ALL + 5)
POLL_SECONDS = 0.1
JS_TICKETS = Quota("js_ticket", 2_000)
"""WeChat publishes no number; we need a dozen a day."""


class SharedTicket:
    """One per app, for all processes."""

    def __init__(self, calling: Calling) -> None:
        self._calling = calling
        self._store = TokenStore(calling.database, js_ticket)

    def usable(self, wish: RenewJsTicket) -> tuple[str, datetime]:
        """The ticket and when it ends. Raises SaidNo where WeChat gives none, Unavailable where it does not answer, ContractBroken."""
        if wish.account not in self._calling.accounts:
            raise ContractBroken("RenewJsTicket", (("account", "not in the configuration"),))
        appid, me = self._calling.accounts[wish.account].appid, uuid4()
        ends_at = time.monotonic() + self._calling.seconds
        while time.monotonic() < ends_at:
            held, now = self._store.held(appid), self._calling.now()
            good = held.token if held.expires_at > now + STILL_GOOD else None
            if good and (not _is_due(held, now) or held.leased_until > now):
                return good, held.expires_at
            if held.leased_until <= now and self._store.claim(appid, by=me, now=now, until=now + LEASE, seen=held, failed=None):
                return self._renewed(wish, appid, me, (good, held.expires_at) if good else None)
            self._calling.sleep(POLL_SECONDS)
        raise Unavailable("wechat: another process is fetching the ticket")

    def _renewed(self, wish: RenewJsTicket, appid: str, me: UUID, present: tuple[str, datetime] | None) -> tuple[str, datetime]:
        """As the lease holder. Where the renewal was only early, the present ticket carries us over WeChat's silence."""
        asked_at, kept = self._calling.now(), False
        try:
            answer = self._calling.made(
                wish.account, wish.id, JS_TICKETS, lambda client, token, on_behalf: client.js_ticket(token, on_behalf)
            )
            expires_at = asked_at + timedelta(seconds=answer.expires_in)
            self._store.keep(appid, by=me, token=answer.ticket, asked_at=asked_at, expires_at=expires_at)
            kept = True
        except (Unavailable, SaidNo):
            if present is None:
                raise
            return present
        finally:
            if not kept:
                self._store.release(appid, by=me, asked_at=asked_at)
        return answer.ticket, expires_at


def _is_due(held: HeldToken, now: datetime) -> bool:
    return held.expires_at - now < RENEWED_BEFORE_END and now - held.asked_at >= ASKED_AGAIN_AFTER
