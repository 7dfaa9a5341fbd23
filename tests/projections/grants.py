"""Who may do what in the database: one table, and every attempt that follows from the catalogue.

A new grant, table, function or role is found in pg_catalog and must be on the table here, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg

from projections.postgres.database import (
    APP,
    ASKER,
    LOGIN_ROLES,
    OWNER,
    PROJECTOR,
    READER,
    SEALER,
    WRITER,
)
from tests.write_door.ledger import PROJECTED

#: What the projector keeps for itself.
INNER = {
    *("diary_year", "diary_person", "diary_class", "diary_week", "diary_text"),
    *("trail_year", "trail_class", "trail_lesson"),
    *("compliance_year", "compliance_class"),
}
SHOWN = PROJECTED - INNER
FACTORS = {"second_factor", "recovery_code", "api_token", "calendar_link", "person_copy"}
IDENTITIES = {"identity", "provider_flow"}
SEALS = {"checkpoint", "cosignature"}
JOBS = {"job", "job_run", "backup", "reminder", "forecast_fit", "report_run"}
TICKS = {"homework_tick", "seat"}
WEBHOOKS = {"webhook", "webhook_delivery", "import_column"}
NOTICES = {
    *("notice", "notice_progress", "notice_choice", "notice_hours", "mail_address"),
    "push_device",
}

#: role → privilege → objects of a school's schema (`public.school`: the registry).
ALLOWED: dict[str, dict[str, set[str]]] = {
    "PUBLIC": {},
    WRITER: {
        "USAGE": {"schema"},
        "EXECUTE": {"append", "append_any", "hold", "take_snapshot", "prune_requests"},
        "SELECT": {"public.school"},
    },
    READER: {
        "USAGE": {"schema"},
        "SELECT": {
            *("public.school", "facts", "head", "request", "minted", "snapshot", "access_log"),
            *("uptime", "trouble"),
            *SHOWN,
            *SEALS,
        },
    },
    APP: {
        "USAGE": {"schema"},
        "EXECUTE": {"sign_in_address"},
        "SELECT": {
            *("public.school", "facts", "head", "trouble"),
            *("payload.id", "payload.subject", "payload.kind", "payload.body"),
            *("account", "session", "sign_in_failure", "access_log", "uptime"),
            *FACTORS,
            *IDENTITIES,
            *SHOWN,
            *SEALS,
            *JOBS,
            *NOTICES,
            *WEBHOOKS,
            *TICKS,
        },
        "INSERT": {
            *("account", "session", "sign_in_failure", "access_log", "uptime"),
            *FACTORS,
            *IDENTITIES,
            *JOBS,
            *NOTICES,
            *WEBHOOKS,
            *TICKS,
        },
        "UPDATE": {
            "account",
            "session",
            "sign_in_failure",
            "uptime",
            *FACTORS,
            *JOBS,
            *NOTICES,
            *WEBHOOKS,
        },
        "DELETE": {
            "account",
            "session",
            "sign_in_failure",
            *FACTORS,
            *IDENTITIES,
            *JOBS,
            *NOTICES,
            *WEBHOOKS,
            *TICKS,
        },
    },
    ASKER: {
        "USAGE": {"schema"},
        "EXECUTE": {
            *("asker", "asking_day", "asker_is_office", "asker_classes", "asker_family"),
            *("asker_opened", "asker_positions", "asker_people"),
            *("asker_talks", "asker_words", "asker_partners", "asker_keeps_register"),
            *("asker_attended", "asker_has_file"),
            "sign_in_address",
        },
        "SELECT": {
            *("facts", "head", "access_log", "uptime", "trouble"),
            *("payload.id", "payload.subject", "payload.kind", "payload.body"),
            *SHOWN,
            *SEALS,
            *JOBS,
            "notice",
            *TICKS,
        },
    },
    PROJECTOR: {
        "USAGE": {"schema"},
        "SELECT": {
            *("public.school", "facts", "head", "payload", "access_log", "trouble"),
            *PROJECTED,
            *SEALS,
        },
        "INSERT": {*PROJECTED, "trouble"},
        "UPDATE": {*PROJECTED, "trouble"},
        "DELETE": {*PROJECTED, "trouble"},
    },
    SEALER: {
        "USAGE": {"schema"},
        "SELECT": {
            *("public.school", "head", "bookmark", "tree_tile", "audit_key", "trouble"),
            *SEALS,
        },
        "INSERT": {*SEALS, "trouble"},
        "UPDATE": {"trouble"},
        "DELETE": {"trouble"},
    },
}

#: What triggers refuse to everybody, the owner and a superuser in replica mode too.
FOR_EVER = {
    "facts": {"UPDATE", "DELETE", "TRUNCATE"},
    "head": {"DELETE", "TRUNCATE"},  # and it only grows
    "payload": {"UPDATE", "TRUNCATE"},
    "access_log": {"UPDATE", "DELETE", "TRUNCATE"},
    "checkpoint": {"UPDATE", "DELETE", "TRUNCATE"},
    "cosignature": {"UPDATE", "DELETE", "TRUNCATE"},
}

_GRANTED = """
    WITH objects (name, acl, owner) AS (
        SELECT 'schema', coalesce(nspacl, acldefault('n', nspowner)), nspowner
        FROM pg_namespace WHERE nspname = %(schema)s
        UNION ALL
        SELECT CASE nspname WHEN 'public' THEN 'public.' ELSE '' END || relname,
            coalesce(relacl, acldefault(kind.of, relowner)), relowner
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        CROSS JOIN LATERAL (SELECT CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char") kind (of)
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND nspname IN (%(schema)s, 'public')
        UNION ALL
        SELECT relname || '.' || attname, attacl, relowner
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
        JOIN pg_namespace n ON n.oid = relnamespace
        WHERE attacl IS NOT NULL AND nspname = %(schema)s
        UNION ALL
        SELECT proname, coalesce(proacl, acldefault('f', proowner)), proowner
        FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
        WHERE nspname = %(schema)s
    )
    SELECT coalesce(r.rolname, 'PUBLIC'), a.privilege_type, name, owner::regrole::text,
        a.is_grantable
    FROM objects CROSS JOIN LATERAL aclexplode(acl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
    WHERE a.grantee <> owner
"""
_OWNERS = """
    SELECT DISTINCT owner::regrole::text FROM (
        SELECT relowner FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = %(schema)s
        UNION SELECT proowner FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
        WHERE nspname = %(schema)s
        UNION SELECT nspowner FROM pg_namespace WHERE nspname = %(schema)s
    ) o (owner)
"""


Grants = set[tuple[str, str, str]]  # role, privilege, object


def on_the_table() -> Grants:
    """`ALLOWED`, line by line."""
    return {
        (role, privilege, name)
        for role, privileges in ALLOWED.items()
        for privilege, names in privileges.items()
        for name in names
    }


def granted(conn: psycopg.Connection[Any], schema: str) -> Grants:
    """What the catalogue grants. Everything belongs to the owner, and nobody may pass it on."""
    found: Grants = set()
    for role, privilege, name, owner, again in conn.execute(_GRANTED, {"schema": schema}):
        assert owner == OWNER, name
        assert not again, f"{role} may grant {privilege} on {name}"
        found.add((role, privilege, name))
    assert conn.execute(_OWNERS, {"schema": schema}).fetchall() == [(OWNER,)]
    return found


class Attempt(NamedTuple):
    """A statement, and the privilege on an object without which it must be refused."""

    statement: str
    privilege: str = ""
    name: str = ""

    def allowed(self, role: str) -> bool:
        """It is on the table."""
        return self.name in ALLOWED[role].get(self.privilege, ())


def attempts(conn: psycopg.Connection[Any], schema: str) -> Iterator[Attempt]:
    """Everything that could be tried against the objects that are there."""
    yield from map(Attempt, _AGAINST_ALL)
    yield from (Attempt(text.format(s=schema)) for text in _AGAINST_THE_SCHEMA)
    for name, kind, column in conn.execute(_RELATIONS, (schema,)).fetchall():
        for text, privilege in _AGAINST[kind].items():
            statement = text.format(s=schema, t=f"{schema}.{name}", c=column)
            yield Attempt(statement, privilege, name)
    for name, table in conn.execute(_TRIGGERS, (schema,)).fetchall():
        for text in _AGAINST_A_TRIGGER:
            yield Attempt(text.format(name=name, table=table))
    for name, text in conn.execute(_FUNCTIONS, (schema,)).fetchall():
        yield Attempt(text)
        for text_ in _AGAINST_A_FUNCTION:
            yield Attempt(text_.format(name=name))


_RELATIONS = """
    SELECT relname, relkind::text, (
        SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0
        AND attidentity = '' ORDER BY attnum LIMIT 1
    ) FROM pg_class c WHERE relnamespace = %s::regnamespace
"""
_TRIGGERS = """
    SELECT tgname, tgrelid::regclass::text FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    WHERE relnamespace = %s::regnamespace AND NOT tgisinternal
"""
_FUNCTIONS = """
    SELECT oid::regprocedure::text, pg_get_functiondef(oid)
    FROM pg_proc WHERE pronamespace = %s::regnamespace
"""
#: by kind of relation: statement → the privilege that lets it through ("" none does)
_AGAINST = {
    "r": {
        "UPDATE {t} SET {c} = {c} WHERE false": "UPDATE",
        "DELETE FROM {t} WHERE false": "DELETE",
        "INSERT INTO {t} DEFAULT VALUES": "INSERT",
        "COPY {t} FROM STDIN": "INSERT",
        "TRUNCATE {t}": "",
        "DROP TABLE {t}": "",
        "ALTER TABLE {t} ADD COLUMN strange int": "",
        "ALTER TABLE {t} RENAME TO strange": "",
        "ALTER TABLE {t} OWNER TO CURRENT_USER": "",
        "ALTER TABLE {t} DISABLE TRIGGER ALL": "",
        "ALTER TABLE {t} ENABLE ROW LEVEL SECURITY": "",
        "CREATE INDEX ON {t} ({c})": "",
        "CREATE RULE strange AS ON UPDATE TO {t} DO INSTEAD NOTHING": "",
        "CREATE TRIGGER strange BEFORE INSERT ON {t} EXECUTE FUNCTION {s}.facts_are_for_ever()": "",
        f"GRANT ALL ON {{t}} TO {APP} WITH GRANT OPTION": "GRANT",  # without a right: a warning
    },
    "i": {"DROP INDEX {t}": "", "ALTER INDEX {t} RENAME TO strange": ""},
    "S": {
        "DROP SEQUENCE {t}": "",
        "ALTER SEQUENCE {t} RESTART": "",
        "SELECT setval('{t}', 1)": "",
    },
}
_AGAINST_A_TRIGGER = (
    "DROP TRIGGER {name} ON {table}",
    "ALTER TRIGGER {name} ON {table} RENAME TO strange",
    "ALTER TABLE {table} DISABLE TRIGGER {name}",
    "ALTER TABLE {table} ENABLE REPLICA TRIGGER {name}",
)
_AGAINST_A_FUNCTION = (
    "DROP FUNCTION {name}",
    "ALTER FUNCTION {name} RENAME TO strange",
    "ALTER FUNCTION {name} RESET ALL",
    f"ALTER FUNCTION {{name}} OWNER TO {APP}",
)
_AGAINST_THE_SCHEMA = (
    "DROP SCHEMA {s} CASCADE",
    "ALTER SCHEMA {s} RENAME TO strange",
    "CREATE TABLE {s}.strange (n int)",
    "CREATE VIEW {s}.strange AS SELECT 1",
    "CREATE FUNCTION {s}.strange() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "UPDATE public.school SET name = name",
    "DELETE FROM public.school",
    "TRUNCATE public.school",
    "DROP TABLE public.school",
)
_AGAINST_ALL = (
    "SET session_replication_role = replica",
    f"SET ROLE {OWNER}",
    f"SET SESSION AUTHORIZATION {OWNER}",
    f"GRANT {OWNER} TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    f"ALTER ROLE {OWNER} LOGIN",
    "CREATE ROLE strange",
    "CREATE SCHEMA strange",
    "CREATE TABLE public.strange (n int)",
    "CREATE EVENT TRIGGER strange ON sql_drop EXECUTE FUNCTION pg_catalog.lower()",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/strange'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('/etc/hostname')",
    *(f"SET ROLE {role}" for role in ("pg_write_all_data", "pg_execute_server_program")),
    *(f"ALTER ROLE {role} SUPERUSER" for role in LOGIN_ROLES),
)
