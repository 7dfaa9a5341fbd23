"""What facts of the office, the class and its lessons change in the diary."""

from __future__ import annotations

from datetime import date

from domain.bells import Bells
from domain.calendar import monday as monday_of
from domain.journal import absence_facts as a
from domain.journal import facts as j
from domain.journal import file_facts as files
from domain.journal import plan_facts as plan
from domain.office import bell_facts as b
from domain.office import facts as o
from domain.values import AttendanceCode
from projections.diary.desk import HANDLERS, SUNDAY, Desk
from projections.diary.state import (
    CANCELLED,
    MOVED,
    File,
    Homework,
    Klass,
    Lesson,
    Split,
    Substitution,
    Year,
)
from projections.projection import Placed, id_of

on = HANDLERS.on

# The office ---------------------------------------------------------------------------------


@on(o.YearOpened)
def _year(to: Desk, fact: o.YearOpened, at: Placed) -> None:
    year = fact.calendar.year
    to.memory.years[year] = Year(
        at.stream,
        fact.calendar,
        Bells(fact.bells),
        {subject.subject_id: subject.name for subject in fact.subjects},
        {kind.work_type_id: (kind.name, kind.abbr) for kind in fact.work_types},
    )
    to.memory.year_changed(year)


@on(o.CalendarChanged)
def _calendar(to: Desk, fact: o.CalendarChanged, at: Placed) -> None:
    year = to.memory.years[fact.calendar.year]
    year.calendar = fact.calendar
    to.memory.year_changed(fact.calendar.year)
    for class_id in year.classes:
        for monday in sorted(set(to.memory.mondays(class_id).values())):
            to.touch_week((class_id, monday), at)


@on(b.BellsAdopted)
def _bells(to: Desk, fact: b.BellsAdopted, at: Placed) -> None:
    number, year = _year_of(to, at)
    year.bells.adopt(fact.since, fact.schedules)
    to.memory.year_changed(number)
    for class_id in year.classes:
        _touch_class(to, at, class_id, fact.since, date.max)


@on(b.ShiftAssigned)
def _shift(to: Desk, fact: b.ShiftAssigned, at: Placed) -> None:
    number, year = _year_of(to, at)
    year.bells.assign(fact.class_id, fact.shift, fact.since)
    to.memory.year_changed(number)
    if fact.class_id in year.classes:
        _touch_class(to, at, fact.class_id, fact.since, date.max)


@on(b.DayBellsChanged)
def _day_bells(to: Desk, fact: b.DayBellsChanged, at: Placed) -> None:
    number, year = _year_of(to, at)
    year.bells.change_day(fact.day, fact.shift, fact.bells)
    to.memory.year_changed(number)
    for class_id in year.classes:
        _touch_class(to, at, class_id, fact.day, fact.day)


def _year_of(to: Desk, at: Placed) -> tuple[int, Year]:
    """The year of an office's stream. Raises StopIteration for a stream without an opening."""
    return next(item for item in to.memory.years.items() if item[1].office_id == at.stream)


@on(o.SubjectIntroduced)
def _subject(to: Desk, fact: o.SubjectIntroduced, at: Placed) -> None:
    number, year = _year_of(to, at)
    year.subjects[fact.subject.subject_id] = fact.subject.name
    to.memory.year_changed(number)


@on(o.WorkTypeIntroduced)
def _work_type(to: Desk, fact: o.WorkTypeIntroduced, at: Placed) -> None:
    number, year = _year_of(to, at)
    kind = fact.work_type
    year.work_types[kind.work_type_id] = (kind.name, kind.abbr)
    to.memory.year_changed(number)


# The class ----------------------------------------------------------------------------------


@on(j.JournalOpened)
def _journal(to: Desk, fact: j.JournalOpened, at: Placed) -> None:
    to.memory.open_class(
        at.stream, Klass(f"{fact.grade_level}{fact.letter}", fact.year, fact.grade_level)
    )
    to.memory.years[fact.year].classes.append(at.stream)
    to.memory.year_changed(fact.year)


@on(j.PupilEnrolled)
def _enrolled(to: Desk, fact: j.PupilEnrolled, at: Placed) -> None:
    klass = to.memory.klass(at.stream)
    klass.roster.setdefault(fact.pupil_id, []).append((fact.since, None))
    to.memory.class_changed(at.stream)
    person = to.memory.person(fact.pupil_id)
    if at.stream not in person.classes:
        person.classes.append(at.stream)
        to.memory.person_changed(fact.pupil_id)
    to.touch_from(at.stream, fact.pupil_id, fact.since, at)


@on(j.PupilDeparted)
def _departed(to: Desk, fact: j.PupilDeparted, at: Placed) -> None:
    spans = to.memory.klass(at.stream).roster[fact.pupil_id]
    spans[-1] = (spans[-1][0], fact.on)
    to.memory.class_changed(at.stream)
    to.touch_from(at.stream, fact.pupil_id, fact.on, at)


@on(j.SubgroupSplitOrdered)
def _split(to: Desk, fact: j.SubgroupSplitOrdered, at: Placed) -> None:
    klass = to.memory.klass(at.stream)
    members = {group.subgroup_id: list(group.pupils) for group in fact.subgroups}
    klass.splits.append(Split(fact.subject_id, fact.since, members))
    klass.splits.sort(key=lambda split: split.since)
    to.memory.class_changed(at.stream)
    _touch_between(to, at, fact.since, date.max)


@on(j.SubstitutionAppointed)
def _substitution(to: Desk, fact: j.SubstitutionAppointed, at: Placed) -> None:
    klass = to.memory.klass(at.stream)
    klass.substitutions.append(
        Substitution(fact.substitute_id, fact.teacher_id, fact.since, fact.until)
    )
    to.memory.class_changed(at.stream)
    _touch_between(to, at, fact.since, fact.until)


