"""Exchanges and queues, as every process declares them before it publishes.

Each service that reads has one quorum queue, one for an operator's orders, so that neither a backlog nor a pause holds them up, and
one for messages that killed their reader too often. An event is published once for each of its readers with the key
`<reader>.<type>`: so a queue that is missing is always reported as unroutable, which one copy for all would hide behind the readers
that are there. (docs/decisions/0003)
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

from amqp.exceptions import PreconditionFailed
from kombu import Exchange, Queue, binding

from chassis.logs import get_logger
from contracts.ops import ORDERS

log = get_logger(__name__)

MESSAGES = "cheqiao"
DEAD = "cheqiao.dead"
DELIVERY_LIMIT = 20
"""A quorum queue counts each delivery whose reader went away; only a message that kills its process gets this far."""
NO_LIMIT = 1_000_000_000
"""Behind this queue there is none: from RabbitMQ 4.0 on one that names no limit has twenty, and drops what passes it."""

messages = Exchange(MESSAGES, type="topic", durable=True)
dead = Exchange(DEAD, type="topic", durable=True)


def routing_key(reader: str, type_name: str) -> str:
    return f"{reader}.{type_name}"


def queue_of(service: str) -> Queue:
    return _quorum_queue(service, f"{service}.#")


def orders_queue_of(service: str) -> Queue:
    return _quorum_queue(f"{service}.{ORDERS}", f"{ORDERS}.{service}.#")


def _quorum_queue(name: str, key: str) -> Queue:
    return Queue(
        name,
        messages,
        routing_key=key,
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )


def dead_queue_of(service: str) -> Queue:
    """What is dead-lettered keeps its routing key."""
    return Queue(
        f"{service}.dead",
        bindings=[binding(dead, f"{service}.#"), binding(dead, f"{ORDERS}.{service}.#")],
        durable=True,
        queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": NO_LIMIT},
    )


def declare(channel: object, services: Iterable[str], answering: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
    """Declare everything; what is there already stays as it is.

    `answering` bounds what the broker says of one queue: a process at full load hears all hundred answers, but not within seconds.
    """
    for service in services:
        for queue in (dead_queue_of(service), queue_of(service), orders_queue_of(service)):
            try:
                with answering():
                    queue(channel).declare()
            except PreconditionFailed as differs:
                # The broker's words name queue and argument, and nothing else.
                log.exception(
                    "queue_has_other_arguments",
                    queue=queue.name,
                    broker_says=differs.reply_text,
                    mend="empty and delete it; see cheqiao doctor",
                )
                raise
