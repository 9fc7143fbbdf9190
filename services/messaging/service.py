"""Decides what a follower reads of an appointment, a registration, a complaint or what is due, by which channel; hears whether it came."""

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.errors import Unavailable
from contracts.appointments import (
    AppointmentArrived,
    AppointmentCallDue,
    AppointmentCallMissed,
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentKept,
    AppointmentNews,
    AppointmentNoShow,
    AppointmentNotified,
    AppointmentRequested,
    AppointmentRescheduled,
    AppointmentTransferred,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
)
from contracts.complaints import (
    ComplaintAssigned,
    ComplaintClosed,
    ComplaintDisputed,
    ComplaintFiled,
    ComplaintJudged,
    ComplaintNews,
    ComplaintProgressed,
    ComplaintReceived,
    ComplaintReopened,
    ComplaintSurveyRequested,
)
from contracts.customers import (
    Binding,
    CustomerRegistered,
    CustomerUnregistered,
    RegistrationMatched,
    RegistrationNews,
    RegistrationProgressed,
    RegistrationRejected,
)
from contracts.dms import DealerListed
from contracts.reminders import ReminderDue
from contracts.sms import SmsAccepted, SmsRefused
from contracts.wechat import (
    FollowerSubscribed,
    FollowerUnsubscribed,
    MenuClicked,
    Push,
    PushReceived,
    TemplateAccepted,
    TemplateDelivered,
    TemplatePostponed,
    TemplateRefused,
    TemplateUndelivered,
    TextAccepted,
    TextReceived,
    TextRefused,
)
from services.messaging import news
from services.messaging.complaining import is_told, message_about_complaint
from services.messaging.complaint_texts import text_about_complaint
from services.messaging.domain import VIEW, Channel, Confirmation, Contact, Opening, opening_of
from services.messaging.reminding import fate_of_reminder, message_about_reminder, not_following, postponed
from services.messaging.store import ConfirmationStore, ContactStore, DealerStore, MobileStore, ToldStore
from services.messaging.words import REGISTRATION_WORDS, sentence_of

OWNER_CHANGED = "owner_changed"
TRIES_FOR_CONTACT = 2
"""News of a complaint may overtake the news of who complains; and who has bound no car may never have been heard of here."""


