"""One Kukarino and one running app for the exercises of a file."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.api.conftest import kukarino, school_template  # noqa: F401 - fixtures
from tests.conftest import admin, clone, url_of
from tests.write_door.ground import Place, a_place


@pytest.fixture(scope="module")
def place(
    server: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The place of this file's exercises."""
    name = f"doors_{uuid4().hex}"
    clone(server, name, request.getfixturevalue("school_template"))
    with a_place(url_of(server, name), tmp_path_factory.mktemp("data")) as opened:
        yield opened
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)
