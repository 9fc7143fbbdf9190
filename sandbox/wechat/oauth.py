"""Who opens a page: the platform asks for consent, hands the page a code, and says whose code it is (网页授权)."""

import secrets
from typing import Literal
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, jsonify, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.clock import Now
from sandbox.secrets import SandboxSecrets
from sandbox.store import Store
from sandbox.wechat.api_errors import ApiError
from sandbox.wechat.followers import Followers
from sandbox.wechat.tokens import Tokens

SCHEMA = """
CREATE TABLE IF NOT EXISTS codes (
  code TEXT PRIMARY KEY, openid TEXT NOT NULL, scope TEXT NOT NULL, expires_at REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS snapshots (openid TEXT PRIMARY KEY, made_up TEXT NOT NULL);
"""

CODE_SECONDS = 300
TOKEN_SECONDS = 7200
FAULTS = {
    "appid": (40013, "AppID 参数错误", "no such appid"),
    "redirect_uri": (10003, "redirect_uri 域名与后台配置不一致", "redirect_uri is not of the domain that is configured"),
    "response_type": (10004, "response_type 参数错误", "response_type must be code"),
    "scope": (10005, "Scope 参数错误或没有 Scope 权限", "no such scope"),
    "state": (10013, "state 只能是 128 个以内的字母和数字", "state takes up to 128 letters and digits"),
    "as": (40003, "没有这个人", "nobody of this openid"),
}
"""What the platform shows instead of asking, with its number; the fields in the order in which they are looked at."""


class AuthorizeQuery(BaseModel):
    """`as`: whose phone it is, which the platform's own app knows; without it the page asks."""

    model_config = ConfigDict(extra="ignore")

    appid: str
    redirect_uri: str = Field(pattern=r"^https?://")
    response_type: Literal["code"]
    scope: Literal["snsapi_base", "snsapi_userinfo"]
    state: str = Field(default="", pattern=r"^[A-Za-z0-9]{0,128}$")
    who: str = Field(default="", alias="as", pattern=r"^(o[A-Za-z0-9_-]{5,127})?$")


class Oauth:
    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def grant(self, openid: str, scope: str) -> str:
        """A code: good for one use, within five minutes."""
        code = secrets.token_hex(16)
        with self._store.write() as tx:
            expires_at = self._now().timestamp() + CODE_SECONDS
            tx.execute("INSERT INTO codes (code, openid, scope, expires_at) VALUES (?, ?, ?, ?)", (code, openid, scope, expires_at))
        return code

    def exchange(self, code: str) -> dict[str, object]:
        """Whose code it is. 41008 missing, 40029 unknown or too old, 40163 used."""
        if not code:
            raise ApiError(41008)
        with self._store.write() as tx:
            row = tx.execute("SELECT * FROM codes WHERE code=?", (code,)).fetchone()
            if row is None or row["expires_at"] <= self._now().timestamp():
                raise ApiError(40029)
            if row["used"]:
                raise ApiError(40163)
            tx.execute("UPDATE codes SET used=1 WHERE code=?", (code,))
            made_up = tx.execute("SELECT made_up FROM snapshots WHERE openid=?", (row["openid"],)).fetchone()
        return {
            "access_token": secrets.token_urlsafe(64),
            "expires_in": TOKEN_SECONDS,
            "refresh_token": secrets.token_urlsafe(64),
            "openid": made_up["made_up"] if made_up else row["openid"],
            "scope": row["scope"],
            **({"is_snapshotuser": 1} if made_up else {}),
        }

    def set_snapshot(self, openid: str, snapshot: bool) -> None:
        """Whether this person only looks in: pages then see a made-up account."""
        with self._store.write() as tx:
            tx.execute("DELETE FROM snapshots WHERE openid=?", (openid,))
            if snapshot:
                tx.execute("INSERT INTO snapshots VALUES (?, ?)", (openid, f"oSnapshot{secrets.token_hex(9)}"))


def add_oauth(app: Flask, oauth: Oauth, tokens: Tokens, followers: Followers, *, account: SandboxSecrets, target: str) -> None:
    """`target`: whose pages may be led back to."""

    @app.get("/connect/oauth2/authorize")
    def authorize() -> Response:
        asked = _asked(account.appid, target)
        if isinstance(asked, str):
            return _page("oauth_refused.html", fault=FAULTS[asked])
        if not asked.who:
            return _page("oauth_who.html", people=followers.all(), asked=request.args.to_dict())
        answer = {"code": oauth.grant(asked.who, asked.scope), "state": asked.state}
        return _unkept(Response("", 302, {"Location": _with(asked.redirect_uri, answer)}))

    @app.get("/sns/oauth2/access_token")
    def access_token() -> Response:
        tokens.identify(request.args.get("appid", ""), request.args.get("secret", ""), wrong_secret=40125)
        if request.args.get("grant_type") != "authorization_code":
            raise ApiError(40002)
        return jsonify(oauth.exchange(request.args.get("code", "")))


def _asked(appid: str, target: str) -> AuthorizeQuery | str:
    """What is asked, or the first field that is wrong."""
    wrong: set[object] = set()
    try:
        asked = AuthorizeQuery.model_validate(request.args.to_dict())
    except ValidationError as error:
        wrong |= {problem["loc"][0] for problem in error.errors(include_input=False, include_url=False)}
    if request.args.get("appid") != appid:
        wrong.add("appid")
    if _host(request.args.get("redirect_uri", "")) not in (_host(target), _host(request.host_url)):
        wrong.add("redirect_uri")
    return next((field for field in FAULTS if field in wrong), None) or asked


def _host(url: str) -> str | None:
    """The platform compares names without ports; in the sandbox localhost is 127.0.0.1."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return ""
    return "127.0.0.1" if host == "localhost" else host


def _with(url: str, answer: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(answer)) if part)
    return parts._replace(query=query).geturl()


def _page(template: str, **shown: object) -> Response:
    return _unkept(Response(render_template(template, **shown)))


def _unkept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
