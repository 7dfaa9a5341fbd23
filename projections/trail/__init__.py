"""trail_v1: who, when, what, before → after, why, and on whose behalf."""

from __future__ import annotations

from projections.trail.reading import FLAGS, Filters, history, trail

__all__ = ["FLAGS", "Filters", "history", "trail"]
