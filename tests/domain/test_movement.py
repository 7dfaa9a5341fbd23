"""Pupils who come, go and change classes: by orders, of this school, with their marks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.access import Actor
from domain.calendar import Calendar, Term
from domain.journal import facts as j
from domain.journal import movement
from domain.journal.state import Journal
from domain.journal.term_marks import NewTermMark
from domain.office import facts as o
from domain.people import facts as p
from domain.refusals import Conflict, Invalid, NotFound
from domain.school import MarkInput
from domain.values import ReasonCode, Role
from tests.cast import (
    ALGEBRA,
    ANNA,
    ANSWER,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    CONTROL,
    DINA,
    HISTORY,
    IGOR,
    MASHA,
    NEWCOMER,
    OLGA,
    PETYA,
    ZOYA,
    an_id,
)
from tests.domain.engine_room import OPERATOR, WAIT_S
from tests.domain.seventh_a import SEPTEMBER_1, SUBSTITUTION, THURSDAY, WEDNESDAY, YEAR_OPENED
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR

MARK, SECOND = an_id("отметка"), an_id("вторая отметка")
CLASS_7V = an_id("7в")


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


def journal(school: SmallSchool, class_id: str) -> Journal:
    return school.room.engine.world("kukarino").journal(class_id)


# -- who may be enrolled -----------------------------------------------------------------------


def test_an_enrolment_keeps_its_order_and_the_school_one_came_from(school: SmallSchool) -> None:
    [fact] = school.facts(
        "enrol_pupils",
        *(CLASS_7A, [NEWCOMER], WEDNESDAY, "18-у", SEPTEMBER_1, "Берёзкинская школа"),
    )
    assert isinstance(fact, j.PupilEnrolled)
    assert (fact.order_no, fact.order_date, fact.from_class) == ("18-у", SEPTEMBER_1, None)
    assert fact.whence is not None
    [text] = [one for one in school.log.vault.values() if one.id == fact.whence.id]
    assert (text.subject, text.kind, text.body) == (NEWCOMER, "movement", "Берёзкинская школа")


def test_a_departure_keeps_where_one_went_in_the_vault(school: SmallSchool) -> None:
    [fact] = school.facts(
        "depart_pupil", CLASS_7A, PETYA, THURSDAY, "21-у", WEDNESDAY, "Кировская гимназия"
    )
    assert isinstance(fact, j.PupilDeparted)
    assert (fact.order_no, fact.order_date) == ("21-у", WEDNESDAY)
    assert fact.whither is not None
    assert school.log.vault[fact.whither.id].body == "Кировская гимназия"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (ZOYA, "roster.no_such_person"),
        (OLGA, "roster.not_a_pupil"),
        (ANNA, "roster.not_a_pupil"),
    ],
    ids=["unknown", "a mother", "a teacher"],
)
def test_only_a_pupil_of_the_school_is_enrolled(school: SmallSchool, who: str, code: str) -> None:
    assert school.refuses("enrol_pupils", CLASS_7A, [NEWCOMER, who], WEDNESDAY) == (Invalid, code)


def test_whose_data_are_erased_is_not_enrolled(school: SmallSchool) -> None:
    school.does("erase_person", YEAR, NEWCOMER, "акт № 1", by=DINA)
    refused = school.refuses("enrol_pupils", CLASS_7A, [NEWCOMER], WEDNESDAY)
    assert refused == (Conflict, "person.erased")


def test_a_pupil_is_in_one_class_at_a_time(school: SmallSchool) -> None:
    again = ("enrol_pupils", CLASS_7B, [PETYA], WEDNESDAY)
    assert school.refuses(*again) == (Conflict, "roster.in_another_class")
    school.does("depart_pupil", CLASS_7A, PETYA, THURSDAY, "21-у")
    assert school.refuses(*again) == (Conflict, "roster.in_another_class")
    assert school.facts("enrol_pupils", CLASS_7B, [PETYA], THURSDAY, "22-у") == [
        j.PupilEnrolled(PETYA, THURSDAY, "22-у")
    ]


def test_a_day_before_another_class_is_not_free_either(school: SmallSchool) -> None:
    """Open for ever from Wednesday on would reach into the class of Thursday."""
    school.does("enrol_pupils", CLASS_7B, [NEWCOMER], THURSDAY)
    refused = school.refuses("enrol_pupils", CLASS_7A, [NEWCOMER], WEDNESDAY)
    assert refused == (Conflict, "roster.in_another_class")


# -- who may teach -----------------------------------------------------------------------------


def assigned(teacher: str, subject: str = HISTORY) -> j.TeacherAssigned:
    return j.TeacherAssigned(an_id("назначение"), teacher, subject, WEDNESDAY)


@pytest.mark.parametrize(
    ("who", "code"),
    [(ZOYA, "staff.unknown_person"), (PETYA, "staff.not_a_teacher"), (OLGA, "staff.not_a_teacher")],
    ids=["unknown", "a pupil", "a mother"],
)
def test_only_who_works_in_the_school_teaches(school: SmallSchool, who: str, code: str) -> None:
    assert school.refuses("assign_teacher", CLASS_7A, assigned(who)) == (Invalid, code)
    substitution = j.SubstitutionAppointed(an_id("замена"), who, ANNA, WEDNESDAY, THURSDAY)
    assert school.refuses("appoint_substitute", CLASS_7A, substitution) == (Invalid, code)
    head = o.ClassTeacherAppointed(CLASS_7B, who, WEDNESDAY)
    assert school.refuses("appoint_class_teacher", YEAR, head) == (Invalid, code)


def test_an_auditor_does_not_teach(school: SmallSchool) -> None:
    school.does("register_person", YEAR, IGOR, "staff", p.Name("Игорев", "Игорь"))
    school.does("appoint", YEAR, o.Appointment(IGOR, Role.AUDITOR, SEPTEMBER_1), by=DINA)
    refused = school.refuses("assign_teacher", CLASS_7A, assigned(IGOR))
    assert refused == (Invalid, "staff.not_a_teacher")


def test_whose_data_are_erased_does_not_teach(school: SmallSchool) -> None:
    school.does("erase_person", YEAR, BORIS, "акт № 1", by=DINA)
    assert school.refuses("assign_teacher", CLASS_7A, assigned(BORIS))[1] == "person.erased"


def test_a_subject_that_the_school_does_not_teach_is_given_to_nobody(school: SmallSchool) -> None:
    refused = school.refuses("assign_teacher", CLASS_7A, assigned(BORIS, an_id("латынь")))
    assert refused == (Invalid, "assignment.unknown_subject")


def test_a_substitution_of_a_colleague_still_works(school: SmallSchool) -> None:
    assert school.facts("appoint_substitute", CLASS_7A, SUBSTITUTION) == [SUBSTITUTION]


# -- a transfer with marks ---------------------------------------------------------------------


def transfer(
    school: SmallSchool, old: str = CLASS_7A, new: str = CLASS_7B, on: date = THURSDAY
) -> dict[type, Any]:
    """kind of fact → the fact."""
    facts = school.facts("transfer_pupil", old, new, PETYA, on, "24-у", WEDNESDAY)
    return {type(fact): fact for fact in facts}


def with_marks(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    school.does("record_topic", CLASS_7A, lesson, "Дроби", by=ANNA)
    column = [MarkInput(MARK, PETYA, "4", CONTROL), MarkInput(SECOND, PETYA, "5", ANSWER)]
    column.append(MarkInput(an_id("Машина"), MASHA, "3", ANSWER))
    school.does("give_marks", CLASS_7A, lesson, column, by=ANNA)


def test_a_transfer_says_from_where_and_to_where(school: SmallSchool) -> None:
    moved = transfer(school)
    assert moved == {
        j.PupilDeparted: j.PupilDeparted(PETYA, THURSDAY, "24-у", CLASS_7B, WEDNESDAY),
        j.PupilEnrolled: j.PupilEnrolled(PETYA, THURSDAY, "24-у", WEDNESDAY, CLASS_7A),
    }
    assert school.facts("transfer_pupil", CLASS_7A, CLASS_7B, PETYA, THURSDAY, "24-у") == []


def test_the_marks_of_the_running_term_come_along(school: SmallSchool) -> None:
    with_marks(school)
    told = transfer(school)[j.MarksCarried]
    four = j.CarriedMark(MARK, ALGEBRA, WEDNESDAY, "4", CONTROL, "2.00")
    five = j.CarriedMark(SECOND, ALGEBRA, WEDNESDAY, "5", ANSWER, "1.00")
    assert (told.pupil_id, told.from_class) == (PETYA, CLASS_7A)
    assert {one.mark_id: one for one in told.marks} == {MARK: four, SECOND: five}
    assert journal(school, CLASS_7B).carried == {PETYA: {MARK: four, SECOND: five}}


def test_what_was_annulled_does_not_come_along(school: SmallSchool) -> None:
    with_marks(school)
    why = {"saw": "4", "reason_code": ReasonCode.TYPO}
    school.does("annul_mark", CLASS_7A, MARK, **why, by=ANNA)
    assert [one.mark_id for one in transfer(school)[j.MarksCarried].marks] == [SECOND]


def test_term_marks_come_along_and_are_issued(school: SmallSchool) -> None:
    marks = [NewTermMark(PETYA, "4"), NewTermMark(MASHA, "5")]
    school.does("issue_term_marks", CLASS_7A, ALGEBRA, 1, marks, by=ANNA)
    told = transfer(school)[j.MarksCarried]
    assert told.term_marks == (j.CarriedTermMark(ALGEBRA, 1, "4"),)
    assert list(journal(school, CLASS_7B).term_marks.values()) == ["4"]


def test_a_later_correction_is_told_in_the_new_class(school: SmallSchool) -> None:
    with_marks(school)
    transfer(school)
    why = {"reason_code": ReasonCode.TYPO}
    written = school.does("correct_mark", CLASS_7A, MARK, saw="4", value="3", **why, by=ANNA)
    assert [(str(one.originator_id), type(one.fact)) for one in written] == [
        (CLASS_7A, j.MarkCorrected),
        (CLASS_7B, j.MarksCarried),
    ]
    assert journal(school, CLASS_7B).carried[PETYA][MARK].value == "3"
    school.does("annul_mark", CLASS_7A, MARK, saw="3", **why, by=ANNA)
    assert list(journal(school, CLASS_7B).carried[PETYA]) == [SECOND]


def test_who_changes_classes_twice_brings_everything_along(school: SmallSchool) -> None:
    school.does("form_class", YEAR, o.ClassFormed(CLASS_7V, 7, "в"))
    with_marks(school)
    transfer(school)
    school.room.now += timedelta(days=1)
    transfer(school, CLASS_7B, CLASS_7V, THURSDAY + timedelta(days=1))
    assert set(journal(school, CLASS_7V).carried[PETYA]) == {MARK, SECOND}
    school.does(
        "correct_mark",
        CLASS_7A,
        MARK,
        saw="4",
        value="2",
        reason_code=ReasonCode.TYPO,
        by=ANNA,
    )
    for class_id in (CLASS_7B, CLASS_7V):
        assert journal(school, class_id).carried[PETYA][MARK].value == "2"


def test_who_comes_back_finds_the_own_marks_once(school: SmallSchool) -> None:
    with_marks(school)
    transfer(school)
    back = transfer(school, CLASS_7B, CLASS_7A, THURSDAY + timedelta(days=1))
    assert j.MarksCarried not in back
    assert journal(school, CLASS_7A).went == {}


def test_a_class_of_another_year_is_not_a_transfer(school: SmallSchool) -> None:
    term = Term(1, "1 четверть", date(2027, 9, 1), date(2027, 10, 24))
    next_year = msgspec.structs.replace(YEAR_OPENED, calendar=Calendar(YEAR + 1, (term,)))
    school.does("open_year", next_year, by=OPERATOR)
    eighth = an_id("8а")
    school.does("form_class", YEAR + 1, o.ClassFormed(eighth, 8, "а"), by=OPERATOR)
    how = ("transfer_pupil", CLASS_7A, eighth, PETYA, THURSDAY, "22-у")
    assert school.refuses(*how, by=OPERATOR) == (Invalid, "roster.other_year")
    nowhere = school.refuses("transfer_pupil", CLASS_7A, an_id("9я"), PETYA, THURSDAY, "22-у")
    assert nowhere == (NotFound, "class.unknown")


def test_a_long_term_is_carried_in_several_facts() -> None:
    old, new = Journal(CLASS_7A), Journal(CLASS_7B)
    old.carried[PETYA] = {
        an_id(str(n)): j.CarriedMark(an_id(str(n)), ALGEBRA, WEDNESDAY, "5", ANSWER, "1.00")
        for n in range(movement.MARKS_PER_FACT + 1)
    }
    school = SmallSchool()
    try:
        office = school.room.engine.world("kukarino").office(school.door.school_id, YEAR)
        facts = movement.carry(old, office, new, PETYA, THURSDAY)
    finally:
        school.room.engine.close(WAIT_S)
    assert [len(fact.marks) for fact in facts if isinstance(fact, j.MarksCarried)] == [150, 1]


def test_a_stranger_moves_nobody(school: SmallSchool) -> None:
    for by in (ANNA, Actor(ZOYA, "s")):
        how = ("transfer_pupil", CLASS_7A, CLASS_7B, PETYA, THURSDAY, "1")
        assert school.refuses(*how, by=by)[1] == "access.administration_only"
