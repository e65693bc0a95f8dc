"""Traces of calls, sent to an OpenTelemetry collector where the environment names one.

`OTEL_EXPORTER_OTLP_ENDPOINT` (OpenTelemetry, "Environment variable specification") switches them on; without it
nothing is imported and nothing leaves. Spans carry routes and statuses: of a path, only its pattern, since paths may
hold identifiers.
"""

import os
from typing import TYPE_CHECKING, Any, Final

from haechi.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.plugins import PluginProtocol
    from opentelemetry.trace import Span

_PARTS: Final = 3
SWITCH: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
_PERSONAL: Final = (
    "http.target", "http.url", "http.route", "url.path", "url.query", "url.full", "net.peer.ip", "net.peer.port",
    "client.address", "client.port", "http.user_agent", "user_agent.original",
)  # fmt: skip


def tracing() -> "tuple[list[PluginProtocol], Callable[[], None]]":
    """The plugin that traces, and what ends it; none where the environment names no collector.

    Raises:
        UsageError: it names one, but the extra is not installed.
    """
    if not os.environ.get(SWITCH):
        return [], _nothing
    try:
        from litestar.plugins.opentelemetry import OpenTelemetryConfig, OpenTelemetryPlugin  # noqa: PLC0415
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import ReadableSpan, TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.trace import SpanKind  # noqa: PLC0415
    except ImportError:
        raise UsageError(f"{SWITCH} is set; expected the extra: pip install 'haechi[otel]'.") from None

    class OfCalls(BatchSpanProcessor):
        """Only the span of a call: those of its pieces repeat its path in their names."""

        def on_end(self, span: ReadableSpan) -> None:
            if span.kind == SpanKind.SERVER:
                super().on_end(span)

    provider = TracerProvider(resource=Resource.create({"service.name": "haechi"}))
    provider.add_span_processor(OfCalls(OTLPSpanExporter()))
    config = OpenTelemetryConfig(tracer_provider=provider, server_request_hook_handler=_without_people)
    return [OpenTelemetryPlugin(config)], provider.shutdown


def _without_people(span: "Span", scope: dict[str, Any]) -> None:
    """Takes from a span what could tell whom it is about or who called: of a path, its first two parts stay."""
    first = "/".join(str(scope.get("path", "")).split("/")[:_PARTS])
    span.update_name(f"{scope.get('method', '')} {first}")
    for name in _PERSONAL:
        span.set_attribute(name, "")


def _nothing() -> None:
    """Nobody traces."""
