"""Which addresses we send a browser on to: paths of our own pages, and nothing else."""

import re
from urllib.parse import unquote

from flask import Response, request

LONGEST = 500
_PLAIN = re.compile(r"/(?:[A-Za-z0-9._~/?&=:,+@!$'()*;-]|%[0-9A-Fa-f]{2})*")


def own_path(text: str | None) -> str | None:
    """The path as the application sees it, without what it is mounted under; None for what is not plainly one of ours.

    `//host`, `/\\host`, a scheme, control characters and dots that climb are refused, also where they are escaped, once or twice.
    """
    if not text or len(text) > LONGEST or not _PLAIN.fullmatch(text):
        return None
    path = text.partition("?")[0]
    for _ in range(3):
        if path.startswith("//") or "\\" in path or not path.isprintable() or ".." in path.split("/"):
            return None
        path = unquote(path)
    return text


def address(path: str) -> str:
    """Of an own path, as the browser has to ask for it."""
    return request.script_root + path


def moved_to(location: str) -> Response:
    """302"""
    return Response(status=302, headers={"Location": location})


def wanted_path() -> str:
    """The page that is being asked for, to come back to; home where that cannot be said in a path."""
    query = request.query_string.decode("latin-1")
    return own_path(request.path + (f"?{query}" if query else "")) or "/"
