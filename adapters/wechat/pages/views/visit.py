"""One visit of a follower to a page: who, when, and what is at hand."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from adapters.wechat.pages.copies import Copies
from adapters.wechat.pages.words import local
from chassis.settings import Account, Settings


@dataclass(frozen=True)
class Visit:
    settings: Settings
    copies: Copies
    follower_id: UUID
    account_name: str
    now: datetime

    @property
    def today(self) -> date:
        """At the dealers'."""
        return local(self.now).date()

    @property
    def account(self) -> Account:
        return self.settings.accounts[self.account_name]
