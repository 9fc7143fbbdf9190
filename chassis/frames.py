"""A persistent message as it goes over the wire: the frames of AMQP's `basic.publish`, as py-amqp would write them, in one piece.

py-amqp walks through every argument and property of every message, which for the two copies of a push takes longer than its sealing.
What all messages of a kind have in common is made once here. (docs/decisions/0017)
"""

from functools import lru_cache
from struct import Struct

from amqp import spec
from amqp.serialization import dumps

METHOD, HEADER, BODY, END = 1, 2, 3, b"\xce"
OVERHEAD = 8
"""Bytes of a frame that are not its payload."""
PERSISTENT = b"\x02"
_FRAME, _CONTENT = Struct(">BHI"), Struct(">HHQH")
_CLASS, _METHOD = spec.Basic.Publish
_GIVEN = 1 << 15 | 1 << 14 | 1 << 12 | 1 << 10 | 1 << 7 | 1 << 5
"""Properties that stand in the header, in this order: content type and encoding, delivery mode, correlation id, message id, type."""


def published(channel: int, exchange: str, key: str, properties: bytes, body: bytes, *, frame_max: int) -> bytes:
    """One mandatory `basic.publish` and its content; a body longer than the broker takes at once goes in several frames."""
    most = frame_max - OVERHEAD
    pieces = [body[start : start + most] for start in range(0, len(body), most)] if len(body) > most else [body]
    head = _frame(HEADER, channel, _CONTENT.pack(_CLASS, 0, len(body), _GIVEN) + properties)
    return b"".join((_method(channel, exchange, key), head, *[_frame(BODY, channel, piece) for piece in pieces if piece]))


def properties_of(content_type: str, type_name: str, message_id: str, correlation_id: str) -> bytes:
    """All of them are short: at most 255 bytes. Raises ValueError for one that is not."""
    return b"".join((_beginning(content_type), _short(correlation_id), _short(message_id), _short(type_name)))


@lru_cache(4096)
def _method(channel: int, exchange: str, key: str) -> bytes:
    """Mandatory, not immediate."""
    arguments: bytes = dumps("Bssbb", (0, exchange, key, True, False))
    return _frame(METHOD, channel, _CLASS.to_bytes(2, "big") + _METHOD.to_bytes(2, "big") + arguments)


@lru_cache(16)
def _beginning(content_type: str) -> bytes:
    return _short(content_type) + _short("utf-8") + PERSISTENT


def _short(text: str) -> bytes:
    encoded = text.encode()
    return bytes((len(encoded),)) + encoded


def _frame(kind: int, channel: int, payload: bytes) -> bytes:
    return _FRAME.pack(kind, channel, len(payload)) + payload + END
