"""Clause 4.2.г: why pupils were away, and the signed week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.journal import absence_facts as a
from domain.journal import absences, records
from domain.journal import facts as f
from domain.journal.facts import AttendanceEntry
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.school import ReasonInput
from domain.values import AttendanceCode
from tests.cast import ANNA, CLASS_7A, KIRA, MASHA, NEWCOMER, OLEG, OLGA, PETYA, TANYA, VERA, an_id
from tests.domain.engine_room import OPERATOR, WAIT_S
from tests.domain.seventh_a import (
    A_TEXT,
    ENGLISH_1,
    LESSON,
    SCHOOL_YEAR,
    SEPTEMBER_1,
    TERM_1_CLOSED,
    THURSDAY,
    TOMORROW,
    WEDNESDAY,
    moment,
    noon,
)
from tests.domain.small_school import SmallSchool
from tests.specs import T0, YEAR, Decision, given

ABSENT, ILL, EXCUSED = (
    AttendanceCode.ABSENT_UNSPECIFIED,
    AttendanceCode.ILL,
    AttendanceCode.EXCUSED,
)
MONDAY, AFTERWARDS = date(2026, 8, 31), noon(THURSDAY)


def taken(lesson: str = LESSON, **codes: AttendanceCode) -> f.AttendanceTaken:
    pupils = {"petya": PETYA, "masha": MASHA}
    entries = tuple(AttendanceEntry(pupils[name], code) for name, code in codes.items())
    return f.AttendanceTaken(lesson, entries)


AWAY = taken(petya=ABSENT)
AWAY_IN_ENGLISH = taken(ENGLISH_1, petya=ABSENT)


def reason(code: AttendanceCode = ILL, *lessons: str, **more: Any) -> absences.NewReason:
    if not lessons:
        more = {"since": WEDNESDAY, "until": THURSDAY} | more
    return absences.NewReason(PETYA, code, lessons, **more)


def reasons(*new: absences.NewReason) -> Decision:
    return lambda w: absences.set_reasons(w.journal, new)


def explained(code: AttendanceCode = ILL, *lessons: str) -> a.AbsenceReasonSet:
    changes = tuple(a.ReasonChange(one, ABSENT, code) for one in lessons or (LESSON,))
    return a.AbsenceReasonSet(PETYA, changes)


def confirmation(monday: date = MONDAY, at: datetime = AFTERWARDS) -> Decision:
    return lambda w: absences.confirm_week(w.journal, w.office.regulation, monday, at)


# -- reasons ---------------------------------------------------------------------------------


def test_a_range_of_days_is_explained_in_one_fact() -> None:
    given(*SCHOOL_YEAR, AWAY, AWAY_IN_ENGLISH).when(reasons(reason())).then(
        explained(ILL, LESSON, ENGLISH_1)
    ).and_again_nothing_happens()


def test_what_the_document_says_is_a_reference() -> None:
    given(*SCHOOL_YEAR, AWAY).when(reasons(reason(document=A_TEXT))).then(
        a.AbsenceReasonSet(PETYA, explained().changes, A_TEXT)
    )


def test_a_reason_changed_later_keeps_the_old_one() -> None:
    given(*SCHOOL_YEAR, AWAY, explained()).when(reasons(reason(EXCUSED, LESSON))).then(
        a.AbsenceReasonSet(PETYA, (a.ReasonChange(LESSON, ILL, EXCUSED),))
    )


def test_days_that_are_explained_already_are_not_explained_by_the_way() -> None:
    given(*SCHOOL_YEAR, AWAY, explained()).when(reasons(reason(EXCUSED))).then_refused(
        Conflict, "absence.explained"
    )


def test_an_explained_absence_stays_when_the_teacher_takes_attendance_again() -> None:
    again = given(*SCHOOL_YEAR, AWAY, explained()).when(
        lambda w: records.take_attendance(w.journal, LESSON, [AttendanceEntry(PETYA, ABSENT)], T0)
    )
    again.then_nothing_happens()


def test_a_teacher_may_still_say_that_the_pupil_was_there() -> None:
    present = f.AttendanceChange(PETYA, ILL, AttendanceCode.PRESENT)
    given(*SCHOOL_YEAR, AWAY, explained()).when(
        lambda w: records.take_attendance(w.journal, LESSON, [], T0)
    ).then(f.AttendanceCorrected(LESSON, (present,)))


@pytest.mark.parametrize("code", [ABSENT, AttendanceCode.LATE, AttendanceCode.PRESENT])
def test_what_is_no_reason_is_refused(code: AttendanceCode) -> None:
    given(*SCHOOL_YEAR, AWAY).when(reasons(reason(code))).then_refused(Invalid, "absence.code")


def test_a_pupil_who_was_there_or_late_gets_no_reason() -> None:
    late = taken(petya=AttendanceCode.LATE)
    for happened in (taken(), late):
        given(*SCHOOL_YEAR, happened).when(reasons(reason(ILL, LESSON))).then_refused(
            Invalid, "absence.was_present"
        )
        given(*SCHOOL_YEAR, happened).when(reasons(reason())).then_refused(Invalid, "absence.none")


def test_a_stranger_days_without_an_end_and_the_same_twice_are_refused() -> None:
    stranger = absences.NewReason(NEWCOMER, ILL, (LESSON,))
    given(*SCHOOL_YEAR, AWAY).when(reasons(stranger)).then_refused(Invalid, "absence.unknown_pupil")
    backwards = reason(since=THURSDAY, until=WEDNESDAY)
    given(*SCHOOL_YEAR, AWAY).when(reasons(backwards)).then_refused(Invalid, "absence.days")
    twice = reasons(reason(ILL, LESSON), reason(EXCUSED, LESSON))
    given(*SCHOOL_YEAR, AWAY).when(twice).then_refused(Invalid, "absence.twice")


def test_in_a_closed_term_nothing_is_explained_and_no_week_signed() -> None:
    closed = given(*SCHOOL_YEAR, AWAY, TERM_1_CLOSED)
    closed.when(reasons(reason())).then_refused(Forbidden, "term.closed")
    closed.when(reasons(reason(ILL, LESSON))).then_refused(Forbidden, "term.closed")
    closed.when(confirmation()).then_refused(Forbidden, "term.closed")


# -- the week --------------------------------------------------------------------------------


def test_a_week_is_signed_once_with_what_lies_in_it() -> None:
    signed = a.AttendanceWeekConfirmed(MONDAY, absences=1, untaken=3)
    given(*SCHOOL_YEAR, AWAY, explained()).when(confirmation()).then(
        signed
    ).and_again_nothing_happens()


def test_a_week_with_an_unexplained_absence_is_not_signed() -> None:
    refusal = (
        given(*SCHOOL_YEAR, AWAY, AWAY_IN_ENGLISH, explained())
        .when(confirmation())
        .then_refused(Conflict, "attendance_week.unexplained")
    )
    assert refusal.extra == {"unexplained": 1}


def test_attendance_taken_after_the_signature_is_signed_anew() -> None:
    before = a.AttendanceWeekConfirmed(MONDAY, absences=1, untaken=3)
    given(*SCHOOL_YEAR, AWAY, explained(), before, taken(TOMORROW)).when(confirmation()).then(
        a.AttendanceWeekConfirmed(MONDAY, absences=1, untaken=2)
    )


def test_a_week_is_signed_on_the_day_of_its_last_lesson_not_before() -> None:
    school = given(*SCHOOL_YEAR, taken())
    evening = moment(WEDNESDAY, "23:59:59")
    school.when(confirmation(at=evening)).then_refused(Invalid, "attendance_week.not_over")
    school.when(confirmation(at=evening + timedelta(seconds=1))).then(
        a.AttendanceWeekConfirmed(MONDAY, absences=0, untaken=3)
    )


def test_a_week_has_a_monday_and_lessons() -> None:
    school = given(*SCHOOL_YEAR)
    school.when(confirmation(WEDNESDAY)).then_refused(Invalid, "attendance_week.not_a_monday")
    school.when(confirmation(date(2026, 7, 6))).then_refused(Invalid, "attendance_week.no_lessons")


# -- through the door ------------------------------------------------------------------------


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    away = [AttendanceEntry(PETYA, ABSENT)]
    school.does("take_attendance", CLASS_7A, school.lesson(1), away, by=ANNA)
    yield school
    school.room.engine.close(WAIT_S)


def petyas(school: SmallSchool, document: str = "") -> ReasonInput:
    return ReasonInput(PETYA, ILL, (school.lesson(1),), document=document)


def test_the_class_teacher_explains_and_the_words_go_to_the_vault(school: SmallSchool) -> None:
    said = petyas(school, "справка № 12 от 3.09")

    [fact] = school.facts("set_absence_reasons", CLASS_7A, [said], by=KIRA)

    assert isinstance(fact, a.AbsenceReasonSet)
    assert fact.document is not None
    assert school.log.vault[fact.document.id].body == "справка № 12 от 3.09"
    assert school.log.vault[fact.document.id].subject == PETYA


def test_the_words_of_a_reason_that_is_there_already_go_nowhere(school: SmallSchool) -> None:
    school.does("set_absence_reasons", CLASS_7A, [petyas(school)], by=KIRA)
    before = dict(school.log.vault)

    assert school.facts("set_absence_reasons", CLASS_7A, [petyas(school, "ещё")], by=KIRA) == []
    assert school.log.vault == before


@pytest.mark.parametrize("by", [ANNA, VERA])
def test_nobody_explains_or_signs_for_the_class_teacher(school: SmallSchool, by: str) -> None:
    asked: list[tuple[str, Any]] = [
        ("set_absence_reasons", [petyas(school)]),
        ("confirm_attendance_week", MONDAY),
    ]
    for command, what in asked:
        assert school.refuses(command, CLASS_7A, what, by=by) == (Forbidden, "class.not_yours")
        assert school.refuses(command, CLASS_7A, what, by=TANYA) == (NotFound, "class.unknown")


NOTICE: dict[str, Any] = {"since": THURSDAY, "until": THURSDAY, "code": ILL}


def test_a_guardian_with_consent_warns(school: SmallSchool) -> None:
    notice = an_id("предупреждение")
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    asked = ("announce_absence", CLASS_7A, notice, PETYA)
    words = {**NOTICE, "words": "температура", "by": OLGA}
    assert school.refuses(*asked, **words) == (Forbidden, "consent.required")
    assert school.refuses(*asked, **{**words, "by": OLEG}) == (NotFound, "pupil.unknown")
    school.does("give_consent", CLASS_7A, PETYA, OLGA, "diary", SEPTEMBER_1)

    [fact] = school.facts(*asked, **words)

    assert isinstance(fact, a.AbsenceAnnounced)
    assert fact.payload is not None
    assert school.log.vault[fact.payload.id].body == "температура"
    assert school.facts(*asked, **words) == []
    school.does("limit_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1, None, "суд", by=OPERATOR)
    another = ("announce_absence", CLASS_7A, an_id("ещё одно"), PETYA)
    assert school.refuses(*another, **words) == (NotFound, "pupil.unknown")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"code": AttendanceCode.UNEXCUSED}, "absence_notice.code"),
        ({"until": WEDNESDAY}, "absence_notice.days"),
        ({"until": THURSDAY + timedelta(days=63)}, "absence_notice.days"),
        ({"since": SEPTEMBER_1, "until": SEPTEMBER_1}, "absence_notice.past"),
    ],
)
def test_a_warning_that_makes_no_sense_is_refused(other: dict[str, Any], code: str) -> None:
    new = a.AbsenceAnnounced(an_id("предупреждение"), PETYA, **{**NOTICE, **other})
    given(*SCHOOL_YEAR).when(lambda w: absences.announce(w.journal, new, T0)).then_refused(
        Invalid, code
    )


def test_a_list_without_a_reason_and_warnings_about_nobody_here_are_refused(
    school: SmallSchool,
) -> None:
    assert school.refuses("set_absence_reasons", CLASS_7A, [], by=KIRA) == (
        Invalid,
        "absence.empty",
    )
    number = an_id("предупреждение")
    stranger = a.AbsenceAnnounced(number, NEWCOMER, **NOTICE)
    given(*SCHOOL_YEAR).when(lambda w: absences.announce(w.journal, stranger, T0)).then_refused(
        Invalid, "absence_notice.not_enrolled"
    )
    mashas, petyas_own = (a.AbsenceAnnounced(number, one, **NOTICE) for one in (MASHA, PETYA))
    given(*SCHOOL_YEAR, mashas).when(
        lambda w: absences.announce(w.journal, petyas_own, T0)
    ).then_refused(Conflict, "absence_notice.id_taken")


def test_a_guardian_signs_a_week_once_and_again_when_it_has_changed(school: SmallSchool) -> None:
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    asked = ("acknowledge_diary", CLASS_7A, PETYA, MONDAY)
    assert school.refuses(*asked, 4, by=OLGA) == (Forbidden, "consent.required")
    assert school.refuses(*asked, 4, by=OLEG) == (NotFound, "pupil.unknown")
    assert school.refuses(*asked, 4, by=PETYA) == (NotFound, "pupil.unknown")
    school.does("give_consent", CLASS_7A, PETYA, OLGA, "diary", SEPTEMBER_1)

    assert school.facts(*asked, 4, by=OLGA) == [a.DiaryAcknowledged(PETYA, OLGA, MONDAY, 4)]
    assert school.facts(*asked, 4, by=OLGA) == []
    assert school.facts(*asked, 3, by=OLGA) == []
    assert school.facts(*asked, 5, by=OLGA) == [a.DiaryAcknowledged(PETYA, OLGA, MONDAY, 5)]


@pytest.mark.parametrize(
    ("monday", "pupil", "code"),
    [
        (MONDAY + timedelta(days=1), PETYA, "diary.not_a_monday"),
        (MONDAY + timedelta(days=7), PETYA, "diary.week_to_come"),
        (MONDAY - timedelta(days=7), PETYA, "diary.not_enrolled"),
        (MONDAY, NEWCOMER, "diary.not_enrolled"),
    ],
)
def test_a_week_that_cannot_be_signed(monday: date, pupil: str, code: str) -> None:
    new = a.DiaryAcknowledged(pupil, OLGA, monday, 1)
    given(*SCHOOL_YEAR).when(
        lambda w: absences.acknowledge(w.journal, new, AFTERWARDS)
    ).then_refused(Invalid, code)


@pytest.mark.parametrize(
    ("missed", "held", "often"),
    [(2, 2, "no"), (3, 3, "yes"), (3, 30, "yes"), (3, 31, "no"), (4, 40, "yes"), (0, 0, "no")],
)
def test_a_tenth_of_the_days_is_often_from_three_on(missed: int, held: int, often: str) -> None:
    assert absences.away_often(missed, held) is (often == "yes")
