"""Inspections and remarks: who writes them, who answers, who may close them, and by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.journal import control_facts as f
from domain.journal.control import NewRemark
from domain.journal.control_facts import Checked
from domain.journal.facts import TeacherAssigned
from domain.journal.state import Journal
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import Role
from tests.cast import (
    ALGEBRA,
    ALLA,
    ANNA,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    DINA,
    ENGLISH,
    GALINA,
    KIRA,
    OLGA,
    PETYA,
    SVETA,
    TANYA,
    VERA,
    ZOYA,
    an_id,
)
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import ANNAS, SEPTEMBER_1, THURSDAY, WEDNESDAY
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR

INSPECTION, REMARK = an_id("проверка"), an_id("замечание")
ALL_OF_IT = tuple(Checked)
INSPECTED = f.JournalInspected(INSPECTION, SEPTEMBER_1, WEDNESDAY, ALL_OF_IT, 7, "9f" * 32)
WORDS = "тема урока не записана"
TOPIC = NewRemark(REMARK, Checked.TOPICS, subject_id=ALGEBRA)


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


@pytest.fixture
def inspected(school: SmallSchool) -> SmallSchool:
    school.does("inspect_journal", CLASS_7A, INSPECTED)
    return school


@pytest.fixture
def remarked(inspected: SmallSchool) -> SmallSchool:
    inspected.does("open_remark", CLASS_7A, INSPECTION, TOPIC, WORDS)
    return inspected


def answered(school: SmallSchool, **how: Any) -> f.RemarkResolved:
    how.setdefault("by", ANNA)
    [fact] = school.facts("resolve_remark", CLASS_7A, REMARK, (41,), **how)
    assert isinstance(fact, f.RemarkResolved)
    return fact


# -- the inspection --------------------------------------------------------------------------


@pytest.mark.parametrize("person", [VERA, DINA])
def test_the_deputies_and_the_director_inspect(school: SmallSchool, person: str) -> None:
    [done] = school.does("inspect_journal", CLASS_7A, INSPECTED, by=person)

    assert done.fact == INSPECTED
    assert str(done.originator_id) == CLASS_7A
    assert school.does("inspect_journal", CLASS_7A, INSPECTED, by=person) == []


@pytest.mark.parametrize("person", [ANNA, KIRA, ALLA, SVETA, OLGA, PETYA, ZOYA])
def test_nobody_else_inspects(school: SmallSchool, person: str) -> None:
    refused = school.refuses("inspect_journal", CLASS_7A, INSPECTED, by=person)
    assert refused == (Forbidden, "access.administration_only")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"checked": ()}, "inspection.checked"),
        ({"checked": (Checked.TOPICS, Checked.TOPICS)}, "inspection.checked"),
        ({"since": THURSDAY}, "inspection.dates"),
        ({"until": THURSDAY}, "inspection.dates"),  # tomorrow
        ({"subject_ids": (an_id("нет"),)}, "inspection.subject"),
    ],
)
def test_an_inspection_looks_at_something_of_days_gone_by(
    school: SmallSchool, changed: dict[str, Any], code: str
) -> None:
    new = msgspec.structs.replace(INSPECTED, **changed)
    assert school.refuses("inspect_journal", CLASS_7A, new) == (Invalid, code)


def test_an_id_is_of_one_inspection_and_of_one_remark(remarked: SmallSchool) -> None:
    other = msgspec.structs.replace(INSPECTED, checked=(Checked.HOMEWORK,))
    refused = remarked.refuses("inspect_journal", CLASS_7A, other)
    assert refused == (Conflict, "inspection.id_taken")
    again = NewRemark(REMARK, Checked.HOMEWORK, subject_id=ALGEBRA)
    refused = remarked.refuses("open_remark", CLASS_7A, INSPECTION, again, WORDS)
    assert refused == (Conflict, "remark.id_taken")
    assert remarked.does("open_remark", CLASS_7A, INSPECTION, TOPIC, WORDS) == []


# -- the remark ------------------------------------------------------------------------------


def test_a_remark_is_due_so_many_days_later_as_the_regulation_says(inspected: SmallSchool) -> None:
    [opened] = inspected.facts("open_remark", CLASS_7A, INSPECTION, TOPIC, WORDS)

    assert isinstance(opened, f.RemarkOpened)
    assert (opened.teacher_id, opened.subject_id) == (ANNA, ALGEBRA)
    assert opened.due_date == WEDNESDAY + timedelta(days=7)
    assert inspected.log.vault[opened.payload.id].body == WORDS
    assert inspected.log.vault[opened.payload.id].subject == ANNA


def test_another_regulation_gives_other_days(inspected: SmallSchool) -> None:
    inspected.does("adopt_regulation", YEAR, Regulation(version="2", remark_days=3), "5-у")
    [opened] = inspected.facts("open_remark", CLASS_7A, INSPECTION, TOPIC, WORDS)
    assert isinstance(opened, f.RemarkOpened)
    assert opened.due_date == date(2026, 9, 5)


def test_a_remark_about_a_lesson_is_for_its_teacher(inspected: SmallSchool) -> None:
    lesson = inspected.lesson(1)
    new = NewRemark(REMARK, Checked.TOPICS, lesson_id=lesson)
    [opened] = inspected.facts("open_remark", CLASS_7A, INSPECTION, new, WORDS)
    assert isinstance(opened, f.RemarkOpened)
    assert (opened.teacher_id, opened.subject_id, opened.lesson_id) == (ANNA, ALGEBRA, lesson)


def test_a_remark_about_the_class_is_for_the_class_teacher(inspected: SmallSchool) -> None:
    new = NewRemark(REMARK, Checked.ATTENDANCE)
    [opened] = inspected.facts("open_remark", CLASS_7A, INSPECTION, new, "нет причин пропусков")
    assert isinstance(opened, f.RemarkOpened)
    assert (opened.teacher_id, opened.subject_id) == (KIRA, None)
    [done] = inspected.does("resolve_remark", CLASS_7A, REMARK, (3,), by=KIRA)
    assert done.envelope.role is Role.CLASS_TEACHER


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (
            NewRemark(REMARK, Checked.TOPICS, lesson_id=an_id("нет")),
            (NotFound, "lesson.unknown"),
        ),
        (
            NewRemark(REMARK, Checked.TOPICS, subject_id=ENGLISH),  # two teachers: whose is it?
            (Invalid, "remark.teacher"),
        ),
        (
            NewRemark(REMARK, Checked.TOPICS, subject_id=ALGEBRA, teacher_id=BORIS),
            (Invalid, "remark.teacher"),
        ),
        (NewRemark(REMARK, Checked.TOPICS, teacher_id=ZOYA), (Invalid, "remark.teacher")),
    ],
)
def test_a_remark_is_for_a_teacher_of_the_class(
    inspected: SmallSchool, new: NewRemark, refusal: Any
) -> None:
    assert inspected.refuses("open_remark", CLASS_7A, INSPECTION, new, WORDS) == refusal


def test_a_remark_is_about_what_was_looked_at(school: SmallSchool) -> None:
    narrow = msgspec.structs.replace(INSPECTED, checked=(Checked.TOPICS,), subject_ids=(ALGEBRA,))
    school.does("inspect_journal", CLASS_7A, narrow)
    for new in (
        NewRemark(REMARK, Checked.HOMEWORK, subject_id=ALGEBRA),
        NewRemark(REMARK, Checked.TOPICS, subject_id=ENGLISH, teacher_id=BORIS),
    ):
        refused = school.refuses("open_remark", CLASS_7A, INSPECTION, new, WORDS)
        assert refused == (Invalid, "remark.not_checked")


def test_a_remark_needs_an_inspection_of_this_journal_and_words(inspected: SmallSchool) -> None:
    refused = inspected.refuses("open_remark", CLASS_7B, INSPECTION, TOPIC, WORDS)
    assert refused == (NotFound, "inspection.unknown")
    refused = inspected.refuses("open_remark", CLASS_7A, INSPECTION, TOPIC, "  ")
    assert refused == (Invalid, "remark.empty")
    refused = inspected.refuses("open_remark", CLASS_7A, INSPECTION, TOPIC, "я" * 2_001)
    assert refused == (Invalid, "remark.too_long")


# -- the answer ------------------------------------------------------------------------------


def test_the_teacher_answers_by_records_or_in_words(remarked: SmallSchool) -> None:
    [done] = remarked.does("resolve_remark", CLASS_7A, REMARK, (41, 17, 41), by=ANNA)
    assert done.fact == f.RemarkResolved(REMARK, (17, 41))
    assert (done.envelope.role, done.envelope.basis) == (Role.TEACHER, f"assignment:{ANNAS}")
    assert remarked.does("resolve_remark", CLASS_7A, REMARK, (17, 41), by=ANNA) == []
    refused = remarked.refuses("resolve_remark", CLASS_7A, REMARK, (18,), by=ANNA)
    assert refused == (Conflict, "remark.answered")


def test_words_alone_will_do_and_stay_outside(remarked: SmallSchool) -> None:
    [done] = remarked.facts("resolve_remark", CLASS_7A, REMARK, (), "урока не было", by=ANNA)
    assert isinstance(done, f.RemarkResolved)
    assert done.payload is not None
    assert remarked.log.vault[done.payload.id].body == "урока не было"


def test_an_answer_says_something(remarked: SmallSchool) -> None:
    refused = remarked.refuses("resolve_remark", CLASS_7A, REMARK, (), by=ANNA)
    assert refused == (Invalid, "remark.nothing_said")


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        (BORIS, (Forbidden, "remark.not_yours")),
        (KIRA, (Forbidden, "remark.not_yours")),
        (VERA, (Forbidden, "remark.not_yours")),
        (ZOYA, (NotFound, "remark.unknown")),
        (TANYA, (NotFound, "remark.unknown")),
        (OLGA, (NotFound, "remark.unknown")),
        (PETYA, (NotFound, "remark.unknown")),
    ],
)
def test_nobody_answers_for_the_teacher(remarked: SmallSchool, person: str, refusal: Any) -> None:
    assert remarked.refuses("resolve_remark", CLASS_7A, REMARK, (41,), by=person) == refusal


def test_who_takes_the_subject_over_takes_its_remarks_over(remarked: SmallSchool) -> None:
    new = TeacherAssigned(an_id("новая"), TANYA, ALGEBRA, WEDNESDAY)
    remarked.does("release_teacher", CLASS_7A, ANNAS, WEDNESDAY)
    remarked.does("assign_teacher", CLASS_7A, new)
    assert answered(remarked, by=TANYA).positions == (41,)


def test_of_two_teachers_of_a_divided_subject_each_answers_for_oneself(
    inspected: SmallSchool,
) -> None:
    new = NewRemark(REMARK, Checked.TOPICS, subject_id=ENGLISH, teacher_id=GALINA)
    inspected.does("open_remark", CLASS_7A, INSPECTION, new, WORDS)
    refused = inspected.refuses("resolve_remark", CLASS_7A, REMARK, (41,), by=BORIS)
    assert refused == (Forbidden, "remark.not_yours")
    assert answered(inspected, by=GALINA).positions == (41,)


def test_who_was_released_still_answers_for_own_records(remarked: SmallSchool) -> None:
    remarked.does("release_teacher", CLASS_7A, ANNAS, WEDNESDAY)
    [done] = remarked.does("resolve_remark", CLASS_7A, REMARK, (41,), by=ANNA)
    assert done.envelope.basis == f"remark:{REMARK}"


# -- accepted, or returned -------------------------------------------------------------------


def test_another_person_closes_what_was_answered(remarked: SmallSchool) -> None:
    refused = remarked.refuses("accept_remark", CLASS_7A, REMARK)
    assert refused == (Conflict, "remark.not_answered")
    answered(remarked)

    assert remarked.facts("accept_remark", CLASS_7A, REMARK) == [f.RemarkAccepted(REMARK)]
    assert remarked.does("accept_remark", CLASS_7A, REMARK) == []
    refused = remarked.refuses("return_remark", CLASS_7A, REMARK, "нет")
    assert refused == (Conflict, "remark.closed")
    refused = remarked.refuses("resolve_remark", CLASS_7A, REMARK, (41,), by=ANNA)
    assert refused == (Conflict, "remark.closed")


def test_the_teacher_does_not_close_it(remarked: SmallSchool) -> None:
    answered(remarked)
    refused = remarked.refuses("accept_remark", CLASS_7A, REMARK, by=ANNA)
    assert refused == (Forbidden, "access.administration_only")


def test_a_deputy_who_teaches_does_not_close_ones_own(school: SmallSchool) -> None:
    own = TeacherAssigned(an_id("Вера учит"), VERA, an_id("история"), SEPTEMBER_1)
    school.does("assign_teacher", CLASS_7A, own)
    school.does("inspect_journal", CLASS_7A, INSPECTED)
    new = NewRemark(REMARK, Checked.TOPICS, subject_id=an_id("история"))
    school.does("open_remark", CLASS_7A, INSPECTION, new, WORDS, by=DINA)
    answered(school, by=VERA)
    for command, arguments in (("accept_remark", ()), ("return_remark", ("нет",))):
        refused = school.refuses(command, CLASS_7A, REMARK, *arguments, by=VERA)
        assert refused == (Forbidden, "remark.own")
    assert school.facts("accept_remark", CLASS_7A, REMARK, by=DINA) == [f.RemarkAccepted(REMARK)]


def test_what_is_returned_is_open_again_for_as_many_days(remarked: SmallSchool) -> None:
    refused = remarked.refuses("return_remark", CLASS_7A, REMARK, "тема не та")
    assert refused == (Conflict, "remark.not_answered")
    answered(remarked)
    refused = remarked.refuses("return_remark", CLASS_7A, REMARK, " ")
    assert refused == (Invalid, "remark.empty")
    remarked.room.now += timedelta(days=2)

    [returned] = remarked.facts("return_remark", CLASS_7A, REMARK, "тема не та")

    assert isinstance(returned, f.RemarkReturned)
    assert returned.due_date == WEDNESDAY + timedelta(days=9)
    assert remarked.log.vault[returned.payload.id].subject == ANNA
    assert answered(remarked).positions == (41,)


def test_a_snapshot_keeps_remarks(remarked: SmallSchool) -> None:
    state = remarked.room.engine.world("kukarino").journal(CLASS_7A)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=Journal)
    assert again.control == state.control
    assert again.control.remarks[REMARK].teacher_id == ANNA
