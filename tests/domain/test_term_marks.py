"""Marks of a term, and the closing of a term."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.fact import Fact
from domain.journal import facts as f
from domain.journal.closing import close_term
from domain.journal.result_facts import YearMarkIssued
from domain.journal.term_marks import (
    NewTermMark,
    annul_term_mark,
    correct_term_mark,
    issue_term_marks,
)
from domain.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from domain.regulation import Regulation
from domain.values import AttendanceCode, PayloadRef, ReasonCode, Tier
from tests.cast import ALGEBRA, ANNA, ANSWER, CONTROL, MASHA, NEWCOMER, PETYA, VERA, an_id
from tests.domain.seventh_a import (
    A_TEXT,
    LESSON,
    OFFICE,
    OPENED,
    ROSTER,
    SCHOOL_YEAR,
    TERM_1_CLOSED,
    TOMORROW,
    WEDNESDAY,
)
from tests.specs import T0, Decision, given, past

VERSION = Regulation().version
ISSUED = f.TermMarkIssued(PETYA, ALGEBRA, 1, "4", "3.67", version=VERSION)
CORRECTED = f.TermMarkCorrected(PETYA, ALGEBRA, 1, "4", "5", ReasonCode.RECOUNT, A_TEXT)


def issue(*marks: NewTermMark, term: int = 1) -> Decision:
    return lambda w: issue_term_marks(w.journal, w.office, ALGEBRA, term, marks)


def four(**other: Any) -> NewTermMark:
    fields: dict[str, Any] = {"pupil_id": PETYA, "value": "4", "average": "3.67"}
    return NewTermMark(**{**fields, **other})


def correct(saw: str = "4", value: str = "5", *, pupil: str = PETYA, term: int = 1) -> Decision:
    return lambda w: correct_term_mark(
        w.journal,
        w.office,
        pupil,
        ALGEBRA,
        term,
        saw=saw,
        value=value,
        reason_code=ReasonCode.RECOUNT,
        reason=A_TEXT,
    )


def test_a_term_mark_is_issued_once() -> None:
    given(*SCHOOL_YEAR).when(issue(four())).then(ISSUED).and_again_nothing_happens()


@pytest.mark.parametrize(
    ("in_sight", "kept"), [("3.665", "3.67"), ("4", "4.00"), ("2.505", "2.51"), ("", "")]
)
def test_the_average_in_sight_is_kept_with_two_places_rounded_half_up(
    in_sight: str, kept: str
) -> None:
    given(*SCHOOL_YEAR).when(issue(four(average=in_sight))).then(
        msgspec.structs.replace(ISSUED, average=kept)
    )


@pytest.mark.parametrize("in_sight", ["около 4", "NaN", "5.01", "0.99", "3,67", "Infinity"])
def test_what_is_no_average_is_refused(in_sight: str) -> None:
    given(*SCHOOL_YEAR).when(issue(four(average=in_sight))).then_refused(Invalid, "mark.average")


def test_a_pupil_who_left_during_the_term_has_a_term_mark_all_the_same() -> None:
    left = f.PupilDeparted(PETYA, WEDNESDAY)
    given(*SCHOOL_YEAR, left).when(issue(four())).then(ISSUED)


def test_another_value_is_a_correction_of_its_own() -> None:
    refusal = given(*SCHOOL_YEAR, ISSUED).when(issue(four(value="5")))
    assert refusal.then_refused(Conflict, "term_mark.already_issued").extra["value"] == "4"


def test_a_pupil_is_named_once_in_a_column() -> None:
    twice = issue(four(), four(value="5"))
    given(*SCHOOL_YEAR).when(twice).then_refused(Invalid, "term_mark.twice")


def test_the_scale_holds_for_term_marks() -> None:
    given(*SCHOOL_YEAR).when(issue(four(value="6"))).then_refused(Invalid, "mark.unknown_value")


def test_a_pupil_of_no_class_has_no_term_mark() -> None:
    strange = issue(four(pupil_id=NEWCOMER))
    given(*SCHOOL_YEAR).when(strange).then_refused(Invalid, "mark.pupil_not_in_class")


def test_the_first_grade_has_no_term_marks_in_numbers() -> None:
    first = (*OFFICE, msgspec.structs.replace(OPENED, grade_level=1), *ROSTER[1:])
    given(*first).when(issue(four())).then_refused(Invalid, "mark.ungraded_class")
    learnt = f.TermMarkIssued(PETYA, ALGEBRA, 1, "осв")
    given(*first, learnt).when(correct("осв", "5")).then_refused(Invalid, "mark.ungraded_class")


@pytest.mark.parametrize("decision", [issue(four(), term=5), correct(term=5)])
def test_a_term_that_the_year_does_not_have_is_not_found(decision: Decision) -> None:
    given(*SCHOOL_YEAR).when(decision).then_refused(NotFound, "term.unknown")


@pytest.mark.parametrize("decision", [issue(four()), correct()])
def test_a_closed_term_is_not_a_teachers_to_change(decision: Decision) -> None:
    closed = (ISSUED, TERM_1_CLOSED)
    given(*SCHOOL_YEAR, *closed).when(decision).then_refused(Forbidden, "term.closed")


def test_a_correction_of_a_term_mark_keeps_the_old_one() -> None:
    given(*SCHOOL_YEAR, ISSUED).when(correct()).then(CORRECTED).and_again_nothing_happens()


def test_a_term_mark_that_changed_meanwhile_is_not_corrected_blindly() -> None:
    refusal = given(*SCHOOL_YEAR, ISSUED).when(correct("3", "5"))
    assert refusal.then_refused(Conflict, "mark.changed_meanwhile").extra == {"value": "4"}


def test_a_term_mark_that_was_not_issued_is_not_corrected() -> None:
    missing = correct(pupil=MASHA)
    given(*SCHOOL_YEAR, ISSUED).when(missing).then_refused(NotFound, "term_mark.unknown")


def test_a_correction_of_a_term_mark_stays_inside_the_scale() -> None:
    given(*SCHOOL_YEAR, ISSUED).when(correct("4", "хор")).then_refused(
        Invalid, "mark.unknown_value"
    )


# -- the suggested mark ----------------------------------------------------------------------


def mark(name: str, value: str, *, lesson: str = LESSON, control: bool = False) -> f.MarkGiven:
    kind, weight = (CONTROL, "2.00") if control else (ANSWER, "1.00")
    return f.MarkGiven(an_id(name), lesson, PETYA, value, kind, weight)


#: 3, 3 and a control work of 4: 3.50, which is a four
MARKS = (mark("а", "3"), mark("б", "3"), mark("в", "4", lesson=TOMORROW, control=True))


def suggested(value: str = "4", **other: Any) -> f.TermMarkIssued:
    fields: dict[str, Any] = {"average": "3.50", "suggested": "4", "version": VERSION, **other}
    return f.TermMarkIssued(PETYA, ALGEBRA, 1, value, **fields)


def test_the_suggested_mark_is_kept_beside_the_given_one() -> None:
    given(*SCHOOL_YEAR, *MARKS).when(issue(four(average=""))).then(suggested())


def test_annulled_and_other_marks_are_not_suggested_from() -> None:
    annulled = f.MarkAnnulled(an_id("в"), "4", Tier.T0, ReasonCode.TYPO)
    gone = (*MARKS, mark("г", "3"), annulled, mark("д", "зач"))
    three = suggested("3", average="3.00", suggested="3")
    given(*SCHOOL_YEAR, *gone).when(issue(four(value="3", average=""))).then(three)


@pytest.mark.parametrize("value", ["5", "3"])
def test_another_mark_than_the_suggested_one_needs_a_reason(value: str) -> None:
    happened = given(*SCHOOL_YEAR, *MARKS)
    refusal = happened.when(issue(four(value=value))).then_refused(
        Invalid, "term_mark.reason_needed"
    )
    assert refusal.extra == {"pupil_id": PETYA, "suggested": "4"}
    assert "средний балл 3,50" in refusal.message
    why = {"reason_code": ReasonCode.OTHER, "reason": A_TEXT}
    expected = suggested(value, average="3.67", **why)
    given(*SCHOOL_YEAR, *MARKS).when(issue(four(value=value, **why))).then(expected)


def test_marks_of_another_system_come_with_its_own_reasons() -> None:
    column = [four(value="5", average="")]
    given(*SCHOOL_YEAR, *MARKS).when(
        lambda w: issue_term_marks(w.journal, w.office, ALGEBRA, 1, column, imported=True)
    ).then(suggested("5"))


def taken(lesson: str, **codes: AttendanceCode) -> f.AttendanceTaken:
    return f.AttendanceTaken(
        lesson, tuple(f.AttendanceEntry(PETYA, code) for code in codes.values())
    )


ILL = AttendanceCode.ILL


def test_who_has_marks_and_was_there_is_not_left_without_a_mark() -> None:
    there = (*SCHOOL_YEAR, *MARKS, taken(LESSON), taken(TOMORROW, petya=ILL))
    given(*there).when(issue(four(value="н/а"))).then_refused(Invalid, "term_mark.not_attested")


def test_who_has_missed_too_much_may_be_not_attested_and_the_share_is_kept() -> None:
    away = (*SCHOOL_YEAR, *MARKS, taken(LESSON, petya=ILL), taken(TOMORROW, petya=ILL))
    given(*away).when(issue(four(value="н/а", average=""))).then(
        suggested("н/а", missed_share="1.00")
    )


def test_who_has_too_few_marks_may_be_not_attested() -> None:
    few = (*SCHOOL_YEAR, MARKS[0], taken(LESSON), taken(TOMORROW, petya=ILL))
    given(*few).when(issue(four(value="н/а", average=""))).then(
        suggested("н/а", average="3.00", suggested="н/а", missed_share="0.50")
    )


def test_a_correction_keeps_what_the_marks_suggest_now_and_no_word_for_who_was_there() -> None:
    issued = suggested()
    corrected = f.TermMarkCorrected(
        PETYA, ALGEBRA, 1, "4", "5", ReasonCode.RECOUNT, A_TEXT, suggested="4"
    )
    given(*SCHOOL_YEAR, *MARKS, issued).when(correct()).then(corrected)
    there = (*SCHOOL_YEAR, *MARKS, taken(LESSON), issued)
    given(*there).when(correct("4", "н/а")).then_refused(Invalid, "term_mark.not_attested")


NEXT_DAY = T0 + timedelta(days=1)


def annul(
    saw: str = "4", *, by: str = ANNA, at: datetime = T0, words: PayloadRef | None = A_TEXT
) -> Decision:
    return lambda w: annul_term_mark(
        w.journal,
        w.office,
        PETYA,
        ALGEBRA,
        1,
        saw=saw,
        reason_code=ReasonCode.WRONG_PUPIL,
        reason=words,
        by=by,
        at=at,
    )


def annulled(tier: Tier, words: PayloadRef | None = A_TEXT) -> f.TermMarkAnnulled:
    return f.TermMarkAnnulled(PETYA, ALGEBRA, 1, "4", tier, ReasonCode.WRONG_PUPIL, words)


def test_who_issued_a_term_mark_takes_it_back_on_the_same_day_without_words() -> None:
    given(*SCHOOL_YEAR, ISSUED).when(annul(words=None)).then(
        annulled(Tier.T0, None)
    ).and_again_nothing_happens()


def test_on_another_day_one_s_own_term_mark_is_taken_back_by_another_person_in_writing() -> None:
    there = given(*SCHOOL_YEAR, ISSUED)
    there.when(annul(at=NEXT_DAY)).then_refused(Forbidden, "term_mark.annulled_by_another")
    there.when(annul(by=VERA, words=None)).then_refused(Invalid, "term_mark.annulled_without_words")
    there.when(annul(by=VERA, at=NEXT_DAY)).then(annulled(Tier.T2)).and_again_nothing_happens()


def test_an_annulled_term_mark_may_be_issued_anew_by_its_new_author() -> None:
    again = (*SCHOOL_YEAR, ISSUED, annulled(Tier.T0), past(ISSUED, by=VERA))
    given(*SCHOOL_YEAR, ISSUED, annulled(Tier.T0)).when(issue(four())).then(ISSUED)
    given(*again).when(annul(by=VERA, words=None)).then(annulled(Tier.T0, None))


@pytest.mark.parametrize(
    ("more", "saw", "kind", "code"),
    [
        ((), "5", Conflict, "mark.changed_meanwhile"),
        ((TERM_1_CLOSED,), "4", Forbidden, "term.closed"),
        ((YearMarkIssued(PETYA, ALGEBRA, "4"),), "4", Conflict, "term_mark.year_mark_stands"),
    ],
)
def test_a_term_mark_is_not_taken_back_unseen_nor_from_under_what_stands_on_it(
    more: tuple[Fact, ...], saw: str, kind: type[Refusal], code: str
) -> None:
    given(*SCHOOL_YEAR, ISSUED, *more).when(annul(saw)).then_refused(kind, code)


def test_a_term_mark_that_never_was_is_not_taken_back() -> None:
    given(*SCHOOL_YEAR).when(annul()).then_refused(NotFound, "term_mark.unknown")


def close(term: int) -> Decision:
    return lambda w: close_term(w.journal, w.office, term)


def test_a_term_is_closed_once_with_its_days() -> None:
    given(*SCHOOL_YEAR).when(close(1)).then(TERM_1_CLOSED).and_again_nothing_happens()


def test_a_term_that_is_not_there_is_not_closed() -> None:
    given(*SCHOOL_YEAR).when(close(5)).then_refused(NotFound, "term.unknown")
