"""office_v1: who came and went by which order; the office as it runs through a year."""

from __future__ import annotations

from projections.office.movements import movements
from projections.office.plans import plan_of, plan_progress, planned_for
from projections.office.timetables import timetables, weeks_of
from projections.office.years import bells_of

__all__ = [
    "bells_of",
    "movements",
    "plan_of",
    "plan_progress",
    "planned_for",
    "timetables",
    "weeks_of",
]
