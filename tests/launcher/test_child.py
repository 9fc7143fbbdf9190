"""A service's process under the supervisor."""

import eventlet

from launcher.child import ServiceProcess
from launcher.stage import until


def test_a_process_that_the_system_does_not_let_us_start_is_tried_again() -> None:
    too_much = {"TOO_MUCH": "x" * 8_000_000}  # more than a process may be given: the system refuses to start it
    child = ServiceProcess("gateway", too_much)

    running = eventlet.spawn(child.keep_running)
    eventlet.sleep(0)
    tried = child.address is None and not running.dead
    child.end(1)

    assert tried
    assert until(lambda: running.dead, 60)
