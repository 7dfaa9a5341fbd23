"""Reports on records about lessons and on people: forms 6, 9, 10 and 12, counted again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.recount import Pair, Recount, plain, table

#: lessons of the year with who answers for each, the first record of each duty and when it was
#: due: the topic and homework on the day, attendance and marks so many days later (readings R1–R3)
_DUTIES = """WITH lived AS (SELECT l.*, class, level, subject,
        greatest(day, CASE WHEN (planned_at AT TIME ZONE zone)::date > day
            THEN (planned_at AT TIME ZONE zone)::date ELSE day END) AS base,
        coalesce((SELECT s.substitute_id FROM stands s WHERE s.class_id = l.class_id
            AND s.teacher_id = t.teacher_id AND l.day BETWEEN s.since AND s.until
            ORDER BY since LIMIT 1), t.teacher_id) AS answers, zone
    FROM lesson l JOIN class USING (class_id) JOIN subject USING (subject_id), office,
        LATERAL (SELECT coalesce((SELECT a.teacher_id FROM assigned a WHERE a.class_id = l.class_id
                AND a.subject_id = l.subject_id AND coalesce(a.subgroup_id, l.subgroup_id)
                    IS NOT DISTINCT FROM l.subgroup_id
                AND a.since <= l.day AND (a.until IS NULL OR l.day < a.until)
            ORDER BY a.teacher_id = l.teacher_id DESC, a.since DESC, a.n DESC LIMIT 1),
            l.teacher_id) AS teacher_id) t
    WHERE NOT cancelled AND NOT EXISTS (SELECT FROM day_off o
        WHERE o.level = class.level AND o.day = l.day)),
    rule AS (SELECT (fact->'regulation'->>'fill_days')::int AS fill_days,
            (fact->'regulation'->>'written_work_days')::int AS written_days,
            fact->'regulation'->'no_homework_levels' AS free,
            fact->'regulation'->'ungraded_levels' AS ungraded, CASE topic
            WHEN 'office.year-opened' THEN DATE '1000-01-01'
            ELSE (at AT TIME ZONE zone)::date + 1 END AS since
        FROM f JOIN office USING (stream)
        WHERE topic IN ('office.year-opened', 'office.regulation-adopted')),
    written AS (SELECT fact->>'lesson_id' AS lesson_id, min(at) FILTER (WHERE topic
                ~ 'homework') AS homework, min(at) FILTER (WHERE topic ~ 'mark-given') AS marks
        FROM f WHERE topic IN ('journal.homework-assigned', 'journal.homework-not-assigned',
            'journal.mark-given') GROUP BY 1),
    due AS (SELECT v.*, topic.at AS topic_at, taken.at AS taken_at, homework, marks,
            coalesce(topic.kind = 'CONTROL', false) AS control,
            r.free @> to_jsonb(level) AS free, r.ungraded @> to_jsonb(level) AS ungraded,
            (base + 1)::timestamp AT TIME ZONE zone AS day_due,
            (base + r.fill_days + 1)::timestamp AT TIME ZONE zone AS fill_due,
            (base + r.written_days + 1)::timestamp AT TIME ZONE zone AS written_due
        FROM lived v LEFT JOIN topic USING (lesson_id) LEFT JOIN taken USING (lesson_id)
        LEFT JOIN written USING (lesson_id), LATERAL (SELECT * FROM rule
            WHERE rule.since <= v.day ORDER BY rule.since DESC LIMIT 1) r),
    duty AS (SELECT due.*, d.* FROM due, LATERAL (VALUES ('topic', topic_at, day_due, true),
        ('attendance', taken_at, fill_due, true), ('homework', homework, day_due, NOT free),
        ('marks', marks, CASE WHEN control THEN written_due ELSE fill_due END,
            NOT ungraded AND (marks IS NOT NULL OR control))) d (duty, done, until, asked))"""
_STATUSES = ("ON_TIME", "LATE", "MISSING")
_DUTY_NAMES = ("topic", "attendance", "homework", "marks")


def filling(school: Recount) -> Iterator[Pair]:
    """Form 10: weeks of teachers and groups, every duty, and the greatest delay."""
    since, until = date(school.year, 9, 1), date(school.year, 10, 31)
    keys = [f"{duty}:{status}" for duty in _DUTY_NAMES for status in _STATUSES]
    report = school.report("filling", since=since, until=until).parts[0]
    told = table(report, "week", "teacher", "lessons", *keys, "delay", kind=None)
    sums = ", ".join(
        f"count(*) FILTER (WHERE asked AND duty = '{duty}' AND {how})"
        for duty in _DUTY_NAMES
        for how in ("done < until", "done >= until", "done IS NULL AND %(now)s >= until")
    )
    by_sql = school.ask(
        _DUTIES
        + f""", closed AS (SELECT to_date(fact->>'week', 'IYYY-"W"IW') AS week FROM f
                WHERE topic = 'office.fill-check-closed'),
            seen AS (SELECT date_trunc('week', day)::date AS week, duty.* FROM duty
                WHERE day BETWEEN %(since)s AND %(until)s
                    AND date_trunc('week', day)::date IN (SELECT week FROM closed))
        SELECT week, name, count(DISTINCT lesson_id), {sums}, nullif(round((ceil(extract(epoch FROM
                max(done - until) FILTER (WHERE asked AND done >= until) + interval '1 second')
                / 60) / 60)::numeric, 2), 0)
        FROM seen JOIN person ON person_id = answers
        GROUP BY GROUPING SETS ((week, answers, name, class_id, subject_id, subgroup_id), ())""",
        since=since,
        until=until,
    )
    wanted = [row if row[0] else ("Всего", None, *row[2:]) for row in plain(by_sql)]
    told = [row if row[1] != "Всего" else ("Всего", None, *row[2:]) for row in told]
    yield Pair("filling", sorted(told, key=str), sorted(wanted, key=str))


def access(school: Recount) -> Iterator[Pair]:
    """Form 6 of a month of each class: position, before and after, for whom, late, sign-in."""
    since = date(school.year, 10, 1)
    until = since + timedelta(days=30)
    actions = {
        "отметка": "mark-given",
        "исправление отметки": "mark-corrected",
        "аннулирование отметки": "mark-annulled",
        "отметка за период": "term-mark-issued",
        "исправление отметки за период": "term-mark-corrected",
        "тема урока": "topic-recorded",
        "исправление темы": "topic-corrected",
    }
    for class_id, name, _ in school.classes():
        part = school.report("access", class_id=class_id, since=since, until=until).parts[0]
        keys = ("position", "action", "old", "new", "session")
        told = [
            (row[0], actions[row[1]], *row[2:5], "с опозданием" in (row[5] or ""), row[6])
            for row in table(part, *keys, "remarks", "acting_for")
            if row[1] in actions
        ]
        by_sql = school.ask(
            _DUTIES
            + """, late AS MATERIALIZED (SELECT lesson_id, duty FROM duty
                    WHERE asked AND done >= until AND class_id = %(class)s),
                lines AS (SELECT f.*, split_part(topic, '.', 2) AS kind,
                    fact->>'lesson_id' AS lesson_id
                FROM f, office WHERE f.stream = %(class)s AND topic IN ('journal.mark-given',
                    'journal.mark-corrected', 'journal.mark-annulled', 'journal.term-mark-issued',
                    'journal.term-mark-corrected', 'journal.topic-recorded',
                    'journal.topic-corrected')
                    AND (at AT TIME ZONE zone)::date BETWEEN %(since)s AND %(until)s)
            SELECT n, kind, coalesce(fact->>'old_value', fact->>'old_topic'
                    || coalesce(' (' || nullif(fact->>'old_title', '') || ')', '')),
                coalesce(fact->>'value', fact->>'topic'
                    || coalesce(' (' || nullif(fact->>'title', '') || ')', '')), left(session, 6),
                coalesce(fact->>'tier' = 'T1-late' OR EXISTS (SELECT FROM late
                    WHERE late.lesson_id = lines.lesson_id
                        AND (kind, duty) IN (('mark-given', 'marks'), ('topic-recorded', 'topic'))),
                false), p.short
            FROM lines LEFT JOIN person p ON p.person_id = acting_for""",
            since=since,
            until=until,
            **{"class": class_id},
        )
        wanted = [(*plain([row[:5]])[0], row[5], row[6]) for row in by_sql]
        yield Pair(f"records of {name}", sorted(told, key=str), sorted(wanted, key=str))


def inspections(school: Recount) -> Iterator[Pair]:
    """Form 9: inspections and remarks of the year, until when, and how far they are."""
    since, until = date(school.year, 9, 1), date(school.year + 1, 8, 31)
    report = school.report("inspections", since=since, until=until)
    told = [
        (row[0], row[1], bool(row[2]), bool(row[3]))
        for row in table(report.parts[0], "day", "due", "resolved", "accepted")
    ]
    by_sql = school.ask(
        """WITH looked AS (SELECT fact->>'inspection_id' AS id, (at AT TIME ZONE zone)::date AS day
            FROM f JOIN class ON class_id = f.stream, office WHERE topic = 'journal.inspected'),
        step AS (SELECT n, topic, fact->>'remark_id' AS id, fact FROM f
            WHERE topic ~ '^journal.remark'),
        remark AS (SELECT o.fact->>'inspection_id' AS looked,
            (SELECT s.fact->>'due_date' FROM step s WHERE s.id = o.id
                AND s.topic ~ 'opened|returned' ORDER BY s.n DESC LIMIT 1) AS due,
                EXISTS (SELECT FROM step s WHERE s.id = o.id
                    AND s.topic = 'journal.remark-resolved') AS resolved,
                EXISTS (SELECT FROM step s WHERE s.id = o.id
                    AND s.topic = 'journal.remark-accepted') AS accepted
            FROM step o WHERE o.topic = 'journal.remark-opened')
        SELECT day::text, due, coalesce(resolved, false), coalesce(accepted, false)
        FROM looked LEFT JOIN remark ON looked.id = remark.looked"""
    )
    yield Pair("remarks", sorted(told, key=str), sorted(by_sql, key=str))
    heads = dict(report.heads)
    counts = (heads["Проверок"], heads["Замечаний"])
    [found] = school.ask(
        """SELECT count(*) FILTER (WHERE topic = 'journal.inspected')::text,
            count(*) FILTER (WHERE topic = 'journal.remark-opened')::text
        FROM f JOIN class ON class_id = stream"""
    )
    yield Pair("how many", counts, found)


def movements(school: Recount) -> Iterator[Pair]:
    """Form 12: everybody who came to the school or left it by an order."""
    since, until = date(school.year, 9, 1), date(school.year + 1, 8, 31)
    report = school.report("movements", since=since, until=until)
    told: list[tuple[Any, ...]] = table(
        report.parts[0], "name", "kind", "class", "day", "order", "order_date"
    )
    by_sql = school.ask(
        """SELECT name, CASE topic WHEN 'journal.pupil-enrolled' THEN 'прибыл(а)'
                ELSE 'выбыл(а)' END, class, coalesce(fact->>'since', fact->>'on'),
            fact->>'order_no', fact->>'order_date'
        FROM f JOIN class ON class_id = stream JOIN person ON person_id = fact->>'pupil_id'
        WHERE topic IN ('journal.pupil-enrolled', 'journal.pupil-departed')
            AND coalesce(fact->>'order_no', '') <> ''
            AND fact->>'from_class' IS NULL AND fact->>'to_class' IS NULL
            AND (fact->>'on' IS NOT NULL OR (fact->>'since')::date > (SELECT min(starts) FROM term))
        """
    )
    yield Pair("movements", sorted(told, key=str), sorted(plain(by_sql), key=str))
