"""WeChat as the pages see it, on a port of its own, and a browser that holds cookies."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import requests


class WeChat:
    """Gives out codes and says once whose they are."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[dict[str, str]] = []
        self.answers: list[tuple[int, bytes]] = []
        self._codes: dict[str, dict[str, Any]] = {}

    def code_of(self, openid: str, **more: Any) -> str:
        code = uuid4().hex
        self._codes[code] = {"access_token": "t", "expires_in": 7200, "openid": openid, "scope": "snsapi_base", **more}
        return code

    def says(self, status: int, body: Any) -> None:
        """Next, instead of an answer of its own."""
        self.answers.append((status, body if isinstance(body, bytes) else json.dumps(body).encode()))

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append({"path": path} | query)
        if self.answers:
            return self.answers.pop(0)
        found = self._codes.pop(query.get("code", ""), None) or {"errcode": 40029, "errmsg": "invalid code"}
        return 200, json.dumps(found).encode()


@contextmanager
def wechat() -> Iterator[WeChat]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, body = platform.answer(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform = WeChat(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()


class Browser:
    """Keeps cookies, and goes nowhere by itself."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def get(self, path: str, **how: Any) -> requests.Response:
        return self.session.get(self.url + path, allow_redirects=False, timeout=20, **how)

    def post(self, path: str, json: Any, **how: Any) -> requests.Response:
        return self.session.post(self.url + path, json=json, timeout=20, **how)

    def sent_to_wechat(self, path: str) -> dict[str, str]:
        """What WeChat is asked when a page is opened without a session."""
        answer = self.get(path)
        assert answer.status_code == 302, answer.text
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def come_back(self, state: str, code: str) -> requests.Response:
        return self.get("/oauth/callback", params={"code": code, "state": state})

    def log_in(self, platform: WeChat, openid: str, path: str = "/") -> requests.Response:
        return self.come_back(self.sent_to_wechat(path)["state"], platform.code_of(openid))
