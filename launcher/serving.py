"""Runs services in this process until a signal or a failure, and ends them in time."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterable

import eventlet
import nameko
from eventlet.event import Event
from nameko.containers import ServiceContainer
from nameko.runners import ServiceRunner

from chassis import tracing
from chassis.listener import Listener
from chassis.logs import get_logger
from chassis.process import Process
from launcher.assets import require_assets
from launcher.front_door import starting
from launcher.house import PREFIXES, SERVICES

log = get_logger(__name__)

STOPPED, BROKEN = 0, 1
STARTING = "start"
WORKERS = 32
"""Per service; more than the chassis has in work at once, so that none waits for another's end while it holds a transaction."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def serve(made: Process, names: Iterable[str], ready: Callable[[], None]) -> int:
    """Start, call `ready`, wait. Returns the exit code: 0 after a signal, 1 when a service broke.

    A service that breaks ends the process: whoever started it starts it anew, better than half a service. Raises SettingsError when an
    address is taken or the pages' assets are missing, before any service has taken a message.
    """
    names = tuple(names)
    if {"pages", "console"} & set(names):
        require_assets(made.settings.web_assets)
    tracing.start()
    _answer_until_mounted(made, names)
    made.listener.start()
    nameko.config.setup({"max_workers": WORKERS})
    runner = ServiceRunner()
    for name in names:
        runner.add_service(SERVICES[name].load())
    ended = _on_signal_or_failure(runner)
    runner.start()
    made.watchdog.start()
    made.health.register(STARTING, lambda: None)
    _spare_what_stays()
    ready()
    code: int = ended.wait()
    _stop(runner, made.listener, made.settings.stop_seconds)
    return code


def _spare_what_stays() -> None:
    """What has been loaded stays until the end: the collector need not look through it again and again, nor after every 700 objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def wait_for_signal() -> None:
    """For a process without services."""
    ended = Event()
    _listen(ended)
    ended.wait()


def _answer_until_mounted(made: Process, names: Collection[str]) -> None:
    """A partner may take a 404 for final, so what is not there yet says that it will be."""
    made.health.register(STARTING, lambda: "not all services have started")
    for zone, prefixes in PREFIXES.items():
        for prefix, service in prefixes.items():
            if service in names:
                made.listener.mount(zone, prefix, starting)


def _on_signal_or_failure(runner: ServiceRunner) -> Event:
    ended = Event()
    _listen(ended)
    for container in runner.containers:
        eventlet.spawn_n(_watch, container, ended)
    return ended


def _listen(ended: Event) -> None:
    def on_signal(_number: int, _frame: object) -> None:
        # In a greenthread of its own: a handler may interrupt the loop anywhere.
        eventlet.spawn_n(_end, ended, STOPPED)

    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup: it is to outlive its terminal
            signal.signal(number, on_signal)


def _watch(container: ServiceContainer, ended: Event) -> None:
    """nameko raises here whatever broke a container: the process ends, so this one place takes everything."""
    try:
        container.wait()
    except Exception:
        log.exception("service_broke", service=container.service_name)
        _end(ended, BROKEN)


def _end(ended: Event, code: int) -> None:
    if not ended.ready():
        ended.send(code)


def _stop(runner: ServiceRunner, listener: Listener, seconds: float) -> None:
    """What is in work may end; what does not end in time goes back to the broker when the process is gone."""
    log.info("stopping")
    with eventlet.Timeout(seconds, False):
        runner.stop()
        listener.stop(1)
        tracing.stop()
        log.info("stopped")
        return
    log.warning("stopped_late", seconds=seconds)
    sys.stdout.flush()
    os._exit(STOPPED)
