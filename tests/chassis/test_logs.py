"""Logs: one line of JSON per event, and nothing personal in it, whatever somebody hands in."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from uuid import UUID

import eventlet
import pytest
import structlog
from eventlet import hubs

from chassis import logs
from chassis.errors import ContractBroken, Unavailable
from chassis.redaction import GONE, redacted

ID = UUID("6f1c0d2e-2f66-4a39-9d0a-138001380001")
OPENID, VIN, PLATE = "oABCD1234efgh5678IJKL9012mno", "LS4AAAAA1AA000001", "渝A12345"
CLEAR = (OPENID, "oSandboxFollower0001", "13800138000", "+8613800138000", "11010519491231002X", VIN, PLATE)


class Lines(io.StringIO):
    def all(self) -> list[dict]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def only(self) -> dict:
        (line,) = self.all()
        return line


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, hooks, hub = logging.getLogger(), (sys.excepthook, threading.excepthook), hubs.get_hub()
    handlers, level, mine = root.handlers[:], root.level, dict(vars(hub))
    stream = Lines()
    logs.set_up(stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    for name in set(vars(hub)) - set(mine):
        delattr(hub, name)


def test_an_event_is_one_line_of_json_with_our_ids(lines):
    logs.get_logger("services.appointments").info("appointment_confirmed", appointment=ID, attempt=2)

    line = lines.only()

    assert line["event"] == "appointment_confirmed"
    assert line["appointment"] == str(ID)
    assert line["attempt"] == 2
    assert line["module"] == "services.appointments"
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("clear", CLEAR)
def test_what_looks_personal_does_not_get_out(lines, clear):
    log = logs.get_logger("x")

    log.info("slip", what=clear, within=f"call {clear}, please", listed=[clear], nested={"deep": ({"note": clear},)}, keyed={clear: 1})
    log.info(f"event with {clear}")  # noqa: G004 - the slip that is to be caught

    assert clear not in lines.getvalue()
    assert len(lines.all()) == 2


def test_a_mobile_is_caught_as_a_number_too(lines):
    logs.get_logger("x").info("slip", number=13800138000)

    assert lines.only()["number"] == GONE


@pytest.mark.parametrize("key", ["openid", "mobile", "Name", "id_no", "VIN", "concern", "body", "Set-Cookie", "access_token", "aes_key"])
def test_a_field_that_is_personal_or_secret_by_its_name_is_replaced(lines, key):
    logs.get_logger("x").info("slip", **{key: "anything"}, inside={key: ["anything"]})

    assert "anything" not in lines.getvalue()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET /cgi-bin/user?access_token=abc-DEF&x=1", "abc-DEF"),
        ("amqp://cheqiao:hunter2@rabbitmq/", "hunter2"),
        ("whsec_MDEyMzQ1Njc4OWFi", "MDEyMzQ1Njc4OWFi"),
    ],
)
def test_secrets_in_addresses_are_taken_out(text, secret):
    assert secret not in redacted("address_of", text)
    assert GONE in redacted("address_of", text)


@pytest.mark.parametrize(
    "ours",
    [str(ID), ID.hex, "1763764329000", 1763764329000, "appointment.slip.saved", "outbox_relay_stopped_again", 0.5, None],
)
def test_our_own_ids_and_words_stay(ours):
    assert redacted("seen", ours) == ours


def test_an_object_shows_its_class_only():
    class Follower:
        def __repr__(self) -> str:
            return "Follower(张伟)"

    assert redacted("seen", Follower()) == "<Follower>"
    assert redacted("seen", ValueError("张伟")) == "<ValueError>"


def test_an_exception_is_told_by_class_and_place_never_by_its_text(lines):
    try:
        try:
            int("张伟")
        except ValueError as error:
            raise KeyError(VIN) from error
    except KeyError:
        logs.get_logger("x").exception("work_failed")

    line = lines.only()

    assert line["error"] == "KeyError from ValueError"
    assert line["places"][-1].startswith("tests/chassis/test_logs.py:")
    assert "张伟" not in lines.getvalue()
    assert VIN not in lines.getvalue()


def test_our_own_errors_say_what_they_say(lines):
    log = logs.get_logger("x")

    log.warning("parked", exc_info=ContractBroken("dms", (("dms_no", "missing"),)))
    log.warning("waits", exc_info=Unavailable("database"))

    assert [line["error"] for line in lines.all()] == ["ContractBroken(dms: dms_no: missing)", "Unavailable(database)"]


def test_libraries_are_heard_from_warnings_on_without_the_values_they_name(lines):
    library = logging.getLogger("kombu.connection")

    library.info("too chatty")
    library.warning("cannot decode %r", "张伟 wrote")
    library.warning(ValueError("张伟"))

    assert [(line["module"], line["said"]) for line in lines.all()] == [
        ("kombu.connection", "cannot decode %r"),
        ("kombu.connection", "ValueError"),
    ]


def test_nameko_does_not_print_what_a_handler_raised(lines):
    logging.getLogger("nameko.containers").error("error handling worker: %s", ValueError("张伟"), exc_info=True)

    assert not lines.getvalue()


def test_what_nobody_caught_is_told_by_place_only(lines):
    thread = threading.Thread(target=lambda: int("张伟"))
    thread.start()
    thread.join()
    eventlet.spawn_n(lambda: int("张伟"))
    eventlet.sleep(0.01)
    sys.excepthook(ValueError, ValueError("张伟"), None)

    assert [line["error"] for line in lines.all()] == ["ValueError"] * 3
    assert "张伟" not in lines.getvalue()


def test_a_log_that_cannot_be_written_does_not_stop_the_work(lines):
    lines.close()

    logs.get_logger("x").info("still_working")


def test_people_get_a_readable_form_without_personal_data_either(lines):
    stream = io.StringIO()
    logs.set_up(stream, readable=True)

    try:
        int("张伟")
    except ValueError:
        logs.get_logger("x").exception("work_failed", mobile="13800138000")

    assert "work_failed" in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "张伟" not in stream.getvalue()
    assert "13800138000" not in stream.getvalue()
