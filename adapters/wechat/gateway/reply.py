"""Passive replies: the text a follower reads at once, in the format of the push, encrypted if the push was."""

import json
import secrets
from datetime import datetime

from adapters.wechat.gateway.crypto import RANDOM_BYTES, Key, signature_of
from adapters.wechat.gateway.push import Fields, text_of
from contracts.wechat import FollowerSubscribed, MenuClicked, Push

NOTHING = b"success"
"""Ends WeChat's tries and shows the follower nothing."""


def words_for(message: Push, replies: dict[str, str], public_url: str) -> str | None:
    """What config.yaml has to say to this push; None is silence."""
    match message:
        case MenuClicked():
            words = replies.get(message.event_key)
        case FollowerSubscribed():
            words = replies.get("subscribe")
        case _:
            words = None
    return words.replace("{public_url}", public_url) if words else None


def text_reply(words: str, push: Fields, now: datetime, *, as_json: bool) -> bytes:
    """A text from the account to the follower who pushed."""
    to, by, seconds = text_of(push, "FromUserName"), text_of(push, "ToUserName"), int(now.timestamp())
    if as_json:
        return _json({"ToUserName": to, "FromUserName": by, "CreateTime": seconds, "MsgType": "text", "Content": words})
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName><FromUserName>{_cdata(by)}</FromUserName><CreateTime>{seconds}</CreateTime>"
        f"<MsgType>{_cdata('text')}</MsgType><Content>{_cdata(words)}</Content></xml>"
    ).encode()


def encrypted_reply(reply: bytes, key: Key, appid: str, token: str, now: datetime, *, as_json: bool) -> bytes:
    """The reply in WeChat's envelope: Encrypt, MsgSignature, TimeStamp, Nonce."""
    seconds, nonce = int(now.timestamp()), str(secrets.randbelow(10**10))
    encrypted = key.encrypt(reply, appid, secrets.token_bytes(RANDOM_BYTES))
    signature = signature_of(token, str(seconds), nonce, encrypted)
    if as_json:
        return _json({"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": seconds, "Nonce": nonce})
    return (
        f"<xml><Encrypt>{_cdata(encrypted)}</Encrypt><MsgSignature>{_cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{seconds}</TimeStamp><Nonce>{_cdata(nonce)}</Nonce></xml>"
    ).encode()


def _cdata(text: str) -> str:
    """`]]>` in the text would end the section: it is cut between two sections."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _json(answer: dict[str, str | int]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()
