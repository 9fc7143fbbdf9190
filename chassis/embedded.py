"""A broker inside the process, for a machine without RabbitMQ: kombu's memory transport with confirms that mean something.

A message is confirmed when its last copy has been settled by its reader, that is, when the reader's inbox, retry or parked row is
committed. So relay, spool and gateway are the same code in both runtimes: what was not confirmed before a crash is still in the
outbox or the spool, and is published again at the next start. Copies that a reader did not settle come back when its channel
closes. (design section 4)
"""

from collections import defaultdict, deque
from collections.abc import Callable
from itertools import count
from time import monotonic
from typing import Any

from eventlet.event import Event
from kombu.transport import TRANSPORT_ALIASES, memory, virtual

URL = "cheqiao-embedded://"


class Message(virtual.Message):
    """RabbitMQ has content type and encoding among the properties; so has this."""

    def __init__(self, payload: Any, channel: Any = None, **kwargs: Any) -> None:
        super().__init__(payload, channel=channel, **kwargs)
        self.settle: Callable[[], None] = payload["settle"]
        self.queue: str = payload["queue"]
        self.properties.update(content_type=self.content_type, content_encoding=self.content_encoding)


class Unroutable:
    """What a returned message looks like to its publisher."""

    def __init__(self, properties: dict[str, Any]) -> None:
        self.properties = properties


class Channel(memory.Channel):
    """Queues are shared by the process; confirms go to the channel that published."""

    Message = Message
    do_restore = True
    body_encoding = None
    queues: dict[str, "deque[dict[str, Any]]"] = {}  # noqa: RUF012 - shared by all channels on purpose: this is the broker
    _tags = count(1)

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.events: defaultdict[str, set[Callable[..., None]]] = defaultdict(set)

    def confirm_select(self) -> None:
        """Every channel confirms."""

    def basic_publish(self, message: dict[str, Any], exchange: str, routing_key: str, **kwargs: Any) -> None:
        """Put a copy in each queue; `tag` is what the publisher wants to hear back when all of them are settled."""
        tag = kwargs.get("tag")
        self._inplace_augment_message(message, exchange, routing_key)
        queues = self._lookup(exchange, routing_key) if exchange else [routing_key]
        if not queues:
            self._say("basic_return", Unroutable(message["properties"]))
            self._say("basic_ack", tag)
            return
        open_copies = {"number": len(queues)}
        for queue in queues:
            copy = {**message, "properties": {**message["properties"], "delivery_tag": self._next_delivery_tag()}}
            copy["settle"] = lambda: self._copy_settled(open_copies, tag)
            self._put(queue, copy)

    def _copy_settled(self, open_copies: dict[str, int], tag: Any) -> None:
        open_copies["number"] -= 1
        if not open_copies["number"] and tag is not None:
            self._say("basic_ack", tag)

    def _say(self, event: str, what: Any) -> None:
        for callback in list(self.events[event]):
            callback(what)

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        message = self.qos.get(delivery_tag)
        super().basic_ack(delivery_tag, multiple)
        message.settle()
        Transport.wake_all()  # a reader that had all it may have at once may have another

    def message_to_python(self, raw_message: Any) -> Any:
        return raw_message

    def _restore(self, message: Any) -> None:
        """A copy that was not settled goes back to the head of its own queue, and to no other."""
        raw = message.serializable()
        raw |= {"redelivered": True, "settle": message.settle, "queue": message.queue}
        self.queues[message.queue].appendleft(raw)
        Transport.wake_all()

    def _has_queue(self, queue: str, **_: Any) -> bool:
        return queue in self.queues

    def _new_queue(self, queue: str, **_: Any) -> None:
        self.queues.setdefault(queue, deque())

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        message["queue"] = queue
        self.queues[queue].append(message)
        Transport.wake_all()

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:  # noqa: ARG002 - kombu's signature
        try:
            return self.queues[queue].popleft()
        except IndexError:
            raise virtual.base.Empty from None

    def _size(self, queue: str) -> int:
        return len(self.queues.get(queue, ()))

    def close(self) -> None:
        """Unsettled copies come back; the queues stay, they are the broker's."""
        virtual.Channel.close(self)


class Transport(memory.Transport):
    """Waits for messages instead of polling for them."""

    Channel = Channel
    waiting: set[Event] = set()  # noqa: RUF012 - shared by all connections on purpose
    global_state = virtual.BrokerState()

    @classmethod
    def wake_all(cls) -> None:
        woken, cls.waiting = cls.waiting, set()
        for event in woken:
            event.send()

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # noqa: ARG002 - kombu's signature
        until = monotonic() + (timeout or 0)
        while True:
            try:
                self.cycle.get(self._deliver, timeout=timeout)
            except virtual.base.Empty:
                left = until - monotonic()
                if left <= 0:
                    raise TimeoutError from None
                event = Event()
                self.waiting.add(event)
                event.wait(timeout=left)
                self.waiting.discard(event)
            else:
                return


def register() -> None:
    """Make `cheqiao-embedded://` a transport of kombu."""
    TRANSPORT_ALIASES["cheqiao-embedded"] = f"{__name__}:Transport"


def forget() -> None:
    """Everything the broker held is gone, as after a crash."""
    Channel.queues.clear()
    Transport.global_state.clear()
