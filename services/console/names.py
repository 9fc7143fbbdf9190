"""What an operator calls our services, partners, lanes, messages and causes: Chinese and English for every one there is."""

from contracts import catalogue
from contracts.operating import Status
from services.console.words import Pair

SERVICES: dict[str, Pair] = {
    "gateway": ("微信网关", "WeChat gateway"),
    "pages": ("车主页面", "follower pages"),
    "customers": ("客户服务", "customers"),
    "appointments": ("预约服务", "appointments"),
    "messaging": ("消息服务", "messaging"),
    "dms": ("DMS 适配", "DMS adapter"),
    "csc": ("CSC 适配", "CSC adapter"),
    "sender": ("微信发送", "WeChat sender"),
    "sms": ("短信发送", "SMS sender"),
    "insight": ("运行洞察", "insight"),
    "console": ("控制台", "console"),
}
PARTNERS: dict[str, Pair] = {
    "dms": ("DMS", "DMS"),
    "csc": ("CSC", "CSC"),
    "wechat": ("微信", "WeChat"),
    "sms": ("短信平台", "the SMS provider"),
}
KINDS: dict[str, Pair] = {
    "contract": ("不符合契约", "off contract"),
    "unavailable": ("对方不可用", "no usable answer"),
    "mistake": ("程序错误", "our mistake"),
    "undecodable": ("无法解码", "undecodable"),
    "poison": ("反复拖垮服务", "kills its reader"),
    "exhausted": ("等待已超时", "waited too long"),
    "order": ("等前一条", "waits for the one before it"),
}
"""Why a message waits or is parked: `Cause.kind`."""
STATES: dict[str, Pair] = {
    "parked": ("滞留", "parked"),
    "redriven": ("已重发", "redriven"),
    "dropped": ("已放弃", "dropped"),
}
STATUSES: dict[Status, Pair] = {
    "new": ("未处理", "new"),
    "looking": ("处理中", "looking into it"),
    "waiting": ("等他人", "waiting for others"),
    "solved": ("已解决", "solved"),
}
JOB_STATES: dict[str, Pair] = {
    "running": ("进行中", "running"),
    "stopped": ("已停止", "stopped"),
    "done": ("已完成", "done"),
}
STEPS: dict[str, Pair] = {
    "spooled": ("网关存盘", "spooled"),
    "published": ("发出", "sent"),
    "told": ("成为事实", "told"),
    "handled": ("处理完", "handled"),
    "called": ("调用对方", "called"),
    "retried": ("等待重试", "to be retried"),
    "parked": ("滞留", "parked"),
}
"""What happened to a message: `Hop.step`, and "told"."""
SUBJECTS: dict[str, Pair] = {
    "appointment": ("预约", "appointment"),
    "registration": ("绑定申请", "registration"),
    "customer": ("客户绑定", "binding"),
    "follower": ("关注者", "follower"),
    "dealer": ("服务店", "dealer"),
    "vehicle": ("车辆", "car"),
    "visit": ("回厂", "visit"),
}
"""The kinds of subject a search finds."""

