"""What each fact means for the red flags."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from domain.formulas import differs
from domain.journal import facts as j
from domain.journal.absence_facts import AbsenceReasonSet
from domain.office import facts as o
from domain.office import signal_facts as s
from domain.office.years import GRADE_LEVELS
from domain.regulation import Regulation
from domain.values import ABSENCES, Origin, ReasonCode, Tier
from projections.projection import Handlers, Placed
from projections.redflags.hands import changed, wrote, wrote_mark
from projections.redflags.state import About, Lesson, Mark, Year
from projections.writing import run

if TYPE_CHECKING:
    from projections.redflags.fold import RedFlags

HANDLERS: Handlers[RedFlags] = Handlers()
on = HANDLERS.on

# The year -----------------------------------------------------------------------------------


@on(o.YearOpened)
def _year(to: RedFlags, fact: o.YearOpened, one: Placed) -> None:
    to.memory.keep_year(fact.calendar.year, Year(one.stream, fact.calendar, fact.regulation))


@on(o.RegulationAdopted)
def _regulation(to: RedFlags, fact: o.RegulationAdopted, one: Placed) -> None:
    to.flush()  # what was recorded before is judged by the rules of then
    for number, year in to.memory.years.items():
        if year.office_id == one.stream:
            to.memory.keep_year(number, msgspec.structs.replace(year, regulation=fact.regulation))


@on(o.CalendarChanged)
def _calendar(to: RedFlags, fact: o.CalendarChanged, _: Placed) -> None:
    to.flush()
    number, new = fact.calendar.year, fact.calendar
    year = to.memory.years[number]
    first = min(year.calendar.starts, new.starts)
    last = max(year.calendar.ends, new.ends)
    days = [first + timedelta(days=after) for after in range((last - first).days + 1)]
    to.memory.keep_year(number, msgspec.structs.replace(year, calendar=new))
    for level in GRADE_LEVELS:
        old_one, new_one = year.calendar.of(level), new.of(level)
        moved = [day for day in days if old_one.is_school_day(day) != new_one.is_school_day(day)]
        for class_id, lesson_id in to.memory.lessons_on(number, level, moved):
            to.board.touch(class_id, lesson_id)


@on(s.RedFlagReviewed)
def _reviewed(to: RedFlags, fact: s.RedFlagReviewed, one: Placed) -> None:
    run(
        to.memory.cursor,
        to.memory.place,
        "INSERT INTO {s}.red_flag_review (position, code, flag, at, by, word_id)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        one.position,
        fact.code,
        fact.flag,
        one.body.at,
        one.body.by,
        fact.word.id,
    )


# Classes and rights -------------------------------------------------------------------------


@on(j.JournalOpened)
def _journal(to: RedFlags, fact: j.JournalOpened, one: Placed) -> None:
    to.memory.keep_class(one.stream, fact.year, fact.grade_level, fact.zone)


@on(j.TeacherAssigned)
def _assigned(to: RedFlags, fact: j.TeacherAssigned, one: Placed) -> None:
    if fact.teacher_id == one.body.by:
        to.memory.own_right(one.stream, f"assignment:{fact.assignment_id}")


@on(j.SubstitutionAppointed)
def _substitution(to: RedFlags, fact: j.SubstitutionAppointed, one: Placed) -> None:
    if fact.substitute_id == one.body.by:
        to.memory.own_right(one.stream, f"substitution:{fact.substitution_id}")


@on(j.TeacherReleased)
def _released(to: RedFlags, fact: j.TeacherReleased, one: Placed) -> None:
    """An order of an earlier day than lessons that have marks by this assignment (F3)."""
    to.flush()
    basis = f"assignment:{fact.assignment_id}"
    marks = to.memory.given_by(one.stream, basis, fact.on)
    if marks:
        to.board.raise_flag(
            "F3",
            one,
            About(class_id=one.stream),
            key=f"F3/released/{one.position}",
            facts=[*(mark.position for mark in marks), one.position],
            detail={"reason": "released", "on": fact.on.isoformat(), "marks": len(marks)},
            by=marks[0].by,
        )


# Lessons ------------------------------------------------------------------------------------


@on(j.LessonsScheduled)
def _scheduled(to: RedFlags, fact: j.LessonsScheduled, one: Placed) -> None:
    lessons = to.memory.of_class(one.stream).lessons
    for series in fact.series:
        for lesson in series.lessons:
            lessons[lesson.lesson_id] = Lesson(series.subject_id, lesson.date)
            to.memory.touch(one.stream, lesson.lesson_id)


@on(j.LessonAdded)
def _added(to: RedFlags, fact: j.LessonAdded, one: Placed) -> None:
    to.memory.of_class(one.stream).lessons[fact.lesson_id] = Lesson(fact.subject_id, fact.date)
    to.memory.touch(one.stream, fact.lesson_id)


@on(j.LessonMoved)
def _moved(to: RedFlags, fact: j.LessonMoved, one: Placed) -> None:
    _lesson(to, one, fact.lesson_id).date = fact.date


@on(j.LessonCancelled)
def _cancelled(to: RedFlags, fact: j.LessonCancelled, one: Placed) -> None:
    _lesson(to, one, fact.lesson_id).cancelled = True


@on(j.TopicRecorded)
def _topic(to: RedFlags, fact: j.TopicRecorded, one: Placed) -> None:
    _lesson(to, one, fact.lesson_id).topic = True
    about = _about(to, one, fact.lesson_id)
    wrote(to, one, about)
    _backdated(to, one, about)


@on(j.AttendanceTaken)
def _taken(to: RedFlags, fact: j.AttendanceTaken, one: Placed) -> None:
    lesson = _lesson(to, one, fact.lesson_id)
    lesson.attended = one.position
    lesson.absent = {entry.pupil_id for entry in fact.exceptions if entry.code in ABSENCES}
    about = _about(to, one, fact.lesson_id)
    wrote(to, one, about)
    _backdated(to, one, about)


@on(j.AttendanceCorrected)
def _attendance_corrected(to: RedFlags, fact: j.AttendanceCorrected, one: Placed) -> None:
    lesson = _lesson(to, one, fact.lesson_id)
    lesson.attended = one.position
    for entry in fact.changes:
        (lesson.absent.add if entry.code in ABSENCES else lesson.absent.discard)(entry.pupil_id)
    wrote(to, one, _about(to, one, fact.lesson_id))


@on(AbsenceReasonSet)
def _reason(to: RedFlags, fact: AbsenceReasonSet, one: Placed) -> None:
    for change in fact.changes:
        lesson = _lesson(to, one, change.lesson_id)
        lesson.attended = one.position
        (lesson.absent.add if change.code in ABSENCES else lesson.absent.discard)(fact.pupil_id)


# Marks --------------------------------------------------------------------------------------


@on(j.MarkGiven)
def _given(to: RedFlags, fact: j.MarkGiven, one: Placed) -> None:
    body = one.body
    to.memory.give(
        Mark(
            fact.mark_id,
            fact.lesson_id,
            fact.pupil_id,
            body.by,
            body.at,
            one.position,
            body.basis,
            fact.value,
        )
    )
    to.board.touch(one.stream, fact.lesson_id)
    about = _about(to, one, fact.lesson_id, fact.pupil_id, fact.mark_id)
    wrote_mark(to, one, about)
    _after_term_mark(to, one, about, "", fact.value)
    _backdated(to, one, about)


@on(j.MarkCorrected)
def _mark_corrected(to: RedFlags, fact: j.MarkCorrected, one: Placed) -> None:
    mark = to.memory.by_id[fact.mark_id]
    mark.value = fact.value
    _changed(to, one, mark, fact.old_value, fact.value, fact.request_id)


@on(j.MarkAnnulled)
def _mark_annulled(to: RedFlags, fact: j.MarkAnnulled, one: Placed) -> None:
    mark = to.memory.by_id[fact.mark_id]
    mark.alive = False
    _changed(to, one, mark, fact.old_value, None, fact.request_id)


@on(j.DebtResolved)
def _debt(to: RedFlags, fact: j.DebtResolved, one: Placed) -> None:
    if fact.mark_id is not None:
        mark = to.memory.by_id[fact.mark_id]
        mark.excused = True
        to.memory.change_mark(mark)
        to.board.touch(one.stream, mark.lesson_id)


@on(j.TermMarkIssued)
def _term_mark(to: RedFlags, fact: j.TermMarkIssued, one: Placed) -> None:
    to.memory.issued(one.stream, fact.pupil_id, fact.subject_id, fact.term, one.position)
    about = _of_term(one, fact)
    wrote_mark(to, one, about)
    rules = to.memory.years[to.memory.of_class(one.stream).year].regulation
    suggested = fact.suggested or _by_average(rules, fact.average)
    explained = fact.reason is not None or fact.reason_code not in (None, ReasonCode.OTHER)
    if not explained and differs(suggested, fact.value, rules.red_flags.suggestion_gap):
        detail: dict[str, str | int] = {
            "value": fact.value,
            "suggested": suggested,
            "average": fact.average,
        }
        to.board.raise_flag("F6", one, about, detail=detail)


@on(j.TermMarkCorrected)
def _term_mark_corrected(to: RedFlags, fact: j.TermMarkCorrected, one: Placed) -> None:
    if fact.request_id is None:  # else two people have decided it, whatever the hour
        about = _of_term(one, fact)
        wrote_mark(to, one, about)
        changed(to, one, about, fact.old_value, fact.value)


@on(j.TermMarkAnnulled)
def _term_mark_annulled(to: RedFlags, fact: j.TermMarkAnnulled, one: Placed) -> None:
    to.memory.withdrawn(one.stream, fact.pupil_id, fact.subject_id, fact.term)
    if fact.tier is Tier.T0:  # else another person has taken it back, whatever the hour
        about = _of_term(one, fact)
        wrote_mark(to, one, about)
        changed(to, one, about, fact.old_value, None)


# What they share ----------------------------------------------------------------------------


def _lesson(to: RedFlags, one: Placed, lesson_id: str) -> Lesson:
    """A lesson of the fact's class, which has changed."""
    to.memory.touch(one.stream, lesson_id)
    to.board.touch(one.stream, lesson_id)
    return to.memory.of_class(one.stream).lessons[lesson_id]


