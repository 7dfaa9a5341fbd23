"""Decisions about the plan of lessons: scheduled, added, moved, cancelled; held or not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from itertools import groupby

from domain.calendar import ExpectedLesson, local_date
from domain.fact import Fact
from domain.journal import facts as f
from domain.journal.state import Journal, Lesson, slot, vacancy
from domain.office.state import Office
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import (
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
    without: Collection[str] = (),
) -> list[Fact]:
    """Schedule the lessons of a term; those whose place is taken stay as they are.

    What was cancelled or moved away is not scheduled again. without: lessons that are about to be
    withdrawn.
    """
    taken = taken_places(journal, without)
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
    facts = added(journal, office, new)
    if facts:
        require_free(taken_places(journal), new.date, new.number, new.subgroup_id)
    return facts


def added(journal: Journal, office: Office, new: f.LessonAdded) -> list[Fact]:
    """The same, wherever its place is."""
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
    _require_school_day(journal, office, new.date)
    return [new]


def move_lesson(
    journal: Journal, office: Office, lesson_id: str, day: date, number: int
) -> list[Fact]:
    """Move a lesson on which nothing has been recorded yet."""
    facts = moved(journal, office, lesson_id, day, number)
    if facts:
        lesson = journal.lessons[lesson_id]
        require_free(taken_places(journal), day, number, lesson.subgroup_id)
    return facts


def moved(journal: Journal, office: Office, lesson_id: str, day: date, number: int) -> list[Fact]:
    """The same, wherever its place is."""
    lesson = known_lesson(journal, lesson_id)
    if lesson.cancelled:
        raise Conflict("lesson.cancelled", "Урок отменён: перенести его нельзя.")
    if (lesson.date, lesson.number) == (day, number):
        return []
    _require_untouched(journal, lesson_id, lesson)
    require_open(journal, day)
    _require_school_day(journal, office, day)
    return [f.LessonMoved(lesson_id, lesson.date, lesson.number, day, number)]


def cancel_lesson(journal: Journal, lesson_id: str, reason: str) -> list[Fact]:
    """Cancel a lesson on which nothing has been recorded."""
    lesson = known_lesson(journal, lesson_id)
    if lesson.cancelled:
        return []
    _require_untouched(journal, lesson_id, lesson)
    return [f.LessonCancelled(lesson_id, class_text(reason, what="Причина отмены"))]


def _require_school_day(journal: Journal, office: Office, day: date) -> None:
    if not office.calendar.of(journal.grade_level).is_school_day(day):
        raise Invalid(
            "lesson.not_a_school_day",
            f"{day:%d.%m.%Y} не учебный день: урока быть не может.",
        )


def taken_places(journal: Journal, without: Collection[str] = ()) -> dict[str, set[str]]:
    """Hours that have lessons: `2026-09-02/1` → subgroups, "" for the whole class."""
    taken: dict[str, set[str]] = {}
    for place, lesson_id in journal.slots.items():
        if lesson_id not in without:
            hour, _, subgroup_id = place.rpartition("/")
            taken.setdefault(hour, set()).add(subgroup_id)
    return taken


def written_about(journal: Journal) -> set[str]:
    """Lessons about which something is recorded."""
    found = {
        number
        for number, lesson in journal.lessons.items()
        if lesson.topic is not None
        or lesson.attendance is not None
        or lesson.homework
        or lesson.no_homework
        or any(lesson.files.values())
    }
    found |= {debt.lesson_id for debt in journal.debts.values()}
    return found | {mark.lesson_id for mark in journal.marks.values() if not mark.annulled}


def _collides(taken: dict[str, set[str]], day: date, number: int, subgroup_id: str | None) -> bool:
    """The whole class and any part of it cannot have two lessons at once; two parts can."""
    groups = taken.get(slot(day, number, None).rstrip("/"), set())
    return bool(groups) and (subgroup_id is None or not groups.isdisjoint(("", subgroup_id)))


def require_free(
    taken: dict[str, set[str]], day: date, number: int, subgroup_id: str | None
) -> None:
    """Raises Conflict when the place has a lesson."""
    if _collides(taken, day, number, subgroup_id):
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
        or any(lesson.files.values())
        or any(d.lesson_id == lesson_id for d in journal.debts.values())
        or any(m.lesson_id == lesson_id and not m.annulled for m in journal.marks.values())
    ):
        raise Forbidden(
            "lesson.has_entries", "По уроку уже есть записи: отменить или перенести его нельзя."
        )
