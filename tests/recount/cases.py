"""Reports on what is lacking: forms 11, 14 and 15, counted again. The forecast is no formula of
§5.4 and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.recount import Pair, Recount, plain, table
from tests.recount.days import span

_AWAY = "('ILL', 'EXCUSED', 'UNEXCUSED', 'ABSENT_UNSPECIFIED')"
#: groups of a class in a term with the marks that each pupil needs and has; `late`: came meanwhile
_GROUPS = """WITH span AS (SELECT level, starts, ends, %(until)s::date AS last FROM term
        JOIN class USING (level) WHERE class_id = %(class)s AND term = %(term)s),
    weeks AS (SELECT count(DISTINCT date_trunc('week', d))::int AS weeks
        FROM span, generate_series(starts, ends, '1 day') d, calendar
        WHERE coalesce((SELECT t->'weekdays' FROM jsonb_array_elements(coalesce(calendar->'tracks',
                    '[]')) t WHERE t->'grade_levels' @> to_jsonb(level)
                    AND jsonb_array_length(coalesce(t->'weekdays', '[]')) > 0),
                calendar->'weekdays', '[1,2,3,4,5]') @> to_jsonb(extract(isodow FROM d)::int)
            AND NOT EXISTS (SELECT FROM day_off o WHERE o.level = span.level AND o.day = d)),
    planned AS (SELECT subject_id, subgroup_id, count(*)::int AS lessons
        FROM lesson l JOIN span ON day BETWEEN starts AND ends
        WHERE class_id = %(class)s AND NOT cancelled
            AND NOT EXISTS (SELECT FROM day_off o WHERE o.level = span.level AND o.day = l.day)
        GROUP BY 1, 2),
    hours AS (SELECT *, greatest(1, floor(1.0 * lessons / weeks + 0.5))::int AS hours
        FROM planned, weeks),
    need AS (SELECT *, CASE WHEN rule->'ungraded_levels' @> to_jsonb(level) THEN 0 ELSE
            coalesce((SELECT (n->>1)::int FROM jsonb_array_elements(rule->'marks_needed') n
                WHERE (n->>0)::int <= hours ORDER BY (n->>0)::int DESC LIMIT 1),
                (rule->>'min_marks')::int) END AS needed FROM hours, rules, span),
    here AS (SELECT pupil_id, min(since) > min(starts) AS late FROM roster, span
        WHERE class_id = %(class)s AND since <= last AND (until IS NULL OR starts < until)
        GROUP BY 1 HAVING bool_or(until IS NULL OR last < until)),
    named AS (SELECT need.*, subject || coalesce(', ' || g.name, '') AS title, g.pupils
        FROM need JOIN subject USING (subject_id)
        LEFT JOIN LATERAL (SELECT name, pupils FROM split WHERE split.subgroup_id = need.subgroup_id
            AND split.since <= last ORDER BY since DESC LIMIT 1) g ON true),
    member AS (SELECT n.*, here.pupil_id, late, (SELECT count(*)::int FROM mark m
            WHERE m.class_id = %(class)s AND (m.subject_id, m.pupil_id)
                = (n.subject_id, here.pupil_id) AND m.day BETWEEN starts AND last
                AND value IN ('5', '4', '3', '2', '1', 'зач', 'незач')) AS have
        FROM named n, here WHERE n.subgroup_id IS NULL OR here.pupil_id = ANY (n.pupils))"""


def accumulation(school: Recount) -> Iterator[Pair]:
    """Form 11: every column of every group, and who has fewer."""
    for class_id, name, level in school.classes():
        for term in school.terms(level):
            part = school.report("accumulation", term=term, class_id=class_id).parts[0]
            keys = ("name", "hours", "needed", "pupils", "enough", "share")
            told = [
                (*row[:-1], *sorted((row[-1] or "").split("; ")))
                for row in table(part, *keys, "short")
            ]
            by_sql = school.ask(
                _GROUPS
                + """ SELECT title, hours, nullif(needed, 0), count(pupil_id),
                    CASE WHEN needed > 0 THEN count(*) FILTER (WHERE NOT late AND have >= needed)
                        END,
                    round(100.0 * sum(least(have, needed)) FILTER (WHERE NOT late)
                        / nullif(needed * count(*) FILTER (WHERE NOT late), 0), 2),
                    array_agg(p.name || ' (' || have || ')')
                        FILTER (WHERE NOT late AND have < needed)
                FROM named LEFT JOIN (SELECT title AS t, pupil_id, late, have FROM member) m
                    ON t = title LEFT JOIN person p ON person_id = pupil_id
                GROUP BY title, hours, needed""",
                **span(school, class_id, term),
            )
            wanted = [(*plain([row[:-1]])[0], *sorted(row[-1] or [""])) for row in by_sql]
            yield Pair(f"{name}, term {term}", sorted(told, key=str), sorted(wanted, key=str))


#: every pupil in every graded subject: what the marks make, how it goes, what was missed and why
_CASES = (
    _GROUPS
    + f""", ordered AS (SELECT subject_id, pupil_id, value,
            row_number() OVER (PARTITION BY subject_id, pupil_id
                ORDER BY day DESC, number DESC, n DESC, mark_id DESC) AS back,
            CASE WHEN (rule->>'weighted')::bool THEN weight ELSE 1 END AS w
        FROM mark, span, rules WHERE class_id = %(class)s AND day BETWEEN starts AND last
            AND value IN ('5', '4', '3', '2', '1')),
    means AS (SELECT subject_id, pupil_id, count(*) AS numbers,
            round(sum(value::int * w) / sum(w), 2) AS mean,
            round(avg(value::int) FILTER (WHERE back <= 3), 2)
                - round(avg(value::int) FILTER (WHERE back > 3), 2) AS trend
        FROM ordered GROUP BY 1, 2),
    gone AS (SELECT subject_id, pupil_id, count(*) AS held,
            count(*) FILTER (WHERE code IN {_AWAY}) AS missed
        FROM attended, span WHERE class_id = %(class)s AND day BETWEEN starts AND last
        GROUP BY GROUPING SETS ((subject_id, pupil_id), (pupil_id))),
    owed AS (SELECT l.subject_id, d.pupil_id, count(*) AS debts, min(due) AS due
        FROM debt d JOIN lesson l USING (lesson_id), span
        WHERE l.class_id = %(class)s AND l.day BETWEEN starts AND last GROUP BY 1, 2),
    stand AS (SELECT m.*, p.name, p.sorted, numbers, mean, trend, coalesce(g.held, 0) AS held,
            coalesce(g.missed, 0) AS missed, coalesce(e.held, 0) AS all_held,
            coalesce(e.missed, 0) AS all_missed, coalesce(debts, 0) AS debts, due,
            t.value AS given, last < ends AS running,
            needed * ((last - starts + 1)::numeric / (ends - starts + 1)) AS by_now,
            (rule->'term_thresholds'->>0)::numeric AS three, CASE
                WHEN numbers IS NULL AND coalesce(g.held, 0) = 0 THEN NULL
                WHEN coalesce(numbers, 0) < (rule->>'min_marks')::int THEN 'н/а'
                WHEN mean < (rule->'term_thresholds'->>0)::numeric THEN '2'
                WHEN mean < (rule->'term_thresholds'->>1)::numeric THEN '3'
                WHEN mean < (rule->'term_thresholds'->>2)::numeric THEN '4' ELSE '5' END AS comes
        FROM member m JOIN person p ON person_id = pupil_id
        LEFT JOIN means USING (subject_id, pupil_id)
        LEFT JOIN gone g ON (g.subject_id, g.pupil_id) = (m.subject_id, m.pupil_id)
        LEFT JOIN gone e ON e.subject_id IS NULL AND e.pupil_id = m.pupil_id
        LEFT JOIN owed ON (owed.subject_id, owed.pupil_id) = (m.subject_id, m.pupil_id)
        LEFT JOIN term_mark t ON (t.class_id, t.subject_id, t.pupil_id, t.term)
            = (%(class)s, m.subject_id, m.pupil_id, %(term)s)
        WHERE needed > 0),
    why AS (SELECT *,
            missed >= 3 AND 1.0 * missed / nullif(held, 0)
                >= (rule->>'missed_alert_share')::numeric AS away,
            all_missed >= 3 AND 1.0 * all_missed / nullif(all_held, 0)
                >= (rule->>'missed_alert_share')::numeric AS everywhere,
            NOT late AND have < (rule->>'marks_alert_share')::numeric * by_now AS few,
            given IN ('н/а', '2') AS bad,
            comes = '2' OR comes = 'н/а' AND NOT running AS poor FROM stand),
    told AS (SELECT *, concat_ws(', ', CASE WHEN coalesce(bad, false) THEN 'отметка за период'
                WHEN poor THEN 'по отметкам выходит' END,
            CASE WHEN mean < three THEN 'средний балл' END,
            CASE WHEN debts > 0 THEN 'долги («точки»)' END,
            CASE WHEN away AND NOT coalesce(everywhere, false) THEN 'пропуски уроков' END,
            CASE WHEN few THEN 'мало отметок' END) AS words FROM why)"""
)


def risk(school: Recount) -> Iterator[Pair]:
    """Form 14: who is on the list, with every column but the forecast."""
    keys = ("name", "subject", "suggested", "average", "trend", "marks", "needed", "missed")
    for class_id, name, level in school.classes():
        for term in school.terms(level):
            part = school.report("risk", term=term, class_id=class_id).parts[0]
            by_sql = school.ask(
                _CASES
                + """ SELECT name, title, comes, mean, trend, have, needed,
                    round(100.0 * missed / nullif(held, 0), 2), debts, words
                FROM told WHERE words <> ''
                UNION ALL SELECT DISTINCT name, 'все предметы', NULL, NULL::numeric, NULL::numeric,
                    NULL::int, NULL::int, round(100.0 * all_missed / all_held, 2), NULL::bigint,
                    'пропуски уроков' FROM told WHERE everywhere""",
                **span(school, class_id, term),
            )
            told = table(part, *keys, "debts", "why")
            yield Pair(
                f"{name}, term {term}", sorted(told, key=str), sorted(plain(by_sql), key=str)
            )


def notices(school: Recount) -> Iterator[Pair]:
    """Form 15: whom to tell, under which number, of how much."""
    numbers = dict(
        school.ask(
            """SELECT pupil_id, row_number() OVER (ORDER BY level, letter, sorted, pupil_id)
            FROM (SELECT DISTINCT level, letter, sorted, pupil_id
                FROM roster JOIN class USING (class_id) JOIN person ON person_id = pupil_id
                WHERE since <= %(today)s AND (until IS NULL OR %(today)s < until)) x"""
        )
    )
    for class_id, name, level in school.classes():
        for term in school.terms(level):
            parts = school.report("notices", term=term, class_id=class_id).parts
            told = [
                (part.title, *row)
                for part in parts
                if part.columns
                for row in table(part, "name", "what", "value")
            ]
            by_sql = school.ask(
                _CASES
                + """ SELECT pupil_id, title, what, value FROM told, LATERAL (VALUES
                    (bad, 'отметка за период', '«' || given || '»'),
                    (poor AND NOT coalesce(bad, false), 'по отметкам выходит', '«' || comes || '»'),
                    (mean < three, 'средний балл', replace(mean::text, '.', ',')),
                    (debts > 0, 'долги («точки»)', debts::text),
                    (away AND NOT coalesce(everywhere, false), 'пропуски уроков',
                        replace(round(100.0 * missed / held, 2)::text, '.', ',') || ' %%'),
                    (few, 'мало отметок', have || ' из ' || needed)) x (so, what, value) WHERE so
                UNION ALL SELECT DISTINCT pupil_id, 'все предметы', 'пропуски уроков',
                    replace(round(100.0 * all_missed / all_held, 2)::text, '.', ',') || ' %%'
                FROM told WHERE everywhere""",
                **span(school, class_id, term),
            )
            title = f"Уведомление № {school.now:%Y-%m}-"
            wanted = [(f"{title}{numbers.get(row[0], 0):03}", *row[1:]) for row in by_sql]
            yield Pair(f"{name}, term {term}", sorted(told), sorted(wanted))
