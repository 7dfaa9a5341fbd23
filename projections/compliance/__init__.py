"""compliance_v1: what was to be written about each lesson, until when, and when it was."""

from __future__ import annotations

from projections.compliance.closing import found_in, over, weeks_to_close
from projections.compliance.counting import (
    Counts,
    Group,
    Judged,
    counted,
    counted_by,
    groups,
    judge,
    unfilled,
)
from projections.compliance.fold import Compliance
from projections.compliance.reading import (
    Book,
    Closed,
    Line,
    book,
    closed_week,
    closed_weeks,
    staff_names,
    subgroup_names,
)

__all__ = [
    "Book",
    "Closed",
    "Compliance",
    "Counts",
    "Group",
    "Judged",
    "Line",
    "book",
    "closed_week",
    "closed_weeks",
    "counted",
    "counted_by",
    "found_in",
    "groups",
    "judge",
    "over",
    "staff_names",
    "subgroup_names",
    "unfilled",
    "weeks_to_close",
]
