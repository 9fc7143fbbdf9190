"""A push is safe before WeChat hears of it: with the broker, or on disk; and a follower's pushes keep their order."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from adapters.wechat.gateway.delivery import Delivery
from adapters.wechat.gateway.spool import Spool
from chassis.errors import Unavailable
from chassis.privacy import Vault
from contracts.wechat import Push, TextReceived
from tests.adapters.wechat.gateway.stage import NOW, Disk, FakePublisher, a_click, a_text, a_vault


def a_push(number: int, follower: int = 1, content: str = "") -> TextReceived:
    words = content or f"{follower}/{number}"
    push = TextReceived(account="main", follower_id=UUID(int=follower), openid=f"o{follower}", created_at=NOW, content=words)
    return push.identified(UUID(int=follower * 1000 + number))


def a_delivery(directory: Path, publisher: FakePublisher, vault: Vault | None = None) -> Delivery:
    return Delivery(publisher, Spool(directory), vault or a_vault(), 0.05, lambda: NOW)


def drained(delivery: Delivery) -> None:
    while delivery.drain_some():
        pass


def contents(publisher: FakePublisher) -> list[str]:
    return [message.content for message in publisher.pushes if isinstance(message, TextReceived)]


def eventually(condition, seconds: float = 60) -> bool:
    """Waits for what another thread does."""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return bool(condition())


def test_a_confirmed_push_does_not_touch_the_disk(tmp_path):
    delivery = a_delivery(tmp_path, FakePublisher())

    assert delivery.take(a_push(1)) == "published"
    assert list(tmp_path.glob("*.spool")) == []


@pytest.mark.parametrize("mood", ["gone", "silent"])
def test_what_the_broker_does_not_confirm_goes_to_the_spool_and_later_out(tmp_path, mood):
    publisher = FakePublisher(mood)
    delivery = a_delivery(tmp_path, publisher)

    assert delivery.take(a_push(1)) == "spooled"
    publisher.mood = "confirming"
    drained(delivery)

    assert publisher.pushes == [a_push(1)]
    assert publisher.pushes[0].id == a_push(1).id


def test_while_anything_is_spooled_new_pushes_join_its_end(tmp_path):
    publisher = FakePublisher("gone")
    delivery = a_delivery(tmp_path, publisher)
    delivery.take(a_push(1))
    publisher.mood = "confirming"

    ways = [delivery.take(a_push(2)), delivery.take(a_push(3))]
    drained(delivery)

    assert ways == ["spooled", "spooled"]
    assert contents(publisher) == ["1/1", "1/2", "1/3"]
    assert delivery.take(a_push(4)) == "published"


def test_a_confirm_that_fails_in_the_middle_lets_no_push_of_that_follower_overtake(tmp_path):
    publisher = FakePublisher("gone")
    delivery = a_delivery(tmp_path, publisher)
    for push in (a_push(1, 1), a_push(1, 2), a_push(2, 1), a_push(1, 3), a_push(2, 2)):
        delivery.take(push)
    publisher.mood, publisher.moods = "confirming", ["gone"]

    with pytest.raises(Unavailable):
        delivery.drain_some()
    publisher.moods = ["confirming", "gone"]
    with pytest.raises(Unavailable):
        delivery.drain_some()
    drained(delivery)

    sent = contents(publisher)
    assert set(sent) == {"1/1", "1/2", "2/1", "2/2", "3/1"}
    for follower in ("1", "2"):
        assert sent.index(f"{follower}/1") < sent.index(f"{follower}/2")
    assert len(sent) == 5


def test_a_spooled_push_is_reported_when_it_is_out(tmp_path):
    publisher = FakePublisher("gone")
    delivery = a_delivery(tmp_path, publisher)
    delivery.take(a_push(1))
    publisher.mood = "confirming"

    drained(delivery)

    [hop] = publisher.reports[0].hops
    assert (hop.service, hop.step, hop.message_id, hop.type, hop.at) == ("gateway", "spooled", a_push(1).id, "text.received", NOW)


def test_the_spool_holds_nothing_in_clear(tmp_path):
    delivery = a_delivery(tmp_path, FakePublisher("gone"))

    delivery.take(a_push(1, content="我的手机是13800138000"))

    written = b"".join(path.read_bytes() for path in tmp_path.glob("*.spool"))
    assert written
    assert b"13800138000" not in written
    assert json.dumps("我的手机是").encode()[1:-1] not in written
    assert b'"o1"' not in written


def test_a_record_that_no_key_opens_is_kept_aside_and_holds_up_nobody(tmp_path):
    publisher = FakePublisher("gone")
    stranger = a_delivery(tmp_path, publisher, Vault({"other": b"o" * 32}, b"l" * 32))
    stranger.take(a_push(1))
    stranger.spool.close()
    delivery = a_delivery(tmp_path, publisher)
    delivery.take(a_push(2))
    publisher.mood = "confirming"

    drained(delivery)

    assert contents(publisher) == ["1/2"]
    assert len(list((tmp_path / "aside").glob("*.spool"))) == 1


def test_what_waits_survives_a_restart(tmp_path):
    publisher = FakePublisher("gone")
    before = a_delivery(tmp_path, publisher)
    for number in range(1, 6):
        before.take(a_push(number))
    before.spool.close()
    publisher.mood = "confirming"

    after = a_delivery(tmp_path, publisher)
    assert after.take(a_push(6)) == "spooled"
    drained(after)

    assert contents(publisher) == [f"1/{number}" for number in range(1, 7)]


KILLED_WHILE_DRAINING = """
import sys
from pathlib import Path
from tests.adapters.wechat.gateway.stage import FakePublisher
from tests.adapters.wechat.gateway.test_delivery import a_delivery, a_push, drained
publisher = FakePublisher("gone")
delivery = a_delivery(Path(sys.argv[1]), publisher)
for follower in range(1, 4):
    for number in range(1, 4):
        delivery.take(a_push(number, follower))
