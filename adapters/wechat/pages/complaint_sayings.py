"""How a complaint stands, said to the one who made it: what happens next, by when, and what was answered (flows 4.2, A-CMP-35)."""

from datetime import datetime

from adapters.wechat.pages.complaint_copies import ComplaintCopy, Happened, Said
from adapters.wechat.pages.sayings import Saying, Tone
from adapters.wechat.pages.words import Pair, deadline, moment, t
from contracts.complaint_words import ENDED, CaseType, CloseReason, FollowerState
from contracts.complaints import ComplaintNews

SCORES: tuple[tuple[int, Pair], ...] = (
    (5, ("非常满意", "Very satisfied")),
    (4, ("满意", "Satisfied")),
    (3, ("一般", "Neither")),
    (2, ("不满意", "Dissatisfied")),
    (1, ("非常不满意", "Very dissatisfied")),
)

TYPES: dict[CaseType, Pair] = {
    CaseType.QUALITY: ("车辆质量", "Quality of the car"),
    CaseType.SALES: ("购车、交车", "Buying and handing over"),
    CaseType.SERVICE: ("保养、维修服务", "Maintenance and repair"),
    CaseType.PARTS: ("配件", "Parts"),
    CaseType.OTHER: ("其他", "Something else"),
}


def type_words(type: CaseType) -> str:
    return t(*TYPES[type])


def score_words(score: int) -> str:
    return t(*dict(SCORES)[score])


def saying_of_complaint(copy: ComplaintCopy, now: datetime) -> Saying:
    if copy.news is None:
        return Saying("wait", t("提交中", "Sending"), t("我们收到了", "We have it"), t(*_SENDING))
    if copy.awaits("withdraw") and copy.is_open:
        then = t("正在通知处理人，通常几秒钟。", "We are telling who handles it, usually a few seconds.")
        return Saying("wait", t("撤回中", "Being withdrawn"), t("撤回申请已收到", "We have your withdrawal"), then)
    if copy.awaits("reopen"):
        then = t("正在转给处理人，通常几秒钟。", "It is on its way to who handles it, usually a few seconds.")
        return Saying("wait", t("重新处理中", "Being reopened"), t("您的意见已收到", "We have your objection"), then)
    return _saying_of_news(copy.news, now)


def _saying_of_news(news: ComplaintNews, now: datetime) -> Saying:
    match news.shown:
        case FollowerState.CLOSED:
            short, title, then = _ENDS.get(news.close_reason, _ENDED) if news.close_reason else _ENDED
            return Saying("done", t(*short), t(*title), t(*then))
        case FollowerState.ANSWERED:
            return Saying("good", t("已答复", "Answered"), t("我们已经答复您", "We have answered you"), t(*_ANSWERED))
        case _:
            tone, short, title, by, soon = _GOING_ON[news.shown]
            return Saying(tone, t(*short), t(*title), _by_when(news.expected_at, now, by, soon))


def _by_when(at: datetime | None, now: datetime, by: Pair, soon: Pair) -> str:
    if at is None:
        return t(*soon)
    if at <= now:
        return t(*_LATE)
    return t(*by).format(deadline(at, now))


def why_not_settled(news: ComplaintNews, now: datetime) -> str:
    """Until when the follower may disagree."""
    if news.reopen_until is None or news.reopen_until <= now:
        return ""
    if news.close_reason is CloseReason.WITHDRAWN:
        words = t("还是需要处理？您可以在 {} 前告诉我们。", "Is there something to do after all? You may tell us by {}.")
    else:
        words = t("不认可这个结果？您可以在 {} 前告诉我们。", "Is it not settled for you? You may tell us by {}.")
    return words.format(moment(news.reopen_until))


def happened_words(step: Happened) -> str:
    return t(*_HAPPENED.get(step.step, _TOLD_YOU))


def said_words(said: Said) -> str:
    if said.kind == "survey" and said.word.score:
        return t("您的评价：{} 分，{}", "Your answer: {}, {}").format(said.word.score, score_words(said.word.score).lower())
    return t(*_SAID[said.kind])


def refused_words(said: Said) -> str:
    """What became of a word that came too late; empty: it did not. What to do instead stands beside it."""
    if said.refused is None:
        return ""
    why = "ended" if said.refused.state in ENDED else said.refused.state.value
    found = (_TOO_LATE.get((said.kind, known)) for known in (said.refused.reason, why, ""))
    return t(*next(words for words in found if words))


def lost_words(name: str, reason: str) -> str:
    return t("{}没有收到：{}。", "{} did not arrive: {}.").format(name, t(*_LOST.get(reason, _NOT_CAME)))


def file_name(kind: str, number: int) -> str:
    return t("照片 {}", "Photo {}").format(number) if kind == "photo" else t("语音 {}", "Voice message {}").format(number)


_SENDING: Pair = (
    "正在登记，通常几秒钟，随后这里会显示编号。您可以关闭本页，结果会用微信通知您。",
    "It is being recorded, usually a few seconds; then its number stands here. You may close this page: you will hear from us on WeChat.",
)
_LATE: Pair = (
    "已超过我们答应您的时间，很抱歉。我们正在加紧处理，有进展马上告诉您。",
    "This takes longer than we promised, and we are sorry. We are on it, and tell you as soon as there is something new.",
)
_ANSWERED: Pair = ("答复就在下面。还有别的问题，请再告诉我们。", "You find the answer below. If there is anything else, please tell us.")

