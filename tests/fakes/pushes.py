"""A partner that pushes signed news, and the application that takes it, on a real port and a real database."""

import base64
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import requests
from pydantic import SecretStr, TypeAdapter
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook
from werkzeug.serving import make_server

from adapters.csc.translate import news_of
from chassis import privacy, tables
from chassis.database import Database, open_engine
from chassis.inbound import create_inbound
from chassis.janitor import Keeping
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from contracts.envelope import Event
from contracts.partners.csc import CscPush
from tests.schemas import migrated

MIGRATIONS = Path(__file__).parents[2] / "adapters/csc/migrations"
SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
VAULT = Vault({"k1": b"1" * 32}, b"2" * 32)
APPOINTMENT = UUID("11111111-2222-4333-8444-555555555555")


def a_push(**changes: object) -> bytes:
    task = {"appointment_id": str(APPOINTMENT), "task_id": "T-7", "version": 1, "state": "open", "calls": []}
    return json.dumps({"type": "call.logged", "timestamp": "2026-03-02T08:00:00Z", "data": task | changes}).encode()


def signed(body: bytes, webhook_id: str, *, at: datetime | None = None, secret: str = SECRET) -> dict[str, str]:
    at = at or datetime.now(UTC)
    signature = Webhook(secret).sign(webhook_id, at, body.decode("utf-8", "surrogateescape"))
    return {"webhook-id": webhook_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def as_news(push: CscPush) -> Event | None:
    return news_of(push, VAULT.vehicle_id)


class Csc:
    """What the application needs of a service's runtime, on a real database."""

    name = "csc"
    vault = VAULT

    def __init__(self, url: str, translate: Callable[[CscPush], Event | None] = as_news) -> None:
        privacy.use(VAULT)
        self.database = Database(open_engine(url, 5), OutboxWriter("csc", VAULT))
        self.keepings: list[Keeping] = []
        self.app = create_inbound(self, SecretStr(SECRET), TypeAdapter(CscPush), translate)

    def rows(self, table):
        with self.database.read() as connection:
            return connection.execute(select(table)).all()


class Server:
    """The application on a real port."""

    def __init__(self, csc: Csc) -> None:
        self.csc = csc
        self._server = make_server("127.0.0.1", 0, csc.app, threaded=True)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/events"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.csc.database.dispose()

    def push(self, body: bytes, webhook_id: str = "msg_1", **how: object) -> requests.Response:
        return requests.post(self.url, data=body, headers=signed(body, webhook_id, **how), timeout=30)

    def told(self) -> list[dict]:
        return [json.loads(row.body) for row in self.csc.rows(tables.outbox)]


def an_empty_schema(url: str) -> str:
    return migrated(url, MIGRATIONS)
