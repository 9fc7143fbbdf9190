"""`/sandbox/`: where everything is, for a person as a page and for a program as JSON."""

from collections.abc import Mapping, Sequence

from flask import Flask, Response, jsonify, render_template, request

from sandbox.clock import Now
from sandbox.desks.frame import Sign, desk_pages
from sandbox.web import new_app


def index_app(target: str, addresses: Mapping[str, Sequence[str]], now: Now) -> Flask:
    """`addresses`: of programs, by stand-in, below its prefix."""
    app = new_app("sandbox")
    pages = desk_pages(Sign("sandbox", ("沙箱", "Sandbox"), ("车桥周围的系统", "The systems around Cheqiao"), ()), now)

    @pages.get("/")
    def home() -> str | Response:
        root = request.host_url.rstrip("/") + request.script_root
        places = {name: [f"{root}/{name}{path}" for path in paths] for name, paths in addresses.items()}
        wanted = request.accept_mimetypes
        if wanted.quality("text/html") > wanted.quality("application/json"):
            return render_template("desks/index.html", target=target, places=places)
        return jsonify({"target": target, **places})

    app.register_blueprint(pages)
    return app
