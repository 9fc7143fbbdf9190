"""kill -9 at every step of a message's way, on both runtimes: after a restart nothing is lost, doubled or stuck.

Each crash is a hook that must fire. One house per runtime plays one booking after another; in embedded the whole house dies and is started
again here, in production one service dies and its supervisor starts it again.
"""

import os
import signal
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from launcher.operator import Away, Operator, Said
from launcher.stage import get
from tests.faults.scene import Scene
from tests.journeys.newcomers import DmsStaff
from tests.journeys.people import StandIn, registered
from tests.launcher.test_production import children_of

KILL_POINTS = (
    "pages:confirmed",
    "appointments:before_commit",
    "appointments:after_commit",
    "appointments:published",
    "appointments:confirmed",
    "dms:claimed",
    "dms:before_answer",
    "dms:after_answer",
    "dms:before_commit",
    "csc:after_answer",
    "csc:after_commit",
    "sender:after_answer",
    "messaging:before_commit",
    "gateway:spool_draining",
)
NEWS = {
    "appointment.requested": 1,
    "appointment.stored": 1,
    "appointment.task.created": 1,
    "appointment.call.logged": 2,
    "appointment.slip.saved": 1,
    "appointment.slip.stored": 1,
    "appointment.confirmed": 1,
    "template.accepted": 1,
    "appointment.confirmation.sent": 1,
    "appointment.notified": 1,
}
"""How often each is told in one story. (`template.delivered` is not among them: WeChat gives a result up after three tries.)"""


@pytest.mark.parametrize("step", KILL_POINTS)
def test_killed_at_this_step_nothing_is_lost_doubled_or_stuck(scene: Scene, step: str):
    player = scene.player
    scene.order_a_crash(step)

    player.click_menu()
    appointment = player.book()
    player.answer_call(appointment)

    player.wait("the hook fires", scene.mark.exists)
    scene.messages += 1
    player.wait("the follower has the confirmation", lambda: len(player.messages()) >= scene.messages)
    wanted = {news: each * scene.messages for news, each in NEWS.items()}
    player.wait(f"all news is told: {wanted}", lambda: all(player.news(news) >= number for news, number in wanted.items()))
    player.wait("nothing is on its way any more", lambda: not player.open_rows())
    for system, kind in (("dms", "appointments"), ("dms", "slips"), ("csc", "tasks"), ("csc", "slips")):
        assert len(player.records(system, kind, appointment)) == 1, f"{kind} at {system}"
    assert len(player.messages()) == scene.messages
    player.wait("the pushes are known", lambda: player.news("menu.clicked") >= player.pushes_answered)
    assert player.news("menu.clicked") <= player.pushes_made
    assert {news: player.news(news) for news in NEWS} == wanted


TYPED, CODE = "while it is checked", "while the code is"
REGISTRATION_KILL_POINTS = (
    (TYPED, "pages:published"),
    (TYPED, "pages:confirmed"),
    (TYPED, "pages:before_commit"),
    (TYPED, "customers:before_commit"),
    (TYPED, "customers:after_commit"),
    (TYPED, "customers:published"),
    (TYPED, "customers:confirmed"),
    (TYPED, "dms:claimed"),
    (TYPED, "dms:before_answer"),
    (TYPED, "dms:after_answer"),
    (TYPED, "dms:before_commit"),
    (TYPED, "sms:claimed"),
    (TYPED, "sms:before_answer"),
    (TYPED, "sms:after_answer"),
    (TYPED, "sms:before_commit"),
    (CODE, "pages:published"),
    (CODE, "pages:after_commit"),
    (CODE, "customers:before_commit"),
    (CODE, "customers:after_commit"),
    (CODE, "customers:published"),
    (CODE, "dms:after_answer"),
    (CODE, "csc:claimed"),
    (CODE, "csc:after_answer"),
)
NEWS_OF_REGISTERING = {"registration.progressed": 3, "owners.found": 1, "sms.accepted": 1, "customer.registered": 1}
"""How often each is told: checking, the code sent, active."""


