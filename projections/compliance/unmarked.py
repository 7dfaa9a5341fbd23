"""4.2.а: weeks in which a group had lessons and nobody in it got a mark.

«Not less than once a week» is asked of attendance or a mark (`week_filled`), so that such a week is
nobody's fault; the regulation names marks all the same, and a deputy asks about many in a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from domain.calendar import monday
from domain.duties import Duty
from projections.compliance.counting import Judged


class Unmarked(msgspec.Struct, frozen=True):
    """A group (teacher × class × subject × subgroup) with weeks without marks: their Mondays, in
    order; `weeks`: how many weeks had lessons.
    """

    teacher_id: str
    class_id: str
    class_name: str
    grade_level: int
    subject_id: str
    subject: str
    subgroup_id: str | None
    weeks: int
    without: list[date]


def unmarked(judged: Iterable[Judged], now: datetime) -> list[Unmarked]:
    """Every graded group, also those without such weeks. A lesson counts once it is over."""
    groups: dict[tuple[str, str, str, str], list[Judged]] = {}
    for one in judged:
        lesson = one.line.lesson
        held = lesson.excuse(now) is None and lesson.due.ends_at <= now
        if held and lesson.graded:
            groups.setdefault(one.line.group, []).append(one)
    found = []
    for of in groups.values():
        weeks: dict[date, bool] = {}
        for one in of:
            week = monday(one.line.date)
            marked = one.line.lesson.seen(Duty.MARKS, now) is not None
            weeks[week] = weeks.get(week, False) or marked
        line = of[0].line
        found.append(
            Unmarked(
                line.teacher_id,
                line.class_id,
                line.class_name,
                line.grade_level,
                line.subject_id,
                line.subject,
                line.subgroup_id,
                len(weeks),
                sorted(week for week, marked in weeks.items() if not marked),
            )
        )
    return sorted(found, key=lambda one: (-len(one.without), one.grade_level, one.class_name))
