"""A pupil has no journal: every write and every read of the staff is not there, route by route."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from api import deps
from tests.api.ground import Desk
from tests.api.test_tokens import known
from tests.house.test_every_route_names_its_caller import ROUTES, callers

At = Callable[[str], Desk]
#: Caller types that a pupil may be: everything else is the staff's.
OWN = {
    deps.anyone,
    deps.informed,
    deps.signed_in_at_all,
    deps.fresh,
    deps.diary_reader,
    deps.mark_reader,
    deps.lesson_reader,
    deps.change_reader,
}
STAFFS = sorted(
    name
    for name, route in ROUTES.items()
    # `once` of a write asks for anybody who is signed in, beside the caller proper
    if "/api/v1/" in name and not callers(route) & OWN and callers(route) != {deps.signed_in}
)
OF_FRESH = sorted(name for name, route in ROUTES.items() if deps.fresh in callers(route))


def test_the_walk_finds_the_doors_of_the_staff() -> None:
    assert len(STAFFS) > 50
    assert "POST /api/v1/lessons/{lesson_id}/marks" in STAFFS
    assert "GET /api/v1/classes/{class_id}/register" in STAFFS


@pytest.mark.parametrize("login", ["petya", "olga"])
def test_families_get_404_at_every_door_of_the_staff(desk: At, login: str) -> None:
    person = desk(login)
    for name in STAFFS:
        method, _, path = name.partition(" ")
        answer = person.send(
            method.partition("/")[0],
            known(path.removeprefix("/api/v1")),
            None if method.startswith("GET") else {},
            **{"idempotency-key": str(uuid4())},
        )
        assert answer.status_code == 404, f"{name}: {answer.text}"


def test_those_same_doors_are_there_for_who_works_in_the_school(desk: At) -> None:
    vera = desk("vera")
    for name in STAFFS:
        method, _, path = name.partition(" ")
        answer = vera.send(
            method.partition("/")[0],
            known(path.removeprefix("/api/v1")),
            None if method.startswith("GET") else {},
            **{"idempotency-key": str(uuid4())},
        )
        assert b'"path.unknown"' not in answer.content, name


def test_what_a_pupil_may_post_is_about_the_pupils_own_access() -> None:
    own = ("/session", "/tokens", "/suspicion", "/calendars", "/copies")
    assert all(any(one in name for one in own) for name in OF_FRESH)
