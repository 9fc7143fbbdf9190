"""The gateway at a real door: a listener on loopback with its own event loop, a broker that behaves as told, and WeChat's side of it."""

import errno
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import defusedxml.ElementTree
import eventlet
import requests
from eventlet.event import Event
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from wechatpy.crypto import WeChatCrypto

from adapters.wechat.gateway.app import Callback
from adapters.wechat.gateway.delivery import Delivery
from adapters.wechat.gateway.metrics import Metrics
from adapters.wechat.gateway.spool import Spool
from adapters.wechat.gateway.verify import Line
from chassis.errors import Unavailable
from chassis.listener import Listener
from chassis.privacy import Vault
from chassis.settings import Account, Http
from contracts.envelope import Contract
from contracts.ops import OpsReport

TOKEN = "a-token"
APPID = "wx0000000000000001"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_AES_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
PUBLIC_URL = "https://car.example.com"
REPLIES = {"BOOK": "点这里预约：{public_url}/m/", "subscribe": "欢迎！", "EVIL": "a]]>b<&{c}"}
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

Mood = Literal["confirming", "silent", "gone"]


class Disk:
    """An fsync that finds no room when told to."""

    def __init__(self) -> None:
        self.full = False

    def fsync(self, file: int) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        os.fsync(file)


class FakeReceipt:
    """Confirmed, or never heard of again."""

    def __init__(self, confirmed: bool) -> None:
        self._confirmed = confirmed

    def wait(self, seconds: float) -> bool:
        if not self._confirmed:
            Event().wait(timeout=seconds)
        return self._confirmed


class FakePublisher:
    """A broker link: `mood` says whether it confirms, takes without confirming, or is not there; `moods` come first, one a message."""

    def __init__(self, mood: Mood = "confirming") -> None:
        self.mood: Mood = mood
        self.moods: list[Mood] = []
        self.confirmed: list[Contract] = []
        self.published: list[Contract] = []

    def publish(self, message: Contract) -> FakeReceipt:
        mood = self.moods.pop(0) if self.moods else self.mood
        if mood == "gone":
            raise Unavailable("broker")
        self.published.append(message)
        if mood == "confirming":
            self.confirmed.append(message)
        return FakeReceipt(mood == "confirming")

    @property
    def pushes(self) -> list[Contract]:
        return [message for message in self.confirmed if not isinstance(message, OpsReport)]

    @property
    def reports(self) -> list[OpsReport]:
        return [message for message in self.confirmed if isinstance(message, OpsReport)]


def a_vault() -> Vault:
    return Vault({"k1": b"k" * 32}, b"l" * 32)


def an_account(**changed: Any) -> Account:
    settled = {"appid": APPID, "secret": SecretStr("s"), "token": SecretStr(TOKEN), "allow_plain": True, "replies": REPLIES}
    return Account.model_validate(settled | changed)


def a_safe_account(**changed: Any) -> Account:
    return an_account(**{"aes_key": AES_KEY, "allow_plain": False} | changed)


