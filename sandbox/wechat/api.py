"""The platform's API under /cgi-bin (and /sns: oauth.py), as far as Cheqiao uses it."""

from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, Response, jsonify, request
from pydantic import BaseModel, ValidationError

from sandbox.web import respond
from sandbox.wechat.api_errors import ApiError
from sandbox.wechat.followers import Followers
from sandbox.wechat.media import TYPES, Media
from sandbox.wechat.menu import Menu, MenuWish
from sandbox.wechat.messages import CustomSend, Messages, TemplateSend
from sandbox.wechat.pushing import Pushing
from sandbox.wechat.switches import Switches
from sandbox.wechat.tickets import Tickets
from sandbox.wechat.tokens import Tokens

B = TypeVar("B", bound=BaseModel)


class StableTokenWish(BaseModel):
    grant_type: str
    appid: str
    secret: str
    force_refresh: bool = False


@dataclass(frozen=True)
class Platform:
    tokens: Tokens
    messages: Messages
    followers: Followers
    pushing: Pushing
    switches: Switches
    tickets: Tickets
    menu: Menu
    media: Media


def add_api(app: Flask, platform: Platform) -> None:
    @app.errorhandler(ApiError)
    def on_api_error(error: ApiError) -> Response:
        return respond(error.answer())

    @app.before_request
    def ordered_errcode() -> Response | None:
        if not request.path.startswith(("/cgi-bin/", "/sns/")):
            return None
        errcode = platform.switches.take_errcode(request.path)
        return respond(ApiError(errcode).answer()) if errcode else None

    _add_tokens(app, platform.tokens)
    _add_sending(app, platform)
    _add_menu(app, platform)
    _add_media(app, platform)

    @app.get("/cgi-bin/user/info")
    def user_info() -> Response:
        platform.tokens.check(request.args.get("access_token", ""))
        return jsonify(platform.followers.about(request.args.get("openid", "")))

    @app.get("/cgi-bin/ticket/getticket")
    def get_ticket() -> Response:
        platform.tokens.check(request.args.get("access_token", ""))
        return jsonify(platform.tickets.current(request.args.get("type", "")))


def _add_tokens(app: Flask, tokens: Tokens) -> None:
    @app.post("/cgi-bin/stable_token")
    def stable_token() -> Response:
        wish = _posted(StableTokenWish)
        _check_grant(wish.grant_type)
        return jsonify(tokens.stable(wish.appid, wish.secret, force=wish.force_refresh))

    @app.get("/cgi-bin/token")
    def token() -> Response:
        _check_grant(request.args.get("grant_type", ""))
        return jsonify(tokens.classic(request.args.get("appid", ""), request.args.get("secret", "")))


def _add_sending(app: Flask, platform: Platform) -> None:
    @app.post("/cgi-bin/message/template/send")
    def send_template() -> Response:
        platform.tokens.check(request.args.get("access_token", ""))
        msgid = platform.messages.send_template(_posted(TemplateSend), platform.pushing.tell_result)
        platform.pushing.wake()
        return jsonify({"errcode": 0, "errmsg": "ok", "msgid": msgid})

    @app.post("/cgi-bin/message/custom/send")
    def send_custom() -> Response:
        platform.tokens.check(request.args.get("access_token", ""))
        platform.messages.send_custom(_posted(CustomSend))
        return jsonify({"errcode": 0, "errmsg": "ok"})


def _add_menu(app: Flask, platform: Platform) -> None:
    @app.post("/cgi-bin/menu/create")
    def create_menu() -> Response:
        platform.tokens.check(request.args.get("access_token", ""))
        platform.menu.publish(_posted(MenuWish))
        return jsonify({"errcode": 0, "errmsg": "ok"})

    @app.get("/cgi-bin/menu/get")
    def get_menu() -> Response:
        platform.tokens.check(request.args.get("access_token", ""))
        buttons = platform.menu.buttons()
        if not buttons:
            raise ApiError(46003)
        return jsonify({"menu": {"button": buttons}})

    @app.get("/cgi-bin/menu/delete")
    def delete_menu() -> Response:
        platform.tokens.check(request.args.get("access_token", ""))
        platform.menu.withdraw()
        return jsonify({"errcode": 0, "errmsg": "ok"})


def _add_media(app: Flask, platform: Platform) -> None:
    @app.post("/cgi-bin/media/upload")
    def upload_media() -> Response:
        platform.tokens.check(request.args.get("access_token", ""))
        file = request.files.get("media")
        if file is None:
            raise ApiError(41005)
        ending = (file.filename or "").rpartition(".")[2].lower()
        kept = platform.media.keep(request.args.get("type", ""), file.read(), TYPES.get(ending, ""))
        return jsonify({"type": kept.kind, "media_id": kept.media_id, "created_at": kept.created_at})

    @app.get("/cgi-bin/media/get")
    def get_media() -> Response:
        platform.tokens.check(request.args.get("access_token", ""))
        kept = platform.media.get(request.args.get("media_id", ""))
        return Response(
            kept.content, 200, {"Content-Type": kept.content_type, "Content-Disposition": f'attachment; filename="{kept.file_name}"'}
        )


def _check_grant(grant_type: str) -> None:
    if grant_type != "client_credential":
        raise ApiError(40002)


def _posted(contract: type[B]) -> B:
    if not request.get_data():
        raise ApiError(44002)
    try:
        return contract.model_validate_json(request.get_data())
    except ValidationError as error:
        raise ApiError(47001, ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))) from error
