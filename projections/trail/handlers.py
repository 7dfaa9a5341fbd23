"""What the trail says of each fact."""

from __future__ import annotations

from domain.journal import control_facts as c
from domain.journal import facts as j
from domain.journal import file_facts as files
from domain.journal import plan_facts as plan
from domain.office import facts as o
from domain.values import ABSENCES
from projections.projection import Placed, id_of
from projections.trail.scribe import HANDLERS, Line, Scribe

on = HANDLERS.on


@on(o.YearOpened)
def _year(to: Scribe, fact: o.YearOpened, _: Placed) -> None:
    to.memory.keep_calendar(fact.calendar)


@on(o.CalendarChanged)
def _calendar(to: Scribe, fact: o.CalendarChanged, _: Placed) -> None:
    to.memory.keep_calendar(fact.calendar)


@on(j.JournalOpened)
def _journal(to: Scribe, fact: j.JournalOpened, at: Placed) -> None:
    to.memory.keep_class(at.stream, fact.year, fact.grade_level)


@on(j.LessonsScheduled)
def _scheduled(to: Scribe, fact: j.LessonsScheduled, at: Placed) -> None:
    for series in fact.series:
        for one in series.lessons:
            to.plan(at, one.lesson_id, series.subject_id, one.date)
    count = sum(len(series.lessons) for series in fact.series)
    to.write(at, Line(term=fact.term, value=str(count)))


@on(j.LessonAdded)
def _added(to: Scribe, fact: j.LessonAdded, at: Placed) -> None:
    to.plan(at, fact.lesson_id, fact.subject_id, fact.date)
    to.write(at, Line(lesson_id=fact.lesson_id))


@on(j.LessonMoved)
def _moved(to: Scribe, fact: j.LessonMoved, at: Placed) -> None:
    lesson = to.lesson(at, fact.lesson_id)
    if lesson is not None:
        to.plan(at, fact.lesson_id, lesson.subject_id, fact.date)
    line = Line(
        lesson_id=fact.lesson_id,
        old_value=f"{fact.old_date:%d.%m.%Y}, {fact.old_number}",
        value=f"{fact.date:%d.%m.%Y}, {fact.number}",
    )
    to.write(at, line)


@on(j.LessonCancelled)
def _cancelled(to: Scribe, fact: j.LessonCancelled, at: Placed) -> None:
    to.write(at, Line(lesson_id=fact.lesson_id, value=fact.reason))


@on(plan.LessonsWithdrawn)
def _withdrawn(to: Scribe, fact: plan.LessonsWithdrawn, at: Placed) -> None:
    to.write(at, Line(value=str(len(fact.lesson_ids))))


@on(plan.LessonPlanAdopted)
def _lesson_plan(to: Scribe, fact: plan.LessonPlanAdopted, at: Placed) -> None:
    to.write(at, Line(subject_id=fact.subject_id, value=str(len(fact.lessons))))


@on(plan.RoomChanged)
def _room(to: Scribe, fact: plan.RoomChanged, at: Placed) -> None:
    line = Line(lesson_id=fact.lesson_id, old_value=fact.old_room or None, value=fact.room or None)
    to.write(at, line)


def _titled(topic: str, title: str) -> str:
    return f"{topic} ({title})" if title else topic


@on(j.TopicRecorded)
def _topic(to: Scribe, fact: j.TopicRecorded, at: Placed) -> None:
    to.write(at, Line(lesson_id=fact.lesson_id, value=_titled(fact.topic, fact.title)))


@on(j.TopicCorrected)
def _topic_corrected(to: Scribe, fact: j.TopicCorrected, at: Placed) -> None:
    line = Line(
        lesson_id=fact.lesson_id,
        old_value=_titled(fact.old_topic, fact.old_title),
        value=_titled(fact.topic, fact.title),
    )
    to.write(at, line)


@on(j.AttendanceTaken)
def _taken(to: Scribe, fact: j.AttendanceTaken, at: Placed) -> None:
    lines = [Line(lesson_id=fact.lesson_id)]
    lines += [
        Line(lesson_id=fact.lesson_id, pupil_id=one.pupil_id, value=str(one.code))
        for one in fact.exceptions
    ]
    absent = {one.pupil_id for one in fact.exceptions if one.code in ABSENCES}
    lesson = to.lesson(at, fact.lesson_id)
    if lesson is not None and absent:
        lesson.absent = absent
        to.memory.touch(at.stream, fact.lesson_id)
    to.write(at, *lines)


