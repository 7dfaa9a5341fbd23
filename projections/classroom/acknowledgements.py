"""Reading which weeks of the diary were signed as read, by whom and in which state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date
from typing import Any

from psycopg import AsyncConnection

from domain.journal.absences import SUNDAY
from projections.names import shown
from projections.sql import STILL, rows

Conn = AsyncConnection[Any]

_OF_WEEK = """
    SELECT a.guardian_id::text, p.full_name, a.at, a.position
    FROM {s}.classroom_acknowledgement a
    LEFT JOIN {s}.directory_person p ON p.person_id = a.guardian_id
    WHERE a.pupil_id = %s AND a.monday = %s ORDER BY a.at, a.guardian_id
"""
_ROSTER = """
    SELECT r.pupil_id::text, p.full_name
    FROM {s}.register_roster r LEFT JOIN {s}.directory_person p ON p.person_id = r.pupil_id
    WHERE r.class_id = %s AND r.valid_to = %s AND r.since <= %s
        AND (r.until IS NULL OR %s < r.until)
    GROUP BY r.pupil_id, p.full_name ORDER BY max(p.sort_key), r.pupil_id
"""
_SIGNED = """
    SELECT a.pupil_id::text, a.monday, p.full_name, a.at
    FROM {s}.classroom_acknowledgement a
    LEFT JOIN {s}.directory_person p ON p.person_id = a.guardian_id
    WHERE a.class_id = %s AND a.monday = ANY (%s) ORDER BY a.at
"""


async def acknowledged(
    conn: Conn, schema: str, pupil_id: str, monday: date
) -> list[dict[str, Any]]:
    """`[{guardian_id, by, at, position}]`: who has signed a week, the earliest first."""
    return [
        {
            "guardian_id": guardian_id,
            "by": shown(name),
            "at": at.astimezone(UTC).isoformat(),
            "position": position,
        }
        for guardian_id, name, at, position in await rows(conn, schema, _OF_WEEK, pupil_id, monday)
    ]


async def acknowledged_in(
    conn: Conn, schema: str, class_id: str, mondays: Sequence[date]
) -> list[dict[str, Any]]:
    """`[{pupil_id, name, weeks{monday: [{by, at}]}}]` of the pupils of a class in the last of the
    weeks, in the order of the list.
    """
    last = max(mondays)
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for pupil_id, monday, name, at in await rows(conn, schema, _SIGNED, class_id, list(mondays)):
        week = found.setdefault(pupil_id, {}).setdefault(monday.isoformat(), [])
        week.append({"by": shown(name), "at": at.astimezone(UTC).isoformat()})
    return [
        {"pupil_id": pupil_id, "name": shown(name), "weeks": found.get(pupil_id, {})}
        for pupil_id, name in await rows(
            conn, schema, _ROSTER, class_id, STILL, last + SUNDAY, last
        )
    ]
