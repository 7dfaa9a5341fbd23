"""The register of lessons: plan, topics, attendance, homework, marks."""

from __future__ import annotations

from domain.journal import absence_facts as a
from domain.journal import facts as j
from domain.journal import file_facts as files
from domain.journal import plan_facts as plan
from domain.values import AttendanceCode
from projections.projection import Placed, id_of
from projections.register.desk import HANDLERS, Desk

on = HANDLERS.on


@on(j.LessonsScheduled)
def _scheduled(to: Desk, fact: j.LessonsScheduled, at: Placed) -> None:
    lessons = to.versions["lesson"]
    for series in fact.series:
        for one in series.lessons:
            lessons.open(
                (one.lesson_id,),
                (
                    at.stream,
                    series.subject_id,
                    series.subgroup_id,
                    series.teacher_id,
                    one.date,
                    one.number,
                    series.room,
                    "SCHEDULED",
                ),
                at.position,
            )


@on(j.LessonAdded)
def _added(to: Desk, fact: j.LessonAdded, at: Placed) -> None:
    to.versions["lesson"].open(
        (fact.lesson_id,),
        (
            at.stream,
            fact.subject_id,
            fact.subgroup_id,
            fact.teacher_id,
            fact.date,
            fact.number,
            fact.room,
            "SCHEDULED",
        ),
        at.position,
    )


@on(j.LessonMoved)
def _moved(to: Desk, fact: j.LessonMoved, at: Placed) -> None:
    lessons = to.versions["lesson"]
    if old := lessons.current((fact.lesson_id,)):
        moved = (*old[:4], fact.date, fact.number, old[6], "MOVED")
        lessons.open((fact.lesson_id,), moved, at.position)


@on(j.LessonCancelled)
def _cancelled(to: Desk, fact: j.LessonCancelled, at: Placed) -> None:
    lessons = to.versions["lesson"]
    if old := lessons.current((fact.lesson_id,)):
        lessons.open((fact.lesson_id,), (*old[:-1], "CANCELLED"), at.position)


@on(plan.LessonsWithdrawn)
def _withdrawn(to: Desk, fact: plan.LessonsWithdrawn, at: Placed) -> None:
    for lesson_id in fact.lesson_ids:
        to.versions["lesson"].close((lesson_id,), at.position)


@on(plan.RoomChanged)
def _room(to: Desk, fact: plan.RoomChanged, at: Placed) -> None:
    lessons = to.versions["lesson"]
    if old := lessons.current((fact.lesson_id,)):
        lessons.open((fact.lesson_id,), (*old[:6], fact.room, old[7]), at.position)


@on(j.TopicRecorded)
def _topic(to: Desk, fact: j.TopicRecorded, at: Placed) -> None:
    values = (fact.topic, str(fact.kind), fact.title)
    to.versions["topic"].open((fact.lesson_id,), values, at.position)


@on(j.TopicCorrected)
def _topic_corrected(to: Desk, fact: j.TopicCorrected, at: Placed) -> None:
    values = (fact.topic, str(fact.kind), fact.title)
    to.versions["topic"].open((fact.lesson_id,), values, at.position)


@on(j.AttendanceTaken)
def _taken(to: Desk, fact: j.AttendanceTaken, at: Placed) -> None:
    to.take(fact.lesson_id, at.position)
    for one in fact.exceptions:
        to.versions["attendance"].open(
            (fact.lesson_id, one.pupil_id), (str(one.code), one.minutes_late), at.position
        )


@on(j.AttendanceCorrected)
def _attendance_corrected(to: Desk, fact: j.AttendanceCorrected, at: Placed) -> None:
    for one in fact.changes:
        key = (fact.lesson_id, one.pupil_id)
        if one.code is AttendanceCode.PRESENT:
            to.versions["attendance"].close(key, at.position)
        else:
            values = (str(one.code), one.minutes_late)
            to.versions["attendance"].open(key, values, at.position)


@on(a.AbsenceReasonSet)
def _reason(to: Desk, fact: a.AbsenceReasonSet, at: Placed) -> None:
    for one in fact.changes:
        key = (one.lesson_id, fact.pupil_id)
        to.versions["attendance"].open(key, (str(one.code), 0), at.position)


