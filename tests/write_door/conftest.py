"""One Kukarino and one running app for the exercises of a file, or for a dozen of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from uuid import uuid4

import pytest

from tests.api.conftest import kukarino, school_template  # noqa: F401 - fixtures
from tests.conftest import admin, clone, url_of
from tests.write_door.ground import SCHEMA, Place, a_place
from tests.write_door.ledger import assert_shown

DOZEN = 12


@contextmanager
def placed(
    server: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A place on a database of its own."""
    name = f"doors_{uuid4().hex}"
    clone(server, name, request.getfixturevalue("school_template"))
    with a_place(url_of(server, name), tmp_path_factory.mktemp("data")) as opened:
        yield opened
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="module")
def place(
    server: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The place of this file's exercises."""
    with placed(server, request, tmp_path_factory) as opened:
        yield opened


class Places:
    """A place, and another one after a dozen exercises: each looks at all that there is, and in one
    place of them all the hundredth would look four times as long as the first.
    """

    def __init__(self, opened: Callable[[], AbstractContextManager[Place]]) -> None:
        self._opened, self._stack = opened, ExitStack()
        self._doors: list[str] = []

    def next(self, door: str) -> Place:
        """The place of the next exercise, that of a door."""
        if len(self._doors) == DOZEN:
            self.leave()
        if not self._doors:
            self._place = self._stack.enter_context(self._opened())
        self._doors.append(door)
        return self._place

    def leave(self) -> None:
        """The last place is no more. What people read there, after a dozen exercises folded one by
        one, is the fold of the facts: to fold everything anew takes longer than an exercise.
        """
        doors, self._doors = self._doors, []
        try:
            if doors:
                assert_shown(self._place.url, SCHEMA)
        except AssertionError as fault:
            fault.add_note(f"after {', '.join(doors)}")
            raise
        finally:
            self._stack.close()


@pytest.fixture(scope="module")
def places(
    server: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    """The places of this file's exercises, one after the other."""
    several = Places(lambda: placed(server, request, tmp_path_factory))
    yield several
    several.leave()
