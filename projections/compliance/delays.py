"""2.1: how long it takes from the end of a lesson until its records are in the diary.

A record is in the diary within a second of `recorded_at` (the projector's delay is measured apart:
`/readyz`), so that moment is what is measured. Records made during the lesson count as no delay;
what was never recorded has none and is counted as such; imports are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from projections.compliance.counting import Judged
from projections.compliance.reading import DUTIES

_MINUTE_S = 60


class Delay(msgspec.Struct, frozen=True):
    """Of one teacher: begun minutes; None without any record."""

    records: int
    median_minutes: int | None
    p90_minutes: int | None
    greatest_minutes: int | None


def delays(judged: Iterable[Judged], now: datetime) -> dict[str, Delay]:
    """By teacher."""
    found: dict[str, list[int]] = {}
    for one in judged:
        lesson, own = one.line.lesson, found.setdefault(one.line.teacher_id, [])
        if lesson.excuse(now) is not None:
            continue
        for duty in DUTIES:
            record = lesson.seen(duty, now)
            if record is not None and not record.imported:
                late = (record.at - lesson.due.ends_at).total_seconds()
                own.append(max(0, -int(-late // _MINUTE_S)))
    return {teacher: _delay(sorted(minutes)) for teacher, minutes in found.items()}


def _delay(minutes: list[int]) -> Delay:
    if not minutes:
        return Delay(0, None, None, None)
    return Delay(len(minutes), rank(minutes, 50), rank(minutes, 90), minutes[-1])


def rank(ordered: list[int], per_cent: int) -> int:
    """The nearest-rank percentile of ordered values: a value that was really measured."""
    return ordered[-(-len(ordered) * per_cent // 100) - 1]
