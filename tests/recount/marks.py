"""Reports on marks: forms 1–4 and 13, counted again."""

from __future__ import annotations

from collections.abc import Iterator

from tests.recount import Pair, Recount, plain, table

_DEGREE = 10  # place of СОУ in a row of _TALLY after its subject
_NUMBERS = "('5', '4', '3', '2', '1')"
#: counts and rates of marks in a column `value`, one row for each pupil (§5.4): N is 5 4 3 2 1 н/а
_TALLY = """count(*) FILTER (WHERE value = '5') AS n5, count(*) FILTER (WHERE value = '4') AS n4,
    count(*) FILTER (WHERE value = '3') AS n3,
    count(*) FILTER (WHERE value IN ('2', '1')) AS n2, count(*) FILTER (WHERE value = 'н/а') AS na,
    count(*) FILTER (WHERE value = 'осв') AS exempt, count(*) FILTER (WHERE value IS NULL) AS none,
    round(100.0 * count(*) FILTER (WHERE value IN ('5', '4', '3')) / nullif(count(*) FILTER
        (WHERE value IN ('5', '4', '3', '2', '1', 'н/а')), 0), 2) AS passed,
    round(100.0 * count(*) FILTER (WHERE value IN ('5', '4')) / nullif(count(*) FILTER
        (WHERE value IN ('5', '4', '3', '2', '1', 'н/а')), 0), 2) AS quality,
    round(1.0 * sum(CASE value WHEN '5' THEN 100 WHEN '4' THEN 64 WHEN '3' THEN 36 WHEN '2' THEN 16
        WHEN 'н/а' THEN 7 ELSE 0 END) / nullif(count(*) FILTER
        (WHERE value IN ('5', '4', '3', '2', '1', 'н/а')), 0), 2) AS degree,
    round(avg(value::int) FILTER (WHERE value IN ('5', '4', '3', '2', '1')), 2) AS mean"""
#: days of a period of the class or its grade level; term 0 is the year
_SPAN = """SELECT level, min(starts) AS starts, max(ends) AS ends FROM term
    WHERE %(term)s IN (0, term) GROUP BY level"""
#: who is on the list of the class on a last day: `here`
_STAYING = """SELECT DISTINCT r.class_id, r.pupil_id FROM roster r JOIN class USING (class_id)
    JOIN span USING (level) WHERE r.since <= last AND (r.until IS NULL OR last < r.until)"""


def summary_sheet(school: Recount) -> Iterator[Pair]:
    """Form 1. Of a term: averages of pupils, the foot by subjects and of them all. Of the year:
    marks of the terms, of the year, of examinations, final ones.
    """
    foot: tuple[str, ...] = (
        "отметок «5»",
        "отметок «4»",
        "отметок «3»",
        "отметок «2»",
        "н/а",
        "освобождены",
    )
    foot += ("без отметки", "Успеваемость, %", "Качество, %", "Средний балл")
    for class_id, name, level in school.classes():
        for term in school.terms(level):
            sheet = school.report("summary_sheet", term=term, class_id=class_id).parts[0]
            lines = {line.cells[1]: line.cells for line in sheet.lines if line.kind == "total"}
            told = [
                (column.key, *(_word(lines[row][at]) for row in foot))
                for at, column in enumerate(sheet.columns)
                if at > 1
            ]
            by_sql = school.ask(
                f"""WITH span AS (SELECT level, ends AS last FROM ({_SPAN}) x),
                    here AS ({_STAYING}),
                    own AS (SELECT taught.subject_id, m.value FROM here JOIN taught USING (class_id)
                        LEFT JOIN term_mark m ON (m.class_id, m.subject_id, m.pupil_id, m.term)
                            = (here.class_id, taught.subject_id, here.pupil_id, %(term)s)
                        WHERE here.class_id = %(class)s)
                SELECT coalesce(subject_id, 'average'), {_TALLY} FROM own
                GROUP BY GROUPING SETS ((subject_id), ())""",
                term=term,
                **{"class": class_id},
            )
            wanted = _without_degree(by_sql)
            yield Pair(f"foot of {name}, term {term}", sorted(told), sorted(wanted))
            means = school.ask(
                f"""WITH span AS ({_SPAN})
                SELECT DISTINCT p.name, (SELECT round(avg(value::int), 2) FROM term_mark m
                    WHERE (m.class_id, m.pupil_id, m.term) = (r.class_id, r.pupil_id, %(term)s)
                        AND value IN {_NUMBERS})
                FROM roster r JOIN class USING (class_id) JOIN span USING (level)
                JOIN person p ON person_id = r.pupil_id
                WHERE r.class_id = %(class)s AND since <= ends AND (until IS NULL OR starts < until)
                """,
                term=term,
                **{"class": class_id},
            )
            names = [
                (str(one).split(" (выбыл")[0], mean)
                for one, mean in table(sheet, "name", "average")
            ]
            yield Pair(f"averages of {name}, term {term}", sorted(names), sorted(plain(means)))
        yield from _year_sheet(school, class_id, name)


