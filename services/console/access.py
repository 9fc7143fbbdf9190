"""Who may what: the roles, the rights, and `page`, the one way to make a route, which says whose it is.

A route is `@page(app, "/parked", right=Right.READ)`; what changes anything takes no method but POST and is refused without the token of
its session. A route made in any other way is refused when the application is put together (`Guarded`).
"""

import hmac
from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, get_args

from flask import Flask, Response, g, make_response, redirect, request, url_for

from services.console.problems import Forbidden, NoToken
from services.console.scope import Scope, scope_of
from services.console.session import Visit

if TYPE_CHECKING:
    from services.console.context import Context

Role = Literal[
    "administrator",
    "operator",
    "integrator",
    "auditor",
    "dealer_manager",
    "region_manager",
    "agent",
    "complaint_handler",
    "technical",
    "vrt_member",
    "leader",
    "legal",
    "marketing",
    "monitor",
    "dealer_staff",
]
ROLES: tuple[Role, ...] = get_args(Role)
SAFE = frozenset({"GET", "HEAD"})
TOKEN_FIELD, TOKEN_HEADER = "csrf", "X-CSRF-Token"

P = ParamSpec("P")
R = TypeVar("R")


class Right(Enum):
    """What a route wants of who comes. `ANYBODY`: no login; `SELF`: any login, even one whose password has yet to be changed."""

    ANYBODY = "anybody"
    SELF = "self"
    HOME = "home"
    """Come in, and be led to one's own."""
    FIGURES = "figures"
    """See statistics and lists of reminders and appointments, as far as the account reaches."""
    DECIDE = "decide"
    """Decide about reminders that brought nobody back."""
    READ = "read"
    """See how the house is."""
    TRACE = "trace"
    """Find what became of a customer's request."""
    CASES = "cases"
    """See complaints and take the steps of one's role in them; which ones and which, the service itself says."""
    DEALINGS = "dealings"
    """See beside a complaint what else its customer has with us."""
    CASE_FIGURES = "case_figures"
    """See the reports about complaints, as far as the account reaches."""
    CASE_RECOUNT = "case_recount"
    """Have a month of them counted anew, for the whole nation."""
    TERMS = "terms"
    """See who decides about which fee, and the working calendars."""
    SET_TERMS = "set_terms"
    PAYLOAD = "payload"
    """See what is in a message, personal data in clear."""
    ORDER = "order"
    """Redrive, drop, jobs, pause and resume, owner and status of parked messages; the month's runs, loads and rules."""
    MEND = "mend"
    """Send a mended copy."""
    HOLD = "hold"
    """Hold and release partners."""
    AUDIT = "audit"
    STAFF = "staff"


_ANY_LOGIN = frozenset({Right.ANYBODY, Right.SELF, Right.HOME})
_DESK = _ANY_LOGIN | {Right.CASES}
_HEAD_OFFICE = _DESK | {Right.CASE_FIGURES, Right.CASE_RECOUNT, Right.TERMS}
_MANAGERS = _DESK | {Right.FIGURES, Right.DECIDE, Right.CASE_FIGURES}
_ALL_STAFF = _ANY_LOGIN | {Right.FIGURES, Right.READ, Right.TRACE}
_WATCH = frozenset({Right.CASES, Right.DEALINGS, Right.CASE_FIGURES, Right.CASE_RECOUNT, Right.TERMS})
RIGHTS: dict[Role, frozenset[Right]] = {
    "administrator": frozenset(Right),
    "operator": _ALL_STAFF | _WATCH | {Right.DECIDE, Right.PAYLOAD, Right.ORDER, Right.MEND, Right.HOLD},
    "integrator": _ALL_STAFF | {Right.MEND, Right.HOLD},
    "auditor": _ALL_STAFF | _WATCH | {Right.AUDIT},
    "dealer_manager": _MANAGERS,
    "region_manager": _MANAGERS,
    "agent": _DESK | {Right.TRACE, Right.DEALINGS, Right.CASE_FIGURES},
    "complaint_handler": _HEAD_OFFICE | {Right.TRACE, Right.DEALINGS},
    "technical": _DESK,
    "vrt_member": _DESK,
    "leader": _HEAD_OFFICE,
    "legal": _DESK,
    "marketing": _DESK,
    "monitor": _HEAD_OFFICE,
    "dealer_staff": _DESK,
}


