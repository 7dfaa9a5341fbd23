"""Decisions about lessons: scheduled, added, moved, cancelled; topic, attendance, homework."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import groupby

from domain.calendar import ExpectedLesson, local_date
from domain.fact import Fact
from domain.journal import facts as f
from domain.journal.state import Journal, Lesson, slot, vacancy
from domain.office.state import Office
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import (
    MAX_MINUTES_LATE,
    TITLED,
    AttendanceCode,
    LessonKind,
    PayloadRef,
    class_text,
)

#: Lessons in one fact: about 60 bytes each, far under the cap of stored bytes.
LESSONS_PER_FACT = 500


def known_lesson(journal: Journal, lesson_id: str) -> Lesson:
    """The lesson, cancelled or not. Raises NotFound."""
    lesson = journal.lessons.get(lesson_id)
    if lesson is None:
        raise NotFound("lesson.unknown", "Такого урока нет.")
    return lesson


def held_lesson(journal: Journal, lesson_id: str, at: datetime) -> Lesson:
    """A lesson that was held or is being held today.

    Raises NotFound, Conflict (cancelled), Forbidden (the term is closed), Invalid (in the future:
    nothing is written ahead).
    """
    lesson = known_lesson(journal, lesson_id)
    if lesson.cancelled:
        raise Conflict("lesson.cancelled", "Урок отменён: записей по нему нет.")
    require_open(journal, lesson.date)
    if lesson.date > local_date(at, journal.zone):
        raise Invalid(
            "lesson.in_the_future",
            f"Урок {lesson.date:%d.%m.%Y} ещё не прошёл.",
        )
    return lesson


def require_open(journal: Journal, day: date) -> None:
    """Raises Forbidden when the day lies in a closed term."""
    if journal.is_closed(day):
        raise Forbidden(
            "term.closed", "Учебный период закрыт: запись вносится только через завуча."
        )


def schedule_lessons(
    journal: Journal,
    term: int,
    expected: Sequence[ExpectedLesson],
    new_id: Callable[[], str],
) -> list[Fact]:
    """Schedule the lessons of a term; those whose place is taken stay as they are.

    What was cancelled or moved away is not scheduled again.
    """
    taken = _taken(journal)
    missing = [
        one
        for one in expected
        if not _collides(taken, one.date, one.entry.number, one.entry.subgroup_id)
        and vacancy(one.date, one.entry.number, one.entry.subgroup_id, one.entry.subject_id)
        not in journal.vacated
    ]

    def series_of(one: ExpectedLesson) -> tuple[str, str, str, str]:
        entry = one.entry
        return (entry.subject_id, entry.teacher_id, entry.subgroup_id or "", entry.room)

    facts: list[Fact] = []
    for start in range(0, len(missing), LESSONS_PER_FACT):
        chunk = sorted(missing[start : start + LESSONS_PER_FACT], key=series_of)
        series = tuple(
            f.Series(
                subject_id,
                teacher_id,
                tuple(
                    f.ScheduledLesson(new_id(), one.date, one.entry.number)
                    for one in sorted(group, key=lambda e: (e.date, e.entry.number))
                ),
                subgroup_id or None,
                room,
            )
            for (subject_id, teacher_id, subgroup_id, room), group in groupby(chunk, series_of)
        )
        facts.append(f.LessonsScheduled(term, series))
    return facts


def add_lesson(journal: Journal, office: Office, new: f.LessonAdded) -> list[Fact]:
    """A lesson outside the timetable (a replacement, an extra hour)."""
    before = journal.lessons.get(new.lesson_id)
    place = (new.date, new.number, new.subject_id, new.subgroup_id)
    if before is not None:
        if (before.date, before.number, before.subject_id, before.subgroup_id) == place:
            return []
        raise Conflict("lesson.id_taken", "Под этим номером уже есть другой урок.")
    if new.subject_id not in office.subjects:
        raise Invalid("lesson.unknown_subject", "Такого предмета в школе нет.")
    if new.subgroup_id is not None:
        split = journal.split(new.subject_id, new.date)
        if split is None or new.subgroup_id not in split.members:
            raise Invalid("lesson.unknown_subgroup", "Такой подгруппы по этому предмету нет.")
    require_open(journal, new.date)
    _require_school_day(office, new.date)
    _require_free(journal, new.date, new.number, new.subgroup_id)
    return [new]


def move_lesson(
    journal: Journal, office: Office, lesson_id: str, day: date, number: int
) -> list[Fact]:
    """Move a lesson on which nothing has been recorded yet."""
    lesson = known_lesson(journal, lesson_id)
    if lesson.cancelled:
        raise Conflict("lesson.cancelled", "Урок отменён: перенести его нельзя.")
    if (lesson.date, lesson.number) == (day, number):
        return []
    _require_untouched(journal, lesson_id, lesson)
    require_open(journal, day)
    _require_school_day(office, day)
    _require_free(journal, day, number, lesson.subgroup_id)
    return [f.LessonMoved(lesson_id, lesson.date, lesson.number, day, number)]


def cancel_lesson(journal: Journal, lesson_id: str, reason: str) -> list[Fact]:
    """Cancel a lesson on which nothing has been recorded."""
    lesson = known_lesson(journal, lesson_id)
    if lesson.cancelled:
        return []
    _require_untouched(journal, lesson_id, lesson)
    return [f.LessonCancelled(lesson_id, class_text(reason, what="Причина отмены"))]


def record_topic(
    journal: Journal, lesson_id: str, topic: str, kind: LessonKind, title: str, at: datetime
) -> list[Fact]:
    """The topic in Russian; practical, laboratory, control works and excursions have a title.

    Clause 3.1.3. A second recording is a correction that keeps the first.
    """
    lesson = held_lesson(journal, lesson_id, at)
    topic = class_text(topic, what="Тема урока")
    if kind in TITLED or title:
        title = class_text(title, what="Название работы")
    before = lesson.topic
    if before is None:
        return [f.TopicRecorded(lesson_id, topic, kind, title)]
    if (before.topic, before.kind, before.title) == (topic, kind, title):
        return []
    return [
        f.TopicCorrected(lesson_id, before.topic, before.kind, before.title, topic, kind, title)
    ]


def take_attendance(
    journal: Journal, lesson_id: str, entries: Sequence[f.AttendanceEntry], at: datetime
) -> list[Fact]:
    """Attendance of a lesson: only exceptions matter, everybody else was present.

    Taken again, it is a correction with the old codes.
    """
    lesson = held_lesson(journal, lesson_id, at)
    exceptions: dict[str, f.AttendanceEntry] = {}
    for entry in entries:
        if not journal.attends(entry.pupil_id, lesson):
            raise Invalid(
                "attendance.pupil_not_in_class",
                f"Ученика не было в списке {journal.name} класса (подгруппы) на дату урока.",
                pupil_id=entry.pupil_id,
            )
        late = entry.code is AttendanceCode.LATE
        if not late and entry.minutes_late:
            raise Invalid("attendance.minutes", "Минуты указывают только у опоздавших.")
        if not 0 <= entry.minutes_late <= MAX_MINUTES_LATE:
            raise Invalid("attendance.minutes", f"Опоздание: от 0 до {MAX_MINUTES_LATE} минут.")
        if entry.pupil_id in exceptions:
            raise Invalid("attendance.twice", "Ученик указан дважды.")
        exceptions[entry.pupil_id] = entry
    exceptions = {
        pupil: e for pupil, e in exceptions.items() if e.code is not AttendanceCode.PRESENT
    }
    before = lesson.attendance
    if before is None:
        return [f.AttendanceTaken(lesson_id, tuple(exceptions.values()))]
    changes: list[f.AttendanceChange] = []
    for pupil_id in {*before, *exceptions}:
        old = before.get(pupil_id, AttendanceCode.PRESENT)
        new = exceptions.get(pupil_id)
        code = new.code if new else AttendanceCode.PRESENT
        was_late, late_by = lesson.late.get(pupil_id, 0), new.minutes_late if new else 0
        if (code, late_by) != (old, was_late):
            changes.append(f.AttendanceChange(pupil_id, old, code, late_by, was_late))
    changes.sort(key=lambda change: change.pupil_id)
    return [f.AttendanceCorrected(lesson_id, tuple(changes))] if changes else []


def assign_homework(
    journal: Journal,
    lesson_id: str,
    homework_id: str,
    text: str,
    due_date: date,
    individual_for: Sequence[str],
    payload: PayloadRef | None,
    at: datetime,
) -> list[Fact]:
    """Homework of a lesson. A text about single pupils is a payload, not a field of the fact."""
    lesson = held_lesson(journal, lesson_id, at)
    if due_date <= lesson.date:
        raise Invalid("homework.due", "Срок домашнего задания должен быть позже дня урока.")
    if individual_for:
        _require_pupils(journal, lesson, individual_for)
        if payload is None:
            raise Invalid("homework.empty", "Домашнее задание: заполните поле.")
        text = ""
    else:
        text = class_text(text, what="Домашнее задание")
        payload = None
    before = lesson.homework.get(homework_id)
    if before is None:
        if any(homework_id in other.homework for other in journal.lessons.values()):
            raise Conflict("homework.id_taken", "Под этим номером уже есть другое задание.")
        return [
            f.HomeworkAssigned(
                homework_id, lesson_id, due_date, text, tuple(individual_for), payload
            )
        ]
    new = (text, due_date, tuple(individual_for))
    if (before.text, before.due_date, before.individual_for) == new:
        return []
    if before.individual_for or individual_for:
        raise Conflict("homework.id_taken", "Под этим номером уже есть другое задание.")
    return [
        f.HomeworkCorrected(homework_id, lesson_id, before.text, before.due_date, text, due_date)
    ]


def _require_pupils(journal: Journal, lesson: Lesson, pupils: Sequence[str]) -> None:
    if len(set(pupils)) < len(pupils):
        raise Invalid("homework.twice", "Ученик указан дважды.")
    if not all(journal.attends(pupil_id, lesson) for pupil_id in pupils):
        raise Invalid("homework.pupil_not_in_class", "Ученика нет в списке этого урока.")


def declare_no_homework(journal: Journal, lesson_id: str, at: datetime) -> list[Fact]:
    """«Не задано»: emptiness made visible."""
    lesson = held_lesson(journal, lesson_id, at)
    if lesson.homework:
        raise Conflict("homework.assigned", "Домашнее задание уже записано.")
    return [] if lesson.no_homework else [f.HomeworkNotAssigned(lesson_id)]


def _require_school_day(office: Office, day: date) -> None:
    if not office.calendar.is_school_day(day):
        raise Invalid(
            "lesson.not_a_school_day",
            f"{day:%d.%m.%Y} не учебный день: урока быть не может.",
        )


def _taken(journal: Journal) -> dict[str, set[str]]:
    """Hours that have lessons: `2026-09-02/1` → subgroups, "" for the whole class."""
    taken: dict[str, set[str]] = {}
    for place in journal.slots:
        hour, _, subgroup_id = place.rpartition("/")
        taken.setdefault(hour, set()).add(subgroup_id)
    return taken


def _collides(taken: dict[str, set[str]], day: date, number: int, subgroup_id: str | None) -> bool:
    """The whole class and any part of it cannot have two lessons at once; two parts can."""
    groups = taken.get(slot(day, number, None).rstrip("/"), set())
    return bool(groups) and (subgroup_id is None or not groups.isdisjoint(("", subgroup_id)))


def _require_free(journal: Journal, day: date, number: int, subgroup_id: str | None) -> None:
    if _collides(_taken(journal), day, number, subgroup_id):
        raise Conflict(
            "lesson.slot_taken", f"{day:%d.%m.%Y}, урок {number}: место в расписании занято."
        )


def _require_untouched(journal: Journal, lesson_id: str, lesson: Lesson) -> None:
    require_open(journal, lesson.date)
    if (
        lesson.topic is not None
        or lesson.attendance is not None
        or lesson.homework
        or lesson.no_homework
        or any(d.lesson_id == lesson_id for d in journal.debts.values())
        or any(m.lesson_id == lesson_id and not m.annulled for m in journal.marks.values())
    ):
        raise Forbidden(
            "lesson.has_entries", "По уроку уже есть записи: отменить или перенести его нельзя."
        )
