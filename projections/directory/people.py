"""People, roles, families and consents: what an access decision asks. Days are school days.

Every reader takes a connection as letopis_app (or letopis_reader) and the schema of the school.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, LiteralString

from psycopg import AsyncConnection

from domain.values import Role
from projections.directory.vocabulary import FIRST_MONTH
from projections.names import shown
from projections.sql import row, rows

Conn = AsyncConnection[Any]

#: No document keeps the guardian `g` away from the pupil that day.
_NOT_LIMITED: LiteralString = """
    AND NOT EXISTS (SELECT 1 FROM {s}.grant_limit x
        WHERE x.pupil_id = g.pupil_id AND x.guardian_id = g.guardian_id
        AND x.since <= %(day)s AND (x.until IS NULL OR %(day)s < x.until))
"""

_CHILDREN: LiteralString = """
    SELECT g.pupil_id::text, p.full_name, c.class_id::text, c.name
    FROM {s}.directory_guardian g
    JOIN {s}.directory_person p ON p.person_id = g.pupil_id
    LEFT JOIN LATERAL (
        SELECT e.class_id FROM {s}.directory_enrolment e
        WHERE e.pupil_id = g.pupil_id AND e.since <= %(day)s
            AND (e.until IS NULL OR %(day)s < e.until)
        ORDER BY e.since DESC, e.position DESC LIMIT 1
    ) e ON true
    LEFT JOIN {s}.directory_class c USING (class_id)
    WHERE g.guardian_id = %(guardian)s AND g.since <= %(day)s
        AND (g.until IS NULL OR %(day)s < g.until)
"""
_CONSENT: LiteralString = """
    SELECT 1 FROM {s}.directory_consent c JOIN {s}.directory_guardian g
        ON (g.pupil_id, g.guardian_id) = (c.pupil_id, c.guardian_id)
        AND g.since <= %(day)s AND (g.until IS NULL OR %(day)s < g.until)
    WHERE c.pupil_id = %(pupil)s AND c.guardian_id = %(guardian)s AND c.purpose = %(purpose)s
        AND NOT c.withdrawn AND c.since <= %(day)s AND (c.until IS NULL OR %(day)s < c.until)
