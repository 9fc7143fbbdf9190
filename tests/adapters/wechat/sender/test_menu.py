"""The menu follows the configuration: ordered when it changed, published outside any transaction, left alone when empty."""

import pytest

from adapters.wechat.sender.service import WeChatDesk
from chassis.errors import ContractBroken, Unavailable
from chassis.settings import MenuButton
from contracts.wechat import PublishMenu
from tests.adapters.wechat.sender.conftest import PUBLIC_URL, SHARES, an_account, calling_of
from tests.adapters.wechat.sender.stand_in import MENU, Told, errcode

BOOK = MenuButton(name="预约保养", url="{public_url}/m/appointments/new?from=menu")
MINE = MenuButton(
    name="我的", buttons=(MenuButton(name="我的预约", url="{public_url}/m/appointments"), MenuButton(name="帮助", key="HELP"))
)


@pytest.fixture
def desk_with(wechat, database, clock, sleeper, calls):
    def desk(*buttons):
        account = an_account(wechat.url).model_copy(update={"menu": buttons})
        return WeChatDesk.over(calling_of(account, database, clock, calls, sleep=sleeper), PUBLIC_URL, SHARES)

    return desk


def ordered(desk, database):
    with database.write() as tx:
        return desk.menus.ordered(tx)


def test_a_menu_that_was_never_published_is_ordered_once(desk_with, database):
    desk = desk_with(BOOK)

    (wish,) = ordered(desk, database)

    assert (type(wish), wish.account) == (PublishMenu, "main")
    assert ordered(desk, database) == []


def test_the_published_menu_has_our_public_address_and_its_sub_menus(desk_with, database, wechat):
    desk = desk_with(BOOK, MINE)

    desk.menus.publish(*ordered(desk, database))

    (seen,) = wechat.calls(MENU)
    assert seen.body == {
        "button": [
            {"type": "view", "name": "预约保养", "url": "https://car.example.com/m/appointments/new?from=menu"},
            {
                "name": "我的",
                "sub_button": [
                    {"type": "view", "name": "我的预约", "url": "https://car.example.com/m/appointments"},
                    {"type": "click", "name": "帮助", "key": "HELP"},
                ],
            },
        ]
    }
    assert "预约保养".encode() in seen.raw


def test_a_menu_that_is_changed_is_ordered_again_and_so_is_one_that_is_changed_back(desk_with, database):
    first = ordered(desk_with(BOOK), database)
    second = ordered(desk_with(BOOK, MINE), database)
    third = ordered(desk_with(BOOK), database)

    assert [len(wishes) for wishes in (first, second, third)] == [1, 1, 1]
    assert first[0].digest == third[0].digest != second[0].digest
    assert first[0].id != third[0].id


def test_an_empty_menu_is_left_alone(desk_with, database):
    ordered(desk_with(BOOK), database)

    assert ordered(desk_with(), database) == []


def test_a_menu_that_is_configured_otherwise_by_now_is_not_published(desk_with, database, wechat):
    (old,) = ordered(desk_with(BOOK), database)

    desk_with(MINE).menus.publish(old)

    assert not wechat.seen


def test_a_menu_that_wechat_refuses_is_parked_with_its_code(desk_with, database, wechat):
    desk = desk_with(BOOK)
    wechat.tell(MENU, errcode(40055))

    with pytest.raises(ContractBroken) as broken:
        desk.menus.publish(*ordered(desk, database))

    assert broken.value.violations == (("accounts.main.menu", "refused by WeChat with 40055"),)


def test_a_wechat_that_is_away_is_no_answer(desk_with, database, wechat):
    desk = desk_with(BOOK)
    wechat.tell(MENU, *[Told({}, status=500)] * 3)

    with pytest.raises(Unavailable):
        desk.menus.publish(*ordered(desk, database))
