"""A school whose log is sealed, and somebody who attacks it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.projections.life import Life, life
from tests.projections.seals.forger import Forger, school_day, verified


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


@pytest.fixture
def forger(at: Life) -> Iterator[Forger]:
    with psycopg.connect(at.url, autocommit=True) as conn:
        yield Forger(at, conn)


@pytest.fixture
def notes(at: Life, forger: Forger) -> list[str]:
    """Two signed notes; the log agrees with them before it is attacked."""
    signed = school_day(at, forger)
    report = verified(at, outside=signed, sealer_note=signed[-1])
    assert report.agrees, report
    assert report.checkpoints == 2
    return signed
