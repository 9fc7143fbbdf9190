"""What a message is called on the strip, in both languages."""

import re

Words = dict[str, str]


def words(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


_EVENTS = {
    "CLICK": words("点击菜单", "taps the menu"),
    "VIEW": words("从菜单打开页面", "opens a page from the menu"),
    "subscribe": words("关注", "follows"),
    "unsubscribe": words("取消关注", "stops following"),
    "SCAN": words("扫二维码", "scans a QR code"),
}
_KINDS = {
    "text": words("发消息", "writes a message"),
    "image": words("发图片", "sends a picture"),
    "location": words("发位置", "sends a location"),
}
_OTHER = words("推送", "push")

_SENDS = {
    "/cgi-bin/message/template/send": words("模板消息", "template message"),
    "/cgi-bin/message/custom/send": words("客服消息", "customer service message"),
}

_CALLS: tuple[tuple[str, re.Pattern[str], Words], ...] = (
    ("POST", re.compile(r"/appointments"), words("登记预约", "store the appointment")),
    ("PUT", re.compile(r"/appointments/[^/]+/day"), words("改约日期", "move the appointment")),
    ("PUT", re.compile(r"/appointments/[^/]+/outcome"), words("告知结果", "tell the outcome")),
    ("POST", re.compile(r"/appointments/[^/]+/cancel"), words("取消预约", "cancel the appointment")),
    ("GET", re.compile(r"/appointments/[^/]+"), words("查询预约", "look for the appointment")),
    ("PUT", re.compile(r"/slips/[^/]+"), words("保存预约单", "store the slip")),
    ("POST", re.compile(r"/owners/find"), words("核对车主", "look for the owner")),
    ("PUT", re.compile(r"/registrations/[^/]+"), words("登记绑定", "store the registration")),
    ("GET", re.compile(r"/dealers"), words("读取门店", "read the dealers")),
    ("POST", re.compile(r"/call-tasks"), words("建回访任务", "open a call task")),
    ("POST", re.compile(r"/call-tasks/[^/]+/close"), words("关闭回访任务", "close the call task")),
    ("POST", re.compile(r"/call-tasks/[^/]+/reopen"), words("重开回访任务", "reopen the call task")),
    ("GET", re.compile(r"/call-tasks/[^/]+"), words("查询回访任务", "look for the call task")),
    ("GET", re.compile(r"/cars"), words("读取车辆", "read the cars")),
    ("GET", re.compile(r"/service-dates"), words("读取保养日期", "read the service dates")),
    ("GET", re.compile(r"/campaigns"), words("读取活动", "read the campaigns")),
    ("POST", re.compile(r"/reminder-tasks"), words("建提醒任务", "open reminder tasks")),
    ("POST", re.compile(r"/reminder-tasks/standings|/reminders/standings"), words("告知提醒进展", "tell how reminders stand")),
    ("PUT", re.compile(r"/reminder-runs/[^/]+"), words("核对当月提醒", "tell the month's reminders")),
    ("PUT", re.compile(r"/complaints/[^/]+/steps/\d+"), words("告知投诉步骤", "tell a step of a complaint")),
    ("POST", re.compile(r"/complaints/[^/]+/refusals"), words("投诉步骤未办理", "refuse a step of a complaint")),
)

_PUSHES = {
    "appointment.rejected": words("拒绝预约", "rejects the appointment"),
    "dealer.saved": words("门店资料", "dealer saved"),
    "capacity.saved": words("接待容量", "capacity saved"),
    "visit.arrived": words("车辆到店", "the car arrives"),
    "visit.closed": words("服务完成", "the visit is closed"),
    "ownership.changed": words("车主变更", "ownership changed"),
    "call.logged": words("通话记录", "call logged"),
    "slip.saved": words("预约单", "slip saved"),
    "sale.recorded": words("销售记录", "sale recorded"),
    "service_dates.updated": words("保养日期", "service dates updated"),
    "campaign.published": words("发布活动", "campaign published"),
    "campaign.withdrawn": words("撤回活动", "campaign withdrawn"),
    "reminder.items.published": words("当月提醒明细", "the month's reminders"),
    "reminder.run.completed": words("当月提醒完成", "the month is complete"),
    "reminder.slip.saved": words("提醒单", "reminder slip"),
    "reminder.item.decided": words("提醒决定", "reminder decided"),
    "complaint.step": words("投诉步骤", "step of a complaint"),
}

_SUBMISSIONS: tuple[tuple[re.Pattern[str], Words], ...] = (
    (re.compile(r".*/consents"), words("同意个人信息告知", "gives consent")),
    (re.compile(r".*/registrations"), words("提交绑定", "submits a registration")),
    (re.compile(r".*/registrations/[^/]+/verify"), words("提交验证码", "submits the code")),
    (re.compile(r".*/registrations/[^/]+/code"), words("重发验证码", "asks for another code")),
    (re.compile(r".*/bindings/[^/]+/end"), words("解绑车辆", "ends a binding")),
    (re.compile(r".*/appointments"), words("提交预约", "submits an appointment")),
    (re.compile(r".*/appointments/[^/]+/withdraw"), words("取消预约", "withdraws the appointment")),
    (re.compile(r".*/appointments/[^/]+/reschedule"), words("改约", "reschedules the appointment")),
)


def of_push(message: dict[str, object]) -> Words:
    """What a follower did."""
    if message.get("MsgType") == "event":
        return _EVENTS.get(str(message.get("Event")), _OTHER)
    return _KINDS.get(str(message.get("MsgType")), _OTHER)


def of_send(path: str) -> Words:
    return _SENDS.get(path, words("接口调用", "call"))


def of_call(method: str, path: str) -> Words:
    """`path` without /api/v1."""
    return next(
        (said for verb, form, said in _CALLS if verb == method and form.fullmatch(path)), words(f"{method} {path}", f"{method} {path}")
    )


def of_partner_push(kind: str) -> Words:
    return _PUSHES.get(kind, words(kind, kind))


def of_submission(path: str) -> Words:
    return next((said for form, said in _SUBMISSIONS if form.fullmatch(path)), words("提交页面", "submits a page"))


SMS = words("短信", "text message")
