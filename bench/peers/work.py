"""The transaction of one event, as the peers do it: inbox row, state row, outbox row with JSON; commit; publish, confirm awaited; mark.

As fast as we know how without leaving anything out: plain pymysql, connections kept, and outbox rows marked by the task that published
them or, faster than most would build it, set-wise by a thread beside the tasks. Safe to call from threads, greenlets and forked children
alike: nothing is opened before it is first used.
"""

import json
import queue
import threading
import time
from collections import deque
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
import pymysql

from bench.peers.settings import BROKER_URL, DATABASE, DOWNSTREAM, MARK

MARK_EVERY = 0.02
NOTED = "visit.noted"
_STATE = ("visit_id", "version", "follower_id", "vehicle_id", "dealer_code", "day", "items", "mileage_km", "mobile", "concern")

ADD_INBOX = "INSERT IGNORE INTO inbox (message_id, type, size_bytes, received_at) VALUES (%s, %s, %s, %s)"
KNOWN = "SELECT version FROM bench_visit WHERE visit_id = %s"
ADD_STATE = f"INSERT INTO bench_visit ({', '.join(_STATE)}) VALUES ({', '.join(['%s'] * len(_STATE))})"
ADD_OUTBOX = "INSERT INTO outbox (message_id, type, routes, body, written_at) VALUES (%s, %s, %s, %s, %s)"
MARK_PUBLISHED = "UPDATE outbox SET published_at = %s WHERE number IN %s"


class Bench:
    """What one worker holds while it works: a connection to the database and a channel with confirms."""

    def __init__(self) -> None:
        url = urlsplit(BROKER_URL)
        self.database = pymysql.connect(**DATABASE, autocommit=False)
        self.link = amqp.Connection(
            f"{url.hostname}:{url.port}",
            url.username,
            url.password,
            virtual_host=unquote(url.path[1:]),
            confirm_publish=True,
            heartbeat=0,
        )
        self.link.connect()
        self.channel = self.link.channel()

    def note(self, message_id: str, told: dict[str, Any]) -> int | None:
        """The number of the outbox row; None for a repeat."""
        received_at = _now()
        body = json.dumps({**told, "id": message_id, "type": NOTED, "time": received_at}, ensure_ascii=False)
        state = [json.dumps(told[name], ensure_ascii=False) if name == "items" else told[name] for name in _STATE]
        try:
            with self.database.cursor() as cursor:
                if not cursor.execute(ADD_INBOX, (message_id, "note.visit", len(body), received_at)):
                    self.database.rollback()
                    return None
                cursor.execute(KNOWN, (told["visit_id"],))
                if cursor.fetchone() is None:
                    cursor.execute(ADD_STATE, state)
                cursor.execute(ADD_OUTBOX, (message_id, NOTED, DOWNSTREAM, body, _now()))
                number = int(cursor.lastrowid)
            self.database.commit()
        except pymysql.Error:
            self.database.rollback()
            raise
        message = amqp.Message(body, delivery_mode=2, content_type="application/json", message_id=message_id)
        self.channel.basic_publish(message, exchange="", routing_key=DOWNSTREAM, mandatory=True)  # returns when it is confirmed
        return number

    def mark(self, number: int) -> None:
        with self.database.cursor() as cursor:
            cursor.execute(MARK_PUBLISHED, (_now(), [number]))
        self.database.commit()


class Workshop:
    """The benches of one process, as many as there are workers at once, and the thread that marks."""

    def __init__(self) -> None:
        self._free: queue.LifoQueue[Bench] = queue.LifoQueue()
        self._confirmed: deque[int] = deque()
        self._begin = threading.Lock()
        self._marker: threading.Thread | None = None

    def note(self, message_id: str, told: dict[str, Any]) -> None:
        """Safe when it returns."""
        try:
            bench = self._free.get_nowait()
        except queue.Empty:
            bench = Bench()
        number = bench.note(message_id, told)
        if number is not None and MARK == "each":
            bench.mark(number)
        elif number is not None:
            self._start_marker()
            self._confirmed.append(number)
        self._free.put(bench)

    def _start_marker(self) -> None:
        if self._marker is None:
            with self._begin:
                if self._marker is None:
                    self._marker = threading.Thread(target=self._mark, daemon=True)
                    self._marker.start()

    def _mark(self) -> None:
        database = pymysql.connect(**DATABASE, autocommit=True)
        while True:
            numbers = [self._confirmed.popleft() for _ in range(len(self._confirmed))]
            if numbers:
                with database.cursor() as cursor:
                    cursor.execute(MARK_PUBLISHED, (_now(), numbers))
            time.sleep(MARK_EVERY)


workshop = Workshop()


def _now() -> int:
    return time.time_ns() // 1_000_000
