"""The second wall: who asks as letopis_asker sees the rows of one's own people only, with the WHERE
of every query removed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from projections.postgres.database import APP, ASKER, OWNER, conninfo, schema_of
from projections.rebuild import rebuild
from tests import cast as c
from tests.api.conftest import kukarino, school_template  # noqa: F401 - fixtures
from tests.api.ground import SLUG
from tests.conftest import SECRET

SCHEMA = schema_of(SLUG)
DAY = date(2026, 9, 2)
WALLED = (
    *("access_log", "consent_given", "diary_mark", "directory_person", "facts", "payload"),
    "trail_v1",
    *("red_flag", "red_flag_mark", "red_flag_lesson", "red_flag_term_mark"),
)


@pytest.fixture
def app(kukarino: str) -> Iterator[psycopg.Connection]:  # noqa: F811
    """As the web process signs in."""
    with psycopg.connect(conninfo(kukarino, APP, SECRET)) as conn:
        yield conn


def ask(conn: psycopg.Connection, person: str, day: date = DAY) -> None:
    """From here on this person asks, on this day."""
    conn.execute(
        "SELECT set_config('letopis.person', %s, true), set_config('letopis.day', %s, true),"
        " set_config('role', %s, true)",
        (person, day.isoformat(), ASKER),
    )


def everybody(conn: psycopg.Connection, kind: str = "pupil") -> set[str]:
    """Every name there is, somebody having forgotten to ask whose."""
    query = f"SELECT person_id::text FROM {SCHEMA}.directory_person WHERE kind = '{kind}'"
    return {row[0] for row in conn.execute(query.encode()).fetchall()}


def texts(conn: psycopg.Connection) -> set[str]:
    query = f"SELECT DISTINCT subject::text FROM {SCHEMA}.payload"
    return {row[0] for row in conn.execute(query.encode()).fetchall()}


def test_a_stranger_sees_nobody(app: psycopg.Connection) -> None:
    ask(app, c.ZOYA)
    assert everybody(app) <= {c.ZOYA}
    assert texts(app) <= {c.ZOYA}


def test_when_nobody_is_named_nobody_is_seen(app: psycopg.Connection) -> None:
    app.execute("SELECT set_config('role', %s, true)", (ASKER,))
    for table in WALLED:
        row = app.execute(f"SELECT count(*) FROM {SCHEMA}.{table}".encode()).fetchone()
        staff = table == "directory_person"  # names on the doors
        assert row is not None
        assert staff or row[0] == 0, table
    assert everybody(app) == set()


def test_a_mother_sees_her_child_and_no_classmate(app: psycopg.Connection) -> None:
    ask(app, c.OLGA)
    assert everybody(app) == {c.PETYA}
    assert c.OLGA in everybody(app, "guardian")
    assert texts(app) <= {c.PETYA, *everybody(app, "guardian")}


def test_a_teacher_sees_the_pupils_of_the_own_classes(app: psycopg.Connection) -> None:
    ask(app, c.ANNA)
    assert {c.PETYA, c.MASHA} <= everybody(app)


def test_the_administration_sees_the_school(app: psycopg.Connection) -> None:
    everywhere = everybody(app)
    ask(app, c.VERA)
    assert everybody(app) == everywhere


def test_a_right_that_is_not_of_that_day_opens_nothing(app: psycopg.Connection) -> None:
    ask(app, c.VERA, date(2020, 1, 1))
    assert everybody(app) == set()


def test_a_limited_guardian_is_a_stranger_here_too(kukarino: str, app: psycopg.Connection) -> None:  # noqa: F811
    with psycopg.connect(kukarino) as admin:
        admin.execute(
            f"INSERT INTO {SCHEMA}.grant_limit VALUES (%s, %s, %s, NULL, 1)".encode(),
            (c.PETYA, c.OLGA, DAY),
        )
    ask(app, c.OLGA)
    assert everybody(app) == set()


def test_the_wall_stands_after_a_rebuild(kukarino: str, app: psycopg.Connection) -> None:  # noqa: F811
    with psycopg.connect(kukarino, autocommit=True) as admin:
        rebuild(admin, SCHEMA, ["directory_v1", "diary_v1", "trail_v1", "consents_v1"])
    ask(app, c.OLGA)
    assert everybody(app) == {c.PETYA}
    for table in ("diary_mark", "trail_v1", "consent_given"):
        assert app.execute(
            "SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", (f"{SCHEMA}.{table}",)
        ).fetchone() == (True,)


def test_the_asker_reads_and_cannot_write(app: psycopg.Connection) -> None:
    ask(app, c.VERA)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f"DELETE FROM {SCHEMA}.directory_person".encode())


@pytest.mark.parametrize("table", ["account", "session", "api_token", "second_factor"])
def test_what_is_the_programs_own_is_not_the_askers(app: psycopg.Connection, table: str) -> None:
    ask(app, c.VERA)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f"SELECT FROM {SCHEMA}.{table}".encode())


def test_the_asker_becomes_nobody_else(app: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f"SET ROLE {OWNER}".encode())
