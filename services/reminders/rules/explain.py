"""Why a car has an item of each type in a period, or none: what the month's selection does, in words (flows 2.1). No I/O, no clock."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from contracts.reminders import Period, ReminderType
from services.reminders.days import first_day, in_year, last_day
from services.reminders.rules.audience import Addressed, CampaignOn
from services.reminders.rules.due import Dated, dates_by
from services.reminders.rules.rulebook import Rule, Rulebook

Had = Collection[tuple[ReminderType, date]]
"""What a car has items of in other periods."""


class Explained(Dated, Addressed, Protocol):
    """What of a car decides about its items (services/reminders/facts/car.py)."""

    @property
    def sale_version(self) -> int: ...
    @property
    def customer_id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def birth_month(self) -> int | None: ...
    @property
    def birth_day(self) -> int | None: ...
    @property
    def quiet(self) -> str: ...


@dataclass(frozen=True)
class Why:
    """One type's answer; of campaigns there is one for each that is on in the period."""

    type: ReminderType
    has: bool
    code: str
    text: str
    text_en: str
    due_date: date | None = None


NAMES = {
    ReminderType.FIRST_MAINTENANCE: ("首保", "first maintenance"),
    ReminderType.MAINTENANCE: ("保养", "maintenance"),
    ReminderType.WARRANTY: ("质保", "warranty"),
    ReminderType.INSURANCE: ("保险", "insurance"),
    ReminderType.INSPECTION: ("年审", "inspection"),
    ReminderType.BIRTHDAY: ("生日关怀", "birthday"),
    ReminderType.CAMPAIGN: ("服务活动", "campaign"),
}
DATED = (
    ReminderType.FIRST_MAINTENANCE,
    ReminderType.MAINTENANCE,
    ReminderType.WARRANTY,
    ReminderType.INSURANCE,
    ReminderType.INSPECTION,
)

_WORDS = {
    "due_in_period": ("应于本月到期", "is due in this period"),
    "due_before_period": ("本期之前到期，但从未提醒过，补提醒", "was due before this period and was never reminded of: made up for"),
    "had_before": ("本期之前到期，当时已生成过提醒", "was due before this period, and had its reminder then"),
    "due_too_early": ("早已过期，超出补提醒的天数", "was due longer before this period than is made up for"),
    "due_later": ("本期之后才到期", "is due after this period"),
    "no_date": ("没有可用的日期", "there is no date that can be used"),
    "first_maintenance_done": ("首保已做过", "the first maintenance is done"),
    "before_first_maintenance": ("不早于首保", "is never due before the first maintenance"),
    "disabled": ("规则已停用", "the rule is switched off"),
    "unknown_to_dms": ("DMS 还没有这辆车的销售记录", "the DMS has not told of this car yet"),
    "car_sold": ("车已卖出", "the car is sold"),
    "car_scrapped": ("车已报废", "the car is scrapped"),
    "no_owner": ("没有登记车主", "no owner is on record"),
    "quiet": ("车主不愿接收微信消息", "the owner wants no word by WeChat"),
    "birthday_in_period": ("车主生日在本月", "the owner's birthday is in this period"),
    "birthday_in_other_month": ("车主生日不在本月", "the owner's birthday is in another month"),
    "no_campaign": ("本月没有服务活动", "no campaign is on in this period"),
    "in_audience": ("活动在本月进行，车辆在范围内", "is on in this period, and the car is in its audience"),
    "not_in_audience": ("车辆不在活动范围内", "the car is not in its audience"),
}
_WAY = (("，微信提醒", ", told of by WeChat"), ("，未注册，不发微信", ", not registered: not told of by WeChat"))


def explain(
    car: Explained, campaigns: Sequence[CampaignOn], rulebook: Rulebook, period: Period, registered: bool, *, had: Had = ()
) -> list[Why]:
    """In the order of the types. `registered`: an active binding is there; `had`: its items' types and due dates in other periods."""
    why = _Asked(car, rulebook, period, registered, had)
    if no := _nothing_for(car):
        return [why.no(type, no) for type in ReminderType]
    return [*(why.dated(type) for type in DATED), why.birthday(), *why.of_campaigns(campaigns)]


