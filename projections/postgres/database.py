"""One database, many roles: every connection is made for what it has to do, and no more.

`letopis_owner` owns everything and cannot sign in; `letopis_writer` may call the write door and
nothing else; `letopis_reader` reads; `letopis_app` keeps accounts and sessions and reads
projections, those about people as `letopis_asker`, which sees what the asker may know;
`letopis_projector` writes projections; `letopis_sealer` adds checkpoints. Passwords
are derived from the one secret.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from projections.postgres.settings import role_password

OWNER = "letopis_owner"
WRITER = "letopis_writer"
READER = "letopis_reader"
APP = "letopis_app"
PROJECTOR = "letopis_projector"
SEALER = "letopis_sealer"
ASKER = "letopis_asker"  # the application takes it on for a transaction; cannot sign in
#: How long a start waits for the database.
OPENED_WITHIN_S = 30.0
#: A pool whose database is away asks again and again, at most so many seconds apart: psycopg's own
#: pauses grow to minutes, and a database that is back would not be noticed.
RECONNECT_S = 4.0
LOGIN_ROLES = (WRITER, READER, APP, PROJECTOR, SEALER)


def conninfo(admin: str, role: str, secret: str) -> str:
    """Connection string of a role: the administrator's host, port and database."""
    parts = conninfo_to_dict(admin)
    parts |= {
        "user": role,
        "password": role_password(secret, role),
        "application_name": role.replace("_", " "),
    }
    return make_conninfo("", **parts)


def schema_of(slug: str) -> str:
    """The schema of a school."""
    return f"school_{slug}"


def open_pool(
    conninfo: str, *, min_size: int = 1, max_size: int, timeout_s: float = OPENED_WITHIN_S
) -> ConnectionPool[psycopg.Connection[Any]]:
    """A pool of autocommit connections, opened; `timeout_s` to wait for a free one."""
    pool = ConnectionPool(
        conninfo,
        min_size=min_size,
        max_size=max_size,
        timeout=timeout_s,
        reconnect_timeout=RECONNECT_S,
        kwargs={"autocommit": True},
        open=False,
    )
    pool.open(wait=True, timeout=OPENED_WITHIN_S)
    return pool
