"""The account's menu follows the configuration: published when it is another than the one published last (A-APT-10).

Followers' phones show a new menu within minutes. A menu that is changed by hand in WeChat's console stays until the configuration changes.
"""

import hashlib
import json
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import insert, select, update

from adapters.wechat.sender.calling import Calling, Quota, SaidNo
from adapters.wechat.sender.store import menu
from chassis.database import Transaction
from chassis.errors import ContractBroken
from chassis.settings import Account, MenuButton
from contracts.wechat import PublishMenu

MENU_CREATES = Quota("menu_create", 1_000)
PUBLIC_URL = "{public_url}"

Button = dict[str, object]


class Menus:
    """`public_url` is filled into the buttons' addresses."""

    def __init__(self, calling: Calling, public_url: str) -> None:
        self._calling = calling
        self._public_url = public_url

    def ordered(self, tx: Transaction) -> list[PublishMenu]:
        """A command for each menu that is configured otherwise than it was ordered last. An empty one is left as it is."""
        return [wish for name, account in self._calling.accounts.items() if account.menu and (wish := self._ordered(tx, name, account))]

    def publish(self, wish: PublishMenu) -> None:
        """A no is for the operator, and is parked where it is seen. Raises Unavailable, ContractBroken."""
        account = self._calling.accounts.get(wish.account)
        if account is None or digest_of(account, self._public_url) != wish.digest:
            return
        body = {"button": buttons_of(account.menu, self._public_url)}
        try:
            self._calling.made(
                wish.account, wish.id, MENU_CREATES, lambda client, token, on_behalf: client.create_menu(token, body, on_behalf)
            )
        except SaidNo as no:
            raise ContractBroken("PublishMenu", ((f"accounts.{wish.account}.menu", f"refused by WeChat with {no.errcode}"),)) from no

    def _ordered(self, tx: Transaction, name: str, account: Account) -> PublishMenu | None:
        digest, mine = digest_of(account, self._public_url), menu.c.appid == account.appid
        before = tx.execute(select(menu.c.digest).where(mine).with_for_update()).scalar()
        if before == digest:
            return None
        if before is None:
            tx.execute(insert(menu).values(appid=account.appid, digest=digest))
        else:
            tx.execute(update(menu).where(mine).values(digest=digest))
        return PublishMenu(menu_id=uuid5(NAMESPACE_URL, f"urn:cheqiao:menu:{account.appid}"), account=name, digest=digest)


def digest_of(account: Account, public_url: str) -> str:
    """64 hex characters."""
    buttons = buttons_of(account.menu, public_url)
    return hashlib.sha256(json.dumps(buttons, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def buttons_of(buttons: tuple[MenuButton, ...], public_url: str) -> list[Button]:
    """As `menu/create` takes them."""
    return [_button(button, public_url) for button in buttons]


def _button(button: MenuButton, public_url: str) -> Button:
    if button.url:
        return {"type": "view", "name": button.name, "url": button.url.replace(PUBLIC_URL, public_url.rstrip("/"))}
    if button.key:
        return {"type": "click", "name": button.name, "key": button.key}
    return {"name": button.name, "sub_button": buttons_of(button.buttons, public_url)}
