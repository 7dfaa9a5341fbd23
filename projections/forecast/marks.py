"""Numeric marks of the register as the forecast takes them, those brought from elsewhere too."""

from __future__ import annotations

#: a position after all there is: the register as it is now
NOW = 9_223_372_036_854_775_806

#: (class, subject, pupil, day, mark, weight, kind of work) of a span of days as it was at a
#: position, in hundredths; a 1 is a 2. A titled control work is one whatever it weighs; else the
#: weight tells the kind.
MARKS = """
    SELECT class_id, subject_id, pupil_id, date,
        greatest(value::int, 2) * 100 AS mark,
        round(weight::numeric * 100)::int AS weight,
        CASE WHEN kind = 'CONTROL' OR weight::numeric > 2 THEN 2
            WHEN kind IN ('PRACTICAL', 'LABORATORY', 'PROJECT') OR weight::numeric > 1 THEN 1
            ELSE 0 END AS work
    FROM (
        SELECT m.class_id, l.subject_id, m.pupil_id, l.date, m.value, m.weight, t.kind
        FROM {s}.register_mark m
        JOIN {s}.register_lesson l ON l.lesson_id = m.lesson_id
            AND l.valid_from <= %(at)s AND %(at)s < l.valid_to
        LEFT JOIN {s}.register_topic t ON t.lesson_id = l.lesson_id
            AND t.valid_from <= %(at)s AND %(at)s < t.valid_to
        WHERE m.valid_from <= %(at)s AND %(at)s < m.valid_to
            AND l.date BETWEEN %(since)s AND %(until)s
            AND (%(classes)s::uuid[] IS NULL OR m.class_id = ANY (%(classes)s::uuid[]))
        UNION ALL
        SELECT m.class_id, m.subject_id, m.pupil_id, m.date, m.value, m.weight, ''
        FROM {s}.register_carried m
        WHERE m.valid_from <= %(at)s AND %(at)s < m.valid_to
            AND m.date BETWEEN %(since)s AND %(until)s
            AND (%(classes)s::uuid[] IS NULL OR m.class_id = ANY (%(classes)s::uuid[]))
    ) given
    WHERE value IN ('1', '2', '3', '4', '5')
"""

#: the twelve sums of a tally by class, subject and pupil, of the marks of {since}–{until}
TALLIES = (
    """
    SELECT class_id::text, subject_id::text, pupil_id::text,
        count(*) FILTER (WHERE work = 0), count(*) FILTER (WHERE work = 1),
        count(*) FILTER (WHERE work = 2),
        coalesce(sum(weight) FILTER (WHERE work = 0), 0),
        coalesce(sum(weight) FILTER (WHERE work = 1), 0),
        coalesce(sum(weight) FILTER (WHERE work = 2), 0),
        coalesce(sum(mark) FILTER (WHERE work = 0), 0),
        coalesce(sum(mark) FILTER (WHERE work = 1), 0),
        coalesce(sum(mark) FILTER (WHERE work = 2), 0),
        sum(mark::bigint * weight)::bigint, sum(weight::bigint * weight)::bigint,
        sum(mark::bigint * mark)::bigint
    FROM ("""  # noqa: S608 - two texts of this file
    + MARKS
    + """) marks GROUP BY class_id, subject_id, pupil_id
"""
)
