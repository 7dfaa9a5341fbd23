"""PostgreSQL's own programs, as they come along: pg_basebackup, pg_dump and their kin."""

from __future__ import annotations

import os
import subprocess

from psycopg.conninfo import conninfo_to_dict

from projections.postgres.account import ServerError
from projections.postgres.cluster import client_programs

_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
_PLAIN = {"PATH": os.defpath, "LC_MESSAGES": "C"}


def way_to(admin: str) -> dict[str, str]:
    """The environment of a program that connects; a password is seen in no list of processes."""
    given = conninfo_to_dict(admin)
    return _PLAIN | {
        variable: str(given[name]) for name, variable in _VARIABLES.items() if given.get(name)
    }


def run(program: str, *words: str, environment: dict[str, str] | None = None) -> None:
    """Run it to its end. Raises ServerError with what it says."""
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no shell
        [str(client_programs() / program), *words],
        env=environment or _PLAIN,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServerError(f"{program}: {done.stderr.strip() or done.stdout.strip()}")
