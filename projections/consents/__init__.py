"""consents_v1: every consent of every family, with its paper, and how it ended."""

from __future__ import annotations

from projections.consents.reading import Given, checklist, ending, history, paper

__all__ = ["Given", "checklist", "ending", "history", "paper"]
