"""Who is in a class journal: pupils, subgroups by order, teachers, substitutes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.journal import facts as f
from domain.journal import movement, roster
from domain.refusals import Conflict, Invalid, NotFound
from tests.cast import (
    ALGEBRA,
    ANNA,
    BORIS,
    CLASS_7B,
    ENGLISH,
    FIRST_HALF,
    GALINA,
    HISTORY,
    MASHA,
    NEWCOMER,
    PETYA,
    SECOND_HALF,
    TANYA,
    YOLKIN,
    ZOYA,
    an_id,
)
from tests.domain.seventh_a import (
    ANNAS,
    ASSIGNED,
    ENROLLED,
    OPENED,
    ROSTER,
    SCHOOL_YEAR,
    SEPTEMBER_1,
    SPLIT,
    SUBSTITUTION,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
)
from tests.specs import Decision, given

# -- the journal -----------------------------------------------------------------------------


def test_a_journal_is_opened_once() -> None:
    given().when(lambda w: roster.open_journal(w.journal, OPENED)).then(
        OPENED
    ).and_again_nothing_happens()


@pytest.mark.parametrize("other", [{"letter": "б"}, {"grade_level": 8}, {"year": 2027}])
def test_the_journal_of_another_class_is_not_overwritten(other: dict[str, Any]) -> None:
    another = msgspec.structs.replace(OPENED, **other)
    given(OPENED).when(lambda w: roster.open_journal(w.journal, another)).then_refused(
        Conflict, "class.id_taken"
    )


# -- pupils ----------------------------------------------------------------------------------


def enrol(since: date = WEDNESDAY, pupil: str = NEWCOMER) -> Decision:
    return lambda w: movement.enrol(w.journal, pupil, since, movement.Order("20-у"))


def depart(on: date = THURSDAY, pupil: str = PETYA, to_class: str | None = None) -> Decision:
    return lambda w: movement.depart(w.journal, pupil, on, movement.Order("21-у"), to_class)


def test_a_pupil_is_enrolled_by_an_order() -> None:
    given(*ROSTER).when(enrol()).then(
        f.PupilEnrolled(NEWCOMER, WEDNESDAY, "20-у")
    ).and_again_nothing_happens()


def test_a_pupil_departs_by_an_order() -> None:
    spec = given(*ROSTER).when(depart())
    spec.then(f.PupilDeparted(PETYA, THURSDAY, "21-у")).and_again_nothing_happens()
    journal = spec.world.journal
    assert [journal.enrolled(PETYA, day) for day in (WEDNESDAY, THURSDAY)] == [True, False]
    assert roster.pupils_on(journal, WEDNESDAY) == [PETYA, MASHA, YOLKIN]
    assert roster.pupils_on(journal, THURSDAY) == [MASHA, YOLKIN]


def test_a_pupil_who_left_may_come_back_but_not_before_leaving() -> None:
    left = f.PupilDeparted(PETYA, THURSDAY)
    given(*ROSTER, left).when(enrol(WEDNESDAY, PETYA)).then_refused(Invalid, "roster.overlap")
    given(*ROSTER, left).when(enrol(THURSDAY, PETYA)).then(f.PupilEnrolled(PETYA, THURSDAY, "20-у"))


@pytest.mark.parametrize("day", [SEPTEMBER_1, SEPTEMBER_1 - timedelta(days=1)])
def test_a_pupil_does_not_depart_before_having_been_there_a_day(day: date) -> None:
    given(*ROSTER).when(depart(day)).then_refused(Invalid, "roster.dates")


def test_a_pupil_of_no_class_does_not_depart() -> None:
    given(*ROSTER).when(depart(pupil=NEWCOMER)).then_refused(NotFound, "roster.unknown_pupil")


def test_a_transfer_says_where_to() -> None:
    given(*ROSTER).when(depart(to_class=CLASS_7B)).then(
        f.PupilDeparted(PETYA, THURSDAY, "21-у", CLASS_7B)
    )


# -- subgroups (clause 3.3.5) ----------------------------------------------------------------

UNDIVIDED = (OPENED, *ENROLLED, *ASSIGNED)


def split(**other: Any) -> Decision:
    return lambda w: roster.split(w.journal, msgspec.structs.replace(SPLIT, **other))


def groups(*members: tuple[str, ...]) -> tuple[f.Subgroup, ...]:
    ids = (FIRST_HALF, SECOND_HALF, an_id("третья"))
    return tuple(
        f.Subgroup(number, f"{n} группа", pupils)
        for n, (number, pupils) in enumerate(zip(ids, members, strict=False), 1)
    )


def test_a_class_is_divided_by_an_order() -> None:
    given(*UNDIVIDED).when(split()).then(SPLIT).and_again_nothing_happens()


@pytest.mark.parametrize("order_no", ["", "   "])
def test_without_an_order_a_class_is_not_divided(order_no: str) -> None:
    given(*UNDIVIDED).when(split(order_no=order_no)).then_refused(Invalid, "split.no_order")


def test_a_pupil_is_in_one_half_only() -> None:
    both = split(subgroups=groups((PETYA, MASHA), (MASHA, YOLKIN)))
    given(*UNDIVIDED).when(both).then_refused(Invalid, "split.overlap")


def test_a_half_has_pupils_of_this_class_only() -> None:
    strange = split(subgroups=groups((PETYA,), (NEWCOMER,)))
    given(*UNDIVIDED).when(strange).then_refused(Invalid, "split.stranger")


def test_two_halves_are_not_one_and_the_same() -> None:
    one = f.Subgroup(FIRST_HALF, "1 группа", (PETYA,))
    other = f.Subgroup(FIRST_HALF, "2 группа", (MASHA,))
    given(*UNDIVIDED).when(split(subgroups=(one, other))).then_refused(Invalid, "split.same_group")


def test_another_division_on_the_same_day_is_refused() -> None:
    other = split(subgroups=groups((PETYA, MASHA), (YOLKIN,)))
    given(*UNDIVIDED, SPLIT).when(other).then_refused(Conflict, "split.date_taken")


def test_a_later_division_replaces_the_first_from_its_day_on() -> None:
    later = {"since": THURSDAY, "subgroups": groups((PETYA, MASHA), (YOLKIN,))}
    spec = given(*UNDIVIDED, SPLIT).when(split(**later))
    spec.then(msgspec.structs.replace(SPLIT, **later))
    before, after = (spec.world.journal.split(ENGLISH, day) for day in (WEDNESDAY, THURSDAY))
    assert before is not None
    assert after is not None
    assert before.members[FIRST_HALF] == [PETYA, YOLKIN]
    assert after.members[FIRST_HALF] == [PETYA, MASHA]


def test_orders_count_by_their_day_not_by_the_day_they_were_typed_in() -> None:
    later = msgspec.structs.replace(SPLIT, since=THURSDAY, subgroups=groups((MASHA,), ()))
    spec = given(*UNDIVIDED, later).when(split())
    spec.then(SPLIT)
    now = spec.world.journal.split(ENGLISH, THURSDAY)
    assert now is not None
    assert now.members[FIRST_HALF] == [MASHA]
    assert spec.world.journal.split(ENGLISH, SEPTEMBER_1 - timedelta(days=1)) is None
    assert spec.world.journal.split(ALGEBRA, THURSDAY) is None


# -- teachers --------------------------------------------------------------------------------

NEW = f.TeacherAssigned(an_id("назначение"), ZOYA, HISTORY, WEDNESDAY)


def assign(**other: Any) -> Decision:
    return lambda w: roster.assign(w.journal, msgspec.structs.replace(NEW, **other))


def release(on: date, number: str = ANNAS) -> Decision:
    return lambda w: roster.release(w.journal, number, on)


def test_a_teacher_is_assigned_once() -> None:
    given(*ROSTER).when(assign()).then(NEW).and_again_nothing_happens()


def test_what_a_teacher_has_already_is_not_given_again() -> None:
    same = assign(teacher_id=ANNA, subject_id=ALGEBRA, since=WEDNESDAY)
    given(*ROSTER).when(same).then_nothing_happens()


def test_an_assignment_may_begin_earlier_than_the_one_that_is_there() -> None:
    earlier = assign(teacher_id=ANNA, subject_id=ALGEBRA, since=date(2026, 8, 25))
    given(*ROSTER).when(earlier).then(
        f.TeacherAssigned(NEW.assignment_id, ANNA, ALGEBRA, date(2026, 8, 25))
    )


@pytest.mark.parametrize(
    "other",
    [{"teacher_id": BORIS}, {"subject_id": ENGLISH}, {"subgroup_id": FIRST_HALF}],
    ids=["teacher", "subject", "subgroup"],
)
def test_a_taken_assignment_id_is_refused(other: dict[str, str]) -> None:
    given(*ROSTER, NEW).when(assign(**other)).then_refused(Conflict, "assignment.id_taken")


def test_an_assignment_does_not_end_before_it_begins() -> None:
    given(*ROSTER).when(assign(until=WEDNESDAY)).then_refused(Invalid, "assignment.dates")


def test_a_teacher_is_released_from_a_day_on() -> None:
    spec = given(*ROSTER).when(release(THURSDAY))
    spec.then(f.TeacherReleased(ANNAS, THURSDAY)).and_again_nothing_happens()
    span = spec.world.journal.assignments[ANNAS].span
    assert [span.covers(day) for day in (WEDNESDAY, THURSDAY)] == [True, False]


def test_a_release_never_prolongs() -> None:
    released = f.TeacherReleased(ANNAS, WEDNESDAY)
    given(*ROSTER, released).when(release(THURSDAY)).then_nothing_happens()


def test_a_released_teacher_may_be_assigned_again() -> None:
    released = f.TeacherReleased(ANNAS, WEDNESDAY)
    again = assign(teacher_id=ANNA, subject_id=ALGEBRA, since=THURSDAY)
    given(*ROSTER, released).when(again).then(
        f.TeacherAssigned(NEW.assignment_id, ANNA, ALGEBRA, THURSDAY)
    )


@pytest.mark.parametrize("day", [SEPTEMBER_1 - timedelta(days=1)])
def test_a_teacher_is_not_released_before_being_assigned(day: date) -> None:
    given(*ROSTER).when(release(day)).then_refused(Invalid, "assignment.dates")


def test_a_mistaken_assignment_is_taken_back_whole() -> None:
    spec = given(*ROSTER).when(release(SEPTEMBER_1))
    spec.then(f.TeacherReleased(ANNAS, SEPTEMBER_1))
    assert not spec.world.journal.assignments[ANNAS].span.covers(SEPTEMBER_1)


def test_an_unknown_assignment_is_not_found() -> None:
    given(*ROSTER).when(release(THURSDAY, an_id("нет"))).then_refused(
        NotFound, "assignment.unknown"
    )


# -- substitutes (clause 3.3.6) --------------------------------------------------------------


def substitute(**other: Any) -> Decision:
    return lambda w: roster.substitute(w.journal, msgspec.structs.replace(SUBSTITUTION, **other))


def test_a_substitute_is_appointed_once() -> None:
    given(*SCHOOL_YEAR).when(substitute()).then(SUBSTITUTION).and_again_nothing_happens()


def test_a_substitute_for_one_day_is_fine() -> None:
    one_day = msgspec.structs.replace(SUBSTITUTION, until=WEDNESDAY)
    given(*SCHOOL_YEAR).when(substitute(until=WEDNESDAY)).then(one_day)


def test_a_substitution_does_not_end_before_it_begins() -> None:
    given(*SCHOOL_YEAR).when(substitute(until=TUESDAY)).then_refused(Invalid, "substitution.dates")


def test_nobody_substitutes_oneself() -> None:
    given(*SCHOOL_YEAR).when(substitute(substitute_id=ANNA)).then_refused(
        Invalid, "substitution.self"
    )


def test_who_does_not_teach_here_is_not_substituted_here() -> None:
    given(*SCHOOL_YEAR).when(substitute(teacher_id=ZOYA)).then_refused(
        Invalid, "substitution.not_teaching"
    )


@pytest.mark.parametrize(
    "other",
    [{"substitute_id": GALINA}, {"until": THURSDAY}, {"teacher_id": BORIS}],
    ids=["substitute", "days", "teacher"],
)
def test_a_taken_substitution_id_is_refused(other: dict[str, Any]) -> None:
    given(*SCHOOL_YEAR, SUBSTITUTION).when(substitute(**other)).then_refused(
        Conflict, "substitution.id_taken"
    )


def test_two_teachers_may_share_a_substitute() -> None:
    second = {"substitution_id": an_id("второе"), "teacher_id": BORIS}
    spec = given(*SCHOOL_YEAR, SUBSTITUTION).when(substitute(**second))
    spec.then(msgspec.structs.replace(SUBSTITUTION, **second))
    assert {s.substitute_id for s in spec.world.journal.substitutions.values()} == {TANYA}
