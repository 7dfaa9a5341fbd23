"""Every route of the app that reads changes nothing."""

from __future__ import annotations

import pytest

from tests.cast import ALGEBRA, ANNA, CLASS_7A, PETYA
from tests.write_door import http_archive, http_copies, http_files, http_webhooks
from tests.write_door.doors import reads
from tests.write_door.exercise import IN_PASSING
from tests.write_door.ground import Place
from tests.write_door.http_agenda import linked
from tests.write_door.http_classroom import told
from tests.write_door.http_consents import read_about
from tests.write_door.http_control import to_read
from tests.write_door.http_log import queries, sealed
from tests.write_door.http_reports import kept
from tests.write_door.http_talks import CONVERSATION, asked
from tests.write_door.ledger import Ledger
from tests.write_door.over_http import KNOWN, LOOKS
from tests.write_door.telling import named, overheard

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
    http_archive.to_read(place)
    http_files.to_read(place)
    told(
        place,
        (CLASS_7A, KNOWN["comment_id"], PETYA, ALGEBRA, "рассуждает"),
        (CLASS_7A, KNOWN["defence_id"], PETYA),
        "anna",
    )
    asked(place, "vera", CONVERSATION)
    kept(place)
    linked(place)
    http_copies.kept(place)
    http_webhooks.there(place)
    return read_about(place)


@pytest.fixture(scope="module")
def size(place: Place, mark: str, position: int) -> int:
    """The size of a checkpoint over that mark."""
    return sealed(place)


@pytest.fixture(scope="module")
def latest(place: Place, size: int, position: int) -> list[Ledger]:
    """What the database held after the look before: everything is folded, everybody signed in."""
    for login in filter(None, {"vera", *LOOKS.values()}):
        place.desk(login)
    place.settle()
    return [place.ledger()]


def test_every_line_of_looks_is_a_route() -> None:
    assert LOOKS.keys() <= reads()


@pytest.mark.parametrize("path", sorted(reads()))
def test_looking_changes_no_fact(
    place: Place,
    latest: list[Ledger],
    size: int,
    position: int,
    path: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    login = LOOKS.get(path, "vera")
    headers = place.desk(login).cookie if login else {}
    url = path.format(**KNOWN, teacher_id=ANNA, size=size, position=position)
    params = KNOWN | queries(size).get(path, {})

    with overheard(caplog):
        answer = place.client.get(url, params=params, headers=headers, follow_redirects=False)

    assert named(place.url, caplog.text) == []
    assert answer.status_code < 400, f"{path}: {answer.status_code} {answer.text}; {REGISTER}"
    latest.append(place.ledger())
    assert latest[-1].changed(latest.pop(0)) <= IN_PASSING
