"""The audit: who did what, when, about what, from where; and whether the chain holds."""

import json
from urllib.parse import quote

import eventlet
from flask import Flask, Response, make_response, render_template, request

from services.console.access import Right, page, who
from services.console.audit import Line, Question
from services.console.context import Context
from services.console.problems import Problem
from services.console.tables import Column, State, Table
from services.console.times import day_asked_for
from services.console.words import t

PAGE = 50
BROKEN = State("broken", ("链条断裂", "chain broken"))
SOUND = State("fine", ("完好", "sound"))

ACTIONS = {
    "login": ("登录", "logged in"),
    "login.failed": ("登录失败", "login failed"),
    "login.locked": ("登录被暂停", "login while locked"),
    "logout": ("退出", "logged out"),
    "password.changed": ("修改了密码", "changed the password"),
    "password.refused": ("旧密码不对", "wrong present password"),
    "access.refused": ("越权被拒", "refused: not allowed"),
    "staff.added": ("添加账号", "added an account"),
    "staff.role": ("更改角色", "changed a role"),
    "staff.disabled": ("停用账号", "disabled an account"),
    "staff.enabled": ("启用账号", "enabled an account"),
    "staff.reset": ("重设密码", "reset a password"),
    "audit.exported": ("导出审计", "exported the audit"),
    "payload.shown": ("查看明文内容", "saw a payload in clear"),
    "parked.redrive": ("重发", "redrove"),
    "parked.drop": ("放弃", "dropped"),
    "parked.mend": ("修正后发送", "sent a mended copy"),
    "parked.care": ("登记负责人、状态或备注", "set owner, status or note"),
    "job.redrive": ("批量重发", "began a job: redrive"),
    "job.drop": ("批量放弃", "began a job: drop"),
    "job.stop": ("停止批量任务", "stopped a job"),
    "queue.pause": ("暂停取件", "paused a queue"),
    "queue.resume": ("恢复取件", "resumed a queue"),
    "partner.hold": ("暂停合作方", "held a partner"),
    "partner.release": ("放行合作方", "released a partner"),
    "trace.searched": ("按个人信息查找", "searched"),
    "reminder.carry": ("决定：下一月继续提醒", "decided: carry over"),
    "reminder.drop": ("决定：不需提醒", "decided: not needed"),
    "reminder.void": ("决定：作废", "decided: void"),
    "list.exported": ("导出名单", "exported a list"),
    "run.start": ("生成月度提醒", "ordered a month's run"),
    "run.accepted": ("放行与 DMS 不符的月份", "accepted a month that differs"),
    "load.start": ("读取数据", "ordered a load"),
    "load.stop": ("停止读取", "stopped a load"),
    "load.resume": ("继续读取", "resumed a load"),
    "rules.changed": ("修改提醒规则", "changed the rules"),
    "recount.reminders": ("重新核算提醒统计", "recounted the statistics of reminders"),
    "recount.appointments": ("重新核算预约统计", "recounted the statistics of appointments"),
    "rules.explained": ("按 VIN 查提醒原因", "asked why a car is reminded"),
    "complaint.opened": ("打开投诉单（含手机号）", "opened a complaint, mobile in clear"),
    "complaint.searched": ("按个人信息查投诉", "searched complaints"),
    "complaint.exported": ("导出投诉列表", "exported complaints"),
    "complaint.received": ("登记投诉", "took a complaint in"),
    "complaint.step": ("办理投诉", "took a step in a complaint"),
    "complaint.bulk": ("批量办理投诉", "took a step in many complaints"),
    "complaint.file": ("向投诉单上传文件", "brought a file to a complaint"),
    "appraisal.exported": ("导出考核数据", "exported appraisal data"),
    "recount.complaints": ("重新核算投诉报表", "recounted the reports about complaints"),
    "complaint.dealings": ("查看客户的其他往来", "looked at a customer's other dealings"),
    "authority.changed": ("修改费用授权", "changed the authority table"),
    "calendar.changed": ("修改工作日历", "changed a working calendar"),
}


def action_words(action: str) -> str:
    """Orders that other pages write are shown by their own name until it has words here."""
    return t(*ACTIONS.get(action, (action, action)))


PLACES = {"parked": "/parked/", "payload": "/parked/", "job": "/jobs/", "queue": "/queues/", "reminder": "/items/"}


def place_of(line: Line) -> str | None:
    """The page of what an order was about."""
    place = PLACES.get(line.action.partition(".")[0])
    return f"{request.script_root}{place}{quote(line.about)}" if place and line.about else None


def details_words(details: str) -> str:
    """role: operator; number: 128"""
    return "; ".join(f"{name}: {value}" for name, value in json.loads(details).items())


COLUMNS: tuple[Column[Line], ...] = (
    Column("number", "序号", "No.", lambda line: line.number, "number"),
    Column("at", "时间", "When", lambda line: line.at, "time"),
    Column("actor", "谁", "Who", lambda line: line.actor),
    Column("action", "做了什么", "What", lambda line: action_words(line.action)),
    Column("about", "关于", "About", lambda line: line.about, href=place_of),
    Column("details", "详情", "Details", lambda line: details_words(line.details)),
    Column("address", "来自", "From", lambda line: line.address),
    Column("chain", "链", "Chain", lambda line: SOUND if line.sound else BROKEN, "state"),
)


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/audit", right=Right.AUDIT)
    def audit() -> Response:
        question, after = _question(), _after()
        lines = context.audit.lines(question, after=after, most=PAGE)
        following = str(lines[-1].number) if len(lines) == PAGE else None
        table = Table("audit", COLUMNS, lines, next=following, all_rows=lambda: context.audit.all_lines(question), sortable=False)
        if file := table.export():
            context.audit.write(who(), "audit.exported")
            return file
        actions = [(action, action_words(action)) for action in context.audit.actions()]
        return make_response(render_template("audit.html", table=table, asked=request.args, actions=actions))

    @page(app, "/audit/chain", right=Right.AUDIT)
    def audit_chain() -> str:
        return render_template("audit_chain.html", chain=context.audit.check(lambda: eventlet.sleep(0)))


def _question() -> Question:
    args = request.args
    since, until = day_asked_for("since"), day_asked_for("until", end=True)
    return Question(args.get("actor", "").strip(), args.get("action", ""), args.get("about", "").strip(), since, until)


def _after() -> int | None:
    after = request.args.get("after")
    if after is None:
        return None
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise Problem("after", "翻页位置有误，请回到最新。", "There is no such place in the list; please go back to the newest.")
    return int(after)
