"""How each fact changes the state of a class journal.

`evolve` is total over the journal's facts and mutates the state; the engine owns every state.
"""

from __future__ import annotations

from functools import singledispatch

import msgspec

from domain.codec import Envelope
from domain.fact import Fact
from domain.journal import absence_facts, classroom, control
from domain.journal import facts as f
from domain.journal import file_facts as files
from domain.journal import folding_ends as ends
from domain.journal import plan_facts as plan
from domain.journal.control_facts import FACTS as CONTROL_FACTS
from domain.journal.control_facts import ControlFact
from domain.journal.shelf import Mark
from domain.journal.state import (
    Assignment,
    Debt,
    Issued,
    Journal,
    Lesson,
    Span,
    Split,
    Substitution,
    slot,
    term_cell,
    vacancy,
)
from domain.values import AttendanceCode


def evolve(state: Journal, fact: Fact, envelope: Envelope) -> None:
    """Fold one fact. Raises TypeError for a fact of another stream."""
    _apply(fact, state, envelope)


@singledispatch
def _apply(fact: Fact, _state: Journal, _envelope: Envelope) -> None:
    raise TypeError(f"{type(fact).__name__} is not a fact of a class journal")


@_apply.register
def _opened(fact: f.JournalOpened, s: Journal, _: Envelope) -> None:
    s.school_id, s.year, s.zone = fact.school_id, fact.year, fact.zone
    s.grade_level, s.letter = fact.grade_level, fact.letter


@_apply.register
def _enrolled(fact: f.PupilEnrolled, s: Journal, _: Envelope) -> None:
    s.pupils.setdefault(fact.pupil_id, []).append(Span(fact.since))
    s.went.pop(fact.pupil_id, None)


@_apply.register
def _departed(fact: f.PupilDeparted, s: Journal, _: Envelope) -> None:
    s.pupils[fact.pupil_id][-1].until = fact.on
    if fact.to_class is not None:
        s.went[fact.pupil_id] = fact.to_class


@_apply.register
def _carried(fact: f.MarksCarried, s: Journal, _: Envelope) -> None:
    known = s.carried.setdefault(fact.pupil_id, {})
    known.update({mark.mark_id: mark for mark in fact.marks})
    for mark_id in fact.annulled:
        known.pop(mark_id, None)
    for one in fact.term_marks:
        s.term_marks.setdefault(term_cell(fact.pupil_id, one.subject_id, one.term), one.value)


@_apply.register
def _split(fact: f.SubgroupSplitOrdered, s: Journal, _: Envelope) -> None:
    members = {g.subgroup_id: list(g.pupils) for g in fact.subgroups}
    s.splits.append(Split(fact.subject_id, fact.since, members))
    s.splits.sort(key=lambda split: split.since)


@_apply.register
def _assigned(fact: f.TeacherAssigned, s: Journal, _: Envelope) -> None:
    s.assignments[fact.assignment_id] = Assignment(
        fact.teacher_id, fact.subject_id, fact.subgroup_id, Span(fact.since, fact.until)
    )


@_apply.register
def _released(fact: f.TeacherReleased, s: Journal, _: Envelope) -> None:
    s.assignments[fact.assignment_id].span.until = fact.on


@_apply.register
def _substitution(fact: f.SubstitutionAppointed, s: Journal, _: Envelope) -> None:
    s.substitutions[fact.substitution_id] = Substitution(
        fact.substitute_id, fact.teacher_id, fact.since, fact.until
    )


def _add(s: Journal, lesson_id: str, lesson: Lesson) -> None:
    s.lessons[lesson_id] = lesson
    s.slots[slot(lesson.date, lesson.number, lesson.subgroup_id)] = lesson_id


@_apply.register
def _scheduled(fact: f.LessonsScheduled, s: Journal, _: Envelope) -> None:
    for series in fact.series:
        for one in series.lessons:
            _add(
                s,
                one.lesson_id,
                Lesson(
                    one.date,
                    one.number,
                    series.subject_id,
                    series.teacher_id,
                    series.subgroup_id,
                    room=series.room,
                    scheduled=True,
                ),
            )


