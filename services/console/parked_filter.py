"""Which parked messages are meant, as it stands in an address and as insight is asked for it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic import ValidationError

from contracts.operating import ParkedFilter, ParkedGroup, ParkedState
from services.console.contract_words import rule_words
from services.console.names import KINDS, SERVICES, STATES, STATUSES, message_name, named
from services.console.problems import Problem
from services.console.words import BUSINESS_ZONE, Pair, exact, local, say, t

NAMES = tuple(ParkedFilter.model_fields)
NONE = "-"
"""In an address: it has none. What is empty there does not matter."""
ANY_STATE = "all"
_MAY_HAVE_NONE = frozenset({"type", "kind", "field", "rule", "owner"})


def read(given: Mapping[str, str]) -> ParkedFilter:
    """From an address or a form. Raises Problem for what is no filter."""
    wanted: dict[str, Any] = {name: value for name in NAMES if (value := given.get(name, "").strip())}
    wanted |= {name: "" for name in _MAY_HAVE_NONE if wanted.get(name) == NONE}
    if wanted.get("state") == ANY_STATE:
        wanted["state"] = None
    try:
        for name, later in (("since", 0), ("until", 1)):
            if name in wanted:
                wanted[name] = _moment(wanted[name], later)
        return ParkedFilter.model_validate(wanted)
    except (ValueError, OverflowError) as error:  # pydantic's is a ValueError too; the ends of the calendar have no day beyond
        field = error.errors()[0]["loc"][0] if isinstance(error, ValidationError) else t("日期", "a date")
        raise Problem("filter", f"筛选条件有误：{field}", f"The filter cannot be read: {field}") from None


def _moment(text: str, later: int) -> datetime:
    """A day in China, from its beginning or to its end; or a moment with its zone. Raises ValueError, OverflowError."""
    if "T" in text:
        at = datetime.fromisoformat(text)
        at.astimezone(BUSINESS_ZONE)
        return at
    return datetime.combine(date.fromisoformat(text) + timedelta(days=later), time(), BUSINESS_ZONE)


def query_of(which: ParkedFilter) -> dict[str, Any]:
    """For an address or hidden fields; what is as usual is left out."""
    given: dict[str, str | None] = which.model_dump(mode="json")
    query: dict[str, Any] = {name: NONE if value == "" else value for name, value in given.items() if value is not None}
    if which.state == "parked":
        del query["state"]
    elif which.state is None:
        query["state"] = ANY_STATE
    return query


def typed(at: datetime | None, later: int) -> str:
    """As `read` takes it back: the day where it is the beginning (`later` 0) or the end (1) of one in China, else the moment."""
    if at is None:
        return ""
    day = local(at) - timedelta(days=later)
    return f"{day:%Y-%m-%d}" if day.time() == time() else at.isoformat()


def of_group(which: ParkedFilter, group: ParkedGroup) -> ParkedFilter:
    """Those of the group that the filter finds."""
    cause = {name: getattr(group, name) for name in ("service", "type", "kind", "field", "rule")}
    return which.model_copy(update=cause)


def is_narrowed(which: ParkedFilter) -> bool:
    return which != ParkedFilter()


def words_of(which: ParkedFilter) -> list[tuple[str, str, str]]:
    """Name of the field, its name for people, and what is wanted of it; for those that matter."""
    said: dict[str, str | None] = {
        "state": _state(which.state),
        "service": _named(SERVICES, which.service),
        "type": say(message_name(which.type)) if which.type is not None else None,
        "kind": _named(KINDS, which.kind),
        "field": which.field,
        "rule": rule_words(which.rule) if which.rule else which.rule,
        "owner": which.owner,
        "status": say(STATUSES[which.status]) if which.status else None,
        "since": exact(which.since) if which.since else None,
        "until": exact(which.until) if which.until else None,
    }
    return [(name, say(LABELS[name]), value or t("无", "none")) for name, value in said.items() if value is not None]


LABELS: dict[str, Pair] = {
    "state": ("状态", "State"),
    "service": ("服务", "Service"),
    "type": ("消息", "Message"),
    "kind": ("原因", "Cause"),
    "field": ("字段", "Field"),
    "rule": ("规则", "Rule"),
    "owner": ("负责人", "Owner"),
    "status": ("处理情况", "Progress"),
    "since": ("从", "From"),
    "until": ("至", "Until"),
}


def _state(state: ParkedState | None) -> str | None:
    """What is parked now is what is usually meant."""
    if state is None:
        return t("任何状态", "any")
    return None if state == "parked" else say(STATES[state])


def _named(table: Mapping[str, Pair], key: str | None) -> str | None:
    return say(named(dict(table), key)) if key is not None else None