@on(j.AttendanceCorrected)
def _attendance_corrected(to: Scribe, fact: j.AttendanceCorrected, at: Placed) -> None:
    lesson = to.lesson(at, fact.lesson_id)
    for one in fact.changes:
        if lesson is not None:
            (lesson.absent.add if one.code in ABSENCES else lesson.absent.discard)(one.pupil_id)
    if lesson is not None:
        to.memory.touch(at.stream, fact.lesson_id)
    to.write(
        at,
        *(
            Line(
                lesson_id=fact.lesson_id,
                pupil_id=one.pupil_id,
                old_value=str(one.old_code),
                value=str(one.code),
            )
            for one in fact.changes
        ),
    )


@on(j.HomeworkAssigned)
def _homework(to: Scribe, fact: j.HomeworkAssigned, at: Placed) -> None:
    pupil = fact.individual_for[0] if len(fact.individual_for) == 1 else None
    line = Line(
        lesson_id=fact.lesson_id,
        pupil_id=pupil,
        about=fact.homework_id,
        value=fact.text or None,
        text_id=id_of(fact.payload),
    )
    to.write(at, line)


@on(j.HomeworkNotAssigned)
def _no_homework(to: Scribe, fact: j.HomeworkNotAssigned, at: Placed) -> None:
    to.write(at, Line(lesson_id=fact.lesson_id))


@on(j.HomeworkCorrected)
def _homework_corrected(to: Scribe, fact: j.HomeworkCorrected, at: Placed) -> None:
    line = Line(
        lesson_id=fact.lesson_id,
        about=fact.homework_id,
        old_value=fact.old_text,
        value=fact.text,
    )
    to.write(at, line)


@on(files.LessonFileAttached)
def _file(to: Scribe, fact: files.LessonFileAttached, at: Placed) -> None:
    _about_file(to, fact, at)


@on(files.LessonFileRemoved)
def _file_removed(to: Scribe, fact: files.LessonFileRemoved, at: Placed) -> None:
    _about_file(to, fact, at)


def _about_file(
    to: Scribe, fact: files.LessonFileAttached | files.LessonFileRemoved, at: Placed
) -> None:
    line = Line(lesson_id=fact.lesson_id, about=fact.file_id, text_id=fact.payload.id)
    to.write(at, line)


@on(j.MarkGiven)
def _mark(to: Scribe, fact: j.MarkGiven, at: Placed) -> None:
    to.about[fact.mark_id] = (fact.lesson_id, fact.pupil_id)
    lesson = to.lesson(at, fact.lesson_id)
    line = Line(
        lesson_id=fact.lesson_id,
        pupil_id=fact.pupil_id,
        about=fact.mark_id,
        value=fact.value,
        text_id=id_of(fact.comment),
        after_term_mark=to.after_term_mark(at, fact.lesson_id, fact.pupil_id),
        absent_pupil=lesson is not None and fact.pupil_id in lesson.absent,
    )
    to.write(at, line)


@on(j.MarkCorrected)
def _mark_corrected(to: Scribe, fact: j.MarkCorrected, at: Placed) -> None:
    lesson_id, pupil_id = to.about[fact.mark_id]
    line = Line(
        lesson_id=lesson_id,
        pupil_id=pupil_id,
        about=fact.mark_id,
        old_value=fact.old_value,
        value=fact.value,
        reason_code=str(fact.reason_code),
        text_id=id_of(fact.reason),
        tier=str(fact.tier),
        after_term_mark=to.after_term_mark(at, lesson_id, pupil_id),
    )
    to.write(at, line)


@on(j.MarkAnnulled)
def _mark_annulled(to: Scribe, fact: j.MarkAnnulled, at: Placed) -> None:
    lesson_id, pupil_id = to.about[fact.mark_id]
    line = Line(
        lesson_id=lesson_id,
        pupil_id=pupil_id,
        about=fact.mark_id,
        old_value=fact.old_value,
        reason_code=str(fact.reason_code),
        text_id=id_of(fact.reason),
        tier=str(fact.tier),
        after_term_mark=to.after_term_mark(at, lesson_id, pupil_id),
    )
    to.write(at, line)


