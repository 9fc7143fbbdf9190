"""What is in a parked message, asked of its holder: it comes over the bus, so it takes a moment."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts import catalogue
from contracts.envelope import Contract
from services.console.contract_words import field_words, rule_words, wanted
from services.console.insight import Insight
from services.console.masking import Opened, masked, open_payload, personal_paths, pretty
from services.console.mending import violations

PATIENCE_SECONDS = 2.0
PAUSE_SECONDS = 0.15


@dataclass(frozen=True)
class Shown:
    """One value of a message. `personal`: the kind, where it is about a person. `rule`: what is wrong with it, in words."""

    path: str
    name: str
    value: str
    personal: str = ""
    rule: str = ""
    wants: str = ""


@dataclass(frozen=True)
class Content:
    """A payload as it may be seen. `whole`: as JSON or text; empty where it may not be seen at all."""

    is_message: bool
    clear: bool
    fields: tuple[Shown, ...] = ()
    whole: str = ""

    @property
    def broken(self) -> int:
        return sum(1 for field in self.fields if field.rule)


def ask(insight: Insight, message_id: UUID, service: str, patience: float = PATIENCE_SECONDS) -> Opened | None:
    """None when it has not come within `patience` seconds. Raises Unavailable, Problem."""
    end = time.monotonic() + patience
    while True:
        payload = insight.payload(message_id, service)
        if payload.ready:
            return open_payload(payload.body or "")
        if time.monotonic() > end:
            return None
        time.sleep(PAUSE_SECONDS)


def contract_of(type: str) -> type[Contract] | None:
    return catalogue.BY_TYPE.get(type)


def content_of(type: str, opened: Opened, *, clear: bool) -> Content:
    """`type` is the message's. Bytes that are no message, and one of a type that nobody knows, are seen in clear or not at all."""
    contract = contract_of(type)
    if opened.data is None or contract is None:
        return Content(False, clear, whole=opened.text if clear else "")
    data = opened.data if clear else masked(contract, opened.data)
    whole = pretty({**(opened.envelope or {}), "data": data})
    return Content(True, clear, tuple(_fields(contract, opened.data, data)), whole)


def _fields(contract: type[Contract], data: Mapping[str, Any], shown: Mapping[str, Any]) -> list[Shown]:
    """In the order of the message; what is missing comes first."""
    personal = personal_paths(contract, data)
    rules = {path: rule_words(rule) for path, rule in violations(contract, data)}
    type = contract.type_name()
    values = dict(_leaves(shown, ""))
    absent = [path for path in rules if path not in values]
    return [
        Shown(
            path,
            field_words(path),
            values.get(path, ""),
            personal.get(path, ""),
            rules.get(path, ""),
            wanted(type, path) if path in rules else "",
        )
        for path in (*absent, *values)
    ]


def _leaves(data: Any, path: str) -> list[tuple[str, str]]:
    if isinstance(data, Mapping) and data:
        return [leaf for name, item in data.items() for leaf in _leaves(item, f"{path}.{name}" if path else str(name))]
    if isinstance(data, list) and data:
        return [leaf for number, item in enumerate(data) for leaf in _leaves(item, f"{path}.{number}")]
    if data is None:
        return [(path, "–")]
    return [(path, data if isinstance(data, str) else json.dumps(data, ensure_ascii=False))]
