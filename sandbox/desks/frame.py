"""The frame of every desk: its name and tabs, who may post, which headers pages carry, and what all templates find."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from sandbox.clock import CHINA, Now
from sandbox.desks import words
from sandbox.desks.words import COOKIE, Words, t

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
A_YEAR = 365 * 24 * 3600
POLL = "X-Desk-Poll"
"""The page's own question whether its lists have changed; it takes no flash message away."""


@dataclass(frozen=True)
class Tab:
    """`count`: how many wait here for somebody, shown beside the name."""

    endpoint: str
    name: Words
    count: Callable[[], int] = lambda: 0


@dataclass(frozen=True)
class Sign:
    """What is written over a desk; `key` is its place under /sandbox/ and gives it its colour."""

    key: str
    short: Words
    name: Words
    tabs: tuple[Tab, ...]


NEIGHBOURS: Mapping[str, Words] = {
    "phone": ("车主手机", "Phone"),
    "csc": ("CSC", "CSC"),
    "dms": ("DMS", "DMS"),
    "wechat": ("微信平台", "WeChat"),
    "sms": ("短信平台", "SMS"),
}


def desk_pages(sign: Sign, now: Now) -> Blueprint:
    """The blueprint, named `pages`, with what all desks have."""
    pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/pages/static")
    pages.record(_furnish)
    pages.before_request(_same_origin)
    pages.after_request(_guarded)

    @pages.context_processor
    def frame() -> dict[str, object]:
        return {
            "sign": sign,
            "now": now(),
            "today": now().astimezone(CHINA).date(),
            "polled": POLL in request.headers,
            "siblings": _siblings(sign),
        }

    @pages.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> tuple[str, int]:
        return render_template("desks/problem.html", error=error), error.code or 500

    @pages.get("/pages/language")
    def speak() -> AnyResponse:
        return _language(url_for("pages.home"))

    return pages


def _named(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices that show their code too."""
    return [(code, f"{code} {name}") for code, name in pairs]


def _siblings(sign: Sign) -> str:
    """Where the stand-ins are: /sandbox, or what stands before it behind a proxy."""
    return request.script_root if sign.key == "sandbox" else request.script_root.rpartition("/")[0]


def as_moment(value: object) -> datetime:
    """A time as the records keep it: text, or seconds since 1970."""
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else datetime.fromisoformat(str(value))


def own_path(wanted: str, otherwise: str) -> str:
    """A path of this site, never another one's."""
    parts = urlsplit(wanted)
    good = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return wanted if good and wanted.isprintable() else otherwise


def speaking(answer: AnyResponse, to: str) -> AnyResponse:
    answer.set_cookie(COOKIE, "en" if to == "en" else "zh", max_age=A_YEAR, samesite="Lax")
    return answer


def _furnish(setup: BlueprintSetupState) -> None:
    """What the templates of an app find. The key signs flash messages alone; those in flight at a restart are lost."""
    app = setup.app
    app.secret_key = secrets.token_bytes(32)
    app.config["SESSION_COOKIE_NAME"] = f"desk_{app.name.rpartition('.')[2]}"
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(t=t, language=words.language, say=words.say, neighbours=NEIGHBOURS, named=_named)
    shown = {"day": words.day_words, "moment": words.moment_words, "exact": words.exact_words}
    counted = {"ago": words.ago_words, "left": words.left_words}
    app.jinja_env.filters.update(**shown, **counted, as_moment=as_moment)


def _language(home: str) -> AnyResponse:
    return speaking(redirect(own_path(request.args.get("back", ""), home)), request.args.get("to", "zh"))


def _same_origin() -> tuple[str, int] | None:
    """A form is sent from our own pages: another site in the same browser is not let do anything. Programs send neither header."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site == "same-origin" or (site is None and (origin is None or urlsplit(origin).netloc == request.host)):
        return None
    return render_template("desks/foreign.html"), 403


def _guarded(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.endpoint == "pages.static":
        answer.headers["Cache-Control"] = "no-cache"
    return answer
