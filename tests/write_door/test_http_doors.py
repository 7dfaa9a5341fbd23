"""Every route of the app: what writes proves `state == fold(facts)`, what reads changes nothing."""

from __future__ import annotations

import pytest

from tests.cast import ALGEBRA, ANNA, CLASS_7A, PETYA
from tests.write_door.doors import reads, writes
from tests.write_door.exercise import IN_PASSING, exercised
from tests.write_door.ground import Place
from tests.write_door.http_classroom import told
from tests.write_door.http_consents import read_about
from tests.write_door.http_control import to_read
from tests.write_door.http_log import queries, sealed
from tests.write_door.http_talks import CONVERSATION, asked
from tests.write_door.over_http import EXERCISES, KNOWN, LOOKS

REGISTER = "tests/write_door/over_http.py says at its top how to add one line"


@pytest.fixture(scope="module")
def mark(place: Place) -> str:
    """A mark to look at, of Petya's."""
    lesson = place.lessons(CLASS_7A)[0]
    place.give(CLASS_7A, lesson, PETYA, KNOWN["mark_id"])
    return KNOWN["mark_id"]


@pytest.fixture(scope="module")
def position(place: Place) -> int:
    """Where a consent with a scan was recorded."""
    to_read(place)
    told(
        place,
        (CLASS_7A, KNOWN["comment_id"], PETYA, ALGEBRA, "рассуждает"),
        (CLASS_7A, KNOWN["defence_id"], PETYA),
        "anna",
    )
    asked(place, "vera", CONVERSATION)
    return read_about(place)


@pytest.fixture(scope="module")
def size(place: Place, mark: str, position: int) -> int:
    """The size of a checkpoint over that mark."""
    return sealed(place)


def test_every_route_that_writes_has_an_exercise() -> None:
    lacking, gone = sorted(writes() - EXERCISES.keys()), sorted(EXERCISES.keys() - writes())

    assert not lacking, f"without an exercise; {REGISTER}"
    assert not gone, "exercises of routes that are no more"


def test_every_line_of_looks_is_a_route() -> None:
    assert LOOKS.keys() <= reads()


@pytest.mark.parametrize("door", sorted(writes() & EXERCISES.keys()))
def test_through_the_door(place: Place, door: str) -> None:
    exercised(place, door, EXERCISES[door])


@pytest.mark.parametrize("path", sorted(reads()))
def test_looking_changes_no_fact(place: Place, size: int, position: int, path: str) -> None:
    place.settle()
    login = LOOKS.get(path, "vera")
    headers = place.desk(login).cookie if login else {}
    before = place.ledger()
    url = path.format(**KNOWN, teacher_id=ANNA, size=size, position=position)
    params = KNOWN | queries(size).get(path, {})

    answer = place.client.get(url, params=params, headers=headers, follow_redirects=False)

    assert answer.status_code < 400, f"{path}: {answer.status_code} {answer.text}; {REGISTER}"
    assert place.ledger().changed(before) <= IN_PASSING
