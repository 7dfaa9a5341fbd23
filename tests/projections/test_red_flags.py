"""red_flags_v1: each flag rises at the border of its threshold and not before it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Actor
from domain.calendar import Calendar, Term
from domain.journal.facts import SubstitutionAppointed
from domain.journal.marks import NewDebt
from domain.journal.term_marks import NewTermMark
from domain.office.facts import Appointment
from domain.office.signal_commands import Flag
from domain.red_flags import KINDS
from domain.regulation import RedFlags as Rules
from domain.regulation import Regulation
from domain.school import MarkInput
from domain.values import AttendanceCode, Origin, ReasonCode, Role
from domain.writing import Receipt
from projections import redflags, trail
from projections.figures import context_of, figures
from projections.redflags import Filters, Found
from projections.replay import replay
from tests.conftest import admin, clone, url_of
from tests.ground import CALENDAR, YEAR, number, request
from tests.projections.life import MONDAY, Life, life

LATER = datetime(2027, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def laid(server: str, template: str) -> Iterator[str]:
    """Name of a database in which the school is laid; clones of it are cheap."""
    name = f"laid_{uuid4().hex}"
    clone(server, name, template)
    with life(url_of(server, name)) as at:
        at.fold_all()
    yield name
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def at(server: str, laid: str) -> Iterator[Life]:
    name = f"test_{uuid4().hex}"
    clone(server, name, laid)
    with life(url_of(server, name), laid=True) as at:
        yield at
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def flags(at: Life, code: str | None = None, now: datetime = LATER, **how: Any) -> list[Found]:
    """The flags of a code as of a moment, those with the newest facts first."""
    at.fold_all()
    found, _ = at.read(redflags.red_flags, Filters(code=code, **how), now)
    listed: list[Found] = found
    return listed


def in_order(at: Life, lesson: str, **codes: AttendanceCode) -> None:
    """A lesson that was held: its topic and who was there."""
    at.must(at.topic(lesson))
    at.must(at.attendance(lesson, **codes))


def column(at: Life, lesson: str, name: str, many: int, value: str = "3") -> list[str]:
    """So many marks of Anna's, in turn of all pupils; their ids."""
    given = [
        MarkInput(number(f"{name}/{n}"), at.pupils[n % 5], value, at.ground.work_type_id)
        for n in range(many)
    ]
    at.must(at.school.give_marks(at.class_id, lesson, given, by=at.anna, request=request()))
    return [one.mark_id for one in given]


def corrected(
    at: Life, mark_id: str, value: str = "4", by: Actor | None = None, saw: str = "3"
) -> int:
    """A mark is corrected; answers the position."""
    answer = at.school.correct_mark(
        at.class_id,
        mark_id,
        saw=saw,
        value=value,
        reason_code=ReasonCode.TYPO,
        by=by or at.anna,
        request=request(),
    )
    return at.must(answer).position


def term_mark(
    at: Life, pupil: str, value: str, *, code: ReasonCode | None = None, text: str = ""
) -> Future[Receipt]:
    """Anna's mark of the second term."""
    return at.school.issue_term_marks(
        at.class_id,
        at.ground.subject_id,
        2,
        [NewTermMark(pupil, value, reason_code=code)],
        reasons={pupil: text},
        by=at.anna,
        request=request(),
    )


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


# F4, F5, F10 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "raised"),
    [("02:59:59", True), ("03:00:00", False), ("19:59:59", False), ("20:00:00", True)],
)
def test_f4_marks_outside_of_six_to_twenty_three(at: Life, clock: str, raised: object) -> None:
    in_order(at, at.lessons[6])
    at.clock.now = datetime.fromisoformat(f"2026-11-24T{clock}+00:00")  # Moscow: three hours more
    column(at, at.lessons[6], "marks", 2)
    found = flags(at)
    assert [one.code for one in found] == ["F4"] * bool(raised)
    if raised:
        assert (found[0].count, found[0].detail) == (2, {"reason": "night"})


def test_f4_a_night_is_one_flag_until_the_morning(at: Life) -> None:
    in_order(at, at.lessons[6])
    for clock in ("2026-11-24T20:30:00", "2026-11-24T22:30:00", "2026-11-25T20:30:00"):
        at.clock.now = datetime.fromisoformat(f"{clock}+00:00")
        column(at, at.lessons[6], clock, 1)
        at.fold_all()
    assert [one.count for one in flags(at, "F4")] == [1, 2]


def burst(at: Life, many: int, minutes: float) -> list[Found]:
    """So many corrections, evenly over the minutes."""
    in_order(at, at.lessons[0])
    marks = column(at, at.lessons[0], "marks", many)
    for n, mark in enumerate(marks):
        corrected(at, mark, "2")
        if n + 1 < many:
            at.clock.go(minutes=minutes / (many - 1))
    return flags(at, "F4")


def test_f4_twenty_corrections_in_ten_minutes(at: Life) -> None:
    [flag] = burst(at, 20, 10)
    assert (flag.count, flag.detail, flag.class_id) == (20, {"reason": "burst"}, at.class_id)
    assert len(flag.positions) == 20


def test_f4_nineteen_corrections_are_no_burst(at: Life) -> None:
    assert burst(at, 19, 10) == []


def test_f4_twenty_corrections_in_more_than_ten_minutes_are_no_burst(at: Life) -> None:
    assert burst(at, 20, 10.5) == []


def test_f4_a_burst_that_goes_on_is_the_same_flag(at: Life) -> None:
    [flag] = burst(at, 26, 6)
    assert flag.count == 26


