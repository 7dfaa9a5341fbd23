"""directory_v1: who is who, and everything the doors need to decide who may read what."""

from __future__ import annotations

from projections.directory.classes import (
    class_card,
    class_head,
    classes,
    pupil_classes,
    subgroups,
    taught,
    teaches,
)
from projections.directory.lessons import (
    lesson_place,
    lessons_of_class,
    lessons_of_day,
    mark_place,
    teaching_day,
    unfilled_lessons,
)
from projections.directory.people import (
    appointed,
    children_of,
    class_teacher_of,
    class_teachers,
    consent,
    consented,
    guardians_of,
    holders_of,
    people,
    person,
    roles_of,
)
from projections.directory.vocabulary import (
    calendar_of,
    regulation_of,
    school_year_of,
    subjects,
    terms,
    work_types,
    years,
    zone_of,
)

__all__ = [
    "appointed",
    "calendar_of",
    "children_of",
    "class_card",
    "class_head",
    "class_teacher_of",
    "class_teachers",
    "classes",
    "consent",
    "consented",
    "guardians_of",
    "holders_of",
    "lesson_place",
    "lessons_of_class",
    "lessons_of_day",
    "mark_place",
    "people",
    "person",
    "pupil_classes",
    "regulation_of",
    "roles_of",
    "school_year_of",
    "subgroups",
    "subjects",
    "taught",
    "teaches",
    "teaching_day",
    "terms",
    "unfilled_lessons",
    "work_types",
    "years",
    "zone_of",
]
