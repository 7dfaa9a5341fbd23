"""compliance_v1: what was to be written about each lesson, until when, and when it was."""

from __future__ import annotations

from domain.weeks import days_of, week_of
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
from projections.compliance.delays import Delay, delays
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
from projections.compliance.staffing import NOBODY, VACANT
from projections.compliance.telling import (
    debts,
    lesson_json,
    moment,
    verdict_json,
    week_json,
)
from projections.compliance.term_end import Lack, lacks, lacks_of, spans
from projections.compliance.unmarked import Unmarked, unmarked

__all__ = [
    "NOBODY",
    "VACANT",
    "Book",
    "Closed",
    "Compliance",
    "Counts",
    "Delay",
    "Group",
    "Judged",
    "Lack",
    "Line",
    "Unmarked",
    "book",
    "closed_week",
    "closed_weeks",
    "counted",
    "counted_by",
    "days_of",
    "debts",
    "delays",
    "found_in",
    "groups",
    "judge",
    "lacks",
    "lacks_of",
    "lesson_json",
    "moment",
    "over",
    "spans",
    "staff_names",
    "subgroup_names",
    "unfilled",
    "unmarked",
    "verdict_json",
    "week_json",
    "week_of",
    "weeks_to_close",
]
