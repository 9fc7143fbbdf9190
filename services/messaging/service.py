"""Decides what a follower reads about an appointment, and hears whether it reached them."""

from chassis.database import Transaction
from chassis.entrypoints import handles
from contracts.appointments import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentNews,
    AppointmentNotified,
    AppointmentRequested,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
)
from contracts.customers import Binding, CustomerRegistered, CustomerUnregistered
from contracts.wechat import (
    FollowerSubscribed,
    FollowerUnsubscribed,
    MenuClicked,
    Push,
    TemplateAccepted,
    TemplateDelivered,
    TemplateRefused,
    TemplateUndelivered,
    TextReceived,
)
from services.messaging.domain import Contact
from services.messaging.news import fate_of, message_about
from services.messaging.store import ContactStore, ToldStore


class MessagingService:
    """The only one that decides whether and in which words a follower hears of something."""

    name = "messaging"

    contacts = ContactStore()
    told = ToldStore()

    @handles(AppointmentConfirmed)
    def on_confirmed(self, message: AppointmentConfirmed, tx: Transaction) -> None:
        self._tell(message, tx, over=False)

    @handles(AppointmentTurnedDown)
    @handles(AppointmentUnreachable)
    @handles(AppointmentDeclined)
    @handles(AppointmentWithdrawn)
    @handles(AppointmentCancelled)
    def on_over(self, message: AppointmentNews, tx: Transaction) -> None:
        """It is over, whatever the word for it; if the word changes later, the follower need not hear of it again."""
        self._tell(message, tx, over=True)

    @handles(AppointmentRequested)
    @handles(AppointmentNotified)
    def on_known_already(self, message: AppointmentNews, tx: Transaction) -> None:
        """The page has said that the wish was taken in, and the confirmation is on the phone: no message."""

    @handles(TemplateAccepted)
    @handles(TemplateRefused)
    @handles(TemplateUndelivered)
    def on_fate(self, message: TemplateAccepted | TemplateRefused | TemplateUndelivered, tx: Transaction) -> None:
        fate = fate_of(message)
        if fate:
            tx.tell(fate)

    @handles(TemplateDelivered)
    def on_delivered(self, message: TemplateDelivered, tx: Transaction) -> None:
        """The appointment counts as notified since WeChat took the message; only the opposite would be news."""

    @handles(CustomerRegistered)
    @handles(CustomerUnregistered)
    def on_binding(self, message: Binding, tx: Transaction) -> None:
        """A follower's openid never changes, so the first news of a binding says all; whether they follow us, WeChat says itself."""
        before = self.contacts.find(tx, message.follower_id)
        self.contacts.save(tx, before, before or Contact(message.follower_id, message.account, message.openid))

    @handles(FollowerSubscribed)
    def on_subscribed(self, message: FollowerSubscribed, tx: Transaction) -> None:
        before, contact = self._contact_of(message, tx)
        self.contacts.save(tx, before, contact.came(message.created_at))

    @handles(FollowerUnsubscribed)
    def on_unsubscribed(self, message: FollowerUnsubscribed, tx: Transaction) -> None:
        before, contact = self._contact_of(message, tx)
        self.contacts.save(tx, before, contact.went(message.created_at))

    @handles(MenuClicked)
    @handles(TextReceived)
    def on_heard(self, message: MenuClicked | TextReceived, tx: Transaction) -> None:
        before, contact = self._contact_of(message, tx)
        self.contacts.save(tx, before, contact.heard(message.created_at))

    def _contact_of(self, push: Push, tx: Transaction) -> tuple[Contact | None, Contact]:
        """Before, if known, and what to start from."""
        before = self.contacts.find(tx, push.follower_id)
        return before, before or Contact(push.follower_id, push.account, push.openid)

    def _tell(self, news: AppointmentNews, tx: Transaction, *, over: bool) -> None:
        before = self.told.get(tx, news.appointment_id)
        if not before.is_news(news.version):
            return
        message = message_about(news, self.contacts.get(tx, news.follower_id))
        self.told.save(tx, news.appointment_id, before, before.tell(news.version, over=over))
        if message:
            tx.tell(message)
