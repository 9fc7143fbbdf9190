"""Sends what messaging wishes a follower to read, and says whether WeChat took it and whether it arrived (A-APT-21, 22)."""

from typing import Any

from nameko.extensions import DependencyProvider

from adapters.wechat.sender.client import WeChatClient, open_session
from adapters.wechat.sender.sending import SECONDS_IN_ALL, SaidNo, TemplateSending
from adapters.wechat.sender.store import DeliveryStore
from adapters.wechat.sender.translate import accepted, in_the_chain_of, refused, result_of
from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import carries_out, handles
from chassis.runtime import LEASE_MARGIN_SECONDS, ServiceRuntime
from contracts.wechat import SendTemplate, TemplateAccepted, TemplateJobFinished, TemplateRefused


class WeChat(DependencyProvider):
    """Template messages of every account, over one pool of connections."""

    runtime = ServiceRuntime()

    def setup(self) -> None:
        self.runtime.setup()  # nameko sets extensions up in any order
        session, calls = open_session(), self.runtime.calls
        self._sending = TemplateSending(
            self.runtime.process.settings.accounts,
            lambda account: WeChatClient(account, session, calls),
            self.runtime.database,
            Clock(),
            seconds=min(SECONDS_IN_ALL, self.runtime.lease_seconds - LEASE_MARGIN_SECONDS),
        )

    def get_dependency(self, worker_ctx: Any) -> TemplateSending:  # noqa: ARG002 - nameko's signature
        return self._sending


class SenderService:
    name = "sender"

    wechat = WeChat()
    deliveries = DeliveryStore()
    now = Clock()

    @carries_out(SendTemplate)
    def send_template(self, wish: SendTemplate) -> TemplateAccepted | TemplateRefused:
        try:
            number = self.wechat.send(wish)
        except SaidNo as no:
            return refused(wish, errcode=no.errcode, reason=no.reason)
        return accepted(wish, number)

    @handles(TemplateJobFinished)
    def on_job_finished(self, result: TemplateJobFinished, tx: Transaction) -> None:
        sending = self.deliveries.note_result(tx, result.account, result.message_number, result.status, self.now())
        if sending:
            tx.cause = in_the_chain_of(sending, result.envelope)
            tx.tell(result_of(sending))
