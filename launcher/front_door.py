"""One address per zone for a house whose services each have a process of their own: hands a request to the one whose path it is.

A child that is down is a 503, at once: WeChat, DMS, CSC and phones come again. Nothing is tried twice here. Beyond one machine any load
balancer takes this place.
"""

import http.client
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MEBIBYTE = 1024 * 1024
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"}
)
AWAY = {"code": "starting", "message": "服务正在启动，请稍后再试", "message_en": "The service is starting; please come again."}
MALFORMED = {"code": "malformed", "message": "请求有误", "message_en": "The request is malformed."}
TOO_LARGE = {"code": "too_large", "message": "内容过大", "message_en": "The body is too large."}


class Bounds(NamedTuple):
    """What a door takes of a request, and how long it waits for the answer."""

    largest_body: int
    """Bytes."""
    seconds: float


OUTSIDE = Bounds(largest_body=MEBIBYTE, seconds=30)
INSIDE = Bounds(largest_body=11 * MEBIBYTE, seconds=300)
"""In the internal zone files of 10 MiB are brought, with what a form has around them, and whole months are counted anew."""

Where = Callable[[], str | None]
"""host:port of the child now, None while it is down."""


def starting(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Come again: nothing is refused for good while its service starts."""
    return _say(start_response, "503 Service Unavailable", AWAY, ("Retry-After", "2"))


def door_to(where: Where, bounds: Bounds) -> "WSGIApplication":
    """An application that passes each request on as it came and the answer back as it is."""

    def pass_on(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        address = where()
        if address is None:
            return starting(environ, start_response)
        try:
            body = _body(environ, bounds.largest_body)
        except (OSError, ValueError):  # cut off, or chunks that are none
            return _say(start_response, "400 Bad Request", MALFORMED)
        if body is None:
            return _say(start_response, "413 Content Too Large", TOO_LARGE)
        link = http.client.HTTPConnection(address, timeout=bounds.seconds)
        try:
            link.request(environ["REQUEST_METHOD"], _target(environ), body or None, _headers(environ, len(body)))
            answer = link.getresponse()
            answered = answer.read()
        except (ValueError, http.client.InvalidURL):  # a method, path or header that no request can be written with
            return _say(start_response, "400 Bad Request", MALFORMED)
        except (OSError, http.client.HTTPException):
            return starting(environ, start_response)
        finally:
            link.close()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
        start_response(f"{answer.status} {answer.reason}", kept)
        return [answered]

    return pass_on


def _body(environ: "WSGIEnvironment", largest: int) -> bytes | None:
    """None when it is larger than anybody behind the door would take. A length that lies is not believed."""
    if int(environ.get("CONTENT_LENGTH") or 0) > largest:
        return None
    body: bytes = environ["wsgi.input"].read(largest + 1)
    return None if len(body) > largest else body


def _target(environ: "WSGIEnvironment") -> str:
    """The path as it was written, where the server keeps that."""
    path: str = environ.get("RAW_PATH_INFO") or environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _headers(environ: "WSGIEnvironment", length: int) -> dict[str, str]:
    headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
    before = headers.get("X-Forwarded-For")
    client = environ.get("REMOTE_ADDR", "")
    headers["X-Forwarded-For"] = f"{before}, {client}" if before else client
    headers["X-Forwarded-Proto"] = environ.get("wsgi.url_scheme", "http")
    headers["Content-Length"] = str(length)
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    return headers


def _say(start_response: "StartResponse", status: str, answer: dict[str, str], *headers: tuple[str, str]) -> Iterable[bytes]:
    body = json.dumps(answer, ensure_ascii=False).encode()
    start_response(status, [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body))), *headers])
    return [body]