_GOING_ON: dict[FollowerState, tuple[Tone, Pair, Pair, Pair, Pair]] = {
    FollowerState.RECEIVED: (
        *("wait", ("已登记", "Recorded"), ("您反映的问题已登记", "What you told us is recorded")),
        ("我们会在{} 前与您联系。", "We will be in touch by {}."),
        ("我们会尽快与您联系。", "We will be in touch as soon as possible."),
    ),
    FollowerState.CHECKING: (
        *("wait", ("核实中", "Being looked into"), ("正在核实您反映的情况", "We are looking into it")),
        ("专人正在核实，会在{} 前答复您。", "Somebody is looking into it, and answers you by {}."),
        ("专人正在核实，有进展马上告诉您。", "Somebody is looking into it, and tells you as soon as there is something new."),
    ),
    FollowerState.HANDLING: (
        *("wait", ("处理中", "Being handled"), ("正在处理", "It is being handled")),
        ("专人正在跟进，会在{} 前答复您。", "Somebody is taking care of it, and answers you by {}."),
        ("专人正在跟进，有进展马上告诉您。", "Somebody is taking care of it, and tells you as soon as there is something new."),
    ),
}
"""Tone, short, title, by when, and where nothing is promised."""

_ENDED: tuple[Pair, Pair, Pair] = (
    ("已结束", "Closed"),
    ("处理已结束", "This is closed"),
    ("感谢您告诉我们。", "Thank you for telling us."),
)
_ENDS: dict[CloseReason, tuple[Pair, Pair, Pair]] = {
    CloseReason.WITHDRAWN: (
        *(("已撤回", "Withdrawn"), ("已按您的要求结束", "Closed, as you wished")),
        ("我们不再处理此事。", "We leave it at that."),
    ),
    CloseReason.SATISFIED: (
        *(("已解决", "Settled"), ("问题已解决", "This is settled")),
        ("感谢您告诉我们，也谢谢您的耐心。", "Thank you for telling us, and for your patience."),
    ),
    CloseReason.ACCEPTED_PENDING: (
        *(("方案已定", "Agreed"), ("方案已与您商定", "We have agreed on what is to be done")),
        ("到约定的时间，我们会再次跟进，确认已经办好。", "At the agreed time we come back to it, to see that it is done."),
    ),
    CloseReason.NOT_SUPPORTED: (
        *(("已答复", "Answered"), ("已给您答复", "We have given you our answer")),
        (
            "按照法规和保修政策，这次没能满足您的要求，原因请看下面的答复。",
            "By law and warranty terms we could not do what you asked for. The answer below says why.",
        ),
    ),
    CloseReason.SETTLED: (
        *(("已了结", "Settled"), ("争议已了结", "The dispute is settled")),
        ("按裁决或和解的结果，这件事到此结束。", "With what was decided or agreed on, this is closed."),
    ),
}
"""Short, title, then."""

_TOO_LATE: dict[tuple[str, str], Pair] = {
    ("add", "too_many"): ("补充次数太多，这一次没有转给处理人。", "There were too many additions: this one did not go to who handles it."),
    ("add", ""): ("那时处理已经结束，这段补充没有转给处理人。", "It was closed by then: this did not go to who handles it."),
    ("withdraw", "withdrawn_already"): (
        "您之前已要求撤回，正在等处理人确认。",
        "You had asked to withdraw it before, and who handles it is to agree.",
    ),
    ("withdraw", "ended"): ("那时处理已经结束，不用再撤回。", "It was closed by then: there was nothing left to withdraw."),
    ("withdraw", "disputed"): (
        "这件事正在仲裁或诉讼，不能在这里撤回。",
        "It is before a court or arbitrators, and cannot be withdrawn here.",
    ),
    ("withdraw", ""): (
        "那时已经核实完，正要答复您，没有撤回。",
        "It had been looked into by then, and our answer is on its way: it was not withdrawn.",
    ),
    ("reopen", ""): ("已过可以重新处理的日期，没有重新处理。", "The days for that were over: it was not taken up again."),
    ("survey", "answered_already"): (
        "之前已经有您的评价，这一次没有计入。",
        "There was an answer of yours before: this one does not count.",
    ),
    ("survey", ""): ("这件事已在重新处理，这次评价没有计入。", "It is being handled again: this answer does not count."),
}
"""By kind, and why or where the case stood."""

_LOST: dict[str, Pair] = {
    "gone": ("微信没有保存下来", "WeChat did not keep it"),
    "not_a_photo": ("不是能打开的图片", "it is no picture that can be opened"),
    "not_a_voice": ("录音打不开", "the recording cannot be played"),
    "too_large": ("文件太大", "it is too large"),
}
_NOT_CAME: Pair = ("传送时出了问题", "something went wrong on the way")

_TOLD_YOU: Pair = ("给您的答复", "Our answer")
_HAPPENED: dict[str, Pair] = {
    "receive": ("已登记", "Recorded"),
    "raise_to_complaint": ("已转专人处理", "Passed on to a specialist"),
    "file": ("已立案", "Taken up as a case"),
    "assign": ("已安排服务店处理", "Given to a dealer to handle"),
    "accept": ("服务店开始处理", "The dealer has taken it up"),
    "approve_closure": ("处理结束", "Closed"),
    "settle_dispute": ("处理结束", "Closed"),
    "withdraw": ("已按您的要求结束", "Closed, as you wished"),
    "reopen": ("已重新处理", "Taken up again"),
    "request_survey": ("请您评价处理结果", "We asked you to rate the outcome"),
}
_SAID: dict[str, Pair] = {
    "submit": ("您提交了", "You told us"),
    "add": ("您补充了", "You added"),
    "withdraw": ("您要求撤回", "You asked to withdraw it"),
    "reopen": ("您不认可处理结果", "You did not agree that it is settled"),
    "survey": ("您的评价", "Your answer"),
}
