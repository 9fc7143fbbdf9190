"""One process per service on real servers: the story, a service that dies, a supervisor that dies, a graceful end."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.house import SERVICES
from launcher.stage import NotReady, Stage, get, until
from launcher.story import Story
from tests.servers import Place


@pytest.fixture(scope="module")
def stage(unused_places: Iterator[Place], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("production"), "production", next(unused_places))
    stage.start()
    yield stage
    stage.stop()


@pytest.fixture
def another(unused_places: Iterator[Place], tmp_path: Path) -> Iterator[Stage]:
    """Not started yet."""
    stage = Stage(tmp_path, "production", next(unused_places))
    yield stage
    stage.stop()


def is_alive(pid: int) -> bool:
    """A process that ended and was not yet taken note of has no command line any more."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_text())
    except OSError:
        return False


def children_of(pid: int) -> dict[str, int]:
    """Service to process id, by the command lines of the supervisor's children."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                words = (entry / "cmdline").read_text().split("\0")
                found[words[words.index("run") + 1]] = int(entry.name)
        except (OSError, ValueError):
            continue
    return found


def test_a_booking_comes_back_confirmed(stage: Stage) -> None:
    story = Story(stage, lambda _milliseconds, _line: None)

    story.play()

    assert story.state() == "notified"
    assert (len(story.records("dms", "appointments")), len(story.records("csc", "tasks"))) == (1, 1)


def test_the_doctor_finds_nothing(stage: Stage) -> None:
    assert stage.command("doctor") == "doctor: ok\n"


def test_each_service_has_metrics_of_its_own(stage: Stage) -> None:
    assert "process_cpu_seconds_total" in get(f"{stage.url}/metrics/gateway").text


def test_a_service_that_was_killed_is_started_anew(stage: Stage) -> None:
    assert stage.house_pid is not None
    before = children_of(stage.house_pid)["appointments"]

    os.kill(before, signal.SIGKILL)

    assert until(lambda: children_of(stage.house_pid or 0).get("appointments", before) != before, 60)
    stage.await_ready()


def test_children_do_not_outlive_a_killed_supervisor(another: Stage) -> None:
    another.start()
    children = children_of(another.house_pid or 0)

    another.kill9()

    assert len(children) == len(SERVICES)
    assert until(lambda: not any(map(is_alive, children.values())), 60)


def test_it_ends_by_itself_when_asked(another: Stage) -> None:
    another.start()

    assert another.stop()


def test_ctrl_c_reaches_every_process_of_a_terminal_and_still_nothing_is_started_again(another: Stage) -> None:
    another.start()

    os.killpg(another.house_pid or 0, signal.SIGINT)

    assert another.await_end() == 0
    assert another.log().count("service_started") == len(SERVICES)
    assert "service_ended" not in another.log()


def test_the_public_address_does_not_tell_where_the_others_are(stage: Stage) -> None:
    answer = get(f"{stage.url}/")

    assert answer.status_code == 404
    assert "127.0.0.1" not in answer.text


def test_the_doctor_names_what_is_missing(another: Stage) -> None:
    with pytest.raises(NotReady, match="queue appointments: missing") as found:
        another.command("doctor")

    assert "schema csc: cannot be reached, or is not there" in str(found.value)
