"""Every page is reached by links from where somebody arrives, and every link of a page opens."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from functools import partial
from html import unescape

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Match

from api.sealing import sealed
from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_page_doors import look
from tests.api.test_terms import mark
from tests.browser.test_look import NO_PAGES
from tests.house.test_every_route_names_its_caller import ROUTES

At = Callable[[str], Desk]
PEOPLE = ("anna", "kira", "vera", "alla", "sveta", "olga", "petya", "igor")
#: of what this school has not: a lesson that goes on, an archived year, a question, an inspection,
#: a finished job, a refused attempt, a file; `/now` is kept on the screen of a telephone; whose
#: password is known to others, is chosen in a form
BY_OTHER_WAYS = {
    *("/classes/{class_id}/lessons/{lesson_id}", "/archive/{archived_year}/annotation"),
    *("/questions/{conversation_id}", "/inspections/{inspection_id}", "/jobs/{job}", "/attempts"),
    "/classes/{class_id}/files",
    "/classes/{class_id}/debts",
    "/classes/{class_id}/lessons/{lesson_id}/seats",
    *("/now", "/people/{person_id}/suspicion"),
}
#: a statement waits for a seal, and nobody seals here
UNSEALED = "/classes/{class_id}/statement"
#: bytes of a page as it travels, packed
HEAVIEST = 100_000
LINK = re.compile(r'<a [^>]*?href="(/[^"#]*)')


def place_of(path: str) -> str:
    """The route of a path as it is written in the program."""
    scope = {"type": "http", "method": "GET", "path": path.partition("?")[0]}
    for name, route in ROUTES.items():
        if "GET" in name.split()[0] and route.matches(scope)[0] is Match.FULL:
            return str(route.path)
    raise AssertionError(path)


def walked(client: TestClient, person: Desk) -> set[str]:
    """Places that are reached by links from «/»; of each place one page is opened, and each step of
    the school year. Each of them is light.
    """
    waiting, known, seen = [("/", "")], set[str](), set[str]()
    while waiting:
        path, of = waiting.pop(0)
        place = place_of(path)
        step = path.partition("?")[0] if place.startswith("/school-year/") else place
        if step in known or place.startswith("/api/"):
            continue
        known.add(step)
        answer = look(client, person, path)
        if answer.is_redirect:
            waiting.insert(0, (answer.headers["location"], of))
            seen.add(place)
            continue
        seen.add(place)
        assert answer.status_code == (503 if place == UNSEALED else 200), f"{path} on {of}"
        packed = len(gzip.compress(answer.content, 6))
        assert packed <= HEAVIEST, f"{path} on {of}: {packed} bytes packed"
        waiting += [(unescape(href), path) for href in LINK.findall(answer.text)]
    return seen


def test_every_page_is_reached_by_links_and_every_link_opens(
    client: TestClient, desk: At, projector: Projector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.statement.sealed", partial(sealed, within_s=0.0))
    mark(desk("anna"), "5")
    seen = {place for login in PEOPLE for place in walked(client, desk(login))}
    pages = {
        str(route.path)
        for name, route in ROUTES.items()
        if "GET" in name.split()[0] and not route.path.startswith("/api/")
    }
    assert pages - seen - NO_PAGES == BY_OTHER_WAYS
