"""`/`: where a visitor begins, as a page; for a program the same places as JSON."""

import json
from collections.abc import Mapping

from flask import Flask, Response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from sandbox.desks.frame import HEADERS, speaking
from sandbox.desks.words import language, t

SHARED = {"t": t, "language": language}


def start_page(places: Mapping[str, str], *, documents: str, health: str, console: str, sandbox: bool) -> Flask:
    """`places` by purpose, for programs; the others are addresses. Without the sandbox only what is there is shown."""
    app = Flask(__name__, static_folder="static", static_url_path="/start", template_folder="templates")
    app.jinja_env.globals.update(SHARED)

    @app.get("/")
    def start() -> str | Response:
        wanted = request.accept_mimetypes
        if wanted.quality("text/html") > wanted.quality("application/json"):
            return render_template("start.html", documents=documents, health=health, console=console, sandbox=sandbox)
        return Response(json.dumps({"name": "cheqiao 车桥", "places": dict(places)}, ensure_ascii=False), mimetype="application/json")

    @app.get("/start/language")
    def speak() -> AnyResponse:
        return speaking(redirect(request.script_root + "/"), request.args.get("to", "zh"))

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> tuple[dict[str, str], int]:
        return {"code": error.name.lower().replace(" ", "_")}, error.code or 500

    @app.after_request
    def guarded(answer: Response) -> Response:
        answer.headers.update(HEADERS)
        return answer

    return app
