"""`cheqiao demo`: play the story on a house of its own, compare the records in all places, leave nothing running."""

import shutil
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
import requests

from launcher import tables
from launcher.complaint_story import TOLD, ComplaintStory
from launcher.installation import PackagesMissing
from launcher.registration_story import RegistrationStory
from launcher.reminder_story import ReminderStory
from launcher.servers import PrivateServers
from launcher.servers.child import ServerFailed
from launcher.stage import NotReady, Runtime, Stage
from launcher.story import Story, StoryBroke

STATES = ("wechat_state", "contact_state", "outcome")
BROKE = (StoryBroke, NotReady, PackagesMissing, ServerFailed, requests.RequestException)


AT_ANY_HOUR = {
    "CHEQIAO_REMINDERS_SEND_FROM": "00:00",
    "CHEQIAO_REMINDERS_SEND_UNTIL": "23:59",
    "CHEQIAO_COMPLAINTS_SURVEY_AFTER_HOURS": "0",
}
"""A demonstration does not wait for the morning."""


class Interrupted(Exception):
    """SIGTERM: as Ctrl+C, so that what was started is ended."""


def play(runtime: Runtime, *, browser: bool = False, pictures: Path | None = None) -> int:
    """Ends with one line, `demo: ok …` or `demo: FAILED …`. Returns the exit code.

    With `browser` the whole story is clicked in Chromium too, with a screenshot of each step in the folder `pictures` if one is given.
    """
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        faults = _play(runtime, browser, pictures)
    except BROKE as broke:
        faults = [str(broke)]
    except (Interrupted, KeyboardInterrupt):
        faults = ["interrupted"]
    seconds = time.monotonic() - begun
    if faults:
        click.echo(f"demo: FAILED ({runtime}, {seconds:.1f} s): " + "; ".join(faults))
        return 1
    clicked = "; registered, booked, moved and arrived in a browser" if browser else ""
    counted = "1 registration, 1 reminder followed to the visit, 1 complaint from the phone to the survey, "
    counted += "1 booking, 1 record at the DMS, 1 task and 1 slip at CSC, 1 message, 1 SMS, nothing parked"
    click.echo(f"demo: ok ({runtime}, {seconds:.1f} s): {counted}{clicked}")
    return 0


def _play(runtime: Runtime, browser: bool, pictures: Path | None) -> list[str]:
    with _stage(runtime) as stage:
        click.echo("starting Cheqiao …")
        stage.start()
        click.echo(f"playing one registration, one reminder, one complaint and one booking at {stage.url} …\n")
        registering = RegistrationStory(stage, _say)
        registering.play()
        reminding = ReminderStory(stage, _say)
        reminding.play()
        complaining = ComplaintStory(stage, _say)
        complaining.play()
        story = Story(stage, _say)
        story.play()
        click.echo("\n每一跳 · every hop:")
        tables.timeline({"moments": story.timeline()})
        faults = [*_differences(registering, story), *_differences_of_reminder(reminding), *_differences_of_complaint(complaining)]
        if browser and not faults:
            faults += _play_in_browser(stage, pictures)
        if not stage.stop():
            faults.append("not every process ended as it should")
        return faults


def _play_in_browser(stage: Stage, pictures: Path | None) -> list[str]:
    from launcher.browser import BrowserFailed, open_chromium  # Playwright is installed for this and for tests; the rest runs without it
    from launcher.browser_story import BrowserStory

    click.echo("\n在浏览器里走一遍 · and now by hand, in a browser:")
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    try:
        with open_chromium(click.echo) as chromium:
            story = BrowserStory(stage, chromium, _say, pictures)
            story.play()
            return list(story.differences())
    except BrowserFailed as failed:
        raise StoryBroke(str(failed)) from failed


@contextmanager
def _stage(runtime: Runtime) -> Iterator[Stage]:
    """In a temporary folder; whatever happens, nothing stays."""
    with ExitStack() as stack:
        servers = stack.enter_context(PrivateServers(say=click.echo)) if runtime == "production" else None
        directory = Path(tempfile.mkdtemp(prefix="cheqiao-demo-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        stage = Stage(directory, runtime, servers)
        stage.more = dict(AT_ANY_HOUR)
        stack.callback(stage.stop)
        yield stage


def _differences(registering: RegistrationStory, story: Story) -> Iterator[str]:
    """What is on record in each place against what should be."""
    appointments, dms_slips = story.records("dms", "appointments"), story.records("dms", "slips")
    tasks, csc_slips = story.records("csc", "tasks"), story.records("csc", "slips")
    counted: dict[str, tuple[Any, Any]] = {
        "registrations at the DMS": (registering.registered("dms"), [True]),
        "registrations at CSC": (registering.registered("csc"), [True]),
        "text messages": (len(registering.texts()), 1),
        "appointment": (story.state(), "notified"),
        "records at the DMS": (len(appointments), 1),
        "slips at the DMS": (len(dms_slips), 1),
        "tasks at CSC": (len(tasks), 1),
        "calls at CSC": ([call["result"] for task in tasks for call in task["calls"]], ["no_answer", "reached"]),
        "slips at CSC": (len(csc_slips), 1),
        "messages to the follower": (len(story.messages()), 1),
        "parked": (len(story.parked()), 0),
    }
    if dms_slips and csc_slips:
        counted["slip at the DMS"] = (dms_slips[0]["slip_id"], csc_slips[0]["slip_id"])
    yield from _off(counted)


def _differences_of_reminder(reminding: ReminderStory) -> Iterator[str]:
    item, task = reminding.item(), reminding.task() or {}
    stands = ("clicked", "slip_saved", "returned")
    counted: dict[str, tuple[Any, Any]] = {
        "the reminder": (tuple(item[name] for name in STATES), stands),
        "the reminder at CSC": (tuple(task.get(name) for name in STATES), stands),
        "reminders to the follower": (len(reminding.messages()), 1),
        "figures off a recount": (reminding.recount()["off"], 0),
    }
    yield from _off(counted)


def _differences_of_complaint(complaining: ComplaintStory) -> Iterator[str]:
    case, at_csc = complaining.case(), complaining.at_csc()
    counted: dict[str, tuple[Any, Any]] = {
        "the complaint": ((case["state"], case["close_reason"]), ("surveyed", "satisfied")),
        "its steps at CSC": (_steps_of(at_csc.get("steps", ())), _steps_of(case["history"])),
        "the complaint at CSC": ((at_csc.get("number"), at_csc.get("state")), (case["number"], case["state"])),
        "its photos": ([one["state"] for one in case["files"]], ["kept"]),
        "its messages to the follower": (sorted(complaining.messages()), [*["progress"] * TOLD, "survey"]),
    }
    yield from _off(counted)


def _steps_of(steps: Iterable[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """Version and step, in their order."""
    return sorted((one["version"], one["form"]["step"]) for one in steps)


def _off(counted: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
    """By name: found and wanted."""
    for what, (found, wanted) in counted.items():
        if found != wanted:
            yield f"{what}: {found}, wanted {wanted}"


def _say(milliseconds: float, line: str) -> None:
    click.echo(f"{milliseconds:>8.0f} ms  {line}")


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise Interrupted
