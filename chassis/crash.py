"""Crash hooks: kill this process at a named step, to prove that nothing is lost there.

`CHEQIAO_CRASH=dms:after_answer` or `CHEQIAO_CRASH=after_answer` (any service); `CHEQIAO_CRASH_MARK` names a file that is written
first, so that a test can tell that the hook fired. Without the variable a hook is one dictionary look-up.
"""

import os
import signal

STEPS = ("claimed", "before_answer", "after_answer", "before_commit", "after_commit", "published", "confirmed", "spool_draining")


def here(step: str, service: str = "") -> None:
    """End this process with SIGKILL if this is the step (of this service) that it was told to die at."""
    wanted = os.environ.get("CHEQIAO_CRASH")
    if wanted and wanted in (step, f"{service}:{step}"):
        mark = os.environ.get("CHEQIAO_CRASH_MARK")
        if mark:
            with open(mark, "w", encoding="ascii") as file:
                file.write(wanted)
                file.flush()
                os.fsync(file.fileno())
        os.kill(os.getpid(), signal.SIGKILL)
