"""What `Lesson.verdict` calls LATE, as a condition of SQL: for readers of many records at once.

A record is late when its duty is: when the first record of the duty came after the deadline. What
was added to a duty done in time is not late, as in every figure of compliance.
"""

from __future__ import annotations

from typing import LiteralString

from projections.begun import FIRST_DAY

#: of a line `t` of the trail with its lesson `q` of compliance_lesson, or none; never NULL
LATE: LiteralString = (
    """coalesce(t.tier = 'T1-late' OR
    q.cancelled_at IS NULL AND NOT q.off AND NOT q.left_out
    AND (q.known IS NULL OR q.date >= coalesce("""
    + FIRST_DAY
    + """, q.date))
    AND CASE t.kind
        WHEN 'topic-recorded' THEN
            q.imported & 1 = 0 AND q.topic_at >= q.day_due + interval '1 second'
        WHEN 'attendance-taken' THEN
            q.imported & 2 = 0 AND q.attendance_at >= q.fill_due + interval '1 second'
        WHEN 'homework-assigned' THEN
            q.imported & 4 = 0 AND q.homework AND q.homework_at >= q.day_due + interval '1 second'
        WHEN 'homework-not-assigned' THEN
            q.imported & 4 = 0 AND q.homework AND q.homework_at >= q.day_due + interval '1 second'
        WHEN 'mark-given' THEN
            q.imported & 8 = 0 AND q.graded AND q.marks_at >= interval '1 second'
                + CASE WHEN q.control THEN q.written_due ELSE q.fill_due END
        ELSE false
    END, false)"""
)
