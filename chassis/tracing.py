"""Traces carried through the bus (OpenTelemetry, OTLP over HTTP): off, and next to free, unless the environment names a collector.

`OTEL_EXPORTER_OTLP_ENDPOINT` switches them on; the other OTEL_ variables (headers, sampler, limits) are the library's own. A trace begins
at an edge: a request to us, or a message that nothing caused. It travels in the envelope's `traceparent`, through outbox, retry and
parked rows, and goes to partners as a header. Attributes name types, services and our own ids; nothing personal. What the collector
does or does not take never touches the flow: spans are handed over in the background, and dropped where they are too many.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import UUID

import eventlet

from contracts.envelope import Envelope

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

SWITCHES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
FLUSH_SECONDS = 2.0
CARRIED = re.compile(r'"traceparent":"([0-9a-f-]{55})"')
HEAD = 2000
"""Characters of an encoded envelope before which its `traceparent` stands."""
PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")

Attributes = Mapping[str, str | int]
Kind = Literal["SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
_edge: ContextVar[str | None] = ContextVar("edge", default=None)


class Span(Protocol):
    """Something that is being done. `traceparent` is what its consequences carry on."""

    @property
    def traceparent(self) -> str | None: ...
    def note(self, attributes: Attributes) -> None: ...
    def end(self, error: str = "") -> None: ...


class Untraced:
    """Carries on what came."""

    def __init__(self, traceparent: str | None = None) -> None:
        self.traceparent = traceparent

    def note(self, attributes: Attributes) -> None: ...
    def end(self, error: str = "") -> None: ...


UNTRACED = Untraced()


class Traced:
    """A span of OpenTelemetry."""

    def __init__(self, span: Any, on_end: Callable[[], None] = lambda: None) -> None:
        context = span.get_span_context()
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
        self._span = span
        self._on_end = on_end

    def note(self, attributes: Attributes) -> None:
        self._span.set_attributes(attributes)

    def end(self, error: str = "") -> None:
        """`error`: a word of ours for what went wrong."""
        from opentelemetry.trace import Status, StatusCode

        if error:
            self._span.set_status(Status(StatusCode.ERROR, error))
        self._span.end()
        self._on_end()


class Tracing:
    """Of one process. Every service has a tracer of its own, so that a collector shows each by its name."""

    def __init__(self, exporter: "SpanExporter") -> None:
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        self._processor = BatchSpanProcessor(exporter)
        self._tracers: dict[str, Any] = {}
        self.in_work: dict[UUID, tuple[str, str | None]] = {}
        """Messages being handled: by which service, under which span. So a client needs to know nothing but the message's id."""

    def begin(self, service: str, name: str, kind: Kind, parent: str | None, on_end: Callable[[], None] = lambda: None) -> Traced:
        from opentelemetry.trace import SpanKind

        return Traced(self._tracer(service).start_span(name, context=_context_of(parent), kind=SpanKind[kind]), on_end)

    def flush(self) -> None:
        self._processor.force_flush(round(FLUSH_SECONDS * 1000))

    def _tracer(self, service: str) -> Any:
        if service not in self._tracers:
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider

            resource = Resource.create({"service.name": service, "service.namespace": os.environ.get("OTEL_SERVICE_NAME", "cheqiao")})
            provider = TracerProvider(resource=resource, shutdown_on_exit=False)
            provider.add_span_processor(self._processor)
            self._tracers[service] = provider.get_tracer("cheqiao")
        return self._tracers[service]


_active: list[Tracing] = []


def start(environ: Mapping[str, str] = os.environ) -> None:
    """Switch on where the environment says so."""
    if not _active and any(environ.get(name) for name in SWITCHES):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        use(OTLPSpanExporter())


def use(exporter: "SpanExporter") -> None:
    """Hand spans to this one from now on."""
    _active[:] = [Tracing(exporter)]


def flush() -> None:
    """Hand over what has ended so far."""
    for tracing in _active:
        tracing.flush()


def stop() -> None:
    """Hand over what is left, for two seconds at most, and switch off."""
    while _active:
        with eventlet.Timeout(FLUSH_SECONDS, False):
            _active.pop().flush()


def on() -> bool:
    return bool(_active)


def requested(service: str, route: str, method: str) -> Span:
    """A request to us begins a trace: what others say of theirs is not believed."""
    if not _active:
        return UNTRACED
    span = _active[0].begin(service, f"{method} {route}", "SERVER", None)
    span.note({"http.request.method": method, "http.route": route})
    return span


@contextmanager
def edge(span: Span) -> Iterator[None]:
    """What is told within, without another cause, belongs to it."""
    token = _edge.set(span.traceparent)
    try:
        yield
    finally:
        _edge.reset(token)


def origin(service: str, type_name: str) -> str | None:
    """For a message that nothing on the bus caused: the edge it comes from, or a trace of its own (a timer's)."""
    if not _active or type_name.startswith("ops."):
        return None
    if parent := _edge.get():
        return parent
    span = _active[0].begin(service, f"tell {type_name}", "PRODUCER", None)
    span.end()
    return span.traceparent


def handled(service: str, envelope: Envelope, attempt: int) -> Span:
    """One try of a message. Until its end a call on the message's behalf belongs to it."""
    if not _active or (envelope.traceparent is None and envelope.type.startswith("ops.")):
        return Untraced(envelope.traceparent)
    in_work = _active[0].in_work
    on_end: Callable[[], None] = lambda: in_work.pop(envelope.id, None) and None  # noqa: E731
    span = _active[0].begin(service, f"handle {envelope.type}", "CONSUMER", envelope.traceparent, on_end)
    span.note(
        {
            "messaging.destination.name": service,
            "messaging.message.id": str(envelope.id),
            "cheqiao.type": envelope.type,
            "cheqiao.subject": str(envelope.subject),
            "cheqiao.attempt": attempt,
        }
    )
    in_work[envelope.id] = service, span.traceparent
    return span


def under(envelope: Envelope, span: Span) -> Envelope:
    """The envelope as its consequences see it."""
    return envelope if span.traceparent == envelope.traceparent else envelope.model_copy(update={"traceparent": span.traceparent})


def published(service: str, type_name: str, message_id: UUID, body: str) -> Span:
    """One message on its way to the broker, until it is confirmed."""
    carried = CARRIED.search(body, 0, HEAD) if _active else None
    if carried is None:
        return UNTRACED
    span = _active[0].begin(service, f"publish {type_name}", "PRODUCER", carried[1])
    span.note({"messaging.message.id": str(message_id), "cheqiao.type": type_name})
    return span


def called(partner: str, method: str, message_id: UUID, carried: str | None = None) -> Span:
    """One call of a partner on behalf of a message. `carried` is where the trace goes on if nothing is traced here."""
    if not _active or message_id not in _active[0].in_work:
        return Untraced(carried)
    service, parent = _active[0].in_work[message_id]
    span = _active[0].begin(service, f"{method} {partner}", "CLIENT", parent)
    span.note({"http.request.method": method, "cheqiao.partner": partner, "messaging.message.id": str(message_id)})
    return span


def _context_of(traceparent: str | None) -> Any:
    from opentelemetry.context import Context
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    carried = PARENT.fullmatch(traceparent or "")
    if carried is None:
        return Context()
    trace_id, span_id, flags = (int(part, 16) for part in carried.groups())
    return set_span_in_context(NonRecordingSpan(SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))), Context())
