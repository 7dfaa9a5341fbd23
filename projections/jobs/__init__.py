"""Jobs: what the scheduler writes down about them, and what the doors read of it."""

from __future__ import annotations

from projections.jobs.keeping import Asked, Book, Published
from projections.jobs.reading import Job, Run, ask, jobs, known, runs

__all__ = ["Asked", "Book", "Job", "Published", "Run", "ask", "jobs", "known", "runs"]
