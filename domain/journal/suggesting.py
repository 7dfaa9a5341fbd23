"""What a journal suggests as term marks: its marks and attendance under the regulation."""

from __future__ import annotations

from collections.abc import Collection

from domain.calendar import Term
from domain.formulas import Item, Presence, Suggestion, suggested_term_mark
from domain.journal.state import Journal, Lesson, Mark
from domain.office.state import Office
from domain.values import ABSENCES


def suggestions(
    journal: Journal,
    office: Office,
    subject_id: str,
    term: Term,
    pupils: Collection[str],
    marks: dict[str, Mark] | None = None,
) -> dict[str, Suggestion]:
    """The suggested term mark of each of these pupils.

    marks: instead of the journal's own, when they are of a closed term.
    """
    lessons = {
        lesson_id: lesson
        for lesson_id, lesson in journal.lessons.items()
        if lesson.subject_id == subject_id
        and term.starts <= lesson.date <= term.ends
        and not lesson.cancelled
    }
    items: dict[str, list[Item]] = {pupil: [] for pupil in pupils}
    for mark_id, mark in (journal.marks if marks is None else marks).items():
        lesson = lessons.get(mark.lesson_id)
        if lesson is not None and mark.value is not None and mark.pupil_id in items:
            items[mark.pupil_id].append(Item(mark.value, mark.weight, lesson.date, mark_id))
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


def _in_order(item: Item) -> tuple[str, str]:
    return str(item.day), item.mark_id
