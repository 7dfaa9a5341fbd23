"""Clauses 4.1.г, 4.2.а-5, 4.2.г: what is told of pupils beside marks and lessons."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from domain.journal import absence_facts as a
from domain.journal import absences, outcomes
from domain.journal import outcome_facts as o
from domain.journal.facts import AttendanceEntry, AttendanceTaken
from domain.permissions import PERMISSIONS, Act, Scope
from domain.refusals import Conflict, Invalid
from domain.regulation import Regulation
from domain.values import AttendanceCode, Role
from tests.cast import ALGEBRA, ANNA, CLASS_7A, PETYA, an_id
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import (
    A_TEXT,
    ANOTHER_TEXT,
    LESSON,
    OPENED,
    SCHOOL_YEAR,
    THURSDAY,
    WEDNESDAY,
    YEAR_OPENED,
    noon,
)
from tests.domain.small_school import SmallSchool
from tests.specs import T0, Decision, given

MONDAY = date(2026, 8, 31)
ABSENT, ILL = AttendanceCode.ABSENT_UNSPECIFIED, AttendanceCode.ILL
AWAY = AttendanceTaken(LESSON, (AttendanceEntry(PETYA, ABSENT),))
REASON = a.AbsenceReasonSet(PETYA, (a.ReasonChange(LESSON, ABSENT, ILL),))


@pytest.mark.clause("4.2.г-3")
def test_a_week_is_signed_only_when_every_absence_has_its_reason() -> None:
    given(*SCHOOL_YEAR, AWAY).when(
        lambda w: absences.confirm_week(w.journal, w.office.regulation, MONDAY, noon(THURSDAY))
    ).then_refused(Conflict, "attendance_week.unexplained")
    given(*SCHOOL_YEAR, AWAY, REASON).when(
        lambda w: absences.confirm_week(w.journal, w.office.regulation, MONDAY, noon(THURSDAY))
    ).then(a.AttendanceWeekConfirmed(MONDAY, absences=1, untaken=3))


@pytest.mark.clause("4.2.г-3")
def test_a_reason_set_anew_keeps_the_one_before() -> None:
    anew = absences.NewReason(PETYA, AttendanceCode.UNEXCUSED, (LESSON,))
    changed = (a.ReasonChange(LESSON, ILL, AttendanceCode.UNEXCUSED),)
    given(*SCHOOL_YEAR, AWAY, REASON).when(lambda w: absences.set_reasons(w.journal, [anew])).then(
        a.AbsenceReasonSet(PETYA, changed)
    )


@pytest.mark.clause("4.2.г-3")
def test_absences_are_the_class_teachers_alone() -> None:
    own = {Role.CLASS_TEACHER: Scope.OWN_CLASS}
    assert PERMISSIONS[Act.SET_ABSENCE_REASONS] == own
    assert PERMISSIONS[Act.CONFIRM_ATTENDANCE_WEEK] == own


DEFENCE = o.ProjectDefenceRecorded(
    an_id("защита"),
    PETYA,
    o.DefenceKind.PROJECT,
    "5",
    WEDNESDAY,
    A_TEXT,
    ANOTHER_TEXT,
    "application/pdf",
    "9f" * 32,
)


def defended(new: o.ProjectDefenceRecorded = DEFENCE) -> Decision:
    return lambda w: outcomes.record_defence(w.journal, w.office, new, T0)


@pytest.mark.clause("4.2.а-5")
@pytest.mark.parametrize(("grade_level", "may"), [(4, False), (5, True), (9, True), (10, False)])
def test_projects_are_defended_in_the_grades_of_the_regulation(
    grade_level: int,
    may: bool,  # noqa: FBT001 - of the table
) -> None:
    opened = msgspec.structs.replace(OPENED, grade_level=grade_level)
    school = given(*SCHOOL_YEAR, opened).when(defended())
    if may:
        school.then(DEFENCE)
    else:
        school.then_refused(Invalid, "defence.grade_level")


@pytest.mark.clause("4.2.а-5")
def test_a_defence_without_a_document_is_refused() -> None:
    school = SmallSchool()
    asked = ("record_defence", CLASS_7A, an_id("защита"), PETYA, o.DefenceKind.PROJECT, "Мосты")
    refused = school.refuses(*asked, "5", WEDNESDAY, None, by=ANNA)
    assert refused == (Invalid, "defence.no_file")
    school.room.engine.close(WAIT_S)


@pytest.mark.clause("4.1.г")
def test_a_word_on_a_pupil_without_a_mark_keeps_the_words_before() -> None:
    first = o.PupilCommented(an_id("слово"), PETYA, ALGEBRA, A_TEXT)
    anew = o.PupilCommentCorrected(an_id("слово"), PETYA, ALGEBRA, A_TEXT, ANOTHER_TEXT)
    given(*SCHOOL_YEAR, first).when(
        lambda w: outcomes.comment_pupil(w.journal, an_id("слово"), PETYA, ALGEBRA, ANOTHER_TEXT)
    ).then(anew)


@pytest.mark.clause("4.2.г-4")
def test_a_pupil_has_one_level_and_one_result_in_a_work_a_correction_keeps_the_old() -> None:
    basic, high = o.Level.BASIC, o.Level.HIGH
    level = o.MetasubjectLevelRecorded(PETYA, basic)
    work = o.ComprehensiveWorkRecorded(
        an_id("работа"), "Работа", WEDNESDAY, (o.WorkResult(PETYA, basic),)
    )
    school = given(*SCHOOL_YEAR, level, work)
    blind, seen = outcomes.NewResult(PETYA, high), outcomes.NewResult(PETYA, high, saw=basic)

    def levels(new: outcomes.NewResult) -> Decision:
        return lambda w: outcomes.record_levels(w.journal, [new], T0)

    def works(new: outcomes.NewResult) -> Decision:
        return lambda w: outcomes.record_work(
            w.journal, an_id("работа"), "Работа", WEDNESDAY, 0, [new], T0
        )

    school.when(levels(blind)).then_refused(Conflict, "outcome.changed_meanwhile")
    school.when(works(blind)).then_refused(Conflict, "outcome.changed_meanwhile")
    change = o.ResultChange(PETYA, high, None, basic, None)
    school.when(works(seen)).then(o.ComprehensiveWorkCorrected(an_id("работа"), (change,)))
    school.when(levels(seen)).then(o.MetasubjectLevelCorrected(PETYA, basic, high))


@pytest.mark.clause("4.2.г-4")
def test_works_and_levels_are_the_class_teachers_alone() -> None:
    own = {Role.CLASS_TEACHER: Scope.OWN_CLASS}
    assert PERMISSIONS[Act.RECORD_COMPREHENSIVE_WORK] == own
    assert PERMISSIONS[Act.RECORD_METASUBJECT_LEVELS] == own


@pytest.mark.clause("4.2.г-3")
def test_where_the_regulation_flags_a_gap_the_week_is_signed_with_it() -> None:
    """The other reading of school-journal.md §2.2: «sign-off blocked or flagged»."""
    flags = Regulation(version="с пометкой", unexplained_weeks=True)
    year = (msgspec.structs.replace(YEAR_OPENED, regulation=flags), *SCHOOL_YEAR[1:])
    sign: Decision = lambda w: absences.confirm_week(  # noqa: E731 - the same, twice
        w.journal, w.office.regulation, MONDAY, noon(THURSDAY)
    )
    signed = a.AttendanceWeekConfirmed(MONDAY, absences=1, untaken=3, unexplained=1)
    given(*year, AWAY).when(sign).then(signed).and_again_nothing_happens()
    given(*year, AWAY, signed, REASON).when(sign).then(
        a.AttendanceWeekConfirmed(MONDAY, absences=1, untaken=3)
    )
