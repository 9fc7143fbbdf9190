"""Login and logout; the reader's language and light."""

import secrets

from flask import Flask, Response, g, make_response, redirect, render_template, request

from chassis.database import in_one_transaction
from services.console.access import Right, own_path, page, to_page
from services.console.context import Context
from services.console.entering import Entered, Refused
from services.console.frame import (
    BROWSER_COOKIE,
    ENTRY_COOKIE,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    THEME_COOKIE,
    THEMES,
    YEAR,
    address,
    drop_cookie,
    set_cookie,
)
from services.console.passwords import LONGEST
from services.console.words import LANGUAGES

LONGEST_NAME = 32


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/login", right=Right.ANYBODY)
    def login() -> Response:
        if g.visit:
            return _back(request.args.get("next", ""))
        return _login_page(context)

    @page(app, "/login", right=Right.ANYBODY, methods=("POST",))
    def enter() -> Response:
        name, password = request.form.get("name", "").strip().lower(), request.form.get("password", "")
        browser = request.cookies.get(BROWSER_COOKIE, "")
        entered = context.entrance.enter(name[:LONGEST_NAME], password[:LONGEST], address(), browser)
        if isinstance(entered, Refused):
            return _login_page(context, entered)
        return _entered(context, entered)

    @page(app, "/logout", right=Right.SELF, methods=("POST",))
    def logout() -> Response:
        in_one_transaction(context.database, lambda tx: context.sessions.end(tx, g.visit.token))
        context.audit.write(g.visit.name, "logout", g.visit.name)
        answer = to_page("login")
        drop_cookie(answer, SESSION_COOKIE)
        return answer

    @page(app, "/language", right=Right.ANYBODY)
    def switch_language() -> Response:
        return _chosen(LANGUAGE_COOKIE, LANGUAGES)

    @page(app, "/theme", right=Right.ANYBODY)
    def switch_theme() -> Response:
        return _chosen(THEME_COOKIE, THEMES)


def _login_page(context: Context, refused: Refused | None = None) -> Response:
    """The form carries a token of a cookie of its own, made at the first look."""
    entry = request.cookies.get(ENTRY_COOKIE, "") or secrets.token_urlsafe(32)
    g.csrf = context.sessions.csrf_of(entry)
    seconds = (refused.wait_until - context.now()).total_seconds() if refused and refused.wait_until else 0
    status = 200 if refused is None else 429 if refused.wait_until else 401
    answer = make_response(render_template("login.html", refused=refused, seconds=seconds, next=request.values.get("next", "")), status)
    if seconds:
        answer.headers["Retry-After"] = str(max(1, round(seconds)))
    set_cookie(answer, ENTRY_COOKIE, entry)
    return answer


def _entered(context: Context, entered: Entered) -> Response:
    """Whatever session this browser had is over."""
    if g.visit:
        in_one_transaction(context.database, lambda tx: context.sessions.end(tx, g.visit.token))
    answer = _back(request.form.get("next", ""))
    set_cookie(answer, SESSION_COOKIE, entered.token)
    set_cookie(answer, BROWSER_COOKIE, entered.browser, lifetime=YEAR)
    drop_cookie(answer, ENTRY_COOKIE)
    return answer


def _back(wanted: str) -> Response:
    return make_response(redirect(request.script_root + own_path(wanted), code=303))


def _chosen(cookie: str, known: tuple[str, ...]) -> Response:
    wanted = request.args.get("to", "")
    answer = _back(request.args.get("back", ""))
    if wanted in known:
        set_cookie(answer, cookie, wanted, lifetime=YEAR)
    else:
        drop_cookie(answer, cookie)
    return answer
