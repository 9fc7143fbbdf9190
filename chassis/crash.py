"""Crash hooks: kill this process at a named step, to prove that nothing is lost there.

`CHEQIAO_CRASH` names a step, `dms:after_answer` or `after_answer` for any service, and `CHEQIAO_CRASH_MARK` a file that is written
first, so that a test can tell that the hook fired; where the mark is, it does not fire again. `CHEQIAO_CRASH=@FILE` reads the step from
a file at each hook, so that a running house can be given one order after another. Without the variable a hook is one look-up.
"""

import os
import signal
from pathlib import Path

STEPS = (
    "claimed",
    "before_answer",
    "after_answer",
    "before_commit",
    "after_commit",
    "published",
    "confirmed",
    "spool_draining",
    "media_answer",
    "file_kept",
)


def here(step: str, service: str = "") -> None:
    """End this process with SIGKILL if this is the step (of this service) that it was told to die at."""
    wanted = os.environ.get("CHEQIAO_CRASH")
    if wanted and _ordered(wanted) in (step, f"{service}:{step}") and _marked(wanted):
        os.kill(os.getpid(), signal.SIGKILL)


def _ordered(wanted: str) -> str:
    if not wanted.startswith("@"):
        return wanted
    try:
        return Path(wanted[1:]).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _marked(wanted: str) -> bool:
    """True for the one process that may fire: it made the mark."""
    mark = f"{wanted[1:]}.fired" if wanted.startswith("@") else os.environ.get("CHEQIAO_CRASH_MARK")
    if not mark:
        return True
    try:
        file = os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    os.write(file, wanted.encode())
    os.fsync(file)
    os.close(file)
    return True
