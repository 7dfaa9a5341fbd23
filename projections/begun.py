"""Lessons that nobody here could write about: conditions of SQL on a lesson `l` (its class_id,
subject_id, teacher_id and date). As `projections.compliance.staffing` reads them for the check.
"""

from __future__ import annotations

from typing import LiteralString

#: the school's day of the first fact of all: nothing was kept here before. NULL of an empty log
FIRST_DAY: LiteralString = """(
    SELECT (m.at AT TIME ZONE y.zone)::date FROM {s}.directory_year y, {s}.register_moment m
    ORDER BY m.at LIMIT 1)"""
#: the journal was kept here that day
KEPT: LiteralString = "l.date >= coalesce(" + FIRST_DAY + ", l.date)"
#: the lesson's teacher came later to this subject of the class
CAME_LATER: LiteralString = """coalesce((
    SELECT min(q.since) FROM {s}.directory_assignment q
    WHERE (q.class_id, q.subject_id, q.teacher_id)
        = (l.class_id, l.subject_id, l.teacher_id)) > l.date, false)"""
#: … or had been released from it by then
LEFT: LiteralString = """coalesce((
    SELECT bool_or(coalesce(q.until <= l.date, false))
        AND bool_and(q.since > l.date OR coalesce(q.until <= l.date, false))
    FROM {s}.directory_assignment q
    WHERE (q.class_id, q.subject_id, q.teacher_id)
        = (l.class_id, l.subject_id, l.teacher_id)), false)"""
#: somebody was there for the subject of the class, or nobody was ever assigned
SOMEBODY: LiteralString = """coalesce((
    SELECT min(q.since) FROM {s}.directory_assignment q
    WHERE (q.class_id, q.subject_id) = (l.class_id, l.subject_id)) <= l.date, true)"""
