"""The account's menu, held to the platform's limits: three buttons, five under each."""

import json
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from sandbox.store import Store
from sandbox.wechat.api_errors import ApiError

SCHEMA = "CREATE TABLE IF NOT EXISTS menu (one INTEGER PRIMARY KEY CHECK (one = 1), buttons TEXT NOT NULL);"

CLICKING = frozenset({"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"})
"""Types that push their key."""


class MenuButton(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str = ""
    type: str = ""
    key: str = ""
    url: str = ""
    sub_button: tuple["MenuButton", ...] = ()


class MenuWish(BaseModel):
    button: tuple[MenuButton, ...] = Field(default=())


class Menu:
    def __init__(self, store: Store) -> None:
        self._store = store

    def publish(self, wish: MenuWish) -> None:
        """Takes the place of the one before. Raises ApiError."""
        if not 1 <= len(wish.button) <= 3:
            raise ApiError(40016)
        for button in wish.button:
            _check_top(button)
        buttons = [_shown(button) for button in wish.button]
        with self._store.write() as tx:
            tx.execute("INSERT OR REPLACE INTO menu (one, buttons) VALUES (1, ?)", (json.dumps(buttons, ensure_ascii=False),))

    def withdraw(self) -> None:
        with self._store.write() as tx:
            tx.execute("DELETE FROM menu")

    def buttons(self) -> list[object]:
        """As they were published; none without a menu."""
        row = self._store.row("SELECT buttons FROM menu")
        return list(json.loads(row["buttons"])) if row else []


def _check_top(button: MenuButton) -> None:
    """A name shows in the bar: 16 bytes, five Chinese characters."""
    if not 1 <= len(button.name.encode()) <= 16:
        raise ApiError(40018)
    if not button.sub_button:
        _check_action(button, {"type": 40017, "key": 40019, "url": 40020, "address": 40055})
        return
    if len(button.sub_button) > 5:
        raise ApiError(40023)
    for below in button.sub_button:
        if not 1 <= len(below.name.encode()) <= 60:
            raise ApiError(40025)
        _check_action(below, {"type": 40024, "key": 40026, "url": 40027, "address": 40054})


def _check_action(button: MenuButton, errcodes: Mapping[str, int]) -> None:
    if button.type == "view":
        if not 1 <= len(button.url.encode()) <= 1024:
            raise ApiError(errcodes["url"])
        if not button.url.startswith(("http://", "https://")):
            raise ApiError(errcodes["address"])
    elif button.type in CLICKING:
        if not 1 <= len(button.key.encode()) <= 128:
            raise ApiError(errcodes["key"])
    else:
        raise ApiError(errcodes["type"])


def _shown(button: MenuButton) -> dict[str, object]:
    if button.sub_button:
        return {"name": button.name, "sub_button": [_shown(below) for below in button.sub_button]}
    value = {"url": button.url} if button.type == "view" else {"key": button.key}
    return {"type": button.type, "name": button.name, **value, "sub_button": []}
