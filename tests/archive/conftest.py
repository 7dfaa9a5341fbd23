"""One archived school for the tests that only read its archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from projections.archive.write import Written
from tests.archive.archived import Archived, archived
from tests.conftest import admin, clone, url_of


@pytest.fixture(scope="session")
def school(server: str, template: str) -> Iterator[Archived]:
    """The year is archived and sealed."""
    name = f"archived_{uuid4().hex}"
    clone(server, name, template)
    with archived(url_of(server, name)) as one:
        one.archive()
        one.seal()
        yield one
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def bags(school: Archived, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Its first archive."""
    folder: Path = tmp_path_factory.mktemp("archive")
    return school.write(folder)
