"""A confirmation that WeChat will not bring falls to the chat, then to a text message; the follower gets it once (A-APT-21, 22)."""

from collections.abc import Iterator

import pytest

from tests.journeys.people import Follower, wait
from tests.journeys.world import World

TEMPLATE = "/cgi-bin/message/template/send"
CHAT = "/cgi-bin/message/custom/send"


@pytest.fixture(autouse=True)
def well_again(world: World) -> Iterator[None]:
    yield
    for path in (TEMPLATE, CHAT):
        refuse(world, path)
    world.wechat.ask("PUT", "/control/template-results", json={})
    world.sms.behave()


@pytest.fixture
def follower(world: World) -> Follower:
    return world.a_follower()


def refuse(world: World, path: str, *errcodes: int) -> None:
    world.wechat.ask("PUT", "/control/errcodes", json={"path": path, "errcodes": list(errcodes)})


def agreed(world: World, follower: Follower) -> str:
    """The appointment, with its slip on the way to the follower."""
    appointment = follower.book()
    world.dcrc.agree(appointment)
    return appointment


@pytest.mark.parametrize("errcode", [43004, 43101, 40037, 47003])
def test_without_the_template_it_comes_into_a_chat_that_is_open(world: World, follower: Follower, errcode: int):
    follower.say("你好")
    refuse(world, TEMPLATE, errcode)

    appointment = agreed(world, follower)
    follower.await_state(appointment, "notified")
    world.at_rest()

    (message,) = follower.messages()
    assert (message["kind"], "已确认" in message["content"]["content"]) == ("custom", True)
    assert world.texts_to(follower.phone["mobile"]) == []


@pytest.mark.parametrize("errcode", [45015, 45047, 48001])
def test_without_template_and_chat_it_comes_as_a_text_message(world: World, follower: Follower, errcode: int):
    refuse(world, TEMPLATE, 43101)
    refuse(world, CHAT, errcode)

    appointment = agreed(world, follower)
    follower.await_state(appointment, "notified")
    world.at_rest()

    assert follower.messages() == []
    (text,) = world.texts_to(follower.phone["mobile"])
    assert "已确认" in text
    assert "重庆渝北启衡" in text


def test_what_wechat_took_and_did_not_bring_comes_by_the_next_way(world: World, follower: Follower):
    follower.say("你好")
    world.wechat.ask("PUT", "/control/template-results", json={"status": "failed:user block", "times": 1})

    appointment = agreed(world, follower)
    wait("it comes into the chat", lambda: follower.told() == ["confirmed", "text"])
    world.at_rest()

    assert follower.status(appointment)["state"] == "notified"
    assert world.texts_to(follower.phone["mobile"]) == []


def test_where_no_way_is_left_it_stays_agreed_and_the_page_says_it(world: World, follower: Follower):
    refuse(world, TEMPLATE, 43101)
    refuse(world, CHAT, 45015)
    world.sms.misbehave({"mode": "refusing", "code": "no_such_number", "times": 1})

    appointment = agreed(world, follower)
    wait("an operator is told", lambda: world.told(appointment, "appointment.confirmation.failed"))
    world.at_rest()

    assert follower.status(appointment)["state"] == "confirmed"
    assert "预约成功" in follower.page(f"/appointments/{appointment}")
    assert (follower.messages(), world.texts_to(follower.phone["mobile"])) == ([], [])


def test_a_second_slip_has_a_confirmation_of_its_own_by_its_own_way(world: World, follower: Follower):
    appointment = agreed(world, follower)
    follower.await_state(appointment, "notified")
    refuse(world, TEMPLATE, 43101)
    refuse(world, CHAT, 45015)

    world.dcrc.agree(appointment, appointment_at="2031-05-06T14:00:00+08:00")
    wait("a text message comes", lambda: world.texts_to(follower.phone["mobile"]))
    world.at_rest()

    assert follower.told() == ["confirmed"]
    assert "2031年5月6日 14:00" in world.texts_to(follower.phone["mobile"])[0]
    assert follower.status(appointment)["state"] == "notified"