@on(j.MarkCommented)
def _mark_commented(to: Scribe, fact: j.MarkCommented, at: Placed) -> None:
    lesson_id, pupil_id = to.about[fact.mark_id]
    line = Line(lesson_id=lesson_id, pupil_id=pupil_id, about=fact.mark_id, text_id=fact.comment.id)
    to.write(at, line)


@on(j.DebtRaised)
def _debt(to: Scribe, fact: j.DebtRaised, at: Placed) -> None:
    to.about[fact.debt_id] = (fact.lesson_id, fact.pupil_id)
    line = Line(
        lesson_id=fact.lesson_id,
        pupil_id=fact.pupil_id,
        about=fact.debt_id,
        value=f"{fact.due_date:%d.%m.%Y}",
    )
    to.write(at, line)


@on(j.DebtResolved)
def _debt_resolved(to: Scribe, fact: j.DebtResolved, at: Placed) -> None:
    lesson_id, pupil_id = to.about[fact.debt_id]
    to.write(at, Line(lesson_id=lesson_id, pupil_id=pupil_id, about=fact.debt_id))


@on(j.TermMarkIssued)
def _term_mark(to: Scribe, fact: j.TermMarkIssued, at: Placed) -> None:
    issued = to.memory.of_class(at.stream).term_marks
    issued.add((fact.pupil_id, fact.subject_id, fact.term))
    line = Line(
        subject_id=fact.subject_id,
        pupil_id=fact.pupil_id,
        term=fact.term,
        value=fact.value,
        reason_code=fact.reason_code and str(fact.reason_code),
        text_id=id_of(fact.reason),
    )
    to.write(at, line)


@on(j.TermMarkCorrected)
def _term_mark_corrected(to: Scribe, fact: j.TermMarkCorrected, at: Placed) -> None:
    line = Line(
        subject_id=fact.subject_id,
        pupil_id=fact.pupil_id,
        term=fact.term,
        old_value=fact.old_value,
        value=fact.value,
        reason_code=str(fact.reason_code),
        text_id=id_of(fact.reason),
    )
    to.write(at, line)


@on(j.TermMarkAnnulled)
def _term_mark_annulled(to: Scribe, fact: j.TermMarkAnnulled, at: Placed) -> None:
    issued = to.memory.of_class(at.stream).term_marks
    issued.discard((fact.pupil_id, fact.subject_id, fact.term))
    line = Line(
        subject_id=fact.subject_id,
        pupil_id=fact.pupil_id,
        term=fact.term,
        old_value=fact.old_value,
        reason_code=str(fact.reason_code),
        text_id=id_of(fact.reason),
        tier=str(fact.tier),
    )
    to.write(at, line)


@on(j.TermClosed)
def _term_closed(to: Scribe, fact: j.TermClosed, at: Placed) -> None:
    to.write(at, Line(term=fact.term))


@on(c.JournalInspected)
def _inspected(to: Scribe, fact: c.JournalInspected, at: Placed) -> None:
    old, new = f"{fact.since:%d.%m.%Y}", f"{fact.until:%d.%m.%Y}"
    subject = fact.subject_ids[0] if len(fact.subject_ids) == 1 else None
    to.write(at, Line(about=fact.inspection_id, subject_id=subject, old_value=old, value=new))


@on(c.RemarkOpened)
def _remark(to: Scribe, fact: c.RemarkOpened, at: Placed) -> None:
    line = Line(
        lesson_id=fact.lesson_id,
        subject_id=fact.subject_id,
        about=fact.remark_id,
        value=str(fact.kind),
    )
    to.write(at, line)


@on(c.RemarkResolved)
def _remark_resolved(to: Scribe, fact: c.RemarkResolved, at: Placed) -> None:
    to.write(
        at, Line(about=fact.remark_id, value=str(len(fact.positions)) if fact.positions else None)
    )


@on(c.RemarkAccepted)
def _remark_accepted(to: Scribe, fact: c.RemarkAccepted, at: Placed) -> None:
    to.write(at, Line(about=fact.remark_id))


@on(c.RemarkReturned)
def _remark_returned(to: Scribe, fact: c.RemarkReturned, at: Placed) -> None:
    to.write(at, Line(about=fact.remark_id, value=f"{fact.due_date:%d.%m.%Y}"))
