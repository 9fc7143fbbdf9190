"""The transaction of one event as a Celery task: acknowledged late, from a quorum queue."""

from typing import Any

from celery import Celery, Task

from bench.peers.settings import BROKER_URL, QUEUE
from bench.peers.work import workshop

app = Celery("bench", broker=BROKER_URL)
app.conf.update(
    task_default_queue=QUEUE,
    task_default_queue_type="quorum",
    task_default_exchange_type="topic",
    worker_detect_quorum_queues=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=4,
    worker_disable_rate_limits=True,
    worker_hijack_root_logger=False,
)


@app.task(name="bench.note_visit", bind=True)
def note_visit(self: Task, told: dict[str, Any]) -> None:
    workshop.note(self.request.id, told)
