"""The platform's own page: who follows, what they got, and what the platform may be told to do wrong besides the fault switches."""

import json
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.desks.fault_switches import Paths, add_fault_switches
from sandbox.desks.forms import Form
from sandbox.desks.frame import Sign, Tab, desk_pages
from sandbox.desks.traffic import add_traffic
from sandbox.desks.words import Words, t
from sandbox.office import Office
from sandbox.store import Store
from sandbox.wechat.api import Platform
from sandbox.wechat.api_errors import TEXTS
from sandbox.wechat.switches import TemplateResults

LISTED = 100
PATHS = Paths(
    asked=(
        ("", ("全部接口", "All addresses")),
        ("/cgi-bin/message/template/send", ("模板消息", "Template messages")),
        ("/cgi-bin/message/custom/send", ("客服消息", "Customer-service messages")),
        ("/cgi-bin/stable_token", ("取令牌", "Tokens")),
        ("/cgi-bin/ticket", ("JS 票据", "JS tickets")),
        ("/cgi-bin/menu", ("菜单", "Menu")),
        ("/sns/", ("网页授权", "OAuth")),
    ),
)
ERRCODES: tuple[tuple[int, Words], ...] = (
    (-1, ("系统繁忙", "system busy")),
    (40001, ("令牌无效", "token invalid")),
    (40037, ("模板不存在", "no such template")),
    (42001, ("令牌过期", "token expired")),
    (43004, ("未关注", "does not follow")),
    (43101, ("用户拒收", "refused by the user")),
    (45009, ("当日限额用完", "daily quota used up")),
    (45011, ("调用太频繁", "too many this minute")),
    (45015, ("超出 48 小时", "no window open")),
    (45047, ("客服消息条数用完", "window used up")),
    (47003, ("模板参数不合规", "values against the rules")),
    (48001, ("没有权限", "no right to this API")),
)
RESULTS: dict[str, Words] = {
    "success": ("送达", "delivered"),
    "failed:user block": ("用户拒收", "blocked by the user"),
    "failed: system failed": ("系统原因失败", "failed in the system"),
    "none": ("不再回报", "no report at all"),
}

Answer = str | Response | tuple[str, int]


def pages(office: Office, platform: Platform) -> Blueprint:
    tabs = (
        Tab("pages.home", ("关注者", "Followers")),
        Tab("pages.messages_page", ("消息", "Messages")),
        Tab("pages.platform_page", ("令牌与错误码", "Tokens and errcodes")),
        Tab("pages.traffic_page", ("往来", "Traffic")),
        Tab("pages.faults_page", ("故障开关", "Faults")),
    )
    made = desk_pages(Sign("wechat", ("微信", "WeChat"), ("公众平台替身", "Platform, a stand-in"), tabs), office.now)
    add_fault_switches(made, office.faults, PATHS)
    add_traffic(made, office)
    _add_lists(made, office.store)
    _add_platform(made, office.store, platform)
    return made


def _add_lists(made: Blueprint, store: Store) -> None:
    @made.get("/")
    def home() -> str:
        like = request.args.get("q", "").strip()
        rows = store.rows(
            "SELECT followers.*, (SELECT max(until) FROM openings WHERE openings.openid = followers.openid AND left > 0) AS open_until"
            " FROM followers WHERE ?1 = '' OR instr(name || openid, ?1) ORDER BY subscribed DESC, since DESC, openid LIMIT ?2",
            like,
            LISTED,
        )
        return render_template("wechat/followers.html", followers=[dict(row) for row in rows], q=like)

    @made.get("/pages/messages")
    def messages_page() -> str:
        like = request.args.get("q", "").strip()
        rows = store.rows(
            "SELECT messages.*, followers.name FROM messages LEFT JOIN followers USING (openid)"
            " WHERE ?1 = '' OR instr(content || openid || coalesce(name, ''), ?1) ORDER BY number DESC LIMIT ?2",
            like,
            LISTED,
        )
        found = [{**dict(row), "at": datetime.fromtimestamp(row["at"], UTC), "content": json.loads(row["content"])} for row in rows]
        return render_template("wechat/messages.html", messages=found, q=like)


def _platform_shown(store: Store, form: Form) -> str:
    row = store.row("SELECT value FROM switches WHERE name='template_results'")
    return render_template(
        "wechat/platform.html",
        form=form,
        tokens=[dict(each) for each in store.rows("SELECT * FROM tokens ORDER BY id DESC LIMIT 5")],
        ordered=[dict(each) for each in store.rows("SELECT path, errcode FROM errcodes ORDER BY id")],
        results=TemplateResults.model_validate_json(row["value"] if row else "{}"),
        paths=PATHS.asked[1:],
        errcodes=ERRCODES,
        texts=TEXTS,
        outcomes=RESULTS,
        polls=url_for("pages.platform_page"),
    )


def _add_platform(made: Blueprint, store: Store, platform: Platform) -> None:
    @made.get("/pages/platform")
    def platform_page() -> str:
        return _platform_shown(store, Form())

    @made.post("/pages/platform/tokens")
    def void_tokens() -> Response:
        """`how`: void (40001) or expire (42001)."""
        ended = platform.tokens.expire_all() if request.form.get("how") == "expire" else platform.tokens.void_all()
        flash(t(f"已作废 {ended} 个令牌", f"{ended} token(s) are good no more"))
        return redirect(url_for("pages.platform_page"))

    @made.post("/pages/platform/errcodes")
    def order_errcodes() -> Answer:
        form = Form(request.form)
        path = form.one_of("path", [path for path, _ in PATHS.asked[1:]])
        errcode = form.one_of("errcode", [str(code) for code, _ in ERRCODES])
        times = form.number("times", 1, 100)
        if not form.good:
            return _platform_shown(store, form), 422
        platform.switches.set_errcodes(path, (int(errcode),) * times)
        flash(t(f"接下来 {times} 次调用答 {errcode}", f"The next {times} call(s) are answered {errcode}"))
        return redirect(url_for("pages.platform_page"))

    @made.post("/pages/platform/errcodes/clear")
    def clear_errcodes() -> Response:
        for row in store.rows("SELECT DISTINCT path FROM errcodes"):
            platform.switches.set_errcodes(row["path"], ())
        flash(t("错误码已取消", "No errcodes are waiting any more"))
        return redirect(url_for("pages.platform_page"))

    @made.post("/pages/platform/results")
    def set_results() -> Answer:
        form = Form(request.form)
        status = form.one_of("status", RESULTS)
        if not form.good:
            return _platform_shown(store, form), 422
        wanted = TemplateResults(send=False) if status == "none" else TemplateResults(status=status)
        platform.switches.set_template_results(wanted)
        flash(t("送达结果已设置", "The result of sends is set"))
        return redirect(url_for("pages.platform_page"))
