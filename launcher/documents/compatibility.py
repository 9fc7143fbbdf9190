"""Can a reader of the older schema read what is written under the newer one, and the newer reader what still waits in a queue?

Under one `schema_version` only this may change: an optional field is added, or words that explain. Anything else needs a new version.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
WORDS = frozenset({"title", "description", "default", "examples", "deprecated", "$id", "$schema", "$defs", "x-owner", "x-readers"})
"""Keywords that no message is refused for."""


def breaking_changes(older: Schema, newer: Schema, within: tuple[Schema, Schema] | None = None) -> list[tuple[str, str]]:
    """(field, what changed) for each change that breaks a reader; the field as a path, `calls[].result`.

    `within`: the documents that the references of each are to be looked up in, when not in the schema itself.
    """
    older_whole, newer_whole = within or (older, newer)
    return list(_object_changes(_plain(older, older_whole), _plain(newer, newer_whole), ""))


def _plain(schema: Any, whole: Schema) -> Any:
    """References replaced by what they name and words left out, so that only the rules remain to be compared."""
    if isinstance(schema, list):
        return [_plain(part, whole) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        target: Any = whole
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        return _plain(target | {key: value for key, value in schema.items() if key != "$ref"}, whole)
    fields = {name: _plain(field, whole) for name, field in schema.get("properties", {}).items()}
    rules = {key: _plain(value, whole) for key, value in schema.items() if key not in WORDS and key != "properties"}
    return rules | ({"properties": fields} if "properties" in schema else {})


def _object_changes(older: Schema, newer: Schema, path: str) -> Iterator[tuple[str, str]]:
    was, now = older.get("properties", {}), newer.get("properties", {})
    needed_before, needed_now = set(older.get("required", ())), set(newer.get("required", ()))
    for name in was.keys() - now.keys():
        yield f"{path}{name}", "was removed or renamed"
    for name in sorted(now.keys() & needed_now - was.keys()):
        yield f"{path}{name}", "was added as required; messages already sent do not have it"
    for name in sorted(was.keys() & now.keys()):
        if name in needed_now - needed_before:
            yield f"{path}{name}", "became required"
        if name in needed_before - needed_now:
            yield f"{path}{name}", "is no longer required; an older reader waits for it"
        yield from _changes(was[name], now[name], f"{path}{name}")
    yield from _rule_changes(older, newer, path.rstrip(".") or "(the whole)", beside={"properties", "required"})


def _changes(older: Any, newer: Any, path: str) -> Iterator[tuple[str, str]]:
    if "properties" in older or "properties" in newer:
        yield from _object_changes(older, newer, f"{path}.")
        return
    for several in ("anyOf", "oneOf"):
        if several in older and several in newer and len(older[several]) == len(newer[several]):
            for before, after in zip(older[several], newer[several], strict=True):
                yield from _changes(before, after, path)
            yield from _rule_changes(older, newer, path, beside={several})
            return
    if isinstance(older.get("items"), dict) and isinstance(newer.get("items"), dict):
        yield from _changes(older["items"], newer["items"], f"{path}[]")
    yield from _rule_changes(older, newer, path, beside={"items"} if "items" in older and "items" in newer else set())


def _rule_changes(older: Schema, newer: Schema, path: str, *, beside: set[str]) -> Iterator[tuple[str, str]]:
    for rule in sorted((older.keys() | newer.keys()) - beside):
        if older.get(rule) != newer.get(rule):
            yield path, f"{rule} changed from {older.get(rule, 'none')} to {newer.get(rule, 'none')}"
