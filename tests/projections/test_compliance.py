"""compliance_v1: what each lesson needs and has, folded from a life; and the closed weeks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import pytest

from api.demo.year import school_calendar
from domain.access import Actor
from domain.bells import Schedule
from domain.calendar import Bell, Calendar, Term, TimetableEntry, Track, Vacation
from domain.duties import Duty, Reason, Status, Verdict
from domain.journal.facts import LessonAdded, TeacherAssigned
from domain.office.bell_facts import DayBellsChanged
from domain.office.facts import Subject
from domain.refusals import Busy
from domain.regulation import PRESETS, Regulation
from domain.values import AttendanceCode, LessonKind, Origin
from projections import agenda, compliance, directory, terms
from projections.compliance import Counts, Line
from projections.compliance.staffing import VACANT, Assigned, Staffing, Stands
from projections.postgres.database import READER, conninfo
from projections.replay import replay
from tests.conftest import SECRET
from tests.ground import CALENDAR, SINCE, YEAR, number, request
from tests.projections.life import MONDAY, MORNING, Life, life

WEDNESDAY, FRIDAY = date(2026, 11, 25), date(2026, 11, 27)
LATER = datetime(2027, 6, 1, tzinfo=UTC)


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one
        one.fold_all()
        report = replay(one.projector, one.schema)  # rebuilt equals lived, whatever has happened
        assert report.agrees, report.differences


def lines(at: Life, since: date = MONDAY, until: date = date(2026, 12, 30)) -> list[Line]:
    """Lessons of 7а, folded one fact at a time as they come."""
    at.fold_all()
    book = at.read(compliance.book, YEAR, since, until, at.class_id)
    return list(book.lines)


def line(at: Life, day: date) -> Line:
    [one] = lines(at, day, day)
    return one


def verdict(at: Life, day: date, duty: Duty, now: datetime = LATER) -> Verdict:
    return line(at, day).lesson.verdict(duty, now)


def lesson_of(at: Life, day: date) -> str:
    return line(at, day).lesson_id


def adopt(at: Life, regulation: Regulation, order: str = "7") -> None:
    adopted = at.school.adopt_regulation(YEAR, regulation, order, by=at.office, request=request())
    at.must(adopted)


def test_every_duty_keeps_the_moment_and_the_place_of_its_first_record(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    topic = at.must(at.topic(lesson))
    at.clock.go(hours=1)
    taken = at.must(at.attendance(lesson, p0=AttendanceCode.ILL))
    at.clock.go(hours=1)
    homework = at.must(at.homework(lesson, "h", "§ 5", WEDNESDAY))
    at.clock.go(hours=1)
    mark = at.must(at.mark(lesson, at.pupils[1], "4", "m"))
    first = {
        duty: (record.position, record.at)
        for duty, record in line(at, MONDAY).lesson.records.items()
    }
    assert first == {
        Duty.TOPIC: (topic.position, topic.at),
        Duty.ATTENDANCE: (taken.position, taken.at),
        Duty.HOMEWORK: (homework.position, homework.at),
        Duty.MARKS: (mark.position, mark.at),
    }
    at.clock.go(days=9)
    at.must(at.topic(lesson, "Дроби и проценты"))
    at.must(at.correct("m", "4", "5"))
    at.must(at.mark(lesson, at.pupils[2], "3", "another"))
    assert {d: (r.position, r.at) for d, r in line(at, MONDAY).lesson.records.items()} == first


def test_a_late_record_stays_late(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    at.clock.now = datetime(2026, 11, 23, 20, 59, 59, tzinfo=UTC)  # 23:59:59 in Moscow
    at.must(at.topic(lesson))
    at.clock.go(seconds=1)
    at.must(at.homework(lesson, "h", "§ 5", WEDNESDAY))
    assert verdict(at, MONDAY, Duty.TOPIC).status is Status.ON_TIME
    late = verdict(at, MONDAY, Duty.HOMEWORK)
    assert (late.status, late.minutes) == (Status.LATE, 1)


def test_nothing_given_is_a_record_too(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    nothing = at.school.declare_no_homework(at.class_id, lesson, by=at.anna, request=request())
    at.must(nothing)
    assert verdict(at, MONDAY, Duty.HOMEWORK).status is Status.ON_TIME


def test_a_control_work_is_told_by_its_topic_as_it_stands(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    assert verdict(at, MONDAY, Duty.MARKS).reason is Reason.NO_MARKS
    at.must(at.topic(lesson, "Дроби", "Контрольная № 1"))
    assert verdict(at, MONDAY, Duty.MARKS).status is Status.MISSING
    corrected = at.school.record_topic(
        at.class_id, lesson, "Дроби", LessonKind.LESSON, "", by=at.anna, request=request()
    )
    at.must(corrected)
    assert verdict(at, MONDAY, Duty.MARKS).reason is Reason.NO_MARKS


def test_lessons_that_were_planned_after_they_were_held_count_from_that_day(at: Life) -> None:
    held = next(one for one in lines(at, date(2026, 11, 9)) if one.date < MONDAY)
    assert held.lesson.due.day_due == datetime(2026, 11, 23, 20, 59, 59, tzinfo=UTC)
    assert held.lesson.due.fill_due == datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC)


def test_a_teacher_who_adds_a_past_lesson_has_known_of_it(at: Life) -> None:
    at.clock.go(days=3)
    tuesday = date(2026, 11, 24)
    added = LessonAdded(number("extra"), tuesday, 2, at.ground.subject_id, at.anna.person_id)
    at.must(at.school.add_lesson(at.class_id, added, by=at.anna, request=request()))
    at.must(at.topic(number("extra")))
    assert verdict(at, tuesday, Duty.TOPIC).status is Status.LATE


def test_a_cancelled_lesson_needs_nothing_and_a_moved_one_is_due_where_it_is(at: Life) -> None:
    cancelled, moved = lesson_of(at, MONDAY), lesson_of(at, WEDNESDAY)
    off = at.school.cancel_lesson(
        at.class_id, cancelled, "Карантин", by=at.office, request=request()
    )
    at.must(off)
    thursday = date(2026, 11, 26)
    to = at.school.move_lesson(at.class_id, moved, thursday, 3, by=at.office, request=request())
    at.must(to)
    assert verdict(at, MONDAY, Duty.TOPIC).reason is Reason.CANCELLED
    assert lines(at, WEDNESDAY, WEDNESDAY) == []
    due = verdict(at, thursday, Duty.TOPIC).due_at
    assert due == datetime(2026, 11, 26, 20, 59, 59, tzinfo=UTC)


def test_a_regulation_is_for_the_lessons_of_later_days(at: Life) -> None:
    adopt(at, PRESETS["ap147"])
    assert verdict(at, MONDAY, Duty.TOPIC).due_at == datetime(2026, 11, 23, 20, 59, 59, tzinfo=UTC)
    due = line(at, WEDNESDAY).lesson.due  # the first lesson, from 8:30 to 9:15, is the last one
    assert due.day_due == datetime(2026, 11, 25, 7, 15, tzinfo=UTC)
    assert due.fill_due == datetime(2026, 11, 26, 20, 59, 59, tzinfo=UTC)
    adopt(
        at,
        msgspec.structs.replace(
            Regulation(), no_homework_levels=(7,), ungraded_levels=(7,), version="next"
        ),
    )
    at.must(at.topic(lesson_of(at, MONDAY), "Дроби", "Контрольная № 1"))
    assert verdict(at, WEDNESDAY, Duty.HOMEWORK).reason is Reason.LEVEL
    assert verdict(at, WEDNESDAY, Duty.MARKS).reason is Reason.LEVEL
    assert verdict(at, MONDAY, Duty.HOMEWORK).status is Status.MISSING


def added_on_wednesday(at: Life, name: str, hour: int) -> str:
    lesson = LessonAdded(number(name), WEDNESDAY, hour, at.ground.subject_id, at.anna.person_id)
    at.must(at.school.add_lesson(at.class_id, lesson, by=at.office, request=request()))
    return lesson.lesson_id


def dues(at: Life) -> set[datetime]:
    return {one.lesson.due.day_due for one in lines(at, WEDNESDAY, WEDNESDAY)}


def test_by_the_bell_the_last_lesson_of_the_day_decides_as_the_plan_changes(at: Life) -> None:
    adopt(at, PRESETS["ap147"])
    assert dues(at) == {datetime(2026, 11, 25, 7, 15, tzinfo=UTC)}
    fifth = added_on_wednesday(at, "fifth", 5)
    assert dues(at) == {datetime(2026, 11, 25, 11, 15, tzinfo=UTC)}
    off = at.school.cancel_lesson(at.class_id, fifth, "Актировка", by=at.office, request=request())
    at.must(off)
    assert dues(at) >= {datetime(2026, 11, 25, 7, 15, tzinfo=UTC)}
    first = line_of(at, 1)
    assert first.lesson.due.day_due == datetime(2026, 11, 25, 7, 15, tzinfo=UTC)


def line_of(at: Life, hour: int) -> Line:
    return next(one for one in lines(at, WEDNESDAY, WEDNESDAY) if one.number == hour)


def test_nobody_is_late_by_a_change_of_the_plan_that_came_afterwards(at: Life) -> None:
    adopt(at, PRESETS["ap147"])
    fifth = added_on_wednesday(at, "fifth", 5)
    at.clock.now = datetime(2026, 11, 25, 10, tzinfo=UTC)  # before the deadline of five lessons
    at.must(at.topic(lesson_at(at, 1)))
    off = at.school.cancel_lesson(at.class_id, fifth, "Актировка", by=at.office, request=request())
    at.must(off)
    first = line_of(at, 1).lesson
    assert first.due.day_due == datetime(2026, 11, 25, 11, 15, tzinfo=UTC)
    assert first.verdict(Duty.TOPIC, LATER).status is Status.ON_TIME


def lesson_at(at: Life, hour: int) -> str:
    return line_of(at, hour).lesson_id


def bells(*ends: str, first: int = 1) -> tuple[Bell, ...]:
    """Lessons of three quarters of an hour that end then."""
    starts = [f"{int(end[:2]) - (end[3:] < '45'):02}:{(int(end[3:]) - 45) % 60:02}" for end in ends]
    return tuple(Bell(first + n, *of) for n, of in enumerate(zip(starts, ends, strict=True)))


def ends(at: Life, day: date) -> set[str]:
    """When lessons of a day end, in Moscow."""
    found = {one.lesson.due.ends_at for one in lines(at, day, day)}
    return {one.astimezone(ZoneInfo("Europe/Moscow")).strftime("%H:%M") for one in found}


def due_by(at: Life, day: date) -> set[str]:
    """Until when topic and homework of a day's lessons are due, in Moscow."""
    found = {one.lesson.due.day_due for one in lines(at, day, day)}
    return {one.astimezone(ZoneInfo("Europe/Moscow")).strftime("%H:%M") for one in found}


