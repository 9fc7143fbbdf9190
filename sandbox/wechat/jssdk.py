"""The stand-in of the JS-SDK: the script that pages load, and the word on whether their signature is right."""

import json

from flask import Flask, Response, request

from sandbox.wechat.tickets import Tickets

KEPT_SECONDS = 3600


def add_jssdk(app: Flask, tickets: Tickets, *, appid: str) -> None:
    @app.get("/js/jweixin-1.6.0.js")
    def script() -> Response:
        answer = app.send_static_file("jweixin-1.6.0.js")
        answer.headers["Cache-Control"] = f"max-age={KEPT_SECONDS}"
        return answer

    @app.get("/js/verify.js")
    def verify() -> Response:
        """Asked as a script: a page's policy lets it load scripts of this origin, and ask nobody else."""
        asked = request.args
        number = asked.get("number", 0, type=int)
        answer = Response(f"cheqiaoJweixin({number}, {json.dumps(_problem(asked.get('appId', '')))});", mimetype="text/javascript")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _problem(named: str) -> str:
        """Empty, or what `wx.error` is told."""
        if named != appid:
            return "config:invalid appid"
        asked = {name: request.args.get(name, "") for name in ("nonce", "timestamp", "url", "signature")}
        return "" if tickets.signs(**asked) else "config:invalid signature"
