"""The days of a class: attendance, topics, homework; marks go to the gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from api.demo.brought import Brought
from api.demo.chance import Chance
from api.demo.course import ClassYear
from api.demo.curriculum import BY_KEY
from api.demo.flaws import Flaws
from api.demo.gradebook import Gradebook
from api.demo.health import Health
from api.demo.population import Member
from api.demo.recipe import Recipe
from api.demo.steps import Lesson, Step, on
from api.demo.year import lesson_start
from domain.journal.facts import AttendanceEntry
from domain.values import ABSENCES, AttendanceCode, LessonKind

UNGRADED = 1
_PERSONAL_HOMEWORK = (
    "Повторить таблицу умножения, карточка № 5.",
    "Доделать упражнение, которое не успели в классе.",
    "Прочитать дополнительный текст и пересказать на следующем уроке.",
    "Решить три задачи повышенной трудности с карточки.",
    "Исправить ошибки в контрольной работе.",
)
_NOON, _EVENING = 15 * 60, 19 * 60
_CLARIFIED = {True: AttendanceCode.ILL, False: AttendanceCode.EXCUSED}


class Classroom:
    """Lives through the terms of a class and writes down who did what."""

    def __init__(
        self,
        recipe: Recipe,
        course: ClassYear,
        flaws: Flaws,
        subject_ids: Mapping[str, str],
        work_ids: Mapping[str, str],
        brought: Brought,
    ) -> None:
        self._recipe = recipe
        self.course = course
        self._flaws = flaws
        self._chance = recipe.chance("classroom", course.class_id)
        self._style: dict[tuple[str, date], int] = {}
        self.steps: list[Step] = []
        self.book = Gradebook(recipe, course, flaws, subject_ids, work_ids, self.steps, brought)

    def live(self) -> None:
        """Every lived term, day by day, up to the eve of today."""
        health = Health(self._recipe.chance("health", self.course.class_id))
        by_day: dict[date, list[Lesson]] = {}
        for lesson in self.course.lessons:
            by_day.setdefault(lesson.day, []).append(lesson)
        for term in self.course.calendar.terms:
            if term.number not in self.course.terms:
                continue
            for index, day in enumerate(self.course.calendar.school_days(term)):
                if day >= self._recipe.today:
                    return
                health.morning([m.child for m in self.course.on(day)], term.number, index)
                for lesson in by_day.get(day, ()):
                    self._lesson(lesson, health)
            if term.ends < self._recipe.today:
                self.book.end(term)

    def _lesson(self, lesson: Lesson, health: Health) -> None:
        flaws = self._flaws
        if lesson.lesson_id in flaws.cancelled:
            if lesson.lesson_id in flaws.attempted:
                self._attempt(lesson)
            return
        members = self.course.attending(lesson)
        entries = self._entries(lesson, members, health)
        if lesson.lesson_id in flaws.unfilled:
            return
        if lesson.lesson_id in flaws.absent_mark:
            entries = self._one_absent(lesson, members, entries)
        by = flaws.substitute.get(lesson.lesson_id, lesson.teacher_id)
        days = flaws.late.get(lesson.lesson_id, 0)
        day = lesson.day + timedelta(days=days)
        minute = self._minute(by, day, lesson) if not days else _EVENING
        if lesson.lesson_id not in flaws.no_attendance | flaws.bare:
            taken = on(day, minute if days else lesson_start(lesson.number) + 12)
            self._attendance(lesson, entries, taken, by)
        if lesson.lesson_id not in flaws.no_topic | flaws.bare:
            self._text(lesson, on(day, minute), by)
        if lesson.lesson_id not in flaws.no_homework | flaws.bare:
            later = lesson.lesson_id in flaws.late_homework
            self._homework(lesson, members, on(day + timedelta(days=int(later)), minute), by)
        if self.course.school_class.grade_level != UNGRADED:
            gone = {pupil for pupil, entry in entries.items() if entry.code in ABSENCES}
            here = [m.child for m in members if m.child.id not in gone]
            away = [m.child for m in members if m.child.id in gone]
            exempt = {p for p, e in entries.items() if e.code is AttendanceCode.EXEMPT_LESSON}
            able = [child for child in here if child.id not in exempt]
            if lesson.lesson_id in flaws.certain and able:
                self.book.certain_mark(lesson, self._chance.pick(able), "4")
            self.book.lesson(lesson, able, away, on(day, minute), by)

    def _entries(
        self, lesson: Lesson, members: list[Member], health: Health
    ) -> dict[str, AttendanceEntry]:
        entries: dict[str, AttendanceEntry] = {}
        ill = self._flaws.long_ill.get((lesson.class_id, lesson.term))
        for member in members:
            child = member.child
            code = AttendanceCode.ILL if child.id == ill else health.absence(child)
            if code is not None and self.book.must_come(lesson, child):
                code = None
            if code is not None:
                entries[child.id] = AttendanceEntry(child.id, code)
            elif (
                lesson.subject == "pe"
                and health.exempt(child)
                and not self.book.must_come(lesson, child)
            ):
                entries[child.id] = AttendanceEntry(child.id, AttendanceCode.EXEMPT_LESSON)
            elif minutes := health.late(lesson.number):
                entries[child.id] = AttendanceEntry(child.id, AttendanceCode.LATE, minutes)
        return entries

    def _one_absent(
        self, lesson: Lesson, members: list[Member], entries: dict[str, AttendanceEntry]
    ) -> dict[str, AttendanceEntry]:
        """The pupil who was not there and has a mark all the same."""
        spare = [one for one in members if not self.book.must_come(lesson, one.child)]
        child = self._chance.pick(spare or members).child
        mark_id = self.book.certain_mark(lesson, child, "5")
        self._flaws.note(
            "absent_pupil_with_mark",
            class_id=lesson.class_id,
            lesson_id=lesson.lesson_id,
            pupil_id=child.id,
            mark_id=mark_id,
            teacher_id=lesson.teacher_id,
            date=lesson.day.isoformat(),
        )
        entry = AttendanceEntry(child.id, AttendanceCode.ABSENT_UNSPECIFIED)
        return {**entries, child.id: entry}

    def _minute(self, teacher_id: str, day: date, lesson: Lesson) -> int:
        """When this teacher writes: in the lesson, after the lessons, or in the evening."""
        if (teacher_id, day) not in self._style:
            chance: Chance = self._recipe.chance("style", teacher_id, day)
            style = chance.weighted((0, 1, 2), (45, 37, 18))
            start = (0, _NOON + chance.between(0, 8) * 10, _EVENING + chance.between(0, 10) * 10)
            self._style[teacher_id, day] = start[style]
        return self._style[teacher_id, day] or lesson_start(lesson.number) + 42

    def _attendance(
        self, lesson: Lesson, entries: dict[str, AttendanceEntry], at: int, by: str
    ) -> None:
        what = (lesson.class_id, lesson.lesson_id, tuple(entries.values()))
        self.steps.append(Step(at, by, "take_attendance", what))
        unclear = [
            e.pupil_id
            for e in entries.values()
            if e.code is AttendanceCode.ABSENT_UNSPECIFIED
            and lesson.lesson_id not in self._flaws.absent_mark
        ]
        if unclear and by == lesson.teacher_id and self._chance.happens(0.3):
            code = _CLARIFIED[self._chance.happens(0.7)]
            clear = dict(entries)
            clear[unclear[0]] = AttendanceEntry(unclear[0], code)
            day = lesson.day + timedelta(days=self._chance.between(1, 5))
            self.steps.append(
                Step(
                    max(at, on(day, _NOON + 30)),
                    by,
                    "take_attendance",
                    (lesson.class_id, lesson.lesson_id, tuple(clear.values())),
                )
            )

    def _text(self, lesson: Lesson, at: int, by: str) -> None:
        text = self.course.texts[lesson.lesson_id]
        topic = text.topic
        typo = self._chance.happens(0.004)
        kind = text.kind
        place = (lesson.class_id, lesson.lesson_id)
        if typo:
            wrong = topic.lower() if topic != topic.lower() else f"{topic}."
            self.steps.append(Step(at, by, "record_topic", (*place, wrong, kind, text.title)))
        self.steps.append(Step(at, by, "record_topic", (*place, topic, kind, text.title)))

    def _homework(self, lesson: Lesson, members: list[Member], at: int, by: str) -> None:
        text = self.course.texts[lesson.lesson_id]
        place = (lesson.class_id, lesson.lesson_id)
        ungraded = self.course.school_class.grade_level == UNGRADED
        if ungraded or not text.homework or lesson.due is None or not members:
            self.steps.append(Step(at, by, "declare_no_homework", place))
            return
        number = self._chance.id()
        self.steps.append(
            Step(at, by, "assign_homework", (*place, number, text.homework, lesson.due))
        )
        if self._chance.happens(0.004) and text.kind is LessonKind.LESSON:
            pupils = tuple(m.child.id for m in self._chance.some(members, 2))
            personal = self._chance.pick(_PERSONAL_HOMEWORK)
            what = (*place, self._chance.id(), personal, lesson.due, pupils)
            self.steps.append(Step(at, by, "assign_homework", what))

    def _attempt(self, lesson: Lesson) -> None:
        """The lesson was not held; its teacher tries to give a mark on that day."""
        members = self.course.attending(lesson)
        subject = BY_KEY[lesson.subject].name
        self.book.refused(lesson, members[0].child, lesson.teacher_id, "lesson.cancelled", subject)
