"""How far a correction of a mark is from its lesson, and so who makes it (school-journal.md §4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.calendar import local_date
from domain.journal.shelf import Mark
from domain.journal.state import Journal, Lesson, term_cell
from domain.office.state import Office
from domain.values import Tier


def own_tier(
    journal: Journal, office: Office, mark: Mark, by: str, at: datetime, *, denied: bool
) -> Tier | None:
    """How a teacher may correct the mark oneself, or None: not any more.

    T0: the author on the day of giving. T1: inside the window after the lesson; later, too, for a
    mark that its author has denied after a suspicion (clause 3.3.6). T1_LATE: after the window,
    where `Regulation.late_corrections` says so and no term mark stands on it.
    """
    lesson = journal.lessons[mark.lesson_id]
    if journal.is_closed(lesson.date):
        return None
    today = local_date(at, journal.zone)
    if mark.by == by and local_date(mark.at, journal.zone) == today:
        return Tier.T0
    if denied or today <= last_day(office, lesson):
        return Tier.T1
    if office.regulation.late_corrections and tier_of(journal, office, mark)[0] is Tier.T2:
        return Tier.T1_LATE
    return None


def last_day(office: Office, lesson: Lesson) -> date:
    """The last day of the edit window of a lesson."""
    return lesson.date + timedelta(days=office.regulation.edit_window_days)


def tier_of(journal: Journal, office: Office, mark: Mark) -> tuple[Tier, str | None]:
    """How a correction of this mark would be made by approval, and the term mark that stands."""
    lesson = journal.lessons[mark.lesson_id]
    term = office.calendar.of(journal.grade_level).term_of(lesson.date)
    standing = (
        journal.term_marks.get(term_cell(mark.pupil_id, lesson.subject_id, term.number))
        if term
        else None
    )
    late = standing is not None or journal.is_closed(lesson.date)
    return (Tier.T3 if late else Tier.T2), standing