def _about(
    to: RedFlags,
    one: Placed,
    lesson_id: str,
    pupil_id: str | None = None,
    mark_id: str | None = None,
) -> About:
    lesson = to.memory.of_class(one.stream).lessons[lesson_id]
    return About(
        class_id=one.stream,
        subject_id=lesson.subject_id,
        lesson_id=lesson_id,
        lesson_date=lesson.date,
        pupil_id=pupil_id,
        mark_id=mark_id,
    )


def _of_term(
    one: Placed, fact: j.TermMarkIssued | j.TermMarkCorrected | j.TermMarkAnnulled
) -> About:
    return About(
        class_id=one.stream, subject_id=fact.subject_id, pupil_id=fact.pupil_id, term=fact.term
    )


def _changed(
    to: RedFlags, one: Placed, mark: Mark, old: str, new: str | None, request: str | None
) -> None:
    """request: the change was asked for and another person has approved it: whose hand it was, and
    at what hour, is no question then; that the term mark stood already is.
    """
    to.memory.change_mark(mark)
    to.board.touch(one.stream, mark.lesson_id)
    about = _about(to, one, mark.lesson_id, mark.pupil_id, mark.mark_id)
    if request is None:
        wrote_mark(to, one, about)
        changed(to, one, about, old, new)
    _after_term_mark(to, one, about, old, new or "", approved=request is not None)


