"""diary_v1: one ready JSON document per pupil and week."""

from __future__ import annotations

from projections.diary.reading import Document, changes, week, weeks, weeks_of

__all__ = ["Document", "changes", "week", "weeks", "weeks_of"]
