"""WeChat's pushes as it sends them: signed now, each another follower's text, in plain and in safe mode."""

import secrets
import time
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from adapters.wechat.gateway.crypto import RANDOM_BYTES, Key, signature_of

Mode = Literal["plain", "safe"]
TEXT = "您好，我想预约下周三上午的保养，请问还有位置吗？"


@dataclass(frozen=True)
class Account:
    """What WeChat and the receiver share."""

    appid: str
    token: str
    aes_key: str


def deck(count: int, mode: Mode, account: Account, path: str) -> list[bytes]:
    """So many whole HTTP requests. No two are the same push; the signatures are good for five minutes."""
    key, mark = Key.of(account.aes_key), secrets.token_hex(4)
    return [_request(f"oBench{mark}{number:014d}", account, key if mode == "safe" else None, path) for number in range(count)]


def _request(openid: str, account: Account, key: Key | None, path: str) -> bytes:
    seconds, nonce = str(int(time.time())), str(secrets.randbelow(10**10))
    body = _text(openid, seconds, secrets.randbelow(2**62))
    query = {"signature": signature_of(account.token, seconds, nonce), "timestamp": seconds, "nonce": nonce}
    if key:
        encrypted = key.encrypt(body, account.appid, secrets.token_bytes(RANDOM_BYTES))
        query |= {"encrypt_type": "aes", "msg_signature": signature_of(account.token, seconds, nonce, encrypted)}
        body = f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
    head = f"POST {path}?{urlencode(query)} HTTP/1.1\r\nHost: bench\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _text(openid: str, seconds: str, number: int) -> bytes:
    return (
        f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{seconds}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{TEXT}]]></Content>"
        f"<MsgId>{number}</MsgId></xml>"
    ).encode()