def may(right: Right) -> bool:
    """Whether who makes this request has the right; for templates, which do not offer what would be refused."""
    visit = current_visit()
    return right is Right.ANYBODY or (visit is not None and right in RIGHTS[visit.role])


def current_visit() -> Visit | None:
    visit: Visit | None = g.get("visit")
    return visit


def who() -> str:
    """The staff name of who makes this request; empty before a login."""
    visit = current_visit()
    return visit.name if visit else ""


def whose() -> Scope:
    """What who makes this request may see of reminders and appointments. Raises Forbidden where there is nobody, or no place."""
    visit = current_visit()
    if visit is None:
        raise Forbidden
    return scope_of(visit.role, visit.scope)


class Guarded(Flask):
    """A Flask that takes no route without a right."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(getattr(view_func, "right", None), Right):
            raise TypeError(f"{rule}: a route of the console says who may use it: @page(app, {rule!r}, right=Right.…)")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def page(
    app: Flask,
    rule: str,
    *,
    right: Right,
    methods: tuple[str, ...] = ("GET",),
    endpoint: str | None = None,
    largest_body: int | None = None,
) -> Callable[[Callable[P, R]], Callable[P, Response]]:
    """Route, who may, and the check of the token for every method that changes something. `largest_body` in bytes, else the console's."""

    def declare(view: Callable[P, R]) -> Callable[P, Response]:
        @wraps(view)
        def answer(*given: P.args, **named: P.kwargs) -> Response:
            turned_away = admit(app.extensions["console"], right)
            if turned_away is not None:
                return turned_away
            if request.method not in SAFE:
                if largest_body is not None:
                    request.max_content_length = largest_body
                _require_token()
            return make_response(view(*given, **named))

        answer.right = right  # type: ignore[attr-defined]
        app.add_url_rule(rule, endpoint or view.__name__, answer, methods=list(methods))
        return answer

    return declare


def admit(context: "Context", right: Right) -> Response | None:
    """An answer for who may not: to the login, to the change of a password that is due, or Forbidden."""
    visit = current_visit()
    if right is Right.ANYBODY:
        return None
    if visit is None:
        return to_page("login", next=_wanted())
    if visit.must_change and right is not Right.SELF:
        return to_page("own_password")
    if right not in RIGHTS[visit.role]:
        context.audit.write(visit.name, "access.refused", request.endpoint or "")
        raise Forbidden
    return None


def to_page(endpoint: str, **asked: str | None) -> Response:
    """A redirect that also htmx follows with the whole page."""
    target = url_for(endpoint, **{name: value for name, value in asked.items() if value})  # type: ignore[arg-type]
    if "HX-Request" in request.headers:
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = target
        return answer
    return make_response(redirect(target, code=303))


def is_poll() -> bool:
    """A live part that asks by itself is no sign of life of the person before it."""
    return "X-Console-Poll" in request.headers


def _wanted() -> str | None:
    """The page to come back to after the login."""
    return request.full_path.rstrip("?") if request.method == "GET" and "HX-Request" not in request.headers else None


def own_path(wanted: str) -> str:
    """A path of the console below its mount, never another site's; `/` for anything else."""
    good = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if good else "/"


def _require_token() -> None:
    given = request.form.get(TOKEN_FIELD) or request.headers.get(TOKEN_HEADER, "")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site != "same-origin" or not g.csrf or not hmac.compare_digest(given.encode(), g.csrf.encode()):
        raise NoToken
