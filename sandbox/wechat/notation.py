"""How a callback and its answer are written: XML or JSON."""

import json
from collections.abc import Mapping
from typing import Literal
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

Notation = Literal["xml", "json"]
Fields = Mapping[str, object]


def written(fields: Fields, notation: Notation) -> str:
    if notation == "json":
        return json.dumps(fields, ensure_ascii=False)
    return f"<xml>{_elements(fields)}</xml>"


def read(text: str) -> dict[str, object]:
    """One level deep is enough for what is read here. Raises ValueError."""
    if text.lstrip().startswith("{"):
        fields = json.loads(text)
        if not isinstance(fields, dict):
            raise ValueError("not an object")
        return fields
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError("not XML") from error
    return {child.tag: (child.text or "") if len(child) == 0 else {leaf.tag: leaf.text or "" for leaf in child} for child in root}


def _elements(fields: Fields) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: object) -> str:
    """Texts in CDATA, numbers bare, an object nested, a list as the element repeated: as the platform writes them."""
    tag = escape(name)
    match value:
        case list():
            return "".join(_element(name, each) for each in value)
        case dict():
            return f"<{tag}>{_elements(value)}</{tag}>"
        case int() | float():
            return f"<{tag}>{value}</{tag}>"
        case _:
            return f"<{tag}><![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]></{tag}>"