@pytest.mark.parametrize(("preset", "minutes"), [("fop704", 0), ("ap147", 60)])
def test_deadlines_by_the_bell_follow_the_bells_of_the_lesson_s_day(
    at: Life, preset: str, minutes: int
) -> None:
    """School, shift and shortened day in turn; what is recorded a second later is late."""
    s, by = at.school, at.office
    adopt(at, PRESETS[preset])
    assert (ends(at, WEDNESDAY), due_by(at, WEDNESDAY)) == ({"09:15"}, {plus("09:15", minutes)})
    usual, second = Schedule("Обычная", bells("09:40")), Schedule("Вторая", bells("14:40"), 2)
    at.must(s.adopt_bells(YEAR, WEDNESDAY, [usual, second], by=by, request=request()))
    assert due_by(at, WEDNESDAY) == {plus("09:40", minutes)}
    at.must(s.assign_shift(YEAR, at.class_id, 2, WEDNESDAY, by=by, request=request()))
    assert due_by(at, WEDNESDAY) == due_by(at, FRIDAY) == {plus("14:40", minutes)}
    short = DayBellsChanged(WEDNESDAY, bells("13:45"), "40-у")
    at.must(s.change_day_bells(YEAR, short, by=by, request=request()))
    assert (ends(at, WEDNESDAY), ends(at, FRIDAY)) == ({"13:45"}, {"14:40"})
    last = datetime(2026, 11, 25, 10, 45, 0, 999_999, tzinfo=UTC) + timedelta(minutes=minutes)
    at.clock.now = last
    at.must(at.topic(lesson_of(at, WEDNESDAY)))
    at.clock.go(microseconds=1)
    at.must(at.homework(lesson_of(at, WEDNESDAY), "h", "§ 5", FRIDAY))
    assert verdict(at, WEDNESDAY, Duty.TOPIC).status is Status.ON_TIME
    late = verdict(at, WEDNESDAY, Duty.HOMEWORK)
    assert (late.status, late.minutes) == (Status.LATE, 1)


