"""What the form of a step asks, field by field: made from contracts/complaint_steps and one table of words. No I/O.

A field's kind follows from its type; what only a person knows (that minutes are said in hours, that an id is picked from those of the
case) stands in `BY_NAME` and `BY_STEP`.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from contracts import complaint_steps
from contracts.complaint_steps.form import Form
from services.console.complaint_words import BY_ENUM, OTHER_WORDS
from services.console.words import Pair, say, t

Kind = Literal[
    "line",
    "long",
    "choice",
    "pick",
    "many",
    "person",
    "people",
    "yes",
    "money",
    "hours",
    "day",
    "moment",
    "number",
    "dealer",
    "case",
    "file",
    "unasked",
]
SEVERAL: frozenset[Kind] = frozenset({"many", "people"})
Option = tuple[str, str]
"""Value and words."""
FORM_OF: dict[str, type[Form]] = {
    form.model_fields["step"].default: form
    for form in vars(complaint_steps).values()
    if isinstance(form, type) and issubclass(form, Form) and form is not Form
}
YES_NO: tuple[tuple[str, Pair], ...] = (("true", ("是", "yes")), ("false", ("否", "no")))


@dataclass(frozen=True)
class Ask:
    """One field. `options` where something is chosen; `value` is text, of `many` and `people` several; `wrong`: what is wrong with it."""

    name: str
    label: Pair
    kind: Kind
    required: bool = False
    options: tuple[Option, ...] = ()
    value: str = ""
    values: frozenset[str] = field(default_factory=frozenset)
    most: int | None = None
    hint: Pair = ("", "")
    wrong: str = ""

    def filled(self, value: object) -> "Ask":
        """With this in it; nothing stays nothing."""
        if value is None or value == "":
            return self
        if isinstance(value, tuple | frozenset):
            return replace(self, values=frozenset(map(str, value))) if self.kind in SEVERAL else replace(self, value=" ".join(value))
        return replace(self, value=str(value).lower() if isinstance(value, bool) else str(value))


BY_NAME: dict[str, tuple[Kind | None, Pair]] = {
    "text": ("long", ("内容", "Text")),
    "demand": ("long", ("客户诉求", "What the customer wants")),
    "expected_value": ("line", ("期望达到的结果", "What would content them")),
    "wanted_type": (None, ("客户说的类别", "Type, as they say")),
    "name": ("line", ("姓名", "Name")),
    "mobile": ("line", ("手机号", "Mobile")),
    "customer_id": ("line", ("客户编号", "Customer id")),
    "vin": ("line", ("VIN", "VIN")),
    "plate": ("line", ("车牌", "Plate")),
    "source_dealer": ("dealer", ("转来的服务店", "Passed on by dealer")),
    "dealer_code": ("dealer", ("服务店", "Dealer")),
    "region_code": ("unasked", ("大区", "Region")),
    "media": (None, ("媒体关注", "Media")),
    "institution": (None, ("机构介入（消协、主管部门）", "Institution involved")),
    "safety": (None, ("涉及安全", "Safety")),
    "received_at": ("moment", ("收到时间（不填为现在）", "Received at (empty: now)")),
    "kind": (None, ("性质", "Kind")),
    "channel": (None, ("渠道", "Channel")),
    "type": (None, ("类别", "Type")),
    "subtypes": ("line", ("子类（空格分开）", "Subtypes (space between)")),
    "grade": (None, ("等级", "Grade")),
    "addition_id": ("unasked", ("编号", "Id")),
    "reason": ("long", ("原因", "Reason")),
    "how": (None, ("方式", "How")),
    "reached": (None, ("联系上了", "Reached")),
    "note": ("long", ("说明", "Note")),
    "said": ("long", ("对客户说的话（客户会看到）", "Told to the customer (they read it)")),
    "verified": ("long", ("核实情况", "What was verified")),
    "solution": ("long", ("解决办法", "What was done")),
    "other_id": ("case", ("另一单的单号", "Number of the other case")),
    "to": ("person", ("由谁负责", "Who answers for it")),
    "close_minutes": ("hours", ("结案时限（小时）", "To close within (hours)")),
    "plan_minutes": ("hours", ("服务店方案时限（小时）", "Dealer's plan within (hours)")),
    "minutes": ("hours", ("时限（小时）", "Within (hours)")),
    "basis": (None, ("计时方式", "Counted in")),
    "content": ("long", ("处理方案", "The plan")),
    "fee": ("money", ("预计费用（元）", "Estimated fee (yuan)")),
    "accepted": (None, ("客户接受吗", "Does the customer accept?")),
    "evidence": ("long", ("证据与说明", "Evidence")),
    "files": ("many", ("作为证据的文件", "Files as evidence")),
    "follow_up_on": ("day", ("落实日期（方案暂未实施必填）", "To be followed up on (where it is yet to be done)")),
    "survey_id": ("pick", ("哪次回访", "Which survey")),
    "by": (None, ("谁答的", "Answered by")),
    "score": ("number", ("评分（1 至 5；未接通留空）", "Score, 1 to 5 (empty: not reached)")),
    "comment": ("long", ("客户意见", "Comment")),
    "label": ("line", ("自定时限的名称", "What is due (own limit)")),
    "due_at": ("moment", ("或到期时间", "or due at")),
    "deadlines": ("many", ("哪些时限", "Which limits")),
    "deadline_id": ("pick", ("哪个时限", "Which limit")),
    "lead": ("person", ("牵头人", "Led by")),
    "lead_role": ("unasked", ("牵头人的角色", "Role of the lead")),
    "members": ("people", ("成员", "Members")),
    "question": ("long", ("要回答的问题", "The question")),
    "vrt_id": ("pick", ("哪个小组", "Which group")),
    "result": (None, ("结果", "Result")),
    "problem_exists": (None, ("质量问题是否存在（品质类必填）", "Is there a quality problem? (quality groups)")),
    "responsibility": ("line", ("责任划分（质量问题存在时必填）", "Who is responsible (wanted where there is a quality problem)")),
    "conclusion": ("long", ("结论", "Conclusion")),
    "proposal": ("long", ("技术方案或提案", "Technical solution or proposal")),
    "escalation_id": ("pick", ("系统的提示", "The draft")),
    "trigger": (None, ("升级原因", "Why")),
    "level": ("number", ("授权级别（不填按费用）", "Level (empty: by the fee)")),
    "decision": (None, ("批示", "Decision")),
    "body": ("line", ("受理机构", "Court or body")),
    "filed_on": ("day", ("立案日期", "Filed on")),
    "legal": ("people", ("法务人员", "Legal staff")),
    "marketing": ("people", ("市场部人员", "Marketing staff")),
    "closes": (None, ("就此结案吗", "Does it end the case?")),
    "mentions": ("people", ("提到（在内容里写 @账号 也行）", "Mentions (or write @name in the text)")),
    "file_id": ("file", ("文件", "File")),
    "shown": (None, ("客户也能看到", "The customer sees it, too")),
}
BY_STEP: dict[tuple[str, str], tuple[Kind | None, Pair]] = {
    ("judge_invalid", "reason"): (None, ("理由", "Reason")),
    ("reopen", "reason"): (None, ("原因", "Reason")),
    ("pause", "reason"): (None, ("等什么", "What for")),
    ("propose_closure", "reason"): (None, ("结案理由", "Reason to close")),
    ("settle_dispute", "result"): ("long", ("裁决或判决结果", "What was decided")),
    ("unlink", "other_id"): ("pick", ("哪一单", "Which case")),
    ("attach", "name"): ("unasked", ("名称", "Name")),
    ("decide_escalation", "escalation_id"): ("pick", ("哪次升级", "Which escalation")),
    ("dispute", "kind"): (None, ("仲裁还是诉讼", "Which")),
    ("start_vrt", "kind"): (None, ("哪一类", "Kind of group")),
    ("set_deadline", "kind"): (None, ("哪种时限", "Which limit")),
    ("set_deadline", "reason"): ("line", ("修改原因", "Why it is changed")),
    ("assign", "dealer_code"): ("dealer", ("分派给服务店", "To the dealer")),
    ("receive", "text"): ("long", ("客户怎么说", "What the customer says")),
    ("receive", "dealer_code"): ("dealer", ("涉及的服务店", "Dealer it is about")),
}


def asks_of(step: str) -> tuple[Ask, ...]:
    """What the step's form asks, in its order, with its defaults. Raises KeyError for a step that is none."""
    return tuple(_ask(step, name, info) for name, info in FORM_OF[step].model_fields.items() if name != "step")


