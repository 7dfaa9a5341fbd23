"""Marks corrected, annulled, commented: tiers, windows, what the corrector saw."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from domain.journal import facts as f
from domain.journal.marks import annul_mark, comment_mark, correct_mark
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import ReasonCode, Tier
from tests.cast import ALGEBRA, ANNA, ANSWER, PETYA, TANYA, an_id
from tests.domain.seventh_a import (
    A_TEXT,
    LESSON,
    OFFICE,
    OPENED,
    ROSTER,
    SCHEDULED,
    SCHOOL_YEAR,
    TERM_1_CLOSED,
    THURSDAY,
    WEDNESDAY,
    YEAR_OPENED,
    moment,
    noon,
    school_year_in,
)
from tests.specs import T0, Decision, given, past

MARK = an_id("отметка Пети")
GIVEN = f.MarkGiven(MARK, LESSON, PETYA, "4", ANSWER, "1.00")
FOUR = past(GIVEN, by=ANNA, at=noon(WEDNESDAY))
TYPO = ReasonCode.TYPO
LAST_DAY = WEDNESDAY + timedelta(days=14)


def correct(
    saw: str = "4", value: str = "5", *, at: datetime = T0, by: str = ANNA, mark: str = MARK
) -> Decision:
    return lambda w: correct_mark(
        w.journal,
        w.office,
        mark,
        saw=saw,
        value=value,
        reason_code=TYPO,
        reason=A_TEXT,
        by=by,
        at=at,
    )


def annul(
    saw: str = "4",
    *,
    at: datetime = T0,
    by: str = ANNA,
    reason: ReasonCode = TYPO,
    mark: str = MARK,
) -> Decision:
    return lambda w: annul_mark(
        w.journal, w.office, mark, saw=saw, reason_code=reason, reason=A_TEXT, by=by, at=at
    )


def corrected(tier: Tier, old: str = "4", new: str = "5") -> f.MarkCorrected:
    return f.MarkCorrected(MARK, old, new, tier, TYPO, A_TEXT)


def test_a_correction_keeps_the_old_value_the_reason_and_the_tier() -> None:
    spec = given(*SCHOOL_YEAR, FOUR).when(correct())
    spec.then(corrected(Tier.T0)).and_again_nothing_happens()
    assert spec.world.journal.marks[MARK].value == "5"


def test_the_author_on_the_day_of_giving_is_tier_zero_whenever_the_lesson_was() -> None:
    late = noon(date(2026, 10, 20))
    given(*SCHOOL_YEAR, past(GIVEN, at=late)).when(correct(at=late + timedelta(hours=5))).then(
        corrected(Tier.T0)
    )


def test_the_day_of_giving_ends_at_midnight_of_the_school() -> None:
    spec = given(*SCHOOL_YEAR, FOUR)
    spec.when(correct(at=moment(WEDNESDAY, "23:59:59"))).then(corrected(Tier.T0))
    spec = given(*SCHOOL_YEAR, FOUR)
    spec.when(correct(at=moment(THURSDAY, "00:00:00"))).then(corrected(Tier.T1))


def test_a_colleague_on_the_same_day_is_tier_one() -> None:
    given(*SCHOOL_YEAR, FOUR).when(correct(by=TANYA)).then(corrected(Tier.T1))


def test_the_window_closes_at_midnight_after_its_last_day() -> None:
    inside = correct(at=moment(LAST_DAY, "23:59:59"))
    outside = correct(at=moment(LAST_DAY + timedelta(days=1), "00:00:00"))
    given(*SCHOOL_YEAR, FOUR).when(inside).then(corrected(Tier.T1))
    given(*SCHOOL_YEAR, FOUR).when(outside).then_refused(Forbidden, "mark.settled")


@pytest.mark.parametrize(
    ("zone", "last_moment_utc"),
    [
        ("Asia/Kamchatka", datetime(2026, 9, 16, 11, 59, 59, tzinfo=UTC)),
        ("Europe/Kaliningrad", datetime(2026, 9, 16, 21, 59, 59, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 9, 16, 9, 59, 59, tzinfo=UTC)),
        ("America/Anchorage", datetime(2026, 9, 17, 7, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_window_is_counted_in_the_schools_own_days(
    zone: str, last_moment_utc: datetime
) -> None:
    there = (*school_year_in(zone), past(GIVEN, at=noon(WEDNESDAY, zone)))
    given(*there).when(correct(at=last_moment_utc)).then(corrected(Tier.T1))
    too_late = correct(at=last_moment_utc + timedelta(seconds=1))
    given(*there).when(too_late).then_refused(Forbidden, "mark.settled")


def test_the_window_is_the_regulations_word() -> None:
    week = msgspec.structs.replace(YEAR_OPENED, regulation=Regulation(edit_window_days=7))
    year = (week, *OFFICE[1:], *ROSTER, SCHEDULED, FOUR)
    eighth_day = correct(at=noon(WEDNESDAY + timedelta(days=8)))
    given(*year).when(eighth_day).then_refused(Forbidden, "mark.settled")


@pytest.mark.clause("4.3-2")
def test_where_the_regulation_flags_a_late_correction_it_is_marked_as_late() -> None:
    flags = Regulation(version="с пометкой", late_corrections=True)
    year = (msgspec.structs.replace(YEAR_OPENED, regulation=flags), *OFFICE[1:], *ROSTER)
    there = (*year, SCHEDULED, FOUR)
    after = moment(LAST_DAY + timedelta(days=1), "00:00:00")
    given(*there).when(correct(at=after)).then(corrected(Tier.T1_LATE))
    given(*there).when(correct(at=after - timedelta(seconds=1))).then(corrected(Tier.T1))
    given(*there).when(annul(at=after)).then(f.MarkAnnulled(MARK, "4", Tier.T1_LATE, TYPO, A_TEXT))
    issued = f.TermMarkIssued(PETYA, ALGEBRA, 1, "4", "4.00", "4", flags.version)
    given(*there, issued).when(correct(at=after)).then_refused(Forbidden, "mark.settled")
    given(*there, TERM_1_CLOSED).when(correct(at=after)).then_refused(Forbidden, "term.closed")


def test_the_window_follows_a_moved_lesson() -> None:
    moved = f.LessonMoved(LESSON, WEDNESDAY, 1, date(2026, 9, 9), 3)
    at = noon(date(2026, 9, 23))
    given(*SCHOOL_YEAR, moved, FOUR).when(correct(at=at)).then(corrected(Tier.T1))


@pytest.mark.parametrize("at", [T0, noon(LAST_DAY)])
def test_a_mark_of_a_closed_term_is_not_a_teachers_to_correct(at: datetime) -> None:
    closed = (*SCHOOL_YEAR, FOUR, TERM_1_CLOSED)
    given(*closed).when(correct(at=at)).then_refused(Forbidden, "term.closed")
    given(*closed).when(annul(at=at)).then_refused(Forbidden, "term.closed")


@pytest.mark.parametrize("decision", [correct(saw="3", value="5"), annul(saw="3")])
def test_who_saw_another_value_is_told_the_present_one(decision: Decision) -> None:
    refusal = given(*SCHOOL_YEAR, FOUR).when(decision)
    assert refusal.then_refused(Conflict, "mark.changed_meanwhile").extra == {"value": "4"}


def test_two_people_who_make_the_same_correction_make_one() -> None:
    given(*SCHOOL_YEAR, FOUR, corrected(Tier.T0)).when(correct(by=TANYA)).then_nothing_happens()


def test_correcting_a_mark_into_itself_is_refused() -> None:
    given(*SCHOOL_YEAR, FOUR).when(correct("4", "4")).then_refused(Invalid, "mark.same_value")


def test_a_correction_stays_inside_the_scale() -> None:
    given(*SCHOOL_YEAR, FOUR).when(correct("4", "6")).then_refused(Invalid, "mark.unknown_value")


@pytest.mark.parametrize(
    "decision", [correct(), annul(), lambda w: comment_mark(w.journal, MARK, A_TEXT)]
)
def test_a_mark_that_was_never_given_is_not_found(decision: Decision) -> None:
    given(*SCHOOL_YEAR).when(decision).then_refused(NotFound, "mark.unknown")


def test_a_correction_of_a_correction_keeps_each_step() -> None:
    spec = given(*SCHOOL_YEAR, FOUR, corrected(Tier.T0)).when(correct("5", "3"))
    spec.then(corrected(Tier.T0, "5", "3"))


def test_in_the_first_grade_a_word_is_not_corrected_into_a_number() -> None:
    word = past(msgspec.structs.replace(GIVEN, value="осв"))
    first = (
        *OFFICE,
        msgspec.structs.replace(OPENED, grade_level=1),
        *ROSTER[1:],
        SCHEDULED,
        word,
    )
    given(*first).when(correct("осв", "5")).then_refused(Invalid, "mark.ungraded_class")
    given(*first).when(correct("осв", "зач")).then(corrected(Tier.T0, "осв", "зач"))


ANNULLED = f.MarkAnnulled(MARK, "4", Tier.T0, ReasonCode.WRONG_PUPIL, A_TEXT)


def test_an_annulled_mark_stays_in_the_history_and_counts_no_more() -> None:
    spec = given(*SCHOOL_YEAR, FOUR).when(annul(reason=ReasonCode.WRONG_PUPIL))
    spec.then(ANNULLED).and_again_nothing_happens()
    assert spec.world.journal.marks[MARK].value is None


def test_an_annulment_after_the_window_is_refused() -> None:
    late = annul(at=noon(LAST_DAY + timedelta(days=1)))
    given(*SCHOOL_YEAR, FOUR).when(late).then_refused(Forbidden, "mark.settled")


@pytest.mark.parametrize(
    "decision",
    [correct(), lambda w: comment_mark(w.journal, MARK, A_TEXT)],
    ids=["correct", "comment"],
)
def test_an_annulled_mark_is_neither_corrected_nor_commented(decision: Decision) -> None:
    given(*SCHOOL_YEAR, FOUR, ANNULLED).when(decision).then_refused(Conflict, "mark.annulled")


def test_a_comment_changes_no_mark() -> None:
    spec = given(*SCHOOL_YEAR, FOUR).when(lambda w: comment_mark(w.journal, MARK, A_TEXT))
    spec.then(f.MarkCommented(MARK, A_TEXT))
    assert spec.world.journal.marks[MARK].value == "4"


def test_a_comment_may_be_left_after_the_window_until_the_term_is_closed() -> None:
    """A word about learning changes no mark, so the edit window does not bind it."""
    comment: Decision = lambda w: comment_mark(w.journal, MARK, A_TEXT)  # noqa: E731
    given(*SCHOOL_YEAR, FOUR).when(comment).then(f.MarkCommented(MARK, A_TEXT))
    closed = (*SCHOOL_YEAR, FOUR, TERM_1_CLOSED)
    given(*closed).when(comment).then_refused(Forbidden, "term.closed")
