"""An answer as a value: status, headers, body."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, body: BaseModel | Mapping[str, object], **headers: str) -> "Answer":
        """JSON. Header names are written with underscores: `Retry_After="3"`."""
        text = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(body, ensure_ascii=False)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, text.encode(), {"Content-Type": "application/json; charset=utf-8", **named})

    @classmethod
    def from_app(cls, app: "WSGIApplication", environ: "WSGIEnvironment") -> "Answer":
        """Run the app to its end."""
        chunks, status, headers = run_wsgi_app(app, environ, buffered=True)
        body = b"".join(chunks)
        return cls(int(status.split(" ", 1)[0]), body, {name: value for name, value in headers.items() if name != "Content-Length"})

    def head(self) -> list[tuple[str, str]]:
        return [*self.headers.items(), ("Content-Length", str(len(self.body)))]
