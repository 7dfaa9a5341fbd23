"""What the program tells its own log while a door is used: never about whom."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from api.logs import JsonLines, requests
from tests.write_door.ground import SCHEMA

SHORTEST = 3  # letters: what is shorter is in any text


@contextmanager
def overheard(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Everything is written down that any level tells, as JSON lines."""
    caplog.clear()
    caplog.handler.setFormatter(JsonLines())
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, requests.name):
        yield


def named(url: str, lines: str) -> list[str]:
    """Words of the vault (names, comments, reasons), and logins, that are in the lines."""
    with psycopg.connect(url) as conn:
        texts = conn.execute(
            f"SELECT body FROM {SCHEMA}.payload UNION SELECT login FROM {SCHEMA}.account"
        ).fetchall()
    words = {
        word
        for (text,) in texts
        for word in _words(str(text))
        if len(word) >= SHORTEST and not word.isascii()
    }
    logins = {str(text) for (text,) in texts if str(text).isascii() and " " not in str(text)}
    found = [word for word in words if word in lines]
    return sorted(found + [one for one in logins if f'"{one}"' in lines or f"'{one}'" in lines])


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalpha() else " " for letter in text).split()
