"""classroom_v1: reasons of absences, signed weeks, guardians' warnings."""

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

__all__ = ["Classroom", "Overdue", "notices", "of_pupil", "overdue", "unsigned", "week"]
