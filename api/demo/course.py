"""The lessons of a class in a year: scheduled by the domain's own decision, with their texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from api.demo.curriculum import BY_KEY, SubjectPlan
from api.demo.population import Member, groups_on
from api.demo.recipe import Recipe
from api.demo.staffing import Load, SchoolClass
from api.demo.steps import Lesson
from api.demo.syllabus import LessonText, syllabus
from api.demo.timetable import Week
from domain.calendar import Calendar, ExpectedLesson, TimetableEntry, expected_lessons
from domain.journal.facts import LessonsScheduled, Subgroup, SubgroupSplitOrdered
from domain.journal.lessons import schedule_lessons
from domain.journal.state import Journal

Place = tuple[date, int, str | None]  # day, number, subgroup


class ClassYear(msgspec.Struct):
    """A class in a year: who, by whom, when, about what. `splits`: subject → orders by date."""

    school_class: SchoolClass
    calendar: Calendar
    load: Load
    members: list[Member]
    entries: tuple[TimetableEntry, ...]
    subgroups: dict[str, tuple[str, str]]
    terms: tuple[int, ...]
    lessons: list[Lesson] = []
    texts: dict[str, LessonText] = {}

    @property
    def class_id(self) -> str:
        return self.school_class.class_id

    def on(self, day: date) -> list[Member]:
        """Those on the class list that day."""
        return [member for member in self.members if member.on(day)]

    def subgroup(self, subject: str, group: int | None) -> str | None:
        """The id of a subgroup; None for the whole class."""
        return None if group is None else self.subgroups[subject][group]

    def attending(self, lesson: Lesson) -> list[Member]:
        """Those who are on the list of a lesson."""
        present = self.on(lesson.day)
        if lesson.group is None:
            return present
        return present[lesson.group :: 2] if self._undisturbed else self._by_order(lesson)

    def orders(self) -> list[date]:
        """Days from which the subgroups are divided anew."""
        first = self.calendar.terms[0].starts
        return sorted({first} | {m.since for m in self.members})

    @property
    def _undisturbed(self) -> bool:
        """Nobody came or left: the order of the first day holds all year."""
        return all(m.until is None for m in self.members) and len(self.orders()) == 1

    def _by_order(self, lesson: Lesson) -> list[Member]:
        order = max(day for day in self.orders() if day <= lesson.day)
        chosen = set(groups_on(self.members, order)[lesson.group or 0])
        return [m for m in self.on(lesson.day) if m.child.id in chosen]

    def splits(self, subject_ids: Mapping[str, str]) -> Iterator[tuple[date, SubgroupSplitOrdered]]:
        """The orders of division (clause 3.3.5)."""
        for day in self.orders():
            for number, (subject, ids) in enumerate(sorted(self.subgroups.items()), 1):
                halves = groups_on(self.members, day)
                yield (
                    day,
                    SubgroupSplitOrdered(
                        subject_ids[subject],
                        day,
                        f"{60 + number}-О",
                        day,
                        tuple(Subgroup(ids[i], f"{i + 1} подгруппа", halves[i]) for i in range(2)),
                    ),
                )


def class_year(
    recipe: Recipe,
    school_class: SchoolClass,
    calendar: Calendar,
    load: Load,
    members: list[Member],
    week: Week,
    subject_ids: Mapping[str, str],
    terms: tuple[int, ...],
) -> ClassYear:
    """Timetable, lessons and texts of a class in the terms that are lived."""
    chance = recipe.chance("course", school_class.class_id)
    divided = sorted({row.subject.key for row in load.given if row.group is not None})
    subgroups = {key: (chance.id(), chance.id()) for key in divided}
    rooms = {row.teacher.id: row.teacher.room for row in load.given}
    entries = tuple(
        TimetableEntry(
            weekday,
            number,
            subject_ids[hour.subject.key],
            teacher,
            subgroups[hour.subject.key][group] if hour.subject.key in subgroups else None,
            rooms[teacher],
        )
        for (weekday, number), hour in sorted(week.items())
        for group, teacher in enumerate(hour.teachers)
    )
    found = ClassYear(school_class, calendar, load, members, entries, subgroups, terms)
    keys = {subject_ids[subject.key]: subject for subject in BY_KEY.values()}
    _schedule(recipe, found, keys)
    return found


def _schedule(recipe: Recipe, found: ClassYear, keys: Mapping[str, SubjectPlan]) -> None:
    class_id = found.class_id
    groups = {ids[i]: i for ids in found.subgroups.values() for i in range(2)}
    courses: dict[tuple[str, str | None], list[tuple[int, ExpectedLesson]]] = defaultdict(list)
    numbers: dict[Place, str] = {}
    for term in found.calendar.terms:
        expected = expected_lessons(found.calendar, found.entries, term)
        for one in expected:
            courses[one.entry.subject_id, one.entry.subgroup_id].append((term.number, one))
        if term.number in found.terms:
            numbers |= _numbered(recipe, class_id, term.number, expected)
    grade_level = found.school_class.grade_level
    for (subject_id, subgroup_id), course in courses.items():
        subject = keys[subject_id]
        terms = [number for number, _ in course]
        # Subgroups of a class learn the same; the year is named by class and subject.
        chance = recipe.chance("syllabus", class_id, subject.key)
        texts = syllabus(chance, subject, grade_level, terms)
        places = _places(terms)
        for i, (number, one) in enumerate(course):
            lesson_id = numbers.get((one.date, one.entry.number, subgroup_id))
            if lesson_id is None:
                continue
            due = next((other.date for _, other in course[i + 1 :] if other.date > one.date), None)
            found.texts[lesson_id] = texts[i]
            found.lessons.append(
                Lesson(
                    lesson_id,
                    class_id,
                    one.date,
                    one.entry.number,
                    subject.key,
                    groups.get(subgroup_id or ""),
                    one.entry.teacher_id,
                    number,
                    places[i][0],
                    due,
                    places[i][1],
                )
            )
    found.lessons.sort(key=lambda one: (one.day, one.number, one.group or 0))


def _numbered(
    recipe: Recipe, class_id: str, term: int, expected: Sequence[ExpectedLesson]
) -> dict[Place, str]:
    """Ids of the lessons of a term: what the write door will answer, for it is asked the same."""
    ids = recipe.chance("lessons", class_id, term)
    facts = schedule_lessons(Journal(class_id), term, expected, ids.id)
    return {
        (lesson.date, lesson.number, series.subgroup_id): lesson.lesson_id
        for fact in facts
        if isinstance(fact, LessonsScheduled)
        for series in fact.series
        for lesson in series.lessons
    }


def _places(terms: Sequence[int]) -> list[tuple[int, int]]:
    """Of each lesson: which one of its term it is, from 1, and how many come after it."""
    total = Counter(terms)
    seen: Counter[int] = Counter()
    places = []
    for term in terms:
        seen[term] += 1
        places.append((seen[term], total[term] - seen[term]))
    return places
