"""Every route of the app that writes proves `state == fold(facts)`."""

from __future__ import annotations

import pytest

from tests.write_door.conftest import Places
from tests.write_door.doors import writes
from tests.write_door.exercise import exercised
from tests.write_door.over_http import EXERCISES
from tests.write_door.telling import named, overheard

REGISTER = "tests/write_door/over_http.py says at its top how to add one line"


def test_every_route_that_writes_has_an_exercise() -> None:
    lacking, gone = sorted(writes() - EXERCISES.keys()), sorted(EXERCISES.keys() - writes())

    assert not lacking, f"without an exercise; {REGISTER}"
    assert not gone, "exercises of routes that are no more"


@pytest.mark.parametrize("door", sorted(writes() & EXERCISES.keys()))
def test_through_the_door(places: Places, door: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing that somebody is called or has typed is in the program's own log either."""
    place = places.next(door)
    with overheard(caplog):
        exercised(place, door, EXERCISES[door])
    assert named(place.url, caplog.text) == []
