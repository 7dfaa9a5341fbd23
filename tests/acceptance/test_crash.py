"""A dozen rounds of kill -9 under load; `make crash` does hundreds (docs/crash.md)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from api.auth.crowd import MOST_AT_ONCE
from tests.conftest import in_memory
from tests.crash.__main__ import a_port
from tests.crash.installation import DATABASE, PROCESSES, Installation, installed
from tests.crash.story import Size, run
from tests.crash.writers import Client

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CLIENTS = 4
DOZEN = Size(rounds=12, commands=8, replay_every=6)


@pytest.fixture(scope="module")
def on() -> Iterator[Installation]:
    """Everything at work, in files of its own."""
    with installed(in_memory(), a_port(), classes=CLIENTS, pupils=3) as one:
        yield one


def test_slow_readers_and_slow_writers_hold_nobody_up(on: Installation) -> None:
    [teacher, *_] = on.laid.teachers
    crowd = MOST_AT_ONCE + 20
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    begun = (
        f"POST /api/v1/lessons/{on.laid.lessons[0].lesson_id}/marks HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nCookie: letopis={on.tokens[teacher]}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    ).encode()
    client = Client(on.port, on.tokens[teacher])
    with ExitStack() as slow:
        slow.callback(client.close)
        for words in (asked, begun):
            for _ in range(crowd):
                one = slow.enter_context(socket.create_connection(("127.0.0.1", on.port)))
                one.sendall(words)  # and nothing is read, nothing more is sent
        answers = [client.send("GET", path) for path in ("/session", "/classes")]

    assert [status for status, _ in answers] == [200, 200]


def test_whatever_dies_under_load_nothing_is_lost_doubled_or_halved(on: Installation) -> None:
    outcome = run(on, 20261130, DOZEN, lambda _one, _found: None)

    assert outcome.findings == []
    assert outcome.sent == 12 * 8 * CLIENTS
    assert outcome.acknowledged + outcome.refused + outcome.given_up == outcome.sent
    assert outcome.acknowledged > outcome.sent / 2
    assert set(outcome.killed) >= {*PROCESSES, DATABASE}
    assert outcome.facts > outcome.acknowledged
    assert outcome.checks > 0
    assert outcome.seals > 1