"""


async def person(conn: Conn, schema: str, person_id: str) -> dict[str, Any] | None:
    """`{person_id, kind, name, short_name, account, erased}`; kind: staff, pupil, guardian."""
    found = await people(conn, schema, [person_id])
    return found[0] if found else None


async def people(
    conn: Conn, schema: str, person_ids: Sequence[str] | None = None, kind: str | None = None
) -> list[dict[str, Any]]:
    """People by name, all of them or only some; each as `person` answers."""
    found = await rows(
        conn,
        schema,
        "SELECT person_id::text, kind, full_name, short_name, account, erased"
        " FROM {s}.directory_person"
        " WHERE (%s::uuid[] IS NULL OR person_id = ANY (%s::uuid[]))"
        " AND (%s::text IS NULL OR kind = %s) ORDER BY sort_key, person_id",
        *(None if person_ids is None else list(person_ids),) * 2,
        kind,
        kind,
    )
    return [
        {
            "person_id": number,
            "kind": of_kind,
            "name": shown(full),
            "short_name": shown(short),
            "account": account,
            "erased": erased,
        }
        for number, of_kind, full, short, account, erased in found
    ]


async def roles_of(conn: Conn, schema: str, person_id: str, day: date) -> list[str]:
    """Roles held that day, sorted: appointments of the school year in force, class teacher,
    teacher (an assignment or a substitution), parent (a child), pupil (a class).
    """
    found = await rows(
        conn,
        schema,
        """
        WITH today AS (SELECT %s::uuid AS person_id, %s::date AS day),
        year AS (
            SELECT max(y.year) AS year FROM {s}.directory_year y, today
            WHERE y.year <= extract(year FROM day) - (extract(month FROM day) < 7)::int
        )
        SELECT role FROM {s}.directory_staff JOIN today USING (person_id) JOIN year USING (year)
            WHERE since <= day AND (until IS NULL OR day < until)
        UNION SELECT 'class_teacher' FROM {s}.directory_class_teacher JOIN today USING (person_id)
            JOIN {s}.directory_class USING (class_id) JOIN year USING (year)
            WHERE since <= day AND (until IS NULL OR day < until)
        UNION SELECT 'teacher' FROM {s}.directory_assignment JOIN today ON teacher_id = person_id
            JOIN {s}.directory_class USING (class_id) JOIN year USING (year)
            WHERE until IS NULL OR day < until
        UNION SELECT 'teacher' FROM {s}.directory_substitution
            JOIN today ON substitute_id = person_id
            WHERE since <= day AND day <= until + 7
        UNION SELECT 'parent' FROM {s}.directory_guardian JOIN today ON guardian_id = person_id
            WHERE since <= day AND (until IS NULL OR day < until)
        UNION SELECT 'pupil' FROM {s}.directory_person JOIN today USING (person_id)
            WHERE kind = 'pupil'
        """,
        person_id,
        day,
    )
    return sorted(str(Role(role)) for (role,) in found)


async def class_teacher_of(conn: Conn, schema: str, person_id: str, day: date) -> list[str]:
    """Classes (ids) whose class teacher the person is that day."""
    found = await rows(
        conn,
        schema,
        "SELECT class_id::text FROM {s}.directory_class_teacher"
        " WHERE person_id = %s AND since <= %s AND (until IS NULL OR %s < until)",
        person_id,
        day,
        day,
    )
    return [class_id for (class_id,) in found]


async def children_of(conn: Conn, schema: str, guardian_id: str, day: date) -> list[dict[str, Any]]:
    """`[{pupil_id, name, class_id, class_name}]` by name; the class is the one of that day."""
    found = await rows(
        conn,
        schema,
        _CHILDREN + _NOT_LIMITED + " ORDER BY p.sort_key, p.person_id",
        guardian=guardian_id,
        day=day,
    )
    return [
        {"pupil_id": pupil, "name": shown(name), "class_id": class_id, "class_name": class_name}
        for pupil, name, class_id, class_name in found
    ]


async def guardians_of(conn: Conn, schema: str, pupil_id: str, day: date) -> list[dict[str, Any]]:
    """`[{person_id, name, consents[…]}]` by name: who answers for the pupil that day.

    consents: purposes (diary, email, push) of this guardian in force that day; none while a
    document keeps the guardian away.
    """
    found = await rows(
        conn,
        schema,
        """
        SELECT g.guardian_id::text, coalesce(p.full_name, ''), array(
            SELECT DISTINCT c.purpose FROM {s}.directory_consent c
            WHERE c.pupil_id = g.pupil_id AND c.guardian_id = g.guardian_id
                AND NOT c.withdrawn AND c.since <= %(day)s
                AND (c.until IS NULL OR %(day)s < c.until)
                AND NOT EXISTS (SELECT 1 FROM {s}.grant_limit x
                    WHERE x.pupil_id = g.pupil_id AND x.guardian_id = g.guardian_id
                    AND x.since <= %(day)s AND (x.until IS NULL OR %(day)s < x.until))
            ORDER BY 1)
        FROM {s}.directory_guardian g
        LEFT JOIN {s}.directory_person p ON p.person_id = g.guardian_id
        WHERE g.pupil_id = %(pupil)s AND g.since <= %(day)s
            AND (g.until IS NULL OR %(day)s < g.until)
        ORDER BY p.sort_key, g.guardian_id
        """,
        pupil=pupil_id,
        day=day,
    )
    return [
        {"person_id": number, "name": shown(name), "consents": list(purposes)}
        for number, name, purposes in found
    ]


async def consent(
    conn: Conn, schema: str, pupil_id: str, guardian_id: str, purpose: str, day: date
) -> bool:
    """The person is a guardian of the pupil that day, no document keeps the person away, and a
    consent of theirs is in force.
    """
    found = await row(
        conn,
        schema,
        _CONSENT + _NOT_LIMITED + " LIMIT 1",
        pupil=pupil_id,
        guardian=guardian_id,
        purpose=purpose,
        day=day,
    )
    return found is not None


async def consented(conn: Conn, schema: str, pupil_id: str, purpose: str, day: date) -> bool:
    """Some guardian of the pupil has consented: the pupil's own diary is open (clause 1.11)."""
    found = await row(
        conn,
        schema,
        "SELECT 1 FROM {s}.directory_consent"
        " WHERE pupil_id = %(pupil)s AND purpose = %(purpose)s AND NOT withdrawn"
        " AND since <= %(day)s AND (until IS NULL OR %(day)s < until) LIMIT 1",
        pupil=pupil_id,
        purpose=purpose,
        day=day,
    )
    return found is not None


async def appointed(conn: Conn, schema: str, year: int, day: date) -> set[tuple[str, str]]:
    """(person, role) of the appointments of a school year that have not ended by that day."""
    found = await rows(
        conn,
        schema,
        "SELECT person_id::text, role FROM {s}.directory_staff"
        " WHERE year = %s AND (until IS NULL OR %s < until)",
        year,
        day,
    )
    return {(person_id, role) for person_id, role in found}


async def holders_of(conn: Conn, schema: str, role: Role, day: date) -> list[str]:
    """Who is appointed to a role that day, in the school year in force."""
    found = await rows(
        conn,
        schema,
        "SELECT DISTINCT person_id::text FROM {s}.directory_staff WHERE role = %(role)s"
        " AND since <= %(day)s AND (until IS NULL OR %(day)s < until) AND year = ("
        " SELECT max(y.year) FROM {s}.directory_year y WHERE y.year <= %(year)s) ORDER BY 1",
        role=str(role),
        day=day,
        year=day.year - (day.month < FIRST_MONTH),
    )
    return [number for (number,) in found]


async def class_teachers(conn: Conn, schema: str, year: int, day: date) -> dict[str, str]:
    """class → its class teacher that day."""
    found = await rows(
        conn,
        schema,
        "SELECT t.class_id::text, t.person_id::text FROM {s}.directory_class_teacher t"
        " JOIN {s}.directory_class c USING (class_id) WHERE c.year = %s AND t.since <= %s"
        " AND (t.until IS NULL OR %s < t.until) ORDER BY t.position",
        year,
        day,
        day,
    )
    return dict(found)
