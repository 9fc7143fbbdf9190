"""Takes what followers post from their phones and passes it on (A-APT-09); keeps a copy of what they are shown (decision 0010)."""

from typing import Any

from nameko.extensions import DependencyProvider

from adapters.wechat.pages import asking, learning
from adapters.wechat.pages.app import create_app
from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.listener import Mount
from chassis.runtime import ServiceRuntime
from chassis.timers import every
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
    PlacesLeft,
)
from contracts.complaint_files import ComplaintFileFetched, ComplaintFileLost
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
    ComplaintSurveyAnswered,
    ComplaintSurveyRequested,
    ComplaintWishRefused,
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
from contracts.reminders import ReminderDue, ReminderWishesSet
from contracts.wechat import JsTicketIssued


class Accounts(DependencyProvider):
    """The names of the accounts in config.yaml."""

    runtime = ServiceRuntime()

    def get_dependency(self, worker_ctx: Any) -> tuple[str, ...]:  # noqa: ARG002 - nameko's signature
        return tuple(self.runtime.process.settings.accounts)


class PagesService:
    name = "pages"

    web = Mount("public", "/m", create_app)
    accounts = Accounts()
    now = Clock()

    @every(seconds=60)
    def look_after_copies(self, tx: Transaction) -> None:
        """What is only told when it is asked for: the list of dealers, and the tickets of the JS-SDK."""
        tx.tell(*asking.what_to_ask(tx, self.accounts, self.now()))

    @handles(CustomerRegistered)
    @handles(CustomerUnregistered)
    def on_binding(self, news: Binding, tx: Transaction) -> None:
        learning.learn_of_car(tx, news)

    @handles(AppointmentRequested)
    @handles(AppointmentTurnedDown)
    @handles(AppointmentCallDue)
    @handles(AppointmentCallMissed)
    @handles(AppointmentUnreachable)
    @handles(AppointmentDeclined)
    @handles(AppointmentWithdrawn)
    @handles(AppointmentConfirmed)
    @handles(AppointmentNotified)
    @handles(AppointmentRescheduled)
    @handles(AppointmentKept)
    @handles(AppointmentTransferred)
    @handles(AppointmentCancelled)
    @handles(AppointmentArrived)
    @handles(AppointmentCompleted)
    @handles(AppointmentNoShow)
    def on_appointment(self, news: AppointmentNews, tx: Transaction) -> None:
        learning.learn_of_appointment(tx, news)

    @handles(RegistrationProgressed)
    @handles(RegistrationMatched)
    @handles(RegistrationRejected)
    def on_registration(self, news: RegistrationNews, tx: Transaction) -> None:
        learning.learn_of_registration(tx, news)

    @handles(ReminderDue)
    def on_reminder(self, news: ReminderDue, tx: Transaction) -> None:
        learning.learn_of_reminder(tx, news)

    @handles(ReminderWishesSet)
    def on_wishes(self, news: ReminderWishesSet, tx: Transaction) -> None:
        learning.learn_of_wishes(tx, news)

    @handles(ComplaintReceived)
    @handles(ComplaintJudged)
    @handles(ComplaintFiled)
    @handles(ComplaintAssigned)
    @handles(ComplaintProgressed)
    @handles(ComplaintClosed)
    @handles(ComplaintReopened)
    @handles(ComplaintDisputed)
    @handles(ComplaintSurveyRequested)
    @handles(ComplaintSurveyAnswered)
    def on_complaint(self, news: ComplaintNews, tx: Transaction) -> None:
        learning.learn_of_complaint(tx, news)

    @handles(ComplaintWishRefused)
    def on_wish_refused(self, news: ComplaintWishRefused, tx: Transaction) -> None:
        learning.learn_of_refusal(tx, news)

    @handles(ComplaintFileFetched)
    @handles(ComplaintFileLost)
    def on_file(self, news: ComplaintFileFetched | ComplaintFileLost, tx: Transaction) -> None:
        learning.learn_of_file(tx, news)

    @handles(DealerListed)
    def on_dealer(self, news: DealerListed, tx: Transaction) -> None:
        learning.learn_of_dealer(tx, news)

    @handles(PlacesLeft)
    def on_places(self, news: PlacesLeft, tx: Transaction) -> None:
        learning.learn_of_places(tx, news)

    @handles(JsTicketIssued)
    def on_ticket(self, news: JsTicketIssued, tx: Transaction) -> None:
        learning.learn_of_ticket(tx, news)
