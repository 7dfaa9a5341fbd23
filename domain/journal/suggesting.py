"""What a journal suggests as term marks: its marks and attendance under the regulation."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from domain.calendar import Term
from domain.formulas import Item, Presence, Suggestion, suggested_term_mark
from domain.journal.shelf import Mark, Records, Shelf
from domain.journal.state import Journal, Lesson
from domain.office.state import Office
from domain.values import ABSENCES


def suggestions(
    journal: Journal,
    office: Office,
    subject_id: str,
    term: Term,
    pupils: Collection[str],
    instead: dict[str, Mark] | None = None,
) -> dict[str, Suggestion]:
    """The suggested term mark of each of these pupils, of a term that is open or closed.

    instead: marks as they would be.
    """
    shelf = journal.shelf(term.number) or Shelf()
    lessons = {
        lesson_id: _as_recorded(lesson, shelf.lessons.get(lesson_id))
        for lesson_id, lesson in journal.lessons.items()
        if lesson.subject_id == subject_id
        and term.starts <= lesson.date <= term.ends
        and not lesson.cancelled
    }
    items: dict[str, list[Item]] = {pupil: [] for pupil in pupils}
    marks = {**(shelf.marks or journal.marks), **(instead or {})}
    for mark_id, mark in marks.items():
        lesson = lessons.get(mark.lesson_id)
        if lesson is not None and mark.value is not None and mark.pupil_id in items:
            items[mark.pupil_id].append(Item(mark.value, mark.weight, lesson.date, mark_id))
    for pupil, found in items.items():
        found.extend(
            Item(one.value, one.weight, one.date, one.mark_id)
            for one in journal.carried.get(pupil, {}).values()
            if one.subject_id == subject_id and term.starts <= one.date <= term.ends
        )
    return {
        pupil: suggested_term_mark(
            sorted(found, key=_in_order),
            presence(journal, pupil, lessons.values()),
            journal.grade_level,
            office.regulation,
        )
        for pupil, found in items.items()
    }


def presence(journal: Journal, pupil_id: str, lessons: Collection[Lesson]) -> Presence:
    """How many of these lessons the pupil was to be at and was not, of those with attendance."""
    held = missed = 0
    for lesson in lessons:
        if lesson.attendance is not None and journal.attends(pupil_id, lesson):
            held += 1
            missed += lesson.attendance.get(pupil_id) in ABSENCES
    return Presence(held, missed)


def _as_recorded(lesson: Lesson, records: Records | None) -> Lesson:
    """A lesson with its attendance, from the shelf when it lies there."""
    if records is None or lesson.attendance is not None:
        return lesson
    return msgspec.structs.replace(lesson, attendance=records.attendance)


def _in_order(item: Item) -> tuple[str, str]:
    return str(item.day), item.mark_id
