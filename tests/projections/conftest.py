"""A small school laid once for the tests of projections; a cheap copy of it a test."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.conftest import admin, clone, url_of
from tests.projections.life import Life, life


@pytest.fixture(scope="session")
def laid(server: str, template: str) -> Iterator[str]:
    """Name of a database in which the school of `life` is laid and folded."""
    name = f"laid_{uuid4().hex}"
    clone(server, name, template)
    with life(url_of(server, name)) as at:
        at.fold_all()
    yield name
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def lived(server: str, laid: str) -> Iterator[Life]:
    """A copy of it, alive."""
    name = f"test_{uuid4().hex}"
    clone(server, name, laid)
    with life(url_of(server, name), laid=True) as at:
        yield at
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)
