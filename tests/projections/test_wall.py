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
from tests.conftest import SECRET, admin, clone, url_of

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


# -- what came after the wall (0051) ---------------------------------------------------------------

STRANGER = c.an_id("somebody of 7б")
_PUPIL = {
    "classroom_reason": "%(id)s, {pupil}, {klass}, 'ILL', NULL, now(), %(anna)s",
    "classroom_notice": "%(id)s, {klass}, {pupil}, %(day)s, %(day)s, 'ILL', NULL, now(), %(anna)s",
    "classroom_comment": (
        "%(id)s, {klass}, {pupil}, %(anna)s, %(anna)s, now(), now(), %(anna)s, false"
    ),
    "classroom_defence": (
        "%(id)s, {klass}, {pupil}, 'project', '5', %(day)s, %(anna)s, %(anna)s, '', '', now(),"
        " %(anna)s, false"
    ),
    "classroom_level": "{klass}, {pupil}, 'high', now(), false",
    "classroom_result": "%(id)s, {pupil}, 'high', 1, false",
    "office_movement": (
        "{klass}, {pupil}, 'arrived', %(day)s, '1', NULL, NULL, NULL, now(), {position}"
    ),
    "result_debt": "%(id)s, {klass}, %(anna)s, {pupil}, %(anna)s, %(day)s, false",
}
_OTHERS = {
    "classroom_week": "%(class)s, %(day)s, 1, 0, now(), %(anna)s",
    "talk": (
        "%(talk)s, %(olga)s, %(tanya)s, %(petya)s, %(olga)s, now(), NULL, now(), %(olga)s, NULL,"
        " NULL"
    ),
    "talk_word": "1, %(talk)s, now(), %(olga)s, %(word)s",
    "ledger_training": "%(talk)s, %(talk)s, %(day)s, '', ARRAY[%(anna)s::uuid], now(), %(vera)s",
    "ledger_away": "%(talk)s, %(talk)s, %(anna)s, %(day)s, %(day)s, 'ILL', NULL, now(), %(vera)s",
    "ledger_service": (
        "%(talk)s, %(talk)s, 1, %(petya)s, NULL, 'paper', %(day)s, %(day)s, %(talk)s, NULL, NULL,"
        " NULL, NULL"
    ),
    "seat": "%(anna)s, %(class)s, %(petya)s, 1, 1, 1, now()",
    "reminder": "%(talk)s, %(anna)s, 'k', 'k', ARRAY['a'], '/', now(), now(), NULL",
    "report_run": (
        "%(talk)s, 'letter', 'pdf', '', '{}', NULL, %(anna)s, now(), 'asked', 0, NULL, NULL, NULL,"
        " '', NULL"
    ),
}


@pytest.fixture(scope="module")
def filled(server: str, school_template: str) -> Iterator[psycopg.Connection]:  # noqa: F811
    """A row of Petya's and one of a stranger's in each table; one of each other kind."""
    name = "test_wall_filled"
    clone(server, name, school_template)
    ids = {"class": c.CLASS_7A, "anna": c.ANNA, "olga": c.OLGA, "tanya": c.TANYA, "vera": c.VERA}
    ids |= {"petya": c.PETYA, "talk": c.an_id("talk"), "word": c.an_id("word")}
    with psycopg.connect(url_of(server, name), autocommit=True) as admin_:

        def insert(table: str, values: str, **more: str) -> None:
            text = f"INSERT INTO {SCHEMA}.{table} VALUES ({values})"
            admin_.execute(text.encode(), ids | {"day": DAY} | more)

        for table, values in _PUPIL.items():
            admin_.execute(f"DELETE FROM {SCHEMA}.{table}".encode())
            for position, (pupil, of) in enumerate(((c.PETYA, c.CLASS_7A), (STRANGER, c.CLASS_7B))):
                line = values.format(pupil="%(pupil)s", klass="%(of)s", position=900_000 + position)
                insert(table, line, pupil=pupil, of=of, id=c.an_id(f"{table}/{pupil}"))
        for table, values in _OTHERS.items():
            insert(table, values)
        insert("payload", "%(word)s, %(olga)s, 'talk', 'Слово', decode(repeat('00', 16), 'hex')")
    with psycopg.connect(conninfo(url_of(server, name), APP, SECRET)) as conn:
        yield conn
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def count(conn: psycopg.Connection, person: str, table: str) -> int:
    """Rows of a table as somebody sees them who has forgotten every WHERE."""
    conn.rollback()
    ask(conn, person)
    found = conn.execute(f"SELECT count(*) FROM {SCHEMA}.{table}".encode()).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("table", _PUPIL)
def test_rows_of_pupils_are_seen_by_family_teachers_and_office(
    filled: psycopg.Connection, table: str
) -> None:
    seen = {who: count(filled, who, table) for who in (c.OLGA, c.ANNA, c.VERA, c.IGOR, c.ZOYA)}
    assert seen == {c.OLGA: 1, c.ANNA: 1, c.VERA: 2, c.IGOR: seen[c.IGOR], c.ZOYA: 0}
    assert seen[c.IGOR] == (1 if table == "classroom_result" else 2)  # 7б has no list of pupils


@pytest.mark.parametrize(
    ("table", "seers"),
    [
        ("classroom_week", {c.ANNA, c.KIRA, c.VERA, c.DINA, c.ALLA, c.SVETA, c.IGOR}),
        ("talk", {c.OLGA, c.TANYA}),
        ("talk_word", {c.OLGA, c.TANYA}),
        ("ledger_training", {c.ANNA, c.VERA, c.DINA, c.ALLA, c.SVETA}),
        ("ledger_service", {c.DINA, c.ALLA, c.SVETA}),
        ("ledger_away", {c.ANNA, c.VERA, c.DINA, c.ALLA, c.SVETA}),
        ("reminder", {c.ANNA}),
        ("seat", {c.ANNA}),
        ("report_run", {c.ANNA, c.VERA, c.DINA, c.ALLA, c.SVETA}),
    ],
)
def test_what_is_of_some_is_seen_by_them_alone(
    filled: psycopg.Connection, table: str, seers: set[str]
) -> None:
    everyone = {c.ANNA, c.KIRA, c.TANYA, c.VERA, c.DINA, c.ALLA, c.SVETA, c.IGOR, c.OLGA, c.ZOYA}
    assert {who for who in everyone if count(filled, who, table)} == seers


def test_who_once_spoke_about_a_child_may_read_on_and_knows_nothing_else_of_it(
    filled: psycopg.Connection,
) -> None:
    """Tanya teaches nobody."""
    ask(filled, c.TANYA)
    assert everybody(filled) == {c.PETYA}
    assert everybody(filled, "guardian") == {c.OLGA}
    assert texts(filled) <= {c.OLGA, c.TANYA}
    assert c.OLGA in texts(filled)
    assert count(filled, c.TANYA, "classroom_comment") == 0
    assert count(filled, c.TANYA, "diary_mark") == 0
