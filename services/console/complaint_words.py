"""What people call kinds, states, grades, limits and roles of complaints: Chinese and English for every one there is."""

from enum import StrEnum

from contracts.complaining import Queue
from contracts.complaint_words import (
    Basis,
    CaseType,
    Channel,
    CloseReason,
    DeadlineKind,
    DisputeKind,
    FollowerState,
    Grade,
    Kind,
    Role,
    State,
    Trigger,
    VrtKind,
    VrtResult,
)
from services.console import tables
from services.console.words import Pair

QUEUES: dict[Queue, Pair] = {
    "mine": ("待我处理", "Mine"),
    "unassigned": ("待分派", "Unassigned"),
    "overdue": ("已超时", "Overdue"),
    "escalated": ("升级中", "Escalated"),
    "call_backs": ("待回访", "Call-backs"),
    "open": ("全部未结", "All open"),
    "all": ("全部", "All"),
}
KINDS: dict[Kind, Pair] = {Kind.GRIEVANCE: ("抱怨", "grievance"), Kind.COMPLAINT: ("投诉", "complaint")}
CHANNELS: dict[Channel, Pair] = {
    Channel.OFFICIAL_ACCOUNT: ("公众号", "official account"),
    Channel.CALL_CENTRE_PHONE: ("客服电话", "call centre"),
    Channel.LETTER: ("信件", "letter"),
    Channel.EMAIL: ("邮件", "e-mail"),
    Channel.FAX: ("传真", "fax"),
    Channel.DEALER: ("服务店转来", "dealer"),
    Channel.MEDIA: ("媒体", "media"),
    Channel.INSTITUTION: ("机构（消协等）", "institution"),
    Channel.INTERNAL: ("内部", "internal"),
    Channel.OTHER: ("其他", "other"),
}
TYPES: dict[CaseType, Pair] = {
    CaseType.QUALITY: ("品质", "quality"),
    CaseType.SALES: ("销售", "sales"),
    CaseType.SERVICE: ("服务", "service"),
    CaseType.PARTS: ("部品", "parts"),
    CaseType.OTHER: ("其他", "other"),
}
GRADES: dict[Grade, tables.State] = {
    Grade.GENERAL: tables.State("waiting", ("一般", "general")),
    Grade.SERIOUS: tables.State("late", ("严重", "serious")),
    Grade.MAJOR: tables.State("broken", ("重大", "major")),
}
STATES: dict[State, tables.State] = {
    State.RECEIVED: tables.State("late", ("待判断", "to be judged")),
    State.INVALID: tables.State("late", ("待回复", "reply due")),
    State.CLOSED_INVALID: tables.State("fine", ("已回复（不成立）", "replied, not valid")),
    State.SOLVED_DIRECT: tables.State("fine", ("已直接解决", "solved at once")),
    State.FILED: tables.State("late", ("待分派", "to be assigned")),
    State.ASSIGNED: tables.State("late", ("待店受理", "with the dealer")),
    State.RETURNED: tables.State("late", ("店已退回", "returned")),
    State.ACCEPTED: tables.State("going", ("店已受理", "accepted")),
    State.PLANNING: tables.State("going", ("制定方案中", "planning")),
    State.PLAN_SUBMITTED: tables.State("late", ("方案待批", "plan to be authorised")),
    State.EXECUTING: tables.State("going", ("方案执行中", "carrying out")),
    State.CLOSURE_PROPOSED: tables.State("late", ("申请结案", "closure proposed")),
    State.CLOSED: tables.State("fine", ("已结案", "closed")),
    State.SURVEYED: tables.State("fine", ("已结案，已回访", "closed, surveyed")),
    State.REOPENED: tables.State("broken", ("重新打开", "reopened")),
    State.DISPUTED: tables.State("broken", ("仲裁／诉讼中", "in dispute")),
}
SHOWN: dict[FollowerState, Pair] = {
    FollowerState.RECEIVED: ("已收到", "received"),
    FollowerState.CHECKING: ("核实中", "being checked"),
    FollowerState.HANDLING: ("处理中", "being handled"),
    FollowerState.ANSWERED: ("已答复", "answered"),
    FollowerState.CLOSED: ("已结束", "closed"),
}
ROLES: dict[Role, Pair] = {
    Role.CUSTOMER: ("客户", "customer"),
    Role.AGENT: ("客服", "agent"),
    Role.HANDLER: ("投诉处理", "handler"),
    Role.TECHNICAL: ("技术支持", "technical support"),
    Role.VRT: ("VRT", "VRT"),
    Role.REGION: ("大区", "region"),
    Role.DEALER: ("服务店", "dealer"),
    Role.LEADER: ("领导", "leader"),
    Role.LEGAL: ("法务", "legal"),
    Role.MARKETING: ("市场部", "marketing"),
    Role.MONITOR: ("总部", "HQ"),
    Role.SYSTEM: ("系统", "system"),
}
CLOSE_REASONS: dict[CloseReason, Pair] = {
    CloseReason.WITHDRAWN: ("客户接受解释，撤诉", "explained, withdrawn"),
    CloseReason.SATISFIED: ("客户接受方案，已达期望", "accepted and done"),
    CloseReason.ACCEPTED_PENDING: ("客户接受，方案暂未实施", "accepted, yet to be done"),
    CloseReason.NOT_SUPPORTED: ("诉求不符合法规或保修政策", "against regulations or warranty policy"),
    CloseReason.SETTLED: ("随争议了结", "ended with a dispute"),
}
LIMITS: dict[DeadlineKind, Pair] = {
    DeadlineKind.FIRST_REPLY: ("首次回复", "First reply"),
    DeadlineKind.DEALER_PLAN: ("服务店方案", "Dealer's plan"),
    DeadlineKind.VRT_CONCLUSION: ("VRT 结论", "VRT conclusion"),
    DeadlineKind.CLOSE: ("结案", "Closing"),
    DeadlineKind.CUSTOM: ("自定时限", "Own limit"),
}
BASES: dict[Basis, Pair] = {
    Basis.WORKING: ("工作时间", "working hours"),
    Basis.CALENDAR: ("自然时间", "by the clock"),
}
TRIGGERS: dict[Trigger, Pair] = {
    Trigger.OVERDUE: ("超过结案时限", "not closed in time"),
    Trigger.FORESEEN_OVERDUE: ("预计无法按时结案", "cannot be closed in time"),
    Trigger.VRT_LATE: ("VRT 未按时给出结论", "VRT late"),
    Trigger.NO_PROPOSAL: ("VRT 无法形成提案", "VRT without a proposal"),
    Trigger.PLAN_LATE: ("服务店未按时制定方案", "dealer's plan late"),
}
VRT_KINDS: dict[VrtKind, Pair] = {VrtKind.QUALITY: ("品质类", "quality"), VrtKind.OTHER: ("其他类", "other")}
VRT_RESULTS: dict[VrtResult, Pair] = {
    VrtResult.SOLUTION: ("技术解决方案", "technical solution"),
    VrtResult.PROPOSAL: ("提案", "proposal"),
    VrtResult.NONE: ("未能形成", "none could be formed"),
}
DISPUTES: dict[DisputeKind, Pair] = {
    DisputeKind.ARBITRATION: ("仲裁", "arbitration"),
    DisputeKind.LITIGATION: ("诉讼", "litigation"),
    DisputeKind.CRISIS: ("形象／舆情危机", "crisis"),
}
FLAGS: dict[str, Pair] = {
    "safety": ("涉及安全", "safety"),
    "media": ("媒体", "media"),
    "institution": ("机构", "institution"),
    "crisis": ("危机", "crisis"),
}
WHY_NOT: dict[str, Pair] = {
    "gone": ("微信上已过期或被删除", "gone from WeChat"),
    "not_a_photo": ("不是照片，或照片已损坏", "not a photo, or a broken one"),
    "not_a_voice": ("不是录音，或录音已损坏", "not a recording, or a broken one"),
    "not_a_paper": ("不是 PDF，或文件已损坏", "not a PDF, or a broken one"),
    "active_paper": ("PDF 带有程序或附件，不能收", "a PDF with a program or files in it"),
    "too_large": ("太大", "too large"),
}
"""Why there is no file."""
OTHER_WORDS: dict[tuple[str, str], dict[str, Pair]] = {
    ("contact", "how"): {
        "phone": ("电话", "phone"),
        "wechat": ("微信", "WeChat"),
        "visit": ("面谈", "in person"),
        "letter": ("信件", "letter"),
        "email": ("邮件", "e-mail"),
        "other": ("其他", "other"),
    },
    ("judge_invalid", "reason"): {
        "no_fault": ("产品与服务无过失", "no fault of product or service"),
        "no_request": ("没有明确诉求", "asks for nothing"),
        "duplicate": ("与另一单重复", "a duplicate"),
        "not_ours": ("不属于我们", "not ours"),
        "other": ("其他", "other"),
    },
    ("reopen", "reason"): {
        "customer": ("客户不认可", "the customer disagrees"),
        "follow_up_missed": ("到期未落实", "not done by its day"),
        "low_score": ("回访评分低", "low score"),
        "handler": ("处理专员决定", "decided by the handler"),
    },
    ("pause", "reason"): {
        "customer": ("等客户", "waits for the customer"),
        "part": ("等零件", "waits for a part"),
        "institution": ("等机构", "waits for an institution"),
        "other": ("其他", "other"),
    },
    ("decide_escalation", "decision"): {
        "support": ("支持", "support"),
        "refuse": ("不支持", "refuse"),
        "higher": ("转更高级别", "pass higher"),
    },
    ("answer_survey", "by"): {"customer": ("客户本人", "the customer"), "call": ("电话回访", "on the phone")},
}
"""By step and field: words of the choices that are no enumeration of their own."""
BY_ENUM: dict[type[StrEnum], dict[str, Pair]] = {
    Kind: {key.value: pair for key, pair in KINDS.items()},
    Channel: {key.value: pair for key, pair in CHANNELS.items()},
    CaseType: {key.value: pair for key, pair in TYPES.items()},
    Grade: {key.value: state.words for key, state in GRADES.items()},
    CloseReason: {key.value: pair for key, pair in CLOSE_REASONS.items()},
    DeadlineKind: {key.value: pair for key, pair in LIMITS.items()},
    Basis: {key.value: pair for key, pair in BASES.items()},
    Trigger: {key.value: pair for key, pair in TRIGGERS.items()},
    VrtKind: {key.value: pair for key, pair in VRT_KINDS.items()},
    VrtResult: {key.value: pair for key, pair in VRT_RESULTS.items()},
    DisputeKind: {key.value: pair for key, pair in DISPUTES.items()},
}
