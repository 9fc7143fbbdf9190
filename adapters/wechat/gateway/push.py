"""Reads the body of a push, XML or JSON, into its fields; whatever is not a small, flat, honest document is refused.

Both formats read alike: a text for a value, None for an empty one, a mapping for a group, a list where a name comes more than
once. Numbers of JSON stay the digits they were written with, because MsgId has up to 64 bit and coordinates have no exact float.
"""

import json
from typing import Any, NoReturn, TypeAlias
from xml.parsers import expat

Value: TypeAlias = "str | dict[str, Value] | list[Value] | None"
Fields: TypeAlias = dict[str, Value]

DEEPEST = 16
"""WeChat's own pushes are at most five deep."""
MOST_VALUES = 5_000


class Malformed(Exception):
    """No push: names the rule that was broken, never a value."""


def fields_of(body: bytes) -> Fields:
    """The fields of the outermost element or object. Raises Malformed."""
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8") from error
    if text.startswith("<"):
        return _of_xml(text)
    if text.startswith("{"):
        return _of_json(text)
    raise Malformed("neither XML nor JSON")


def is_json(body: bytes) -> bool:
    """For the answer: it is given in the format of the question."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def text_of(fields: Fields, name: str) -> str:
    """A field that should be a text; empty if it is missing or a group."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


class _Reader:
    """Takes what the XML parser sees, and stops it where a document gets deep or long."""

    def __init__(self) -> None:
        self._groups: list[Fields] = []
        self._texts: list[list[str]] = []
        self._values = 0
        self.root: Fields = {}

    def start(self, _tag: str, _attributes: dict[str, str]) -> None:
        self._values += 1
        if len(self._groups) >= DEEPEST:
            raise Malformed("too deep")
        if self._values > MOST_VALUES:
            raise Malformed("too many values")
        self._groups.append({})
        self._texts.append([])

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def end(self, tag: str) -> None:
        group, text = self._groups.pop(), "".join(self._texts.pop())
        if self._groups:
            name = f"{{{tag}" if "}" in tag else tag  # {namespace}name
            _put(self._groups[-1], name, group or text or None)
        else:
            self.root = group


def _put(group: Fields, name: str, value: Value) -> None:
    """A name that comes again makes a list."""
    if name not in group:
        group[name] = value
        return
    before = group[name]
    if isinstance(before, list):
        before.append(value)
    else:
        group[name] = [before, value]


def _of_xml(text: str) -> Fields:
    """Without a document type there are no entities but XML's own five, and nothing elsewhere that would be fetched.

    defusedxml forbids the same on the same parser, in Python around each element: that took half the time of reading a push.
    """
    reader, parser = _Reader(), expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = reader.start, reader.end, reader.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = _forbidden
    parser.ExternalEntityRefHandler = _forbidden
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise Malformed("broken XML") from error
    return reader.root


def _forbidden(*_declared: object) -> NoReturn:
    raise Malformed("a document type or an entity")


def _of_json(text: str) -> Fields:
    try:
        document = json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_number)
        fields = _plain(document, DEEPEST, [MOST_VALUES])
    except RecursionError as error:
        raise Malformed("too deep") from error
    except ValueError as error:
        raise Malformed("broken JSON") from error
    if not isinstance(fields, dict):
        raise Malformed("not an object")
    return fields


def _no_number(_word: str) -> None:
    raise ValueError("not a number of JSON")


def _plain(value: Any, depth: int, left: list[int]) -> Value:
    """The same shape as XML gives. Raises Malformed, and ValueError for half a character (a lone surrogate)."""
    left[0] -= 1
    if depth < 0:
        raise Malformed("too deep")
    if left[0] < 0:
        raise Malformed("too many values")
    match value:
        case dict():
            return {_whole(name): _plain(inner, depth - 1, left) for name, inner in value.items()}
        case list():
            return [_plain(inner, depth - 1, left) for inner in value]
        case bool():
            return "true" if value else "false"
        case str():
            return _whole(value) or None
        case _:
            return None


def _whole(text: str) -> str:
    text.encode()
    return text