def test_f5_five_corrections_upwards_by_one_sign_in(at: Life) -> None:
    in_order(at, at.lessons[0])
    marks = column(at, at.lessons[0], "marks", 8)
    for mark in marks[:4]:
        corrected(at, mark)
    corrected(at, marks[4], "2")  # down
    phone = Actor(at.anna.person_id, "another sign-in")
    at.clock.go(hours=2)
    corrected(at, marks[5], by=phone)
    assert flags(at, "F5") == []
    at.clock.go(hours=2)
    last = corrected(at, marks[6])
    [flag] = flags(at, "F5")
    assert (flag.count, flag.session, flag.positions[-1]) == (5, at.anna.session, last)


def test_f5_counts_a_day_anew(at: Life) -> None:
    in_order(at, at.lessons[6])
    marks = column(at, at.lessons[6], "marks", 8)
    for mark in marks[:4]:
        corrected(at, mark)
    at.clock.go(days=1)
    for mark in marks[4:]:
        corrected(at, mark)
    assert flags(at, "F5") == []


@pytest.mark.parametrize(("minutes", "raised"), [(10, True), (10.1, False)])
def test_f10_back_and_forth_between_two_sign_ins(at: Life, minutes: float, raised: object) -> None:
    in_order(at, at.lessons[0])
    phone = Actor(at.anna.person_id, "another sign-in")
    at.must(at.mark(at.lessons[0], at.pupils[0], "4", "one"))
    at.must(at.mark(at.lessons[0], at.pupils[1], "4", "two", by=phone))
    assert flags(at) == []  # a new sign-in is no second place
    at.clock.go(minutes=minutes)
    at.must(at.mark(at.lessons[0], at.pupils[2], "4", "three"))
    found = flags(at)
    assert [one.code for one in found] == ["F10"] * bool(raised)
    if raised:
        assert found[0].count == 3


# F3, F11 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "raised"), [(date(2026, 11, 11), True), (date(2026, 11, 12), False)]
)
def test_f3_a_teacher_released_before_lessons_that_have_marks(
    at: Life, on: date, raised: object
) -> None:
    for lesson in at.lessons[:2]:  # 9 and 11 November
        in_order(at, lesson)
        column(at, lesson, lesson, 2)
    assigned = number(f"{at.slug}/assignment")
    order = at.school.release_teacher(at.class_id, assigned, on, by=at.office, request=request())
    position = at.must(order).position
    found = flags(at)
    assert [one.code for one in found] == ["F3"] * bool(raised)
    if raised:
        assert (found[0].by_id, found[0].detail["marks"]) == (at.anna.person_id, 2)
        assert found[0].positions[-1] == position


def test_an_import_is_told_once_for_a_class_and_a_day_and_its_hours_say_nothing(at: Life) -> None:
    machine = Actor(at.office.person_id, "import", Origin.IMPORT, operator=True)
    in_order(at, at.lessons[0])
    at.clock.now = datetime(2026, 12, 24, 23, tzinfo=UTC)
    for n in range(3):
        at.must(at.mark(at.lessons[0], at.pupils[n], "5", f"imported {n}", by=machine))
        at.fold_all()
    found = flags(at)
    assert [(one.code, one.count) for one in found] == [("F3", 3), ("F11", 3)]
    assert {one.detail["reason"] for one in found} == {"import"}


def deputy_stands_in(at: Life, by: Actor) -> None:
    """Tanya, the deputy, substitutes for Anna and gives a mark; `by` has appointed her."""
    appointed = Appointment(at.tanya.person_id, Role.DEPUTY, MONDAY)
    at.must(at.school.appoint(YEAR, appointed, by=at.office, request=request()))
    order = SubstitutionAppointed(
        number("order"), at.tanya.person_id, at.anna.person_id, MONDAY, MONDAY
    )
    at.must(at.school.appoint_substitute(at.class_id, order, by=by, request=request()))
    lesson = at.lessons[6]  # Monday
    for answer in (
        at.school.record_topic(at.class_id, lesson, "Дроби", by=at.tanya, request=request()),
        at.school.take_attendance(at.class_id, lesson, [], by=at.tanya, request=request()),
        at.mark(lesson, at.pupils[0], "4", "good", by=at.tanya),
    ):
        at.must(answer)


def test_f11_the_administration_writes_by_a_right_that_it_gave_itself(at: Life) -> None:
    deputy_stands_in(at, at.tanya)
    [flag] = flags(at)
    assert (flag.code, flag.by_id, flag.count) == ("F11", at.tanya.person_id, 1)
    assert flag.detail == {"reason": "own_right"}


def test_a_deputy_whom_somebody_else_has_appointed_is_a_substitute_as_any(at: Life) -> None:
    deputy_stands_in(at, at.office)
    assert flags(at) == []


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
    at.must(
        at.school.review_red_flag(
            YEAR,
            Flag("F6", flags(at, "F6")[0].position, at.anna.person_id),
            "Причина названа устно.",
            by=at.office,
            request=request(),
        )
    )
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
    at.must(
        at.school.review_red_flag(
            YEAR,
            Flag(first.code, first.position, first.by_id),
            "Тему запишут сегодня.",
            by=at.office,
            request=request(),
        )
    )
    [answered] = flags(at, status="answered")
    assert [one.word for one in answered.reviews] == ["Тему запишут сегодня."]
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
        [one] = at.read(figures, context, frozenset({clause}))[clause]
        return one.good, one.total

    assert measured("4.3-2") == (2, 4)
    assert measured("1.6") == (0, 1)
    at.must(
        at.school.review_red_flag(
            YEAR,
            Flag(flag.code, flag.position, flag.by_id),
            "Тему запишут сегодня.",
            by=at.office,
            request=request(),
        )
    )
    assert measured("1.6") == (1, 1)
    at.must(at.topic(at.lessons[1]))
    assert measured("4.3-2") == (4, 4)
    assert measured("1.6") == (0, 0)
