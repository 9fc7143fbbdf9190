"""Checks what was brought by its content, and makes of it what is kept; a stranger's file is opened in a process of its own."""

import os
import sys
from dataclasses import dataclass
from io import BufferedRandom
from subprocess import DEVNULL, Popen
from threading import BoundedSemaphore
from typing import Literal, cast

from services.complaints.files.isolated import REFUSED
from services.complaints.files.unclean import Reason, Unclean

Kind = Literal["photo", "voice", "paper"]

MEDIA_TYPES: dict[Kind, str] = {"photo": "image/jpeg", "voice": "audio/mpeg", "paper": "application/pdf"}
MOST_BYTES: dict[Kind, int] = {"photo": 10 * 1024 * 1024, "voice": 2 * 1024 * 1024, "paper": 10 * 1024 * 1024}
"""Of what is brought."""
NOT_ONE: dict[Kind, Reason] = {"photo": "not_a_photo", "voice": "not_a_voice", "paper": "not_a_paper"}
AT_ONCE = 2

PLACES = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Clean:
    """What is kept."""

    kind: Kind
    media_type: str
    content: bytes


def cleaned(kind: Kind, content: bytes) -> Clean:
    """Other work goes on meanwhile. Raises Unclean."""
    if len(content) > MOST_BYTES[kind]:
        raise Unclean("too_large")
    return Clean(kind, MEDIA_TYPES[kind], _opened_apart(kind, content))


def kind_at_the_desk(content: bytes) -> Kind:
    """Staff bring photos and papers."""
    return "paper" if content.startswith(b"%PDF-") else "photo"


def _opened_apart(kind: Kind, content: bytes) -> bytes:
    """In memory alone: neither the file nor what is made of it touches a disk in clear. Raises Unclean."""
    with PLACES, _in_memory("brought") as brought, _in_memory("kept") as kept:
        brought.write(content)
        brought.seek(0)
        command = [sys.executable, "-m", "services.complaints.files.isolated", kind]
        # the empty environment holds no secret of ours
        with Popen(command, stdin=brought, stdout=kept, stderr=DEVNULL, env={"PYTHONPATH": os.pathsep.join(sys.path)}) as process:  # noqa: S603
            ended = process.wait()
        kept.seek(0)
        made = kept.read()
    if ended == REFUSED:
        raise Unclean(cast(Reason, made.decode()))
    if ended < 0:  # ended by a signal: a fault of the decoder, or over its bounds
        raise Unclean(NOT_ONE[kind])
    if ended:
        raise RuntimeError(f"opening a {kind} ended with {ended}")
    return made


def _in_memory(name: str) -> BufferedRandom:
    return open(os.memfd_create(name), "r+b")
