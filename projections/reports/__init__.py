"""Reports: the fifteen printed forms of a school, filled from the projections at a position."""

from __future__ import annotations

from projections.reports.catalogue import FORMS, Form, build
from projections.reports.ground import YEAR, Asked
from projections.reports.paper import Cell, Column, Line, Part, Report

__all__ = ["FORMS", "YEAR", "Asked", "Cell", "Column", "Form", "Line", "Part", "Report", "build"]
