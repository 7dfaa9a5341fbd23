"""«Рассадка»: where a teacher lets pupils sit. One's own, without a script."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.pages.forms import Sent
from api.pages.seats import arranged, drawn, group_of
from domain.refusals import Invalid
from projections import seats
from projections.projector import Projector
from projections.seats import Seat
from tests.api.ground import Desk
from tests.api.test_lessons import lesson_of
from tests.api.test_page_doors import look
from tests.cast import ANNA, CLASS_7A, FIRST_HALF, MASHA, PETYA, ZOYA
from tests.domain.seventh_a import SEPTEMBER_1, noon

At = Callable[[str], Desk]
NAMES = {PETYA: "Петров Пётр", MASHA: "Машина Мария"}
SCHEMA = "school_kukarino"


def form(**seats: str) -> Sent:
    """«1-3-2» each, of Petya and of Masha."""
    of = {"petya": PETYA, "masha": MASHA}
    return Sent(
        [
            (f"{part}.{of[name]}", number)
            for name, seat in seats.items()
            for part, number in zip(("lane", "desk", "side"), seat.split("-"), strict=True)
        ]
    )


def test_who_has_numbers_has_a_seat_and_who_has_none_has_none() -> None:
    assert arranged(form(petya="1-3-2", masha="--"), NAMES) == {PETYA: Seat(1, 3, 2)}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"petya": "1-3-"}, "Петров Пётр: ряд от 1 до 4, парта от 1 до 8, место 1 или 2."),
        ({"petya": "5-1-1"}, "ряд от 1 до 4"),
        ({"petya": "1-9-1"}, "парта от 1 до 8"),
        ({"petya": "1-1-3"}, "место 1 или 2"),
        ({"petya": "0-1-1"}, "ряд от 1"),
        ({"petya": "١-1-1"}, "ряд от 1"),
        ({"petya": f"{'1' * 5_000}-1-1"}, "ряд от 1"),
        (
            {"petya": "1-1-1", "masha": "1-1-1"},
            "На одном месте двое: Петров Пётр и Машина Мария.",
        ),
    ],
)
def test_what_is_no_arrangement_is_refused_in_words(typed: dict[str, str], says: str) -> None:
    with pytest.raises(Invalid) as refused:
        arranged(form(**typed), NAMES)
    assert says in refused.value.message


def test_who_has_left_since_is_not_drawn_and_the_room_grows_with_the_farthest() -> None:
    sitting = {PETYA: Seat(4, 8, 1), ZOYA: Seat(1, 1, 1)}
    room = drawn(sitting, NAMES)
    places = {one["seat"]: one["name"] for desk in room["desks"] for one in desk["places"]}
    assert (places["4-8-1"], places["1-1-1"]) == ("Петров Пётр", "")
    assert (len(room["lanes"]), len(room["desks"])) == (4, 8)
    assert len(drawn({}, NAMES)["desks"]) == 6


def test_a_subgroup_is_seated_for_itself() -> None:
    assert group_of({"class_id": CLASS_7A, "subgroup_id": None}) == CLASS_7A
    assert group_of({"class_id": CLASS_7A, "subgroup_id": FIRST_HALF}) == FIRST_HALF


def sent(client: TestClient, person: Desk, lesson: str, **seats: str) -> Response:
    """What a browser sends."""
    fields = dict(form(**seats)._fields)
    answer = client.post(
        f"/classes/{CLASS_7A}/lessons/{lesson}/seats",
        data=fields,
        headers={"accept": "text/html", **person.cookie},
        follow_redirects=False,
    )
    client.cookies.clear()
    return answer


def test_an_arrangement_is_kept_and_is_nobody_elses(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    lesson = lesson_of(anna)
    page = f"/classes/{CLASS_7A}/lessons/{lesson}/seats"

    answer = sent(client, anna, lesson, petya="1-3-2", masha="2-1-1")

    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?said=1")
    shown = look(client, anna, f"{page}?said=1").text
    assert "Рассадка записана." in shown
    assert '<td data-seat="1-3-2">Петров' in shown
    held = look(client, anna, f"/classes/{CLASS_7A}/lessons/{lesson}").text
    assert 'data-seat="2-1-1"' in held
    for stranger, status in (("zoya", 404), ("olga", 404), ("boris", 403), ("vera", 403)):
        seen = look(client, desk(stranger), page)
        assert status in {403, seen.status_code}, stranger
        assert "Рассадка" not in seen.text
        assert sent(client, desk(stranger), lesson, petya="1-1-1").status_code == status

    again = sent(client, anna, lesson, petya="1-1-1")
    assert again.status_code == 303
    assert (
        'data-seat="2-1-1"' not in look(client, anna, f"/classes/{CLASS_7A}/lessons/{lesson}").text
    )


def test_a_refused_arrangement_is_shown_as_it_was_typed(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")

    refused = sent(client, anna, lesson_of(anna), petya="1-1-1", masha="1-1-1")

    assert refused.status_code == 422
    assert "На одном месте двое" in refused.text
    assert f'name="side.{MASHA}"' in refused.text.replace("&#34;", '"')


def test_seats_of_who_was_erased_and_old_ones_go(
    client: TestClient, desk: At, projector: Projector, kukarino: str
) -> None:
    anna = desk("anna")
    sent(client, anna, lesson_of(anna), petya="1-3-2", masha="2-1-1")
    with psycopg.connect(kukarino, autocommit=True) as conn:
        now = noon(SEPTEMBER_1)
        assert seats.prune(conn, SCHEMA, now) == 0
        conn.execute(
            f"UPDATE {SCHEMA}.directory_person SET erased = true WHERE person_id = %s", [MASHA]
        )
        assert seats.prune(conn, SCHEMA, now) == 1
        assert seats.prune(conn, SCHEMA, now + timedelta(days=500)) == 1


def test_a_form_that_is_sent_twice_at_once_is_one_arrangement(
    desk: At, projector: Projector, kukarino: str
) -> None:
    lesson_of(desk("anna"))
    two = threading.Barrier(2)

    async def arranged_once() -> None:
        async with await psycopg.AsyncConnection.connect(kukarino, autocommit=True) as conn:
            two.wait(10)
            for _ in range(20):
                at = {PETYA: Seat(1, 3, 2), MASHA: Seat(2, 1, 1)}
                await seats.arrange(conn, SCHEMA, ANNA, CLASS_7A, at, noon(SEPTEMBER_1))

    with ThreadPoolExecutor(2) as threads:
        for one in [threads.submit(asyncio.run, arranged_once()) for _ in range(2)]:
            one.result(30)
    with psycopg.connect(kukarino) as conn:
        assert conn.execute(f"SELECT count(*) FROM {SCHEMA}.seat").fetchone() == (2,)