def _by_average(rules: Regulation, average: str) -> str:
    """What a fact without a suggestion would have had: one of before they were kept."""
    if not average:
        return ""
    return str(2 + sum(Decimal(average) >= Decimal(border) for border in rules.term_thresholds))


def _after_term_mark(
    to: RedFlags, one: Placed, about: About, old: str, new: str, *, approved: bool = False
) -> None:
    """F2: the term mark of the pupil, the subject and the term stood already."""
    state = to.memory.of_class(one.stream)
    calendar = to.memory.calendar_of(one.stream)
    if not state.term_marks or about.lesson_date is None or calendar is None:
        return
    term = calendar.term_of(about.lesson_date)
    if term is None or about.pupil_id is None or about.subject_id is None:
        return
    issued = state.term_marks.get((about.pupil_id, about.subject_id, term.number))
    if issued is not None:
        detail: dict[str, str | int] = {"old": old, "value": new, "approved": int(approved)}
        about = msgspec.structs.replace(about, term=term.number)
        to.board.raise_flag("F2", one, about, also=(issued,), detail=detail)


def _backdated(to: RedFlags, one: Placed, about: About) -> None:
    """F7: recorded when the window for corrections had closed already."""
    if one.body.origin is Origin.IMPORT or about.lesson_date is None:
        return
    state = to.memory.of_class(one.stream)
    window = to.memory.years[state.year].regulation.edit_window_days
    day = one.body.at.astimezone(state.zone).date()
    days = (day - about.lesson_date).days
    if days > window:
        to.board.raise_flag(
            "F7",
            one,
            about,
            key=f"F7/{about.lesson_id}/{one.body.by}/{day}",
            detail={"days": days},
        )
