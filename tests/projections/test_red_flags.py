"""red_flags_v1: what stands until put right, what came too late; the same in any pieces."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.access import Actor
from domain.calendar import Calendar, Term
from domain.journal.marks import NewDebt
from domain.journal.requests import TermMarkWord
from domain.red_flags import KINDS
from domain.regulation import RedFlags as Rules
from domain.regulation import Regulation
from domain.values import AttendanceCode, ReasonCode
from projections import erasure, redflags, trail
from projections.figures import context_of, figures
from projections.redflags import Filters
from projections.replay import replay
from tests.ground import CALENDAR, YEAR, number, request
from tests.projections.flagging import (
    LATER,
    column,
    corrected,
    deputy_stands_in,
    flags,
    in_order,
    looked_into,
    term_mark,
)
from tests.projections.life import Life


@pytest.fixture
def at(lived: Life) -> Life:
    return lived


def test_a_journal_in_order_has_no_flags(at: Life) -> None:
    for lesson in at.lessons[:3]:
        in_order(at, lesson, p1=AttendanceCode.ILL)
        at.must(at.mark(lesson, at.pupils[0], "4", f"mark {lesson}"))
        at.clock.go(minutes=30)
    corrected(at, number(f"mark {at.lessons[0]}"), "5", saw="4")
    at.must(term_mark(at, at.pupils[1], "4", code=ReasonCode.REWORK))
    assert flags(at) == []


# F1 and F9: it stands as long as nothing says that there was a lesson ------------------------


def test_f1_marks_alone_are_no_lesson_once_the_week_is_over(at: Life) -> None:
    lesson = at.lessons[0]  # 9 November: due to the end of the 16th, Moscow time
    first = at.must(at.mark(lesson, at.pupils[0], "4", "one")).position
    last = at.must(at.mark(lesson, at.pupils[1], "4", "two")).position
    due = datetime(2026, 11, 16, 21, tzinfo=UTC)
    assert flags(at, now=due - timedelta(seconds=1)) == []
    [flag] = flags(at, now=due)
    assert (flag.code, flag.detail, flag.by_id) == ("F1", {"reason": "nothing"}, at.anna.person_id)
    assert (flag.lesson_id, flag.lesson_date, flag.count) == (lesson, date(2026, 11, 9), 2)
    assert (flag.position, flag.positions) == (first, [first, last])


def test_f1_becomes_f9_with_the_attendance_and_goes_with_the_topic(at: Life) -> None:
    lesson = at.lessons[0]
    at.must(at.mark(lesson, at.pupils[0], "4", "one"))
    assert [one.code for one in flags(at)] == ["F1"]
    at.must(at.attendance(lesson))
    assert [one.code for one in flags(at)] == ["F9"]
    at.must(at.topic(lesson))
    assert flags(at) == []


def test_f1_goes_with_the_last_mark_and_a_cancelled_lesson_without_marks_is_none(at: Life) -> None:
    lesson = at.lessons[0]
    [mark] = column(at, lesson, "one", 1)
    annulled = at.school.annul_mark(
        at.class_id, mark, saw="3", reason_code=ReasonCode.OTHER, by=at.anna, request=request()
    )
    at.must(annulled)
    gone = at.school.cancel_lesson(at.class_id, lesson, "Карантин", by=at.office, request=request())
    at.must(gone)
    assert flags(at) == []


def test_f1_a_day_that_becomes_a_vacation_keeps_its_marks_and_is_told_at_once(at: Life) -> None:
    lesson = at.lessons[0]
    in_order(at, lesson)
    column(at, lesson, "one", 1)
    assert flags(at, now=at.clock.now) == []
    first, second = CALENDAR.terms
    shorter = Calendar(YEAR, (first, Term(2, second.name, date(2026, 11, 16), second.ends)))
    moved = at.school.change_calendar(shorter, "9-к", by=at.office, request=request())
    at.must(moved)
    [flag] = flags(at, now=at.clock.now)
    assert (flag.code, flag.detail) == ("F1", {"reason": "day_off"})
    back = at.school.change_calendar(CALENDAR, "10-к", by=at.office, request=request())
    at.must(back)
    assert flags(at) == []


# F8 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        (AttendanceCode.ILL, True),
        (AttendanceCode.ABSENT_UNSPECIFIED, True),
        (AttendanceCode.LATE, False),
        (AttendanceCode.EXEMPT_LESSON, False),
        (AttendanceCode.PRESENT, False),
    ],
)
@pytest.mark.parametrize("mark_first", [True, False])
def test_f8_a_mark_of_somebody_absent_whichever_was_first(
    at: Life, code: AttendanceCode, raised: object, mark_first: object
) -> None:
    lesson = at.lessons[0]
    if mark_first:
        column(at, lesson, "one", 1)
        at.fold_all()
    in_order(at, lesson, p0=code)
    at.fold_all()
    if not mark_first:
        column(at, lesson, "one", 1)
    assert [one.code for one in flags(at)] == ["F8"] * bool(raised)


def test_f8_goes_when_the_pupil_was_there_after_all_or_paid_a_debt(at: Life) -> None:
    lesson = at.lessons[0]
    in_order(at, lesson, p0=AttendanceCode.ILL, p1=AttendanceCode.ILL)
    debt = number("debt")
    due = NewDebt(debt, at.pupils[1], at.ground.work_type_id, date(2026, 12, 1))
    at.must(at.school.raise_debts(at.class_id, lesson, [due], by=at.anna, request=request()))
    column(at, lesson, "marks", 2)
    assert {one.pupil_id for one in flags(at, "F8")} == set(at.pupils[:2])
    paid = at.school.resolve_debt(
        at.class_id, debt, number("marks/1"), by=at.anna, request=request()
    )
    at.must(paid)
    [flag] = flags(at, "F8")
    assert (flag.pupil_id, flag.detail, len(flag.positions)) == (at.pupils[0], {"value": "3"}, 2)
    at.must(at.attendance(lesson, p1=AttendanceCode.ILL))
    assert flags(at, "F8") == []


# F2, F6 --------------------------------------------------------------------------------------


def test_f2_what_changes_after_the_term_mark(at: Life) -> None:
    lesson = at.lessons[0]
    in_order(at, lesson)
    marks = column(at, lesson, "marks", 2)
    corrected(at, marks[0])
    issued = at.must(term_mark(at, at.pupils[0], "4")).position
    assert flags(at, "F2") == []
    corrected(at, marks[1])  # of a pupil who has no term mark yet
    position = corrected(at, marks[0], "5", saw="4")
    [flag] = flags(at, "F2")
    assert (flag.position, flag.pupil_id, flag.term) == (position, at.pupils[0], 2)
    assert flag.detail == {"old": "4", "value": "5", "approved": 0}
    assert position > issued
    at.must(at.mark(at.lessons[1], at.pupils[0], "5", "new"))
    assert [one.detail for one in flags(at, "F2")] == [
        {"old": "", "value": "5", "approved": 0},
        flag.detail,
    ]


def test_f2_after_an_annulled_term_mark_a_change_is_a_change_like_any_other(at: Life) -> None:
    lesson = at.lessons[0]
    in_order(at, lesson)
    [mark] = column(at, lesson, "marks", 1)
    at.must(term_mark(at, at.pupils[0], "4", code=ReasonCode.APPEAL))
    at.fold_all()
    place = (at.class_id, at.pupils[0], at.ground.subject_id, 2)
    how: dict[str, Any] = {"saw": "4", "reason_code": ReasonCode.TYPO, "request": request()}
    at.must(at.school.annul_term_mark(*place, **how, by=at.anna))
    corrected(at, mark)
    assert flags(at) == []
    at.must(term_mark(at, at.pupils[0], "5", code=ReasonCode.APPEAL))
    at.restart()
    corrected(at, mark, "5", saw="4")
    assert [one.code for one in flags(at)] == ["F2"]


def test_f2_an_approved_request_is_told_and_whose_hand_it_was_is_no_question(at: Life) -> None:
    """After the window: asked for by Anna, approved by somebody else, at whatever hour."""
    lesson = at.lessons[0]
    in_order(at, lesson)
    [mark] = column(at, lesson, "marks", 1)
    at.must(term_mark(at, at.pupils[0], "4", code=ReasonCode.APPEAL))
    at.clock.go(days=1, hours=16)
    asked = at.school.request_correction(
        at.class_id,
        number("request"),
        mark,
        saw="3",
        value="5",
        reason_code=ReasonCode.TYPO,
        reason="Перепутала строки.",
        by=at.anna,
        request=request(),
    )
    at.must(asked)
    assert flags(at) == []
    approved = at.school.approve_correction(
        at.class_id,
        number("request"),
        order_no="15-у",
        term_mark=TermMarkWord("kept"),
        by=at.office,
        request=request(),
    )
    at.must(approved)
    [flag] = flags(at)
    assert (flag.code, flag.detail) == ("F2", {"old": "3", "value": "5", "approved": 1})


@pytest.mark.parametrize(
    ("value", "code", "text", "raised"),
    [
        ("4", None, "", False),
        ("5", ReasonCode.OTHER, "", True),
        ("5", ReasonCode.OTHER, "Олимпиада.", False),
        ("5", ReasonCode.REWORK, "", False),
        ("3", ReasonCode.OTHER, " ", True),
    ],
)
def test_f6_a_term_mark_that_is_not_the_suggested_one_and_no_word_why(
    at: Life, value: str, code: ReasonCode | None, text: str, raised: object
) -> None:
    """3, 4 and 4 suggest a four."""
    for n, given in enumerate("344"):
        in_order(at, at.lessons[n])
        at.must(at.mark(at.lessons[n], at.pupils[0], given, f"mark {n}"))
    at.must(term_mark(at, at.pupils[0], value, code=code, text=text))
    found = flags(at)
    assert [one.code for one in found] == ["F6"] * bool(raised)
    if raised:
        assert found[0].detail == {"value": value, "suggested": "4", "average": "3.67"}


def test_f6_asks_as_the_regulation_of_the_day_does(at: Life) -> None:
    looser = Regulation(version="другая", red_flags=Rules(suggestion_gap=2))
    for n, given in enumerate("344"):
        in_order(at, at.lessons[n])
        for pupil in at.pupils[:2]:
            at.must(at.mark(at.lessons[n], pupil, given, f"{pupil} {n}"))
    adopted = at.school.adopt_regulation(YEAR, looser, "14-о", by=at.office, request=request())
    at.must(adopted)
    at.must(term_mark(at, at.pupils[0], "5"))
    at.must(term_mark(at, at.pupils[1], "2", code=ReasonCode.OTHER))
    assert [(one.code, one.pupil_id) for one in flags(at)] == [("F6", at.pupils[1])]


# F7 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "raised"),
    [
        (datetime(2026, 11, 25, 20, 59, 59, tzinfo=UTC), False),  # 23:59:59 in Moscow
        (datetime(2026, 11, 25, 21, 0, 0, tzinfo=UTC), True),
    ],
)
def test_f7_an_entry_after_the_window_of_fourteen_days(
    at: Life, moment: datetime, raised: object
) -> None:
    lesson = at.lessons[1]  # 11 November
    at.clock.now = moment
    in_order(at, lesson)
    column(at, lesson, "marks", 3)
    found = [one for one in flags(at) if one.code != "F4"]  # it is late in the evening, too
    assert [one.code for one in found] == ["F7"] * bool(raised)
    if raised:
        assert (found[0].count, found[0].detail) == (5, {"days": 15})


# All of them ---------------------------------------------------------------------------------


def test_folded_one_by_one_in_pieces_or_again_from_nothing_it_is_the_same(at: Life) -> None:
    lesson = at.lessons[4]
    for n in range(3):
        column(at, at.lessons[n + 4], f"marks {n}", 5)
        at.fold(2)
    at.must(at.attendance(lesson, p0=AttendanceCode.ILL))
    phone = Actor(at.anna.person_id, "another sign-in")
    for n in range(5):
        corrected(at, number(f"marks 0/{n}"), by=phone if n % 2 else None)
        corrected(at, number(f"marks 1/{n}"))
        at.fold(1)
    at.restart()
    at.clock.now = datetime(2026, 11, 27, 22, tzinfo=UTC)
    at.must(term_mark(at, at.pupils[0], "5", code=ReasonCode.OTHER))
    corrected(at, number("marks 2/0"))
    at.must(at.topic(at.lessons[0]))
    deputy_stands_in(at, at.tanya)
    assigned = number(f"{at.slug}/assignment")
    released = at.school.release_teacher(
        at.class_id, assigned, date(2026, 11, 20), by=at.office, request=request()
    )
    at.must(released)
    looked_into(at, flags(at, "F6")[0], "Причина названа устно.")
    assert {one.code for one in flags(at)} == set(KINDS)
    report = replay(at.projector, at.schema)
    assert report.agrees, report.differences
    assert report.tables["red_flag"] == len(flags(at))


def test_pages_filters_answers_and_the_trail_of_a_flag(at: Life) -> None:
    for n in range(3):
        column(at, at.lessons[n], f"marks {n}", 2)
    listed = flags(at)
    assert [one.code for one in listed] == ["F1", "F1", "F1"]
    pages, cursor = [], None
    for _ in range(3):
        found, cursor = at.read(redflags.red_flags, Filters(), LATER, cursor, 1)
        pages += found
    assert (pages, cursor) == (listed, None)
    for by, many in ((at.anna.person_id, 3), (at.boris.person_id, 0)):
        assert len(flags(at, by=by)) == many
    assert flags(at, classes=(at.other_class,)) == []
    assert at.read(redflags.counts, Filters(), LATER) == {"F1": 3}
    first = listed[0]
    looked_into(at, first, "Тему запишут сегодня.")
    [answered] = flags(at, status="answered")
    assert [one.word for one in answered.reviews] == ["Тему запишут сегодня."]
    [(word, about)] = at.vault("red-flag")
    assert about == at.anna.person_id
    erased = at.school.erase_payloads(YEAR, about, [word], "акт 2", by=at.office, request=request())
    at.must(erased)
    [answered] = flags(at, status="answered")
    assert [one.word for one in answered.reviews] == [""]
    assert at.read(erasure.kinds, [word]) == {"red-flag": 1}
    assert flags(at, status="open") == listed[1:]
    shown = at.read(trail.trail, trail.Filters(flag=f"F1-{first.position}"))
    assert [one["position"] for one in shown["items"]] == list(first.positions)[::-1]
    assert len(at.read(trail.trail, trail.Filters(flag="F1"))["items"]) == 6
    assert at.read(trail.trail, trail.Filters(flag="F2"))["items"] == []


def test_the_figures_of_two_clauses_by_hand(at: Life) -> None:
    """Four marks, two of them in a lesson that nobody recorded; one flag of one looked into."""
    in_order(at, at.lessons[0])
    column(at, at.lessons[0], "fine", 2)
    column(at, at.lessons[1], "odd", 2)
    [flag] = flags(at)

    def measured(clause: str) -> tuple[int, int]:
        at.fold_all()
        context = at.read(context_of, YEAR, LATER)
        found = at.read(figures, context, frozenset({clause}))[clause]
        [one] = [figure for figure in found if figure.href == "/signals"]
        return one.good, one.total

    assert measured("4.3-2") == (2, 4)
    assert measured("1.6") == (0, 1)
    looked_into(at, flag, "Тему запишут сегодня.")
    assert measured("1.6") == (1, 1)
    at.must(at.topic(at.lessons[1]))
    assert measured("4.3-2") == (4, 4)
    assert measured("1.6") == (0, 0)
