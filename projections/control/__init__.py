"""control_v1: which journals were inspected, which remarks wait for whom."""

from __future__ import annotations

from projections.control.fold import Control
from projections.control.reading import (
    Inspection,
    Remark,
    Step,
    Wanted,
    first_lessons,
    inspection_place,
    inspections,
    remark_place,
    remarks,
    waiting,
)

__all__ = [
    "Control",
    "Inspection",
    "Remark",
    "Step",
    "Wanted",
    "first_lessons",
    "inspection_place",
    "inspections",
    "remark_place",
    "remarks",
    "waiting",
]
