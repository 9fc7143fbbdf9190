"""Which page stands at which address, and what holds for all of them."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, g, make_response, redirect, render_template, request, send_from_directory, url_for

from adapters.wechat.pages.context import Context
from adapters.wechat.pages.entering import LoginWanted, is_https, mark, to_login, visitor_of
from adapters.wechat.pages.oauth import NotEntered
from adapters.wechat.pages.own_paths import address, own_path
from adapters.wechat.pages.views import appointments, booking, complaints, home, registration, reminders
from adapters.wechat.pages.views.visit import Visit
from adapters.wechat.pages.words import LANGUAGES, Pair, language, t

HERE = Path(__file__).parents[1]
STATIC = HERE / "static"
LANGUAGE_COOKIE = "cheqiao_lang"
YEAR = 365 * 24 * 3600

View = Callable[..., Any]
PAGES: tuple[tuple[str, View], ...] = (
    ("/", home.home),
    ("/consent", home.consent),
    ("/registrations/new", registration.new_registration),
    ("/registrations/<uuid:registration_id>", registration.registration),
    ("/cars", home.cars),
    ("/cars/<uuid:binding_id>", home.car),
    ("/appointments", appointments.appointments),
    ("/appointments/new", booking.new_appointment),
    ("/appointments/<uuid:appointment_id>", appointments.appointment),
    ("/appointments/<uuid:appointment_id>/reschedule", appointments.reschedule),
    ("/complaints", complaints.complaints),
    ("/complaints/new", complaints.new_complaint),
    ("/complaints/<uuid:complaint_id>", complaints.complaint),
    ("/complaints/<uuid:complaint_id>/add", complaints.add_to_complaint),
    ("/complaints/<uuid:complaint_id>/reopen", complaints.reopen_complaint),
    ("/complaints/<uuid:complaint_id>/survey", complaints.complaint_survey),
    ("/reminders", reminders.reminders),
    ("/reminders/<uuid:item_id>", reminders.reminder),
)


def add_views(app: Flask, context: Context) -> None:
    """All of them under the name `views`."""
    pages = Blueprint("views", __name__, static_folder=str(STATIC), static_url_path="/static", template_folder=str(HERE / "templates"))
    for rule, view in PAGES:
        pages.add_url_rule(rule, view.__name__, _page(context, view))

    @pages.get("/assets/<path:name>")
    def asset(name: str) -> Response:
        return send_from_directory(context.settings.web_assets, name, max_age=YEAR)

    @pages.get("/language")
    def switch_language() -> Response:
        return _switch_language(context)

    @pages.before_app_request
    def choose_language() -> None:
        chosen = request.cookies.get(LANGUAGE_COOKIE)
        g.lang = chosen if chosen in LANGUAGES else LANGUAGES[0]

    @pages.app_context_processor
    def at_hand() -> dict[str, Any]:
        return {
            "t": t,
            "static_url": _static_url,
            "asset_url": lambda name: url_for("views.asset", name=name, v=_digest(context.settings.web_assets / name)),
            "other_language_url": _other_language_url(),
            "script_root": request.script_root,
            "account_title": getattr(g, "account_title", "") or t("车主服务", "Owner services"),
            "page_mark": getattr(g, "page_mark", ""),
        }

    app.register_error_handler(NotEntered, _not_entered)
    app.register_blueprint(pages)


def _page(context: Context, view: View) -> Callable[..., Response]:
    def answer(**ids: Any) -> Response:
        try:
            session = visitor_of(context)
        except LoginWanted as wanted:
            return to_login(context, wanted.account)
        visit = Visit(context.settings, context.copies, session.follower_id, session.account, context.now(), context.submitting)
        g.page_mark, g.account_title = mark(context, session), visit.account.title
        return make_response(view(visit, **ids))

    return answer


def _switch_language(context: Context) -> Response:
    wanted, back = request.args.get("to", ""), own_path(request.args.get("back"))
    answer = make_response(redirect(address(back or "/")))
    if wanted in LANGUAGES:
        path = request.script_root + "/"
        answer.set_cookie(LANGUAGE_COOKIE, wanted, max_age=YEAR, path=path, samesite="Lax", secure=is_https(context))
    return answer


def _other_language_url() -> str:
    other = next(known for known in LANGUAGES if known != language())
    return url_for("views.switch_language", to=other, back=request.full_path.rstrip("?"))


@cache
def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _static_url(name: str) -> str:
    """A changed file has another address: WeChat's WebView keeps what it once loaded."""
    return url_for("views.static", filename=name, v=_digest(STATIC / name))


def _not_entered(error: NotEntered) -> Response:
    if error.kind == "snapshot":
        title = t("请使用完整服务", "Please use the full service")
        text = t("点页面底部的“使用完整服务”，我们才能知道是您。", "Tap “使用完整服务” at the bottom, so that we know it is you.")
    elif error.kind == "failed":
        title = t("没有登录成功", "You are not logged in")
        text = t("请回到公众号，从菜单重新进入。", "Please go back to the account and come in again through its menu.")
    else:
        title = t("请稍后再来", "Please come again shortly")
        text = t("微信暂时没有回应，请过一会儿再试。", "WeChat does not answer at the moment: please try again shortly.")
    return problem_page(error.status, title, text, again=error.again)


def problem_page(status: int, title: str, text: str = "", again: str = "") -> Response:
    """What is wrong and what to do; `again` is an address to try anew. Without a text the usual words of the status are said."""
    if not text and status in _USUAL:
        title, text = (t(*words) for words in _USUAL[status])
        again = address(own_path(request.full_path.rstrip("?")) or "/") if status == COME_AGAIN else ""
    return make_response(render_template("problem.html", title=title, text=text, again=again), status)


COME_AGAIN = 503
_USUAL: dict[int, tuple[Pair, Pair]] = {
    404: (
        ("没有找到这个页面", "There is no such page"),
        ("链接可能已失效，或者不属于您的微信。", "The link may be out of date, or belong to another WeChat account."),
    ),
    COME_AGAIN: (
        ("请稍后再来", "Please come again shortly"),
        (
            "系统正忙，请过一会儿再打开。您提交过的内容都还在。",
            "We are busy: please open this again shortly. Nothing that you sent is lost.",
        ),
    ),
}
