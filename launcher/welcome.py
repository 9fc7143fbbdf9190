"""What a browser is shown that opens our addresses: what is where, and the documents for those who write the other side."""

import json
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from chassis.settings import Settings
from launcher.house import ROOT
from launcher.start_page import start_page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OPENAPI = ROOT / "contracts" / "openapi"
TITLES = {
    "partners-api.yaml": "DMS 与 CSC 向我们推送的消息 · What a DMS and CSC may tell Cheqiao",
    "dms.yaml": "我们向 DMS 请求的接口 · What Cheqiao asks of a DMS",
    "csc.yaml": "我们向 CSC 请求的接口 · What Cheqiao asks of CSC",
}
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>车桥 Cheqiao: 接口文档</title><body style="font:16px/1.6 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem">
<main><h1>接口文档 <small>API documents</small></h1><ul>{items}</ul><p>OpenAPI 3.1</p></main></body></html>"""


def welcome(settings: Settings) -> "WSGIApplication":
    """`/` alone; any other path that nobody mounted is not found."""
    http = settings.http
    return start_page(
        places_of(settings),
        documents=f"http://{http.partner}/partners/docs",
        health=f"http://{http.internal}/readyz",
        console=f"http://{http.internal}/console/",
        sandbox=bool(settings.sandbox),
    )


def places_of(settings: Settings) -> dict[str, str]:
    """What for, in Chinese and English, to address."""
    http = settings.http
    places = {f"公众号推送 WeChat pushes ({name})": f"http://{http.public}/wechat/{name}" for name in settings.accounts}
    places |= {
        "车主页面 follower's pages": f"http://{http.public}/m/",
        "控制台 operators' console": f"http://{http.internal}/console/",
        "接口文档 API documents": f"http://{http.partner}/partners/docs",
        "运行状况 health": f"http://{http.internal}/readyz",
        "指标 metrics": f"http://{http.internal}/metrics",
    }
    return places | ({"沙箱 stand-ins": f"http://{http.public}/sandbox/"} if settings.sandbox else {})


def first_login(name: str, password: str) -> str:
    """The end of the start's words where the console has just got its first account. It is said this once; nobody keeps it."""
    return (
        f"控制台首次登录 · first login to the console (只显示这一次 shown this once)\n"
        f"  账号 name: {name}    密码 password: {password}\n"
        f"  忘了 forgotten: cheqiao staff reset {name}\n"
    )


def documents() -> "WSGIApplication":
    """The partners' OpenAPI documents, as committed."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        name = environ.get("PATH_INFO", "").strip("/")
        if name in TITLES:
            return _say(start_response, "200 OK", "application/yaml", (OPENAPI / name).read_text())
        if name:
            return _say(start_response, "404 Not Found", "application/json", json.dumps({"code": "not_found"}))
        here = escape(environ.get("SCRIPT_NAME", ""))
        items = "".join(f'<li><a href="{here}/{file}">{escape(title)}</a></li>' for file, title in TITLES.items())
        return _say(start_response, "200 OK", "text/html", PAGE.format(items=items))

    return answer


def _say(start_response: "StartResponse", status: str, kind: str, text: str) -> Iterable[bytes]:
    body = text.encode()
    start_response(status, [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