def _without_degree(rows: list[tuple[object, ...]]) -> list[tuple[str, ...]]:
    return [tuple(_word(one) for at, one in enumerate(row) if at != _DEGREE) for row in rows]


def _word(cell: object) -> str:
    return "" if cell is None else str(cell)


def _year_sheet(school: Recount, class_id: str, name: str) -> Iterator[Pair]:
    sheet = school.report("summary_sheet", class_id=class_id).parts[0]
    told = [
        (str(line.cells[1]).split(" (выбыл")[0], column.key, str(cell))
        for line in sheet.lines
        for column, cell in zip(sheet.columns, line.cells, strict=True)
        if ":" in column.key and cell
    ]
    by_sql = school.ask(
        """WITH said AS (SELECT class_id, subject_id, pupil_id, term::text AS kind, value
            FROM (SELECT * FROM term_mark UNION ALL SELECT * FROM brought) x
            UNION ALL SELECT class_id, subject_id, pupil_id, kind, value FROM result)
        SELECT p.name, subject_id || ':' || kind, value
        FROM said JOIN taught USING (class_id, subject_id) JOIN person p ON person_id = pupil_id
        WHERE class_id = %(class)s AND EXISTS (SELECT FROM roster r
            WHERE (r.class_id, r.pupil_id) = (said.class_id, said.pupil_id))""",
        **{"class": class_id},
    )
    yield Pair(f"the year of {name}", sorted(told), sorted(plain(by_sql)))


#: where each pupil stands with the marks of a period; `by`: how many threes, fours, failed
_STANDS = f"""WITH span AS (SELECT level, greatest(starts, least(ends, %(today)s::date)) AS last
        FROM ({_SPAN}) x),
    here AS ({_STAYING}),
    own AS (SELECT here.class_id, here.pupil_id,
            count(*) FILTER (WHERE value IN ('2', '1', 'н/а', 'незач')) AS low,
            count(*) FILTER (WHERE value = '3') AS threes,
            count(*) FILTER (WHERE value = '4') AS fours,
            count(*) FILTER (WHERE value IN {_NUMBERS}) AS numbers,
            count(*) FILTER (WHERE value = 'н/а') AS na
        FROM here JOIN class USING (class_id)
        LEFT JOIN (SELECT * FROM period_mark JOIN taught USING (class_id, subject_id)
            WHERE term = %(term)s) m USING (class_id, pupil_id)
        WHERE NOT (SELECT rule->'ungraded_levels' FROM rules) @> to_jsonb(level) GROUP BY 1, 2),
    stands AS (SELECT *, CASE WHEN low > 0 THEN 'low' WHEN numbers = 0 THEN 'none'
            WHEN threes = 1 THEN 'three' WHEN threes > 1 THEN 'threes' WHEN fours = 1 THEN 'four'
            WHEN fours > 1 THEN 'fours' ELSE 'fives' END AS place FROM own)"""
_QUALITY = """round(100.0 * count(*) FILTER (WHERE place IN ('fives', 'four', 'fours'))
    / nullif(count(*) FILTER (WHERE place <> 'none'), 0), 2)"""
_PASSED = """round(100.0 * count(*) FILTER (WHERE place NOT IN ('low', 'none'))
    / nullif(count(*) FILTER (WHERE place <> 'none'), 0), 2)"""


