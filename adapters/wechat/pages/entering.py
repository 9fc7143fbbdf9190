"""Who comes in: a page or a post belongs to the follower whose session it is, and to nobody else."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.wechat.pages.context import Context
from adapters.wechat.pages.own_paths import moved_to, wanted_path
from adapters.wechat.pages.session import COOKIE, Session, mark_of, session_of, set_cookie

MARK_HEADER = "X-Cheqiao-Session"
LOGIN_COOKIE = "cheqiao_login_"
LOGIN_LIFETIME = timedelta(minutes=10)
LOGIN_PATH = "/oauth/"
LOGINS_AT_ONCE = 4
"""In one browser; the cookies of more would be too much for one request, while WeChat is down and somebody tries and tries."""
AGAIN, FIRST = "1", "0"
"""Before the state: whether this is the second time round."""


class LoginWanted(Exception):
    """There is no session of the account that is wanted."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


class Login(BaseModel):
    """One way to WeChat and back. The browser keeps it, signed; WeChat is told its `state` alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: str
    account: str
    path: str


def visitor_of(context: Context) -> Session:
    """Raises LoginWanted without a session, or with one of another account than `?account=` says."""
    session = _session(context)
    named = request.args.get("account", "")
    if named in context.settings.accounts and (session is None or session.account != named):
        raise LoginWanted(named)
    if session is None:
        raise LoginWanted(account_there(context))
    return session


def account_there(context: Context) -> str:
    """The session's, else the first of ours."""
    session = _session(context)
    return session.account if session else next(iter(context.settings.accounts))


def mark(context: Context, session: Session) -> str:
    """For `data-session` of a page."""
    return mark_of(_key(context), session)


def is_marked_for(context: Context, session: Session) -> bool:
    """False when the page that asks was made for another follower, or a browser posts what no page of ours has sent.

    Not every program that asks is a page, and an old WebView does not say that it is a browser.
    """
    said = request.headers.get(MARK_HEADER)
    if said is None:
        return request.method == "GET" or "Sec-Fetch-Site" not in request.headers
    return said == mark(context, session)


def to_login(context: Context, account: str, path: str | None = None, *, again: bool = False) -> Response:
    """To WeChat, and back to `path` (else to the page that was asked for).

    WeChat takes letters and digits in `state`, 128 at most, so the path stays in a cookie beside it. The cookie binds the login to this
    browser: who opens another's callback link has none, and is not logged in as somebody else.
    """
    login = Login(state=(AGAIN if again else FIRST) + uuid4().hex, account=account, path=path or wanted_path())
    there = context.settings.accounts[account]
    asked = {
        "appid": there.appid,
        "redirect_uri": f"{context.settings.http.public_url.rstrip('/')}{request.script_root}/oauth/callback",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": login.state,
    }
    answer = moved_to(f"{there.oauth_url.rstrip('/')}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect")
    value = _logins(context).dumps(login.model_dump())
    set_cookie(answer, _login_cookie(login.state), value, LOGIN_LIFETIME, path=LOGIN_PATH, secure=is_https(context))
    return answer


def login_of(context: Context, state: str) -> Login | None:
    """None where this browser began no such login, or too long ago."""
    try:
        kept = _logins(context).loads(request.cookies.get(_login_cookie(state), ""), max_age=int(LOGIN_LIFETIME.total_seconds()))
        login = Login.model_validate(kept)
    except (BadData, ValidationError):
        return None
    return login if login.state == state and login.account in context.settings.accounts else None


def end_login(answer: Response, login: Login) -> None:
    answer.delete_cookie(_login_cookie(login.state), path=request.script_root + LOGIN_PATH)


def _login_cookie(state: str) -> str:
    return f"{LOGIN_COOKIE}{sum(state.encode()) % LOGINS_AT_ONCE}"


def is_https(context: Context) -> bool:
    return context.settings.http.public_url.startswith("https:")


def _session(context: Context) -> Session | None:
    session = session_of(_key(context), request.cookies.get(COOKIE))
    return session if session and session.account in context.settings.accounts else None


def _key(context: Context) -> str:
    return context.settings.pages.session_key.get_secret_value()


def _logins(context: Context) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_key(context), salt=LOGIN_COOKIE)
