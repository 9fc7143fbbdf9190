"""What a listener answers by itself, where no application does: JSON to a program, a page in both languages to a person."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PAGE = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{message}</title></head>
<body><main><h1>{message}</h1><p lang="en">{message_en}</p><p>{error_id}</p></main></body>
</html>
"""
_ALWAYS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
)


def say(
    environ: "WSGIEnvironment", start_response: "StartResponse", status: str, answer: Mapping[str, str], *headers: tuple[str, str]
) -> Iterable[bytes]:
    """`answer` has `code`, `message`, `message_en`, and `error_id` where something was logged."""
    if "text/html" in environ.get("HTTP_ACCEPT", ""):
        kind, text = "text/html", _PAGE.format(**{"error_id": ""} | {name: escape(value) for name, value in answer.items()})
    else:
        kind, text = "application/json", json.dumps(answer, ensure_ascii=False)
    body = text.encode()
    start_response(status, [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body))), *_ALWAYS, *headers])
    return [body]
