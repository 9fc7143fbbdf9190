"""Back from WeChat with a code: who is it? (A-ITF-13) A page that is only looked into, without rights, gets no session."""

from typing import Literal

from flask import Flask, Response, request

from adapters.wechat.pages.context import Context
from adapters.wechat.pages.entering import AGAIN, Login, LoginWanted, account_there, end_login, is_https, login_of, to_login, visitor_of
from adapters.wechat.pages.own_paths import address, moved_to, own_path
from adapters.wechat.pages.session import COOKIE, LIFETIME, Session, mint_session, set_cookie
from adapters.wechat.pages.wechat import CodeVoid, OauthRefused, WhoIsIt
from chassis.errors import ContractBroken, Unavailable
from chassis.logs import get_logger

LONGEST_CODE = 512

log = get_logger(__name__)

Kind = Literal["snapshot", "failed", "unavailable"]
STATUS: dict[Kind, int] = {"snapshot": 403, "failed": 403, "unavailable": 503}


class NotEntered(Exception):
    """The way through WeChat did not end in a session; `again` is an address to try anew.

    `snapshot`: WeChat shows the page to who only looks in, under a made-up name; "使用完整服务" makes a person of them.
    """

    def __init__(self, kind: Kind, again: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status = STATUS[kind]
        self.again = again


def add_oauth(app: Flask, context: Context) -> None:
    people = {name: WhoIsIt(account) for name, account in context.settings.accounts.items()}

    @app.get("/oauth/begin")
    def begin() -> Response:
        """Ask WeChat who is there now, whatever session there is, and come back to `path`."""
        named = request.args.get("account", "")
        account = named if named in people else account_there(context)
        return to_login(context, account, own_path(request.args.get("path")) or "/")

    @app.get("/oauth/callback")
    def called_back() -> Response:
        state = request.args.get("state", "")
        login = login_of(context, state)
        if login is None:
            return _without_login(context, second=state.startswith(AGAIN))
        code = request.args.get("code", "")
        if not code or len(code) > LONGEST_CODE:
            raise NotEntered("failed", address(login.path))  # the follower said no to WeChat
        try:
            openid, made_up = people[login.account](code)
        except CodeVoid:
            return _once_more(context, login)
        except Unavailable as error:
            log.warning("login_waits", account=login.account, cause=error.what)
            raise NotEntered("unavailable", address(login.path)) from error
        except (OauthRefused, ContractBroken) as error:
            log.warning("login_refused", account=login.account, cause=str(error))  # names errcode or rule; an operator has to look
            raise NotEntered("unavailable", address(login.path)) from error
        if made_up:
            raise NotEntered("snapshot", address(login.path))
        return _entered(context, login, openid)


def _entered(context: Context, login: Login, openid: str) -> Response:
    appid = context.settings.accounts[login.account].appid
    session = Session(follower_id=context.vault.follower_id(appid, openid), account=login.account)
    context.submitting.saw(session, openid)
    answer = moved_to(address(login.path))
    value = mint_session(context.settings.pages.session_key.get_secret_value(), session.follower_id, session.account)
    set_cookie(answer, COOKIE, value, LIFETIME, secure=is_https(context))
    end_login(answer, login)
    return answer


def _once_more(context: Context, login: Login) -> Response:
    """The code was used, or is no code: a second one will do, a third would not."""
    if login.state.startswith(AGAIN):
        raise NotEntered("failed", address(login.path))
    return to_login(context, login.account, login.path, again=True)


def _without_login(context: Context, *, second: bool) -> Response:
    """Nothing was begun in this browser: come back to with the back button, opened from another's link, or without cookies."""
    try:
        visitor_of(context)
    except LoginWanted as wanted:
        if second:
            raise NotEntered("failed", address("/")) from wanted
        return to_login(context, wanted.account, "/", again=True)
    return moved_to(address("/"))
