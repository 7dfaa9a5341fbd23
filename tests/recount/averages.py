"""Reports on averages: form 13 in its three kinds, and form 8, counted again."""

from __future__ import annotations

from collections.abc import Iterator

from tests.recount import Pair, Recount, plain, table

_NUMBERS = "('5', '4', '3', '2', '1')"
#: the mean of marks of lessons, by their weight where the school's rules say so
_MEAN = f"""round(sum(value::int * w) FILTER (WHERE value IN {_NUMBERS})
    / sum(w) FILTER (WHERE value IN {_NUMBERS}), 2)"""
_WEIGHED = """(SELECT *, CASE WHEN (SELECT (rule->>'weighted')::bool FROM rules) THEN weight
    ELSE 1 END AS w FROM mark)"""
_SOME = 3  # pupils and subjects of a class whose way is counted again


def teacher_averages(school: Recount) -> Iterator[Pair]:
    """Form 13, «Средний балл учителя»: current marks and those of the period."""
    for term in school.terms(5):
        part = school.report("teacher_averages", term=term).parts[0]
        told = table(part, "teacher", "subject", "count", "average", "term_count", "term_average")
        by_sql = school.ask(
            f"""WITH span AS (SELECT starts, least(ends, %(today)s) AS last FROM term
                WHERE level = (SELECT min(level) FROM term) AND term = %(term)s),
            own AS (SELECT DISTINCT a.teacher_id, a.subject_id, a.class_id
                FROM assigned a JOIN taught USING (class_id, subject_id), span
                WHERE since <= last AND (until IS NULL OR starts < until)),
            given AS (SELECT m.* FROM {_WEIGHED} m, span WHERE day BETWEEN starts AND last
                AND teacher_id IS NOT NULL),
            current AS (SELECT teacher_id, subject_id,
                    count(*) FILTER (WHERE value IN {_NUMBERS}) AS marks, {_MEAN} AS mean
                FROM given GROUP BY 1, 2),
            results AS (SELECT own.teacher_id, own.subject_id,
                    count(*) FILTER (WHERE value IN {_NUMBERS}) AS marks,
                    round(avg(value::int) FILTER (WHERE value IN {_NUMBERS}), 2) AS mean
                FROM own JOIN term_mark m ON (m.class_id, m.subject_id)
                    = (own.class_id, own.subject_id)
                JOIN (SELECT DISTINCT teacher_id, subject_id, pupil_id FROM given) g
                    ON (g.teacher_id, g.subject_id, g.pupil_id)
                    = (own.teacher_id, own.subject_id, m.pupil_id)
                WHERE m.term = %(term)s
                GROUP BY 1, 2)
            SELECT DISTINCT short, subject, coalesce(current.marks, 0), current.mean,
                coalesce(results.marks, 0), results.mean
            FROM own JOIN person ON person_id = teacher_id JOIN subject USING (subject_id)
            LEFT JOIN current USING (teacher_id, subject_id)
            LEFT JOIN results USING (teacher_id, subject_id)""",
            term=term,
        )
        yield Pair(f"term {term}", sorted(told, key=str), sorted(plain(by_sql), key=str))


def final_marks(school: Recount) -> Iterator[Pair]:
    """Form 13, «Итоговые отметки»: the final mark, else the year's, and their mean."""
    for class_id, name, _ in school.classes():
        part = school.report("final_marks", class_id=class_id).parts[0]
        subjects = [one.key for one in part.columns[2:-2]]
        told = [
            (row[0], *sorted(str(one) for one in row[1:-1] if one), row[-1])
            for row in table(part, "name", *subjects, "average")
        ]
        by_sql = school.ask(
            f"""WITH last AS (SELECT DISTINCT ON (class_id, subject_id, pupil_id) *
                FROM result JOIN taught USING (class_id, subject_id)
                WHERE kind IN ('year', 'final') ORDER BY class_id, subject_id, pupil_id, kind)
            SELECT p.name, array_agg(value ORDER BY value COLLATE "C") FILTER (WHERE value <> ''),
                round(avg(value::int) FILTER (WHERE value IN {_NUMBERS}), 2)
            FROM (SELECT DISTINCT class_id, pupil_id FROM roster) r
            JOIN person p ON person_id = pupil_id LEFT JOIN last USING (class_id, pupil_id)
            WHERE class_id = %(class)s GROUP BY r.pupil_id, p.name""",
            **{"class": class_id},
        )
        wanted = [(row[0], *(row[1] or []), *plain([row[2:]])[0]) for row in by_sql]
        yield Pair(f"final marks of {name}", sorted(told, key=str), sorted(wanted, key=str))