MESSAGES: dict[str, Pair] = {
    "request.appointment": ("请求预约", "Request an appointment"),
    "withdraw.appointment": ("请求取消预约", "Withdraw the appointment"),
    "reschedule.appointment": ("请求改期", "Ask for another day"),
    "appointment.requested": ("预约已受理", "Appointment requested"),
    "appointment.turned.down": ("预约未能受理", "Appointment turned down"),
    "appointment.unreachable": ("未能联系上车主", "Follower not reached"),
    "appointment.declined": ("车主电话中放弃", "Declined on the phone"),
    "appointment.withdrawn": ("车主已撤回", "Wish withdrawn"),
    "appointment.confirmed": ("预约已确认", "Appointment confirmed"),
    "appointment.cancelled": ("预约已取消", "Appointment cancelled"),
    "appointment.notified": ("已通知车主", "Follower notified"),
    "appointment.call.due": ("等待回电", "Call-back due"),
    "appointment.call.missed": ("回电未接通", "Call not answered"),
    "appointment.rescheduled": ("车主要求改期", "Another day asked for"),
    "appointment.kept": ("未能改动，维持原预约", "Kept as it was"),
    "appointment.transferred": ("已转其他店", "Transferred to another dealer"),
    "appointment.arrived": ("车辆已到店", "Car arrived"),
    "appointment.completed": ("服务已完成", "Service completed"),
    "appointment.no.show": ("未到店", "No-show"),
    "places.left": ("剩余名额", "Places left"),
    "give.consent": ("同意告知书", "Give consent"),
    "request.registration": ("请求绑定", "Request a registration"),
    "request.code": ("请求验证码", "Request a code"),
    "verify.mobile": ("核对验证码", "Verify the code"),
    "end.binding": ("请求解绑", "End the binding"),
    "registration.progressed": ("绑定有进展", "Registration progressed"),
    "registration.matched": ("身份已核对", "Registration matched"),
    "registration.rejected": ("绑定被拒绝", "Registration rejected"),
    "customer.registered": ("绑定已生效", "Customer registered"),
    "customer.unregistered": ("绑定已解除", "Customer unregistered"),
    "store.appointment": ("在 DMS 登记预约", "Store the appointment at the DMS"),
    "cancel.appointment": ("在 DMS 取消预约", "Cancel it at the DMS"),
    "store.slip": ("在 DMS 保存预约单", "Store the slip at the DMS"),
    "move.appointment": ("在 DMS 改期", "Move it at the DMS"),
    "store.outcome": ("在 DMS 登记结果", "Store the outcome at the DMS"),
    "find.owner": ("在 DMS 核对车主", "Find the owner at the DMS"),
    "store.registration": ("在 DMS 登记绑定", "Store the registration at the DMS"),
    "fetch.dealers": ("取服务店名单", "Fetch the dealers"),
    "appointment.stored": ("DMS 已登记", "Stored at the DMS"),
    "appointment.rejected": ("DMS 拒绝", "Rejected by the DMS"),
    "appointment.move.refused": ("DMS 不同意改期", "Move refused by the DMS"),
    "appointment.slip.stored": ("DMS 已存预约单", "Slip stored at the DMS"),
    "appointment.slip.refused": ("DMS 拒收预约单", "Slip refused by the DMS"),
    "owners.found": ("DMS 核对结果", "The DMS's answer on the owner"),
    "ownership.changed": ("车主变更", "Ownership changed"),
    "dealer.listed": ("服务店资料", "Dealer listed"),
    "capacity.set": ("接待能力", "Capacity set"),
    "visit.arrived": ("到店登记", "Visit: arrived"),
    "visit.closed": ("离店登记", "Visit: closed"),
    "open.call.task": ("请 CSC 建回电任务", "Open a call task at CSC"),
    "close.call.task": ("请 CSC 关闭任务", "Close the call task"),
    "reopen.call.task": ("请 CSC 再次回电", "Reopen the call task"),
    "record.outcome": ("告知 CSC 结果", "Record the outcome at CSC"),
    "mark.registered": ("告知 CSC 绑定", "Mark as registered at CSC"),
    "appointment.task.created": ("CSC 已建任务", "Task created at CSC"),
    "appointment.task.refused": ("CSC 拒建任务", "Task refused by CSC"),
    "appointment.call.logged": ("CSC 通话记录", "Call logged by CSC"),
    "appointment.slip.saved": ("CSC 保存预约单", "Slip saved by CSC"),
    "appointment.confirmation.sent": ("确认已发出", "Confirmation sent"),
    "appointment.confirmation.failed": ("确认未送达", "Confirmation failed"),
    "text.received": ("收到文字消息", "Text received"),
    "menu.clicked": ("点击菜单", "Menu clicked"),
    "follower.subscribed": ("关注", "Subscribed"),
    "follower.unsubscribed": ("取消关注", "Unsubscribed"),
    "template.job.finished": ("微信送达回执", "WeChat's delivery report"),
    "push.received": ("收到其他推送", "Other push received"),
    "send.template": ("发送模板消息", "Send a template message"),
    "template.accepted": ("微信已接收", "Accepted by WeChat"),
    "template.refused": ("微信拒绝", "Refused by WeChat"),
    "template.delivered": ("模板消息已送达", "Template delivered"),
    "template.undelivered": ("模板消息未送达", "Template not delivered"),
    "send.text": ("发送客服消息", "Send a text"),
    "text.accepted": ("客服消息已接收", "Text accepted"),
    "text.refused": ("客服消息被拒", "Text refused"),
    "renew.js.ticket": ("续期 JS 票据", "Renew the JS ticket"),
    "js.ticket.issued": ("JS 票据已发", "JS ticket issued"),
    "publish.menu": ("发布菜单", "Publish the menu"),
    "send.sms": ("发送短信", "Send an SMS"),
    "sms.accepted": ("短信已接收", "SMS accepted"),
    "sms.refused": ("短信被拒", "SMS refused"),
    "redrive.parked": ("指令：重发", "Order: redrive"),
    "drop.parked": ("指令：放弃", "Order: drop"),
    "show.parked": ("指令：查看内容", "Order: show"),
    "mend.parked": ("指令：修正后发送", "Order: send mended"),
    "parked.shown": ("滞留内容", "Payload shown"),
    "pause.consumer": ("指令：暂停取件", "Order: pause"),
    "resume.consumer": ("指令：恢复取件", "Order: resume"),
    "hold.partner": ("指令：暂停合作方", "Order: hold the partner"),
    "release.partner": ("指令：放行合作方", "Order: release the partner"),
    "ops.report": ("运行报告", "Report"),
    "ops.status": ("运行状态", "Status"),
}

