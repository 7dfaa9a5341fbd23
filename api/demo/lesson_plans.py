"""КТП of this year: what each teacher of the older classes meant to teach, lesson by lesson."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from api.demo.chance import Chance
from api.demo.course import ClassYear
from api.demo.curriculum import FIRST_DIVIDED
from api.demo.steps import Lesson, Step, on
from domain.journal.plan_facts import PlannedLesson

#: when the subgroups are ordered, in the afternoon
_MONTH, _DAY, _MINUTE = 8, 31, 16 * 60


def plans(chance: Chance, course: ClassYear, subject_ids: Mapping[str, str]) -> Iterator[Step]:
    """The plan of every subject and subgroup, as its lessons then went."""
    if course.school_class.grade_level < FIRST_DIVIDED:
        return
    lessons: dict[tuple[str, int | None, str], list[Lesson]] = defaultdict(list)
    for one in course.lessons:
        lessons[one.subject, one.group, one.teacher_id].append(one)
    at = on(date(course.calendar.year, _MONTH, _DAY), _MINUTE)
    for (subject, group, teacher), own in sorted(lessons.items(), key=str):
        planned = [
            PlannedLesson(number, text.topic, text.kind, text.title)
            for number, lesson in enumerate(own, 1)
            if (text := course.texts[lesson.lesson_id])
        ]
        place = (subject_ids[subject], course.subgroup(subject, group))
        yield Step(
            at, teacher, "adopt_lesson_plan", (course.class_id, chance.id(), *place, planned)
        )
