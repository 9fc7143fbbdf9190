"""WeChat's web view of one phone: forwards to Cheqiao, or to the sandbox itself, and to nobody else.

Each phone has a prefix of its own, so that its cookies are its own in a browser that shows several phones.
"""

import http.client
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, render_template, request
from werkzeug.test import run_wsgi_app

from sandbox.phone.people import People
from sandbox.phone.rewriting import View, origin_of
from sandbox.phone.traces import Traces
from sandbox.web import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SECONDS = 30
LARGEST_BODY = 1_048_576
LARGEST_ANSWER = 16 * 1_048_576
PIECE = 65_536
IN_A_PATH = "/:@!$&'()*+,;=~"
SANDBOX, PHONE = "/sandbox/", "/sandbox/phone"


def web_view(target: str, inside: "WSGIApplication", people: People, traces: Traces) -> Blueprint:
    """`inside` answers what lies under /sandbox/; everything else goes to `target`."""
    pages = Blueprint("web_view", __name__, url_prefix="/w")

    @pages.route("/<openid>/", defaults={"path": ""}, methods=METHODS)
    @pages.route("/<openid>/<path:path>", methods=METHODS)
    def pass_on(openid: str, path: str) -> Response:
        if people.find(openid) is None:
            raise Problem(404, "unknown_person", "no phone of this openid")
        view = View(openid, f"{request.script_root}/w/{openid}", (origin_of(target), origin_of(request.host_url)))
        asked = "/" + quote(path, safe=IN_A_PATH)
        if asked.startswith(SANDBOX):
            return _from_sandbox(view, inside, asked)
        return _from_target(view, urlsplit(target).path.rstrip("/") + asked, traces)

    return pages


def _from_sandbox(view: View, inside: "WSGIApplication", asked: str) -> Response:
    """Without a way over the network: nobody can name another host."""
    if asked.startswith(PHONE):
        raise Problem(404, "not_found", "a phone does not show a phone")
    environ = {**request.environ, "SCRIPT_NAME": "", "PATH_INFO": asked}
    chunks, status, headers = run_wsgi_app(inside, environ, buffered=True)
    return _answered(view, int(status.split(" ", 1)[0]), headers.to_wsgi_list(), b"".join(chunks), asked)


def _from_target(view: View, asked: str, traces: Traces) -> Response:
    parts = urlsplit(view.target)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    link = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    body = _body()
    cookies = traces.own_cookies(view.openid, request.cookies)
    query = request.query_string.decode("latin-1")
    try:
        headers = view.request_headers(dict(request.headers), cookies, request.remote_addr or "127.0.0.1")
        link.request(request.method, f"{asked}?{query}" if query else asked, body or None, headers)
        answer = link.getresponse()
    except (OSError, http.client.HTTPException):
        link.close()
        traces.note_submission(view.openid, request.method, asked, None)
        return _unreachable()
    traces.note_submission(view.openid, request.method, asked, answer.status)
    traces.note_cookies(view.openid, answer.headers.get_all("Set-Cookie") or [])
    if 300 <= answer.status < 400:
        try:
            return _answered(view, answer.status, answer.getheaders(), answer.read(PIECE), asked)
        finally:
            link.close()
    return Response(_pieces(link, answer), answer.status, view.answer_headers(answer.getheaders()))


def _answered(view: View, status: int, headers: list[tuple[str, str]], body: bytes, asked: str) -> Response:
    location = next((value for name, value in headers if name.lower() == "location"), None)
    inward = view.inward(location, asked) if location is not None else None
    if location is not None and inward is None:
        return Response(render_template("elsewhere.html", address=location), 200)
    kept = [(name, value) for name, value in view.answer_headers(headers) if name.lower() != "content-length"]
    response = Response(body, status, kept)
    if inward is not None:
        response.headers["Location"] = inward
    return response


def _pieces(link: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """The body as it comes, up to the largest; an answer that breaks off breaks off for the phone too."""
    left = LARGEST_ANSWER
    try:
        while left > 0 and (piece := answer.read1(min(PIECE, left))):
            left -= len(piece)
            yield piece
    finally:
        link.close()


def _body() -> bytes:
    body: bytes = request.stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise Problem(413, "too_large", "over 1 MiB")
    return body


def _unreachable() -> Response:
    """What WeChat shows where nobody answers; a script is told by the status alone."""
    if _is_page(dict(request.headers)):
        return Response(render_template("unreachable.html", address=(request.script_root + request.full_path).rstrip("?")), 502)
    return Response(b"", 502)


def _is_page(headers: Mapping[str, str]) -> bool:
    wanted = headers.get("Sec-Fetch-Dest", "")
    return wanted in ("document", "iframe") if wanted else "text/html" in headers.get("Accept", "")
