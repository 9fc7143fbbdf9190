"""`cheqiao doctor`: does the broker have the queues, and do the databases have the schemas, that this version wants?"""

from collections.abc import Iterator
from pathlib import Path

import kombu
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from amqp.exceptions import NotFound, PreconditionFailed

from chassis import broker, topology
from chassis.database import open_engine, revisions, translated_errors
from chassis.errors import Unavailable
from chassis.settings import Settings
from contracts.catalogue import QUEUED_SERVICES
from launcher.compose import database_url
from launcher.house import SCHEMAS, SERVICES


def examine(settings: Settings) -> list[str]:
    """A line for everything that is not as it should be."""
    return [*_at_the_broker(settings), *_in_the_databases(settings)]


def _at_the_broker(settings: Settings) -> Iterator[str]:
    try:
        connection = broker.connect(settings.broker)
    except broker.LOST as error:
        yield f"broker: cannot be reached ({type(error).__name__})"
        return
    try:
        for service in QUEUED_SERVICES:
            yield from _queue_trouble(connection, topology.queue_of(service))
            yield from _queue_trouble(connection, topology.orders_queue_of(service))
            yield from _queue_trouble(connection, topology.dead_queue_of(service), should_be_empty=True)
    finally:
        broker.close(connection)


def _queue_trouble(connection: kombu.Connection, queue: kombu.Queue, *, should_be_empty: bool = False) -> Iterator[str]:
    """A channel each: the broker closes it to say no."""
    channel = connection.channel()
    try:
        bound = queue(channel)
        held = bound.queue_declare(passive=True).message_count
        bound.queue_declare()  # it is there: this compares its arguments and makes nothing
        if should_be_empty and held:
            yield f"queue {queue.name}: {held} messages that killed their reader wait to be taken in; does the service run?"
        channel.close()
    except NotFound:
        yield f"queue {queue.name}: missing; every process declares it when it starts, and again within half a minute"
    except PreconditionFailed:
        yield f"queue {queue.name}: declared with other arguments than this version's; empty it, delete it, and it comes back right"


def _in_the_databases(settings: Settings) -> Iterator[str]:
    for service in sorted(SCHEMAS):
        try:
            applied, wanted = _applied(settings, service), _wanted(SERVICES[service].migrations)
        except Unavailable:
            yield f"schema {service}: cannot be reached, or is not there; `cheqiao migrate` makes it"
            continue
        if missing := sorted(wanted - applied):
            yield f"schema {service}: {', '.join(missing)} not applied; `cheqiao migrate` does it"
        if unknown := sorted(applied - wanted):
            yield f"schema {service}: {', '.join(unknown)} is not of this version; does a newer one run?"


def _applied(settings: Settings, service: str) -> set[str]:
    engine = open_engine(database_url(settings, service), pool_size=1)
    try:
        with translated_errors(), engine.connect() as connection:
            return set(MigrationContext.configure(connection).get_current_heads())
    finally:
        engine.dispose()


def _wanted(versions: Path) -> set[str]:
    return set(ScriptDirectory.from_config(revisions(versions)).get_heads())
