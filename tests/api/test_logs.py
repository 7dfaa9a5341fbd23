"""The program's own log: JSON lines for programs, and about nobody."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from opentelemetry.trace import get_tracer

from api import logs, traces
from api.commands import serve
from projections.postgres.settings import Settings, SettingsError
from tests.api.ground import SLUG, Desk

At = Callable[[str], Desk]
WHO = "Иванов Пётр"


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    """The record as it is written for programs."""
    read: dict[str, Any] = json.loads(logs.JsonLines().format(record))
    return read


def test_a_request_is_a_line_with_its_number_and_without_its_path(
    client: TestClient, desk: At, caplog: pytest.LogCaptureFixture
) -> None:
    anna = desk("anna")
    with caplog.at_level(logging.INFO, logs.requests.name):
        caplog.clear()
        anna.get("/session?q=Иванов")
        client.get("/calendar/a-secret-address.ics")
        client.get("/nowhere/Иванов")
        lines = [line_of(one) for one in caplog.records if one.name == logs.requests.name]

    assert [(one["method"], one["route"], one["status"]) for one in lines] == [
        ("GET", "/api/v1/session", 200),
        ("GET", "/calendar/{secret}.ics", 404),
        ("GET", "-", 404),
    ]
    assert all(one["ms"] >= 0 and one["level"] == "info" for one in lines)
    assert "Иванов" not in str(lines)
    assert "a-secret-address" not in str(lines)


def test_of_an_exception_the_kind_and_the_place_are_told_and_not_its_words(
    kukarino: str, caplog: pytest.LogCaptureFixture
) -> None:
    number = logs.REQUEST_ID.set("0123456789abcdef")
    twice = (
        f"INSERT INTO school_{SLUG}.account (person_id, login, must_change, issued_at)"
        f" SELECT gen_random_uuid(), login, false, now() FROM school_{SLUG}.account"
    )
    with psycopg.connect(kukarino) as conn, pytest.raises(psycopg.Error) as failed:
        conn.execute(twice.encode())
    assert "(login)=" in str(failed.value)
    try:
        broken(failed.value)
    except ValueError:
        logging.getLogger("somewhere").exception("a thing failed")
    [record] = [one for one in caplog.records if one.name == "somewhere"]

    line, text = line_of(record), logs.Lines().format(record)
    logs.REQUEST_ID.reset(number)

    assert line["error"] == "ValueError"
    assert line["request"] == "0123456789abcdef"
    assert "psycopg.errors.UniqueViolation (23505, account, account_login_key)" in line["where"]
    assert any(f"{__file__}:" in one for one in line["where"])
    for told in (json.dumps(line, ensure_ascii=False), text):
        assert "Иванов" not in told
        assert "(login)=" not in told


@pytest.fixture
def levels() -> Iterator[None]:
    """What other tests write down is theirs: the levels are put back."""
    loggers = [logging.getLogger(name) for name in (None, "apscheduler", logs.requests.name)]
    before = [one.level for one in loggers]
    yield
    for one, level in zip(loggers, before, strict=True):
        one.setLevel(level)


def test_a_format_that_is_not_known_is_refused_by_the_settings_and_not_here(
    monkeypatch: pytest.MonkeyPatch, levels: None
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    logs.set_up("loud", "xml")
    assert logging.getLogger().level == logging.INFO
    logging.getLogger().handlers.clear()


def test_a_request_is_a_span_where_somebody_wants_spans(client: TestClient, desk: At) -> None:
    sdk, export = (
        pytest.importorskip(f"opentelemetry.sdk.trace{part}", reason="pip install letopis[dev]")
        for part in ("", ".export")
    )
    memory = import_module("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    kept, provider = memory.InMemorySpanExporter(), sdk.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(kept))
    anna = desk("anna")

    anna.get("/session?q=Иванов")
    assert kept.get_finished_spans() == ()  # nobody does
    traces.trace_to(provider)
    try:
        anna.get("/session?q=Иванов")
        client.get("/nowhere/Иванов")
    finally:
        traces.stop()

    spans = kept.get_finished_spans()
    assert [one.name for one in spans] == ["GET /api/v1/session", "GET -"]
    told = [dict(one.attributes or {}) for one in spans]
    assert [one["http.response.status_code"] for one in told] == [200, 404]
    assert "Иванов" not in "".join(one.to_json() for one in spans)


def test_the_web_process_sends_spans_to_the_collector_of_the_settings(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    class Nothing:
        """A provider whose spans go nowhere."""

        def get_tracer(self, name: str) -> Any:
            return get_tracer(name)

        def shutdown(self) -> None:
            made.append("ended")

    def exporting(address: str) -> Nothing:
        made.append(address)
        return Nothing()

    monkeypatch.setattr(traces, "exporting", exporting)
    with serve.traced(settings):
        assert made == []
    here = Settings(settings.data_dir, settings.secret, traces="http://collector:4318/v1/traces")
    with serve.traced(here):
        assert made == ["http://collector:4318/v1/traces"]
        assert traces.begin({"method": "GET", "type": "http"}) is not None
    assert made[1:] == ["ended"]
    assert traces.begin({"method": "GET", "type": "http"}) is None


def test_without_its_packages_tracing_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(traces, "import_module", missing)
    with pytest.raises(SettingsError, match="letopis\\[telemetry\\]"):
        traces.exporting("http://collector:4318/v1/traces")


def broken(cause: Exception) -> None:
    """Something fails, and says about whom."""
    raise ValueError(WHO) from cause


def test_the_packages_of_the_extra_send_to_an_address() -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="letopis[telemetry]")

    provider = traces.exporting("http://127.0.0.1:1/v1/traces")

    assert provider.get_tracer("letopis") is not None
    provider.shutdown()
