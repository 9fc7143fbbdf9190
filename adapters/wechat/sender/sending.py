"""Sending one message to a follower: a template message, once; or a text, while a window is open."""

from collections.abc import Mapping
from datetime import datetime

from adapters.wechat.sender.calling import Calling, Quota, TooLate, UsedUp
from adapters.wechat.sender.client import Hours
from adapters.wechat.sender.store import DeliveryStore
from adapters.wechat.sender.translate import message_of, result_of, sending_of, text_of
from chassis.database import Transaction, in_one_transaction
from chassis.errors import ContractBroken
from chassis.settings import Account, WeChat
from contracts.wechat import SendTemplate, SendText

TEXT_SENDS = Quota("custom_send", 500_000)

ANSWER = "answer"
Shares = Mapping[str, Quota]
"""By urgency: all count in one ledger, and how much of it may be used up differs."""


def shares_of(terms: WeChat) -> Shares:
    most = terms.template_sends_per_day

    def share(part: float) -> Quota:
        return Quota("template_send", most, share=round(most * part))

    return {ANSWER: Quota("template_send", most), "service": share(terms.service_share), "campaign": share(terms.campaign_share)}


def hours_of(wish: SendTemplate) -> Hours | None:
    """An answer to a follower is wanted at any hour."""
    if wish.not_after is None or wish.urgency == ANSWER:
        return None
    return Hours(wish.not_after, wish.again_from or wish.not_after)


class Postponed(Exception):
    """Nothing was sent, and nothing will be unless it is asked for again, after `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until.isoformat()}")
        self.until = until


class TemplateSending:
    """`public_url` stands before a link that is a path."""

    def __init__(self, calling: Calling, public_url: str, shares: Shares) -> None:
        self._calling = calling
        self._public_url = public_url
        self._shares = shares
        self._deliveries = DeliveryStore()

    def send(self, wish: SendTemplate) -> str:
        """Returns WeChat's message number, empty where it was sent before under a number we are not told.

        What WeChat took before we were killed is not sent again. Raises SaidNo, Unavailable, ContractBroken, and Postponed for what can
        wait for another day. What WeChat may have taken is never postponed: asked for again, it would come twice.
        """
        with self._calling.database.read() as connection:
            before = self._deliveries.number_of(connection, wish.id)
        return before or self._noted(wish, self._sent(wish))

    def _noted(self, wish: SendTemplate, number: str) -> str:
        """In a transaction of its own, before the command ends: the delivery result may be here already, or come any moment."""

        def work(tx: Transaction) -> None:
            tx.cause = wish.envelope
            if delivered := self._deliveries.note_sent(tx, sending_of(wish, number), self._calling.now()):
                tx.tell(result_of(delivered))

        if number:
            in_one_transaction(self._calling.database, work)
        return number

    def _sent(self, wish: SendTemplate) -> str:
        account = _account_of(wish, self._calling)
        if wish.template not in account.templates:  # parked, not refused: an operator adds it and sends the message again
            raise ContractBroken("SendTemplate", (("template", "not in the configuration"),))
        message = message_of(wish, account.templates[wish.template], self._public_url)
        try:
            return self._calling.made(
                wish.account,
                wish.id,
                self._shares[wish.urgency],
                lambda client, token, on_behalf: client.send_template(token, message, on_behalf),
                hours_of(wish),
            )
        except TooLate as over:
            raise Postponed(wish.again_from or self._calling.now()) from over
        except UsedUp as none_left:
            if wish.urgency == ANSWER or not none_left.unsent:
                raise
            raise Postponed(none_left.until) from none_left


class TextSending:
    def __init__(self, calling: Calling) -> None:
        self._calling = calling

    def send(self, wish: SendText) -> None:
        """WeChat knows no repeat of a text: it comes twice where the answer to the first was lost. Raises as a template."""
        _account_of(wish, self._calling)
        message = text_of(wish)
        self._calling.made(wish.account, wish.id, TEXT_SENDS, lambda client, token, on_behalf: client.send_text(token, message, on_behalf))


def _account_of(wish: SendTemplate | SendText, calling: Calling) -> Account:
    if wish.account not in calling.accounts:
        raise ContractBroken(type(wish).__name__, (("account", "not in the configuration"),))
    return calling.accounts[wish.account]
