"""register_v1: the journal page, now and as of any moment, by one query per table."""

from __future__ import annotations

from projections.register.difference import difference
from projections.register.homework import homework_due
from projections.register.page import page
from projections.register.past import (
    as_of,
    attendance,
    page_lessons,
    position_at,
    register_places,
    term_marks,
)

__all__ = [
    "as_of",
    "attendance",
    "difference",
    "homework_due",
    "page",
    "page_lessons",
    "position_at",
    "register_places",
    "term_marks",
]