FIELDS: dict[str, Pair] = {
    "account": ("公众号", "account"),
    "appointment_at": ("预约时间", "appointment time"),
    "appointment_id": ("预约编号（我们的）", "appointment id (ours)"),
    "at": ("时间", "time"),
    "binding_id": ("绑定编号", "binding id"),
    "call_due_at": ("最晚回电时间", "call due by"),
    "client_msg_id": ("发送编号", "sending id"),
    "code": ("代码", "code"),
    "concern": ("车主留言", "concern"),
    "confirmed_by": ("确认人工号", "confirmed by (staff no.)"),
    "customer_id": ("客户编号", "customer id"),
    "dealer_code": ("服务店代码", "dealer code"),
    "dms_no": ("DMS 单号", "DMS number"),
    "follower_id": ("关注者编号", "follower id"),
    "id_number": ("证件号", "ID number"),
    "items": ("预约项目", "items"),
    "mileage_km": ("里程（km）", "mileage (km)"),
    "mobile": ("手机号", "mobile"),
    "name": ("姓名／名称", "name"),
    "openid": ("openid", "openid"),
    "outcome": ("结果", "outcome"),
    "plate": ("车牌", "plate"),
    "reason": ("原因", "reason"),
    "registration_id": ("绑定申请编号", "registration id"),
    "request_no": ("第几次请求", "request number"),
    "requested_date": ("希望日期", "requested date"),
    "slip_id": ("预约单号", "slip number"),
    "slip_state": ("预约单状态", "slip state"),
    "slip_version": ("预约单版本", "slip version"),
    "slot": ("时段", "slot"),
    "source": ("来源", "source"),
    "state": ("状态", "state"),
    "submitted_at": ("提交时间", "submitted at"),
    "task_id": ("任务号", "task number"),
    "task_version": ("任务版本", "task version"),
    "task_state": ("任务状态", "task state"),
    "text": ("文字", "text"),
    "template": ("模板", "template"),
    "vehicle_id": ("车辆编号", "vehicle id"),
    "version": ("版本", "version"),
    "vin": ("VIN", "VIN"),
}
"""The last part of a path into a message, where it has a name that people use."""


def message_name(type: str) -> Pair:
    """What has no type never became a message of ours."""
    if not type:
        return ("不是消息的内容", "no message of ours")
    return MESSAGES.get(type, (type, type))


def named(table: dict[str, Pair], key: str) -> Pair:
    return table.get(key, (key, key))


def service_choices() -> tuple[tuple[str, Pair], ...]:
    return tuple((name, named(SERVICES, name)) for name in catalogue.QUEUED_SERVICES)
