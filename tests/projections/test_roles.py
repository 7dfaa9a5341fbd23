"""The database refuses as well: what each role may do to the log, and what nobody may."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from projections.postgres.database import APP, LOGIN_ROLES, PROJECTOR, READER, WRITER, conninfo
from projections.postgres.migrations import UnknownLog, add_school, migrate, schools
from tests.conftest import SECRET

ONE_FACT = (
    "SELECT school_one.append_any(ARRAY[gen_random_uuid()], ARRAY[1], ARRAY['test.happened'],"
    " ARRAY['{}'::bytea])"
)


@pytest.fixture
def url(blank: str) -> str:
    """A database with two schools and one fact in the first."""
    for slug in ("one", "two"):
        add_school(blank, SECRET, slug, "Школа", "Europe/Moscow", str(uuid4()))
    with psycopg.connect(conninfo(blank, WRITER, SECRET), autocommit=True) as writer:
        writer.execute(ONE_FACT)
    return blank


def attempt(url: str, role: str, statement: str) -> None:
    with psycopg.connect(conninfo(url, role, SECRET), autocommit=True) as conn:
        conn.execute(statement.encode())


FORBIDDEN = (
    "UPDATE school_one.facts SET topic = 'other'",
    "DELETE FROM school_one.facts",
    "TRUNCATE school_one.facts",
    "INSERT INTO school_one.facts VALUES (gen_random_uuid(), 1, 2, 'x', '{}')",
    "ALTER TABLE school_one.facts DISABLE TRIGGER ALL",
    "DROP TABLE school_one.facts",
    "UPDATE school_one.head SET last = 0",
    "DELETE FROM school_one.request",
    "SET session_replication_role = replica",
)


@pytest.mark.parametrize("role", LOGIN_ROLES)
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_no_role_of_the_program_may_rewrite_the_log(url: str, role: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        attempt(url, role, statement)


@pytest.mark.parametrize("statement", FORBIDDEN[:3])
@pytest.mark.parametrize("mode", ["origin", "replica"])
def test_triggers_stop_the_superuser_too(url: str, statement: str, mode: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"SET session_replication_role = {mode}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="facts are for ever"):
            conn.execute(statement.encode())


def test_the_head_never_goes_back(url: str) -> None:
    with (
        psycopg.connect(url, autocommit=True) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"),
    ):
        conn.execute("UPDATE school_one.head SET last = 0")


def test_the_writer_writes_and_reads_nothing(url: str) -> None:
    attempt(url, WRITER, ONE_FACT)
    for table in ("facts", "payload", "request", "head"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            attempt(url, WRITER, f"SELECT * FROM school_one.{table}")


@pytest.mark.parametrize("role", [READER, APP, PROJECTOR])
def test_readers_cannot_append(url: str, role: str) -> None:
    attempt(url, role, "SELECT * FROM school_one.facts")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        attempt(url, role, ONE_FACT)


def test_only_the_projector_opens_the_vault_whole(url: str) -> None:
    attempt(url, PROJECTOR, "SELECT * FROM school_one.payload")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        attempt(url, READER, "SELECT * FROM school_one.payload")


def test_the_owner_cannot_sign_in(url: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(conninfo(url, "letopis_owner", SECRET))


def test_schools_do_not_touch(url: str) -> None:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT count(*) FROM school_two.facts").fetchone()
    assert row == (0,)


def test_migrating_twice_changes_nothing(url: str) -> None:
    assert migrate(url, SECRET) == []
    assert [school.slug for school in schools(url)] == ["one", "two"]


def test_a_log_of_a_newer_program_is_left_alone(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("INSERT INTO school_one.migration (name) VALUES ('9999_future.sql')")
    with pytest.raises(UnknownLog, match="9999_future"):
        migrate(url, SECRET)
