"""What an operator may order of a service, carried out by every service for itself, once for each order.

An order comes by a queue of its own (`topology.orders_queue_of`), so that it is heard while the service's other messages wait.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, update

from chassis import crash, holds, inbox, parked, retries, tables
from chassis.clock import milliseconds_now
from chassis.database import Transaction
from chassis.handling import Opened
from chassis.messages import unwrap
from contracts.ops import (
    DropParked,
    HoldCommand,
    HoldPartner,
    MendParked,
    Order,
    ParkedCommand,
    ParkedShown,
    PauseConsumer,
    RedriveParked,
    ReleasePartner,
    ResumeConsumer,
    ShowParked,
)

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

MOST_SHOWN = 1_500_000
"""Characters, as `ParkedShown` takes."""

CarryingOut = Callable[["ServiceRuntime", Transaction, Any], int]
"""Gives what is told as the order's `attempt`: the number of the change it made to a parked message, 0 for none."""


def _redrive(_runtime: "ServiceRuntime", tx: Transaction, order: RedriveParked) -> int:
    return parked.redrive(tx, order.message_id, order.ordered_by)


def _drop(_runtime: "ServiceRuntime", tx: Transaction, order: DropParked) -> int:
    return parked.drop(tx, order.message_id, order.ordered_by, order.reason)


def _mend(_runtime: "ServiceRuntime", tx: Transaction, order: MendParked) -> int:
    return parked.mend(tx, order.message_id, order.ordered_by, order.body)


def _show(runtime: "ServiceRuntime", tx: Transaction, order: ShowParked) -> int:
    body = parked.show(tx, order.message_id)[:MOST_SHOWN]
    tx.tell(ParkedShown(service=runtime.name, message_id=order.message_id, body=body))
    return 0


def _hold(_runtime: "ServiceRuntime", tx: Transaction, order: HoldCommand) -> int:
    holds.carry_out(tx, order)
    return 0


CARRIED_OUT: dict[type[Order], CarryingOut] = {
    RedriveParked: _redrive,
    DropParked: _drop,
    MendParked: _mend,
    ShowParked: _show,
    PauseConsumer: _hold,
    ResumeConsumer: _hold,
    HoldPartner: _hold,
    ReleasePartner: _hold,
}
"""Every order and the function that carries it out, in one transaction with the inbox row of the order."""

TYPES = frozenset(contract.type_name() for contract in CARRIED_OUT)


class Ordered:
    """Reads one kind of order."""

    def __init__(self, runtime: "ServiceRuntime", contract: type[Order], carry_out: CarryingOut) -> None:
        self._runtime = runtime
        self._contract = contract
        self._carry_out = carry_out

    def part(self, opened: Opened) -> Callable[[Transaction], None]:
        order = unwrap(self._contract, opened.envelope, self._runtime.vault)

        def carry_out(tx: Transaction) -> None:
            if change := self._carry_out(self._runtime, tx, order):
                tx.execute(_CHANGE_MADE, {"order": opened.id, "change": change})

        return carry_out

    def work(self, opened: Opened) -> None:
        part = self.part(opened)
        received_at = milliseconds_now()
        with self._runtime.database.write() as tx:
            if inbox.take(tx, opened.id, opened.described, attempt=0, received_at=received_at):
                part(tx.on_behalf_of(opened.envelope, 0))
            if opened.delivery.again:
                retries.end(tx, opened.id)
            crash.here("before_commit", self._runtime.name)


_CHANGE_MADE = update(tables.inbox).where(tables.inbox.c.message_id == bindparam("order")).values(attempt=bindparam("change"))


def register(runtime: "ServiceRuntime") -> None:
    """One for each type of order; those about parked messages, of which there may be many, share a transaction."""
    for contract, carry_out in CARRIED_OUT.items():
        ordered = Ordered(runtime, contract, carry_out)
        runtime.handling.readings[contract.type_name()] = ordered
        if issubclass(contract, ParkedCommand):
            runtime.handling.joining[contract.type_name()] = ordered
