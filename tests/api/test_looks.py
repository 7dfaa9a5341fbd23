"""Who looked at a child's diary: the family sees it, and no line of it can be taken away."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from fastapi.testclient import TestClient

from projections.access_log import day_hash
from projections.postgres.database import PROJECTOR, conninfo
from tests.api.ground import Desk
from tests.api.test_page_doors import look
from tests.cast import MASHA, PETYA, an_id
from tests.conftest import SECRET
from tests.domain.seventh_a import WEDNESDAY

At = Callable[[str], Desk]
LOOKS = f"/pupils/{PETYA}/looks"
WEEK = f"/pupils/{PETYA}/diary/weeks/2026-08-31"
SCHEMA = "school_kukarino"
ADDED = (
    "INSERT INTO {s}.access_log (at, act, subject, outcome)"
    " VALUES ('2026-09-02T10:00:00Z', 'diary', 'x', 'ok')"
)


def hashed(url: str) -> tuple[int, str]:
    with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
        return day_hash(conn, SCHEMA, WEDNESDAY, "Europe/Moscow")


def test_a_stranger_does_not_learn_who_looked(desk: At) -> None:
    zoya = desk("zoya")

    theirs, nobodys = zoya.get(LOOKS), zoya.get(LOOKS.replace(PETYA, an_id("никто")))

    assert (theirs.status_code, theirs.json()) == (404, nobodys.json())


def test_a_mother_sees_who_looked_and_who_was_refused(desk: At) -> None:
    desk("kira").get(WEEK)
    desk("boris").get(WEEK)
    desk("zoya").get(WEEK)

    answer = desk("olga").get(LOOKS)

    seen = [(one["who"], one["right"], one["refused"]) for one in answer.json()["looks"]]
    assert seen == [
        ("Петрова Ольга", "родитель", False),
        ("", "другой родитель", True),
        ("Борисов Борис Борисович", "сотрудник школы", True),
        ("Кириллова Кира Кирилловна", "классный руководитель", False),
    ]
    assert [one["own"] for one in answer.json()["looks"]] == [True, False, False, False]


def test_a_father_without_consent_is_sent_to_the_class_teacher(desk: At) -> None:
    answer = desk("oleg").get(LOOKS)

    assert (answer.status_code, answer.json()["code"]) == (403, "consent.required")


def test_looks_at_another_child_are_not_among_them(desk: At) -> None:
    desk("kira").get(WEEK.replace(PETYA, MASHA))

    assert len(desk("olga").get(LOOKS).json()["looks"]) == 1


def test_the_page_says_it_in_words(client: TestClient, desk: At) -> None:
    desk("kira").get(WEEK)
    desk("kira").get(WEEK)

    page = look(client, desk("olga"), LOOKS).text

    assert "Кириллова Кира Кирилловна, классный руководитель" in page
    assert "× 2" in page
    assert "<b>вы</b>" in page


def test_a_line_that_is_changed_added_or_removed_changes_the_hash_of_its_day(
    desk: At, kukarino: str
) -> None:
    desk("kira").get(WEEK)
    desk("olga").get(WEEK)
    before = hashed(kukarino)
    assert before[0] >= 2

    hashes = {before[1]}
    for change in (
        "UPDATE {s}.access_log SET basis = 'deputy' WHERE basis = 'class_teacher'",
        "UPDATE {s}.access_log SET at = at + interval '1 microsecond' WHERE basis = 'guardian'",
        "DELETE FROM {s}.access_log WHERE basis = 'guardian'",
        ADDED,
    ):
        with psycopg.connect(kukarino) as conn:
            conn.execute(f"ALTER TABLE {SCHEMA}.access_log DISABLE TRIGGER ALL")
            conn.execute(change.replace("{s}", SCHEMA))
        hashes.add(hashed(kukarino)[1])

    assert len(hashes) == 5