@pytest.mark.parametrize(("when", "step"), REGISTRATION_KILL_POINTS)
def test_killed_while_somebody_registers_it_is_done_once(scene: Scene, when: str, step: str):
    player, stage = scene.player, scene.stage
    player.wait("the last story is over", lambda: not player.open_rows())
    before = {news: player.news(news) for news in NEWS_OF_REGISTERING}
    newcomer, staff = player.newcomer(), DmsStaff(StandIn(f"{stage.sandbox_url}/dms"))
    vin = staff.sell(newcomer.person)
    player.come_in(newcomer)

    def order(now: str) -> None:
        if now == when:
            scene.order_a_crash(step)

    order(TYPED)
    registration = player.ask_to_register(newcomer, vin)
    if when == TYPED:
        player.wait("the hook fires", scene.mark.exists)
    player.wait("the code came", lambda: newcomer.state(registration) == "code_sent" and newcomer.codes())
    order(CODE)
    player.verify(newcomer, registration)
    player.wait("the hook fires", scene.mark.exists)
    player.wait("the car is bound", lambda: newcomer.state(registration) == "active")
    player.wait("nothing is on its way any more", lambda: not player.open_rows())
    told = {news: before[news] + each for news, each in NEWS_OF_REGISTERING.items()}
    player.wait("all is told", lambda: all(player.news(news) >= number for news, number in told.items()))

    at_dms, at_csc = staff.registrations(vin), registered(StandIn(f"{stage.sandbox_url}/csc"), vin)
    binding = newcomer.asked(f"/registrations/{registration}")["binding_id"]
    for kept in (at_dms, at_csc):
        assert [(one["binding_id"], one["registered"], one["version"]) for one in kept] == [(binding, True, 1)]
    assert len(newcomer.texts()) == 1
    player.wait("the car is listed", lambda: newcomer.page("/cars").count(f"/m/cars/{binding}") == 1)
    assert {news: player.news(news) for news in NEWS_OF_REGISTERING} == told


WATCHERS = ("insight", "console")
"""No message's way leads through them."""
PARKED, FLOWING = 5, 3


def kill_watchers(scene: Scene) -> None:
    """Both at once; returns when the supervisor has started both anew."""
    before = children_of(scene.stage.house_pid or 0)
    for watcher in WATCHERS:
        os.kill(before[watcher], signal.SIGKILL)

    def is_new(watcher: str) -> bool:
        return children_of(scene.stage.house_pid or 0).get(watcher, before[watcher]) != before[watcher]

    scene.player.wait("both are started anew", lambda: all(map(is_new, WATCHERS)))


def asked(scene: Scene, path: str) -> dict[str, Any]:
    """What insight says; nothing while it is away, or starts."""
    try:
        return Operator.here(scene.stage.environment).ask("GET", path)
    except (Away, Said):
        return {}


@pytest.mark.parametrize("scene", ["production"], indirect=True)
def test_insight_and_console_killed_in_the_middle_of_all_lose_nothing_and_a_job_goes_on(scene: Scene):
    player, dms = scene.player, StandIn(f"{scene.stage.sandbox_url}/dms")
    player.wait("the last story is over", lambda: not player.open_rows())
    dms.misbehave({"mode": "off_contract", "path": "/api/v1/appointments"})
    bookings = [player.book() for _ in range(PARKED)]
    player.wait("all are parked", lambda: asked(scene, "/overview")["parked"] == PARKED)
    dms.behave()
    wanted = {"state": "parked", "service": "dms"}
    form = {"id": str(uuid4()), "kind": "redrive", "filter": wanted, "expected": PARKED, "per_second": 1}
    job = Operator.here(scene.stage.environment).ask("POST", "/jobs", json=form)

    player.wait("the job is under way", lambda: asked(scene, f"/jobs/{job['id']}")["ordered"])
    kill_watchers(scene)
    scene.order_a_crash("insight:before_commit")  # at any moment is hardly ever within a transaction
    bookings += [player.book() for _ in range(FLOWING)]
    player.wait("the hook fires", scene.mark.exists)
    for number, booking in enumerate(bookings):
        if number == PARKED:
            kill_watchers(scene)
        player.answer_call(booking)

    player.wait("the job is done", lambda: asked(scene, f"/jobs/{job['id']}")["state"] == "done")
    counts = asked(scene, f"/jobs/{job['id']}")
    assert [counts[name] for name in ("total", "ordered", "handled", "parked_again", "gone")] == [PARKED, PARKED, PARKED, 0, 0]
    scene.messages += len(bookings)
    told = {news: each * scene.messages for news, each in NEWS.items()}
    player.wait(f"all news is told: {told}", lambda: all(player.news(news) >= number for news, number in told.items()))
    player.wait("nothing is on its way any more", lambda: not player.open_rows())
    player.wait("insight knows every step", lambda: not player.steps_done() - player.steps_known())
    assert not player.steps_known() - player.steps_done(), "and none twice, and none that was not"
    assert {news: player.news(news) for news in NEWS} == told
    assert len(player.messages()) == scene.messages
    overview = asked(scene, "/overview")
    assert (overview["parked"], overview["retries"], overview["oldest_seconds"]) == (0, 0, 0)
    for booking in bookings:
        moments = asked(scene, f"/trace/{booking}")["moments"]
        seen = Counter((moment["service"], moment["message_id"], moment["step"], moment["attempt"]) for moment in moments)
        assert max(seen.values()) == 1
        for system, kind in (("dms", "appointments"), ("dms", "slips"), ("csc", "tasks"), ("csc", "slips")):
            assert len(player.records(system, kind, booking)) == 1, f"{kind} at {system}"
    player.wait("the console lets people in", lambda: get(f"{scene.stage.url}/console/login").status_code == 200)