def rating(school: Recount) -> Iterator[Pair]:
    """Form 13, «Рейтинг», where the rules allow it."""
    for class_id, name, level in school.classes():
        for term in school.terms(level):
            part = school.report("rating", term=term, class_id=class_id).parts[0]
            told = table(part, "name", "count", "average")
            by_sql = school.ask(
                f"""SELECT p.name, count(*), round(avg(value::int), 2) AS mean
                FROM term_mark m JOIN person p ON person_id = pupil_id JOIN class USING (class_id)
                JOIN term t USING (level, term)
                WHERE class_id = %(class)s AND m.term = %(term)s AND value IN {_NUMBERS}
                    AND EXISTS (SELECT FROM roster r WHERE (r.class_id, r.pupil_id)
                        = (m.class_id, m.pupil_id) AND since <= least(ends, %(today)s)
                        AND (until IS NULL OR least(ends, %(today)s) < until))
                GROUP BY pupil_id, p.name""",
                term=term,
                **{"class": class_id},
            )
            yield Pair(f"{name}, term {term}", sorted(told), sorted(plain(by_sql)))
            means = [row[-1] for row in told]
            yield Pair("the best first", means, sorted(means, reverse=True))


def pupil_subject(school: Recount) -> Iterator[Pair]:
    """Form 8: marks with their weight, and the way of both averages, of a few in every class."""
    for class_id, name, level in school.classes():
        for term in school.terms(level):
            some = school.ask(
                """SELECT pupil_id, subject_id FROM mark JOIN class USING (class_id)
                JOIN term t USING (level) WHERE class_id = %(class)s AND t.term = %(term)s
                    AND day BETWEEN starts AND least(ends, %(today)s)
                    AND EXISTS (SELECT FROM roster r WHERE (r.class_id, r.pupil_id)
                        = (mark.class_id, mark.pupil_id) AND since <= least(ends, %(today)s)
                        AND (until IS NULL OR starts < until))
                GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT %(some)s""",
                term=term,
                some=_SOME,
                **{"class": class_id},
            )
            for pupil, subject in some:
                yield from _way(school, name, (class_id, pupil, subject, term))


def _way(school: Recount, name: str, place: tuple[str, str, str, int]) -> Iterator[Pair]:
    class_id, pupil, subject, term = place
    named = {"class": class_id, "pupil": pupil, "subject": subject, "term": term}
    marks, way = school.report(
        "pupil_subject", class_id=class_id, pupil_id=pupil, subject_id=subject, term=term
    ).parts
    span = """WITH span AS (SELECT starts, least(ends, %(today)s) AS last FROM term
        JOIN class USING (level) WHERE class_id = %(class)s AND term = %(term)s)"""
    by_sql = school.ask(
        span
        + """ SELECT day, weight, value FROM mark, span WHERE class_id = %(class)s
            AND pupil_id = %(pupil)s AND subject_id = %(subject)s AND day BETWEEN starts AND last
        ORDER BY day, value""",
        **named,
    )
    told = table(marks, "day", "weight", "mark")
    yield Pair(f"marks of a pupil of {name}", sorted(told), sorted(plain(by_sql)))
    by_sql = school.ask(
        span
        + f""", own AS (SELECT m.* FROM {_WEIGHED} m, span WHERE class_id = %(class)s
                AND subject_id = %(subject)s AND day BETWEEN starts AND last),
            days AS (SELECT DISTINCT day FROM own WHERE pupil_id = %(pupil)s)
        SELECT days.day, x.*, y.* FROM days,
            LATERAL (SELECT count(*) FILTER (WHERE value IN {_NUMBERS}) AS n, {_MEAN} FROM own
                WHERE pupil_id = %(pupil)s AND own.day <= days.day) x,
            LATERAL (SELECT count(*) FILTER (WHERE value IN {_NUMBERS}), {_MEAN} FROM own
                WHERE own.day <= days.day) y
        WHERE x.n > 0 ORDER BY days.day""",
        **named,
    )
    told = table(way, "day", "count", "average", "class_count", "class_average")
    yield Pair(f"the way of a pupil of {name}", told, plain(by_sql))
