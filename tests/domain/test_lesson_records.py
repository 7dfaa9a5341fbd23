"""What a teacher writes about a lesson: topic, attendance, homework."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.journal import facts as f
from domain.journal import records
from domain.journal.facts import AttendanceChange, AttendanceEntry
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import TITLED, AttendanceCode, LessonKind, PayloadRef
from tests.cast import MASHA, NEWCOMER, PETYA, YOLKIN, an_id
from tests.domain.seventh_a import (
    A_TEXT,
    ANOTHER_TEXT,
    ENGLISH_1,
    LESSON,
    SCHOOL_YEAR,
    TERM_1_CLOSED,
    THURSDAY,
    TOMORROW,
    WEDNESDAY,
    moment,
    noon,
    school_year_in,
)
from tests.specs import T0, Decision, given

# -- the topic (clause 3.1.3) ----------------------------------------------------------------


def topic(
    text: str = "Сложение дробей",
    kind: LessonKind = LessonKind.LESSON,
    title: str = "",
    *,
    lesson: str = LESSON,
    at: datetime = T0,
) -> Decision:
    return lambda w: records.record_topic(w.journal, lesson, text, kind, title, at)


RECORDED = f.TopicRecorded(LESSON, "Сложение дробей")


def test_a_topic_is_recorded_once() -> None:
    given(*SCHOOL_YEAR).when(topic()).then(RECORDED).and_again_nothing_happens()


@pytest.mark.parametrize(
    "text",
    [
        "Present Perfect: тренировка",
        "Ё",
        "ЁЛКИ",
        "ё",
        "§ 5. x² + 1: корней нет",
        "Д/з",
        "α-частица",
        "Я",
    ],
)
def test_a_topic_in_russian_may_have_foreign_words_in_it(text: str) -> None:
    given(*SCHOOL_YEAR).when(topic(text)).then(f.TopicRecorded(LESSON, text))


@pytest.mark.parametrize(
    "text", ["Present Perfect", "123", "№ 5", "🙂🙂", "...", "a, e, o", "ї", "x² + 1"]
)
def test_a_topic_that_is_not_in_russian_is_refused(text: str) -> None:
    given(*SCHOOL_YEAR).when(topic(text)).then_refused(Invalid, "text.not_russian")


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u00a0"])
def test_an_empty_topic_is_refused(text: str) -> None:
    given(*SCHOOL_YEAR).when(topic(text)).then_refused(Invalid, "text.empty")


def test_a_topic_is_trimmed_and_its_spaces_are_single() -> None:
    given(*SCHOOL_YEAR).when(topic("  Сложение \n дробей\t")).then(RECORDED)


def test_a_topic_has_a_thousand_letters_at_most() -> None:
    given(*SCHOOL_YEAR).when(topic("д" * 1_000)).then(f.TopicRecorded(LESSON, "д" * 1_000))
    given(*SCHOOL_YEAR).when(topic("д" * 1_001)).then_refused(Invalid, "text.too_long")


@pytest.mark.parametrize("text", ["Дроби\x00", "Дро\x07би", "Дро\x1bби", "Дроби\ud800"])
def test_a_topic_has_no_letters_that_nobody_can_see_or_store(text: str) -> None:
    given(*SCHOOL_YEAR).when(topic(text)).then_refused(Invalid, "text.unprintable")


@pytest.mark.parametrize("kind", sorted(TITLED))
def test_works_and_excursions_need_a_title_of_their_own(kind: LessonKind) -> None:
    given(*SCHOOL_YEAR).when(topic(kind=kind)).then_refused(Invalid, "text.empty")
    given(*SCHOOL_YEAR).when(topic(kind=kind, title="Test 1")).then_refused(
        Invalid, "text.not_russian"
    )
    spec = given(*SCHOOL_YEAR).when(topic(kind=kind, title=" Дроби,  часть 1 "))
    spec.then(
        f.TopicRecorded(LESSON, "Сложение дробей", kind, "Дроби, часть 1")
    ).and_again_nothing_happens()


def test_works_that_need_a_title_are_those_of_the_clause() -> None:
    assert {kind.value for kind in TITLED} == {"PRACTICAL", "LABORATORY", "CONTROL", "EXCURSION"}


@pytest.mark.parametrize("kind", sorted(set(LessonKind) - TITLED))
def test_other_lessons_may_do_without_a_title_but_not_with_a_foreign_one(kind: LessonKind) -> None:
    given(*SCHOOL_YEAR).when(topic(kind=kind)).then(
        f.TopicRecorded(LESSON, "Сложение дробей", kind)
    )
    given(*SCHOOL_YEAR).when(topic(kind=kind, title="Unit 1")).then_refused(
        Invalid, "text.not_russian"
    )


@pytest.mark.parametrize(
    ("new", "kept"),
    [
        (("Вычитание дробей", LessonKind.LESSON, ""), ("Вычитание дробей", LessonKind.LESSON, "")),
        (
            ("Сложение дробей", LessonKind.CONTROL, "Дроби"),
            ("Сложение дробей", LessonKind.CONTROL, "Дроби"),
        ),
    ],
    ids=["topic", "kind and title"],
)
def test_a_second_topic_is_a_correction_that_keeps_the_first(
    new: tuple[str, LessonKind, str], kept: tuple[str, LessonKind, str]
) -> None:
    spec = given(*SCHOOL_YEAR, RECORDED).when(topic(*new))
    spec.then(
        f.TopicCorrected(LESSON, "Сложение дробей", LessonKind.LESSON, "", *kept)
    ).and_again_nothing_happens()


# -- attendance ------------------------------------------------------------------------------

ILL, LATE, PRESENT = AttendanceCode.ILL, AttendanceCode.LATE, AttendanceCode.PRESENT


def attendance(
    *entries: AttendanceEntry | tuple[str, AttendanceCode],
    lesson: str = LESSON,
    at: datetime = T0,
    others_stay: bool = False,
    saw: dict[str, AttendanceCode] | None = None,
) -> Decision:
    named = [e if isinstance(e, AttendanceEntry) else AttendanceEntry(*e) for e in entries]
    return lambda w: records.take_attendance(
        w.journal, lesson, named, at, others_stay=others_stay, saw=saw or {}
    )


def taken(*exceptions: AttendanceEntry) -> f.AttendanceTaken:
    return f.AttendanceTaken(LESSON, exceptions)


def test_everybody_present_is_a_fact_too() -> None:
    given(*SCHOOL_YEAR).when(attendance()).then(taken()).and_again_nothing_happens()


def test_the_present_may_be_named_and_are_not_kept() -> None:
    given(*SCHOOL_YEAR).when(attendance((PETYA, PRESENT), (MASHA, ILL))).then(
        taken(AttendanceEntry(MASHA, ILL))
    ).and_again_nothing_happens()


@pytest.mark.parametrize("code", sorted(set(AttendanceCode) - {PRESENT}))
def test_every_code_can_be_recorded(code: AttendanceCode) -> None:
    given(*SCHOOL_YEAR).when(attendance((PETYA, code))).then(
        taken(AttendanceEntry(PETYA, code))
    ).and_again_nothing_happens()


@pytest.mark.parametrize("minutes", [0, 1, 45])
def test_who_came_late_may_have_minutes(minutes: int) -> None:
    entry = AttendanceEntry(PETYA, LATE, minutes)
    given(*SCHOOL_YEAR).when(attendance(entry)).then(taken(entry)).and_again_nothing_happens()


@pytest.mark.parametrize(("code", "minutes"), [(LATE, -1), (LATE, 46), (ILL, 5), (PRESENT, 1)])
def test_impossible_minutes_are_refused(code: AttendanceCode, minutes: int) -> None:
    strange = attendance(AttendanceEntry(PETYA, code, minutes))
    given(*SCHOOL_YEAR).when(strange).then_refused(Invalid, "attendance.minutes")


def test_a_pupil_is_named_once() -> None:
    twice = attendance((PETYA, ILL), (PETYA, PRESENT))
    given(*SCHOOL_YEAR).when(twice).then_refused(Invalid, "attendance.twice")


def test_an_entry_that_another_has_changed_is_not_cleared_away() -> None:
    ill = given(*SCHOOL_YEAR, taken(AttendanceEntry(PETYA, ILL)))
    refusal = ill.when(attendance((PETYA, PRESENT), others_stay=True, saw={PETYA: LATE}))
    assert refusal.then_refused(Conflict, "attendance.changed_meanwhile").extra == {
        "pupil_id": PETYA,
        "value": "ILL",
    }
    ill.when(attendance((PETYA, PRESENT), others_stay=True, saw={PETYA: ILL})).then(
        f.AttendanceCorrected(LESSON, (AttendanceChange(PETYA, ILL, PRESENT),))
    ).and_again_nothing_happens()


@pytest.mark.parametrize("code", [ILL, PRESENT])
def test_only_pupils_of_the_lesson_are_named(code: AttendanceCode) -> None:
    stranger = given(*SCHOOL_YEAR).when(attendance((NEWCOMER, code)))
    refusal = stranger.then_refused(Invalid, "attendance.pupil_not_in_class")
    assert refusal.extra == {"pupil_id": NEWCOMER}
    other_half = attendance((MASHA, code), lesson=ENGLISH_1)
    given(*SCHOOL_YEAR).when(other_half).then_refused(Invalid, "attendance.pupil_not_in_class")


def test_taken_again_it_is_a_correction_that_keeps_the_old_codes() -> None:
    spec = given(*SCHOOL_YEAR, taken(AttendanceEntry(PETYA, ILL), AttendanceEntry(MASHA, ILL)))
    spec.when(attendance((MASHA, LATE), (YOLKIN, ILL)))
    changes = [
        AttendanceChange(PETYA, ILL, PRESENT),
        AttendanceChange(MASHA, ILL, LATE),
        AttendanceChange(YOLKIN, PRESENT, ILL),
    ]
    changes.sort(key=lambda change: change.pupil_id)
    spec.then(f.AttendanceCorrected(LESSON, tuple(changes))).and_again_nothing_happens()


def test_one_cell_says_nothing_of_the_others() -> None:
    spec = given(*SCHOOL_YEAR, taken(AttendanceEntry(PETYA, LATE, 5), AttendanceEntry(MASHA, ILL)))
    spec.when(attendance((YOLKIN, ILL), (MASHA, PRESENT), others_stay=True))
    changes = [AttendanceChange(MASHA, ILL, PRESENT), AttendanceChange(YOLKIN, PRESENT, ILL)]
    changes.sort(key=lambda change: change.pupil_id)
    spec.then(f.AttendanceCorrected(LESSON, tuple(changes))).and_again_nothing_happens()


def test_the_first_cell_of_a_lesson_takes_its_attendance() -> None:
    given(*SCHOOL_YEAR).when(attendance((PETYA, ILL), others_stay=True)).then(
        taken(AttendanceEntry(PETYA, ILL))
    ).and_again_nothing_happens()


def test_other_minutes_are_a_correction_that_keeps_the_old_ones() -> None:
    spec = given(*SCHOOL_YEAR, taken(AttendanceEntry(PETYA, LATE, 5)))
    spec.when(attendance(AttendanceEntry(PETYA, LATE, 15)))
    spec.then(
        f.AttendanceCorrected(LESSON, (AttendanceChange(PETYA, LATE, LATE, 15, 5),))
    ).and_again_nothing_happens()
    spec.when(attendance((PETYA, ILL))).then(
        f.AttendanceCorrected(LESSON, (AttendanceChange(PETYA, LATE, ILL, 0, 15),))
    ).and_again_nothing_happens()


# -- homework --------------------------------------------------------------------------------

WORK = an_id("домашнее")
ASSIGNED = f.HomeworkAssigned(WORK, LESSON, THURSDAY, "№ 5, письменно")
PRIVATE = f.HomeworkAssigned(WORK, LESSON, THURSDAY, "", (PETYA,), A_TEXT)


def homework(
    text: str = "№ 5, письменно",
    due: date = THURSDAY,
    pupils: tuple[str, ...] = (),
    payload: PayloadRef | None = None,
    **other: Any,
) -> Decision:
    lesson, at = other.get("lesson", LESSON), other.get("at", T0)
    return lambda w: records.assign_homework(
        w.journal, lesson, WORK, text, due, pupils, payload, at
    )


def none(*, lesson: str = LESSON, at: datetime = T0) -> Decision:
    return lambda w: records.declare_no_homework(w.journal, lesson, at)


def test_homework_is_assigned_once() -> None:
    given(*SCHOOL_YEAR).when(homework()).then(ASSIGNED).and_again_nothing_happens()


@pytest.mark.parametrize(("text", "code"), [("Ex. 5", "text.not_russian"), (" ", "text.empty")])
def test_homework_is_written_in_russian(text: str, code: str) -> None:
    given(*SCHOOL_YEAR).when(homework(text)).then_refused(Invalid, code)


@pytest.mark.parametrize("due", [WEDNESDAY, date(2026, 9, 1)])
def test_homework_is_due_after_the_lesson(due: date) -> None:
    given(*SCHOOL_YEAR).when(homework(due=due)).then_refused(Invalid, "homework.due")


@pytest.mark.parametrize(
    "new",
    [("№ 6, письменно", THURSDAY), ("№ 5, письменно", date(2026, 9, 4))],
    ids=["text", "due date"],
)
def test_changed_homework_keeps_what_it_was(new: tuple[str, date]) -> None:
    given(*SCHOOL_YEAR, ASSIGNED).when(homework(*new)).then(
        f.HomeworkCorrected(WORK, LESSON, "№ 5, письменно", THURSDAY, *new)
    ).and_again_nothing_happens()


def test_one_lesson_may_have_several_homeworks() -> None:
    other = msgspec.structs.replace(ASSIGNED, homework_id=an_id("ещё"))
    spec = given(*SCHOOL_YEAR, other).when(homework())
    spec.then(ASSIGNED)
    assert len(spec.world.journal.lessons[LESSON].homework) == 2


def test_homework_of_single_pupils_is_a_text_about_them() -> None:
    given(*SCHOOL_YEAR).when(homework("для Пети", pupils=(PETYA,), payload=A_TEXT)).then(
        PRIVATE
    ).and_again_nothing_happens()


def test_homework_of_single_pupils_is_not_empty() -> None:
    given(*SCHOOL_YEAR).when(homework(" ", pupils=(PETYA,))).then_refused(Invalid, "homework.empty")


@pytest.mark.parametrize(
    ("pupils", "code"),
    [((NEWCOMER,), "homework.pupil_not_in_class"), ((PETYA, PETYA), "homework.twice")],
)
def test_homework_of_single_pupils_names_pupils_of_the_lesson_once(
    pupils: tuple[str, ...], code: str
) -> None:
    given(*SCHOOL_YEAR).when(homework(pupils=pupils, payload=A_TEXT)).then_refused(Invalid, code)


@pytest.mark.parametrize(
    ("before", "again"),
    [
        (PRIVATE, homework(pupils=(MASHA,), payload=ANOTHER_TEXT)),
        (PRIVATE, homework()),
        (ASSIGNED, homework(pupils=(PETYA,), payload=A_TEXT)),
        (msgspec.structs.replace(ASSIGNED, lesson_id=ENGLISH_1), homework()),
    ],
    ids=["other pupils", "now for all", "now for one", "another lesson"],
)
def test_a_taken_homework_id_is_refused(before: f.HomeworkAssigned, again: Decision) -> None:
    given(*SCHOOL_YEAR, before).when(again).then_refused(Conflict, "homework.id_taken")


def test_no_homework_is_a_fact_too() -> None:
    given(*SCHOOL_YEAR).when(none()).then(f.HomeworkNotAssigned(LESSON)).and_again_nothing_happens()


def test_no_homework_is_not_said_where_there_is_some() -> None:
    given(*SCHOOL_YEAR, ASSIGNED).when(none()).then_refused(Conflict, "homework.assigned")


def test_homework_may_come_after_all() -> None:
    spec = given(*SCHOOL_YEAR, f.HomeworkNotAssigned(LESSON)).when(homework())
    spec.then(ASSIGNED)
    assert not spec.world.journal.lessons[LESSON].no_homework


# -- which lessons can be written about ------------------------------------------------------

RECORDS = {
    "topic": topic(),
    "attendance": attendance(),
    "homework": homework(),
    "no homework": none(),
}
AHEAD = {
    "topic": topic(lesson=TOMORROW),
    "attendance": attendance(lesson=TOMORROW),
    "homework": homework(due=date(2026, 9, 9), lesson=TOMORROW),
    "no homework": none(lesson=TOMORROW),
}
NOWHERE = {
    "topic": topic(lesson=an_id("нет")),
    "attendance": attendance(lesson=an_id("нет")),
    "homework": homework(lesson=an_id("нет")),
    "no homework": none(lesson=an_id("нет")),
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_cancelled_lesson_is_not_written_about(record: Decision) -> None:
    cancelled = f.LessonCancelled(LESSON, "Карантин")
    given(*SCHOOL_YEAR, cancelled).when(record).then_refused(Conflict, "lesson.cancelled")


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_lesson_of_a_closed_term_is_not_written_about(record: Decision) -> None:
    given(*SCHOOL_YEAR, TERM_1_CLOSED).when(record).then_refused(Forbidden, "term.closed")


@pytest.mark.parametrize("record", AHEAD.values(), ids=AHEAD)
def test_nothing_is_written_ahead(record: Decision) -> None:
    given(*SCHOOL_YEAR).when(record).then_refused(Invalid, "lesson.in_the_future")


@pytest.mark.parametrize("record", NOWHERE.values(), ids=NOWHERE)
def test_a_lesson_that_is_not_there_is_not_found(record: Decision) -> None:
    given(*SCHOOL_YEAR).when(record).then_refused(NotFound, "lesson.unknown")


@pytest.mark.parametrize(
    ("zone", "midnight_utc"),
    [
        ("Europe/Moscow", datetime(2026, 9, 2, 21, 0, tzinfo=UTC)),
        ("Asia/Kamchatka", datetime(2026, 9, 2, 12, 0, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 9, 2, 10, 0, tzinfo=UTC)),
        ("America/Anchorage", datetime(2026, 9, 3, 8, 0, tzinfo=UTC)),
    ],
)
def test_the_day_of_a_lesson_begins_at_the_schools_own_midnight(
    zone: str, midnight_utc: datetime
) -> None:
    assert moment(THURSDAY, "00:00:00", zone) == midnight_utc
    year = school_year_in(zone)
    given(*year).when(topic(lesson=TOMORROW, at=midnight_utc)).then(
        f.TopicRecorded(TOMORROW, "Сложение дробей")
    )
    ahead = topic(lesson=TOMORROW, at=midnight_utc - timedelta(seconds=1))
    given(*year).when(ahead).then_refused(Invalid, "lesson.in_the_future")


def test_a_lesson_may_be_written_about_months_later() -> None:
    """Lateness is seen, not forbidden: an empty journal is worse than a late one."""
    given(*SCHOOL_YEAR).when(topic(at=noon(date(2026, 12, 25)))).then(RECORDED)


@pytest.mark.parametrize("text", ["§ 1, № 5", "12, 14–16"])
def test_homework_may_be_numbers_alone(text: str) -> None:
    assigned = f.HomeworkAssigned(WORK, LESSON, THURSDAY, text)
    given(*SCHOOL_YEAR).when(homework(text)).then(assigned)
