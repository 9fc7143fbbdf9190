"""kill -9 at every step of a complaint's way, on both runtimes: it ends once, nothing is doubled at CSC or on the follower's phone.

As tests/faults/test_kill_points.py: each crash is a hook that must fire, and the story is played to its end.
"""

import pytest

from tests.faults.complainers import STEPS, Complainers
from tests.faults.scene import Scene

SUBMITTED, FILED, ACCEPTED = "when it is submitted", "when it is filed", "when the dealer accepts it"
CLOSED, DUE, ANSWERED = "when it is closed", "when the survey falls due", "when the survey is answered"
KILL_POINTS = (
    (SUBMITTED, "complaints:after_commit"),
    (FILED, "csc:after_answer"),
    (ACCEPTED, "complaints:after_commit"),
    (DUE, "complaints:before_commit"),
    (ANSWERED, "pages:published"),
)
OTHERS = (
    (SUBMITTED, "pages:confirmed"),
    (SUBMITTED, "complaints:before_commit"),
    (SUBMITTED, "complaints:published"),
    (SUBMITTED, "sender:media_answer"),
    (SUBMITTED, "complaints:file_kept"),
    (SUBMITTED, "messaging:before_commit"),
    (SUBMITTED, "csc:before_answer"),
    (FILED, "complaints:before_commit"),
    (FILED, "complaints:after_commit"),
    (FILED, "sender:after_answer"),
    (ACCEPTED, "dms:published"),
    (CLOSED, "complaints:before_commit"),
    (ANSWERED, "complaints:before_commit"),
    (ANSWERED, "csc:after_commit"),
)
"""By `make faults`: to play all of them takes minutes."""
NEWS = {
    "complaint.received": 1,
    "complaint.file.fetched": 1,
    "complaint.filed": 1,
    "complaint.assigned": 1,
    "complaint.progressed": 6,
    "complaint.closed": 1,
    "complaint.survey.requested": 1,
    "complaint.survey.answered": 1,
}
"""How often each is told in one story."""
MESSAGES = ["progress", "progress", "progress", "progress", "survey"]
"""Recorded, filed, accepted with a word to the customer, closed; how content are you?"""


@pytest.mark.parametrize(("when", "step"), [*KILL_POINTS, *(pytest.param(*each, marks=pytest.mark.faults) for each in OTHERS)])
def test_killed_at_this_step_a_complaint_ends_once(scene: Scene, when: str, step: str):
    player = scene.player
    story = Complainers(scene.stage, player)
    story.follow()
    before = {news: player.news(news) for news in NEWS}

    def order(now: str) -> None:
        if now == when:
            scene.order_a_crash(step)

    order(SUBMITTED)
    story.submit()
    order(FILED)
    story.take("file")
    story.take("assign")
    order(ACCEPTED)
    story.accept()
    for one in STEPS[4:9]:
        story.take(one)
    order(CLOSED)
    story.take("approve_closure")
    order(DUE)
    survey = story.asked()
    order(ANSWERED)
    story.answer(survey)
    player.wait("the hook fires", scene.mark.exists)
    player.wait("the follower has every message", lambda: len(story.messages()) >= len(MESSAGES))
    told = {news: before[news] + each for news, each in NEWS.items()}
    player.wait(f"all is told: {told}", lambda: all(player.news(news) >= number for news, number in told.items()))
    player.wait("nothing is on its way any more", lambda: not player.open_rows())

    ours, theirs = story.seen(), story.at_csc()
    assert [(one["version"], one["step"]) for one in ours["history"]] == list(enumerate(STEPS, 1))
    assert [(one["version"], one["form"]["step"]) for one in theirs] == list(enumerate(STEPS, 1))
    assert story.cases_at_csc() == 1
    assert [one["state"] for one in ours["files"]] == ["kept"]
    assert sorted(story.messages()) == MESSAGES
    assert {news: player.news(news) for news in NEWS} == told
