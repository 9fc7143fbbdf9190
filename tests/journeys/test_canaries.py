"""What is personal is nowhere in clear on our side: not in databases, the broker's store, the spool or a log; only at the other firms."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from launcher.stage import send
from tests.journeys.newcomers import Newcomer, Person
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
TYPED = {
    "openid typed": "oQzNewcomer7f3b1",
    "name on record": "金丝雀七辰三",
    "id_number": "500199198505057312",
    "mobile typed": "13755573812",
    "whole vin": "LS4CNRY7F3BZX9W4T",
    "short vin": "3BZX9W4T",
    "address": "10.77.188.219",
    "refused id_number": "qzrefused-id-7f3b2",
    "refused vin": "qzrefused-vin-7f3b3",
}
"""Of who registers: these must look like what they are to be taken."""
NOT_PERSONAL = "qzitem-plain-7f3a0"
"""An item's code: it may stand in clear, and shows that the search would find what does."""


UNWRITTEN = bytes(16_384)
LONG_ENOUGH = 8
"""Characters of base64 that are a word's own: fewer stand by chance somewhere in megabytes of what is sealed."""


def forms_of(text: str) -> Iterator[bytes]:
    """As it would look in a file: itself, escaped, or somewhere within base64."""
    word = text.partition(" ")[0].encode()
    yield word
    yield json.dumps(word.decode())[1:-1].encode()
    for shift in range(3):
        own = base64.b64encode(b"\0" * shift + word)[4:-4]
        if len(own) >= LONG_ENOUGH:
            yield own


def holding(folders: Iterable[Path], text: str, besides: tuple[Path, ...] = ()) -> list[Path]:
    """The files that hold it in clear."""
    return [file for file, _ in holding_any(folders, {text: text}, besides)]


def holding_any(folders: Iterable[Path], texts: dict[str, str], besides: tuple[Path, ...] = ()) -> list[tuple[Path, str]]:
    """File and kind of what it holds in clear. Each file is read once: a database's are large, and mostly empty."""
    wanted = {kind: tuple(forms_of(text)) for kind, text in texts.items()}
    found = []
    for folder in folders:
        for file in (path for path in folder.rglob("*") if path.is_file() and not any(path.is_relative_to(other) for other in besides)):
            try:
                content = written_in(file)
            except FileNotFoundError:  # forgotten meanwhile
                continue
            found += [(file, kind) for kind, forms in wanted.items() if any(form in content for form in forms)]
    return found


def written_in(file: Path) -> bytes:
    """Without pages on which nothing was ever written."""
    with file.open("rb") as opened:
        return b"".join(page for page in iter(lambda: opened.read(len(UNWRITTEN)), b"") if page != UNWRITTEN)


def standing_alone(folders: Iterable[Path], code: str, besides: tuple[Path, ...]) -> list[Path]:
    """The files that hold these digits as a number of their own. (Six digits stand in many a longer one, and behind many a point.)"""
    alone = re.compile(rb"(?<![\d.])" + code.encode() + rb"(?!\d)")
    return [file for file in holding(folders, code, besides) if alone.search(file.read_bytes())]


