"""Knows which follower is bound to which car, and tells it."""

from collections.abc import Iterable

from chassis.database import Transaction
from chassis.entrypoints import handles
from contracts.wechat import FollowerSubscribed, FollowerUnsubscribed
from services.customers.domain import Binding, SeedBinding, bound
from services.customers.news import news_of
from services.customers.store import BindingStore


class CustomersService:
    """A follower's coming and going reaches each of their bindings."""

    name = "customers"

    bindings = BindingStore()

    @handles(FollowerSubscribed)
    def on_subscribed(self, message: FollowerSubscribed, tx: Transaction) -> None:
        for before in self.bindings.of_follower(tx, message.follower_id):
            self._keep(tx, before, before.followed(message.created_at))

    @handles(FollowerUnsubscribed)
    def on_unsubscribed(self, message: FollowerUnsubscribed, tx: Transaction) -> None:
        for before in self.bindings.of_follower(tx, message.follower_id):
            self._keep(tx, before, before.unfollowed(message.created_at))

    def _keep(self, tx: Transaction, before: Binding, after: Binding) -> None:
        if after != before:
            self.bindings.save(tx, after)
            tx.tell(*news_of(before, after))


def seed(tx: Transaction, seeds: Iterable[SeedBinding]) -> None:
    """Bind these followers, in a transaction of `customers`; one that is bound already stays as it is and is not told of again."""
    store = BindingStore()
    for one in seeds:
        if store.get(tx, one.binding_id) is None:
            binding = bound(one)
            store.add(tx, binding)
            tx.tell(*news_of(None, binding))
