"""One school laid and projected per session; a clone of it, and a running app, per test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api import progress
from projections.postgres.bell import CHANNEL
from projections.postgres.database import PROJECTOR, conninfo
from projections.postgres.settings import Settings
from projections.projector import Projector
from tests.api.ground import (
    OPERATOR,
    SLUG,
    Clock,
    Desk,
    lay_school,
    project,
    running,
    school_behind,
)
from tests.cast import SCHOOL
from tests.conftest import SECRET, admin, clone, url_of
from tests.ground import request
from tests.sealing import Sealer


@pytest.fixture(scope="session")
def school_template(server: str, template: str) -> Iterator[str]:
    """Name of a database with Kukarino's 7а in it."""
    name = f"kukarino_{uuid4().hex}"
    clone(server, name, template)
    lay_school(url_of(server, name))
    yield name
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def kukarino(server: str, school_template: str) -> Iterator[str]:
    """URL of this test's own Kukarino."""
    name = f"test_{uuid4().hex}"
    clone(server, name, school_template)
    yield url_of(server, name)
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def clock() -> Clock:
    """Noon of Wednesday, the second of September 2026."""
    return Clock()


@pytest.fixture
def client(kukarino: str, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    """The running application."""
    settings = Settings(
        data_dir=tmp_path,
        secret=SECRET,
        database_url=kukarino,
        pool_max=4,
        push_contact="mailto:it@school.example",
    )
    with running(settings, clock) as client:
        yield client


@pytest.fixture
def desk(client: TestClient) -> Callable[[str], Desk]:
    """`desk("anna")`: Anna, signed in."""
    return lambda login: Desk(client, login)


@pytest.fixture
def sealer(kukarino: str, client: TestClient, clock: Clock) -> Sealer:
    """The school's sealer, its key announced by the log, every fact in the tree."""
    sealer = Sealer(kukarino, SLUG, SCHOOL)
    answer = school_behind(client).introduce_seal_key(
        str(sealer.key.verifier), "first", by=OPERATOR, request=request()
    )
    answer.result(10)
    project(kukarino)
    return sealer


@pytest.fixture
def projector(kukarino: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Projector]:
    """A projector at work, as in its own process. It is waited for as long as it takes: a test with
    a projector is not about a door that loses its patience after two seconds.
    """
    monkeypatch.setattr(progress, "LONGEST_WAIT_S", 60.0)
    running = Projector(conninfo(kukarino, PROJECTOR, SECRET))
    thread = Thread(target=running.run, name="projector")
    thread.start()
    yield running
    running.stop.set()
    admin(kukarino, "NOTIFY {}", CHANNEL)  # it need not wait its second out
    thread.join()
