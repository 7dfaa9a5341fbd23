"""Which regulation was in force when: every adoption of a school year, read from the log itself.

A few facts a year, and the page that has just adopted one must not lag behind it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from domain.codec import recorded
from domain.office.facts import RegulationAdopted, YearOpened
from domain.regulation import Regulation
from projections.names import shown
from projections.sql import row, rows

Conn = AsyncConnection[Any]
TOPICS = [YearOpened.TOPIC, RegulationAdopted.TOPIC]


class Adopted(msgspec.Struct, frozen=True):
    """A regulation from a place of the log on.

    order_no: None for the one the year was opened with. by: a name, "" for the command line.
    """

    position: int
    at: datetime
    by: str
    order_no: str | None
    regulation: Regulation


async def history(conn: Conn, schema: str, year: int) -> list[Adopted]:
    """Every regulation of a year, the first one first; none when the year is not opened."""
    office = await row(
        conn, schema, "SELECT office_id FROM {s}.directory_year WHERE year = %s", year
    )
    return [] if office is None else await _adopted(conn, schema, office[0])


async def _adopted(conn: Conn, schema: str, office_id: UUID) -> list[Adopted]:
    found = [
        (position, recorded(stream, version, topic, state))
        for position, stream, version, topic, state in await rows(
            conn,
            schema,
            "SELECT notification_id, originator_id, originator_version, topic, state"
            " FROM {s}.facts WHERE originator_id = %s AND topic = ANY (%s)"
            " ORDER BY originator_version",
            office_id,
            TOPICS,
        )
    ]
    names: dict[str, str] = dict(
        await rows(
            conn,
            schema,
            "SELECT person_id::text, full_name FROM {s}.directory_person"
            " WHERE person_id = ANY (%s::uuid[])",
            sorted({one.envelope.by for _, one in found}),
        )
    )
    adopted = []
    for position, one in found:
        fact, by = one.fact, names.get(one.envelope.by)
        assert isinstance(fact, YearOpened | RegulationAdopted)  # noqa: S101 - `TOPICS` says so
        order_no = fact.order_no if isinstance(fact, RegulationAdopted) else None
        adopted.append(
            Adopted(
                position,
                one.envelope.at,
                "" if by is None else shown(by),
                order_no,
                fact.regulation,
            )
        )
    return adopted
