"""What a partner tells us by itself: `POST …/events` with a Standard Webhooks signature, taken in once and answered for ever the same.

"accepted" is said only after what it became is in the outbox. A repeat gets the stored first answer with `Idempotent-Replayed: true`, the
same id with another body 409. What is off contract is answered 400 and parked whole, where an operator sees it. (design sections 1 and 6)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from flask import Flask, Response, request
from pydantic import SecretStr, TypeAdapter, ValidationError
from sqlalchemy import BigInteger, Column, MetaData, SmallInteger, String, Table, Uuid, insert, select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from chassis.clock import milliseconds_now
from chassis.database import Conflict, Database, Transaction
from chassis.deadline import within
from chassis.errors import Unavailable
from chassis.janitor import Keeping
from chassis.logs import get_logger
from chassis.parked import park_foreign
from chassis.privacy import Sealed, Vault, violations_of
from contracts.envelope import Contract
from contracts.partners.wire import PushAnswer

P = TypeVar("P")

LARGEST_PUSH = 1_048_576
DATABASE_SECONDS = 1.0
"""A partner that hears 503 comes again: better soon than late."""
ANSWERS_KEPT_DAYS = 90
"""Longer than any partner repeats a push; the inbox forgets after fourteen days, so a repeat is known here first."""
TRIES_IN_PLACE = 5
WEBHOOK_ID = re.compile(r"[\x21-\x7e]{1,128}")

metadata = MetaData()
inbound = Table(
    "inbound",
    metadata,
    # The partner's own id stands beside it: a database may hold ids that differ in capitals only to be equal, a hash is exact.
    Column("event_id", Uuid(native_uuid=False), primary_key=True, comment="uuid5 of the service and the partner's webhook-id"),
    Column("webhook_id", String(128), nullable=False),
    Column("digest", String(64), nullable=False, comment="keyed hash of the body, to tell another body under the same id"),
    Column("status", SmallInteger, nullable=False),
    Column("answer", Sealed("answer"), nullable=False),
    Column("received_at", BigInteger, nullable=False, index=True),
)
"""What was answered to each push, by its id."""

log = get_logger(__name__)


class Runtime(Protocol):
    """What is needed of chassis.runtime.ServiceRuntime."""

    name: str
    keepings: list[Keeping]

    @property
    def database(self) -> Database: ...
    @property
    def vault(self) -> Vault: ...


@dataclass(frozen=True)
class Reply:
    """Our answer to one push."""

    status: int
    answer: PushAnswer
    replayed: bool = False

    def response(self) -> Response:
        headers = {"Idempotent-Replayed": "true"} if self.replayed else {}
        return Response(self.answer.model_dump_json(), self.status, headers, content_type="application/json; charset=utf-8")


ACCEPTED = Reply(200, PushAnswer(result="accepted"))


def rejected(status: int, code: str, message: str, *, field: str = "", retryable: bool = False) -> Reply:
    return Reply(status, PushAnswer(result="rejected", code=code, field=field, message=message, retryable=retryable))


UNSIGNED = rejected(401, "bad_signature", "签名不正确 / The signature is missing or wrong")
STALE = rejected(401, "bad_timestamp", "时间戳相差超过 300 秒 / The timestamp is more than 300 s off")
ODD_ID = rejected(400, "bad_webhook_id", "须为 1 至 128 个可见 ASCII 字符 / 1 to 128 visible ASCII characters", field="webhook-id")
ANOTHER_BODY = rejected(409, "another_body", "同一 webhook-id 已用于不同内容 / This webhook-id came with another body before")
AWAY = rejected(503, "unavailable", "暂时无法接收,请稍后重发 / Cannot take it now, please send it again", retryable=True)
NOT_TAKEN = {
    404: ("not_found", "没有这个地址 / There is nothing at this address"),
    405: ("not_allowed", "请使用 POST / Use POST"),
    413: ("too_large", "超过 1 MiB / More than 1 MiB"),
}


@dataclass(frozen=True)
class Push:
    """A push whose signature is right."""

    event_id: UUID
    webhook_id: str
    body: bytes
    digest: str


class Desk(Generic[P]):
    """Takes one partner's pushes in."""

    def __init__(self, runtime: Runtime, secret: SecretStr, pushes: TypeAdapter[P], translate: Callable[[P], Contract | None]) -> None:
        self._runtime = runtime
        self._webhook = Webhook(secret.get_secret_value())
        self._pushes = pushes
        self._translate = translate

    def take(self, headers: dict[str, str], body: bytes) -> Reply:
        """Verify, then answer as the first time or, the first time, keep and tell in one transaction."""
        problem = self._problem_of_signature(headers, body)
        if problem is not None:
            log.warning("push_not_believed", service=self._runtime.name, code=problem.answer.code)
            return problem
        webhook_id = headers["webhook-id"]
        if not WEBHOOK_ID.fullmatch(webhook_id):
            return ODD_ID
        event_id = uuid5(NAMESPACE_URL, f"urn:cheqiao:push:{self._runtime.name}:{webhook_id}")
        push = Push(event_id, webhook_id, body, self._runtime.vault.digest(body))
        try:
            with within(DATABASE_SECONDS, "database"):
                return self._once(push)
        except Unavailable:
            log.warning("push_not_taken", service=self._runtime.name, message=event_id)
            return AWAY

    def _problem_of_signature(self, headers: dict[str, str], body: bytes) -> Reply | None:
        try:
            self._webhook.verify(body, headers, json_parse=False)
        except (WebhookVerificationError, ValueError) as error:  # ValueError: a body or signature that cannot even be decoded
            return STALE if "timestamp" in str(error) else UNSIGNED
        return None

    def _once(self, push: Push) -> Reply:
        """Of ten at once the key of the table lets one in; the others find its answer. Raises Unavailable."""
        for _ in range(TRIES_IN_PLACE):
            first = self._first_reply(push)
            if first is not None:
                return first
            try:
                with self._runtime.database.write() as tx:
                    return self._keep(tx, push)
            except Conflict:
                continue
        raise Unavailable("the same push, too often at once")

    def _first_reply(self, push: Push) -> Reply | None:
        with self._runtime.database.read() as connection:
            row = connection.execute(select(inbound).where(inbound.c.event_id == push.event_id)).first()
        if row is None:
            return None
        if row.digest != push.digest:
            return ANOTHER_BODY
        return Reply(row.status, PushAnswer.model_validate_json(row.answer), replayed=True)

    def _keep(self, tx: Transaction, push: Push) -> Reply:
        reply, event, causes = self._read(push)
        tx.execute(
            insert(inbound).values(
                event_id=push.event_id,
                webhook_id=push.webhook_id,
                digest=push.digest,
                status=reply.status,
                answer=reply.answer.model_dump_json(),
                received_at=milliseconds_now(),
            )
        )
        if causes:
            kind = "undecodable" if reply.answer.code == "not_json" else "contract"
            park_foreign(tx, message_id=push.event_id, body=push.body, kind=kind, causes=causes)
            log.error("push_parked", service=self._runtime.name, message=push.event_id, causes=causes)
        if event is not None:
            tx.tell(event.identified(push.event_id))
        return reply

    def _read(self, push: Push) -> tuple[Reply, Contract | None, tuple[tuple[str, str], ...]]:
        """The answer, and either what is told or why nothing could be."""
        try:
            return ACCEPTED, self._translate(self._pushes.validate_json(push.body)), ()
        except ValidationError as error:
            # In a union told apart by its tag a path begins with the tag, which is no field.
            causes = tuple((field.removeprefix("?."), rule) for field, rule in violations_of(error))
        field, rule = causes[0]
        if rule == "json_invalid":
            return rejected(400, "not_json", "内容不是 JSON / The body is not JSON"), None, causes
        return rejected(400, "off_contract", f"字段不符合约定 / Against the contract: {rule}", field=field), None, causes


def create_inbound(
    runtime: Runtime, secret: SecretStr, pushes: TypeAdapter[P], translate: Callable[[P], Contract | None], path: str = "/events"
) -> Flask:
    """A WSGI application that takes pushes at `path`. `translate` is pure; None: understood, and nothing to tell."""
    runtime.keepings.append(Keeping(inbound, inbound.c.event_id, inbound.c.received_at, ANSWERS_KEPT_DAYS))
    desk = Desk(runtime, secret, pushes, translate)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_PUSH

    @app.post(path)
    def take() -> Response:
        headers = {name: request.headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        return desk.take(headers, request.get_data(cache=False)).response()

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        """404, 405, 413, and our own mistakes, in the form of every other answer."""
        status = error.code or 500
        code, message = NOT_TAKEN.get(status, ("failed", "处理失败 / It failed"))
        response = rejected(status, code, message, retryable=status >= 500).response()
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.allow.update(error.valid_methods)
        return response

    return app