def sha1_of(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def an_xml(**fields: str | int) -> str:
    """A push as WeChat writes it."""
    common = {"ToUserName": "gh_1", "FromUserName": "oFollower", "CreateTime": 1772443800, "MsgType": "event"}
    texts = (f"<{name}><![CDATA[{value}]]></{name}>" for name, value in (common | fields).items())
    return f"<xml>{''.join(texts)}</xml>"


def a_click(key: str = "BOOK", **fields: str | int) -> str:
    return an_xml(Event="CLICK", EventKey=key, **fields)


def a_text(content: str, **fields: str | int) -> str:
    return an_xml(MsgType="text", Content=content, MsgId="7", **fields)


class WeChat:
    """The platform's side of one account: signs, encrypts, reads replies. The encryption is wechatpy's, not ours."""

    def __init__(self, url: str, token: str = TOKEN, aes_key: str = AES_KEY, appid: str = APPID) -> None:
        self.url = url
        self.token = token
        self.crypto = WeChatCrypto(token, aes_key, appid)

    def query(self, timestamp: int | None = None, nonce: str = "n1", **more: str) -> dict[str, str]:
        when = str(int(NOW.timestamp()) if timestamp is None else timestamp)
        return {"timestamp": when, "nonce": nonce, "signature": sha1_of(self.token, when, nonce), **more}

    def push(self, body: str | bytes, query: dict[str, str] | None = None, **more: Any) -> requests.Response:
        data = body.encode() if isinstance(body, str) else body
        return requests.post(self.url, params=query or self.query(), data=data, timeout=30, **more)

    def encrypted(self, clear: str) -> tuple[str, dict[str, str]]:
        """The Encrypt text and the query that signs it."""
        query = self.query(encrypt_type="aes")
        sealed: str = self.crypto.encrypt_message(clear, query["nonce"], query["timestamp"])
        text = _within(sealed, "Encrypt")
        return text, query | {"msg_signature": sha1_of(self.token, query["timestamp"], query["nonce"], text)}

    def push_safely(self, clear: str, clear_fields: str = "") -> requests.Response:
        text, query = self.encrypted(clear)
        if clear.startswith("{"):
            return self.push(json.dumps({"ToUserName": "gh_1", "Encrypt": text}), query)
        return self.push(f"<xml>{clear_fields}<ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{text}]]></Encrypt></xml>", query)

    def read(self, reply: requests.Response) -> str:
        """The clear text of an encrypted XML reply; raises when signature, key or appid are wrong."""
        signature, timestamp, nonce = (_within(reply.text, name) for name in ("MsgSignature", "TimeStamp", "Nonce"))
        clear = self.crypto.decrypt_message(reply.text, signature, timestamp, nonce)
        return clear if isinstance(clear, str) else clear.decode()


def _within(xml: str, name: str) -> str:
    return defusedxml.ElementTree.fromstring(xml).findtext(name, "")


class Door:
    """The gateway of some accounts, listening."""

    def __init__(self, accounts: dict[str, Account], publisher: FakePublisher, spool: Path, confirm_seconds: float, drain: bool) -> None:
        self.publisher = publisher
        self.registry = CollectorRegistry()
        self._accounts = accounts
        self._spool_directory = spool
        self._confirm_seconds = confirm_seconds
        self._drain = drain
        self.disk = Disk()
        self._open = threading.Event()
        self._close = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0

    def __enter__(self) -> "Door":
        self._thread.start()
        assert self._open.wait(10), "the door does not open"
        return self

    def __exit__(self, *_error: object) -> None:
        self._close.set()
        self._thread.join(10)

    def url(self, account: str = "main") -> str:
        return f"http://127.0.0.1:{self.port}/wechat/{account}"

    def wechat(self, account: str = "main", **keys: str) -> WeChat:
        return WeChat(self.url(account), **keys)

    def counted(self, result: str, account: str = "main", mode: str = "none") -> float:
        labels = {"account": account, "mode": mode, "result": result}
        return self.registry.get_sample_value("cheqiao_gateway_pushes_total", labels) or 0

    def _run(self) -> None:
        """Everything of the door lives in this thread and its event loop."""
        vault = a_vault()
        self.spool = Spool(self._spool_directory, self.disk.fsync)
        self.delivery = Delivery(self.publisher, self.spool, vault, self._confirm_seconds, lambda: NOW)
        metrics = Metrics(self.registry, lambda: self.spool.waiting)
        lines = {name: Line.of(name, account) for name, account in self._accounts.items()}
        app = Callback(lines, PUBLIC_URL, delivery=self.delivery, vault=vault, metrics=metrics, now=lambda: NOW)
        address = "127.0.0.1:0"
        listener = Listener(Http(public=address, partner=address, internal=address, public_url=PUBLIC_URL))
        listener.mount("public", "/wechat", app)
        listener.start()
        self.port = listener.bound("public")[1]
        drainer = eventlet.spawn(self.delivery.run) if self._drain else None
        self._open.set()
        while not self._close.is_set():
            eventlet.sleep(0.01)
        self.delivery.stop()
        if drainer:
            drainer.wait()
        listener.stop(0)
        self.spool.close()


Open = Callable[..., Door]


@contextmanager
def doors(directory: Path) -> Iterator[Open]:
    """Opens doors; all are closed at the end."""
    opened: list[Door] = []

    def open_door(
        accounts: dict[str, Account] | None = None,
        publisher: FakePublisher | None = None,
        *,
        spool: Path | None = None,
        confirm_seconds: float = 0.8,
        drain: bool = True,
    ) -> Door:
        door = Door(accounts or {"main": an_account()}, publisher or FakePublisher(), spool or directory, confirm_seconds, drain)
        opened.append(door.__enter__())
        return door

    try:
        yield open_door
    finally:
        for door in opened:
            door.__exit__()
