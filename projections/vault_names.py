"""Full names out of the vault itself, for those who must not wait for a projection.

An import matches pupils by name: a projection that lags behind the log would make doubles.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from domain.people.facts import Name

_decode = msgspec.json.Decoder(Name).decode


def vault_names(conn: Connection[Any], schema: str, person_ids: Collection[str]) -> dict[str, Name]:
    """Names by person id, as letopis_projector; a person whose name was erased is left out."""
    statement = SQL(
        "SELECT subject::text, body FROM {s}.payload"
        " WHERE kind = 'name' AND subject = ANY (%s::uuid[])"
    ).format(s=Identifier(schema))
    with conn.cursor(row_factory=tuple_row) as curs:
        rows = curs.execute(statement, ([*map(str, person_ids)],), prepare=False).fetchall()
    return {person_id: _decode(body) for person_id, body in rows}