@_apply.register
def _added(fact: f.LessonAdded, s: Journal, _: Envelope) -> None:
    _add(
        s,
        fact.lesson_id,
        Lesson(
            fact.date,
            fact.number,
            fact.subject_id,
            fact.teacher_id,
            fact.subgroup_id,
            room=fact.room,
        ),
    )


def _free(s: Journal, lesson_id: str, lesson: Lesson) -> None:
    place = slot(lesson.date, lesson.number, lesson.subgroup_id)
    if s.slots.get(place) == lesson_id:  # two that change places: the other may be here already
        del s.slots[place]


def _leave(s: Journal, lesson_id: str, lesson: Lesson) -> None:
    _free(s, lesson_id, lesson)
    s.vacated.add(vacancy(lesson.date, lesson.number, lesson.subgroup_id, lesson.subject_id))


@_apply.register
def _moved(fact: f.LessonMoved, s: Journal, _: Envelope) -> None:
    lesson = s.lessons[fact.lesson_id]
    _leave(s, fact.lesson_id, lesson)
    lesson.date, lesson.number = fact.date, fact.number
    lesson.scheduled, lesson.moved = False, True
    s.slots[slot(lesson.date, lesson.number, lesson.subgroup_id)] = fact.lesson_id


@_apply.register
def _cancelled(fact: f.LessonCancelled, s: Journal, _: Envelope) -> None:
    lesson = s.lessons[fact.lesson_id]
    lesson.cancelled = True
    _leave(s, fact.lesson_id, lesson)


@_apply.register
def _withdrawn(fact: plan.LessonsWithdrawn, s: Journal, _: Envelope) -> None:
    for lesson_id in fact.lesson_ids:
        _free(s, lesson_id, s.lessons.pop(lesson_id))


@_apply.register
def _plan(fact: plan.LessonPlanAdopted, s: Journal, _: Envelope) -> None:
    s.plans[fact.plan_id] = (fact.subject_id, fact.subgroup_id)


@_apply.register
def _room(fact: plan.RoomChanged, s: Journal, _: Envelope) -> None:
    s.lessons[fact.lesson_id].room = fact.room


@_apply.register
def _topic(fact: f.TopicRecorded, s: Journal, _: Envelope) -> None:
    s.lessons[fact.lesson_id].topic = fact


@_apply.register
def _topic_corrected(fact: f.TopicCorrected, s: Journal, _: Envelope) -> None:
    topic = f.TopicRecorded(fact.lesson_id, fact.topic, fact.kind, fact.title)
    s.lessons[fact.lesson_id].topic = topic


@_apply.register
def _attendance(fact: f.AttendanceTaken, s: Journal, _: Envelope) -> None:
    lesson = s.lessons[fact.lesson_id]
    lesson.attendance = {e.pupil_id: e.code for e in fact.exceptions}
    lesson.late = {e.pupil_id: e.minutes_late for e in fact.exceptions if e.minutes_late}


@_apply.register
def _attendance_corrected(fact: f.AttendanceCorrected, s: Journal, _: Envelope) -> None:
    lesson = s.lessons[fact.lesson_id]
    codes = lesson.attendance = lesson.attendance or {}
    late = {change.pupil_id: change.minutes_late for change in fact.changes}
    lesson.late = {pupil: minutes for pupil, minutes in {**lesson.late, **late}.items() if minutes}
    for change in fact.changes:
        if change.code is AttendanceCode.PRESENT:
            codes.pop(change.pupil_id, None)
        else:
            codes[change.pupil_id] = change.code
    lesson.explained = lesson.explained - late.keys()


@_apply.register
def _reason(fact: absence_facts.AbsenceReasonSet, s: Journal, _: Envelope) -> None:
    for change in fact.changes:
        lesson = s.lessons[change.lesson_id]
        lesson.attendance = {**(lesson.attendance or {}), fact.pupil_id: change.code}
        lesson.explained = {*lesson.explained, fact.pupil_id}


