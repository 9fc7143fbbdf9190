"""The tables of the statistics: a row for each month, region, dealer or type, with all that is counted and both readings of the rates."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from contracts.reminder_figures import AppointmentSums, ReminderSums
from services.console import reckoning
from services.console.reckoning import S
from services.console.tables import Column
from services.console.views.figures_parts import CUTS
from services.console.words import Pair, number, say, t


@dataclass(frozen=True)
class Row(Generic[S]):
    """`corrected`: what changed since the figures were frozen."""

    name: str
    code: str
    sums: S
    href: str | None = None
    corrected: S | None = None


_MEASURES: tuple[tuple[str, str, str, bool], ...] = (
    ("due_new", "新增", "New", True),
    ("due_carried", "结转", "Carried in", True),
    ("reminded", "已提醒", "Reminded", False),
    ("tracked", "已跟踪", "Tracked", False),
    ("booked", "已预约", "Booked", False),
    ("returned", "已回厂", "Returned", False),
    ("not_reminded", "未提醒", "Not reminded", False),
    ("not_tracked", "未跟踪", "Not tracked", False),
    ("not_returned", "未回厂", "Not returned", False),
    ("delivered", "微信送达", "Delivered", True),
    ("clicked", "点开", "Opened", True),
    ("failed", "微信未送达", "Failed", True),
    ("reached_either", "跟踪或送达", "Tracked or delivered", True),
    ("returned_elsewhere", "在他店回厂", "Returned elsewhere", True),
    ("returned_cars", "回厂车辆", "Cars returned", True),
    ("carried_on", "结转下月", "Carried on", True),
    ("dropped", "不再提醒", "Dropped", True),
    ("voided", "作废", "Void", True),
)
_APPOINTED: tuple[tuple[str, str, str, bool], ...] = (
    ("requested", "应预约", "Requested", False),
    ("due", "当月应到", "Due in the month", True),
    ("withdrawn_uncalled", "回电前撤回", "Withdrawn before a call", True),
    ("called", "已反馈", "Called", False),
    ("called_in_time", "按时反馈", "Called in time", True),
    ("confirmed", "已确认", "Confirmed", False),
    ("arrived", "已到店", "Arrived", False),
    ("no_show", "未到店", "No-show", False),
    ("arrived_of_requested", "当月提交已到店", "Arrived of requested", True),
)


def _counted(key: str, zh: str, en: str, hidden: bool) -> Column[Row[S]]:
    return Column(key, zh, en, lambda row: getattr(row.sums, key), "number", hidden=hidden)


def _rate(key: str, zh: str, en: str, of: Callable[[S], float | None], *, hidden: bool = False) -> Column[Row[S]]:
    return Column(key, zh, en, lambda row: of(row.sums), "percent", hidden=hidden)


def _first(by: str) -> tuple[Column[Row[S]], ...]:
    name: Column[Row[S]] = Column("name", *CUTS[by], lambda row: row.name, href=lambda row: row.href)
    code: Column[Row[S]] = Column("code", "代码", "Code", lambda row: row.code, hidden=True)
    return name, code


def _corrections() -> Column[Row[S]]:
    return Column("corrected", "冻结后更正", "Corrected since", lambda row: corrections_in_words(row.corrected), hidden=True)


def reminder_columns(by: str) -> tuple[Column[Row[ReminderSums]], ...]:
    due: Column[Row[ReminderSums]] = Column("due", "应提醒", "Due", lambda row: reckoning.due(row.sums), "number")
    first: tuple[Column[Row[ReminderSums]], ...] = _first(by)
    counted: dict[str, Column[Row[ReminderSums]]] = {measure[0]: _counted(*measure) for measure in _MEASURES}
    return (
        *first,
        due,
        *(counted.pop(key) for key in ("due_new", "due_carried", "reminded", "tracked")),
        _rate("tracked_rate", "完成率", "Tracking rate", reckoning.tracked_rate),
        _rate("either_rate", "含微信", "With WeChat", reckoning.either_rate),
        *(counted.pop(key) for key in ("booked", "returned")),
        _rate("returned_rate", "回厂率", "Return rate", reckoning.returned_rate),
        _rate("returned_of_tracked", "占已跟踪", "Of tracked", reckoning.returned_of_tracked),
        *counted.values(),
        _rate("opened_rate", "点开率", "Open rate", reckoning.opened_rate, hidden=True),
        _corrections(),
    )


def appointment_columns(by: str) -> tuple[Column[Row[AppointmentSums]], ...]:
    to_call: Column[Row[AppointmentSums]] = Column("to_call", "应反馈", "To call", lambda row: reckoning.to_call(row.sums), "number")
    first: tuple[Column[Row[AppointmentSums]], ...] = _first(by)
    counted: dict[str, Column[Row[AppointmentSums]]] = {measure[0]: _counted(*measure) for measure in _APPOINTED}
    return (
        *first,
        *(counted.pop(key) for key in ("requested", "due", "withdrawn_uncalled")),
        to_call,
        counted.pop("called"),
        _rate("called_rate", "反馈率", "Call-back rate", reckoning.called_rate),
        counted.pop("called_in_time"),
        _rate("in_time_rate", "按时反馈率", "In time", reckoning.called_in_time_rate),
        *(counted.pop(key) for key in ("confirmed", "arrived", "no_show")),
        _rate("arrived_rate", "回厂率", "Arrival rate", reckoning.arrived_rate),
        *counted.values(),
        _rate("arrived_of_requested_rate", "占应预约", "Of requested", reckoning.arrived_of_requested_rate),
        _corrections(),
    )


MEASURE_WORDS: dict[str, Pair] = {key: (zh, en) for key, zh, en, _ in (*_MEASURES, *_APPOINTED)}


def corrections_in_words(corrected: ReminderSums | AppointmentSums | None) -> str:
    """回厂 +3，未回厂 −3; empty where nothing changed."""
    changed = {name: value for name, value in (corrected.model_dump() if corrected else {}).items() if value}
    told = (f"{say(MEASURE_WORDS[name])} {'+' if value > 0 else '−'}{number(abs(value))}" for name, value in changed.items())
    return t("，", ", ").join(told)
