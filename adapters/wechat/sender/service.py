"""Sends what messaging wishes a follower to read and says whether WeChat took it; keeps the JS ticket and the menu (A-APT-10, 21, 22)."""

import time
from dataclasses import dataclass
from typing import Any

from nameko.extensions import DependencyProvider

from adapters.wechat.sender.calling import FORCED_REFRESHES, SECONDS_IN_ALL, Calling, SaidNo
from adapters.wechat.sender.client import PARTNER, WeChatClient, open_session
from adapters.wechat.sender.media import MEDIA_GETS, Fetching, Keeper, Lost, fetched, lost
from adapters.wechat.sender.menu import MENU_CREATES, Menus
from adapters.wechat.sender.sending import ANSWER, TEXT_SENDS, Postponed, Shares, TemplateSending, TextSending, shares_of
from adapters.wechat.sender.store import DeliveryStore
from adapters.wechat.sender.ticket import JS_TICKETS, SharedTicket
from adapters.wechat.sender.translate import accepted, in_the_chain_of, issued, postponed, refused, result_of, text_accepted, text_refused
from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import carries_out, handles
from chassis.logs import get_logger
from chassis.runtime import LEASE_MARGIN_SECONDS, ServiceRuntime
from chassis.timers import every
from contracts.complaint_files import ComplaintFileFetched, ComplaintFileLost, FetchComplaintFile
from contracts.wechat import (
    JsTicketIssued,
    PublishMenu,
    RenewJsTicket,
    SendTemplate,
    SendText,
    TemplateAccepted,
    TemplateJobFinished,
    TemplatePostponed,
    TemplateRefused,
    TextAccepted,
    TextRefused,
)

log = get_logger(__name__)

OTHER_QUOTAS = (TEXT_SENDS, JS_TICKETS, MENU_CREATES, MEDIA_GETS, FORCED_REFRESHES)
"""What else than template messages WeChat counts of our calls, and operators watch."""
MENU_SECONDS = 60
"""A changed configuration comes with a restart, which no timer knows of; to compare costs one look-up."""


@dataclass(frozen=True)
class WeChatDesk:
    """What WeChat can do for us, for every account."""

    templates: TemplateSending
    texts: TextSending
    tickets: SharedTicket
    menus: Menus
    files: Fetching

    @classmethod
    def over(cls, calling: Calling, public_url: str, shares: Shares) -> "WeChatDesk":
        return cls(
            TemplateSending(calling, public_url, shares),
            TextSending(calling),
            SharedTicket(calling),
            Menus(calling, public_url),
            Fetching(calling),
        )


class WeChat(DependencyProvider):
    """Over one pool of connections."""

    runtime = ServiceRuntime()

    def setup(self) -> None:
        self.runtime.setup()  # nameko sets extensions up in any order
        session, calls, settings = open_session(), self.runtime.calls, self.runtime.process.settings
        way = self.runtime.ways.to(PARTNER, settings.wechat.breaker)
        calling = Calling(
            settings.accounts,
            lambda account: WeChatClient(account, session, calls, way),
            self.runtime.database,
            Clock(),
            seconds=min(SECONDS_IN_ALL, self.runtime.lease_seconds - LEASE_MARGIN_SECONDS),
        )
        shares = shares_of(settings.wechat)
        self.runtime.status.quotas = lambda: calling.used_today((shares[ANSWER], *OTHER_QUOTAS))
        self._desk = WeChatDesk.over(calling, settings.http.public_url, shares)

    def get_dependency(self, worker_ctx: Any) -> WeChatDesk:  # noqa: ARG002 - nameko's signature
        return self._desk


class ToComplaints(DependencyProvider):
    """Where files of followers are brought."""

    runtime = ServiceRuntime()

    def setup(self) -> None:
        self.runtime.setup()
        seconds = self.runtime.lease_seconds - LEASE_MARGIN_SECONDS / 2
        self._keeper = Keeper(self.runtime.process.settings.operator, open_session(), seconds)

    def get_dependency(self, worker_ctx: Any) -> Keeper:  # noqa: ARG002 - nameko's signature
        return self._keeper


class SenderService:
    name = "sender"

    wechat = WeChat()
    complaints = ToComplaints()
    deliveries = DeliveryStore()
    now = Clock()

    @carries_out(SendTemplate)
    def send_template(self, wish: SendTemplate) -> TemplateAccepted | TemplateRefused | TemplatePostponed:
        try:
            number = self.wechat.templates.send(wish)
        except Postponed as later:
            return postponed(wish, later.until)
        except SaidNo as no:
            return refused(wish, errcode=no.errcode, reason=no.reason)
        return accepted(wish, number)

    @carries_out(SendText)
    def send_text(self, wish: SendText) -> TextAccepted | TextRefused:
        try:
            self.wechat.texts.send(wish)
        except SaidNo as no:
            return text_refused(wish, errcode=no.errcode, reason=no.reason)
        return text_accepted(wish)

    @carries_out(RenewJsTicket)
    def renew_js_ticket(self, wish: RenewJsTicket) -> JsTicketIssued | None:
        """Without a ticket the pages do without what needs it, and ask again: a no is not parked once for each of them."""
        try:
            ticket, expires_at = self.wechat.tickets.usable(wish)
        except SaidNo as no:
            log.warning("js_ticket_refused", account=wish.account, errcode=no.errcode)
            return None
        return issued(wish, ticket, expires_at)

    @carries_out(PublishMenu)
    def publish_menu(self, wish: PublishMenu) -> None:
        self.wechat.menus.publish(wish)

    @carries_out(FetchComplaintFile)
    def fetch_complaint_file(self, wish: FetchComplaintFile) -> ComplaintFileFetched | ComplaintFileLost:
        ends_at = time.monotonic() + self.complaints.seconds
        try:
            self.complaints.bring(wish, self.wechat.files.fetch(wish), ends_at)
        except Lost as why:
            return lost(wish, why.reason)
        return fetched(wish)

    @every(MENU_SECONDS)
    def order_menus(self, tx: Transaction) -> None:
        tx.tell(*self.wechat.menus.ordered(tx))

    @handles(TemplateJobFinished)
    def on_job_finished(self, result: TemplateJobFinished, tx: Transaction) -> None:
        sending = self.deliveries.note_result(tx, result.account, result.message_number, result.status, self.now())
        if sending:
            tx.cause = in_the_chain_of(sending, result.envelope)
            tx.tell(result_of(sending))
