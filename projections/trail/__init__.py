"""trail_v1: who, when, what, before → after, why, and on whose behalf."""

from __future__ import annotations

from projections.trail.reading import (
    FLAGS,
    PAGE,
    Filters,
    Page,
    annotations_of,
    at_places,
    history,
    made_by,
    moments,
    of_page,
    put_right,
    trail,
)

__all__ = [
    "FLAGS",
    "PAGE",
    "Filters",
    "Page",
    "annotations_of",
    "at_places",
    "history",
    "made_by",
    "moments",
    "of_page",
    "put_right",
    "trail",
]
