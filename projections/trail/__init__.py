"""trail_v1: who, when, what, before → after, why, and on whose behalf."""

from __future__ import annotations

from projections.trail.reading import FLAGS, Filters, Page, history, moments, of_page, trail

__all__ = ["FLAGS", "Filters", "Page", "history", "moments", "of_page", "trail"]
