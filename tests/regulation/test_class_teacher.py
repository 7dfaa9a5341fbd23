"""Clauses 4.2.г: what the class teacher owes the journal."""

from __future__ import annotations

from datetime import date

import pytest

from domain.journal import absence_facts as a
from domain.journal import absences
from domain.journal.facts import AttendanceEntry, AttendanceTaken
from domain.permissions import PERMISSIONS, Act, Scope
from domain.refusals import Conflict
from domain.values import AttendanceCode, Role
from tests.cast import PETYA
from tests.domain.seventh_a import LESSON, SCHOOL_YEAR, THURSDAY, noon
from tests.specs import given

MONDAY = date(2026, 8, 31)
ABSENT, ILL = AttendanceCode.ABSENT_UNSPECIFIED, AttendanceCode.ILL
AWAY = AttendanceTaken(LESSON, (AttendanceEntry(PETYA, ABSENT),))
REASON = a.AbsenceReasonSet(PETYA, (a.ReasonChange(LESSON, ABSENT, ILL),))


@pytest.mark.clause("4.2.г-3")
def test_a_week_is_signed_only_when_every_absence_has_its_reason() -> None:
    given(*SCHOOL_YEAR, AWAY).when(
        lambda w: absences.confirm_week(w.journal, MONDAY, noon(THURSDAY))
    ).then_refused(Conflict, "attendance_week.unexplained")
    given(*SCHOOL_YEAR, AWAY, REASON).when(
        lambda w: absences.confirm_week(w.journal, MONDAY, noon(THURSDAY))
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
