"""A page of the journal is kept until something of its class, or of the school, has moved."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi.testclient import TestClient

from api.pages.packing import gzipped, piece, plain
from api.shelf import Shelf
from domain.journal.facts import TeacherAssigned
from domain.people.facts import Name
from tests.api.ground import ALGEBRA_PLACE, OPERATOR, YEAR, Clock, Desk, project, school_behind
from tests.api.test_marks import A_FIVE, give
from tests.cast import ALGEBRA, ANNA, CLASS_7A, CLASS_7B, PETYA, an_id
from tests.domain.seventh_a import WEDNESDAY
from tests.ground import request

At = Callable[[str], Desk]
A_DAY = timedelta(days=1)
PAGE = f"/classes/{CLASS_7A}/register"


def held(client: TestClient) -> set[str]:
    """Classes of which something is kept."""
    return {class_id for _, class_id, _ in client.app.state.house.shelf._kept}  # type: ignore[attr-defined]


def names(desk: Desk) -> list[str]:
    return [one["name"] for one in desk.get(PAGE, **ALGEBRA_PLACE).json()["pupils"]]


def marks(desk: Desk) -> int:
    page = desk.get(PAGE, **ALGEBRA_PLACE).json()
    return sum(len(one["cells"]) for one in page["pupils"])


def test_a_page_that_has_not_moved_is_the_same_to_the_byte(desk: At, client: TestClient) -> None:
    anna = desk("anna")
    drawn = anna.get(PAGE, **ALGEBRA_PLACE)
    kept = anna.get(PAGE, **ALGEBRA_PLACE)

    assert held(client) == {CLASS_7A}
    assert (kept.content, kept.headers["etag"]) == (drawn.content, drawn.headers["etag"])
    tag = {"if-none-match": drawn.headers["etag"]}
    assert anna.get(PAGE, **ALGEBRA_PLACE, headers=tag).status_code == 304


def test_a_mark_of_the_class_is_on_its_page_at_once(desk: At, kukarino: str) -> None:
    anna, kira = desk("anna"), desk("kira")
    assert (marks(anna), marks(kira)) == (0, 0)

    give(anna)
    project(kukarino)

    assert (marks(anna), marks(kira)) == (2, 2)  # `give` gives two


def test_a_fact_of_another_class_leaves_what_is_kept_one_of_the_school_does_not(
    desk: At, client: TestClient, kukarino: str
) -> None:
    anna = desk("anna")
    marks(anna)
    school, by = school_behind(client), {"by": OPERATOR}

    algebra = TeacherAssigned(an_id("Анна в 7б"), ANNA, ALGEBRA, WEDNESDAY)
    school.assign_teacher(CLASS_7B, algebra, **by, request=request()).result(10)
    project(kukarino)
    anna.get(f"/classes/{CLASS_7B}/register", **ALGEBRA_PLACE)
    assert held(client) == {CLASS_7A, CLASS_7B}

    school.rename_person(YEAR, PETYA, Name("Иванов", "Пётр"), **by, request=request()).result(10)
    project(kukarino)
    assert "Иванов Пётр" in names(anna)
    assert held(client) == {CLASS_7A}


def test_another_reader_and_another_day_have_a_page_of_their_own(
    desk: At, client: TestClient, clock: Clock
) -> None:
    for login, later in (("anna", timedelta(0)), ("kira", timedelta(0)), ("anna", A_DAY)):
        clock.forward(later)
        reader = desk(login)
        marks(reader)
        marks(reader)

    assert len(client.app.state.house.shelf._kept) == 3  # type: ignore[attr-defined]


def test_the_page_for_people_is_kept_as_well_but_for_its_frame(
    desk: At, client: TestClient, kukarino: str, clock: Clock
) -> None:
    anna = desk("anna")
    page = f"{PAGE}?{urlencode(ALGEBRA_PLACE)}"

    def shown() -> str:
        answer = client.get(page, headers=anna.cookie | {"accept-encoding": "gzip"})
        assert answer.status_code == 200
        return answer.text

    first = shown()
    assert (shown(), held(client)) == (first, {CLASS_7A})
    clock.forward(timedelta(minutes=1))
    assert shown() == first.replace('value="2026-09-02T12:00"', 'value="2026-09-02T12:01"')
    give(anna)
    project(kukarino)
    assert shown().count(A_FIVE["mark_id"]) == 1


def test_what_was_in_time_does_not_open_a_page_to_a_stranger(desk: At) -> None:
    assert desk("anna").get(PAGE, **ALGEBRA_PLACE).status_code == 200
    assert desk("zoya").get(PAGE, **ALGEBRA_PLACE).status_code == 404


def test_a_shelf_throws_away_the_longest_unused() -> None:
    full = Shelf(100)
    for class_id in ("a", "b"):
        full.put("school", class_id, 1, class_id, 40)
    full.get("school", "a", 1)
    full.put("school", "c", 1, "c", 40)

    assert [full.get("school", one, 1) for one in "abc"] == ["a", None, "c"]
    full.put("school", "d", 1, "d", 101)  # what is larger than the shelf is not kept at all
    assert [full.get("school", one, 1) for one in "acd"] == [None, None, None]


def test_pieces_packed_apart_are_one_stream() -> None:
    parts: list[Any] = ["«начало» ", piece("середина, " * 300), " конец", piece(""), ""]

    assert gzip.decompress(gzipped(parts)) == plain(parts)
    assert plain(parts).decode() == "«начало» " + "середина, " * 300 + " конец"
    assert len(gzipped(parts)) < 200
