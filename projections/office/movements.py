"""Reading the movements of pupils."""

from __future__ import annotations

from typing import Any, LiteralString

from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import rows

Conn = AsyncConnection[Any]

_MOVEMENTS: LiteralString = """
    SELECT m.position, m.kind, m.on_day, m.class_id::text, c.name, m.pupil_id::text, p.full_name,
        m.order_no, m.order_date, m.other_class::text, o.name, v.body, m.at
    FROM {s}.office_movement m
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_class o ON o.class_id = m.other_class
    LEFT JOIN {s}.directory_person p ON p.person_id = m.pupil_id
    LEFT JOIN {s}.payload v ON v.id = m.place_id
    WHERE (%(year)s::integer IS NULL OR c.year = %(year)s)
        AND (%(class)s::uuid IS NULL OR m.class_id = %(class)s)
        AND (%(pupil)s::uuid IS NULL OR m.pupil_id = %(pupil)s)
    ORDER BY m.on_day DESC, m.position DESC LIMIT %(limit)s
"""
LIMIT = 500


async def movements(
    conn: Conn,
    schema: str,
    *,
    year: int | None = None,
    class_id: str | None = None,
    pupil_id: str | None = None,
) -> list[dict[str, Any]]:
    """`[{position, kind, date, class{class_id, name}, pupil_id, name, order_no, order_date,
    other_class{class_id, name}, place, recorded_at}]`, the newest first, at most 500.

    kind: `arrived` or `departed`; date: the first day with the pupil, or without. `other_class` of
    a transfer, else `place`: where from or where to, "" once erased, None when not said.
    """
    ask = {"year": year, "class": class_id, "pupil": pupil_id, "limit": LIMIT}
    return [
        {
            "position": position,
            "kind": kind,
            "date": day.isoformat(),
            "class": {"class_id": of_class, "name": class_name},
            "pupil_id": pupil,
            "name": shown(name),
            "order_no": order_no,
            "order_date": order_date and order_date.isoformat(),
            "other_class": other and {"class_id": other, "name": other_name},
            "place": place,
            "recorded_at": at.isoformat(),
        }
        for (
            position,
            kind,
            day,
            of_class,
            class_name,
            pupil,
            name,
            order_no,
            order_date,
            other,
            other_name,
            place,
            at,
        ) in await rows(conn, schema, _MOVEMENTS, **ask)
    ]