def _touch_between(to: Desk, at: Placed, since: date, until: date) -> None:
    _touch_class(to, at, at.stream, since, until)


def _touch_class(to: Desk, at: Placed, class_id: str, since: date, until: date) -> None:
    for monday in sorted(set(to.memory.mondays(class_id).values())):
        if monday <= until and since <= monday + SUNDAY:
            to.touch_week((class_id, monday), at)


# Lessons ------------------------------------------------------------------------------------


def _plan(to: Desk, at: Placed, lesson_id: str, lesson: Lesson) -> None:
    monday = monday_of(lesson.date)
    to.memory.mondays(at.stream)[lesson_id] = monday
    to.memory.class_changed(at.stream)
    to.memory.bundle(at.stream, monday).week.lessons[lesson_id] = lesson
    to.touch_week((at.stream, monday), at)


@on(j.LessonsScheduled)
def _scheduled(to: Desk, fact: j.LessonsScheduled, at: Placed) -> None:
    for series in fact.series:
        for one in series.lessons:
            lesson = Lesson(
                one.date,
                one.number,
                series.subject_id,
                series.teacher_id,
                series.subgroup_id,
                series.room,
            )
            _plan(to, at, one.lesson_id, lesson)


@on(j.LessonAdded)
def _added(to: Desk, fact: j.LessonAdded, at: Placed) -> None:
    lesson = Lesson(
        fact.date, fact.number, fact.subject_id, fact.teacher_id, fact.subgroup_id, fact.room
    )
    _plan(to, at, fact.lesson_id, lesson)


@on(j.LessonMoved)
def _moved(to: Desk, fact: j.LessonMoved, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    del to.memory.bundle(*key).week.lessons[fact.lesson_id]
    to.touch_week(key, at)
    lesson.date, lesson.number, lesson.status = fact.date, fact.number, MOVED
    _plan(to, at, fact.lesson_id, lesson)


@on(j.LessonCancelled)
def _cancelled(to: Desk, fact: j.LessonCancelled, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    lesson.status = CANCELLED
    to.touch_week(key, at)


@on(plan.LessonsWithdrawn)
def _withdrawn(to: Desk, fact: plan.LessonsWithdrawn, at: Placed) -> None:
    for lesson_id in fact.lesson_ids:
        key, _ = to.lesson(at, lesson_id)
        del to.memory.bundle(*key).week.lessons[lesson_id]
        to.touch_week(key, at)  # the Monday stays known: who leaves in this batch has the week too


@on(plan.RoomChanged)
def _room(to: Desk, fact: plan.RoomChanged, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    lesson.room = fact.room
    to.touch_week(key, at)


@on(j.TopicRecorded)
def _topic(to: Desk, fact: j.TopicRecorded, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    lesson.topic, lesson.title = fact.topic, fact.title
    to.touch_week(key, at)


@on(j.TopicCorrected)
def _topic_corrected(to: Desk, fact: j.TopicCorrected, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    lesson.topic, lesson.title = fact.topic, fact.title
    to.touch_week(key, at)


@on(j.AttendanceTaken)
def _taken(to: Desk, fact: j.AttendanceTaken, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    lesson.taken = True
    lesson.codes = {one.pupil_id: (str(one.code), one.minutes_late) for one in fact.exceptions}
    to.touch_week(key, at)


@on(j.AttendanceCorrected)
def _attendance_corrected(to: Desk, fact: j.AttendanceCorrected, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    for one in fact.changes:
        if one.code is AttendanceCode.PRESENT:
            lesson.codes.pop(one.pupil_id, None)
        else:
            lesson.codes[one.pupil_id] = (str(one.code), one.minutes_late)
    to.touch_week(key, at)


@on(a.AbsenceReasonSet)
def _reason(to: Desk, fact: a.AbsenceReasonSet, at: Placed) -> None:
    for one in fact.changes:
        key, lesson = to.lesson(at, one.lesson_id)
        lesson.codes[fact.pupil_id] = (str(one.code), 0)
        to.touch_week(key, at)


@on(j.HomeworkAssigned)
def _homework(to: Desk, fact: j.HomeworkAssigned, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    payload = id_of(fact.payload)
    text = fact.text
    if payload is not None:
        text = to.texts.get(payload, "")
        to.memory.remember_text(payload, key, None)
    lesson.homework.append(
        Homework(fact.homework_id, fact.due_date, text, fact.individual_for, payload)
    )
    lesson.no_homework = False
    to.touch_week(key, at)


@on(j.HomeworkNotAssigned)
def _no_homework(to: Desk, fact: j.HomeworkNotAssigned, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    lesson.no_homework = True
    to.touch_week(key, at)


@on(j.HomeworkCorrected)
def _homework_corrected(to: Desk, fact: j.HomeworkCorrected, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    for one in lesson.homework:
        if one.homework_id == fact.homework_id:
            one.text, one.due_date = fact.text, fact.due_date
    to.touch_week(key, at)


@on(files.LessonFileAttached)
def _file(to: Desk, fact: files.LessonFileAttached, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    name_id, body_id = fact.payload.id, fact.file.id
    name = to.texts.get(name_id, "")
    for payload in (name_id, body_id):
        to.memory.remember_text(payload, key, None)
    lesson.files.append(
        File(fact.file_id, str(fact.kind), fact.media, fact.size, name, name_id, body_id)
    )
    to.touch_week(key, at)


@on(files.LessonFileRemoved)
def _file_removed(to: Desk, fact: files.LessonFileRemoved, at: Placed) -> None:
    key, lesson = to.lesson(at, fact.lesson_id)
    lesson.files = [one for one in lesson.files if one.file_id != fact.file_id]
    to.touch_week(key, at)
