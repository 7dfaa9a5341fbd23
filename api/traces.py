"""OpenTelemetry, where it is wanted (LETOPIS_TRACES): a span for each request, to a collector.

The packages come with the extra `telemetry`. Off, nothing is made and nothing is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from opentelemetry.trace import SpanKind, StatusCode
from starlette.types import Scope

from projections.postgres.settings import SettingsError

End = Callable[[str, str, int, str], None]
FAULT = 500


class Provider(Protocol):
    """As much of a tracer provider as is needed."""

    def get_tracer(self, name: str) -> Any:
        """Makes spans."""

    def shutdown(self) -> None:
        """What is not sent yet is sent."""


_tracers: list[Any] = []  # at most one


def trace_to(provider: Provider) -> None:
    """From now on requests have spans."""
    _tracers[:] = [provider.get_tracer("letopis")]


def stop() -> None:
    """No spans any more."""
    _tracers.clear()


def exporting(address: str) -> Provider:
    """A provider that sends spans to a collector (OTLP over HTTP). Raises SettingsError when the
    packages are not installed.
    """
    try:
        sdk = import_module("opentelemetry.sdk.trace")
        batches = import_module("opentelemetry.sdk.trace.export")
        resources = import_module("opentelemetry.sdk.resources")
        otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ModuleNotFoundError as fault:
        message = (
            "Для LETOPIS_TRACES нужны пакеты OpenTelemetry: pip install 'letopis[telemetry]' "
            f"(не найден {fault.name})."
        )
        raise SettingsError(message) from None
    resource = resources.Resource.create({"service.name": "letopis"})
    provider = sdk.TracerProvider(resource=resource)
    provider.add_span_processor(batches.BatchSpanProcessor(otlp.OTLPSpanExporter(endpoint=address)))
    made: Provider = provider
    return made


def begin(scope: Scope) -> End | None:
    """A span begins; None when nobody wants them."""
    if not _tracers:
        return None
    span = _tracers[0].start_span(scope["method"], kind=SpanKind.SERVER)

    def end(route: str, school: str, status: int, number: str) -> None:
        span.update_name(f"{scope['method']} {route}")
        span.set_attribute("http.request.method", scope["method"])
        span.set_attribute("http.route", route)
        span.set_attribute("http.response.status_code", status)
        span.set_attribute("letopis.request", number)
        if school:
            span.set_attribute("letopis.school", school)
        if status >= FAULT:
            span.set_status(StatusCode.ERROR)
        span.end()

    return end
