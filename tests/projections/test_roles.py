"""The database refuses as well: what each role may do to the log, and what nobody may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from projections.postgres.database import (
    APP,
    ASKER,
    LOGIN_ROLES,
    OWNER,
    PROJECTOR,
    READER,
    WRITER,
    conninfo,
)
from projections.postgres.migrations import UnknownLog, add_school, migrate, schools
from tests.conftest import SECRET, admin, clone, url_of
from tests.projections.grants import FOR_EVER, attempts, granted, on_the_table

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


@pytest.fixture(scope="module")
def one_school(server: str, template: str) -> Iterator[str]:
    """A school with a fact and a seal; whatever is tried against it is refused or rolled back."""
    name = f"roles_{uuid4().hex}"
    clone(server, name, template)
    url = url_of(server, name)
    add_school(url, SECRET, "one", "Школа", "Europe/Moscow", str(uuid4()))
    with psycopg.connect(url) as conn:
        conn.execute(ONE_FACT.encode())
        conn.execute("SET search_path = school_one")
        conn.execute(
            "INSERT INTO payload VALUES (gen_random_uuid(), gen_random_uuid(), 'name', '', %s)",
            (b"s" * 16,),
        )
        conn.execute(
            "INSERT INTO access_log (at, act, subject, outcome) VALUES (now(), 'x', '', 'ok')"
        )
        conn.execute("INSERT INTO checkpoint VALUES (1, %s, '', 'asked', now())", (b"r" * 32,))
        conn.execute("INSERT INTO cosignature VALUES (1, 'w', '', now())")
    yield url
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def test_every_grant_is_on_the_table(one_school: str) -> None:
    with psycopg.connect(one_school) as conn:
        found = granted(conn, "school_one")

    assert found == on_the_table(), "a grant is new or gone: say so in tests/projections/grants.py"


def test_the_roles_are_nothing_else(one_school: str) -> None:
    roles = [OWNER, ASKER, *LOGIN_ROLES]
    with psycopg.connect(one_school) as conn:
        special = conn.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolcreaterole"
            " OR rolcreatedb OR rolreplication OR rolbypassrls"
            " OR rolcanlogin = (rolname = ANY (%s)))",
            (roles, [OWNER, ASKER]),
        ).fetchall()
        members = conn.execute(
            "SELECT member::regrole::text, roleid::regrole::text, inherit_option, admin_option"
            " FROM pg_auth_members WHERE member::regrole::text = ANY (%s)",
            (roles,),
        ).fetchall()
        ours = conn.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'letopis%'").fetchall()
        may_set = conn.execute("SELECT parname FROM pg_parameter_acl").fetchall()

    assert (special, may_set) == ([], [])
    assert members == [(APP, ASKER, False, False)]  # it may become less, and nothing more
    assert {name for (name,) in ours} == set(roles)


@pytest.mark.parametrize("role", LOGIN_ROLES)
def test_no_role_of_the_program_may_rewrite_the_log(one_school: str, role: str) -> None:
    with psycopg.connect(one_school) as conn:
        tried = list(attempts(conn, "school_one"))
    with psycopg.connect(conninfo(one_school, role, SECRET)) as conn:
        refused = {one.statement: refuses(conn, one.statement) for one in tried}

    assert len(tried) > 700
    let_through = {one.statement for one in tried if not refused[one.statement]}
    assert let_through == {one.statement for one in tried if one.allowed(role)}
    with psycopg.connect(one_school) as conn:
        assert granted(conn, "school_one") == on_the_table()


def refuses(conn: psycopg.Connection[Any], statement: str) -> bool:
    """The role lacks the privilege; whatever else happens is rolled back."""
    try:
        with conn.transaction(force_rollback=True):
            if statement.startswith("COPY") and statement.endswith("STDIN"):
                with conn.cursor().copy(statement.encode()):
                    pass
            else:
                conn.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return True
    except psycopg.errors.IntegrityError:
        return False  # a row of defaults lacks something
    except psycopg.errors.FeatureNotSupported:
        return False  # COPY where rows have a wall: the right is there, INSERT is the way
    return statement.startswith("GRANT ALL ON ")  # a warning, nothing granted: compared below


@pytest.mark.parametrize(
    ("table", "act"), [(table, act) for table, acts in FOR_EVER.items() for act in sorted(acts)]
)
@pytest.mark.parametrize("mode", ["origin", "replica"])
def test_triggers_stop_the_superuser_too(one_school: str, table: str, act: str, mode: str) -> None:
    with psycopg.connect(one_school, autocommit=True) as conn:
        conn.execute("SET search_path = school_one")
        row = conn.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 2",
            (table,),
        ).fetchone()
        assert row is not None
        conn.execute(f"SET session_replication_role = {mode}".encode())
        statement = {
            "UPDATE": f"UPDATE {table} SET {row[0]} = {row[0]}",
            "DELETE": f"DELETE FROM {table}",
            "TRUNCATE": f"TRUNCATE {table} CASCADE",
        }[act]
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="facts are for ever"):
            conn.execute(statement.encode())


def test_the_writer_cannot_slip_a_table_of_its_own_under_the_door(url: str) -> None:
    """A temporary `head` with a trigger would be carried out with the owner's rights."""
    rob = (
        "CREATE FUNCTION pg_temp.rob() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " ALTER TABLE school_one.facts DISABLE TRIGGER ALL; DELETE FROM school_one.facts;"
        " RETURN NEW; END $$"
    )
    with psycopg.connect(conninfo(url, WRITER, SECRET), autocommit=True) as writer:
        for statement in (
            "CREATE TEMPORARY TABLE head (one boolean, last bigint, at timestamptz)",
            "INSERT INTO pg_temp.head VALUES (true, 1, now())",
            rob,
            "CREATE TRIGGER rob BEFORE UPDATE ON head FOR EACH ROW EXECUTE FUNCTION pg_temp.rob()",
            "GRANT ALL ON pg_temp.head TO PUBLIC",
            ONE_FACT,
        ):
            writer.execute(statement.encode())

    with psycopg.connect(url) as conn:
        found = conn.execute("SELECT notification_id FROM school_one.facts ORDER BY 1").fetchall()
    assert found == [(1,), (2,)]


def test_functions_with_the_owners_rights_look_nowhere_else(one_school: str) -> None:
    with psycopg.connect(one_school) as conn:
        found = conn.execute(
            "SELECT proname, proconfig FROM pg_proc WHERE prosecdef"
            " AND pronamespace = 'school_one'::regnamespace"
        ).fetchall()

    assert len(found) >= 5
    for name, settings in found:
        assert settings == ["search_path=school_one, pg_temp"], name


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
