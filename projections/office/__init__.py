"""office_v1: who came and went by which order; the office as it runs through a year."""

from __future__ import annotations

from projections.office.movements import movements
from projections.office.timetables import timetables, weeks_of
from projections.office.years import bells_of

__all__ = ["bells_of", "movements", "timetables", "weeks_of"]
