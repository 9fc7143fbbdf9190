"""The accounts of staff, for administrators."""

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for

from services.console.access import ROLES, Right, Role, page
from services.console.context import Context
from services.console.problems import Problem
from services.console.scope import kept_for, known_place
from services.console.staff import Member
from services.console.tables import Column, State, Table
from services.console.words import Pair, say

ROLE_WORDS: dict[Role, Pair] = {
    "administrator": ("管理员：全部，含账号", "administrator: all, and staff"),
    "operator": ("操作员：查看、处理、看明文", "operator: sees, orders, reads payloads"),
    "integrator": ("对接工程师：查看、修正、管合作方", "integrator: sees, mends, holds partners"),
    "auditor": ("审计员：只看，含审计", "auditor: sees all, with the audit; orders nothing"),
    "dealer_manager": ("DCRC 经理：一家店的统计、名单、决定、投诉", "DCRC manager: a dealer's statistics, lists, decisions, complaints"),
    "region_manager": ("大区经理：一个大区的统计、名单、决定、投诉", "region manager: a region's statistics, lists, decisions, complaints"),
    "agent": ("客服专员：受理抱怨、回访", "agent: takes grievances in, calls back"),
    "complaint_handler": ("投诉处理专员：判断、建档、分派、结案", "complaint handler: judges, files, assigns, closes"),
    "technical": ("技术支持专员：品质类投诉与 VRT", "technical support: quality complaints and VRT"),
    "vrt_member": ("VRT 小组成员：所在小组的投诉", "VRT member: complaints of their groups"),
    "leader": ("层级领导：按授权级别决定升级与方案", "leader: decides on escalations and plans by level"),
    "legal": ("法务：仲裁与诉讼", "legal: arbitration and litigation"),
    "marketing": ("市场部：媒体与危机", "marketing: media and crises"),
    "monitor": ("总部监控：只看全部投诉与报表", "HQ monitor: sees all complaints and reports"),
    "dealer_staff": ("服务店人员：处理本店投诉", "dealer: handles complaints of one dealer"),
}
ACTIVE, DISABLED = State("fine", ("启用", "active")), State("waiting", ("停用", "disabled"))
FIRST_LOGIN = State("late", ("等待首次登录", "waits for first login"))


def state_of(member: Member) -> State:
    if member.disabled:
        return DISABLED
    return FIRST_LOGIN if member.must_change else ACTIVE


def place_of(member: Member) -> str:
    """D001 of `dealer:D001`; empty for who has no place."""
    return member.scope.partition(":")[2]


COLUMNS: tuple[Column[Member], ...] = (
    Column("name", "账号", "Name", lambda member: member.name, href=lambda member: url_for("staff_member", name=member.name)),
    Column("role", "角色", "Role", lambda member: say(ROLE_WORDS[member.role])),
    Column("scope", "范围", "Scope", place_of),
    Column("state", "状态", "State", state_of, "state"),
    Column("login_at", "上次登录", "Last login", lambda member: member.login_at, "time"),
    Column("password_at", "密码设于", "Password set", lambda member: member.password_at, "time", hidden=True),
    Column("created_at", "建于", "Made", lambda member: member.created_at, "time"),
)


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/staff", right=Right.STAFF)
    def staff() -> Response:
        table = Table("staff", COLUMNS, context.staff.all())
        return table.export() or make_response(render_template("staff.html", table=table, roles=ROLE_WORDS))

    @page(app, "/staff", right=Right.STAFF, methods=("POST",))
    def add_staff() -> Response:
        name = request.form.get("name", "").strip().lower()
        return _with_password(context, name, context.staff.add(g.visit.name, name, *_role_and_place(context)))

    @page(app, "/staff/<name>", right=Right.STAFF)
    def staff_member(name: str) -> str:
        return render_template(
            "staff_member.html", member=_known(context, name), roles=ROLE_WORDS, password=None, state_of=state_of, place_of=place_of
        )

    @page(app, "/staff/<name>/role", right=Right.STAFF, methods=("POST",))
    def staff_role(name: str) -> Response:
        context.staff.give_role(g.visit.name, name, *_role_and_place(context))
        return _back_to(name)

    @page(app, "/staff/<name>/disabled", right=Right.STAFF, methods=("POST",))
    def staff_disabled(name: str) -> Response:
        context.staff.set_disabled(g.visit.name, name, request.form.get("disabled") == "yes")
        return _back_to(name)

    @page(app, "/staff/<name>/reset", right=Right.STAFF, methods=("POST",))
    def staff_reset(name: str) -> Response:
        return _with_password(context, name, context.staff.reset(g.visit.name, name))


def _with_password(context: Context, name: str, password: str) -> Response:
    """Shown once, in the answer to the order: it stands in no address, and no table has it."""
    member = _known(context, name)
    given = {"member": member, "roles": ROLE_WORDS, "password": password}
    return make_response(render_template("staff_member.html", **given, state_of=state_of, place_of=place_of))


def _known(context: Context, name: str) -> Member:
    member = context.staff.get(name)
    if member is None:
        raise Problem("unknown", f"没有账号 {name}", f"There is nobody named {name}.", 404)
    return member


def _role() -> Role:
    role = request.form.get("role", "")
    if role not in ROLES:
        raise Problem("role", "请选择角色。", "Please choose a role.")
    return role


def _role_and_place(context: Context) -> tuple[Role, str]:
    """Raises Problem for a place that cannot be one, or that the DMS has not told of; Unavailable where nobody can say."""
    role, place = _role(), request.form.get("place", "").strip()
    if kept_for(role, place):
        known_place(role, place, context.reminding.dealers())
    return role, place


def _back_to(name: str) -> Response:
    return make_response(redirect(url_for("staff_member", name=name), code=303))
