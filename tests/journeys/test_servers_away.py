"""Broker and database are stopped: WeChat is answered all the same, nothing is lost, and each follower's pushes come in their order."""

from collections.abc import Iterator

import eventlet
import pytest

from adapters.wechat.gateway.translate import id_of
from launcher.servers import PrivateServers
from launcher.stage import get
from tests.journeys.people import Follower, Record, wait
from tests.journeys.world import World

FOLLOWERS, PUSHES = 4, 5

pytestmark = pytest.mark.parametrize("world", ["production"], indirect=True)


@pytest.fixture
def servers_down(world: World) -> Iterator[PrivateServers]:
    """Killed: their last words are none. Started again at the end at the latest."""
    servers = world.place.servers
    servers.mariadb.kill9()
    servers.rabbitmq.kill9()
    yield servers
    start_again(servers)


def start_again(servers: PrivateServers) -> None:
    servers.rabbitmq.launch()
    servers.mariadb.launch()
    servers.mariadb.await_ready()
    servers.rabbitmq.await_ready()


@pytest.fixture
def followers(world: World) -> list[Follower]:
    return [world.a_follower() for _ in range(FOLLOWERS)]


def test_wechat_is_answered_and_nothing_is_lost_or_out_of_order(world: World, followers: list[Follower], servers_down: PrivateServers):
    """They go on talking while both come back: what comes then must not overtake what waits."""

    def talk(follower: Follower) -> list[Record]:
        return [follower.say(f"{follower.openid} {number}") for number in range(PUSHES)]

    pool = eventlet.GreenPool()
    away = list(pool.imap(talk, followers))
    spooled = world.counted("cheqiao_gateway_spooled")
    pool.spawn(start_again, servers_down)
    back = list(pool.imap(lambda follower: talk(follower) + talk(follower), followers))
    pool.waitall()
    pushed = [early + late for early, late in zip(away, back, strict=True)]

    tries = [each for pushes in pushed for push in pushes for sent in push["sends"] for each in sent["tries"]]
    assert [each["status"] for each in tries] == [200] * (3 * FOLLOWERS * PUSHES), "each at the first try, within WeChat's patience of 5 s"
    assert spooled == FOLLOWERS * PUSHES
    for follower, pushes in zip(followers, pushed, strict=True):
        wait("all are known", lambda who=follower: len(world.told(who.follower_id, "text.received")) >= 3 * PUSHES)
        told = world.told(follower.follower_id, "text.received")
        assert [moment["message_id"] for moment in told] == [message_id(push) for push in pushes]
    wait("the spool is empty", lambda: world.counted("cheqiao_gateway_spooled") == 0)
    world.at_rest()


def message_id(push: Record) -> str:
    """What follows from the push itself: so its content is told apart without being read."""
    return str(id_of("main", {name: str(value) for name, value in push["message"].items()}))


def test_passive_replies_go_on_and_the_pages_say_when_to_come_again(world: World, followers: list[Follower], servers_down: PrivateServers):
    follower = followers[0]
    form = follower.form()

    clicked = follower.click()
    refused = follower.post(form)
    ready = get(f"{world.stage.url}/readyz")
    start_again(servers_down)
    world.stage.await_ready()
    wait("the booking is taken", lambda: follower.post(form).status_code == 202)
    world.dcrc.agree(form["id"])
    wait("the follower has the confirmation", follower.told)
    world.at_rest()

    assert "/m/appointments/new" in clicked["reply"]["Content"]
    assert (refused.status_code, refused.json()["code"]) == (503, "come_again")
    assert int(refused.headers["Retry-After"]) > 0
    assert ready.status_code == 503
    assert refused.json()["message"]
    assert refused.json()["message_en"]
    assert len(world.dms.records("appointments", form["id"])) == 1


def test_bookings_on_their_way_when_both_are_killed_arrive_once(world: World, followers: list[Follower]):
    servers = world.place.servers
    appointments = [follower.book() for follower in followers]
    servers.rabbitmq.kill9()
    servers.mariadb.kill9()

    start_again(servers)
    for appointment in appointments:
        world.dcrc.agree(appointment)
    for follower in followers:
        wait("the follower has the confirmation", follower.told, 60)
    world.at_rest()

    assert [follower.told() for follower in followers] == [["confirmed"]] * FOLLOWERS
    assert [len(world.dms.records("appointments", appointment)) for appointment in appointments] == [1] * FOLLOWERS
    assert [len(world.csc.records("tasks", appointment)) for appointment in appointments] == [1] * FOLLOWERS
