"""The sender and the sandbox's WeChat over HTTP: windows, ticket and menu as the platform keeps them."""

import pytest
import requests
from pydantic import SecretStr

from adapters.wechat.sender.service import WeChatDesk
from chassis.settings import Account, MenuButton, Template
from contracts.wechat import TemplateAccepted, TextAccepted, TextRefused
from sandbox.secrets import SandboxSecrets
from tests.adapters.wechat.sender.conftest import PUBLIC_URL, SHARES, calling_of
from tests.adapters.wechat.sender.test_delivery import Service
from tests.adapters.wechat.sender.wishes import a_renewal, a_text, a_wish
from tests.sandbox.stage import OPENID, under_werkzeug

SECRETS = SandboxSecrets.known()
NOBODY = "http://127.0.0.1:9"
MENU = (
    MenuButton(name="预约保养", url="{public_url}/m/appointments/new?from=menu"),
    MenuButton(name="我的", buttons=(MenuButton(name="我的预约", url="{public_url}/m/appointments"), MenuButton(name="帮助", key="HELP"))),
)


@pytest.fixture
def platform(tmp_path):
    with under_werkzeug(tmp_path / "sandbox", NOBODY) as url:
        yield f"{url}/sandbox/wechat"


@pytest.fixture
def service(platform, database, clock, sleeper, calls):
    template = Template(id="sandbox-tpl-confirmed", fields={"thing1": "items", "date2": "time", "thing3": "dealer", "phrase4": "state"})
    account = Account(
        appid=SECRETS.appid,
        secret=SecretStr(SECRETS.appsecret),
        token=SecretStr(SECRETS.token),
        api_url=platform,
        templates={"appointment_confirmed": template},
        menu=MENU,
    )
    return Service(WeChatDesk.over(calling_of(account, database, clock, calls, sleep=sleeper), PUBLIC_URL, SHARES), clock)


def state(platform):
    return requests.get(f"{platform}/control/state", timeout=30).json()


def pushes(platform, **message):
    requests.post(f"{platform}/control/push", json={"openid": OPENID, "msg": message}, timeout=30)


def test_a_text_is_refused_outside_of_a_window_and_taken_within(service, platform):
    before = service.send_text(a_text(openid=OPENID))
    pushes(platform, MsgType="text", Content="在吗")
    after = service.send_text(a_text(openid=OPENID, text="您" * 1000))

    assert (type(before), before.errcode, before.reason) == (TextRefused, 45015, "window_closed")
    assert type(after) is TextAccepted
    (got,) = state(platform)["messages"]
    assert got["content"]["content"].endswith("您…")


def test_a_click_opens_the_window_for_three_texts(service, platform):
    pushes(platform, MsgType="event", Event="CLICK", EventKey="BOOK")

    said = [service.send_text(a_text(openid=OPENID)) for _ in range(4)]

    assert [type(news) for news in said] == [TextAccepted] * 3 + [TextRefused]
    assert (said[3].errcode, said[3].reason) == (45047, "window_closed")


def test_a_template_leads_to_our_page(service, platform):
    news = service.send_template(a_wish(openid=OPENID, url="/m/appointments/7"))

    assert type(news) is TemplateAccepted
    assert state(platform)["messages"][0]["url"] == "https://car.example.com/m/appointments/7"


def test_everyone_is_told_the_same_ticket(service):
    first, second = service.renew_js_ticket(a_renewal()), service.renew_js_ticket(a_renewal())

    assert first.ticket == second.ticket
    assert first.expires_at == second.expires_at


def test_the_configured_menu_becomes_the_platforms(service, platform, database):
    with database.write() as tx:
        (wish,) = service.wechat.menus.ordered(tx)

    service.publish_menu(wish)

    book, mine = state(platform)["menu"]
    assert book["url"] == "https://car.example.com/m/appointments/new?from=menu"
    assert [button["name"] for button in mine["sub_button"]] == ["我的预约", "帮助"]
