"""Which addresses we send a browser on to: paths of our own pages, and nothing else."""

import re

from flask import Response, request

LONGEST = 500
_PART = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*"
_QUERY = r"(?:[A-Za-z0-9._~/?&=:,+@!$'()*;-]|%[0-9A-Fa-f]{2})*"
_OURS = re.compile(rf"/(?:{_PART}(?:/{_PART})*/?)?(?:\?{_QUERY})?")


def own_path(text: str | None) -> str | None:
    """The path as the application sees it, without what it is mounted under; None for what is not plainly one of ours.

    Ours are words and ids: `//host`, `/\\host`, a scheme, control characters, dots that climb, and whatever is escaped in a path are not.
    """
    return text if text and len(text) <= LONGEST and _OURS.fullmatch(text) else None


def address(path: str) -> str:
    """Of an own path, as the browser has to ask for it."""
    return request.script_root + path


def moved_to(location: str) -> Response:
    """302"""
    return Response(status=302, headers={"Location": location})


def wanted_path() -> str:
    """The page that is being asked for, to come back to; home where that cannot be said in a path."""
    query = request.query_string.decode("latin-1")
    return own_path(f"{request.path}?{query}" if query else None) or own_path(request.path) or "/"
