"""One process per service on real servers: the story, a service that dies, a supervisor that dies, a graceful end."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.servers import PrivateServers
from launcher.stage import NotReady, Stage, get, until
from launcher.story import Story
from tests.servers import Place


@pytest.fixture(scope="module")
def stage(unused_places: Iterator[Place], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("production"), "production", next(unused_places))
    stage.start()
    yield stage
    stage.stop()


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

    assert until(lambda: children_of(stage.house_pid or 0).get("appointments", before) != before, 20)
    stage.await_ready()


def test_children_do_not_outlive_a_killed_supervisor(unused_places: Iterator[Place], tmp_path: Path) -> None:
    stage = Stage(tmp_path, "production", next(unused_places))
    stage.start()
    children = children_of(stage.house_pid or 0)

    stage.kill9()

    assert len(children) == 9
    assert until(
        lambda: not any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_text() for pid in children.values()), 40
    )
    assert stage.stop() is False


def test_it_ends_by_itself_when_asked(unused_places: Iterator[Place], tmp_path: Path) -> None:
    stage = Stage(tmp_path, "production", next(unused_places))
    stage.start()

    assert stage.stop()


def test_the_doctor_names_what_is_missing(servers: PrivateServers, unused_places: Iterator[Place], tmp_path: Path) -> None:
    stage = Stage(tmp_path, "production", next(unused_places))

    with pytest.raises(NotReady, match="queue appointments: missing") as found:
        stage.command("doctor")

    assert "schema csc: cannot be reached, or is not there" in str(found.value)