def plus(moment: str, minutes: int) -> str:
    return (datetime.strptime(moment, "%H:%M") + timedelta(minutes=minutes)).strftime("%H:%M")  # noqa: DTZ007


def test_nobody_is_late_by_bells_that_were_changed_afterwards(at: Life) -> None:
    """The shortened day was put down in the evening: the lesson was over sooner, the deadline of
    those who wrote in time stays; a longer day is no harm to anybody.
    """
    adopt(at, PRESETS["fop704"])
    at.clock.now = datetime(2026, 11, 25, 6, 10, tzinfo=UTC)  # 9:10, five minutes before the bell
    at.must(at.topic(lesson_of(at, WEDNESDAY)))
    at.clock.go(hours=8)
    for until, due in (("09:00", "09:15"), ("09:30", "09:30")):
        day = DayBellsChanged(WEDNESDAY, bells(until), "40-у")
        at.must(at.school.change_day_bells(YEAR, day, by=at.office, request=request()))
        assert (ends(at, WEDNESDAY), due_by(at, WEDNESDAY)) == ({until}, {due})
    assert verdict(at, WEDNESDAY, Duty.TOPIC).status is Status.ON_TIME


def test_delays_are_counted_from_the_bell_of_the_day(at: Life) -> None:
    short = DayBellsChanged(WEDNESDAY, bells("09:00"), "40-у")
    at.must(at.school.change_day_bells(YEAR, short, by=at.office, request=request()))
    at.clock.now = datetime(2026, 11, 25, 6, 20, 30, tzinfo=UTC)
    at.must(at.topic(lesson_of(at, WEDNESDAY)))
    judged = compliance.judge(lines(at, WEDNESDAY, WEDNESDAY), LATER)
    assert compliance.delays(judged, LATER)[at.anna.person_id].greatest_minutes == 21


