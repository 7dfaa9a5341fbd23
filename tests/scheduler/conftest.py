"""A school whose log is about to be sealed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from projections.postgres.settings import Settings
from tests.conftest import clone, url_of
from tests.ground import engine_on, lay, register, school_on
from tests.scheduler.sealing_room import SLUG, SealingRoom, fold


@pytest.fixture
def room(settings: Settings) -> SealingRoom:
    """A school with a class, folded; nothing is sealed yet."""
    url = str(settings.database_url)
    register(url, SLUG)
    with engine_on(url) as engine:
        lay(school_on(engine, SLUG))
    fold(url)
    return SealingRoom(settings)


@pytest.fixture
def backup(server: str, room: SealingRoom) -> Callable[[], str]:
    """`backup()`: the URL of a copy of the school's database as it is now."""

    def copy() -> str:
        name = f"copy_{uuid4().hex}"
        clone(server, name, room.url.split("/")[3].split("?")[0])
        return url_of(server, name)

    return copy
