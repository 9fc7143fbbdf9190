"""One case in sentences: its history with what each step said, and its limits as they run. No I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.complaint_case import CaseAnswer, Clock, FileAnswer, StepTaken
from contracts.complaint_words import Role
from services.console.complaint_words import ROLES, STATES, TRIGGERS
from services.console.step_asks import clock_name
from services.console.step_fields import BY_NAME, FORM_OF, hours, label_of, money, option_words
from services.console.step_words import words_of
from services.console.tables import Level, State
from services.console.words import duration, exact, say, t

LATE_SHARE = 0.8
SOON_SECONDS = 2 * 3600
QUIET = frozenset({"step", "addition_id", "survey_id", "escalation_id", "vrt_id", "file_id", "received_at", "lead_role"})
"""What the history does not repeat: ids, and what an account is."""
NAMED = frozenset({"deadlines", "deadline_id", "other_id"})
"""Ids that have a name; of what who looks may not see, none is said."""
PLACES = frozenset({"region_code", "dealer_code", "source_dealer"})
"""Codes that a name is said with."""
ON_THE_PAGE: Mapping[str, frozenset[str]] = {
    "receive": frozenset({"name", "mobile", "vin", "plate", "customer_id", "expected_value"}),
    "attach": frozenset({"name"}),
}
"""Steps whose words, and of these fields the values, stand on the page in full: the history does not say them twice."""
TO_CUSTOMER = "said"


@dataclass(frozen=True)
class Running:
    """A limit at this moment. `seconds` to its end by the clock, below zero past it; None where it does not run."""

    name: str
    level: Level
    words: str
    seconds: int | None
    share: float
    due: datetime
    note: str = ""

    @property
    def percent(self) -> int:
        return max(0, min(100, round(self.share * 100)))


@dataclass(frozen=True)
class Line:
    """One step in the history. `details`: label and value; `text`: the first long text; `said`: what the customer was told."""

    step: str
    sign: str
    who: str
    role: str
    done: str
    at: datetime
    state: State | None
    details: tuple[tuple[str, str], ...]
    text: str
    said: str
    file: FileAnswer | None
    by_system: bool


def running(clock: Clock, now: datetime) -> Running:
    def said(level: Level, words: str, runs: int | None = None, note: str = "") -> Running:
        return Running(clock_name(clock), level, words, runs, clock.share, clock.due_at, note)

    if clock.met_at is not None:
        return said("late", t("超时后达成", "met late")) if clock.breached_at else said("fine", t("已达成", "met"))
    if clock.dropped_at is not None:
        return said("waiting", t("不再需要", "not needed any more"))
    if clock.paused:
        left = duration(clock.left_minutes * 60)
        return said("waiting", t(f"暂停，剩 {left}", f"paused, {left} left"), note=option_words("pause", "reason", clock.pause_reason))
    seconds = round((clock.due_at - now).total_seconds())
    left = duration(abs(seconds))
    if seconds <= 0:
        return said("broken", t(f"超 {left}", f"{left} over"), seconds)
    soon = clock.share >= LATE_SHARE or seconds < SOON_SECONDS
    return said("late" if soon else "fine", t(f"剩 {left}", f"{left} left"), seconds)


def history(case: CaseAnswer) -> list[Line]:
    """Newest first; the state stands where it changed."""
    clocks = {str(one.deadline_id): clock_name(one) for one in case.clocks}
    files = {str(one.file_id): one for one in case.files}
    others = {str(one.complaint_id): one.number for one in (*case.linked, *case.similar)}
    names = {case.region_code: case.region_name} | case.dealer_names | clocks | others
    before, lines = None, []
    for taken in case.history:
        lines.append(_line(taken, taken.state is not before, names, files))
        before = taken.state
    return lines[::-1]


def _line(taken: StepTaken, changed: bool, names: Mapping[str, str], files: Mapping[str, FileAnswer]) -> Line:
    """`names`: of places by code, of limits and of other cases by id."""
    words, texts = words_of(taken.step), list(_texts(taken))
    return Line(
        step=taken.step,
        sign=words.sign,
        who=t("客户", "The customer")
        if taken.role is Role.CUSTOMER
        else t("系统", "The system")
        if taken.role is Role.SYSTEM
        else taken.by,
        role="" if taken.role in (Role.CUSTOMER, Role.SYSTEM) else say(ROLES[taken.role]),
        done=t("提交了投诉", "complained") if taken.role is Role.CUSTOMER and taken.step == "receive" else say(words.done),
        at=taken.at,
        state=STATES[taken.state] if changed else None,
        details=tuple(_details(taken, names, {name for name, _ in texts})),
        text="" if taken.step in ON_THE_PAGE else "\n".join(text for _, text in texts),
        said=str(taken.form.get(TO_CUSTOMER) or ""),
        file=files.get(str(taken.form.get("file_id"))),
        by_system=taken.role is Role.SYSTEM,
    )


def _texts(taken: StepTaken) -> Iterator[tuple[str, str]]:
    for name, value in taken.form.items():
        kind = BY_NAME.get(name, (None,))[0]
        if kind == "long" and name != TO_CUSTOMER and isinstance(value, str) and value and not _chosen(taken.step, name, value):
            yield name, value


def _details(taken: StepTaken, names: Mapping[str, str], left_out: set[str]) -> Iterator[tuple[str, str]]:
    quiet = QUIET | ON_THE_PAGE.get(taken.step, frozenset())
    for name, value in taken.form.items():
        if name in quiet or name == TO_CUSTOMER or name in left_out or value in (None, "", False, [], ()):
            continue
        said = _value(taken.step, name, value, names)
        if said:
            yield say(label_of(taken.step, name)).partition("（")[0].partition(" (")[0], said


def _value(step: str, name: str, value: Any, names: Mapping[str, str]) -> str:
    if name in NAMED | PLACES:
        return ", ".join(_named(name, str(one), names) for one in (value if isinstance(value, list) else [value])).strip(", ")
    if name.endswith("minutes"):
        return hours(int(value))
    if name == "fee":
        return money(value) if float(value) else ""
    if name == "trigger":
        return next((say(words) for key, words in TRIGGERS.items() if key.value == value), str(value))
    if name.endswith("_at"):
        return exact(datetime.fromisoformat(str(value)))[:16]
    return _joined(step, name, value)


def _named(name: str, code: str, names: Mapping[str, str]) -> str:
    """A region or dealer with code and name, whatever else has an id by its name alone."""
    return f"{code} {names.get(code, '')}".strip() if name in PLACES else names.get(code, "")


def _joined(step: str, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return t("是", "yes")
    if isinstance(value, list):
        return str(len(value)) if name == "files" else ", ".join(map(str, value))
    return option_words(step, name, str(value))


def _chosen(step: str, name: str, value: str) -> bool:
    """A choice of few, not a text."""
    return step in FORM_OF and option_words(step, name, value) != value