def test_lessons_that_come_after_the_bells_were_changed_follow_them_too(at: Life) -> None:
    adopt(at, PRESETS["fop704"])
    short = DayBellsChanged(WEDNESDAY, bells("09:00", "09:50"), "40-у")
    at.must(at.school.change_day_bells(YEAR, short, by=at.office, request=request()))
    added_on_wednesday(at, "second", 2)
    assert (ends(at, WEDNESDAY), due_by(at, WEDNESDAY)) == ({"09:00", "09:50"}, {"09:50"})
    moved = lesson_of(at, FRIDAY)
    to = at.school.move_lesson(at.class_id, moved, WEDNESDAY, 3, by=at.office, request=request())
    at.must(to)
    assert due_by(at, WEDNESDAY) == {"23:59"}  # no bell for a third lesson: the day


def test_a_day_that_became_a_vacation_asks_for_nothing_and_one_that_is_none_again_does(
    at: Life,
) -> None:
    def holidays(*days: date) -> None:
        calendar: Calendar = msgspec.structs.replace(CALENDAR, holidays=days)
        at.must(at.school.change_calendar(calendar, "9", by=at.office, request=request()))

    holidays(WEDNESDAY)
    assert verdict(at, WEDNESDAY, Duty.ATTENDANCE).reason is Reason.DAY_OFF
    assert verdict(at, FRIDAY, Duty.ATTENDANCE).status is Status.MISSING
    holidays(FRIDAY)
    assert verdict(at, WEDNESDAY, Duty.ATTENDANCE).status is Status.MISSING
    assert verdict(at, FRIDAY, Duty.ATTENDANCE).reason is Reason.DAY_OFF


