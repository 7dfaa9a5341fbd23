"""One Kukarino with two classes that know nothing of each other, and one running app on it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from projections.postgres.settings import Settings
from tests.access.ground import Colleagues, Ground, lay_ground
from tests.api.conftest import kukarino, school_template  # noqa: F401 - fixtures
from tests.api.ground import Clock, running
from tests.conftest import SECRET, admin, url_of


@pytest.fixture(scope="session")
def ground(
    server: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """The ground of every test here: they look and are refused, so that it stays as it is."""
    name = f"access_{uuid4().hex}"
    admin(
        server, "CREATE DATABASE {} TEMPLATE {}", name, request.getfixturevalue("school_template")
    )
    home, clock, url = tmp_path_factory.mktemp("access"), Clock(), url_of(server, name)
    settings = Settings(data_dir=home, secret=SECRET, database_url=url, pool_max=4)
    with running(settings, clock) as client:
        assert client.get("/healthz").status_code == 200
        place = Colleagues(url, client, clock, home)
        yield lay_ground(place)
        place.reader.close()
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)
