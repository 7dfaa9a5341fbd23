"""A new timetable in the middle of a term, clashes, and a day that is otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.bells import Schedule
from domain.calendar import Bell, TimetableEntry
from domain.journal import day_changes as d
from domain.journal import facts as j
from domain.journal.plan_facts import LessonsWithdrawn, RoomChanged
from domain.journal.state import Journal, Lesson
from domain.office import facts as o
from domain.refusals import Conflict, Forbidden, Invalid
from tests.cast import (
    ALGEBRA,
    ANNA,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    ENGLISH,
    FIRST_HALF,
    HISTORY,
    TANYA,
    ZOYA,
    an_id,
)
from tests.domain.engine_room import SLUG, WAIT_S
from tests.domain.seventh_a import CALENDAR, SEPTEMBER_1, THURSDAY, WEDNESDAY, WEEK
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR

FRIDAY = date(2026, 9, 4)
NEXT_WEDNESDAY = date(2026, 9, 9)
#: algebra goes from Thursday to Friday; the rest stays
NEW_WEEK = (WEEK[0], TimetableEntry(5, 1, ALGEBRA, ANNA, room="214"), *WEEK[2:])


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


def journal(school: SmallSchool) -> Journal:
    return school.room.engine.world(SLUG).journal(CLASS_7A)


def of_day(school: SmallSchool, day: date) -> dict[tuple[int, str | None], tuple[str, Lesson]]:
    """(number, subgroup) → the lesson that is to be held."""
    return {
        (one.number, one.subgroup_id): (number, one)
        for number, one in journal(school).lessons.items()
        if one.date == day and not one.cancelled
    }


def adopt(school: SmallSchool, week: Any = NEW_WEEK, since: date = THURSDAY, **more: Any) -> Any:
    return school.facts("adopt_timetable", YEAR, CLASS_7A, since, week, **more)


# -- adopted mid-term --------------------------------------------------------------------------


def test_a_new_timetable_plans_anew_what_is_still_to_come(school: SmallSchool) -> None:
    before = of_day(school, NEXT_WEDNESDAY)
    adopted, withdrawn, scheduled = adopt(school)
    assert isinstance(adopted, o.TimetableAdopted)
    assert isinstance(withdrawn, LessonsWithdrawn)
    assert isinstance(scheduled, j.LessonsScheduled)
    thursdays = [day for day in CALENDAR.school_days(CALENDAR.terms[0]) if day.isoweekday() == 4]
    fridays = [one.date for series in scheduled.series for one in series.lessons]
    assert len(withdrawn.lesson_ids) == len(thursdays)
    assert fridays[0] == FRIDAY
    assert {day.isoweekday() for day in fridays} == {5}
    assert of_day(school, THURSDAY) == {}
    assert of_day(school, NEXT_WEDNESDAY) == before  # the very same lessons
    assert adopt(school) == []


def test_what_was_written_about_stays(school: SmallSchool) -> None:
    school.room.now += timedelta(days=1)
    lesson, _ = of_day(school, THURSDAY)[1, None]
    school.does("record_topic", CLASS_7A, lesson, "Дроби", by=ANNA)
    adopt(school, since=SEPTEMBER_1)
    assert of_day(school, THURSDAY)[1, None][0] == lesson
    assert of_day(school, date(2026, 9, 10)) == {}


def test_today_and_the_past_stay_even_where_nothing_was_written(school: SmallSchool) -> None:
    """Else a lesson that nobody has filled in would vanish from the control."""
    school.room.now += timedelta(days=1)
    untouched = of_day(school, THURSDAY)
    assert untouched
    adopt(school, since=SEPTEMBER_1)
    assert of_day(school, THURSDAY) == untouched


def test_what_the_office_has_moved_added_or_cancelled_itself_stays(school: SmallSchool) -> None:
    thursday, _ = of_day(school, date(2026, 9, 10))[1, None]
    school.does("move_lesson", CLASS_7A, thursday, date(2026, 9, 11), 1)
    extra = j.LessonAdded(an_id("лишний"), date(2026, 9, 17), 3, HISTORY, ANNA)
    school.does("add_lesson", CLASS_7A, extra)
    wednesday, _ = of_day(school, NEXT_WEDNESDAY)[1, None]
    school.does("cancel_lesson", CLASS_7A, wednesday, "Карантин")
    adopt(school)
    # The moved lesson is at the very place of a new one, and stays; nothing is there twice.
    assert of_day(school, date(2026, 9, 11))[1, None][0] == thursday
    assert (3, None) in of_day(school, date(2026, 9, 17))
    assert (1, None) not in of_day(school, NEXT_WEDNESDAY)


def test_another_teacher_or_room_is_another_lesson(school: SmallSchool) -> None:
    other = (msgspec.structs.replace(WEEK[0], room="301"), *WEEK[1:])
    adopt(school, other)
    assert of_day(school, NEXT_WEDNESDAY)[1, None][1].room == "301"
    assert of_day(school, WEDNESDAY)[1, None][1].room == "214"


def test_going_back_to_the_old_week_brings_its_places_back(school: SmallSchool) -> None:
    """A withdrawn lesson leaves its place free, unlike a cancelled one."""
    adopt(school)
    adopt(school, WEEK, date(2026, 9, 14))
    assert (1, None) in of_day(school, date(2026, 9, 17))
    assert of_day(school, date(2026, 9, 10)) == {}


def test_a_term_that_is_not_scheduled_stays_so(school: SmallSchool) -> None:
    adopt(school)
    assert of_day(school, date(2026, 11, 6)) == {}
    school.does("schedule_lessons", CLASS_7A, 2)
    assert (1, None) in of_day(school, date(2026, 11, 6))


def test_scheduling_follows_the_week_of_each_day(school: SmallSchool) -> None:
    adopt(school, since=date(2026, 11, 9))
    school.does("schedule_lessons", CLASS_7A, 2)
    assert (1, None) in of_day(school, date(2026, 11, 5))  # a Thursday of the old week
    assert of_day(school, date(2026, 11, 12)) == {}
    assert (1, None) in of_day(school, date(2026, 11, 13))


def test_a_new_holiday_takes_its_lessons_away_once_they_are_planned_anew(
    school: SmallSchool,
) -> None:
    calendar = msgspec.structs.replace(CALENDAR, holidays=(NEXT_WEDNESDAY,))
    school.does("change_calendar", calendar, "9-у")
    [withdrawn] = school.facts("reschedule_lessons", CLASS_7A, SEPTEMBER_1)
    assert isinstance(withdrawn, LessonsWithdrawn)
    assert len(withdrawn.lesson_ids) == 3
    assert of_day(school, NEXT_WEDNESDAY) == {}
    assert school.facts("reschedule_lessons", CLASS_7A, SEPTEMBER_1) == []


def test_nobody_unknown_is_in_a_timetable(school: SmallSchool) -> None:
    week = (TimetableEntry(5, 1, ALGEBRA, ZOYA),)
    refused = school.refuses("adopt_timetable", YEAR, CLASS_7A, THURSDAY, week)
    assert refused == (Invalid, "staff.unknown_person")


# -- clashes -----------------------------------------------------------------------------------

SECOND_SHIFT = Schedule("Вторая смена", (Bell(1, "13:30", "14:10"), Bell(2, "14:20", "15:00")), 2)
FIRST_SHIFT = Schedule("Первая смена", (Bell(1, "08:30", "09:15"), Bell(2, "09:25", "10:10")))


def seventh_b(school: SmallSchool, *entries: TimetableEntry, **more: Any) -> Any:
    return school.facts("adopt_timetable", YEAR, CLASS_7B, THURSDAY, entries, **more)


def refused_of(school: SmallSchool, *entries: TimetableEntry) -> list[dict[str, Any]]:
    with pytest.raises(Conflict) as caught:
        school.asks("adopt_timetable", YEAR, CLASS_7B, THURSDAY, entries).result(WAIT_S)
    assert caught.value.code == "timetable.clash"
    assert "7а" in caught.value.message or "7б" in caught.value.message
    return list(caught.value.extra["clashes"])


def test_a_teacher_is_not_in_two_classes_at_once(school: SmallSchool) -> None:
    [clash] = refused_of(school, TimetableEntry(3, 1, ALGEBRA, ANNA, room="110"))
    assert clash == {
        "what": "teacher",
        "which": ANNA,
        "weekday": 3,
        "number": 1,
        "other_class": CLASS_7A,
        "other_number": 1,
    }
    assert seventh_b(school, TimetableEntry(3, 2, ALGEBRA, ANNA))


def test_a_room_has_one_class_at_once(school: SmallSchool) -> None:
    [clash] = refused_of(school, TimetableEntry(3, 1, HISTORY, TANYA, room="214"))
    assert (clash["what"], clash["which"]) == ("room", "214")


def test_two_groups_of_a_class_do_not_share_a_teacher(school: SmallSchool) -> None:
    halves = [TimetableEntry(4, 2, ENGLISH, BORIS, half) for half in (FIRST_HALF, an_id("вторая"))]
    [clash] = refused_of(school, *halves)
    assert (clash["what"], clash["other_class"]) == ("teacher", CLASS_7B)


def test_classes_that_are_taught_together_are_allowed(school: SmallSchool) -> None:
    together = TimetableEntry(3, 1, ALGEBRA, ANNA, room="214")
    assert seventh_b(school, together, allow_clashes=True)


def test_first_lessons_of_two_shifts_are_not_at_once(school: SmallSchool) -> None:
    school.does("adopt_bells", YEAR, THURSDAY, [FIRST_SHIFT, SECOND_SHIFT])
    school.does("assign_shift", YEAR, CLASS_7B, 2, THURSDAY)
    assert seventh_b(school, TimetableEntry(3, 1, ALGEBRA, ANNA, room="214"))


# -- a day that is otherwise -------------------------------------------------------------------


def change(school: SmallSchool, *changes: d.Change, day: date = NEXT_WEDNESDAY) -> list[Any]:
    return list(school.facts("change_day", CLASS_7A, day, changes, "Олимпиада", "41-у"))


def refused(school: SmallSchool, *changes: d.Change, day: date = NEXT_WEDNESDAY) -> Any:
    return school.refuses("change_day", CLASS_7A, day, changes, "Олимпиада", "41-у")


def test_two_lessons_change_places(school: SmallSchool) -> None:
    there = of_day(school, NEXT_WEDNESDAY)
    algebra, first, second = (
        there[key][0] for key in ((1, None), (2, FIRST_HALF), (2, WEEK[3].subgroup_id))
    )
    facts = change(
        school,
        d.Move(algebra, NEXT_WEDNESDAY, 2),
        d.Move(first, NEXT_WEDNESDAY, 1),
        d.Move(second, NEXT_WEDNESDAY, 1),
    )
    assert [type(fact) for fact in facts] == [j.LessonMoved] * 3
    now = of_day(school, NEXT_WEDNESDAY)
    assert now[2, None][0] == algebra
    assert now[1, FIRST_HALF][0] == first
    assert len(journal(school).slots) == len(
        [one for one in journal(school).lessons.values() if not one.cancelled]
    )


def test_everything_of_a_day_comes_in_one_append(school: SmallSchool) -> None:
    there = of_day(school, NEXT_WEDNESDAY)
    algebra, first = there[1, None][0], there[2, FIRST_HALF][0]
    facts = change(
        school,
        d.Cancel(first),
        d.Room(algebra, "актовый зал"),
        d.Add(an_id("новый"), 3, HISTORY, TANYA, room="12"),
        d.Teacher(an_id("замена"), ANNA, TANYA),
    )
    assert facts == [
        j.LessonCancelled(first, "Олимпиада"),
        RoomChanged(algebra, "214", "актовый зал"),
        j.LessonAdded(an_id("новый"), NEXT_WEDNESDAY, 3, HISTORY, TANYA, None, "12"),
        j.SubstitutionAppointed(
            an_id("замена"), TANYA, ANNA, NEXT_WEDNESDAY, NEXT_WEDNESDAY, "41-у"
        ),
    ]
    assert len(school.log.batches[-1].events) == 4


def test_a_day_changed_twice_the_same_way_is_changed_once(school: SmallSchool) -> None:
    algebra = of_day(school, NEXT_WEDNESDAY)[1, None][0]
    changes = (
        d.Move(algebra, date(2026, 9, 10), 2),
        d.Add(an_id("новый"), 3, HISTORY, TANYA),
    )
    assert len(change(school, *changes)) == 2
    assert change(school, *changes) == []


def test_a_place_that_is_taken_is_refused(school: SmallSchool) -> None:
    algebra = of_day(school, NEXT_WEDNESDAY)[1, None][0]
    taken = (Conflict, "lesson.slot_taken")
    assert refused(school, d.Move(algebra, NEXT_WEDNESDAY, 2)) == taken
    one, two = (d.Add(an_id(name), 3, HISTORY, TANYA) for name in "ab")
    assert refused(school, one, two) == taken


def test_what_is_written_about_is_not_cancelled(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    school.does("record_topic", CLASS_7A, lesson, "Дроби", by=ANNA)
    assert refused(school, d.Cancel(lesson), day=WEDNESDAY) == (Forbidden, "lesson.has_entries")
    assert change(school, d.Room(lesson, "12"), day=WEDNESDAY) == [RoomChanged(lesson, "214", "12")]


def test_a_change_is_of_that_day_and_of_something(school: SmallSchool) -> None:
    algebra = of_day(school, NEXT_WEDNESDAY)[1, None][0]
    assert refused(school) == (Invalid, "day.no_changes")
    assert refused(school, d.Cancel(algebra), day=THURSDAY) == (Invalid, "day.other_day")
    twice = (d.Cancel(algebra), d.Move(algebra, NEXT_WEDNESDAY, 3))
    assert refused(school, *twice) == (Invalid, "day.twice")
    stranger = d.Teacher(an_id("замена"), ANNA, ZOYA)
    assert refused(school, stranger) == (Invalid, "staff.unknown_person")
    gone = d.Add(an_id("новый"), 3, HISTORY, ZOYA)
    assert refused(school, gone) == (Invalid, "staff.unknown_person")


def test_a_cancelled_lesson_needs_no_room(school: SmallSchool) -> None:
    lesson = of_day(school, NEXT_WEDNESDAY)[1, None][0]
    change(school, d.Cancel(lesson))
    assert refused(school, d.Room(lesson, "12")) == (Conflict, "lesson.cancelled")
