"""classroom_v1: what class teachers keep, and what is told of pupils beside the marks."""

from __future__ import annotations

from projections.classroom.absences import (
    Overdue,
    notices,
    of_pupil,
    overdue,
    unsigned,
    week,
)
from projections.classroom.fold import Classroom
from projections.classroom.outcomes import (
    comments_in,
    comments_of,
    comments_on_days,
    file_of,
    of_class,
    outcomes_of,
)

__all__ = [
    "Classroom",
    "Overdue",
    "comments_in",
    "comments_of",
    "comments_on_days",
    "file_of",
    "notices",
    "of_class",
    "of_pupil",
    "outcomes_of",
    "overdue",
    "unsigned",
    "week",
]
