"""Which complaints a page of the queue is about: as the address says, without what cannot be, and never with anything personal."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from flask import request
from pydantic import ValidationError

from contracts.complaining import CaseQuery
from services.console.complaint_words import BY_ENUM, FLAGS, QUEUES, STATES
from services.console.words import say, t

NUMBER = re.compile(r"[A-Z]{1,4}\d{10,16}")
"""投诉编号: it may stand in an address, a phone number may not."""
FIELDS = tuple(name for name in CaseQuery.model_fields if name not in ("q", "after"))
LABELS = {
    "state": ("状态", "State"),
    "kind": ("性质", "Kind"),
    "channel": ("渠道", "Channel"),
    "type": ("类别", "Type"),
    "grade": ("等级", "Grade"),
    "region": ("大区", "Region"),
    "dealer": ("服务店", "Dealer"),
    "handler": ("负责人", "Handler"),
    "flag": ("标记", "Flag"),
    "received_from": ("收到日期从", "Received from"),
    "received_until": ("至", "until"),
}


def query_of(given: Mapping[str, str], q: str = "") -> CaseQuery:
    """What can be no condition is left out: an address that somebody mended by hand still shows a list."""
    wanted = {name: value for name in (*FIELDS, "after") if (value := given.get(name, "").strip().partition(" ")[0])}
    number = given.get("q", "").strip().upper()
    if q or NUMBER.fullmatch(number):
        wanted["q"] = q or number
    try:
        return CaseQuery.model_validate(wanted)
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors(include_input=False)}
        return CaseQuery.model_validate({name: value for name, value in wanted.items() if name not in wrong})


def conditions(query: CaseQuery) -> dict[str, str]:
    """For an address, as text: neither what was looked for nor the place in the list."""
    known = query.model_dump(mode="json", exclude_defaults=True)
    return {name: str(known[name]) for name in FIELDS if known.get(name)}


def address(query: CaseQuery, **otherwise: str) -> str:
    """Of this list, with some conditions otherwise; an empty one is taken away."""
    kept = {name: value for name, value in (conditions(query) | otherwise).items() if value}
    return f"{request.script_root}/complaints?{urlencode(kept)}" if kept else f"{request.script_root}/complaints"


def chips(query: CaseQuery) -> Iterator[tuple[str, str, str]]:
    """Label, value in words, and the address without it."""
    for name, value in conditions(query).items():
        if name != "queue":
            yield say(LABELS[name]), words_for(name, value), address(query, **{name: ""})


def words_for(name: str, value: str) -> str:
    if name == "state":
        return next((say(state.words) for key, state in STATES.items() if key.value == value), value)
    if name == "flag":
        return say(FLAGS.get(value, (value, value)))
    known = next((words for enum, words in BY_ENUM.items() if enum.__name__.lower() in (name, f"case{name}")), {})
    return say(known.get(value, (value, value)))


def title_of(query: CaseQuery) -> str:
    """What a filter would be called, unless somebody knows better."""
    said = [words_for(name, value) for name, value in conditions(query).items() if name != "queue"]
    return t("、", ", ").join([say(QUEUES[query.queue]), *said])[:48]
