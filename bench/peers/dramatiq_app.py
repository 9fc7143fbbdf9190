"""The transaction of one event as a Dramatiq actor, from a quorum queue."""

from typing import Any

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.middleware import CurrentMessage

from bench.peers.settings import BROKER_URL, QUEUE
from bench.peers.work import workshop


class QuorumBroker(RabbitmqBroker):
    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        return {**super()._build_queue_arguments(queue_name), "x-queue-type": "quorum"}


broker = QuorumBroker(url=BROKER_URL, confirm_delivery=True)
broker.add_middleware(CurrentMessage())
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name=QUEUE, actor_name="note_visit", max_retries=0)
def note_visit(told: dict[str, Any]) -> None:
    message = CurrentMessage.get_current_message()
    workshop.note(message.message_id if message else "", told)
