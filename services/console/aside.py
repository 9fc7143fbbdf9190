"""Computing out of the way of the event loop: in a thread of its own, while others are served."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from eventlet import tpool
from eventlet.patcher import is_monkey_patched

P = ParamSpec("P")
R = TypeVar("R")


def aside(work: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
    """For work in C that lets go of the interpreter. In a process of real threads (the command line) there is no loop to keep free."""
    if not is_monkey_patched("thread"):
        return work(*given, **named)
    done: R = tpool.execute(work, *given, **named)
    return done
