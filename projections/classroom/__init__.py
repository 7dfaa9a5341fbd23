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
from projections.classroom.acknowledgements import acknowledged, acknowledged_in
from projections.classroom.fold import Classroom
from projections.classroom.letters import letters_of, letters_to
from projections.classroom.often import Often, often_away
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
    "Often",
    "Overdue",
    "acknowledged",
    "acknowledged_in",
    "comments_in",
    "comments_of",
    "comments_on_days",
    "file_of",
    "letters_of",
    "letters_to",
    "notices",
    "of_class",
    "of_pupil",
    "often_away",
    "outcomes_of",
    "overdue",
    "unsigned",
    "week",
]
