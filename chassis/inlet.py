"""Takes what the broker holds for one service: its queue, an operator's orders, and the messages that killed their reader too often."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

import kombu
from eventlet import sleep
from eventlet.support.greenlets import GreenletExit

from chassis import broker, topology
from chassis.crew import Crew
from chassis.handling import Delivery, Handling
from chassis.logs import get_logger
from chassis.settings import Broker
from chassis.together import Together
from contracts.ops import ORDERS

log = get_logger(__name__)

QUEUES = ((topology.queue_of, False), (topology.orders_queue_of, False), (topology.dead_queue_of, True))
"""Which queues of a service are read, and whether what is in them is poison."""
AT_ONCE = 10
"""Messages of a queue in work at once, each by itself."""
LANES = 2
"""Transactions that several messages share, side by side: while one waits for the database, another goes on."""
LINGER_SECONDS = 0.1
"""Who only keeps a record of what others did has one lane, and waits so long for more to write down with it."""
MOST_TOGETHER = 50
HEAVIEST_TOGETHER = 524_288
"""Bytes: what takes long to write down, as a report of 500 rows, shares with few, so that the loop has its turns in between."""
AHEAD = (LANES + 1) * MOST_TOGETHER
"""What the broker hands out before it hears of an end, where messages may share: so that the next is full when one ends."""
SUBJECT = re.compile(rb'"subject":\s*"([^"]*)"')


class Link:
    """One connection's deliveries. Once it is gone they come again over the next, so those in work must not stand in its way."""

    def __init__(self) -> None:
        self.consumers: list[kombu.Consumer] = []
        self.crews: list[Crew[Delivery]] = []
        self.holding = False
        """The main queue is not read; what was handed out before is ended."""
        self.gone = False


class Inlet:
    """Consumes until stopped, over as many connections as it takes, one after another."""

    def __init__(self, handling: Handling, settings: Broker, services: Iterable[str]) -> None:
        self._handling = handling
        self._settings = settings
        self._services = tuple(services)
        self._stopping = False
        self._link = Link()
        self.holding: Callable[[], bool] = lambda: False
        """Whether an operator has paused the main queue."""
        self.consuming = False
        self.last_loop = monotonic()

    def run(self) -> None:
        pause = 0.2
        while not self._stopping:
            connection, link = None, Link()
            self._link = link
            try:
                with self._answering():
                    connection = broker.connect(self._settings)
                    channel = connection.channel()
                topology.declare(channel, self._services, self._answering)
                with self._answering():
                    self._consume(connection, link)
                pause = 0.2
                while not self._stopping:
                    self._heed_hold(link)
                    broker.drain(connection, 1)
                    self.last_loop = monotonic()
                self._leave(connection, link)
            except broker.LOST as error:
                if not self._stopping:
                    log.warning("consumer_lost", service=self._handling.service, cause=type(error).__name__)
            except GreenletExit:
                for crew in link.crews:
                    crew.kill()
                raise
            finally:
                self.consuming = False
                link.gone = True
                broker.close(connection)
            self.last_loop = monotonic()
            if not self._stopping:
                sleep(pause)
                pause = min(pause * 2, 3)

    def stop(self) -> None:
        self._stopping = True

    @property
    def reading(self) -> bool:
        """The main queue is read now."""
        return self.consuming and not self._link.holding

    @property
    def in_work(self) -> int:
        """Messages that were handed out and have not ended."""
        return sum(crew.busy for crew in self._link.crews)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """As the publisher's."""
        self.last_loop = monotonic()
        with broker.answering():
            yield

    def _consume(self, connection: kombu.Connection, link: Link) -> None:
        link.holding = self.holding()
        for queue_of, poison in QUEUES:
            channel = connection.channel()  # one each: the embedded transport counts what is in work by channel
            channel.basic_qos(0, AT_ONCE if poison or self._handling.calls_partners else AHEAD, False)
            queue = queue_of(self._handling.service)
            take = self._taking(link, poison)
            # What kombu cannot unpack comes to `on_decode_error`: it is taken as it is, and parked.
            consumer = kombu.Consumer(
                channel,
                [queue(channel)],
                on_message=take,
                on_decode_error=lambda message, _error, take=take: take(message),
                auto_declare=False,
            )
            if not (link.holding and queue_of is topology.queue_of):
                consumer.consume()
            link.consumers.append(consumer)
        self.consuming = True

    def _heed_hold(self, link: Link) -> None:
        """Of the main queue alone: orders are heard all the time."""
        hold = self.holding()
        if hold == link.holding:
            return
        main = link.consumers[0]
        with broker.answering():
            main.cancel() if hold else main.consume()
        link.holding = hold  # once the broker has confirmed it: who sees the queue held may rely on it
        log.warning("queue_paused" if link.holding else "queue_resumed", service=self._handling.service)

    def _taking(self, link: Link, poison: bool) -> Callable[[Any], None]:
        """Nothing waits here for a hand, so that the loop goes on reading, and sends its heartbeats."""
        alone = Crew(self._take_each, hands=AT_ONCE)
        together = Together(self._handling, alone.hand)
        lanes = self._lanes(together)
        again = Crew(together.take, hands=1, in_order=False)
        link.crews += (again, *lanes, alone)

        def take(message: Any) -> None:
            delivery = Delivery(_bytes(message.body), settling(message), poison=poison, gone=lambda: link.gone)
            if poison or not self._may_share(message):
                alone.hand(delivery)
            elif message.delivery_info.get("redelivered"):
                # It may be what killed the last process. In any order, one by one, it takes no other message with it again and again.
                again.hand(delivery)
            else:
                # What is about one subject goes one way, so that two transactions do not wait for each other's rows.
                lanes[_hash_of_subject(delivery.body) % len(lanes)].hand(delivery)

        return take

    def _lanes(self, together: Together) -> list[Crew[Delivery]]:
        number, linger = (1, LINGER_SECONDS) if self._handling.keeps_record else (LANES, 0.0)
        return [
            Crew(together.take, hands=1, most=MOST_TOGETHER, heaviest=HEAVIEST_TOGETHER, weigh=_size_of, linger=linger)
            for _ in range(number)
        ]

    def _may_share(self, message: Any) -> bool:
        """By what it is addressed as, before anybody opens it."""
        key = str(message.delivery_info.get("routing_key", ""))
        return key.removeprefix(f"{ORDERS}.").removeprefix(f"{self._handling.service}.") in self._handling.joining

    def _take_each(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            self._handling.take(delivery)

    @staticmethod
    def _leave(connection: kombu.Connection, link: Link) -> None:
        """Take nothing new, end what is in work; what does not end in time goes back to the broker with the connection."""
        with broker.answering():
            for consumer in link.consumers:
                consumer.cancel()
        for crew in link.crews:
            crew.leave()
        broker.flush(connection)


def settling(message: Any) -> Any:
    """Acknowledge; over a link that is gone this does nothing, the message comes again and the inbox drops it."""

    def settle() -> None:
        try:
            message.ack()
        except (*broker.LOST, KeyError, AttributeError):
            log.info("settled_over_a_lost_link")

    return settle


def _hash_of_subject(body: bytes) -> int:
    """Of the bytes as they stand, before anybody opens them."""
    found = SUBJECT.search(body)
    return hash(found[1]) if found else 0


def _size_of(delivery: Delivery) -> int:
    return len(delivery.body)


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
