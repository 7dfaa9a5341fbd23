"""The trail: who changed what, when, from what to what, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.access import Actor
from domain.duties import Duty
from domain.journal.term_marks import NewTermMark
from domain.regulation import PRESETS, Regulation
from domain.values import AttendanceCode, LessonKind, Origin, ReasonCode
from projections import trail
from projections.replay import replay
from projections.trail import Filters
from tests.ground import CALENDAR, YEAR, number, request
from tests.projections.lateness import judged, told
from tests.projections.life import MONDAY, Life, life


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


def items(at: Life, **filters: Any) -> list[dict[str, Any]]:
    """Lines of the trail, the newest first, folded up to now."""
    at.fold_all()
    found = at.read(trail.trail, Filters(**filters))
    return list(found["items"])


def test_a_correction_tells_who_when_what_before_after_and_why(at: Life) -> None:
    lesson = at.lessons[0]
    at.must(at.mark(lesson, at.pupils[0], "2", "mark", "Слабо"))
    at.clock.go(hours=2)
    receipt = at.must(at.correct("mark", "2", "4", "перепутала строку"))
    at.fold_all()
    given, corrected = at.read(trail.history, number("mark"))
    assert (given["kind"], given["value"], given["comment"]) == ("mark-given", "2", "Слабо")
    assert corrected == {
        "position": receipt.position,
        "ordinal": 0,
        "recorded_at": "2026-11-23T08:00:00+00:00",
        "kind": "mark-corrected",
        "class": {"class_id": at.class_id, "name": "7а"},
        "subject": {"subject_id": at.ground.subject_id, "name": "Алгебра"},
        "lesson_id": lesson,
        "lesson_date": "2026-11-09",
        "pupil": {"pupil_id": at.pupils[0], "name": "Петров-00 Пётр"},
        "mark_id": number("mark"),
        "term": None,
        "term_name": None,
        "old_value": "2",
        "value": "4",
        "reason_code": "TYPO",
        "reason": "перепутала строку",
        "comment": None,
        "tier": "T0",
        "by": {"person_id": at.anna.person_id, "name": "Иванова Анна Петровна"},
        "acting_for": None,
        "role": "teacher",
        "basis": f"assignment:{number('one/assignment')}",
        "session": "session-anna",
        "late": False,
        "after_term_mark": False,
        "absent_pupil": False,
        "by_substitute": False,
        "imported": False,
    }


def test_names_and_texts_leave_the_trail_with_the_vault(at: Life) -> None:
    at.must(at.mark(at.lessons[0], at.pupils[0], "2", "mark", "Слабо"))
    [(payload, subject)] = at.vault("comment")
    at.must(
        at.school.erase_payloads(YEAR, subject, [payload], "акт", by=at.office, request=request())
    )
    at.must(at.erase(at.pupils[0]))
    [line] = items(at, kind="mark-given")
    assert line["comment"] is None
    assert line["pupil"]["name"] == "данные удалены"


def test_late_means_after_the_regulation_s_deadline_in_the_school_s_zone(at: Life) -> None:
    lesson = next(n for n in at.lessons if day_of(at, n) == MONDAY)
    at.clock.go(days=7, hours=14)  # 30 November, 23:00 in Moscow: the seventh day
    at.must(at.attendance(lesson))
    at.must(at.topic(lesson))
    at.clock.go(hours=1)  # 1 December in Moscow, still the 30th in UTC
    at.must(at.mark(lesson, at.pupils[0], "4", "late"))
    at.must(at.homework(lesson, "homework", "Задача 7", date(2026, 12, 4)))
    late = {line["kind"]: line["late"] for line in items(at) if line["lesson_id"] == lesson}
    assert late == {
        "topic-recorded": True,  # due on the day of the lesson, as homework is
        "attendance-taken": False,
        "mark-given": True,
        "homework-assigned": True,
    }
    flagged = {line["kind"] for line in items(at, flag="late")}
    assert flagged == {kind for kind, is_late in late.items() if is_late}


@pytest.mark.parametrize(
    ("preset", "minutes", "late"),
    [("seed", 60, False), ("fop704", 0, False), ("fop704", 60, True), ("ap147", 60, False)],
)
def test_homework_is_late_by_the_rules_of_the_day_of_the_lesson(
    at: Life,
    preset: str,
    minutes: int,
    late: bool,  # noqa: FBT001
) -> None:
    """The lesson of Wednesday ends at 9:15; what is added to a homework is as late as that is."""
    if preset != "seed":
        adopted = at.school.adopt_regulation(
            YEAR, PRESETS[preset], "7-о", by=at.office, request=request()
        )
        at.must(adopted)
    lesson = next(n for n in at.lessons if day_of(at, n) == date(2026, 11, 25))
    at.clock.go(days=2, minutes=15 + minutes)
    at.must(at.homework(lesson, "first", "Задача 7", date(2026, 11, 27)))
    at.clock.go(minutes=61)
    at.must(at.homework(lesson, "second", "Задача 8", date(2026, 11, 27)))
    assert [one["late"] for one in items(at, kind="homework-assigned")] == [late, late]


def test_the_trail_calls_late_what_compliance_calls_late(at: Life) -> None:
    """Of a control work, a day that became a holiday, a lesson planned afterwards, an import."""
    control, holiday, imported = (
        next(n for n in at.lessons if day_of(at, n) == date(2026, 11, day)) for day in (23, 25, 27)
    )
    afterwards = next(n for n in at.lessons if day_of(at, n) < MONDAY)
    at.clock.go(days=5)
    at.must(at.attendance(afterwards))  # planned on Monday: the seventh day is to come
    at.must(at.topic(control, "Дроби", "Контрольная № 1"))
    at.must(at.topic(holiday))
    at.clock.go(days=5)
    at.must(at.mark(control, at.pupils[0], "4", "control"))
    at.must(at.attendance(control))
    importer = Actor(at.office.person_id, "import", Origin.IMPORT, operator=True)
    at.must(
        at.school.record_topic(
            at.class_id, imported, "Дроби", LessonKind.LESSON, "", by=importer, request=request()
        )
    )
    at.fold_all()
    assert (
        told(at)
        == judged(at)
        == {
            (control, Duty.TOPIC),
            (control, Duty.MARKS),
            (control, Duty.ATTENDANCE),
            (holiday, Duty.TOPIC),
        }
    )
    calendar = msgspec.structs.replace(CALENDAR, holidays=(date(2026, 11, 25),))
    at.must(at.school.change_calendar(calendar, "9", by=at.office, request=request()))
    at.fold_all()
    assert (holiday, Duty.TOPIC) not in told(at) == judged(at)


def test_a_lesson_is_judged_by_the_rules_of_its_day_also_by_a_new_projector(at: Life) -> None:
    monday, wednesday = (
        next(n for n in at.lessons if day_of(at, n) == day) for day in (MONDAY, date(2026, 11, 25))
    )
    strict = Regulation(version="строже", fill_days=0)
    at.must(at.school.adopt_regulation(YEAR, strict, "7-о", by=at.office, request=request()))
    at.clock.go(days=3)  # Thursday
    at.must(at.attendance(monday))
    at.fold_all()
    at.restart()
    at.must(at.attendance(wednesday))
    assert [one["late"] for one in items(at, kind="attendance-taken")] == [True, False]
    report = replay(at.projector, at.schema)
    assert report.agrees, report.differences


def day_of(at: Life, lesson: str) -> date:
    """The date of a lesson."""
    return at.school.engine.world(at.slug).journal(at.class_id).lessons[lesson].date


def test_a_mark_for_an_absent_pupil_is_flagged_until_the_absence_is_corrected(at: Life) -> None:
    lesson = at.lessons[0]
    at.must(at.attendance(lesson, p0=AttendanceCode.ILL, p1=AttendanceCode.LATE))
    at.must(at.mark(lesson, at.pupils[0], "4", "absent"))
    at.must(at.mark(lesson, at.pupils[1], "4", "late"))
    at.fold_all()
    at.restart()
    at.must(at.attendance(lesson))
    at.must(at.mark(lesson, at.pupils[0], "4", "present"))
    flagged = items(at, flag="absent_pupil")
    assert [line["mark_id"] for line in flagged] == [number("absent")]


def test_marks_after_the_term_mark_are_flagged_also_by_a_new_projector(at: Life) -> None:
    lesson = at.lessons[0]
    at.must(at.mark(lesson, at.pupils[0], "4", "before"))
    column = [NewTermMark(at.pupils[0], "5")]
    at.must(
        at.school.issue_term_marks(
            at.class_id, at.ground.subject_id, 2, column, by=at.anna, request=request()
        )
    )
    at.fold_all()
    at.restart()
    at.must(at.mark(lesson, at.pupils[0], "5", "after"))
    at.must(at.correct("before", "4", "5"))
    at.must(at.mark(lesson, at.pupils[1], "5", "other pupil"))
    flagged = items(at, flag="after_term_mark")
    assert [line["mark_id"] for line in flagged] == [number("before"), number("after")]


def test_a_term_mark_taken_back_is_told_and_flags_nothing_afterwards(at: Life) -> None:
    place = (at.class_id, at.pupils[0], at.ground.subject_id, 2)
    column = [NewTermMark(at.pupils[0], "5", "", ReasonCode.OTHER)]
    issue: dict[str, Any] = {"by": at.anna}
    at.must(
        at.school.issue_term_marks(
            at.class_id, at.ground.subject_id, 2, column, **issue, request=request()
        )
    )
    at.must(
        at.school.annul_term_mark(
            *place,
            saw="5",
            reason_code=ReasonCode.WRONG_PUPIL,
            reason="не тому поставила",
            by=at.office,
            request=request(),
        )
    )
    at.fold_all()
    at.restart()
    at.must(at.mark(at.lessons[0], at.pupils[0], "4", "after"))
    [told] = items(at, kind="term-mark-annulled")
    assert (told["old_value"], told["value"], told["tier"]) == ("5", None, "T2")
    assert (told["reason"], told["term"]) == ("не тому поставила", 2)
    assert items(at, flag="after_term_mark") == []


def test_a_substitute_acts_on_behalf_of_the_teacher(at: Life) -> None:
    at.must(at.substitute(date(2026, 11, 9), MONDAY))
    at.must(at.mark(at.lessons[0], at.pupils[0], "4", "mark", by=at.tanya))
    [line] = items(at, by=at.tanya.person_id)
    assert line["by"]["name"] == "Ёжикова Яна"
    assert line["acting_for"]["name"] == "Иванова Анна Петровна"
    assert line["by_substitute"] is True


def test_every_change_of_attendance_is_a_line_with_its_pupil(at: Life) -> None:
    lesson = at.lessons[0]
    at.must(at.attendance(lesson, p0=AttendanceCode.ILL, p1=AttendanceCode.LATE))
    at.must(at.attendance(lesson, p0=AttendanceCode.EXCUSED))
    lines = [
        (
            line["kind"],
            line["pupil"] and line["pupil"]["pupil_id"],
            line["old_value"],
            line["value"],
        )
        for line in items(at)
        if line["lesson_id"] == lesson
    ]
    taken = [("attendance-taken", None, None, None)]
    assert sorted(lines, key=str) == sorted(
        [
            *taken,
            ("attendance-taken", at.pupils[0], None, "ILL"),
            ("attendance-taken", at.pupils[1], None, "LATE"),
            ("attendance-corrected", at.pupils[0], "ILL", "EXCUSED"),
            ("attendance-corrected", at.pupils[1], "LATE", "PRESENT"),
        ],
        key=str,
    )
    assert len(items(at, pupil_id=at.pupils[0])) == 2


def test_the_trail_pages_by_cursor_without_losing_or_repeating(at: Life) -> None:
    lesson = at.lessons[0]
    at.must(at.attendance(lesson, **{f"p{n}": AttendanceCode.ILL for n in range(5)}))
    for n in range(4):
        at.must(at.mark(lesson, at.pupils[n], "4", f"mark {n}"))
    whole = [(line["position"], line["ordinal"]) for line in items(at)]
    seen: list[tuple[int, int]] = []
    cursor = None
    while True:
        found = at.read(trail.trail, Filters(), cursor, 3)
        seen += [(line["position"], line["ordinal"]) for line in found["items"]]
        cursor = found["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert len(whole) > 9


def test_filters_narrow_and_strange_ones_are_refused(at: Life) -> None:
    at.must(at.mark(at.lessons[0], at.pupils[0], "4", "mark"))
    assert len(items(at, class_id=at.class_id, kind="mark-given")) == 1
    assert items(at, class_id=at.other_class, kind="mark-given") == []
    assert len(items(at, subject_id=at.ground.subject_id, since=MONDAY, until=MONDAY)) == 1
    assert items(at, until=date(2026, 11, 22)) == []
    with pytest.raises(ValueError, match="no such flag"):
        items(at, flag="nonsense")
    with pytest.raises(ValueError, match="invalid literal"):
        at.read(trail.trail, Filters(), "nonsense")


def test_days_of_the_trail_are_the_school_s(at: Life) -> None:
    at.clock.go(hours=16)  # ten in the evening of Monday in London is Tuesday in Moscow
    at.must(at.topic(at.lessons[0]))
    at.fold_all()
    tuesday = MONDAY + timedelta(days=1)
    found = items(at, since=tuesday, until=tuesday, zone="Europe/Moscow")
    assert [one["kind"] for one in found] == ["topic-recorded"]
    assert items(at, until=MONDAY, kind="topic-recorded", zone="Europe/Moscow") == []
    assert len(items(at, since=MONDAY, until=MONDAY, kind="topic-recorded")) == 1


def test_the_first_and_the_last_day_of_all_can_be_asked_for(at: Life) -> None:
    at.must(at.topic(at.lessons[0]))
    at.fold_all()
    for zone in ("Asia/Kamchatka", "Europe/Moscow", "America/New_York"):
        everything = items(at, since=date.min, until=date.max, zone=zone)
        assert everything == items(at)