def test_imports_are_left_out(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    importer = Actor(at.office.person_id, "import", Origin.IMPORT, operator=True)
    at.clock.go(days=20)
    at.must(
        at.school.record_topic(
            at.class_id, lesson, "Дроби", LessonKind.LESSON, "", by=importer, request=request()
        )
    )
    past = LessonAdded(
        number("imported"), date(2026, 11, 24), 2, at.ground.subject_id, at.anna.person_id
    )
    at.must(at.school.add_lesson(at.class_id, past, by=importer, request=request()))
    assert verdict(at, MONDAY, Duty.TOPIC).reason is Reason.IMPORTED
    assert verdict(at, MONDAY, Duty.ATTENDANCE).status is Status.MISSING
    for duty in Duty:
        assert verdict(at, date(2026, 11, 24), duty).reason is Reason.IMPORTED


def test_a_substitute_answers_for_the_days_of_the_substitution(at: Life) -> None:
    at.must(at.substitute(WEDNESDAY, WEDNESDAY))
    found = {one.date: one.teacher_id for one in lines(at, MONDAY, FRIDAY)}
    assert found == {
        MONDAY: at.anna.person_id,
        WEDNESDAY: at.tanya.person_id,
        FRIDAY: at.anna.person_id,
    }


def test_who_took_over_answers_for_lessons_that_were_planned_for_another(at: Life) -> None:
    s, by = at.school, at.office
    annas = number(f"{at.slug}/assignment")
    at.must(s.release_teacher(at.class_id, annas, WEDNESDAY, by=by, request=request()))
    boris = TeacherAssigned(number("over"), at.boris.person_id, at.ground.subject_id, WEDNESDAY)
    at.must(s.assign_teacher(at.class_id, boris, by=by, request=request()))
    found = {one.date: one.teacher_id for one in lines(at, MONDAY, FRIDAY)}
    assert found == {
        MONDAY: at.anna.person_id,
        WEDNESDAY: at.boris.person_id,
        FRIDAY: at.boris.person_id,
    }


def test_after_a_release_without_a_successor_nobody_is_asked_by_name(at: Life) -> None:
    s, by = at.school, at.office
    annas = number(f"{at.slug}/assignment")
    at.must(s.release_teacher(at.class_id, annas, WEDNESDAY, by=by, request=request()))

    found = {one.date: one.teacher_id for one in lines(at, MONDAY, FRIDAY)}
    assert found == {
        MONDAY: at.anna.person_id,
        WEDNESDAY: compliance.VACANT,
        FRIDAY: compliance.VACANT,
    }
    # the deputy sees the gap, and opens the lessons behind it
    names = at.read(compliance.staff_names)
    assert names[compliance.VACANT] == "без учителя"
    gap = at.read(compliance.book, YEAR, MONDAY, FRIDAY, teacher_id=compliance.VACANT)
    assert [one.date for one in gap.lines] == [WEDNESDAY, FRIDAY]
    assert {one.lesson.verdict(Duty.TOPIC, LATER).status for one in gap.lines} == {Status.MISSING}
    # and the one who left has neither a debt of those days nor a lesson
    of_anna = (at.anna.person_id, MONDAY, FRIDAY + timedelta(days=1))
    debts = at.read(directory.unfilled_lessons, *of_anna)
    assert [one["date"] for one in debts] == [MONDAY.isoformat()]
    assert at.read(directory.lessons_of_day, FRIDAY, at.anna.person_id) == []
    ahead = at.read(agenda.lessons_ahead, at.anna.person_id, MONDAY, FRIDAY, teacher=True)
    assert [one.day for one in ahead] == [MONDAY]


def test_who_came_back_after_a_release_is_asked_again() -> None:
    def assigned(teacher: str, since: date, until: date | None = None) -> Assigned:
        return Assigned("7а", "art", None, teacher, since, until)

    lesson, thursday = ("7а", "art", None), WEDNESDAY + timedelta(days=1)
    away = [assigned("ann", MONDAY, WEDNESDAY), assigned("ann", FRIDAY)]
    answers = partial(Staffing(away, ()).responsible, *lesson, "ann")
    assert [answers(day) for day in (MONDAY, thursday, FRIDAY)] == ["ann", VACANT, "ann"]
    # a substitute stands in for who has gone, and a timetable may name who was never assigned
    stands = Stands("7а", "ann", "cat", MONDAY, FRIDAY)
    assert Staffing(away, [stands]).responsible(*lesson, "ann", thursday) == "cat"
    assert Staffing(away, ()).responsible(*lesson, "bob", thursday) == "bob"


def test_nobody_is_asked_about_lessons_before_the_assignment_began(at: Life) -> None:
    """A teacher who came in the middle of the year, where the timetable named nobody before."""
    s, by = at.school, at.office
    assigned = TeacherAssigned(number("art"), at.tanya.person_id, number("art/s"), WEDNESDAY)
    subject = Subject(number("art/s"), "Изобразительное искусство")
    at.must(s.introduce_subject(YEAR, subject, by=by, request=request()))
    at.must(s.assign_teacher(at.other_class, assigned, by=by, request=request()))
    week = [TimetableEntry(day, 2, subject.subject_id, at.tanya.person_id) for day in (1, 3, 5)]
    adopted = s.adopt_timetable(YEAR, at.other_class, MONDAY, week, by=by, request=request())
    at.must(adopted)
    at.must(s.schedule_lessons(at.other_class, 2, by=by, request=request()))

    at.fold_all()
    book = at.read(compliance.book, YEAR, MONDAY, FRIDAY, at.other_class)
    topics = {one.date: one.lesson.verdict(Duty.TOPIC, LATER) for one in book.lines}

    assert (topics[MONDAY].status, topics[MONDAY].reason) == (
        Status.NOT_REQUIRED,
        Reason.UNASSIGNED,
    )
    assert {topics[day].status for day in (WEDNESDAY, FRIDAY)} == {Status.MISSING}
    told = compliance.judge(book.lines, LATER)
    counts = compliance.counted_by(told, lambda one: one.teacher_id)[at.tanya.person_id]
    assert counts.of(Duty.TOPIC, Status.MISSING) == 2
    # nor on the teacher's own page, nor by the checklist of the term
    debts = at.read(directory.unfilled_lessons, at.tanya.person_id, SINCE, FRIDAY)
    assert [one["date"] for one in debts] == [WEDNESDAY.isoformat()]
    term = at.read(terms.closing, at.other_class, 2, WEDNESDAY)
    assert term is not None
    assert [one["date"] for one in term.unrecorded] == [WEDNESDAY.isoformat()]


def test_a_lesson_between_two_assignments_is_asked_of_nobody_who_came_later() -> None:
    def assigned(teacher: str, since: date, until: date | None = None) -> Assigned:
        return Assigned("7а", "art", None, teacher, since, until)

    first, later = assigned("ann", MONDAY, WEDNESDAY), assigned("bob", FRIDAY)
    lesson, thursday = ("7а", "art", None), WEDNESDAY + timedelta(days=1)
    assert Staffing([later], ()).unassigned(*lesson, "bob", thursday)
    assert Staffing([first, later], ()).unassigned(*lesson, "bob", thursday)
    # what a released teacher left open, and a lesson of who was there, are asked for as before
    assert not Staffing([first, later], ()).unassigned(*lesson, "ann", thursday)
    assert not Staffing([first, later], ()).unassigned(*lesson, "bob", MONDAY)
    assert not Staffing([later], ()).unassigned(*lesson, "bob", FRIDAY)
    stands = Stands("7а", "bob", "cat", MONDAY, FRIDAY)
    assert not Staffing([later], [stands]).unassigned(*lesson, "bob", thursday)
    assert not Staffing((), ()).unassigned(*lesson, "bob", thursday)


def test_nothing_is_asked_of_days_before_the_school_began_its_journal(database: str) -> None:
    """A school comes to the program in the middle of the year: its terms have begun before."""
    with life(database, began=MORNING) as at:
        found = lines(at, date(2026, 11, 18), WEDNESDAY)
        debts = at.read(directory.unfilled_lessons, at.anna.person_id, SINCE, FRIDAY)
        term = at.read(terms.closing, at.class_id, 2, WEDNESDAY)
    verdicts = {one.date: one.lesson.verdict(Duty.TOPIC, LATER) for one in found}
    assert {one["date"] for one in debts} == {MONDAY.isoformat(), WEDNESDAY.isoformat()}
    assert term is not None
    assert {one["date"] for one in term.unrecorded} == {one["date"] for one in debts}
    before = {day: one.reason for day, one in verdicts.items() if day < MONDAY}
    assert before == dict.fromkeys((date(2026, 11, 18), date(2026, 11, 20)), Reason.UNBEGUN)
    assert {verdicts[day].status for day in (MONDAY, WEDNESDAY)} == {Status.MISSING}


def test_a_teacher_without_a_single_record_is_missing_and_not_absent(at: Life) -> None:
    judged = compliance.judge(lines(at, MONDAY, FRIDAY), LATER)
    by_teacher: dict[str, Counts] = compliance.counted_by(judged, lambda one: one.teacher_id)
    assert set(by_teacher) == {at.anna.person_id}
    anna = by_teacher[at.anna.person_id]
    assert anna.status is Status.MISSING
    assert [anna.of(duty, Status.MISSING) for duty in Duty] == [3, 3, 3, 0]
    active = at.read(compliance.book, YEAR, MONDAY, FRIDAY).staffing.active(MONDAY, FRIDAY)
    assert {one.teacher_id for one in active} == {
        at.anna.person_id,
        at.boris.person_id,
        at.galina.person_id,
    }


# -- closing -----------------------------------------------------------------------------------


def to_close(at: Life, now: datetime) -> list[Any]:
    with psycopg.connect(conninfo(at.url, READER, SECRET), autocommit=True) as conn:
        return list(compliance.weeks_to_close(conn, at.schema, now))


def close(at: Life, now: datetime) -> list[str]:
    """What the Monday job does."""
    at.clock.now = max(at.clock.now, now)
    closed = []
    for year, found in to_close(at, now):
        at.must(at.school.close_fill_check(year, found, by=at.office, request=request()))
        closed.append(found.week)
    return closed


MIDNIGHT = datetime(2026, 11, 29, 21, tzinfo=UTC)  # of Monday, 30 November, in Moscow


def test_a_week_is_closed_after_its_last_second_and_once(at: Life) -> None:
    at.fold_all()
    weeks = {
        week for _, found in to_close(at, MIDNIGHT - timedelta(seconds=1)) for week in [found.week]
    }
    assert "2026-W47" in weeks
    assert "2026-W48" not in weeks
    assert close(at, MIDNIGHT)[-1] == "2026-W48"
    at.fold_all()
    assert close(at, MIDNIGHT) == []


def test_weeks_that_were_missed_are_caught_up_and_vacations_have_none(at: Life) -> None:
    at.fold_all()
    weeks = close(at, MIDNIGHT)
    assert weeks[0] == "2026-W36"
    assert weeks == sorted(weeks)
    assert "2026-W44" not in weeks  # between the terms
    at.fold_all()
    known = at.read(compliance.closed_weeks, YEAR)
    assert list(known) == weeks


def test_nothing_is_closed_while_the_projection_lags_behind_the_week(at: Life) -> None:
    at.fold_all()
    at.clock.now = MIDNIGHT - timedelta(minutes=1)
    at.must(at.topic(lesson_of_friday(at)))
    with pytest.raises(Busy):
        to_close(at, MIDNIGHT)
    at.fold_all()
    assert "2026-W48" in {found.week for _, found in to_close(at, MIDNIGHT)}


def lesson_of_friday(at: Life) -> str:
    with psycopg.connect(at.url) as conn:
        row = conn.execute(
            f"SELECT lesson_id::text FROM {at.schema}.compliance_lesson WHERE date = %s", (FRIDAY,)
        ).fetchone()
    assert row
    return str(row[0])


def test_the_figures_are_those_of_midnight_however_late_the_job_comes(at: Life) -> None:
    monday, wednesday = lesson_of(at, MONDAY), lesson_of(at, WEDNESDAY)
    at.must(at.topic(monday))
    at.must(at.attendance(monday))
    at.clock.now = MIDNIGHT + timedelta(hours=2)
    at.must(at.topic(wednesday))  # after the week
    at.fold_all()
    [found] = [
        one for _, one in to_close(at, MIDNIGHT + timedelta(days=2)) if one.week == "2026-W48"
    ]
    topic = next(one for one in found.found if one.duty is Duty.TOPIC)
    attendance = next(one for one in found.found if one.duty is Duty.ATTENDANCE)
    homework = next(one for one in found.found if one.duty is Duty.HOMEWORK)
    assert (topic.on_time, topic.late, topic.missing) == (1, 0, 2)
    assert (attendance.on_time, attendance.pending, attendance.missing) == (1, 2, 0)
    assert homework.missing == 3
    assert (found.lessons, found.groups, found.unfilled) == (3, 1, 0)
    at.must(at.school.close_fill_check(YEAR, found, by=at.office, request=request()))
    at.fold_all()
    closed = at.read(compliance.closed_week, YEAR, "2026-W48")
    assert closed.found == found
    assert closed.closed_at == at.clock.now


def test_a_group_without_attendance_or_marks_in_the_week_is_listed(at: Life) -> None:
    at.must(at.topic(lesson_of(at, MONDAY)))
    sunday = MIDNIGHT - timedelta(seconds=1)
    [group] = compliance.groups(lines(at, MONDAY, FRIDAY), sunday, MIDNIGHT)
    assert (group.teacher_id, group.lessons, group.with_marks) == (at.anna.person_id, 3, 0)
    assert compliance.unfilled([group]) == [group]
    at.must(at.mark(lesson_of(at, MONDAY), at.pupils[0], "5", "m"))
    [group] = compliance.groups(lines(at, MONDAY, FRIDAY), sunday, MIDNIGHT)
    assert group.with_marks == 1
    assert compliance.unfilled([group]) == []


def test_split_groups_are_teachers_of_their_own(at: Life) -> None:
    at.must(at.split(at.pupils[:2], at.pupils[2:]))
    for half, who in zip(at.halves, (at.boris, at.galina), strict=True):
        lesson = LessonAdded(
            number(f"{half}/lesson"), WEDNESDAY, 4, at.english, who.person_id, half
        )
        at.must(at.school.add_lesson(at.class_id, lesson, by=at.office, request=request()))
    found = compliance.counted_by(
        compliance.judge(lines(at, WEDNESDAY, WEDNESDAY), LATER), lambda one: one.group
    )
    assert {key[0] for key in found} == {
        at.anna.person_id,
        at.boris.person_id,
        at.galina.person_id,
    }


def test_weeks_without_marks_are_listed_by_group(at: Life) -> None:
    """Marks on Monday of one week, none in the week before; the next week is still to come."""
    monday = lesson_of(at, MONDAY)
    at.must(at.mark(monday, at.pupils[0], "4", "m"))
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    judged = compliance.judge(lines(at, date(2026, 11, 16)), now)
    [anna] = compliance.unmarked(judged, now)
    assert (anna.teacher_id, anna.weeks) == (at.anna.person_id, 2)
    assert anna.without == [date(2026, 11, 16)]
    ungraded = msgspec.structs.replace(Regulation(), ungraded_levels=(7,), version="без отметок")
    adopt(at, ungraded)
    later = compliance.judge(lines(at, date(2026, 11, 30)), LATER)
    assert compliance.unmarked(later, LATER) == []


def test_what_a_term_lacks_is_asked_by_the_calendar_of_the_level() -> None:
    """Half-years of the oldest, an additional vacation of the first: each with its own days."""
    calendar = school_calendar(2026)
    halves = (
        Term(1, "1 полугодие", date(2026, 9, 1), date(2026, 12, 27)),
        Term(2, "2 полугодие", date(2027, 1, 11), date(2027, 5, 31)),
    )
    own = Vacation("Дополнительные", date(2027, 2, 15), date(2027, 2, 21), (1,))
    calendar = msgspec.structs.replace(
        calendar, tracks=(Track((9,), "half_year", halves),), vacations=(*calendar.vacations, own)
    )
    classes = [("1а", 1), ("5а", 5), ("5б", 5), ("9а", 9)]
    found = compliance.spans(calendar, classes, lambda one: one.term(2))
    assert [(one.term.name, sorted(one.classes)) for one in found] == [
        (calendar.terms[1].name, ["1а"]),
        (calendar.terms[1].name, ["5а", "5б"]),
        ("2 полугодие", ["9а"]),
    ]
    third = compliance.spans(calendar, classes, lambda one: one.term(3))
    assert sorted(name for one in third for name in one.classes) == ["1а", "5а", "5б"]
    first, others = (len(list(one.calendar.school_days(one.term))) for one in third)
    assert others - first == 5
