"""A small WeChat on a real socket: keeps a stable token and a ticket, takes messages and a menu, and answers otherwise when told to."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "/cgi-bin/stable_token"
SEND = "/cgi-bin/message/template/send"
TEXT = "/cgi-bin/message/custom/send"
TICKET = "/cgi-bin/ticket/getticket"
MENU = "/cgi-bin/menu/create"
MEDIA = "/cgi-bin/media/get"


@dataclass(frozen=True)
class Told:
    """An answer instead of its own."""

    body: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    after_seconds: float = 0


def errcode(code: int, **more: Any) -> Told:
    return Told({"errcode": code, "errmsg": "as told", **more})


@dataclass(frozen=True)
class Seen:
    path: str
    query: dict[str, list[str]]
    body: dict[str, Any]
    raw: bytes


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who has heard enough hangs up: nothing to report."""


class WeChat:
    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.followers: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.lasts = 7200
        self.ticket = 1
        self.media: dict[str, bytes] = {}
        self.told: dict[str, list[Told]] = defaultdict(list)
        self._numbers = count(2918131553548107776)
        self._sent: dict[str, int] = {}
        self._tokens = count(1)
        self._token = ""
        self._lock = threading.Lock()
        self.void()
        self._server = Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def void(self) -> None:
        """The token that was given is good no more; who asks gets another."""
        self._token = f"token-{next(self._tokens)}"

    def tell(self, path: str, *answers: Told) -> None:
        self.told[path].extend(answers)

    def calls(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def answer(self, seen: Seen) -> Told:
        with self._lock:
            self.seen.append(seen)
            if self.told[seen.path]:
                return self.told[seen.path].pop(0)
            return self._token_answer(seen) if seen.path == TOKEN else self._let_in(seen)

    def _token_answer(self, seen: Seen) -> Told:
        if seen.body["secret"] != "right":
            return errcode(40001)
        if seen.body["force_refresh"]:
            self.void()
        return Told({"access_token": self._token, "expires_in": self.lasts})

    def _let_in(self, seen: Seen) -> Told:
        if seen.query["access_token"] != [self._token]:
            return errcode(40001)
        if seen.path == TICKET:
            return Told({"errcode": 0, "errmsg": "ok", "ticket": f"ticket-{self.ticket}", "expires_in": 7200})
        if seen.path == MEDIA:
            content = self.media.get(seen.query["media_id"][0])
            return errcode(40007) if content is None else Told(content)
        return self._send_answer(seen) if seen.path == SEND else errcode(0)

    def _send_answer(self, seen: Seen) -> Told:
        key = seen.body["client_msg_id"]
        if key not in self._sent:
            self._sent[key] = next(self._numbers)
            self.followers[seen.body["touser"]].append(seen.body)
        return Told({"errcode": 0, "errmsg": "ok", "msgid": self._sent[key]})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wechat = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.tell(b"{}")

            def do_POST(self) -> None:
                self.tell(self.rfile.read(int(self.headers["Content-Length"])))

            def tell(self, raw: bytes) -> None:
                url = urlsplit(self.path)
                told = wechat.answer(Seen(url.path, parse_qs(url.query), json.loads(raw), raw))
                time.sleep(told.after_seconds)
                content = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
                self.send_response(told.status)
                if "Content-Length" not in dict(told.headers):
                    self.send_header("Content-Length", str(len(content)))
                for name, value in told.headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler


@contextmanager
def standing_in() -> Iterator[WeChat]:
    wechat = WeChat()
    try:
        yield wechat
    finally:
        wechat.close()
