"""Whatever comes ten times, at once and later, happens once: pushes of WeChat, posts of phones, news of partners."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import eventlet
import pytest
import requests

from tests.journeys.people import Pushing, Record, wait
from tests.journeys.world import World

TEN = 10
COME_AGAIN = 503
"""What a copy may hear that waited a second for another one: a partner comes again, as it did with that one."""


def words_of(pushed: Record) -> list[Record]:
    """The passive replies without the second in which each was written."""
    return [{name: value for name, value in sent["reply"].items() if name != "CreateTime"} for sent in pushed["sends"]]


def test_the_same_push_ten_times_is_one_event_and_one_answer(world: World):
    follower = world.a_follower()

    at_once = follower.click(times=TEN, concurrently=True)
    later = follower.push(at_once["message"], times=3)
    follower.say("done")

    wait("the last push is known", lambda: world.told(follower.follower_id, "text.received"))
    replies = words_of(at_once) + words_of(later)
    assert len(replies) == TEN + 3
    assert replies == replies[:1] * len(replies)
    assert f"{world.stage.url}/m/appointments/new" in replies[0]["Content"]
    assert len(world.told(follower.follower_id, "menu.clicked")) == 1


def test_two_different_results_in_one_second_are_two_events(world: World):
    follower = world.a_follower()
    scanned = {"MsgType": "event", "Event": "scancode_waitmsg", "EventKey": "SCAN", "CreateTime": int(datetime.now(UTC).timestamp())}
    sent = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "CreateTime": scanned["CreateTime"], "Status": "success"}

    for result in ("A", "B"):
        follower.push(scanned | {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": result}}, times=2)
        follower.push(sent | {"MsgID": 4_000_000_000_000_000_000 + ord(result)}, times=2)

    wait("both scans are known", lambda: len(world.told(follower.follower_id, "push.received")) == 2)
    wait("both results are known", lambda: len(world.told(follower.follower_id, "template.job.finished")) == 2)


def test_the_same_booking_ten_times_is_one_record_one_task_one_message(world: World):
    follower = world.a_follower()
    form = follower.form()

    answers = list(eventlet.GreenPool().imap(lambda _: follower.post(form), range(TEN)))
    appointment = form["id"]
    world.dcrc.agree(appointment)
    wait("the follower has the confirmation", follower.told)
    late = follower.post(form)
    other = follower.post(form | {"mileage_km": 7})
    world.at_rest()

    assert [answer.status_code for answer in (*answers, late)] == [202] * (TEN + 1)
    assert {answer.json()["id"] for answer in (*answers, late)} == {appointment}
    assert sum("Idempotent-Replayed" in answer.headers for answer in (*answers, late)) == TEN
    assert (other.status_code, other.json()["code"]) == (409, "another_body")
    assert [len(world.dms.seen(appointment, "POST")), len(world.csc.seen(appointment, "POST"))] == [1, 1]
    assert [record["asked"] for record in world.dms.records("appointments", appointment)] == [1]
    assert [task["asked"] for task in world.csc.records("tasks", appointment)] == [1]
    assert [message["asked"] for message in follower.messages()] == [1]
    assert follower.told() == ["confirmed"]


def reached(world: World, appointment: str) -> None:
    world.dcrc.call(appointment, "reached")


def agreed(world: World, appointment: str) -> None:
    world.dcrc.agree(appointment)


def rejected(world: World, appointment: str) -> None:
    world.dcrc.task(appointment)
    world.dms.ask("POST", f"/desk/appointments/{appointment}/reject", json={"reason": "closed_day"})


PARTNER_NEWS = {
    "call.logged": ("csc", reached, "appointment.call.logged", []),
    "slip.saved": ("csc", agreed, "appointment.slip.saved", ["confirmed"]),
    "appointment.rejected": ("dms", rejected, "appointment.rejected", ["turned-down"]),
}


@pytest.mark.parametrize("kind", PARTNER_NEWS)
def test_the_same_news_of_a_partner_ten_times_has_one_effect(world: World, kind: str):
    name, happen, ours, messages = PARTNER_NEWS[kind]
    partner = {"csc": world.csc, "dms": world.dms}[name]
    follower = world.a_follower()
    appointment = follower.book()
    world.dcrc.task(appointment)

    partner.misbehave({"mode": "duplicating", "copies": TEN, "times": 1})
    happen(world, appointment)
    (push,) = wait("it was pushed", lambda: [one for one in partner.pushes(appointment, kind) if one["outcome"] == "settled"])
    later = [pushing(world, name).send(push["body"], push["id"]) for _ in range(3)]
    wait("it had its effect", lambda: follower.told() == messages)
    world.at_rest()

    heard = [each for each in push["tries"] if each["status"] != COME_AGAIN]
    assert len(push["tries"]) >= TEN
    assert {each["status"] for each in heard} == {200}
    assert {each["body"] for each in heard} == {later[0].text}
    assert [(answer.status_code, answer.headers["Idempotent-Replayed"]) for answer in later] == [(200, "true")] * 3
    wait("insight has it", lambda: world.told(appointment, ours))
    assert len(world.told(appointment, ours)) == 1
    assert len(world.dms.seen(appointment, "PUT")) == (kind == "slip.saved")
    assert follower.told() == messages


def pushing(world: World, name: str) -> Pushing:
    return Pushing.of(world.stage.url, name, world.secrets)


OTHER_SECRET = "whsec_" + "b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldA=="


@pytest.mark.parametrize(
    ("spoil", "wanted"),
    [
        (lambda desk, body, webhook_id: desk.send(body | {"timestamp": "2026-01-01T00:00:00Z"}, webhook_id), (409, "another_body")),
        (lambda desk, body, webhook_id: desk.send(body, webhook_id, secret=OTHER_SECRET), (401, "bad_signature")),
        (lambda desk, body, webhook_id: desk.send(body, webhook_id, off=timedelta(minutes=-6)), (401, "bad_timestamp")),
        (lambda desk, body, webhook_id: desk.send(body, webhook_id, off=timedelta(minutes=6)), (401, "bad_timestamp")),
    ],
    ids=["another body", "another secret", "too old", "too new"],
)
@pytest.mark.parametrize("name", ["dms", "csc"])
def test_news_under_a_false_flag_changes_nothing(
    world: World, name: str, spoil: Callable[[Pushing, Record, str], requests.Response], wanted: tuple[int, str]
):
    body, webhook_id = known_news(world, name)
    before = world.told(body["data"]["appointment_id"], f"appointment.{'rejected' if name == 'dms' else 'call.logged'}")

    answer = spoil(pushing(world, name), body, webhook_id)

    assert (answer.status_code, answer.json()["code"]) == wanted
    after = world.told(body["data"]["appointment_id"], f"appointment.{'rejected' if name == 'dms' else 'call.logged'}")
    assert len(after) == len(before)


def known_news(world: World, name: str) -> tuple[Record, str]:
    """A push that was taken."""
    partner, kind = {"csc": (world.csc, "call.logged"), "dms": (world.dms, "appointment.rejected")}[name]
    pushed = [push for push in partner.ask("GET", "/control/state")["pushes"] if push["body"]["type"] == kind]
    taken = [push for push in pushed if push["outcome"] == "settled"]
    if not taken:
        follower = world.a_follower()
        appointment = follower.book()
        (rejected if name == "dms" else reached)(world, appointment)
        taken = wait("it was taken", lambda: [one for one in partner.pushes(appointment, kind) if one["outcome"] == "settled"])
    return taken[0]["body"], taken[0]["id"]
