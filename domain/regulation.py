"""The regulation as a versioned value: a replay of an old year uses the rules of that year."""

from __future__ import annotations

import msgspec


class Regulation(msgspec.Struct, frozen=True):
    """Parameters of the «Положение»; another school's regulation is another value, no code.

    Days are calendar days in the school's zone.
    """

    version: str = "kukarino-2026"
    fill_days: int = 7  # 4.2.а: attendance and marks at least once a week
    homework_due: str = "lesson_day"  # 4.2.а: not later than the day of the lesson
    edit_window_days: int = 14  # a mark is a teacher's to correct so long after the lesson
    ungraded_levels: tuple[int, ...] = (1,)  # безотметочное обучение
    term_thresholds: tuple[str, str, str] = ("2.50", "3.50", "4.50")  # average → 3, 4, 5
    min_marks: int = 3  # fewer make the term mark н/а
