"""Logs: one JSON line per event on stderr (a readable form on a terminal), with ids of our own and nothing personal.

Events, not prose: `log.info("appointment_confirmed", appointment=id)`. An exception shows as its class and places in the code, never its
text, which may quote a payload. Libraries' warnings come the same way. (style section 7, design section 5)
"""

import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from eventlet import hubs

from chassis.errors import ContractBroken, Unavailable
from chassis.redaction import cleaned_text, redacted
from chassis.settings import SettingsError

SPEAK_SAFELY = (ContractBroken, SettingsError, Unavailable)
"""Errors whose text is our own words."""
SILENCED = ("nameko.containers",)
"""Logs the text of whatever a handler raised; our entrypoints report that themselves."""
MOST_FRAMES = 12

EventDict = MutableMapping[str, Any]


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger that says which module speaks."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return logger


def set_up(stream: TextIO | None = None, *, level: int = logging.INFO, readable: bool | None = None) -> None:
    """Once, at the start of a process, before containers. `readable` is for terminals; None looks at the stream."""
    target = stream or sys.stderr
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if target.isatty() if readable is None else readable:
        renderer = structlog.dev.ConsoleRenderer(colors=target.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _places_instead_of_text,
            _redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(_Unfailing(target)),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    _hear_libraries()
    _hear_what_nobody_caught()


class _Unfailing:
    """A stream whose full disk or closed pipe does not stop the work that is being logged."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except (OSError, ValueError):  # ValueError: the stream was closed
            return

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return


def _redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {key: value if key in ("timestamp", "level") else redacted(key, value) for key, value in event.items()}


def _places_instead_of_text(_logger: object, _method: str, event: EventDict) -> EventDict:
    error = _exception_of(event.pop("exc_info", None))
    event.pop("stack_info", None)
    if error is not None:
        event["error"] = " from ".join(_named(link) for link in _chain(error))
        event["places"] = [_place(frame) for frame in traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]]
    return event


def _exception_of(exc_info: Any) -> BaseException | None:
    if exc_info is True:
        return sys.exc_info()[1]
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    return exc_info if isinstance(exc_info, BaseException) else None


def _chain(error: BaseException) -> list[BaseException]:
    chain = [error]
    while len(chain) < 5 and (cause := chain[-1].__cause__ or (None if chain[-1].__suppress_context__ else chain[-1].__context__)):
        chain.append(cause)
    return chain


def _named(error: BaseException) -> str:
    name = type(error).__qualname__
    return f"{name}({cleaned_text(str(error))})" if isinstance(error, SPEAK_SAFELY) else name


def _place(frame: traceback.FrameSummary) -> str:
    return f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}"


class _Libraries(logging.Handler):
    """What a library says: its template without the values, which may be anything."""

    def emit(self, record: logging.LogRecord) -> None:
        said = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        get_logger(record.name).log(record.levelno, "library_spoke", said=said, exc_info=record.exc_info)


def _hear_libraries() -> None:
    root = logging.getLogger()
    root.handlers[:] = [_Libraries()]
    root.setLevel(logging.WARNING)
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _hear_what_nobody_caught() -> None:
    """Threads, the main program and eventlet's loop print whole tracebacks, texts included, unless told otherwise."""
    log = get_logger(__name__)
    hub = hubs.get_hub()

    def report(kind: type[BaseException], error: BaseException | None, _place: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt | SystemExit):
            log.critical("nobody_caught", exc_info=error)

    def report_and_let_go(descriptor: int, exc_info: Any) -> None:
        report(*exc_info)
        hub.remove_descriptor(descriptor)

    sys.excepthook = report
    threading.excepthook = lambda thread: report(thread.exc_type, thread.exc_value, thread.exc_traceback)
    hub.squelch_generic_exception = lambda exc_info: report(*exc_info)
    hub.squelch_timer_exception = lambda _timer, exc_info: report(*exc_info)
    hub.squelch_exception = report_and_let_go