class Scene:
    """A follower who is all canaries, and where everything of ours lies."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._days = count(3)
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
        """Each time for another day: a car is booked for once a day."""
        day = (datetime.now(UTC) + timedelta(days=next(self._days))).date().isoformat()
        return follower.book(concern=CANARIES["concern"], items=[{"code": NOT_PERSONAL, "name": "保养"}], requested_date=day)

    def push_all(self, follower: Follower) -> None:
        follower.say(CANARIES["chat_text"])
        follower.push({"MsgType": "location", "Location_X": "29.5", "Label": CANARIES["raw_push"]})
        follower.push({"MsgType": "event", "Event": "CLICK", "EventKey": "BOOK", "CreateTime": CANARIES["off contract"]})

    def come_new(self) -> Newcomer:
        person = Person(TYPED["openid typed"], TYPED["name on record"], TYPED["id_number"], TYPED["mobile typed"], TYPED["address"])
        newcomer = self.world.a_newcomer(person)
        self.world.staff.sell(person, TYPED["whole vin"])
        return newcomer

    def leave_no_code(self, codes: list[str]) -> None:
        assert codes
        for code in codes:
            assert standing_alone(self.folders, code, self.others) == []

    def leave_no_clear_trace(self) -> None:
        assert holding_any(self.folders, CANARIES | TYPED, besides=self.others) == []


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


@pytest.fixture(scope="session")
def newcomer(scene: Scene) -> Newcomer:
    return scene.come_new()


def test_nothing_of_a_registration_is_in_clear_while_it_waits_and_is_parked(scene: Scene, newcomer: Newcomer):
    world, vin = scene.world, TYPED["whole vin"]
    world.dms.misbehave({"mode": "off_contract", "times": 1, "path": "/api/v1/owners"}, {"mode": "down"})
    try:
        parked, waiting = newcomer.ask_to_register(vin), newcomer.ask_to_register(vin, vin=vin)
        wait("one is parked", lambda: world.open_rows().get("dms.parked"))
        wait("one waits", lambda: world.open_rows().get("dms.retry"))
        scene.leave_no_clear_trace()
        world.sms.misbehave({"mode": "down"})
        world.dms.behave()
        for one in world.cheqiao("parked", "list", "--json")["parked"]:
            world.cheqiao("parked", "redrive", one["message_id"], "--json")
        for registration in (parked, waiting):
            newcomer.await_state(registration, "code_sent")
        wait("the codes wait", lambda: world.open_rows().get("sms.retry", 0) + world.open_rows().get("sms.inbox", 0))

        scene.leave_no_clear_trace()
    finally:
        world.dms.behave()
        world.sms.behave()
    world.at_rest()
    scene.leave_no_code(newcomer.codes())


def test_nothing_personal_is_in_clear_after_a_whole_registration(scene: Scene, newcomer: Newcomer):
    world, codes = scene.world, len(newcomer.codes())
    registration = newcomer.ask_to_register(TYPED["whole vin"])
    newcomer.await_state(registration, "code_sent")
    code = newcomer.code(codes + 1)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    newcomer.verify(registration, wrong)
    newcomer.verify(registration, code)
    newcomer.await_state(registration, "active")
    appointment = newcomer.follower().book()
    world.dcrc.agree(appointment)
    wait("the follower has the confirmation", newcomer.messages)
    world.at_rest()

    scene.leave_no_clear_trace()
    scene.leave_no_code([wrong, *newcomer.codes()])


def test_nothing_of_a_registration_that_is_refused_is_kept_in_clear(scene: Scene, newcomer: Newcomer):
    whole = newcomer.form(TYPED["whole vin"])

    answers = [
        newcomer.post("/registrations", whole | {"id_number": TYPED["refused id_number"], "vin": TYPED["refused vin"]}),
        newcomer.post("/registrations", whole | {TYPED["refused vin"]: TYPED["refused id_number"]}),
        newcomer.post(f"/registrations/{TYPED['refused id_number']}/verify", {"code": TYPED["refused vin"]}),
    ]
    newcomer.open(f"/registrations/new?vin={TYPED['refused vin']}")

    assert [answer.status_code for answer in answers] == [400, 400, 404]
    assert not any(canary in answer.text for canary in TYPED.values() for answer in answers)
    scene.leave_no_clear_trace()


def test_nothing_personal_is_in_clear_while_messages_wait_and_are_parked(scene: Scene, follower: Follower):
    world = scene.world
    world.dms.misbehave(
        {"mode": "off_contract", "times": 1, "path": "/api/v1/appointments"}, {"mode": "down", "path": "/api/v1/appointments"}
    )
    world.csc.misbehave({"mode": "failing", "path": "/api/v1/call-tasks"})
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


def test_the_search_finds_what_is_in_clear(scene: Scene, follower: Follower, newcomer: Newcomer):
    """Else the tests above would prove nothing."""
    wait("a code came", newcomer.codes)
    scene.world.dcrc.task(scene.book(follower))
    scene.world.at_rest()

    for kind in ("openid", "name", "mobile", "vin", "concern", "chat_text", "raw_push"):
        assert holding(scene.others, CANARIES[kind]), kind
    for kind in ("openid typed", "name on record", "id_number", "mobile typed", "whole vin", "short vin"):
        assert holding(scene.others, TYPED[kind]), kind
    assert standing_alone(scene.others, newcomer.codes()[-1], ())
    for store in scene.stores[1:] or scene.stores:
        assert holding([store], NOT_PERSONAL), store
