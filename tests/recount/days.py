"""Reports on attendance and letters: forms 5 and 7, the absences of form 2, counted again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.recount import Pair, Recount, plain, table

KEYS = ("held", "missed", "ill", "excused", "unexcused", "unspecified", "days", "days_ill", "late")
_AWAY = "('ILL', 'EXCUSED', 'UNEXCUSED', 'ABSENT_UNSPECIFIED')"
#: of pupils of a class on days: lessons by reason; a whole day goes by the reason of most of it
ABSENCES = f"""
    own AS (SELECT a.* FROM attended a WHERE a.class_id = %(class)s
        AND a.day BETWEEN %(since)s AND %(until)s),
    by_day AS (SELECT pupil_id, day, count(*) AS held,
            count(*) FILTER (WHERE code IN {_AWAY}) AS gone FROM own GROUP BY 1, 2),
    by_code AS (SELECT pupil_id, day, code, count(*) AS n FROM own WHERE code IN {_AWAY}
        GROUP BY 1, 2, 3),
    whole AS (SELECT DISTINCT ON (pupil_id, day) pupil_id, day, code
        FROM by_day JOIN by_code USING (pupil_id, day)
        WHERE gone > 0 AND gone >= coalesce(nullif((SELECT (rule->>'day_missed_lessons')::int
            FROM rules), 0), held)
        ORDER BY pupil_id, day, n DESC, code),
    listed AS (SELECT DISTINCT pupil_id FROM roster WHERE class_id = %(class)s
        AND since <= %(until)s AND (until IS NULL OR %(since)s < until)),
    line AS (SELECT l.pupil_id, count(own.code) AS held,
            count(*) FILTER (WHERE own.code IN {_AWAY}) AS missed,
            count(*) FILTER (WHERE own.code = 'ILL') AS ill,
            count(*) FILTER (WHERE own.code = 'EXCUSED') AS excused,
            count(*) FILTER (WHERE own.code = 'UNEXCUSED') AS unexcused,
            count(*) FILTER (WHERE own.code = 'ABSENT_UNSPECIFIED') AS unspecified,
            (SELECT count(*) FROM whole w WHERE w.pupil_id = l.pupil_id) AS days,
            (SELECT count(*) FROM whole w WHERE w.pupil_id = l.pupil_id AND code = 'ILL')
                AS days_ill, count(*) FILTER (WHERE own.code = 'LATE') AS late
        FROM listed l LEFT JOIN own USING (pupil_id) GROUP BY 1)"""
_SUMS = ", ".join(f"sum({key})" for key in KEYS)


def attendance(school: Recount) -> Iterator[Pair]:
    """Form 5: the grid of days, lessons missed each day, the totals of pupils and of the class."""
    first = date(school.year, 10, 1)
    named: dict[str, Any] = {"since": first, "until": date(school.year, 10, 31)}
    for class_id, name, _ in school.classes():
        grid, totals = school.report("attendance", class_id=class_id, **named).parts
        by_sql = school.ask(
            f"""WITH {ABSENCES}
            SELECT name, {", ".join(KEYS)},
                round(100.0 * (held - missed) / nullif(held, 0), 2)
            FROM line JOIN person ON person_id = pupil_id UNION ALL
            SELECT 'Всего', {_SUMS}, round(100.0 * sum(held - missed) / nullif(sum(held), 0), 2)
            FROM line""",
            **{"class": class_id},
            **named,
        )
        told = table(totals, "name", *KEYS, "share", kind=None)
        yield Pair(f"absences of {name}", sorted(told, key=str), sorted(plain(by_sql), key=str))
        told = [
            (line.cells[1], column.key, str(cell))
            for line in grid.lines
            for column, cell in zip(grid.columns[2:], line.cells[2:], strict=True)
            if cell
        ]
        by_sql = school.ask(
            f"""WITH {ABSENCES}
            SELECT name, day, CASE WHEN whole.code IS NULL THEN gone::text ELSE 'н' END
            FROM by_day LEFT JOIN whole USING (pupil_id, day) JOIN listed USING (pupil_id)
            JOIN person ON person_id = pupil_id WHERE gone > 0
            UNION ALL SELECT 'Пропущено уроков', day, sum(gone)::text
            FROM by_day JOIN listed USING (pupil_id) GROUP BY day HAVING sum(gone) > 0""",
            **{"class": class_id},
            **named,
        )
        yield Pair(f"days of {name}", sorted(told), sorted(plain(by_sql)))


def class_teacher(school: Recount) -> Iterator[Pair]:
    """Form 2, part 3: absences of a term."""
    for class_id, name, level in school.classes():
        for term in school.terms(level):
            part = school.report("class_teacher", term=term, class_id=class_id).parts[3]
            named = span(school, class_id, term)
            by_sql = school.ask(
                f"""WITH {ABSENCES} SELECT name, {", ".join(KEYS)} FROM line
                JOIN person ON person_id = pupil_id UNION ALL SELECT 'Всего', {_SUMS} FROM line""",
                **named,
            )
            told = table(part, "name", *KEYS, kind=None)
            yield Pair(
                f"absences of {name}, term {term}",
                sorted(told, key=str),
                sorted(plain(by_sql), key=str),
            )


def span(school: Recount, class_id: str, term: int) -> dict[str, Any]:
    [(since, until)] = school.ask(
        """SELECT starts, greatest(starts, least(ends, %(today)s))
        FROM term JOIN class USING (level) WHERE class_id = %(class)s AND term = %(term)s""",
        term=term,
        **{"class": class_id},
    )
    return {"class": class_id, "term": term, "since": since, "until": until}


def letter(school: Recount) -> Iterator[Pair]:
    """Form 7: every subject of every pupil, and the words on absences."""
    for class_id, name, level in school.classes():
        for term in school.terms(level):
            told, words = [], []
            for part in school.report("letter", term=term, class_id=class_id).parts:
                pupil = part.title.removesuffix(f", {name}")
                told += [(pupil, *row) for row in table(part, "name", "average", "missed", "term")]
                words.append((pupil, *re.findall(r"\d+", part.notes[0])))
            named = span(school, class_id, term)
            by_sql = school.ask(
                f"""WITH {ABSENCES},
                here AS (SELECT DISTINCT pupil_id FROM roster WHERE class_id = %(class)s
                    AND since <= %(until)s AND (until IS NULL OR %(until)s < until)),
                given AS (SELECT pupil_id, subject_id, count(*) AS n, round(
                        sum(value::int * w) FILTER (WHERE value IN ('5', '4', '3', '2', '1'))
                        / sum(w) FILTER (WHERE value IN ('5', '4', '3', '2', '1')), 2) AS mean
                    FROM (SELECT *, CASE WHEN (SELECT (rule->>'weighted')::bool FROM rules)
                            THEN weight ELSE 1 END AS w FROM mark) m
                    WHERE class_id = %(class)s AND day BETWEEN %(since)s AND %(until)s
                    GROUP BY 1, 2),
                gone AS (SELECT pupil_id, subject_id, count(*) AS held,
                        count(*) FILTER (WHERE code IN {_AWAY}) AS missed FROM own GROUP BY 1, 2)
                SELECT name, subject, given.mean, coalesce(gone.missed, 0), m.value
                FROM here CROSS JOIN taught JOIN subject USING (subject_id)
                JOIN person ON person_id = here.pupil_id
                LEFT JOIN given USING (pupil_id, subject_id)
                LEFT JOIN gone USING (pupil_id, subject_id)
                LEFT JOIN term_mark m ON (m.class_id, m.subject_id, m.pupil_id, m.term)
                    = (%(class)s, taught.subject_id, here.pupil_id, %(term)s)
                WHERE taught.class_id = %(class)s
                    AND (given.n > 0 OR gone.held > 0 OR m.value IS NOT NULL)""",
                **named,
            )
            yield Pair(
                f"letters of {name}, term {term}",
                sorted(told, key=str),
                sorted(plain(by_sql), key=str),
            )
            by_sql = school.ask(
                f"""WITH {ABSENCES} SELECT name, missed, held, ill, days, late FROM line
                JOIN person ON person_id = pupil_id WHERE pupil_id IN (SELECT pupil_id FROM roster
                    WHERE class_id = %(class)s AND since <= %(until)s
                    AND (until IS NULL OR %(until)s < until))""",
                **named,
            )
            yield Pair(f"words on {name}, term {term}", sorted(words), sorted(plain(by_sql)))