def school_results(school: Recount) -> Iterator[Pair]:
    """Form 4: classes, stages, the school."""
    keys = ("class", "pupils", "excellent", "good", "threes", "failing", "unmarked")
    for term in (*school.terms(5), 0):
        part = school.report("school_results", term=term).parts[0]
        told = table(part, *keys, "quality", "pass", kind=None)
        by_sql = school.ask(
            _STANDS
            + f""", listed AS (SELECT class_id, level, class, CASE WHEN level < 5 THEN '1–4 классы'
                    WHEN level < 10 THEN '5–9 классы' ELSE '10–11 классы' END AS stage, pupil_id
                FROM here JOIN class USING (class_id))
            SELECT CASE WHEN GROUPING(class_id) = 0 THEN max(class) || CASE WHEN
                    (SELECT rule->'ungraded_levels' FROM rules) @> to_jsonb(max(level))
                    THEN ' (безотметочное обучение)' ELSE '' END
                ELSE coalesce(stage, 'Школа') END, count(*),
                count(*) FILTER (WHERE place = 'fives'),
                count(*) FILTER (WHERE place IN ('four', 'fours')),
                count(*) FILTER (WHERE place IN ('three', 'threes')),
                count(*) FILTER (WHERE place = 'low'), count(*) FILTER (WHERE place = 'none'),
                {_QUALITY}, {_PASSED}
            FROM listed LEFT JOIN stands USING (class_id, pupil_id)
            GROUP BY GROUPING SETS ((class_id, stage), (stage), ())""",
            term=term,
        )
        rows = [row if "безотм" not in row[0] else (*row[:2], *[None] * 7) for row in plain(by_sql)]
        yield Pair(f"results, term {term}", sorted(told, key=str), sorted(rows, key=str))


def class_teacher(school: Recount) -> Iterator[Pair]:
    """Form 2: the list, buckets, качество, absences of each pupil."""
    for class_id, name, level in school.classes():
        for term in (*school.terms(level), 0):
            report = school.report("class_teacher", term=term, class_id=class_id)
            [counted] = school.ask(
                f"""WITH span AS (SELECT level, starts, greatest(starts, least(ends,
                        %(today)s::date)) AS last FROM ({_SPAN}) x),
                listed AS (SELECT pupil_id, min(since) <= min(starts) AS first,
                        bool_or(until IS NULL OR last < until) AS stays
                    FROM roster JOIN class USING (class_id) JOIN span USING (level)
                    WHERE class_id = %(class)s AND since <= last
                        AND (until IS NULL OR starts < until) GROUP BY 1)
                SELECT count(*) FILTER (WHERE first), count(*) FILTER (WHERE NOT first),
                    count(*) FILTER (WHERE NOT stays), count(*) FILTER (WHERE stays) FROM listed""",
                term=term,
                **{"class": class_id},
            )
            listed = tuple(line.cells[1] for line in report.parts[0].lines)
            yield Pair(f"list of {name}, term {term}", listed, counted)
            results = [line.cells[1] for line in report.parts[2].lines]
            if results:
                [found] = school.ask(
                    _STANDS
                    + f""" SELECT count(*) FILTER (WHERE place = 'fives'),
                        count(*) FILTER (WHERE place = 'four'),
                        count(*) FILTER (WHERE place = 'fours'),
                        count(*) FILTER (WHERE place = 'three'),
                        count(*) FILTER (WHERE place = 'threes'),
                        count(*) FILTER (WHERE place = 'low'),
                        count(*) FILTER (WHERE place = 'none'), count(*) FILTER (WHERE na > 0),
                        {_QUALITY}, {_PASSED}
                    FROM stands WHERE class_id = %(class)s""",
                    term=term,
                    **{"class": class_id},
                )
                yield Pair(f"results of {name}, term {term}", *(plain([tuple(results), found])))


