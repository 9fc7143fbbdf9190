"""One visit of a follower to a page: who, when, and what is at hand."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from adapters.wechat.pages.copies import Copies, DealerCopy
from adapters.wechat.pages.submitting import Submitting
from adapters.wechat.pages.words import local
from chassis.settings import Account, Settings


@dataclass(frozen=True)
class Visit:
    settings: Settings
    copies: Copies
    follower_id: UUID
    account_name: str
    now: datetime
    submitting: Submitting
    _dealers: dict[str, DealerCopy | None] = field(default_factory=dict, compare=False)

    def dealer(self, code: str) -> DealerCopy | None:
        """Asked for once: a list names the same ones again and again."""
        if code not in self._dealers:
            self._dealers[code] = self.copies.dealer(code)
        return self._dealers[code]

    @property
    def today(self) -> date:
        """At the dealers'."""
        return local(self.now).date()

    @property
    def account(self) -> Account:
        return self.settings.accounts[self.account_name]