def label_of(step: str, name: str) -> Pair:
    return (BY_STEP.get((step, name)) or BY_NAME.get(name) or (None, (name, name)))[1]


def option_words(step: str, name: str, value: str) -> str:
    """Of a choice that was made; the value itself where there are none."""
    form = FORM_OF.get(step)
    info = form.model_fields.get(name) if form else None
    return dict(_options(step, name, info)).get(value, value) if info else value


def _ask(step: str, name: str, info: FieldInfo) -> Ask:
    given, label = BY_STEP.get((step, name)) or BY_NAME[name]
    kind = given or _kind(info)
    usual = kind == "choice" and not info.is_required() and info.default not in (None, "")  # nobody chooses to say nothing
    ask = Ask(name, label, kind, info.is_required() or usual, _options(step, name, info), most=_most(info))
    return ask if info.is_required() else ask.filled(info.default)


def _kind(info: FieldInfo) -> Kind:
    if info.annotation is bool and not info.is_required():
        return "yes"
    return "choice" if _bare(info.annotation) is bool or _choices(info.annotation) else "line"


def _options(step: str, name: str, info: FieldInfo) -> tuple[Option, ...]:
    if _bare(info.annotation) is bool:
        return tuple((value, say(words)) for value, words in YES_NO)
    choices = _choices(info.annotation)
    if not choices:
        return ()
    known = OTHER_WORDS.get((step, name)) or BY_ENUM.get(type(choices[0]), {})
    values = [str(one.value) if isinstance(one, Enum) else str(one) for one in choices]
    return tuple((value, say(known.get(value, (value, value)))) for value in values)


def _choices(annotation: Any) -> list[Any]:
    bare = _bare(annotation)
    if get_origin(bare) is Literal:
        return list(get_args(bare))
    return list(bare) if isinstance(bare, type) and issubclass(bare, Enum) else []


def _bare(annotation: Any) -> Any:
    """Of `X | None` the X."""
    if get_origin(annotation) in (Union, UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _most(info: FieldInfo) -> int | None:
    return next((rule.max_length for rule in reversed(info.metadata) if getattr(rule, "max_length", None)), None)


def money(value: object) -> str:
    """¥ 1,200.00"""
    return f"¥ {Decimal(str(value)):,.2f}"


def hours(minutes: int) -> str:
    """36 小时; 90 minutes are 1.5."""
    return t(f"{minutes / 60:g} 小时", f"{minutes / 60:g} h")
