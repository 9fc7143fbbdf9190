"""What is due, said to the owner of the car: what it is, when, and what to do (flows 2.1, A-REM-21)."""

from datetime import date

from adapters.wechat.pages.sayings import Tone
from adapters.wechat.pages.words import Pair, day, t
from contracts.reminders import DueItem, ReminderType

SOON_DAYS = 7


def type_name(type: ReminderType, insurance_from: str) -> str:
    """`insurance_from` of config.yaml: what 强保 means."""
    return t(*_words_of(type, insurance_from)[0])


def headline(items: tuple[DueItem, ...], insurance_from: str) -> str:
    """Of one: what is to be done. Of several: how many."""
    if len(items) > 1:
        return t("有 {} 项提醒", "{} reminders").format(len(items))
    (item,) = items
    return item.title or t(*_words_of(item.type, insurance_from)[1])


def about(item: DueItem, insurance_from: str) -> str:
    return item.text or t(*_words_of(item.type, insurance_from)[2])


def last_day(item: DueItem) -> date:
    """Of a campaign its end, else when it is due."""
    return item.until or item.due_date


def when(item: DueItem, today: date) -> str:
    """12月10日 周四前; the words of a campaign say until when it goes, and a birthday is a day."""
    on = day(last_day(item), today)
    if item.type is ReminderType.BIRTHDAY:
        return on
    return t("{}前", "by {}").format(on) if item.type is not ReminderType.CAMPAIGN else t("{}截止", "until {}").format(on)


def time_left(item: DueItem, today: date) -> tuple[Tone, str]:
    """How long there is, and whether that is much; nothing of a birthday."""
    days = (last_day(item) - today).days
    if item.type is ReminderType.BIRTHDAY:
        return "done", ""
    if item.type is ReminderType.CAMPAIGN and days < 0:
        return "done", t("已结束", "over")
    if days < 0:
        return "bad", t("昨天到期", "due yesterday") if days == -1 else t("已过 {} 天", "{} days overdue").format(-days)
    words = {0: t("今天到期", "due today"), 1: t("明天到期", "due tomorrow")}.get(days)
    return "wait" if days <= SOON_DAYS else "good", words or t("还有 {} 天", "{} days left").format(days)


def _words_of(type: ReminderType, insurance_from: str) -> tuple[Pair, Pair, Pair]:
    return _COMPULSORY if type is ReminderType.INSURANCE and insurance_from == "maintenance" else _WORDS[type]


_WORDS: dict[ReminderType, tuple[Pair, Pair, Pair]] = {
    ReminderType.FIRST_MAINTENANCE: (
        ("首次保养", "First maintenance"),
        ("该做首次保养了", "The first maintenance is due"),
        ("新车的第一次保养：更换机油，检查各个部件。", "The first service of a new car: fresh oil, and a look at every part."),
    ),
    ReminderType.MAINTENANCE: (
        ("定期保养", "Regular maintenance"),
        ("该保养了", "Maintenance is due"),
        ("更换机油和机滤，检查制动、轮胎和电瓶。", "Fresh oil and filter; brakes, tyres and battery are checked."),
    ),
    ReminderType.WARRANTY: (
        ("质保到期", "End of warranty"),
        ("质保快到期了", "The warranty is about to end"),
        (
            "到期前来店检查一次，属于质保的问题就不用自己花钱修。",
            "Have the car checked before then: what the warranty covers is not paid by you.",
        ),
    ),
    ReminderType.INSURANCE: (
        ("保险到期", "Insurance"),
        ("保险快到期了", "The insurance is about to end"),
        (
            "交强险到期后不能上路，请提前续保；服务店可以帮您办理。",
            "Without it the car may not be driven: renew it early. The dealer can help.",
        ),
    ),
    ReminderType.INSPECTION: (
        ("年审", "Annual inspection"),
        ("该年审了", "The annual inspection is due"),
        ("年审前来店检查一次，一次通过不用再跑。", "Have the car checked first, so that it passes at once."),
    ),
    ReminderType.BIRTHDAY: (
        ("生日关怀", "Birthday"),
        ("生日快乐", "Happy birthday"),
        ("祝您生日快乐，一路平安！", "Many happy returns, and safe journeys!"),
    ),
    ReminderType.CAMPAIGN: (
        ("服务活动", "Offers"),
        ("服务活动", "An offer for your car"),
        ("详情请咨询服务店。", "Ask your dealer for details."),
    ),
}
"""Name; headline; what it is about."""

_COMPULSORY: tuple[Pair, Pair, Pair] = (
    ("强制保养", "Compulsory maintenance"),
    ("该做强制保养了", "Compulsory maintenance is due"),
    ("按规定必须做的保养，逾期会影响质保。", "A service that the rules demand: late, it may cost you the warranty."),
)
"""Of 强保 where that is not the insurance."""
