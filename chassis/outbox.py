"""The outbox: what a transaction told, written with it and kept until the broker has confirmed it. The relay carries it there."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from chassis import numbering
from chassis.clock import milliseconds_now
from chassis.database import Outgoing, Told, Transaction
from chassis.messages import Described, encode, wrap
from chassis.privacy import Vault
from chassis.tables import outbox
from contracts.envelope import Contract, Envelope, PartnerCommand


def ignoring_repeats(statement: Any) -> Any:
    """INSERT that leaves a row with the same key as it is."""
    return (
        statement.prefix_with("IGNORE", dialect="mysql").prefix_with("IGNORE", dialect="mariadb").prefix_with("OR IGNORE", dialect="sqlite")
    )


_KEEP = ignoring_repeats(insert(outbox))


class OutboxWriter:
    """Writes down all that a transaction told, in one statement."""

    def __init__(self, service: str, vault: Vault) -> None:
        self._service = service
        self._vault = vault

    def __call__(self, tx: Transaction, claimed_until: int) -> tuple[Outgoing, ...]:
        """The rows are claimed until then (milliseconds), 0: not at all. What may go out once this is committed: all of it, or none."""
        told: dict[UUID, Told] = {}
        for message, cause in tx.told:
            told.setdefault(message.id, (message, cause))
        commands = [message for message, _ in told.values() if isinstance(message, PartnerCommand)]
        numbers = numbering.number(tx, commands) if commands else {}
        rows = [
            self._row(message, cause, numbers.get(message.id), claimed_until)
            for message, cause in told.values()
            if message.id in numbers or not isinstance(message, PartnerCommand)
        ]
        if not rows:
            return ()
        all_new = tx.execute(_KEEP, rows).rowcount == len(rows)
        if claimed_until and not all_new:  # some were told before: what is new among them is for the relay to find
            ours = outbox.c.message_id.in_([row["message_id"] for row in rows]) & (outbox.c.leased_until == claimed_until)
            tx.execute(update(outbox).where(ours).values(leased_until=0))
        return tuple(_outgoing(row) for row in rows) if claimed_until and all_new else ()

    def _row(self, message: Contract, cause: Envelope | None, sequence: int | None, claimed_until: int) -> dict[str, Any]:
        envelope = wrap(message, source=self._service, vault=self._vault, cause=cause, sequence=sequence)
        body = encode(envelope)
        return {
            "message_id": message.id,
            **Described.of(envelope, len(body)).columns(),
            "routes": ",".join(message.addressed_to()),
            "body": body,
            "written_at": milliseconds_now(),
            "leased_until": claimed_until,
            "reported": False,
        }


def _outgoing(row: dict[str, Any]) -> Outgoing:
    return Outgoing(row["message_id"], row["type"], tuple(row["routes"].split(",")), row["body"])
