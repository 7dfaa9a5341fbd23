"""register_v1: the journal page, now and as of any moment, by one query per table."""

from __future__ import annotations

from projections.register.page import page
from projections.register.past import (
    as_of,
    attendance,
    position_at,
    register_places,
    term_marks,
)

__all__ = ["as_of", "attendance", "page", "position_at", "register_places", "term_marks"]
