"""office_v1: who came and went by which order; the office as it runs through a year."""

from __future__ import annotations

from projections.office.movements import movements
from projections.office.plans import plan_of, plan_progress, planned_for
from projections.office.readiness import Readiness, readiness, terms_of_classes
from projections.office.school_years import plan_lessons, school_year
from projections.office.substitutions import school_day, substitutions_on, teachers_on
from projections.office.timetables import timetables, weeks_of
from projections.office.years import bells_of

__all__ = [
    "Readiness",
    "bells_of",
    "movements",
    "plan_lessons",
    "plan_of",
    "plan_progress",
    "planned_for",
    "readiness",
    "school_day",
    "school_year",
    "substitutions_on",
    "teachers_on",
    "terms_of_classes",
    "timetables",
    "weeks_of",
]
