"""The steps of a complaint in words: what a button says, what the history says, what it means, and where among the buttons it stands."""

from dataclasses import dataclass
from typing import Literal

from services.console.words import Pair

Place = Literal["way", "customer", "limits", "support", "dispute", "case", "system"]
"""`way`: leads the case on, and stands first."""
PLACES: dict[Place, Pair] = {
    "way": ("下一步", "Next"),
    "customer": ("客户", "Customer"),
    "limits": ("时限", "Limits"),
    "support": ("支持与升级", "Support and escalation"),
    "dispute": ("争议与危机", "Dispute and crisis"),
    "case": ("单据", "Case"),
    "system": ("系统", "System"),
}


@dataclass(frozen=True)
class StepWords:
    """`does`: on the button; `done`: in the history, after a name. `means`: above the form. `danger`: asks for a second look."""

    place: Place
    sign: str
    does: Pair
    done: Pair
    means: Pair = ("", "")
    danger: bool = False


W = StepWords
STEPS: dict[str, StepWords] = {
    "receive": W("way", "plus", ("登记受理", "Take in"), ("受理了这张单", "took it in")),
    "judge_invalid": W(
        "way",
        "close",
        ("判为不成立", "Not valid"),
        ("判为不成立", "judged it not valid"),
        (
            "之后由客服（客户来源）或服务店（服务店转来）回复客户。",
            "The agent, or the dealer it came through, then replies to the customer.",
        ),
        danger=True,
    ),
    "reply_invalid": W(
        "way",
        "send",
        ("回复客户（不成立）", "Reply: not valid"),
        ("回复了客户", "replied to the customer"),
        ("回复后单据结束。", "That ends the case."),
    ),
    "solve_directly": W(
        "way",
        "check",
        ("已核实并解决", "Solved at once"),
        ("核实并直接解决", "verified and solved it"),
        (
            "写明核实情况、解决办法和给客户的答复；单据结束。",
            "Say what was verified, what was done and what the customer is told; that ends the case.",
        ),
    ),
    "raise_to_complaint": W(
        "way",
        "up",
        ("升为投诉", "Make it a complaint"),
        ("把抱怨升为投诉", "raised it to a complaint"),
        ("转投诉处理专员。", "Goes to the complaint handler."),
    ),
    "file": W(
        "way",
        "note",
        ("建档分级", "File"),
        ("建档、分类、分级", "filed, classified and graded it"),
        ("时限不填时按等级的规定。", "A limit that is left empty is the grade's."),
    ),
    "reclassify": W("case", "edit", ("更改分类分级", "Reclassify"), ("更改了分类分级", "reclassified it")),
    "assign": W(
        "way",
        "send",
        ("分派", "Assign"),
        ("分派到服务店", "assigned it"),
        ("服务店方案的时限从分派起算。", "The limit for the dealer's plan begins."),
    ),
    "accept": W("way", "check", ("受理", "Accept"), ("受理", "accepted it"), ("之后制定处理方案。", "Then make a plan.")),
    "return": W(
        "way",
        "prev",
        ("退回", "Return"),
        ("退回", "returned it"),
        ("不属于本店时退回给处理专员。", "Where it is not yours: back to the handler."),
        danger=True,
    ),
    "start_planning": W("way", "edit", ("开始制定方案", "Begin the plan"), ("开始制定方案", "began the plan")),
    "submit_plan": W(
        "way",
        "send",
        ("提交方案", "Submit the plan"),
        ("提交处理方案", "submitted a plan"),
        ("写明怎么处理、花费多少。", "What will be done, and what it costs."),
    ),
    "authorise_plan": W("way", "check", ("批准方案", "Authorise the plan"), ("批准方案", "authorised the plan")),
    "send_back_plan": W("way", "prev", ("退回方案", "Send it back"), ("退回方案", "sent the plan back"), danger=True),
    "carry_out": W("way", "hand", ("方案已执行", "Carried out"), ("执行了方案", "carried the plan out")),
    "propose_closure": W(
        "way",
        "list-check",
        ("申请结案", "Propose to close"),
        ("申请结案", "proposed to close it"),
        ("四种理由之一，附证据；方案暂未实施的要写回访日期。", "One of four reasons, with evidence; what is yet to be done wants a day."),
    ),
    "approve_closure": W(
        "way",
        "check",
        ("批准结案", "Close"),
        ("批准结案", "closed it"),
        ("客户会看到这里写的话。", "The customer reads what is written here."),
    ),
    "refuse_closure": W("way", "prev", ("不同意结案", "Do not close"), ("不同意结案", "did not close it"), danger=True),
    "withdraw": W(
        "customer",
        "close",
        ("客户撤诉", "Withdrawn"),
        ("客户撤诉", "noted that the customer withdrew"),
        ("分派前撤诉即结束；之后由处理专员批准结案。", "Before it is assigned that ends it; later the handler approves."),
        danger=True,
    ),
    "followed_up": W("way", "check", ("暂缓事项已落实", "Followed up"), ("落实了暂缓事项", "followed up")),
    "reopen": W(
        "way",
        "repeat",
        ("重新打开", "Reopen"),
        ("重新打开", "reopened it"),
        ("结案时限重新起算。", "Another limit to close it begins."),
        danger=True,
    ),
    "request_survey": W("system", "bell", ("请客户评价", "Ask for a survey"), ("请客户评价", "asked the customer for a score")),
    "call_back": W("system", "phone", ("安排回访", "Have a call made"), ("安排电话回访", "put it on the call-back list")),
    "answer_survey": W(
        "way",
        "phone",
        ("登记回访", "Log the call-back"),
        ("登记了评价", "logged the answer"),
        ("没有接通或不愿评价时，评分留空。", "Not reached, or not wanted: leave the score empty."),
    ),
    "dispute": W("dispute", "shield", ("转仲裁／诉讼", "Dispute"), ("登记仲裁／诉讼", "entered a dispute"), danger=True),
    "settle_dispute": W("way", "check", ("争议有结果", "Dispute settled"), ("登记争议结果", "settled the dispute")),
    "add": W("customer", "plus", ("补充客户的话", "Add what they say"), ("补充", "added")),
    "contact": W(
        "customer",
        "phone",
        ("记录联系", "Log a contact"),
        ("联系客户", "contacted the customer"),
        ("第一次联系上即算首次回复。", "The first that reaches them is the first reply."),
    ),
    "take_over": W("case", "user", ("接手／转交", "Take over"), ("改由别人负责", "changed who answers for it")),
    "unmatch": W(
        "customer",
        "close",
        ("解除微信匹配", "Not this follower"),
        ("解除了微信匹配", "parted it from the follower"),
        (
            "该微信用户是按手机号自动匹配的。解除后不再收到进展，也看不到这张单。",
            "The follower was found by the phone number. Parted, they get no news and do not see the case.",
        ),
        danger=True,
    ),
    "link": W("case", "route", ("关联另一单", "Link"), ("关联了另一单", "linked another case")),
    "unlink": W("case", "route", ("解除关联", "Unlink"), ("解除了与另一单的关联", "unlinked another case")),
    "set_deadline": W(
        "limits",
        "clock",
        ("设定时限", "Set a limit"),
        ("设定时限", "set a limit"),
        ("已有同类时限时，这是一次修改，暂停过的时间不变。", "Where there is one of the kind this changes it; its pauses stay."),
    ),
    "pause": W(
        "limits",
        "pause",
        ("暂停时限", "Pause"),
        ("暂停时限", "paused"),
        ("等客户或零件时，选定的时限停走。", "While we wait, the chosen limits stand still."),
    ),
    "resume": W("limits", "play", ("恢复时限", "Resume"), ("恢复时限", "resumed")),
    "meet_deadline": W("limits", "check", ("自定时限已完成", "Own limit is met"), ("完成了时限事项", "did what a limit was set for")),
    "drop_deadline": W("limits", "trash", ("取消自定时限", "Drop a limit"), ("取消时限", "dropped a limit"), danger=True),
    "breach": W("system", "alert", ("超时", "Breach"), ("时限已过", "a limit passed")),
    "start_vrt": W(
        "support",
        "users",
        ("启动 VRT", "Start a VRT"),
        ("启动 VRT 小组", "started a VRT group"),
        ("品质类由技术支持专员牵头，其他类由处理专员牵头。", "Quality: led by technical support; other: by the handler."),
    ),
    "set_vrt_members": W("support", "users", ("VRT 成员", "VRT members"), ("更改 VRT 成员", "changed the VRT's members")),
    "conclude_vrt": W("support", "check", ("VRT 结论", "VRT conclusion"), ("给出 VRT 结论", "gave the VRT's conclusion")),
    "draft_escalation": W("system", "up", ("拟升级", "Draft an escalation"), ("提示升级", "drafted an escalation")),
    "escalate": W(
        "support",
        "up",
        ("管理升级", "Escalate"),
        ("发起管理升级", "escalated it"),
        ("级别不填时按费用授权表。", "Left empty, the level follows from the fee."),
    ),
    "drop_escalation": W("support", "close", ("不升级", "Do not escalate"), ("不升级", "dropped the escalation"), danger=True),
    "decide_escalation": W("way", "shield", ("升级批示", "Decide"), ("批示升级", "decided on the escalation")),
    "declare_crisis": W("dispute", "alert", ("登记危机", "Crisis"), ("登记危机", "declared a crisis"), danger=True),
    "end_crisis": W("dispute", "check", ("危机解除", "Crisis over"), ("危机解除", "ended the crisis")),
    "note": W(
        "case",
        "edit",
        ("写备注", "Note"),
        ("备注", "noted"),
        ("只有工作人员看得到；提到谁，谁的队列里就有。", "For staff alone; whom it mentions finds it in their queue."),
    ),
    "attach": W(
        "case",
        "inbox",
        ("上传文件", "Attach"),
        ("上传文件", "attached a file"),
        ("照片或 PDF，10 MB 以内。", "A photo or a PDF, 10 MB at most."),
    ),
}


def words_of(step: str) -> StepWords:
    """CSC may know steps that we do not yet."""
    return STEPS.get(step) or StepWords("case", "note", (step, step), (step, step))
