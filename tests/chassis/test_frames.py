"""The frames that we write are those that py-amqp writes."""

import amqp
import pytest
from amqp import spec
from amqp.abstract_channel import dumps
from amqp.method_framing import frame_writer

from chassis import frames

FRAME_MAX = 4096
OPAQUE = {"content_type": "application/cloudevents+json", "content_encoding": "utf-8", "delivery_mode": 2}


class Connection:
    """As much of a connection as py-amqp's writer needs: what it writes, it keeps."""

    frame_max = FRAME_MAX
    bytes_sent = 0

    def __init__(self) -> None:
        self.written = b""

    def write(self, frame: bytes | memoryview) -> None:
        self.written += bytes(frame)


def written_by_amqp(key: str, body: str, message_id: str, type_name: str, correlation_id: str) -> bytes:
    connection = Connection()
    message = amqp.Message(body, **OPAQUE, message_id=message_id, type=type_name, correlation_id=correlation_id)
    arguments = dumps("Bssbb", (0, "cheqiao", key, True, False))
    frame_writer(connection, connection)(1, 3, spec.Basic.Publish, arguments, message)
    return connection.written


@pytest.mark.parametrize("body", ["{}", "预约" * 300, "x" * (FRAME_MAX - 8), "x" * (FRAME_MAX - 7), "约" * FRAME_MAX, ""])
def test_a_message_goes_over_the_wire_as_the_library_would_send_it(body):
    key, message_id, type_name = "messaging.text.received", "6c1f0f3e-0000-4000-8000-000000000000", "text.received"

    ours = frames.published(
        3,
        "cheqiao",
        key,
        frames.properties_of(OPAQUE["content_type"], type_name, message_id, "70001"),
        body.encode(),
        frame_max=FRAME_MAX,
    )

    assert ours == written_by_amqp(key, body, message_id, type_name, "70001")


def test_a_name_that_no_frame_can_carry_is_not_cut():
    with pytest.raises(ValueError, match="range"):
        frames.properties_of("application/json", "x" * 256, "1", "1")
