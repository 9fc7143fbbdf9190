"""The stand-in of the JS-SDK: the script that pages load, and the word on whether their signature is right."""

import base64
import json

from flask import Flask, Response, request

from sandbox.wechat.api_errors import ApiError
from sandbox.wechat.locals import local_of
from sandbox.wechat.media import Media
from sandbox.wechat.tickets import Tickets

KEPT_SECONDS = 3600


def add_jssdk(app: Flask, tickets: Tickets, media: Media, *, appid: str) -> None:
    @app.get("/js/jweixin-1.6.0.js")
    def script() -> Response:
        answer = app.send_static_file("jweixin-1.6.0.js")
        answer.headers["Cache-Control"] = f"max-age={KEPT_SECONDS}"
        return answer

    @app.get("/js/verify.js")
    def verify() -> Response:
        """Asked as a script: a page's policy lets it load scripts of this origin, and ask nobody else."""
        asked = request.args
        return _calling("cheqiaoJweixin", _problem(asked.get("appId", "")))

    @app.get("/js/local.js")
    def local() -> Response:
        """What lies on the phone under a local id, to be shown; or, uploaded, the id of the medium that it became."""
        try:
            found = local_of(request.args.get("local", ""), media)
            if found is None:
                return _calling("cheqiaoLocal", {"errMsg": "fail, no such localId"})
            if request.args.get("do") == "upload":
                return _calling("cheqiaoLocal", {"serverId": media.keep(found.kind, found.content, found.content_type).media_id})
        except ApiError as error:
            return _calling("cheqiaoLocal", {"errMsg": f"fail, {error.errcode}"})
        return _calling("cheqiaoLocal", {"localData": f"data:{found.content_type};base64,{base64.b64encode(found.content).decode()}"})

    def _calling(function: str, said: object) -> Response:
        number = request.args.get("number", 0, type=int)
        answer = Response(f"{function}({number}, {json.dumps(said)});", mimetype="text/javascript")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _problem(named: str) -> str:
        """Empty, or what `wx.error` is told."""
        if named != appid:
            return "config:invalid appid"
        asked = {name: request.args.get(name, "") for name in ("nonce", "timestamp", "url", "signature")}
        return "" if tickets.signs(**asked) else "config:invalid signature"
