"""classroom_v1 and its reading: a week of absences, what is overdue, how much a pupil missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.journal.absences import day_missed
from domain.journal.facts import AttendanceEntry, LessonAdded
from domain.journal.outcome_facts import DefenceKind, Delivery, Level
from domain.journal.outcomes import NewResult, SealedFile
from domain.school import ReasonInput
from domain.values import AttendanceCode, ReasonCode
from domain.writing import Answer
from projections import classroom, trail
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
        "unexplained": 0,
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


COMMENT, DEFENCE, WORK = number("comment"), number("defence"), number("work")
FILE = SealedFile("c2VhbGVk", "application/pdf", "9f" * 32)
ANEW = SealedFile("YW5ldw==", "image/png", "7e" * 32)


def story(at: Life) -> Iterator[Answer]:
    """A comment, a defence, a work and a level, each put right; a reason and a signature."""
    kira: dict[str, Any] = {"by": at.galina}
    anna: dict[str, Any] = {"by": at.anna}
    s, subject, (first, second, *_) = at.school, at.ground.subject_id, at.pupils
    yield at.attendance(at.lessons[3], p0=ABSENT)
    for code in (EXCUSED, ILL):
        reason = ReasonInput(first, code, (at.lessons[3],), document=f"справка {code}")
        yield s.set_absence_reasons(at.class_id, [reason], **kira, request=request())
    yield s.confirm_attendance_week(at.class_id, LAST_WEEK, **kira, request=request())
    for words in ("рассуждает", "доказывает"):
        yield s.comment_pupil(
            at.class_id, COMMENT, first, subject, words, **anna, request=request()
        )
    for hidden in (True, False):
        yield s.annotate_forecast(
            at.class_id,
            first,
            subject,
            hidden=hidden,
            words="" if hidden else "догоняет",
            **anna,
            request=request(),
        )
    yield s.send_parent_reports(
        at.class_id, [first, second], 1, 4, Delivery.PAPER, **kira, request=request()
    )
    kind = DefenceKind.PROJECT
    yield s.record_defence(
        at.class_id, DEFENCE, first, kind, "Мосты", "5", LAST_WEEK, FILE, **anna, request=request()
    )
    for file in (None, ANEW):
        yield s.correct_defence(
            at.class_id,
            DEFENCE,
            saw="4" if file else "5",
            value="4",
            on_day=LAST_WEEK,
            reason_code=ReasonCode.APPEAL,
            reason="апелляция",
            file=file,
            **anna,
            request=request(),
        )
    basic, high = Level.BASIC, Level.HIGH
    for results in (
        [NewResult(first, basic, 12)],
        [NewResult(first, high, 19, basic), NewResult(second, basic)],
    ):
        yield s.record_comprehensive_work(
            at.class_id, WORK, "Работа за год", LAST_WEEK, 20, results, **kira, request=request()
        )
    for level in (NewResult(first, basic), NewResult(first, high, saw=basic)):
        yield s.record_metasubject_levels(at.class_id, [level], **kira, request=request())


def test_what_is_told_beside_marks_is_read_and_rebuilt_equals_lived(at: Life) -> None:
    for answer in story(at):
        assert at.must(answer).facts
        at.fold(1)
    at.fold_all()
    report = replay(at.projector, at.schema)
    assert report.agrees, report.differences

    first, second = at.pupils[:2]
    [comment] = at.read(classroom.comments_of, first)
    assert (comment["comment"], comment["corrected"]) == ("доказывает", True)
    in_class = at.read(classroom.comments_in, at.class_id, at.ground.subject_id)
    assert in_class == [comment]
    history = at.read(trail.history, COMMENT)
    assert [one["comment"] for one in history] == ["рассуждает", "доказывает"]
    assert at.read(classroom.comments_on_days, first, MONDAY, "Europe/Moscow") == [comment]
    assert at.read(classroom.comments_on_days, first, LAST_WEEK, "Europe/Moscow") == []

    found = at.read(classroom.of_class, at.class_id, TODAY)
    [defence] = found["defences"]
    assert (defence["title"], defence["value"], defence["corrected"]) == ("Мосты", "4", True)
    assert at.read(classroom.file_of, DEFENCE)[2:] == ("image/png", "YW5ldw==", "7e" * 32)
    [work] = found["works"]
    high = {"level": "HIGH", "label": "высокий", "corrected": True}
    assert work["results"][first] == {**high, "points": 19}
    assert work["results"][second]["corrected"] is False
    assert found["levels"] == {first: high}
    assert found["without"]["defence"] == found["without"]["level"] == at.pupils[1:]
    mine = at.read(classroom.outcomes_of, first)
    assert [one["label"] for one in mine["works"]] == ["высокий"]
    assert mine["levels"] == [{"year": YEAR, **high}]

    context = at.read(context_of, YEAR, MORNING)
    counted = at.read(figures, context, frozenset({"4.1.г", "4.2.а-5", "4.2.г-4"}))
    pupils = len(at.pupils)
    assert {clause: (one.good, one.total) for clause, [one] in counted.items()} == {
        "4.1.г": (2, 2),
        "4.2.а-5": (1, pupils),
        "4.2.г-4": (1, pupils),
    }
    texts = [payload for kind in ("comment", "title", "scan") for payload, _ in at.vault(kind)]
    assert len(texts) == 5
    at.must(at.school.erase_payloads(YEAR, first, texts, "акт 3", by=at.office, request=request()))
    at.fold_all()
    [comment] = at.read(classroom.comments_of, first)
    assert comment["comment"] is None
    [defence] = at.read(classroom.outcomes_of, first)["defences"]
    assert (defence["title"], defence["file_url"], defence["value"]) == (None, None, "4")
    assert replay(at.projector, at.schema).agrees