@_apply.register
def _homework(fact: f.HomeworkAssigned, s: Journal, _: Envelope) -> None:
    lesson = s.lessons[fact.lesson_id]
    lesson.homework = {**lesson.homework, fact.homework_id: fact}
    lesson.no_homework = False
    s.homework_ids.add(fact.homework_id)


@_apply.register
def _no_homework(fact: f.HomeworkNotAssigned, s: Journal, _: Envelope) -> None:
    s.lessons[fact.lesson_id].no_homework = True


@_apply.register
def _homework_corrected(fact: f.HomeworkCorrected, s: Journal, _: Envelope) -> None:
    lesson = s.lessons[fact.lesson_id]
    old = lesson.homework[fact.homework_id]
    new = msgspec.structs.replace(old, text=fact.text, due_date=fact.due_date)
    lesson.homework = {**lesson.homework, fact.homework_id: new}


@_apply.register
def _file(fact: files.LessonFileAttached, s: Journal, _: Envelope) -> None:
    lesson = s.lessons[fact.lesson_id]
    lesson.files = {**lesson.files, fact.file_id: fact}


@_apply.register
def _file_removed(fact: files.LessonFileRemoved, s: Journal, _: Envelope) -> None:
    lesson = s.lessons[fact.lesson_id]
    lesson.files = {**lesson.files, fact.file_id: None}


@_apply.register
def _mark(fact: f.MarkGiven, s: Journal, envelope: Envelope) -> None:
    s.marks[fact.mark_id] = Mark(
        fact.lesson_id,
        fact.pupil_id,
        fact.value,
        fact.work_type_id,
        fact.weight,
        envelope.by,
        envelope.at,
    )


@_apply.register
def _mark_corrected(fact: f.MarkCorrected, s: Journal, _: Envelope) -> None:
    ends.change(s, fact.mark_id, fact.value)


@_apply.register
def _mark_annulled(fact: f.MarkAnnulled, s: Journal, _: Envelope) -> None:
    ends.change(s, fact.mark_id, None)


@_apply.register
def _mark_commented(fact: f.MarkCommented, s: Journal, _: Envelope) -> None:
    """A comment changes no decision."""


@_apply.register
def _debt(fact: f.DebtRaised, s: Journal, _: Envelope) -> None:
    s.debts[fact.debt_id] = Debt(fact.lesson_id, fact.pupil_id)


@_apply.register
def _debt_resolved(fact: f.DebtResolved, s: Journal, _: Envelope) -> None:
    s.debts[fact.debt_id].resolved = True


@_apply.register
def _term_mark(fact: f.TermMarkIssued, s: Journal, envelope: Envelope) -> None:
    cell = term_cell(fact.pupil_id, fact.subject_id, fact.term)
    s.term_marks[cell] = fact.value
    s.issued[cell] = Issued(envelope.by, envelope.at)


@_apply.register
def _term_mark_corrected(fact: f.TermMarkCorrected, s: Journal, _: Envelope) -> None:
    s.term_marks[term_cell(fact.pupil_id, fact.subject_id, fact.term)] = fact.value


@_apply.register
def _term_mark_annulled(fact: f.TermMarkAnnulled, s: Journal, _: Envelope) -> None:
    s.term_marks.pop(term_cell(fact.pupil_id, fact.subject_id, fact.term), None)


def _ends(fact: Fact, s: Journal, envelope: Envelope) -> None:
    ends.evolve(fact, s, envelope.by)


for _kind in ends.FACTS:
    _apply.register(_kind, _ends)


def _control(fact: ControlFact, s: Journal, envelope: Envelope) -> None:
    control.evolve(s.control, fact, envelope.by)


for _kind in CONTROL_FACTS:
    _apply.register(_kind, _control)


def _classroom(fact: Fact, s: Journal, _: Envelope) -> None:
    classroom.evolve(s.classroom, fact)


for _kind in classroom.FACTS:
    _apply.register(_kind, _classroom)
