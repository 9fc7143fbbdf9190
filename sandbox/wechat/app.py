"""The WeChat stand-in over HTTP: the API, and the controls by which one plays follower and platform."""

from flask import Blueprint, Flask, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from sandbox.office import Office
from sandbox.secrets import SandboxSecrets
from sandbox.web import Problem, controls, new_app, wish_of
from sandbox.wechat.api import Platform, add_api
from sandbox.wechat.carrier import Mode, PushCarrier, PushForm
from sandbox.wechat.followers import SAMPLES, Followers
from sandbox.wechat.jssdk import add_jssdk
from sandbox.wechat.media import Media
from sandbox.wechat.menu import Menu
from sandbox.wechat.messages import Messages
from sandbox.wechat.notation import Notation
from sandbox.wechat.oauth import Oauth, add_oauth
from sandbox.wechat.pages import pages as desk
from sandbox.wechat.pushing import Pushing
from sandbox.wechat.switches import Switches, TemplateResults, TokenLife
from sandbox.wechat.tickets import Tickets
from sandbox.wechat.tokens import Tokens


class Dress(BaseModel):
    """How a push is to look; the account's own mode where nothing is said."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode | None = None
    format: Notation = "xml"
    skew_seconds: int = 0
    wrong_signature: bool = False
    appid: str | None = None

    def form(self, carrier: PushCarrier) -> PushForm:
        mode = self.mode or carrier.usual_mode
        if mode not in carrier.modes:
            raise Problem(400, "no_aes_key", "this account knows plain mode only")
        return PushForm(
            mode=mode, format=self.format, skew_seconds=self.skew_seconds, wrong_signature=self.wrong_signature, appid=self.appid
        )


class PushWish(Dress):
    openid: str = SAMPLES[0][0]
    msg: dict[str, object] = Field(min_length=1)
    times: int = Field(default=1, ge=1, le=1000)
    concurrently: bool = False


class FollowWish(Dress):
    name: str = "新朋友"
    scene: str = Field(default="", max_length=64, description="The scene of the QR code that was scanned, if one was.")


class ErrcodeWish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    path: str = "/cgi-bin/"
    errcodes: tuple[int, ...]


class SnapshotWish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    snapshot: bool


class VoidWish(BaseModel):
    """`expire`: the tokens have run out (42001) instead of being void (40001)."""

    model_config = ConfigDict(extra="forbid")

    expire: bool = False


def create_app(office: Office, account: SandboxSecrets, carrier: PushCarrier) -> Flask:
    app = new_app("sandbox.wechat")
    platform = _platform(office, account, carrier)

    def state() -> dict[str, object]:
        return {
            "followers": platform.followers.all(),
            "messages": platform.messages.got(""),
            "tokens": platform.tokens.issued(),
            "pushes": office.outgoing.pushes(),
            "menu": platform.menu.buttons(),
        }

    add_api(app, platform)
    oauth = Oauth(office.store, office.now)
    add_oauth(app, oauth, platform.tokens, platform.followers, account=account, target=carrier.target)
    add_jssdk(app, platform.tickets, platform.media, appid=account.appid)
    pages = controls(office.ledger, office.faults, state)
    _add_pushing(pages, platform, carrier)
    _add_platform(pages, platform, carrier)
    _add_snapshots(pages, oauth)
    app.register_blueprint(pages)
    app.register_blueprint(desk(office, platform))
    return app


def _platform(office: Office, account: SandboxSecrets, carrier: PushCarrier) -> Platform:
    store, now = office.store, office.now
    switches, followers = Switches(store), Followers(store, now)
    return Platform(
        tokens=Tokens(store, now, switches, account),
        messages=Messages(store, now, followers),
        followers=followers,
        pushing=Pushing(office.outgoing, carrier, followers, switches, now),
        switches=switches,
        tickets=Tickets(store, now),
        menu=Menu(store),
        media=Media(store, now),
    )


def _add_pushing(pages: Blueprint, platform: Platform, carrier: PushCarrier) -> None:
    @pages.post("/push")
    def push() -> Response:
        wish = wish_of(PushWish)
        return jsonify(platform.pushing.push(wish.openid, wish.msg, wish.form(carrier), times=wish.times, at_once=wish.concurrently))

    @pages.post("/followers/<openid>/follow")
    def follow(openid: str) -> Response:
        wish = wish_of(FollowWish)
        platform.followers.follow(openid, wish.name)
        key = f"qrscene_{wish.scene}" if wish.scene else ""
        return jsonify(platform.pushing.push(openid, {"MsgType": "event", "Event": "subscribe", "EventKey": key}, wish.form(carrier)))

    @pages.post("/followers/<openid>/unfollow")
    def unfollow(openid: str) -> Response:
        wish = wish_of(Dress)
        platform.followers.unfollow(openid)
        return jsonify(platform.pushing.push(openid, {"MsgType": "event", "Event": "unsubscribe", "EventKey": ""}, wish.form(carrier)))

    @pages.get("/followers")
    def read_followers() -> Response:
        return jsonify({"followers": platform.followers.all()})


def _add_snapshots(pages: Blueprint, oauth: Oauth) -> None:
    @pages.put("/followers/<openid>/snapshot")
    def set_snapshot(openid: str) -> Response:
        """Whether pages see a made-up account of this person, who only looks in."""
        wish = wish_of(SnapshotWish)
        oauth.set_snapshot(openid, wish.snapshot)
        return jsonify(wish.model_dump())


def _add_platform(pages: Blueprint, platform: Platform, carrier: PushCarrier) -> None:
    @pages.get("/messages")
    def read_messages() -> Response:
        return jsonify({"messages": platform.messages.got(request.args.get("openid", ""))})

    @pages.post("/tokens/void")
    def void_tokens() -> Response:
        return jsonify({"tokens": platform.tokens.expire_all() if wish_of(VoidWish).expire else platform.tokens.void_all()})

    @pages.put("/tokens")
    def set_token_life() -> Response:
        life = wish_of(TokenLife)
        platform.switches.set_token_life(life)
        return jsonify(life.model_dump())

    @pages.put("/errcodes")
    def set_errcodes() -> Response:
        wish = wish_of(ErrcodeWish)
        platform.switches.set_errcodes(wish.path, wish.errcodes)
        return jsonify(wish.model_dump())

    @pages.put("/template-results")
    def set_template_results() -> Response:
        results = wish_of(TemplateResults)
        platform.switches.set_template_results(results)
        return jsonify(results.model_dump())

    @pages.post("/verify")
    def verify() -> Response:
        answer = carrier.verify()
        return jsonify({"ok": answer.outcome == "answered" and answer.status == 200, "status": answer.status, "outcome": answer.outcome})
