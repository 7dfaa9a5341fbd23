"""Facts about the plan of a class: a new timetable, another room, КТП."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.fact import Fact
from domain.values import LessonKind


class LessonsWithdrawn(Fact, frozen=True, omit_defaults=True):
    """Lessons of the old timetable (or of days that are no school days any more) that were still
    to come and about which nothing was written: they are not planned any longer. Unlike cancelled
    ones they leave their place free.
    """

    TOPIC = "journal.lessons-withdrawn"
    since: date
    lesson_ids: tuple[str, ...]


class RoomChanged(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.room-changed"
    lesson_id: str
    old_room: str
    room: str


class PlannedLesson(msgspec.Struct, frozen=True, omit_defaults=True):
    """One topic of a plan; `hours`: so many lessons. `homework` is a hint."""

    number: int
    topic: str
    kind: LessonKind = LessonKind.LESSON
    title: str = ""
    homework: str = ""
    hours: int = 1


class LessonPlanAdopted(Fact, frozen=True, omit_defaults=True):
    """КТП of a subject, or of a subgroup in it. A long one comes in several facts of one append:
    `part` of `parts`. The plan that was there before stays in the log.
    """

    TOPIC = "journal.lesson-plan-adopted"
    plan_id: str
    subject_id: str
    lessons: tuple[PlannedLesson, ...]
    subgroup_id: str | None = None
    part: int = 1
    parts: int = 1


FACTS: tuple[type[Fact], ...] = (LessonsWithdrawn, RoomChanged, LessonPlanAdopted)
