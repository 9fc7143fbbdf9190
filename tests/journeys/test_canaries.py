"""What is personal is nowhere in clear on our side: not in databases, the broker's store, the spool or a log; only at the other firms."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from launcher.stage import send
from tests.journeys.people import Follower, Pushing, wait
from tests.journeys.world import World

# Odd on purpose: the safety net under the logs would not know them for what they are.
CANARIES = {
    "openid": "qzopenid-canary-7f3a1",
    "name": "qzname-canary-7f3a2",
    "mobile": "qzmobile-7f3a3",
    "vin": "qzvin-7f3a4",
    "plate": "qzplate-7f3a5",
    "concern": "qzconcern-canary-7f3a6 刹车异响",
    "chat_text": "qzchat-canary-7f3a7 你好",
    "raw_push": "qzraw-canary-7f3a8",
    "off contract": "qzbroken-canary-7f3a9",
}
NOT_PERSONAL = "qzitem-plain-7f3a0"
"""An item's code: it may stand in clear, and shows that the search would find what does."""


def forms_of(text: str) -> Iterator[bytes]:
    """As it would look in a file: itself, or somewhere within base64."""
    word = text.partition(" ")[0].encode()
    yield word
    for shift in range(3):
        middle = base64.b64encode(b"\0" * shift + word)
        yield middle[4:-4]


def holding(folders: Iterable[Path], text: str, besides: tuple[Path, ...] = ()) -> list[Path]:
    """The files that hold it in clear."""
    wanted = tuple(forms_of(text))
    found = []
    for folder in folders:
        for file in (path for path in folder.rglob("*") if path.is_file() and not any(path.is_relative_to(other) for other in besides)):
            try:
                content = file.read_bytes()
            except FileNotFoundError:  # forgotten meanwhile
                continue
            if any(form in content for form in wanted):
                found.append(file)
    return found


class Scene:
    """A follower who is all canaries, and where everything of ours lies."""

    def __init__(self, world: World) -> None:
        self.world = world
        stage = world.stage
        self.others = (stage.directory / "sandbox",)
        self.stores = [stage.var]
        if world.place:
            servers = world.place.servers
            self.broker, self.database = servers.rabbitmq.directory, servers.mariadb.directory
            self.stores += [self.broker, self.database]
        self.folders = [stage.directory, *self.stores[1:]]

    def come(self) -> Follower:
        person = {kind: CANARIES[kind] for kind in ("openid", "name", "mobile", "vin", "plate")}
        (follower,) = self.world.bind(person)
        self.world.wechat.ask("POST", f"/control/followers/{follower.openid}/follow", json={"name": CANARIES["name"]})
        return follower

    def book(self, follower: Follower) -> str:
        return follower.book(concern=CANARIES["concern"], items=[{"code": NOT_PERSONAL, "name": "保养"}])

    def push_all(self, follower: Follower) -> None:
        follower.say(CANARIES["chat_text"])
        follower.push({"MsgType": "location", "Location_X": "29.5", "Label": CANARIES["raw_push"]})
        follower.push({"MsgType": "event", "Event": "CLICK", "EventKey": "BOOK", "CreateTime": CANARIES["off contract"]})

    def leave_no_clear_trace(self) -> None:
        for kind, canary in CANARIES.items():
            assert holding(self.folders, canary, besides=self.others) == [], kind


@pytest.fixture(scope="session")
def scene(world: World) -> Scene:
    return Scene(world)


@pytest.fixture(scope="session")
def follower(scene: Scene) -> Follower:
    return scene.come()


def test_nothing_personal_is_in_clear_after_a_whole_story(scene: Scene, follower: Follower):
    appointment = scene.book(follower)
    scene.push_all(follower)
    scene.world.dcrc.agree(appointment)
    wait("the follower has the confirmation", follower.told)
    scene.world.at_rest()

    scene.leave_no_clear_trace()


def test_nothing_personal_is_in_clear_while_messages_wait_and_are_parked(scene: Scene, follower: Follower):
    world = scene.world
    world.dms.misbehave({"mode": "off_contract", "times": 1}, {"mode": "down"})
    world.csc.misbehave({"mode": "failing"})
    try:
        scene.book(follower)
        wait("one is parked", lambda: world.open_rows().get("dms.parked"))
        scene.book(follower)
        wait("one waits", lambda: world.open_rows().get("dms.retry"))
        scene.push_all(follower)

        scene.leave_no_clear_trace()
    finally:
        world.dms.behave()
        world.csc.behave()
        for one in world.cheqiao("parked", "list", "--json")["parked"]:
            world.cheqiao("parked", "redrive", one["message_id"], "--json")
    world.at_rest()


def test_nothing_personal_of_what_is_refused_is_kept_in_clear(scene: Scene, follower: Follower):
    world, canary = scene.world, CANARIES["off contract"]

    follower.post(follower.form(concern=7, dealer_code=canary))
    follower.post({canary: canary})
    follower.post(follower.form(), f"/m/api/appointments/{canary}/withdraw")
    for name in ("dms", "csc"):
        answer = Pushing.of(world.stage.url, name, world.secrets).send_text(
            f'{{"type": "{canary}", "data": {{"mobile": "{canary}"}}}}', f"canary-{name}"
        )
        assert answer.status_code == 400
        Pushing.of(world.stage.url, name, world.secrets).send_text(canary, f"canary-{name}-2")
    send("POST", f"{world.stage.url}/wechat/main?openid={canary}", data=f"<xml><FromUserName>{canary}</FromUserName></xml>".encode())
    send("GET", f"{world.stage.url}/{canary}?openid={canary}")
    wait("what the partners sent is parked", lambda: len(world.cheqiao("parked", "list", "--json")["parked"]) == 4)

    scene.leave_no_clear_trace()
    for one in world.cheqiao("parked", "list", "--json")["parked"]:
        world.cheqiao("parked", "drop", one["message_id"], "--reason", "tested", "--json")
    world.at_rest()


@pytest.mark.parametrize("world", ["production"], indirect=True)
def test_nothing_personal_is_in_clear_in_the_spool(scene: Scene, follower: Follower):
    broker = scene.world.place.servers.rabbitmq
    broker.kill9()
    try:
        scene.push_all(follower)
        waiting = scene.world.counted("cheqiao_gateway_spooled")

        scene.leave_no_clear_trace()
    finally:
        broker.start()
    assert waiting == 2
    wait("the spool is drained", lambda: scene.world.counted("cheqiao_gateway_spooled") == 0)
    scene.world.at_rest()


def test_the_search_finds_what_is_in_clear(scene: Scene, follower: Follower):
    """Else the tests above would prove nothing."""
    scene.world.dcrc.task(scene.book(follower))
    scene.world.at_rest()

    for kind in ("openid", "name", "mobile", "vin", "concern", "chat_text", "raw_push"):
        assert holding(scene.others, CANARIES[kind]), kind
    for store in scene.stores[1:] or scene.stores:
        assert holding([store], NOT_PERSONAL), store
