"""Writing a post down together with the command that follows from it, once.

Within one transaction: either both are on disk when the phone hears 202, or neither. All methods return whether it was a repeat; they
raise Problem for a no, Unavailable without a database.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from adapters.wechat.pages import problems
from adapters.wechat.pages.store import Post, PostStore
from chassis.database import Conflict, Database, Transaction, in_one_transaction
from chassis.deadline import within
from chassis.errors import Unavailable
from chassis.privacy import Vault
from contracts.envelope import Command
from contracts.partners.pages import Form

DATABASE_SECONDS = 3.0
"""A person waits: better a clear word to try again than a page that hangs."""

R = TypeVar("R")


class Posting:
    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._now = now
        self._posts = PostStore()

    def _once(self, id: UUID, follower_id: UUID, what: str, form: Form, make: Callable[[Transaction], Command]) -> bool:
        return self._once_of(id, follower_id, f"{what} {form.model_dump_json()}", make)

    def _once_of(self, id: UUID, follower_id: UUID, posted: str, make: Callable[[Transaction], Command]) -> bool:
        """The same post again is a repeat; its id with anything else is refused, and another follower's id does not exist."""
        new = Post(id, follower_id, self._vault.digest(posted.encode()))

        def work(tx: Transaction) -> bool:
            before = self._posts.find(tx, id)
            if before is None:
                command = make(tx)
                self._posts.add(tx, new, self._now())
                tx.tell(command)
                return False
            if before.follower_id != follower_id:
                raise problems.unknown_post()
            if before.digest != new.digest:
                raise problems.another_body()
            return True

        return self._in_one_transaction(work)

    def _in_one_transaction(self, work: Callable[[Transaction], R]) -> R:
        """Interrupted at whatever point, even in its commit, it may be asked again."""
        try:
            with within(DATABASE_SECONDS, "database"):
                return in_one_transaction(self._database, work)
        except Conflict as conflict:
            raise Unavailable("the same post, too often at once") from conflict
