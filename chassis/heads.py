"""A request's head, read strictly: what two readers could take for two different things is refused (design sections 5 and 7).

Two lengths, an unknown coding, a space before a colon, a line that goes on in the next one, a line that ends in half a line's end: each
hides a request from the proxy in front of us, or one of its from us.
"""

import re
import string
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from chassis.stream import LONGEST_LINE, Unreadable

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_HEADERS = 100
_NAMED = r"[!#$%&'*+.^_`|~0-9A-Za-z-]"
_LINE = re.compile(rf"({_NAMED}{{1,32}}) ([!-~\x80-\xff]+) HTTP/1\.([01])")
HEADERS = re.compile(rf"(?:{_NAMED}++:[^\r\n\0]*+\r\n)*+")
_LENGTH = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a head says. `length` None: the body comes in chunks. `stays`: another request may follow on the connection."""

    method: str
    newer: bool
    """HTTP/1.1, which knows chunks and keeps a connection unless told not to; else 1.0."""
    stays: bool
    expects: bool
    """The client sends the body when it is asked for it."""
    length: int | None
    environ: "WSGIEnvironment"


def read(head: bytes, common: "WSGIEnvironment") -> Asked:
    """`head` ends with the empty line; `common` is what every request of the connection has in its environ. Raises Unreadable."""
    text = head.decode("latin-1")
    line, _, rest = text.partition("\r\n")
    asked, headers = _LINE.fullmatch(line), rest[:-2]
    if asked is None or HEADERS.fullmatch(headers) is None:
        raise Unreadable(HTTPStatus.BAD_REQUEST)
    environ = common.copy()
    environ["REQUEST_METHOD"] = asked[1]
    _address(environ, asked[2])
    lengths, codings = _named(environ, headers.split("\r\n"))
    newer, connection = asked[3] == "1", environ.get("HTTP_CONNECTION", "").lower()
    return Asked(
        asked[1],
        newer,
        _stays(newer, connection),
        newer and environ.get("HTTP_EXPECT", "").lower() == "100-continue",
        _framed(lengths, codings, newer),
        environ,
    )


def _address(environ: "WSGIEnvironment", target: str) -> None:
    path, _, query = target.partition("?")
    if path.startswith("//"):
        path = "/" + path.lstrip("/")  # a redirect to `//elsewhere` would lead to another house
    if not (query.isascii() and query.isprintable()):  # werkzeug breaks at a byte that is no UTF-8
        query = quote(query, safe=string.punctuation, encoding="latin-1")
    environ["RAW_PATH_INFO"] = path
    environ["PATH_INFO"] = unquote(path, encoding="latin-1") if "%" in path else path
    environ["QUERY_STRING"] = query


def _named(environ: "WSGIEnvironment", lines: list[str]) -> tuple[list[str], list[str]]:
    """Put each header under WSGI's name for it; gives the lengths and codings among them. Raises Unreadable."""
    if len(lines) > MOST_HEADERS + 1:
        raise Unreadable(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    lengths: list[str] = []
    codings: list[str] = []
    for line in lines[:-1]:
        if len(line) >= LONGEST_LINE:
            raise Unreadable(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        name, _, value = line.partition(":")
        key, value = _key_of(name.upper()), value.strip(" \t")
        if key == "CONTENT_LENGTH":
            lengths.append(value)
        elif key == "HTTP_TRANSFER_ENCODING":
            codings.append(value.lower())
        if key and key not in environ:
            environ[key] = value
        elif key.startswith("HTTP_"):
            environ[key] += "," + value
    return lengths, codings


@lru_cache(1024)
def _key_of(name: str) -> str:
    """Empty for a name with an underscore: as WSGI spells names, it could pass for another header."""
    if "_" in name:
        return ""
    key = name.replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _framed(lengths: list[str], codings: list[str], newer: bool) -> int | None:
    """One length at most, of digits; or chunks and nothing else. Raises Unreadable."""
    if codings:
        if lengths or codings != ["chunked"] or not newer:
            raise Unreadable(HTTPStatus.BAD_REQUEST)
        return None
    if len(lengths) > 1 or any(_LENGTH.fullmatch(length) is None for length in lengths):
        raise Unreadable(HTTPStatus.BAD_REQUEST)
    return int(lengths[0]) if lengths else 0


def _stays(newer: bool, connection: str) -> bool:
    if not connection:
        return newer
    wishes = [wish.strip() for wish in connection.split(",")]
    return "close" not in wishes and (newer or "keep-alive" in wishes)
