"""classroom_v1 and its reading: a week of absences, what is overdue, how much a pupil missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.journal.absences import day_missed
from domain.journal.facts import AttendanceEntry, LessonAdded
from domain.school import ReasonInput
from domain.values import AttendanceCode
from projections import classroom
from projections.figures import context_of, figures
from projections.replay import replay
from tests.ground import SINCE, YEAR, number, request
from tests.projections.life import MONDAY, MORNING, Life, life

ABSENT, ILL, EXCUSED, LATE = (
    AttendanceCode.ABSENT_UNSPECIFIED,
    AttendanceCode.ILL,
    AttendanceCode.EXCUSED,
    AttendanceCode.LATE,
)
LAST_WEEK = MONDAY - timedelta(days=7)
TODAY = MONDAY


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as at:
        yield at


def explained(at: Life, pupil: int, code: AttendanceCode, words: str = "", *lessons: str) -> None:
    new = ReasonInput(
        at.pupils[pupil], code, lessons, LAST_WEEK, LAST_WEEK + timedelta(days=6), words
    )
    at.must(at.school.set_absence_reasons(at.class_id, [new], by=at.galina, request=request()))


def signed(at: Life) -> None:
    at.must(
        at.school.confirm_attendance_week(at.class_id, LAST_WEEK, by=at.galina, request=request())
    )


def last_week(at: Life) -> dict[str, Any]:
    at.fold_all()
    found = at.read(classroom.week, at.class_id, LAST_WEEK)
    assert isinstance(found, dict)
    return found


def test_week_register_diary_and_the_past_show_who_was_away_and_why(at: Life) -> None:
    monday, wednesday = at.lessons[3:5]
    before = at.must(at.attendance(monday, p0=ABSENT, p1=LATE)).position
    at.must(at.attendance(wednesday, p0=ABSENT, p2=ABSENT))
    explained(at, 0, ILL, "справка № 12")

    week = last_week(at)

    assert [one["lesson_id"] for one in week["lessons"]] == at.lessons[3:6]
    assert [one["taken"] for one in week["lessons"]] == [True, True, False]
    first, second, third, *_ = week["pupils"]
    ill = {"code": "ILL", "label": "отсутствовал по болезни", "document": "справка № 12"}
    assert first["cells"] == {one: ill | {"by": "Галкина Яна"} for one in (monday, wednesday)}
    assert second["cells"][monday]["code"] == "LATE"
    assert third["cells"][wednesday]["by"] is None
    assert (week["missed"], week["unexplained"], week["untaken"]) == (3, 1, 1)
    assert week["signed"] is None
    explained(at, 2, EXCUSED)
    signed(at)
    assert last_week(at)["signed"] == {
        "at": "2026-11-23T06:00:00+00:00",
        "by": "Галкина Яна",
        "absences": 3,
        "untaken": 1,
    }

    lesson, pupil = monday, at.pupils[0]

    def code(as_of: int | None = None) -> str:
        [row] = [one for one in at.page(as_of)["pupils"] if one["pupil_id"] == pupil]
        return str(row["attendance"][lesson])

    assert (code(), code(before)) == ("ILL", "ABSENT_UNSPECIFIED")
    diary = at.week(pupil, LAST_WEEK)
    assert diary is not None
    [told] = [one for day in diary["days"] for one in day["lessons"] if one["lesson_id"] == lesson]
    assert told["attendance"]["code"] == "ILL"


def test_overdue_absences_and_unsigned_weeks_are_listed(at: Life) -> None:
    at.must(at.attendance(at.lessons[2], p0=ABSENT))  # Friday, 13 November
    at.fold_all()
    friday = date(2026, 11, 13)

    def overdue(days: int) -> list[Any]:
        found = at.read(classroom.overdue, YEAR, friday + timedelta(days=days))
        return [(one.pupil_id, one.lessons, one.since) for one in found]

    assert overdue(7) == []
    assert overdue(8) == [(at.pupils[0], 1, friday)]
    monday = friday - timedelta(days=4)
    new = ReasonInput(at.pupils[0], ILL, (), monday, friday)
    at.must(at.school.set_absence_reasons(at.class_id, [new], by=at.galina, request=request()))
    at.fold_all()
    assert overdue(8) == []

    since = LAST_WEEK - timedelta(days=7)

    def unsigned() -> list[date]:
        at.fold_all()
        found = at.read(classroom.unsigned, YEAR, since, MONDAY, [at.class_id])
        return [monday for _, _, monday in found]

    assert unsigned() == [since, LAST_WEEK]
    signed(at)
    assert unsigned() == [since]


def test_weeks_signed_and_absences_explained_are_measured(at: Life) -> None:
    at.must(at.attendance(at.lessons[2], p0=ABSENT, p1=LATE))  # Friday, 13 November
    later = MORNING + timedelta(days=1)

    def measured(now: datetime) -> list[tuple[int, int]]:
        at.fold_all()
        context = at.read(context_of, YEAR, now)
        found = at.read(figures, context, frozenset({"4.2.г-3"}))["4.2.г-3"]
        return [(one.good, one.total) for one in found]

    [(signed_then, weeks), none] = measured(MORNING - timedelta(days=3))
    assert (signed_then, none) == (0, (0, 0))  # Friday, the 20th: the seventh day
    assert measured(MORNING) == [(0, weeks + 1), (0, 1)]
    friday = date(2026, 11, 13)
    new = ReasonInput(at.pupils[0], ILL, (), friday, friday)
    at.must(at.school.set_absence_reasons(at.class_id, [new], by=at.galina, request=request()))
    signed(at)
    assert measured(later) == [(1, weeks + 1), (1, 1)]


def test_missed_lessons_and_days_of_a_pupil_are_counted_by_kind(at: Life) -> None:
    monday, wednesday, friday = at.lessons[3:6]
    at.must(at.attendance(monday, p0=ABSENT))
    at.must(at.attendance(wednesday, p0=LATE))
    at.must(at.attendance(friday, p0=AttendanceCode.EXEMPT_LESSON))
    explained(at, 0, ILL, "", monday)
    at.fold_all()

    found = at.read(classroom.of_pupil, at.pupils[0], SINCE, TODAY)

    none = {"ABSENT_UNSPECIFIED": 0, "EXCUSED": 0, "ILL": 1, "UNEXCUSED": 0}
    assert found["lessons"] == {"held": 3, "missed": 1, **none}
    assert found["days"] == {"held": 3, "missed": 1, **none}
    assert (found["late"], found["exempt"]) == (1, 1)
    assert [one["code"] for one in found["absences"]] == ["ILL", "LATE", "EXEMPT_LESSON"]


@pytest.mark.parametrize(
    ("missed", "lessons", "rule", "counts"),
    [(6, 6, 0, True), (5, 6, 0, False), (3, 6, 3, True), (2, 6, 3, False), (0, 0, 0, False)],
)
def test_what_day_is_missed_the_regulation_says(
    missed: int,
    lessons: int,
    rule: int,
    counts: bool,  # noqa: FBT001 - of the table
) -> None:
    assert day_missed(missed, lessons, rule) is counts


def test_a_lesson_of_the_other_half_is_nobodys_absence(at: Life) -> None:
    at.must(at.split(at.pupils[:2], at.pupils[2:]))
    english = LessonAdded(
        number("english"), LAST_WEEK, 2, at.english, at.boris.person_id, at.halves[0]
    )
    at.must(at.school.add_lesson(at.class_id, english, by=at.office, request=request()))
    at.must(
        at.school.take_attendance(
            at.class_id,
            english.lesson_id,
            [AttendanceEntry(at.pupils[0], ABSENT)],
            by=at.boris,
            request=request(),
        )
    )
    at.must(at.attendance(at.lessons[3], p0=ABSENT, p4=ABSENT))
    at.fold_all()

    def counted(pupil: int) -> tuple[int, int, int]:
        found = at.read(classroom.of_pupil, at.pupils[pupil], SINCE, TODAY)
        return found["lessons"]["held"], found["lessons"]["missed"], found["days"]["missed"]

    assert (counted(0), counted(1), counted(4)) == ((2, 2, 1), (2, 0, 0), (1, 1, 1))


def test_a_guardians_warning_is_a_proposal(at: Life) -> None:
    by: dict[str, Any] = {"by": at.office}
    pupil, mother = at.pupils[0], at.mother
    at.must(at.school.link_guardian(YEAR, pupil, mother, SINCE, **by, request=request()))
    at.must(
        at.school.give_consent(at.class_id, pupil, mother, "diary", SINCE, **by, request=request())
    )
    who = type(at.anna)(mother, "session-mother")
    until = MONDAY + timedelta(days=2)
    asked = (at.class_id, number("notice"), pupil, MONDAY, until, ILL, "температура")
    at.must(at.school.announce_absence(*asked, by=who, request=request()))
    at.fold_all()

    [notice] = at.read(classroom.notices, at.class_id, until, until)

    assert (notice["code"], notice["text"], notice["by"]) == ("ILL", "температура", "Петрова Ия")
    assert at.read(classroom.notices, at.class_id, until + timedelta(days=1), date.max) == []
    assert last_week(at)["missed"] == 0


def test_folded_one_by_one_or_again_from_nothing_it_is_the_same(at: Life) -> None:
    at.must(at.attendance(at.lessons[3], p0=ABSENT))
    explained(at, 0, EXCUSED, "записка")
    explained(at, 0, ILL, "справка", at.lessons[3])
    signed(at)
    at.fold_all(1)

    report = replay(at.projector, at.schema)

    assert report.agrees, report.differences
