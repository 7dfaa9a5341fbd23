"""One Kukarino with two classes that know nothing of each other, and one running app on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from projections.postgres.settings import Settings
from tests.access.ground import Colleagues, Ground, lay_ground
from tests.api.conftest import (  # noqa: F401 - fixtures
    client,
    clock,
    desk,
    kukarino,
    projector,
    school_template,
)
from tests.api.ground import Clock, running
from tests.conftest import SECRET, admin, clone, url_of


@contextmanager
def grounded(
    server: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """A ground on a database of its own, behind a running app."""
    name = f"access_{uuid4().hex}"
    clone(server, name, request.getfixturevalue("school_template"))
    home, url, now = tmp_path_factory.mktemp("access"), url_of(server, name), Clock()
    settings = Settings(data_dir=home, secret=SECRET, database_url=url, pool_max=4)
    with running(settings, now) as app:
        assert app.get("/healthz").status_code == 200
        place = Colleagues(url, app, now, home)
        yield lay_ground(place)
        place.reader.close()
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def ground(
    server: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """The ground of who only looks and is refused, so that it stays as it is."""
    with grounded(server, request, tmp_path_factory) as laid:
        yield laid