def _nothing_for(car: Explained) -> str:
    if car.sale_version == 0:
        return "unknown_to_dms"
    if car.state != "in_use":
        return "car_scrapped" if car.state == "scrapped" else "car_sold"
    return "" if car.customer_id else "no_owner"


class _Asked:
    """One question."""

    def __init__(self, car: Explained, rulebook: Rulebook, period: Period, registered: bool, had: Had) -> None:
        self._car, self._rulebook, self._registered, self._had = car, rulebook, registered, had
        self._period, self._first, self._last = period, first_day(period), last_day(period)
        self._due = dates_by(car, rulebook, rulebook.insurance_from)
        self._quiet = "wechat" in car.quiet.split(",")

    def no(self, type: ReminderType, code: str, due: date | None = None, name: tuple[str, str] | None = None) -> Why:
        return self._why(type, code, due, name, has=False)

    def yes(self, type: ReminderType, code: str, due: date, name: tuple[str, str] | None = None) -> Why:
        return self._why(type, code, due, name, has=True)

    def _why(self, type: ReminderType, code: str, due: date | None, name: tuple[str, str] | None, *, has: bool) -> Why:
        (called, called_en), (text, text_en) = name or NAMES[type], _WORDS[code]
        on, on_en = (f"（{due}）", f" ({due})") if due else ("", "")
        way, way_en = _WAY[not self._registered] if has else ("", "")
        return Why(type, has, code, f"{called}{on}：{text}{way}", f"{called_en}{on_en}: {text_en}{way_en}", due)

    def dated(self, type: ReminderType) -> Why:
        rule, due = self._rulebook[type], self._due.of(type)
        if not rule.enabled:
            return self.no(type, "disabled", due)
        if due is None:
            return self.no(type, self._why_no_date(type))
        if self._first <= due <= self._last:
            return self.yes(type, "due_in_period", due)
        return self.no(type, "due_later", due) if due > self._last else self._earlier(type, rule, due)

    def _earlier(self, type: ReminderType, rule: Rule, due: date) -> Why:
        if due < self._first - timedelta(days=rule.window_days):
            return self.no(type, "due_too_early", due)
        return self.no(type, "had_before", due) if (type, due) in self._had else self.yes(type, "due_before_period", due)

    def _why_no_date(self, type: ReminderType) -> str:
        if type is ReminderType.FIRST_MAINTENANCE and self._car.first_maintenance_on:
            return "first_maintenance_done"
        return "before_first_maintenance" if type is ReminderType.MAINTENANCE and self._has_a_maintenance_day() else "no_date"

    def _has_a_maintenance_day(self) -> bool:
        interval = self._rulebook[ReminderType.MAINTENANCE].months_for(self._car.model_code)
        return bool(self._car.next_maintenance_date or (self._car.last_visit_on and interval is not None))

    def birthday(self) -> Why:
        type, month, day = ReminderType.BIRTHDAY, self._car.birth_month, self._car.birth_day
        if not self._rulebook[type].enabled:
            return self.no(type, "disabled")
        if not month or not day:
            return self.no(type, "no_date")
        if month != self._first.month:
            return self.no(type, "birthday_in_other_month")
        due = in_year(self._first.year, month, day)
        return self.no(type, "quiet", due) if self._quiet else self.yes(type, "birthday_in_period", due)

    def of_campaigns(self, campaigns: Sequence[CampaignOn]) -> Iterator[Why]:
        type = ReminderType.CAMPAIGN
        on = [one for one in campaigns if one.is_on(self._period)]
        if not self._rulebook[type].enabled:
            yield self.no(type, "disabled")
        elif not on:
            yield self.no(type, "no_campaign")
        else:
            yield from (self._of_campaign(type, one) for one in on)

    def _of_campaign(self, type: ReminderType, campaign: CampaignOn) -> Why:
        due, name = campaign.due_in(self._period), (campaign.name, campaign.name)
        if not campaign.is_for(self._car):
            return self.no(type, "not_in_audience", due, name)
        return self.no(type, "quiet", due, name) if self._quiet else self.yes(type, "in_audience", due, name)
