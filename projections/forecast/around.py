"""What stands around the forecasts of a class: families that want none, words of teachers, what can
still be done by the facts, and what is worth a look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, LiteralString, NamedTuple

from psycopg import AsyncConnection

from domain.forecast.steps import Step
from domain.values import ABSENCES
from projections.names import shown
from projections.sql import rows

Conn = AsyncConnection[Any]
Place = tuple[str, str]  # subject, pupil

_OFF: LiteralString = """
    SELECT pupil_id::text FROM {s}.grant_no_forecast WHERE pupil_id = ANY (%s::uuid[])
"""
_WORDS: LiteralString = """
    SELECT f.subject_id::text, f.pupil_id::text, f.hidden, v.body, p.full_name
    FROM {s}.classroom_forecast f
    LEFT JOIN {s}.payload v ON v.id = f.note_id
    LEFT JOIN {s}.directory_person p ON p.person_id = f.by
    WHERE f.class_id = %s AND f.term = %s
"""
_LAST: LiteralString = """
    SELECT subject_id::text, pupil_id::text, value FROM {s}.register_term_mark
    WHERE class_id = %s AND term = %s AND valid_to = 9223372036854775807
"""
_LAST_YEAR: LiteralString = """
    SELECT DISTINCT ON (t.subject_id, t.pupil_id) t.subject_id::text, t.pupil_id::text, t.value
    FROM {s}.register_term_mark t JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %s AND t.pupil_id = ANY (%s::uuid[]) AND t.valid_to = 9223372036854775807
    ORDER BY t.subject_id, t.pupil_id, t.term DESC
"""
#: debts, control works missed without a mark, and low marks of control works
_STEPS: LiteralString = """
    SELECT l.subject_id::text, one.pupil_id::text, one.what, l.date,
        coalesce(nullif(t.title, ''), t.topic, ''), one.value, one.until
    FROM (
        SELECT lesson_id, pupil_id, 'debt' AS what, '' AS value, due_date AS until
        FROM {s}.result_debt WHERE class_id = %(class)s AND NOT resolved
        UNION ALL
        SELECT a.lesson_id, a.pupil_id, 'missed', '', NULL FROM {s}.register_attendance a
        WHERE a.valid_to = 9223372036854775807 AND a.code = ANY (%(away)s)
            AND NOT EXISTS (SELECT FROM {s}.register_mark m WHERE m.lesson_id = a.lesson_id
                AND m.pupil_id = a.pupil_id AND m.valid_to = 9223372036854775807 AND m.value <> '')
        UNION ALL
        SELECT lesson_id, pupil_id, 'low', value, NULL FROM {s}.register_mark
        WHERE class_id = %(class)s AND valid_to = 9223372036854775807 AND value IN ('1', '2')
    ) one
    JOIN {s}.register_lesson l USING (lesson_id)
    LEFT JOIN {s}.register_topic t ON t.lesson_id = l.lesson_id
        AND t.valid_to = 9223372036854775807
    WHERE l.class_id = %(class)s AND l.valid_to = 9223372036854775807
        AND l.status <> 'CANCELLED' AND l.date BETWEEN %(since)s AND %(until)s
        AND (one.what = 'debt' OR t.kind = 'CONTROL')
    ORDER BY l.date, one.what
"""


class Word(NamedTuple):
    """What the teacher says to a forecast; `note` is "" when there is none, or it was erased."""

    hidden: bool
    note: str
    by: str


class Around(NamedTuple):
    """By (subject, pupil); `off`: pupils whose families want no forecast."""

    off: frozenset[str] = frozenset()
    words: Mapping[Place, Word] = {}
    steps: Mapping[Place, Sequence[Step]] = {}
    alerts: frozenset[Place] = frozenset()

    def silent(self, subject_id: str, pupil_id: str) -> str:
        """Why this forecast is not shown: «family», «teacher», or "" when it is."""
        if pupil_id in self.off:
            return "family"
        word = self.words.get((subject_id, pupil_id))
        return "teacher" if word and word.hidden else ""


async def families_off(conn: Conn, schema: str, pupils: Sequence[str]) -> frozenset[str]:
    """Those of the pupils whose families want no forecast."""
    return frozenset(one for (one,) in await rows(conn, schema, _OFF, list(pupils)))


async def words_of(conn: Conn, schema: str, class_id: str, term: int) -> dict[Place, Word]:
    """Words of teachers to forecasts of a term."""
    found = await rows(conn, schema, _WORDS, class_id, term)
    return {(one[0], one[1]): Word(one[2], one[3] or "", shown(one[4])) for one in found}


async def steps_of(
    conn: Conn, schema: str, class_id: str, since: date, until: date
) -> dict[Place, list[Step]]:
    """What the facts of these days leave to be done, the earliest first."""
    found: dict[Place, list[Step]] = defaultdict(list)
    away = [str(code) for code in ABSENCES]
    for subject, pupil, what, on, title, value, due in await rows(
        conn, schema, _STEPS, since=since, until=until, away=away, **{"class": class_id}
    ):
        found[subject, pupil].append(Step(what, on, title, value, due))
    return found


async def last_marks(conn: Conn, schema: str, class_id: str, term: int) -> dict[Place, str]:
    """Term marks of a term."""
    found = await rows(conn, schema, _LAST, class_id, term)
    return {(subject, pupil): value for subject, pupil, value in found}


async def last_marks_of_year(
    conn: Conn, schema: str, year: int, pupils: Sequence[str]
) -> dict[Place, str]:
    """The last term marks of a year, wherever the pupils were then."""
    found = await rows(conn, schema, _LAST_YEAR, year, list(pupils))
    return {(subject, pupil): value for subject, pupil, value in found}
