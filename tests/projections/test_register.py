"""The page of the journal, now and as of any moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from domain.calendar import TimetableEntry
from domain.journal.facts import LessonAdded
from domain.journal.term_marks import NewTermMark
from domain.values import AttendanceCode
from projections import register
from projections.register.page import averages, members
from tests.ground import YEAR, number, request
from tests.projections.life import BEGAN, MONDAY, MORNING, Life, life


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


def pupil_in(page: dict[str, Any], pupil_id: str) -> dict[str, Any]:
    """The row of a pupil."""
    return next(dict(one) for one in page["pupils"] if one["pupil_id"] == pupil_id)


@pytest.mark.parametrize(
    ("marks", "plain", "weighted"),
    [
        ([], None, None),
        ([("н/а", "1.00"), ("зач", "3.00")], None, None),
        ([("5", "1.00"), ("4", "1.00"), ("н/а", "9.00")], "4.50", "4.50"),
        ([("5", "1.00"), ("3", "3.00")], "4.00", "3.50"),
        ([("4", "1.00"), ("4", "1.00"), ("5", "0.50")], "4.33", "4.20"),
        ([("5", "1.00")] + [("4", "1.00")] * 7, "4.13", "4.13"),  # 4.125, half up
    ],
)
def test_averages_are_of_numbers_only_two_places_half_up(
    marks: list[tuple[str, str]], plain: str | None, weighted: str | None
) -> None:
    assert averages(marks) == (plain, weighted)


def test_members_of_a_subgroup_are_those_of_the_splits_in_force_in_the_term() -> None:
    splits = [
        (date(2026, 9, 1), "one", ["old"]),
        (date(2026, 10, 1), "one", ["kept", "left"]),
        (date(2026, 12, 1), "one", ["kept", "came"]),
        (date(2026, 12, 1), "two", ["left"]),
    ]
    assert members(splits, "one", date(2026, 11, 5)) == {"kept", "left", "came"}
    assert members(splits, "two", date(2026, 11, 5)) == {"left"}


def test_a_page_shows_lessons_marks_attendance_and_averages(at: Life) -> None:
    lesson = at.lessons[0]
    at.must(at.topic(lesson, "Дроби", "Работа № 1"))
    at.must(at.attendance(lesson, p1=AttendanceCode.ILL))
    at.must(at.mark(lesson, at.pupils[0], "4", "first", "Хорошо"))
    at.must(at.mark(lesson, at.pupils[0], "3", "second"))
    at.must(at.correct("second", "3", "5"))
    at.must(at.homework(lesson, "homework", "Задача 7", MONDAY))
    column = [NewTermMark(at.pupils[0], "5", "4.50")]
    at.must(
        at.school.issue_term_marks(
            at.class_id, at.ground.subject_id, 2, column, by=at.anna, request=request()
        )
    )
    at.fold_all()
    page = at.page()
    assert page["lessons"][0] | {"lesson_id": "x"} == {
        "lesson_id": "x",
        "date": "2026-11-06",
        "number": 1,
        "subgroup_id": None,
        "teacher_id": at.anna.person_id,
        "room": "12",
        "kind": None,
        "topic": None,
        "title": None,
        "status": "SCHEDULED",
        "attendance_taken": False,
        "homework": [],
        "files": [],
        "no_homework": False,
    }
    held = next(one for one in page["lessons"] if one["lesson_id"] == lesson)
    assert (held["status"], held["kind"], held["topic"], held["title"]) == (
        "HELD",
        "CONTROL",
        "Дроби",
        "Работа № 1",
    )
    assert [one["text"] for one in held["homework"]] == ["Задача 7"]
    row = pupil_in(page, at.pupils[0])
    assert [(one["value"], one["comment"], one["corrected"]) for one in row["cells"][lesson]] == [
        ("4", "Хорошо", False),
        ("5", None, True),
    ]
    assert (row["average"], row["weighted_average"], row["term_mark"]) == ("4.50", "4.50", "5")
    assert pupil_in(page, at.pupils[1])["attendance"] == {lesson: "ILL"}
    assert pupil_in(page, at.pupils[2])["term_mark"] is None


def test_pupils_stand_in_the_order_of_the_russian_alphabet(at: Life) -> None:
    for pupil, family in zip(
        at.pupils, ("Жуков", "Ёлкин", "Егоров", "Еськин", "Яшин"), strict=True
    ):
        at.must(at.rename(pupil, family))
    at.fold_all()
    names = [one["name"].split()[0] for one in at.page()["pupils"]]
    assert names == ["Егоров", "Еськин", "Ёлкин", "Жуков", "Яшин"]


def test_homework_assigned_after_all_takes_nothing_assigned_back(at: Life) -> None:
    lesson = at.lessons[0]
    at.must(at.school.declare_no_homework(at.class_id, lesson, by=at.anna, request=request()))
    at.fold_all()
    then = at.page()
    at.must(at.homework(lesson, "after all", "Задача 7", MONDAY))
    at.fold_all()
    now = next(one for one in at.page()["lessons"] if one["lesson_id"] == lesson)
    assert (now["no_homework"], len(now["homework"])) == (False, 1)
    past = at.page(then["as_of"]["position"])
    before = next(one for one in past["lessons"] if one["lesson_id"] == lesson)
    assert (before["no_homework"], before["homework"]) == (True, [])


def test_any_past_moment_has_the_page_that_was_shown_then(at: Life) -> None:
    lesson = at.lessons[0]
    at.must(at.mark(lesson, at.pupils[0], "2", "mark"))
    at.fold_all()
    then = at.page()
    at.clock.go(hours=1)
    at.must(at.correct("mark", "2", "5"))
    at.must(at.attendance(lesson, p0=AttendanceCode.ILL))
    at.fold_all()
    assert at.read(register.position_at, BEGAN - timedelta(seconds=1)) == 0
    position = at.read(register.position_at, MORNING + timedelta(minutes=59))
    assert position == then["as_of"]["position"]
    assert at.page(position) == then
    later = at.read(register.position_at, MORNING + timedelta(days=9))
    assert at.page(later) == at.page()
    assert pupil_in(at.page(), at.pupils[0])["cells"][lesson][0]["value"] == "5"


def test_a_departed_pupil_stays_on_the_page_of_the_term_with_the_day(at: Life) -> None:
    at.must(
        at.school.depart_pupil(
            at.class_id, at.pupils[0], date(2026, 11, 20), "3", by=at.office, request=request()
        )
    )
    at.must(
        at.school.depart_pupil(
            at.class_id, at.pupils[1], date(2026, 10, 20), "4", by=at.office, request=request()
        )
    )
    at.fold_all()
    page = at.page()
    assert pupil_in(page, at.pupils[0])["departed"] == "2026-11-20"
    assert at.pupils[1] not in [one["pupil_id"] for one in page["pupils"]]


def test_a_page_of_a_subgroup_has_its_pupils_and_lessons_only(at: Life) -> None:
    at.must(at.split(at.pupils[:2], at.pupils[2:]))
    for half, who in zip(at.halves, (at.boris, at.galina), strict=True):
        new = LessonAdded(number(f"english {half}"), MONDAY, 2, at.english, who.person_id, half)
        at.must(at.school.add_lesson(at.class_id, new, by=at.office, request=request()))
    at.fold_all()
    page = at.read(register.page, at.class_id, at.english, at.halves[0], 2)
    assert [one["lesson_id"] for one in page["lessons"]] == [number(f"english {at.halves[0]}")]
    assert {one["pupil_id"] for one in page["pupils"]} == set(at.pupils[:2])
    both = at.read(register.page, at.class_id, at.english, None, 2)
    assert len(both["lessons"]) == 2
    assert len(both["pupils"]) == 5


def test_there_is_no_page_of_a_strange_class_or_term(at: Life) -> None:
    at.fold_all()
    assert at.read(register.page, number("strange"), at.ground.subject_id, None, 2) is None
    assert at.read(register.page, at.class_id, at.ground.subject_id, None, 9) is None


def test_marks_of_another_class_come_along_and_follow_their_corrections(at: Life) -> None:
    pupil = at.pupils[0]
    at.must(at.mark(at.lessons[0], pupil, "4", "a mark"))
    day = date(2026, 11, 25)
    moved = at.school.transfer_pupil(
        *(at.class_id, at.other_class, pupil, day, "8"), by=at.office, request=request()
    )
    then = at.must(moved).position
    at.must(at.correct("a mark", "4", "5"))
    at.fold_all()

    place = (at.other_class, at.ground.subject_id, None, 2)
    now, before = (at.read(register.page, *place, position) for position in (None, then))
    for page, value, mean in ((now, "5", "5.00"), (before, "4", "4.00")):
        row = pupil_in(page, pupil)
        [mark] = row["carried"]
        assert (mark["value"], mark["from_class"]["name"]) == (value, "7а")
        assert (row["average"], row["cells"]) == (mean, {})


def test_a_new_timetable_takes_lessons_off_the_page_but_not_off_its_past(at: Life) -> None:
    at.fold_all()
    then = at.page()
    week = [TimetableEntry(2, 4, at.ground.subject_id, at.anna.person_id)]
    adopted = at.school.adopt_timetable(
        *(YEAR, at.class_id, date(2026, 12, 1), week), by=at.office, request=request()
    )
    at.must(adopted)
    at.fold_all()
    now, past = at.page(), at.page(then["as_of"]["position"])

    assert past["lessons"] == then["lessons"]
    december = [one for one in now["lessons"] if one["date"] >= "2026-12-01"]
    assert december
    assert {date.fromisoformat(one["date"]).isoweekday() for one in december} == {2}
    week_of = at.week(at.pupils[0], date(2026, 12, 7))
    assert week_of is not None
    assert [len(day["lessons"]) for day in week_of["days"]] == [0, 1, 0, 0, 0]
