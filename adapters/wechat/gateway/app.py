"""`/wechat/<account>` as a bare WSGI application: GET proves that the address is ours, POST is a push."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from adapters.wechat.gateway.delivery import Delivery
from adapters.wechat.gateway.metrics import Metrics
from adapters.wechat.gateway.reply import NOTHING, encrypted_reply, text_reply, words_for
from adapters.wechat.gateway.translate import message_of
from adapters.wechat.gateway.verify import Line, Query, Refusal, Verified, verified_echo, verified_push
from chassis.errors import ContractBroken, Unavailable
from chassis.logs import get_logger
from chassis.privacy import Vault
from contracts.wechat import Push

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = get_logger(__name__)

LARGEST = 1024 * 1024
MOST_QUERY_FIELDS = 32
PLAIN, XML, JSON = "text/plain; charset=utf-8", "application/xml; charset=utf-8", "application/json; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    body: bytes
    result: str
    mode: str
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = PLAIN


class Callback:
    """All accounts of this installation, told apart by the last part of the path."""

    def __init__(
        self,
        lines: Mapping[str, Line],
        public_url: str,
        *,
        delivery: Delivery,
        vault: Vault,
        metrics: Metrics,
        now: Callable[[], datetime],
    ) -> None:
        self._lines = lines
        self._public_url = public_url
        self._delivery = delivery
        self._vault = vault
        self._metrics = metrics
        self._now = now

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        begun = monotonic()
        line = self._lines.get(environ.get("PATH_INFO", "").strip("/"))
        account = line.name if line else "unknown"
        try:
            answer = self._answer(line, environ)
        except Refusal as no:
            log.warning("push_refused", account=account, result=no.result)
            answer = Answer(no.result.encode(), no.result, "none", no.status)
        self._metrics.count(account, answer.mode, answer.result, begun)
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body))), ("X-Content-Type-Options", "nosniff")]
        start_response(f"{answer.status.value} {answer.status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _answer(self, line: Line | None, environ: "WSGIEnvironment") -> Answer:
        if line is None:
            raise Refusal(HTTPStatus.NOT_FOUND, "unknown_account")
        query = _query_of(environ)
        match environ["REQUEST_METHOD"]:
            case "GET":
                return Answer(verified_echo(line, query, self._now()), "echoed", "none")
            case "POST":
                return self._take(line, query, _body_of(environ))
            case _:
                raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")

    def _take(self, line: Line, query: Query, body: bytes) -> Answer:
        push = verified_push(line, query, body, self._now())
        try:
            message = message_of(line.name, push.fields, lambda openid: self._vault.follower_id(line.settings.appid, openid))
        except ContractBroken as broken:
            log.warning("push_off_contract", account=line.name, cause=str(broken))
            raise Refusal(HTTPStatus.BAD_REQUEST, "off_contract") from broken
        try:
            way = self._delivery.take(message)
        except Unavailable as error:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "not_taken") from error
        return self._reply(line, push, message, way)

    def _reply(self, line: Line, push: Verified, message: Push, way: str) -> Answer:
        words = words_for(message, line.settings.replies, self._public_url)
        if words is None:
            return Answer(NOTHING, way, push.mode)
        now = self._now()
        reply = text_reply(words, push.fields, now, as_json=push.as_json)
        if push.key:
            reply = encrypted_reply(reply, push.key, line.settings.appid, line.token, now, as_json=push.as_json)
        return Answer(reply, way, push.mode, content_type=JSON if push.as_json else XML)


def _query_of(environ: "WSGIEnvironment") -> Query:
    """The first value of each name."""
    try:
        fields = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True, max_num_fields=MOST_QUERY_FIELDS)
    except ValueError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, "malformed") from error
    return {name: values[0] for name, values in fields.items()}


def _body_of(environ: "WSGIEnvironment") -> bytes:
    """At most 1 MiB, whatever the client says of it: a length is refused unread, chunks are counted."""
    too_large = Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    declared = environ.get("CONTENT_LENGTH") or "0"
    if not declared.isdigit() or len(declared) > 18:
        raise Refusal(HTTPStatus.BAD_REQUEST, "malformed")
    if int(declared) > LARGEST:
        raise too_large
    try:
        body: bytes = environ["wsgi.input"].read(LARGEST + 1)
    except (OSError, ValueError) as error:  # cut off, or chunks that are none
        raise Refusal(HTTPStatus.BAD_REQUEST, "cut_off") from error
    if len(body) > LARGEST:
        raise too_large
    return body
