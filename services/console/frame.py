"""What is around every page: who is there, language and light, the menu, and what all templates find at hand."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.console import names, words
from services.console.access import Right, is_poll, may, page
from services.console.context import Context
from services.console.words import LANGUAGES, Pair, language

STATIC = Path(__file__).parent / "static"
SESSION_COOKIE = "cheqiao_console"
ENTRY_COOKIE = "cheqiao_console_entry"
"""Before the login: so that a form of ours is told from another site's."""
BROWSER_COOKIE = "cheqiao_console_browser"
"""Of who was let in here before: no key to anything, see `entering`."""
LANGUAGE_COOKIE, THEME_COOKIE = "cheqiao_lang", "cheqiao_theme"
THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600
FILES = ("static_file", "asset")


@dataclass(frozen=True)
class Entry:
    """A line of the menu; it is there once its page is, for those who may open it."""

    path: str
    words: Pair
    icon: str
    right: Right = Right.READ
    group: Pair = ("运行", "House")


REMINDING: Pair = ("提醒与预约", "Reminders")
COMPLAINTS: Pair = ("投诉", "Complaints")
MENU = (
    Entry("/", ("总览", "Overview"), "gauge"),
    Entry("/queues", ("队列", "Queues"), "stack"),
    Entry("/parked", ("滞留", "Parked"), "parking"),
    Entry("/retries", ("重试", "Retries"), "repeat"),
    Entry("/jobs", ("批量任务", "Jobs"), "list-check"),
    Entry("/trace", ("追踪", "Trace"), "route", Right.TRACE),
    Entry("/partners", ("合作方", "Partners"), "plug"),
    Entry("/audit", ("审计", "Audit"), "shield", Right.AUDIT),
    Entry("/staff", ("账号", "Staff"), "users", Right.STAFF),
    Entry("/figures", ("统计", "Statistics"), "chart", Right.FIGURES, REMINDING),
    Entry("/lists", ("名单", "Lists"), "note", Right.FIGURES, REMINDING),
    Entry("/reminders", ("提醒", "The month"), "bell", Right.READ, REMINDING),
    Entry("/facts", ("数据", "Data"), "server", Right.READ, REMINDING),
    Entry("/rules", ("规则", "Rules"), "ruler", Right.READ, REMINDING),
    Entry("/complaints", ("投诉台", "Desk"), "inbox", Right.CASES, COMPLAINTS),
    Entry("/complaint-figures", ("投诉报表", "Reports"), "chart", Right.CASE_FIGURES, COMPLAINTS),
    Entry("/complaint-terms", ("授权与日历", "Authority, calendar"), "shield", Right.TERMS, COMPLAINTS),
)


def address() -> str:
    """Where this request came from; empty outside of one."""
    return (request.remote_addr or "") if request else ""


def furnish(app: Flask, context: Context) -> None:
    _serve_files(app, context)
    app.jinja_env.globals.update(t=words.t, say=words.say, language=language, Right=Right, may=may, words=words, names=names)
    app.jinja_env.globals.update(static_url=_static_url, asset_url=lambda name: _asset_url(context, name))

    @app.before_request
    def know_who_comes() -> AnyResponse | None:
        if not request.environ["PATH_INFO"]:  # cookies are below `/console/`; Flask itself would name the host, and take the request's word
            return redirect(request.script_root + "/", 308)
        chosen, theme = request.cookies.get(LANGUAGE_COOKIE), request.cookies.get(THEME_COOKIE)
        g.lang = chosen if chosen in LANGUAGES else LANGUAGES[0]
        g.theme = theme if theme in THEMES else ""
        g.visit, g.csrf = None, ""
        if request.endpoint not in FILES:
            g.visit = context.sessions.find(request.cookies.get(SESSION_COOKIE, ""), polling=is_poll())
            token = g.visit.token if g.visit else request.cookies.get(ENTRY_COOKIE, "")
            g.csrf = context.sessions.csrf_of(token) if token else ""
        return None

    @app.context_processor
    def at_hand() -> dict[str, Any]:
        return {
            "now": context.now(),
            "visit": g.get("visit"),
            "csrf_token": g.get("csrf", ""),
            "theme": g.get("theme", ""),
            "menu": list(_menu(app)),
            "here": request.full_path.rstrip("?"),
            "changed": changed,
        }


def changed(name: str, value: str) -> str:
    """This address with one word of it otherwise, from the first page."""
    kept = [(key, one) for key, one in request.args.items(multi=True) if key not in (name, "after", "format", "sort")]
    return f"{request.script_root}{request.path}?{urlencode([*kept, (name, value)])}"


def set_cookie(answer: Response, name: str, value: str, *, lifetime: int | None = None, script: bool = False) -> None:
    """Below the console alone; out of reach of scripts unless `script`. Without a lifetime it ends with the browser."""
    answer.set_cookie(
        name, value, max_age=lifetime, path=request.script_root + "/", httponly=not script, samesite="Lax", secure=request.is_secure
    )


def drop_cookie(answer: Response, name: str) -> None:
    answer.delete_cookie(name, path=request.script_root + "/", httponly=True, samesite="Lax", secure=request.is_secure)


def _menu(app: Flask) -> Iterator[tuple[Entry, str, bool]]:
    """Entry, address, and whether we are there."""
    there = {rule.rule for rule in app.url_map.iter_rules()}
    for entry in MENU:
        if entry.path in there and may(entry.right):
            at_it = request.path == entry.path or (entry.path != "/" and request.path.startswith(entry.path + "/"))
            yield entry, request.script_root + entry.path, at_it


def _serve_files(app: Flask, context: Context) -> None:
    @page(app, "/static/<path:name>", right=Right.ANYBODY, endpoint="static_file")
    def static_file(name: str) -> Response:
        return _kept(send_from_directory(STATIC, name, max_age=YEAR))

    @page(app, "/assets/<path:name>", right=Right.ANYBODY, endpoint="asset")
    def asset(name: str) -> Response:
        return _kept(send_from_directory(context.settings.web_assets, name, max_age=YEAR))


def _kept(answer: Response) -> Response:
    """Only what was asked for under its digest: without one it may change under the same address."""
    answer.cache_control.public, answer.cache_control.immutable = True, "v" in request.args
    if "v" not in request.args:
        answer.headers["Cache-Control"] = "no-cache"
    return answer


@cache
def _digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _static_url(name: str) -> str:
    file = STATIC / name
    return url_for("static_file", name=name, v=_digest(file, file.stat().st_mtime_ns))


def _asset_url(context: Context, name: str) -> str:
    file = context.settings.web_assets / name
    return url_for("asset", name=name, v=_digest(file, file.stat().st_mtime_ns))
