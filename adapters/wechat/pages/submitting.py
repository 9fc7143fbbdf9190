"""What followers post of registrations, appointments and reminders: written down together with the command that follows from it.

All methods return whether it was a repeat; they raise Problem for a no, Unavailable without a database.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from adapters.wechat.pages import problems, translate
from adapters.wechat.pages.checks import Typed, masked
from adapters.wechat.pages.complaint_posts import ComplaintPosts
from adapters.wechat.pages.session import Session
from adapters.wechat.pages.store import (
    ReminderStore,
    Submission,
    SubmissionStore,
    VisitorStore,
)
from chassis.database import Database, Transaction, millis
from chassis.privacy import Vault
from contracts.appointments import AppointmentNews
from contracts.envelope import Command
from contracts.partners.pages import (
    BookingForm,
    ConsentForm,
    RegistrationForm,
    ReminderWishForm,
    ReschedulingForm,
    UnbindingForm,
    WithdrawalForm,
)


class Submitting(ComplaintPosts):
    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime], items: Mapping[str, str] | None = None) -> None:
        """`items` are our names of what can be booked, by code."""
        super().__init__(database, vault, now)
        self._items = items or {}
        self._submissions = SubmissionStore()
        self._visitors = VisitorStore()
        self._reminders = ReminderStore()

    def book(self, form: BookingForm, follower_id: UUID) -> bool:
        """The same form again is a repeat; the id with another form is refused, and another follower's id does not exist."""
        text = form.model_dump_json()
        new = Submission(form.id, follower_id, self._vault.digest(text.encode()), form=text)

        def work(tx: Transaction) -> bool:
            before = self._submissions.find(tx, form.id)
            if before is None:
                if self._copies.is_anothers(tx, follower_id, form.vehicle_id):
                    raise problems.unknown_car()
                self._submissions.add(tx, new, self._now())
                tx.tell(translate.request_of(form, follower_id, self._now(), self._items))
                return False
            if before.follower_id != follower_id:
                raise problems.unknown_appointment()
            if before.digest != new.digest:
                raise problems.another_body()
            return True

        return self._in_one_transaction(work)

    def withdraw(self, form: WithdrawalForm, appointment_id: UUID, follower_id: UUID) -> bool:
        """Only one's own. The first counts, with its reason; another only after there was word that it was kept."""

        def work(tx: Transaction) -> bool:
            mine, news = self._own(tx, appointment_id, follower_id)
            version, before = news.version if news else 0, mine.withdrawn_version
            if before is not None and not (news and news.kept_because and version > before):
                return True
            self._submissions.withdraw(tx, appointment_id, version, self._now())
            again_after = None if before is None else version
            tx.tell(translate.withdrawal_of(form, appointment_id, follower_id, again_after))
            return False

        return self._in_one_transaction(work)

    def reschedule(self, form: ReschedulingForm, appointment_id: UUID, follower_id: UUID) -> bool:
        """Only one's own. Each is numbered, and the highest counts."""

        def make(tx: Transaction) -> Command:
            mine, news = self._own(tx, appointment_id, follower_id)
            request_no = max(mine.request_no, news.request_no if news else 1) + 1
            self._submissions.move(tx, appointment_id, news.version if news else 0, request_no)
            return translate.rescheduling_of(form, appointment_id, follower_id, request_no, self._now())

        return self._once(form.id, follower_id, f"reschedule/{appointment_id}", form, make)

    def consent(self, form: ConsentForm, session: Session) -> bool:
        def make(tx: Transaction) -> Command:
            self._consents.save(tx, session.follower_id, form.text_version, self._now(), granted=form.granted)
            return translate.consent_of(form, session, self._now())

        return self._once(form.id, session.follower_id, "consent", form, make)

    def register(self, form: RegistrationForm, typed: Typed, session: Session, address_key: str) -> bool:
        """What was typed goes into the command, sealed, and is not kept here. Raises Problem without a consent to the text named."""

        def make(tx: Transaction) -> Command:
            if not self._consents.has(tx, session.follower_id, form.text_version):
                raise problems.consent_missing()
            openid = self._visitors.openid(tx, session.follower_id)
            if openid is None:
                raise problems.no_session()
            at = self._now()
            self._copies.begin_registration(tx, form.id, session, masked(typed.mobile), at)
            return translate.registration_of(form, typed, session, openid=openid, address_key=address_key, submitted_at=at)

        return self._once(form.id, session.follower_id, "registration", form, make)

    def request_code(self, registration_id: UUID, follower_id: UUID, address_key: str) -> bool:
        """Refused while the last one is fresh: the phone's clock may be wrong."""

        def work(tx: Transaction) -> bool:
            row = self._copies.registration(tx, follower_id, registration_id)
            if row is None:
                raise problems.unknown_registration()
            now = self._now()
            if row.next_code_at is not None and row.next_code_at > millis(now):
                raise problems.too_early()
            tx.tell(translate.code_request_of(registration_id, follower_id, row.version, address_key, now))
            return False

        return self._in_one_transaction(work)

    def verify(self, post_id: UUID, code: str, registration_id: UUID, follower_id: UUID) -> bool:
        def make(tx: Transaction) -> Command:
            if self._copies.registration(tx, follower_id, registration_id) is None:
                raise problems.unknown_registration()
            return translate.verification_of(post_id, code, registration_id, follower_id)

        return self._once_of(post_id, follower_id, f"verify/{registration_id}/{code}", make)

    def end(self, form: UnbindingForm, binding_id: UUID, follower_id: UUID) -> bool:
        def make(tx: Transaction) -> Command:
            mine = self._copies.car(tx, follower_id, binding_id)
            if mine is None:
                raise problems.unknown_car()
            self._copies.end_car(tx, binding_id, mine.version)
            return translate.ending_of(form, binding_id, follower_id)

        return self._once(form.id, follower_id, f"end/{binding_id}", form, make)

    def wish(self, form: ReminderWishForm, follower_id: UUID) -> bool:
        """不再提醒, or again."""

        def make(tx: Transaction) -> Command:
            self._reminders.say(tx, follower_id, form.type, wanted=form.wanted)
            return translate.reminder_wish_of(form, follower_id, self._now())

        return self._once(form.id, follower_id, "wish", form, make)

    def open(self, message_id: UUID, follower_id: UUID) -> None:
        """The page that a message leads to was opened; told once."""

        def work(tx: Transaction) -> None:
            if self._reminders.is_new(tx, follower_id, message_id):
                self._reminders.open(tx, message_id, self._now())
                tx.tell(translate.opening_of(message_id, follower_id, self._now()))

        self._in_one_transaction(work)

    def saw(self, session: Session, openid: str) -> None:
        """WeChat has said who it is."""
        self._in_one_transaction(lambda tx: self._visitors.saw(tx, session.follower_id, session.account, openid, self._now()))

    def _own(self, tx: Transaction, appointment_id: UUID, follower_id: UUID) -> tuple[Submission, AppointmentNews | None]:
        """Submitted here, or known from news alone (after a transfer): then it is noted here, to count what is asked of it."""
        mine = self._submissions.find(tx, appointment_id)
        row = self._copies.appointment(tx, follower_id, appointment_id)
        if mine is None and row is not None:
            mine = Submission(appointment_id, follower_id, "")
            self._submissions.add(tx, mine, self._now())
        if mine is None or mine.follower_id != follower_id:
            raise problems.unknown_appointment()
        return mine, AppointmentNews.model_validate_json(row.news) if row else None
