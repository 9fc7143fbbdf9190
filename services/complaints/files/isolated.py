"""The process in which a stranger's file is opened: `python -m services.complaints.files.isolated photo`, from stdin to stdout.

It has no keys, no database and no settings, and ends by itself when it takes too much time or memory. A fault in a decoder ends this
process, and no other. It ends with `REFUSED`, and the reason on stdout, where the file is not kept.
"""

import resource
import signal
import sys
from typing import NoReturn

from services.complaints.files.unclean import Reason, Unclean

REFUSED = 3
MOST_MEMORY = 1 << 30
CPU_SECONDS = 20
WALL_SECONDS = 60


def main() -> None:
    kind = sys.argv[1]
    _bounds()
    content = sys.stdin.buffer.read()
    try:
        kept = _cleaned(kind, content)
    except Unclean as unclean:
        _refuse(unclean.reason)
    except MemoryError:
        _refuse("too_large")
    else:
        sys.stdout.buffer.write(kept)


def _refuse(reason: Reason) -> NoReturn:
    sys.stdout.write(reason)
    sys.exit(REFUSED)


def _bounds() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_SECONDS)


def _cleaned(kind: str, content: bytes) -> bytes:
    """Only the library that is needed is loaded. Raises Unclean."""
    if kind == "photo":
        from services.complaints.files.pictures import jpeg_of

        return jpeg_of(content)
    if kind == "paper":
        from services.complaints.files.papers import pdf_of

        return pdf_of(content)
    from services.complaints.files.voices import mp3_of

    return mp3_of(content)


if __name__ == "__main__":
    main()
