"""Decisions about the record of a lesson: topic, attendance, homework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from domain.fact import Fact
from domain.journal import facts as f
from domain.journal.lessons import held_lesson
from domain.journal.state import Journal, Lesson
from domain.refusals import Conflict, Invalid
from domain.values import (
    ATTENDANCE_LABELS,
    MAX_MINUTES_LATE,
    TITLED,
    AttendanceCode,
    LessonKind,
    PayloadRef,
    class_text,
)


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
    journal: Journal,
    lesson_id: str,
    entries: Sequence[f.AttendanceEntry],
    at: datetime,
    *,
    others_stay: bool = False,
    saw: Mapping[str, AttendanceCode] = MappingProxyType({}),
) -> list[Fact]:
    """Attendance of a lesson: only exceptions matter, everybody else was present.

    Taken again, it is a correction with the old codes: of everybody, or with `others_stay` of those
    who are named. saw: pupil → the code that one takes away; Conflict when it is another by now.
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
    named = set(exceptions)
    exceptions = {
        pupil: e for pupil, e in exceptions.items() if e.code is not AttendanceCode.PRESENT
    }
    before = lesson.attendance
    if before is None:
        return [f.AttendanceTaken(lesson_id, tuple(exceptions.values()))]
    _require_seen(before, saw, exceptions)
    changes: list[f.AttendanceChange] = []
    for pupil_id in named if others_stay else {*before, *exceptions}:
        old = before.get(pupil_id, AttendanceCode.PRESENT)
        new = exceptions.get(pupil_id)
        code = new.code if new else AttendanceCode.PRESENT
        if pupil_id in lesson.explained and code is AttendanceCode.ABSENT_UNSPECIFIED:
            continue  # away, as before: the class teacher knows why
        was_late, late_by = lesson.late.get(pupil_id, 0), new.minutes_late if new else 0
        if (code, late_by) != (old, was_late):
            changes.append(f.AttendanceChange(pupil_id, old, code, late_by, was_late))
    changes.sort(key=lambda change: change.pupil_id)
    return [f.AttendanceCorrected(lesson_id, tuple(changes))] if changes else []


def _require_seen(
    before: Mapping[str, AttendanceCode],
    saw: Mapping[str, AttendanceCode],
    exceptions: Mapping[str, f.AttendanceEntry],
) -> None:
    """Raises Conflict where an entry stands that was not seen and is not what is asked for."""
    for pupil_id, seen in saw.items():
        now = before.get(pupil_id, AttendanceCode.PRESENT)
        asked = exceptions[pupil_id].code if pupil_id in exceptions else AttendanceCode.PRESENT
        if now not in {seen, asked}:
            raise Conflict(
                "attendance.changed_meanwhile",
                f"Посещаемость уже изменили: сейчас «{ATTENDANCE_LABELS[now][1]}».",
                pupil_id=pupil_id,
                value=str(now),
            )


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
        text = class_text(text, what="Домашнее задание", wordless=True)
        payload = None
    before = lesson.homework.get(homework_id)
    if before is None:
        if homework_id in journal.homework_ids:
            raise Conflict("homework.id_taken", "Под этим номером уже есть другое задание.")
        return [
            f.HomeworkAssigned(
                homework_id, lesson_id, due_date, text, tuple(individual_for), payload
            )
        ]
    if before.payload and (before.payload, before.individual_for) == (
        payload,
        tuple(individual_for),
    ):
        return []
    if before.individual_for or individual_for:
        # Another text, as far as a salted hash can tell; a retry is answered by its request.
        raise Conflict("homework.id_taken", "Под этим номером уже есть задание.")
    if (before.text, before.due_date) == (text, due_date):
        return []
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