class MessagingService:
    """The only one that decides whether, how and in which words a follower hears of something."""

    name = "messaging"

    contacts = ContactStore()
    told = ToldStore()
    confirmations = ConfirmationStore()
    dealers = DealerStore()
    mobiles = MobileStore()
    now = Clock()

    @handles(AppointmentConfirmed)
    def on_confirmed(self, message: AppointmentConfirmed, tx: Transaction) -> None:
        if self._is_new(message, tx, over=False):
            self._begin(message, tx)

    @handles(AppointmentTurnedDown)
    @handles(AppointmentDeclined)
    @handles(AppointmentWithdrawn)
    @handles(AppointmentCancelled)
    def on_over(self, message: AppointmentNews, tx: Transaction) -> None:
        """It is over, whatever the word for it; if the word changes later, the follower need not hear of it again."""
        if self._is_new(message, tx, over=True):
            self._tell(message, tx)

    @handles(AppointmentUnreachable)
    def on_unreachable(self, message: AppointmentUnreachable, tx: Transaction) -> None:
        """Not over for the follower, who may answer on the page that the message leads to."""
        if self._is_new(message, tx, over=False):
            self._tell(message, tx)

    @handles(AppointmentRequested)
    def on_requested(self, message: AppointmentRequested, tx: Transaction) -> None:
        """The page has said that the wish was taken in. Only one that follows a transfer is news: the new dealer will call."""
        if message.predecessor_id and self._is_new(message, tx, over=False):
            self._tell(message, tx)

    @handles(AppointmentTransferred)
    def on_transferred(self, message: AppointmentTransferred, tx: Transaction) -> None:
        """Told with the request at the other dealer, which knows its name."""
        self._is_new(message, tx, over=True)

    @handles(AppointmentArrived)
    @handles(AppointmentCompleted)
    @handles(AppointmentNoShow)
    def on_visit(self, message: AppointmentNews, tx: Transaction) -> None:
        """No message: the follower was there, or knows that they were not. What comes late from before is not sent any more."""
        self._is_new(message, tx, over=False)

    @handles(AppointmentNotified)
    @handles(AppointmentCallDue)
    @handles(AppointmentCallMissed)
    @handles(AppointmentRescheduled)
    @handles(AppointmentKept)
    def on_known_already(self, message: AppointmentNews, tx: Transaction) -> None:
        """The confirmation is on the phone, and the page shows the rest: no message. A confirmation on its way stays true."""

    @handles(ReminderDue)
    def on_reminder_due(self, message: ReminderDue, tx: Transaction) -> None:
        """By the template or not at all: who cannot be told so is called."""
        if message.not_after and self.now() >= message.not_after:
            tx.tell(postponed(message, self.now()))
            return
        contact = self.contacts.get(tx, message.follower_id)
        if contact.subscribed:
            tx.tell(message_about_reminder(message, contact, self.dealers.named(tx, message.dealer_code), self.now()))
        else:
            tx.tell(not_following(message, self.now()))

    @handles(ComplaintReceived)
    @handles(ComplaintJudged)
    @handles(ComplaintFiled)
    @handles(ComplaintAssigned)
    @handles(ComplaintProgressed)
    @handles(ComplaintClosed)
    @handles(ComplaintReopened)
    @handles(ComplaintDisputed)
    @handles(ComplaintSurveyRequested)
    def on_complaint(self, message: ComplaintNews, tx: Transaction) -> None:
        """By the template; to who is not on WeChat, or follows us no more, by text message: that it was taken in, and how it ended."""
        if message.follower_id and not is_told(message):
            return
        contact = self.contacts.find(tx, message.follower_id) if message.follower_id else None
        if message.follower_id and contact is None and tx.attempt < TRIES_FOR_CONTACT:
            raise Unavailable("follower not known yet")
        on_wechat = contact if contact and contact.subscribed else None
        now = self.now()
        wish = message_about_complaint(message, on_wechat, now) if on_wechat else text_about_complaint(message, now)
        if wish and self._is_new(message, tx, over=False):
            tx.tell(wish)

    @handles(TemplatePostponed)
    def on_postponed(self, message: TemplatePostponed, tx: Transaction) -> None:
        """Whoever asked for it asks again; nothing else is ever postponed."""
        tx.tell(*fate_of_reminder(message, self.now()))

    @handles(TemplateAccepted)
    @handles(TextAccepted)
    @handles(SmsAccepted)
    def on_taken(self, message: TemplateAccepted | TextAccepted | SmsAccepted, tx: Transaction) -> None:
        tx.tell(*fate_of_reminder(message, self.now()))
        before = self._way_of(message, tx)
        if before and not before.sent:
            self.confirmations.save(tx, before, before.taken())
            tx.tell(news.sent(before, news.channel_of(message)))

    @handles(TemplateRefused)
    @handles(TemplateUndelivered)
    @handles(TextRefused)
    @handles(SmsRefused)
    def on_not_reached(self, message: TemplateRefused | TemplateUndelivered | TextRefused | SmsRefused, tx: Transaction) -> None:
        """A confirmation by the next channel, unless newer news has gone out since; a reminder by none."""
        tx.tell(*fate_of_reminder(message, self.now()))
        told = self.told.get(tx, message.about_id)
        before = self._way_of(message, tx)
        after = before.fail(news.channel_of(message)) if before else None
        if after is None or after == before:
            return
        if told.version > after.version:
            self.confirmations.save(tx, before, after)
        else:
            self._go_on(tx, before, after, why=news.why_of(message))

    @handles(TemplateDelivered)
    def on_delivered(self, message: TemplateDelivered, tx: Transaction) -> None:
        """The appointment counts as notified since WeChat took the message, and only the opposite would be news; not so a reminder."""
        tx.tell(*fate_of_reminder(message, self.now()))

    @handles(RegistrationMatched)
    @handles(RegistrationRejected)
    @handles(RegistrationProgressed)
    def on_registration(self, message: RegistrationNews, tx: Transaction) -> None:
        """The page shows it all to who is still there; who has left is told once the DMS has judged, unless they came back meanwhile."""
        is_new, contact = self._is_new(message, tx, over=False), self._contact_of(message, tx)
        if is_new and message.late and message.state in REGISTRATION_WORDS and contact.subscribed:
            tx.tell(news.message_about_registration(message, contact))

    @handles(CustomerRegistered)
    def on_registered(self, message: CustomerRegistered, tx: Transaction) -> None:
        """A follower's openid never changes, so the first news of a binding says all; whether they follow us, WeChat says itself."""
        self._contact_of(message, tx)
        self.mobiles.learn(tx, message)

    @handles(CustomerUnregistered)
    def on_unregistered(self, message: CustomerUnregistered, tx: Transaction) -> None:
        """Told to who did not end it themselves."""
        contact = self._contact_of(message, tx)
        if self.mobiles.learn(tx, message) and message.reason == OWNER_CHANGED and contact.subscribed:
            tx.tell(news.message_about_end(message, contact))

    @handles(DealerListed)
    def on_dealer_listed(self, message: DealerListed, tx: Transaction) -> None:
        self.dealers.learn(tx, message)

    @handles(FollowerSubscribed)
    def on_subscribed(self, message: FollowerSubscribed, tx: Transaction) -> None:
        before = self._contact_of(message, tx)
        self.contacts.save(tx, before, before.came(message.created_at))

    @handles(FollowerUnsubscribed)
    def on_unsubscribed(self, message: FollowerUnsubscribed, tx: Transaction) -> None:
        before = self._contact_of(message, tx)
        self.contacts.save(tx, before, before.went(message.created_at))

    @handles(MenuClicked)
    def on_clicked(self, message: MenuClicked, tx: Transaction) -> None:
        before = self._contact_of(message, tx)
        self.contacts.save(tx, before, before.clicked(message.created_at))

    @handles(TextReceived)
    def on_wrote(self, message: TextReceived, tx: Transaction) -> None:
        before = self._contact_of(message, tx)
        self.contacts.save(tx, before, before.wrote(message.created_at))

    @handles(PushReceived)
    def on_pushed(self, message: PushReceived, tx: Transaction) -> None:
        """Pictures, voice and places are messages too, and scans are clicks; most other events open nothing.

        Who opens a page from the menu can be reached, too: they may complain without ever binding a car.
        """
        opens = opening_of(message.msg_type, message.event)
        if message.event.lower() == VIEW:
            self._contact_of(message, tx)
        if opens is not Opening.NOTHING:
            before = self._contact_of(message, tx)
            at = message.created_at
            self.contacts.save(tx, before, before.wrote(at) if opens is Opening.WROTE else before.clicked(at))

    def _contact_of(self, message: Push | Binding | RegistrationNews, tx: Transaction) -> Contact:
        """As known; made where there is none."""
        known = self.contacts.find(tx, message.follower_id)
        contact = known or Contact(message.follower_id, message.account, message.openid)
        self.contacts.save(tx, known, contact)
        return contact

    def _way_of(self, fate: news.Fate, tx: Transaction) -> Confirmation | None:
        """Where it is a confirmation's fate."""
        return self.confirmations.find(tx, fate.about_id, fate.about_version) if fate.purpose == news.CONFIRMED else None

    def _is_new(self, message: AppointmentNews | RegistrationNews | ComplaintNews, tx: Transaction, *, over: bool) -> bool:
        """Whether nothing newer is known; then it is what is known."""
        before = self.told.get(tx, message.subject)
        if not before.is_news(message.version):
            return False
        self.told.save(tx, message.subject, before, before.tell(message.version, over=over))
        return True

    def _tell(self, message: AppointmentNews, tx: Transaction) -> None:
        contact = self.contacts.get(tx, message.follower_id)
        if contact.subscribed:
            tx.tell(news.message_about(message, contact, self.dealers.named(tx, message.dealer_code)))

    def _begin(self, message: AppointmentConfirmed, tx: Transaction) -> None:
        """By the template, for who follows us."""
        contact, dealer = self.contacts.get(tx, message.follower_id), self.dealers.named(tx, message.dealer_code)
        text = sentence_of(message, dealer)
        way = Confirmation(message.appointment_id, message.version, message.follower_id, message.vehicle_id, text, message.appointment_at)
        if contact.subscribed:
            self.confirmations.save(tx, None, way.ask(Channel.TEMPLATE))
            tx.tell(news.message_about(message, contact, dealer))
        else:
            self._go_on(tx, None, way, why=news.NOT_FOLLOWING)

    def _go_on(self, tx: Transaction, before: Confirmation | None, way: Confirmation, *, why: str) -> None:
        """By the next channel that there is; else the operator hears why the last one failed."""
        contact = self.contacts.get(tx, way.follower_id)
        channel = way.next_channel(contact, self.now())
        mobile = self.mobiles.of(tx, way.follower_id, way.vehicle_id) if channel is Channel.SMS else ""
        if channel is None or mobile is None:
            self.confirmations.save(tx, before, way)
            tx.tell(news.failed(way, why if channel is None else news.NO_MOBILE))
        else:
            self.confirmations.save(tx, before, way.ask(channel))
            tx.tell(news.wish_for(channel, way, contact, mobile))