def subject_teacher(school: Recount) -> Iterator[Pair]:
    """Form 3: every column of every teacher's groups, and their total."""
    keys: tuple[str, ...] = ("pupils", "n5", "n4", "n3", "n2", "not_attested", "exempt", "unmarked")
    keys += ("pass", "quality", "degree", "average")
    lessons = ("planned", "held", "lag", "control_planned", "control")
    for (teacher,) in school.ask("SELECT DISTINCT teacher_id FROM assigned ORDER BY 1"):
        for term in school.terms(5):
            part = school.report("subject_teacher", term=term, teacher_id=teacher).parts[0]
            by_sql = school.ask(
                f"""WITH span AS (SELECT level, starts, greatest(starts, least(ends,
                        %(today)s::date)) AS last FROM ({_SPAN}) x),
                wide AS (SELECT starts, ends FROM term WHERE level = 5 AND term = %(term)s),
                here AS ({_STAYING}),
                own AS (SELECT DISTINCT a.class_id, a.subject_id, a.subgroup_id, starts, last
                    FROM assigned a JOIN class USING (class_id) JOIN span USING (level)
                    WHERE teacher_id = %(teacher)s AND a.since <= (SELECT ends FROM wide)
                        AND (a.until IS NULL OR (SELECT starts FROM wide) < a.until)),
                grp AS (SELECT own.*, (SELECT g.pupils FROM split g WHERE g.subgroup_id
                    = own.subgroup_id AND g.since <= last ORDER BY since DESC LIMIT 1) AS pupils
                    FROM own),
                said AS (SELECT grp.class_id, grp.subject_id, grp.subgroup_id, here.pupil_id,
                        m.value
                    FROM grp JOIN here USING (class_id) LEFT JOIN term_mark m
                        ON (m.class_id, m.subject_id, m.pupil_id, m.term)
                        = (grp.class_id, grp.subject_id, here.pupil_id, %(term)s)
                    WHERE grp.subgroup_id IS NULL OR here.pupil_id = ANY (grp.pupils)),
                marks AS (SELECT class_id, subject_id, subgroup_id, count(*) AS pupils, {_TALLY}
                    FROM said GROUP BY 1, 2, 3),
                plan AS (SELECT DISTINCT ON (stream, fact->>'subject_id', fact->>'subgroup_id')
                        stream AS class_id, fact->>'subject_id' AS subject_id,
                        fact->>'subgroup_id' AS subgroup_id, fact->>'plan_id' AS plan_id
                    FROM f WHERE topic = 'journal.lesson-plan-adopted'
                    ORDER BY stream, fact->>'subject_id', fact->>'subgroup_id', n DESC),
                works AS (SELECT plan.*, coalesce(sum(coalesce((l->>'hours')::int, 1))
                        FILTER (WHERE l->>'kind' = 'CONTROL'), 0) AS works
                    FROM plan JOIN f ON f.topic = 'journal.lesson-plan-adopted'
                        AND f.fact->>'plan_id' = plan.plan_id,
                        jsonb_array_elements(fact->'lessons') l GROUP BY 1, 2, 3, 4),
                given AS (SELECT grp.class_id, grp.subject_id, grp.subgroup_id, count(l.lesson_id)
                        AS planned, count(*) FILTER (WHERE NOT cancelled AND (topic.lesson_id
                            IS NOT NULL OR taken.lesson_id IS NOT NULL)) AS held,
                        count(*) FILTER (WHERE NOT cancelled AND kind = 'CONTROL') AS control
                    FROM grp LEFT JOIN lesson l ON (l.class_id, l.subject_id)
                            = (grp.class_id, grp.subject_id) AND day BETWEEN starts AND last
                        AND l.subgroup_id IS NOT DISTINCT FROM grp.subgroup_id
                    LEFT JOIN topic USING (lesson_id) LEFT JOIN taken USING (lesson_id)
                    GROUP BY 1, 2, 3),
                line AS (SELECT class, m.pupils, n5, n4, n3, n2, na, exempt, none, passed, quality,
                        degree, mean, planned, held, planned - held AS lag, coalesce(works, 0) AS
                        works, control
                    FROM grp g LEFT JOIN marks m ON (m.class_id, m.subject_id) =
                        (g.class_id, g.subject_id) AND m.subgroup_id IS NOT DISTINCT FROM
                        g.subgroup_id
                    JOIN given t ON (t.class_id, t.subject_id) = (g.class_id, g.subject_id)
                        AND t.subgroup_id IS NOT DISTINCT FROM g.subgroup_id
                    LEFT JOIN works w ON (w.class_id, w.subject_id) = (g.class_id, g.subject_id)
                        AND w.subgroup_id IS NOT DISTINCT FROM g.subgroup_id
                    JOIN class ON class.class_id = g.class_id)
                SELECT * FROM line UNION ALL SELECT 'Всего', t.*, l.* FROM
                    (SELECT count(*), {_TALLY} FROM said) t,
                    (SELECT sum(planned), sum(held), sum(lag), sum(works), sum(control)
                        FROM line) l WHERE EXISTS (SELECT FROM line)""",
                term=term,
                teacher=teacher,
            )
            told = table(part, "class", *keys, *lessons, kind=None)
            yield Pair(
                f"groups of {teacher}, term {term}",
                sorted(told, key=str),
                sorted(plain(by_sql), key=str),
            )
