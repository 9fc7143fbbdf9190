"""Everything in one process: the story, the operator's questions, a second start, a graceful end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from launcher.stage import Stage, get, send, until
from launcher.story import Story
from tests.fakes.collector import Collector, Seen, collecting


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("embedded"), "embedded")
    stage.more = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    stage.start()
    yield stage
    stage.stop()


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Stage]:
    """Not started yet; its stand-ins live on when it is killed."""
    stage = Stage(tmp_path, "embedded", sandbox_apart=True)
    yield stage
    stage.stop()


@pytest.fixture(scope="module")
def story(stage: Stage) -> Story:
    """Played once; the tests below look at what it left."""
    told = Story(stage, lambda _milliseconds, _line: None)
    told.play()
    return told


def cheqiao(stage: Stage, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "launcher.cli", *words]
    return subprocess.run(command, env=stage.environment, cwd=stage.directory, capture_output=True, text=True, timeout=60, check=False)


def test_a_booking_comes_back_confirmed(story: Story) -> None:
    assert story.state() == "notified"
    assert (len(story.records("dms", "appointments")), len(story.records("csc", "tasks")), len(story.messages())) == (1, 1, 1)


def test_a_trace_shows_every_hop_of_an_appointment(stage: Stage, story: Story) -> None:
    answer = json.loads(cheqiao(stage, "trace", story.appointment_id, "--json").stdout)

    services = {moment["service"] for moment in answer["moments"]}
    assert {"pages", "appointments", "dms", "csc", "messaging", "sender"} <= services
    assert answer["moments"][0]["since_first_ms"] == 0


def test_a_trace_for_a_person_is_a_table(stage: Stage, story: Story) -> None:
    shown = cheqiao(stage, "trace", story.appointment_id).stdout

    assert "POST /appointments" in shown
    assert "appointment.notified v8" in shown


def test_one_trace_leads_from_the_phone_to_the_dms_and_on_to_csc(story: Story, collector: Collector) -> None:
    def cause_of(span: Seen) -> Seen | None:
        return next((one for one in collector.spans if one.id == span.parent), None)

    def way_to(name: str) -> list[str]:
        """From the booking's span at one end to the call at the other; empty until all of it has come."""
        for span in [one for one in collector.spans if one.name == name]:
            way = [span]
            while cause := cause_of(way[0]):
                way.insert(0, cause)
            if "handle request.appointment" in [one.name for one in way] and not way[0].parent and len({one.trace for one in way}) == 1:
                return [f"{one.service}: {one.name}" for one in way]
        return []

    assert until(lambda: way_to("POST dms") and way_to("POST csc"), 60), collector.spans

    booking = ["pages: POST /m", "appointments: handle request.appointment", "dms: handle store.appointment"]
    assert way_to("POST dms") == [*booking, "dms: POST dms"]
    assert way_to("POST csc")[:3] == booking
    assert way_to("POST csc")[-2:] == ["csc: handle open.call.task", "csc: POST csc"]


def test_an_id_that_nobody_knows_ends_with_1(stage: Stage) -> None:
    said = cheqiao(stage, "trace", str(uuid4()))

    assert (said.returncode, "Nothing is known under this id" in said.stderr) == (1, True)


def test_nothing_is_parked(stage: Stage, story: Story) -> None:
    assert json.loads(cheqiao(stage, "parked", "list", "--json").stdout)["parked"] == []


def test_a_push_off_contract_is_parked_and_can_be_dropped(stage: Stage, story: Story) -> None:
    pushed = send(
        "PUT", f"{stage.sandbox_url}/dms/control/faults", json={"mode": "off_contract", "times": 1, "path": "/api/v1/appointments"}
    )
    booked = Story(stage, lambda _milliseconds, _line: None, days_ahead=4)
    booked._session = stage.session()
    booked.book()

    parked = []
    for _ in range(100):
        parked = json.loads(cheqiao(stage, "parked", "list", "--service", "dms", "--json").stdout)["parked"]
        if parked:
            break
    dropped = cheqiao(stage, "parked", "drop", parked[0]["message_id"], "--reason", "tested")

    assert pushed.status_code < 300
    assert parked[0]["type"] == "store.appointment"
    assert parked[0]["causes"][0]["kind"] == "contract"
    assert dropped.returncode == 0


def test_a_second_process_on_the_same_folder_is_refused(stage: Stage) -> None:
    said = cheqiao(stage, "up", "--embedded")

    assert said.returncode == 2
    assert "is in use by another Cheqiao" in said.stderr


@pytest.mark.parametrize("path", ["/", "/livez", "/readyz", "/metrics", "/sandbox/", "/partners/docs", "/partners/docs/dms.yaml"])
def test_every_fixed_address_answers(stage: Stage, path: str) -> None:
    assert get(f"{stage.url}{path}").status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/partners/docs/other.yaml"])
def test_an_address_without_anything_is_not_found(stage: Stage, path: str) -> None:
    assert get(f"{stage.url}{path}").status_code == 404


def test_what_was_on_disk_is_there_after_a_kill_and_a_start(another: Stage) -> None:
    another.start()
    story = Story(another, lambda _milliseconds, _line: None)
    story.play()

    another.kill9()
    another.start_house()

    assert story.state() == "notified"


def test_it_ends_by_itself_when_asked_and_leaves_no_note(another: Stage) -> None:
    another.start()

    assert another.stop()
    assert not (another.var / "running.json").exists()


def test_it_ends_in_order_when_its_terminal_is_closed(another: Stage) -> None:
    another.start()

    os.kill(another.house_pid or 0, signal.SIGHUP)

    assert another.await_end() == 0