@on(j.HomeworkAssigned)
def _homework(to: Desk, fact: j.HomeworkAssigned, at: Placed) -> None:
    homework = to.versions["homework"]
    homework.close((fact.lesson_id,), at.position)  # «не задано» is over
    payload = id_of(fact.payload)
    values = (fact.lesson_id, fact.text, payload, list(fact.individual_for), fact.due_date)
    homework.open((fact.homework_id,), values, at.position)


@on(j.HomeworkNotAssigned)
def _no_homework(to: Desk, fact: j.HomeworkNotAssigned, at: Placed) -> None:
    to.versions["homework"].open(
        (fact.lesson_id,), (fact.lesson_id, "", None, [], None), at.position
    )


@on(j.HomeworkCorrected)
def _homework_corrected(to: Desk, fact: j.HomeworkCorrected, at: Placed) -> None:
    homework = to.versions["homework"]
    if old := homework.current((fact.homework_id,)):
        values = (old[0], fact.text, *old[2:4], fact.due_date)
        homework.open((fact.homework_id,), values, at.position)


@on(files.LessonFileAttached)
def _file(to: Desk, fact: files.LessonFileAttached, at: Placed) -> None:
    values = (
        at.stream,
        fact.lesson_id,
        str(fact.kind),
        fact.payload.id,
        fact.file.id,
        fact.media,
        fact.size,
        fact.sha256,
    )
    to.versions["file"].open((fact.file_id,), values, at.position)


@on(files.LessonFileRemoved)
def _file_removed(to: Desk, fact: files.LessonFileRemoved, at: Placed) -> None:
    to.versions["file"].close((fact.file_id,), at.position)


@on(j.MarkGiven)
def _mark(to: Desk, fact: j.MarkGiven, at: Placed) -> None:
    values = (
        at.stream,
        fact.lesson_id,
        fact.pupil_id,
        fact.value,
        fact.weight,
        fact.work_type_id,
        id_of(fact.comment),
        False,
    )
    to.versions["mark"].open((fact.mark_id,), values, at.position)


@on(j.MarkCorrected)
def _mark_corrected(to: Desk, fact: j.MarkCorrected, at: Placed) -> None:
    marks = to.versions["mark"]
    if old := marks.current((fact.mark_id,)):
        values = (*old[:3], fact.value, *old[4:7], True)
        marks.open((fact.mark_id,), values, at.position)


@on(j.MarkAnnulled)
def _mark_annulled(to: Desk, fact: j.MarkAnnulled, at: Placed) -> None:
    marks = to.versions["mark"]
    if old := marks.current((fact.mark_id,)):
        marks.open((fact.mark_id,), (*old[:3], "", *old[4:]), at.position)


@on(j.MarkCommented)
def _mark_commented(to: Desk, fact: j.MarkCommented, at: Placed) -> None:
    marks = to.versions["mark"]
    if old := marks.current((fact.mark_id,)):
        values = (*old[:6], fact.comment.id, old[7])
        marks.open((fact.mark_id,), values, at.position)


@on(j.MarksCarried)
def _carried(to: Desk, fact: j.MarksCarried, at: Placed) -> None:
    carried = to.versions["carried"]
    for one in fact.marks:
        known = carried.current((at.stream, fact.pupil_id, one.mark_id))
        values = (
            one.subject_id,
            one.date,
            one.value,
            one.weight,
            one.work_type_id,
            known[5] if known else fact.from_class,  # where it was given
        )
        carried.open((at.stream, fact.pupil_id, one.mark_id), values, at.position)
    for mark_id in fact.annulled:
        carried.close((at.stream, fact.pupil_id, mark_id), at.position)


@on(j.TermMarkIssued)
def _term_mark(to: Desk, fact: j.TermMarkIssued, at: Placed) -> None:
    key = (at.stream, fact.subject_id, fact.term, fact.pupil_id)
    to.versions["term_mark"].open(key, (fact.value, fact.average, False), at.position)


@on(j.TermMarkCorrected)
def _term_mark_corrected(to: Desk, fact: j.TermMarkCorrected, at: Placed) -> None:
    key = (at.stream, fact.subject_id, fact.term, fact.pupil_id)
    term_marks = to.versions["term_mark"]
    if old := term_marks.current(key):
        term_marks.open(key, (fact.value, old[1], True), at.position)


@on(j.TermMarkAnnulled)
def _term_mark_annulled(to: Desk, fact: j.TermMarkAnnulled, at: Placed) -> None:
    to.versions["term_mark"].close(
        (at.stream, fact.subject_id, fact.term, fact.pupil_id), at.position
    )
