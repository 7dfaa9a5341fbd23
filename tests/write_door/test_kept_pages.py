"""Whatever is written through whatever door: a page of the journal that was kept is the page drawn
anew.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from tests.api.ground import ALGEBRA_PLACE
from tests.write_door.conftest import Places
from tests.write_door.doors import writes
from tests.write_door.ground import SCHEMA, Place
from tests.write_door.over_http import EXERCISES

NEWEST = 1  # classes, besides those of the cast
READERS = ("vera", "anna")


@pytest.fixture(autouse=True)
def _not_to_be_folded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """That what is shown is the fold of the facts, test_http_doors asks after these same doors."""
    monkeypatch.setattr("tests.write_door.conftest.assert_shown", lambda *_: None)


def pages(place: Place) -> dict[tuple[str, ...], Any]:
    """What readers see of algebra in some classes: on the page for people, and by the API."""
    with psycopg.connect(place.url) as conn:
        found = conn.execute(
            f"SELECT class_id::text FROM {SCHEMA}.directory_class JOIN {SCHEMA}.facts"
            " ON originator_id = class_id GROUP BY class_id ORDER BY min(notification_id)"
        ).fetchall()
    classes = [one for (one,) in [*found[:2], *found[2:][-NEWEST:]]]
    query = urlencode(ALGEBRA_PLACE)
    told: dict[tuple[str, ...], Any] = {}
    for reader in READERS:
        headers = place.desk(reader).cookie
        for class_id in classes:
            for door in ("/api/v1/classes/{}/register", "/classes/{}/register"):
                answer = place.client.get(f"{door.format(class_id)}?{query}", headers=headers)
                place.client.cookies.clear()
                assert answer.status_code in {200, 403, 404}, answer.text
                told[reader, class_id, door] = answer.text
    return told


def shelf(place: Place) -> Any:
    return place.client.app.state.house.shelf  # type: ignore[attr-defined]


@pytest.mark.parametrize("door", sorted(writes() & EXERCISES.keys()))
def test_what_is_kept_is_what_would_be_drawn(places: Places, door: str) -> None:
    place = places.next(door)
    act = EXERCISES[door](place)
    place.settle()
    act.signature(place)
    pages(place)
    assert shelf(place)._kept
    act.go(place, door)
    place.settle()

    kept = pages(place)
    shelf(place)._kept.clear()
    shelf(place)._held = 0

    assert kept == pages(place)
