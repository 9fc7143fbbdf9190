"""Sending one message to a follower: a template message, once; or a text, while a window is open."""

from adapters.wechat.sender.calling import Calling, Quota
from adapters.wechat.sender.store import DeliveryStore
from adapters.wechat.sender.translate import message_of, result_of, sending_of, text_of
from chassis.database import Transaction, in_one_transaction
from chassis.errors import ContractBroken
from chassis.settings import Account
from contracts.wechat import SendTemplate, SendText

TEMPLATE_SENDS = Quota("template_send", 100_000)
TEXT_SENDS = Quota("custom_send", 500_000)


class TemplateSending:
    """`public_url` stands before a link that is a path."""

    def __init__(self, calling: Calling, public_url: str) -> None:
        self._calling = calling
        self._public_url = public_url
        self._deliveries = DeliveryStore()

    def send(self, wish: SendTemplate) -> str:
        """Returns WeChat's message number, empty where it was sent before under a number we are not told.

        What WeChat took before we were killed is not sent again. Raises SaidNo, Unavailable, ContractBroken.
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
        return self._calling.made(
            wish.account, wish.id, TEMPLATE_SENDS, lambda client, token, on_behalf: client.send_template(token, message, on_behalf)
        )


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
