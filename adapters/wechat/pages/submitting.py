"""Writing a post down together with the command that follows from it, once.

Within one transaction: either both are on disk when the phone hears 202, or neither.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from adapters.wechat.pages.problems import another_body, unknown_appointment
from adapters.wechat.pages.store import Submission, SubmissionStore
from adapters.wechat.pages.translate import request_of, withdrawal_of
from chassis.database import Conflict, Database, Transaction, in_one_transaction
from chassis.deadline import within
from chassis.errors import Unavailable
from chassis.privacy import Vault
from contracts.partners.pages import BookingForm, WithdrawalForm

ACCEPTED = 202
DATABASE_SECONDS = 3.0
"""A person waits: better a clear word to try again than a page that hangs."""

R = TypeVar("R")


class Submitting:
    """Both methods return whether it was a repeat. They raise Problem for a no, Unavailable without a database."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._now = now
        self._submissions = SubmissionStore()

    def book(self, form: BookingForm, follower_id: UUID) -> bool:
        """The same form again is a repeat; the id with another form is refused, and another follower's id does not exist."""
        new = Submission(form.id, follower_id, self._vault.digest(form.model_dump_json().encode()), ACCEPTED)

        def work(tx: Transaction) -> bool:
            before = self._submissions.find(tx, form.id)
            if before is None:
                self._submissions.add(tx, new, self._now())
                tx.tell(request_of(form, follower_id, self._now()))
                return False
            if before.follower_id != follower_id:
                raise unknown_appointment()
            if before.digest != new.digest:
                raise another_body()
            return True

        return self._in_one_transaction(work)

    def withdraw(self, form: WithdrawalForm, appointment_id: UUID, follower_id: UUID) -> bool:
        """Only one's own. The first withdrawal counts, with its reason."""

        def work(tx: Transaction) -> bool:
            before = self._submissions.find(tx, appointment_id)
            if before is None or before.follower_id != follower_id:
                raise unknown_appointment()
            if before.is_withdrawn:
                return True
            self._submissions.withdraw(tx, appointment_id, self._now())
            tx.tell(withdrawal_of(form, appointment_id, follower_id))
            return False

        return self._in_one_transaction(work)

    def _in_one_transaction(self, work: Callable[[Transaction], R]) -> R:
        """Interrupted at whatever point, even in its commit, it may be asked again."""
        try:
            with within(DATABASE_SECONDS, "database"):
                return in_one_transaction(self._database, work)
        except Conflict as conflict:
            raise Unavailable("the same booking, too often at once") from conflict