publisher.mood = "confirming"
drained(delivery)
"""


def test_killed_while_draining_everything_is_still_there(tmp_path):
    spool, mark = tmp_path / "spool", tmp_path / "mark"
    environment = os.environ | {"CHEQIAO_CRASH": "gateway:spool_draining", "CHEQIAO_CRASH_MARK": str(mark)}

    run = subprocess.run([sys.executable, "-c", KILLED_WHILE_DRAINING, str(spool)], env=environment, check=False, timeout=60)
    publisher = FakePublisher()
    drained(a_delivery(spool, publisher))

    assert run.returncode == -signal.SIGKILL
    assert mark.read_text() == "gateway:spool_draining"
    assert sorted(contents(publisher)) == sorted(f"{follower}/{number}" for follower in range(1, 4) for number in range(1, 4))
    for follower in range(1, 4):
        own = [content for content in contents(publisher) if content.startswith(f"{follower}/")]
        assert own == sorted(own)


def test_at_the_door_an_outage_is_answered_spooled_and_made_good(open_door):
    door = open_door(publisher=FakePublisher("gone"))
    wechat = door.wechat()

    answers = [wechat.push(a_text(str(number), CreateTime=number)) for number in range(1, 21)]
    door.publisher.mood = "confirming"

    assert {answer.status_code for answer in answers} == {200}
    assert eventually(lambda: len(door.publisher.pushes) == 20)
    assert contents(door.publisher) == [str(number) for number in range(1, 21)]
    assert door.counted("spooled", mode="plain") == 20


def test_a_click_during_an_outage_still_gets_its_reply(open_door):
    door = open_door(publisher=FakePublisher("silent"), confirm_seconds=0.05, drain=False)

    assert "点这里预约" in door.wechat().push(a_click()).text


def test_neither_broker_nor_spool_is_503_and_heals(open_door):
    door = open_door(publisher=FakePublisher("gone"), drain=False)
    door.disk.full = True

    refused = door.wechat().push(a_click())
    door.disk.full = False
    taken = door.wechat().push(a_click())

    assert (refused.status_code, refused.text) == (503, "not_taken")
    assert taken.status_code == 200
    assert door.delivery.trouble is None


def test_a_gateway_that_could_not_take_a_push_is_sent_some_again(tmp_path):
    """A load balancer sends nothing to one that is not ready, so a trouble that only a push could end would never end."""
    disk = Disk()
    disk.full = True
    delivery = Delivery(FakePublisher("gone"), Spool(tmp_path, disk.fsync), a_vault(), 0.05, lambda: NOW, told_for=0.5)

    with pytest.raises(Unavailable):
        delivery.take(a_push(1))
    told = delivery.trouble

    assert told == "the spool takes nothing (No space left on device)"
    assert eventually(lambda: delivery.trouble is None)


def test_a_followers_pushes_at_once_keep_their_order_when_the_broker_falls_silent(open_door):
    """The first is taken and never confirmed, so it is spooled late; none that came after it may be ahead of it."""
    publisher = FakePublisher()
    publisher.moods = ["silent"]
    door = open_door(publisher=publisher, confirm_seconds=0.3)
    came: list[str] = []

    def push(number: int) -> int:
        return door.wechat().push(a_text(str(number), CreateTime=number)).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = []
        for number in range(1, 6):
            answers.append(pool.submit(push, number))
            came.append(str(number))
            time.sleep(0.02)

    assert {answer.result() for answer in answers} == {200}
    assert eventually(lambda: len(set(contents(publisher))) == 5)
    assert list(dict.fromkeys(contents(publisher))) == came


def test_the_same_push_ten_times_at_once_is_one_message(open_door):
    door = open_door()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: door.wechat().push(a_click()).status_code, range(10)))

    assert set(answers) == {200}
    assert len({push.id for push in door.publisher.pushes if isinstance(push, Push)}) == 1
