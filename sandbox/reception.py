"""Stands before a stand-in: writes each request down, applies the fault that was ordered, and only then lets the answer go."""

import io
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from sandbox import wires
from sandbox.answers import Answer
from sandbox.faults import Fault, Faults
from sandbox.ledger import KEPT_HEADERS, Ledger, Seen

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 1_048_576
UNANSWERED = ("down", "reset", "silent")
WITHIN = ("/control", "/desk", "/pages")
"""What the people of the sandbox do, the front page too: neither written down nor disturbed."""

INTERNAL = Answer.of(500, {"code": "internal", "message": "系统繁忙 Internal error"})


@dataclass(frozen=True)
class Manners:
    """How this stand-in says no, and what it says when it talks nonsense."""

    refusal: Callable[[str], Answer]
    nonsense: Answer


class Reception:
    def __init__(self, app: "WSGIApplication", ledger: Ledger, faults: Faults, manners: Manners) -> None:
        self._app = app
        self._ledger = ledger
        self._faults = faults
        self._manners = manners

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in ("", "/") or path.startswith(WITHIN):
            return self._app(environ, start_response)
        seen = _seen(environ)
        entry = self._ledger.note(seen)
        if len(seen.body) > LARGEST_BODY:
            return self._send(environ, start_response, entry, None, Answer.of(413, {"code": "too_large", "message": "over 1 MiB"}))
        fault = self._faults.take("answer", seen.path)
        if fault is None:
            return self._send(environ, start_response, entry, None, Answer.from_app(self._app, environ))
        return self._send(environ, start_response, entry, fault, self._spoilt(environ, fault))

    def _spoilt(self, environ: "WSGIEnvironment", fault: Fault) -> Answer:
        """Do what was asked, or not; then say what the fault wants said."""
        if fault.mode == "slow":
            return self._late(environ, fault)
        true_answer = Answer.from_app(self._app, environ) if fault.happens else INTERNAL
        match fault.mode:
            case "failing":
                return INTERNAL
            case "busy":
                return Answer.of(429, {"code": "busy", "message": "请稍后再试 Try again later"}, Retry_After=str(fault.retry_after))
            case "refusing":
                return self._manners.refusal(fault.code)
            case "off_contract":
                return self._manners.nonsense
            case _:
                return true_answer

    def _late(self, environ: "WSGIEnvironment", fault: Fault) -> Answer:
        if fault.happens:
            answer = Answer.from_app(self._app, environ)
            time.sleep(fault.patience)
            return answer
        time.sleep(fault.patience)
        return Answer.from_app(self._app, environ)

    def _send(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", entry: int, fault: Fault | None, answer: Answer
    ) -> Iterable[bytes]:
        mode = fault.mode if fault else None
        unanswered = mode in UNANSWERED
        self._ledger.settle(
            entry,
            fault=mode,
            status=None if unanswered else answer.status,
            answer="" if unanswered else answer.body.decode(errors="replace"),
            replayed="Idempotent-Replayed" in answer.headers,
        )
        match mode:
            case "down":
                return wires.hang_up(environ, start_response, reset=False)
            case "reset":
                return wires.hang_up(environ, start_response, reset=True)
            case "silent":
                return wires.hold(environ, start_response, fault.patience if fault else 0)
            case "cut":
                return wires.cut(environ, start_response, answer)
            case "trickle":
                return wires.trickle(environ, start_response, answer, fault.patience if fault else 0)
            case _:
                start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", answer.head())
                return [answer.body]


def _seen(environ: "WSGIEnvironment") -> Seen:
    """Read the request whole (one byte more than is allowed at most) and put its body back for the app."""
    body = environ["wsgi.input"].read(_expected(environ))
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.pop("wsgi.input_terminated", None)
    return Seen(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace"),
        query=environ.get("QUERY_STRING", ""),
        headers=_kept(environ),
        body=body,
    )


def _expected(environ: "WSGIEnvironment") -> int:
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return LARGEST_BODY + 1
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
    return max(0, min(length, LARGEST_BODY + 1))


def _kept(environ: "WSGIEnvironment") -> Mapping[str, str]:
    """The headers that matter; secrets are not among them."""
    names = {name: "CONTENT_TYPE" if name == "Content-Type" else "HTTP_" + name.upper().replace("-", "_") for name in KEPT_HEADERS}
    return {name: str(environ[key]) for name, key in names.items() if environ.get(key)}
