"""The archive of a year (clause 5.3, tier T4): when, and that nobody writes into it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from domain.catalogue import FACTS
from domain.fact import Fact
from domain.journal import facts as j
from domain.office.archive_commands import UNWRITTEN
from domain.office.archive_facts import (
    ArchiveAnnotated,
    ArchiveFile,
    ArchiveWritten,
    Gap,
    YearArchived,
)
from domain.office.archiving import AFTERWARDS, annotate, archive_year
from domain.office.facts import Appointment, ClassFormed, Subject
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.school import MarkInput
from domain.values import ReasonCode, Role
from tests.cast import (
    ALGEBRA,
    ALLA,
    ANNA,
    ANSWER,
    CLASS_7A,
    CLASS_7B,
    DINA,
    MASHA,
    NEWCOMER,
    PETYA,
    TANYA,
    VERA,
    YOLKIN,
    an_id,
)
from tests.domain.engine_room import OPERATOR, WAIT_S, request
from tests.domain.seventh_a import A_TEXT, CALENDAR, SCHOOL_YEAR
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR, Decision, given

JUNE = date(2027, 6, 30)
CLOSED = tuple(j.TermClosed(one.number, one.starts, one.ends) for one in CALENDAR.terms)
GAPS = (Gap("council", 3),)
ARCHIVED = YearArchived("12-у", GAPS)
MARK = j.MarkGiven(an_id("четвёрка"), an_id("урок"), PETYA, "4", ANSWER, "1.00")
NEW = ArchiveAnnotated(
    an_id("пояснение"), CLASS_7A, PETYA, ALGEBRA, "4", "5", "акт 3", A_TEXT, term=2
)
TERM_MARK = j.TermMarkIssued(PETYA, ALGEBRA, 2, "4")


def archive(today: date = JUNE, order: str = "12-у", *, accept: bool = True) -> Decision:
    return lambda w: archive_year(w.office, [w.journal], order, today, accept_gaps=accept)


def told(**change: Any) -> Decision:
    new = msgspec.structs.replace(NEW, **change)
    return lambda w: annotate(w.office, w.journal, new)


def test_a_year_whose_terms_are_closed_is_archived_with_what_was_left_undone() -> None:
    given(*SCHOOL_YEAR, *CLOSED).when(archive()).then(ARCHIVED).and_again_nothing_happens()


def test_what_is_left_undone_must_be_accepted() -> None:
    known = given(*SCHOOL_YEAR, *CLOSED[:3], j.TermMarkIssued(PETYA, ALGEBRA, 4, "4"), CLOSED[3])
    refusal = known.when(archive(accept=False)).then_refused(Conflict, "archive.gaps")
    assert refusal.extra["gaps"] == [
        {"kind": "year_marks", "count": 1},
        {"kind": "council", "count": 3},
    ]


def test_not_before_the_last_day_of_the_year() -> None:
    early = archive(CALENDAR.terms[-1].ends)
    given(*SCHOOL_YEAR, *CLOSED).when(early).then_refused(Conflict, "archive.year_not_over")


def test_not_while_a_term_with_lessons_is_open() -> None:
    refusal = given(*SCHOOL_YEAR).when(archive()).then_refused(Conflict, "archive.open_terms")
    assert "7а (1 четверть)" in refusal.message


def test_a_year_without_classes_is_no_year() -> None:
    given(*SCHOOL_YEAR).when(
        lambda w: archive_year(w.office, [], "1", JUNE, accept_gaps=True)
    ).then_refused(Conflict, "archive.no_classes")


def test_not_without_an_order() -> None:
    given(*SCHOOL_YEAR, *CLOSED).when(archive(order=" ")).then_refused(Invalid, "order.empty")


def test_a_correction_after_the_archive_stands_beside_it() -> None:
    known = given(*SCHOOL_YEAR, TERM_MARK, *CLOSED, ARCHIVED)
    known.when(told()).then(NEW).and_again_nothing_happens()
    assert known.world.journal.term_marks[f"{PETYA}/{ALGEBRA}/2"] == "4"
    assert known.world.office.archive.version == 2
    known.when(told(should_be="3")).then_refused(Conflict, "archive.annotation_taken")


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"act_no": ""}, Invalid, "order.empty"),
        ({"pupil_id": NEWCOMER}, NotFound, "roster.unknown_pupil"),
        ({"subject_id": an_id("?")}, NotFound, "subject.unknown"),
        ({"was": "3"}, Conflict, "mark.changed_meanwhile"),
        ({"should_be": "4"}, Invalid, "archive.annotation_empty"),
        ({"should_be": "6"}, Invalid, "mark.unknown_value"),
        ({"mark_id": an_id("?")}, NotFound, "mark.unknown"),
    ],
)
def test_an_annotation_that_says_nothing_or_of_nothing_is_refused(
    change: dict[str, Any], kind: type[Any], code: str
) -> None:
    given(*SCHOOL_YEAR, TERM_MARK, *CLOSED, ARCHIVED).when(told(**change)).then_refused(kind, code)


def test_before_the_archive_marks_are_corrected_in_the_journal() -> None:
    known = given(*SCHOOL_YEAR, TERM_MARK, *CLOSED)
    known.when(told()).then_refused(Conflict, "archive.year_open")


def test_every_other_fact_of_the_year_is_refused_unless_the_office_needs_it_on() -> None:
    """A new fact of an office is refused in an archived year until somebody decides otherwise."""
    office = {t for t in FACTS.values() if t.TOPIC.startswith("office.")}
    assert office - AFTERWARDS == {
        FACTS[f"office.{name}"]
        for name in (
            "year-opened regulation-adopted calendar-changed subject-introduced"
            " work-type-introduced class-formed class-teacher-appointed timetable-adopted"
            " bells-adopted shift-assigned day-bells-changed year-archived"
        ).split()
    }
    assert all(fact.TOPIC.startswith("office.") for fact in AFTERWARDS)


@pytest.fixture(scope="module")
def school() -> Iterator[SmallSchool]:
    """The first term lived and closed, the year archived."""
    school = SmallSchool()
    lesson = school.lesson(1)
    given_mark = [MarkInput(MARK.mark_id, PETYA, "4", ANSWER)]
    school.does("give_marks", CLASS_7A, lesson, given_mark, by=ANNA)
    school.room.now = datetime(2027, 6, 30, 9, tzinfo=UTC)
    for term in (1, 2, 3, 4):
        school.does("close_term", CLASS_7A, term)
    assert school.refuses("archive_year", YEAR, "12-у", by=VERA) == (
        Forbidden,
        "access.administration_only",
    )
    [fact] = school.facts("archive_year", YEAR, "12-у", accept_gaps=True, by=ALLA)
    assert fact == ARCHIVED
    yield school
    school.room.engine.close(WAIT_S)


def _writes() -> list[tuple[str, str | Any, tuple[Any, ...], dict[str, Any]]]:
    correction = {"saw": "4", "value": "5", "reason_code": ReasonCode.TYPO, "reason": "опечатка"}
    return [
        ("request_correction", ANNA, (CLASS_7A, an_id("з"), MARK.mark_id), correction),
        ("reopen_term", VERA, (CLASS_7A, 1, "13-у"), {}),
        ("depart_pupil", VERA, (CLASS_7A, MASHA, JUNE, "14-у"), {}),
        ("transfer_pupil", VERA, (CLASS_7A, CLASS_7B, YOLKIN, JUNE, "15-у"), {}),
        ("enrol_pupils", OPERATOR, (CLASS_7A, (NEWCOMER,), JUNE, "16-у"), {}),
        ("form_class", VERA, (YEAR, ClassFormed(an_id("7в"), 7, "в")), {}),
        ("introduce_subject", VERA, (YEAR, Subject(an_id("химия"), "Химия")), {}),
    ]


@pytest.mark.parametrize("number", range(7))
def test_nobody_writes_into_an_archived_year(school: SmallSchool, number: int) -> None:
    command, by, args, named = _writes()[number]
    refused = school.refuses(command, *args, by=by, **named)
    assert refused == (Forbidden, "year.archived"), (command, refused)


def test_the_director_annotates_and_nobody_else(school: SmallSchool) -> None:
    new = ArchiveAnnotated(
        an_id("пояснение"), CLASS_7A, PETYA, ALGEBRA, "4", "5", "3", UNWRITTEN, MARK.mark_id
    )
    for stranger in (ANNA, VERA, ALLA, TANYA):
        refused = school.refuses("annotate_archive", YEAR, new, "почему", by=stranger)
        assert refused == (Forbidden, "access.administration_only")
    fact: Any
    [fact] = school.facts("annotate_archive", YEAR, new, "решение комиссии", by=DINA)
    assert school.log.vault[fact.reason.id].subject == PETYA
    with pytest.raises(Invalid, match="Напишите причину") as caught:
        school.asks("annotate_archive", YEAR, new, " ", by=DINA)
    assert caught.value.code == "archive.no_reason"


def test_the_office_goes_on_until_the_next_year_is_open(school: SmallSchool) -> None:
    appointed = Appointment(TANYA, Role.SECRETARY, JUNE)
    fact: Fact
    [fact] = school.facts("appoint", YEAR, appointed, by=DINA)
    assert fact.TOPIC == "office.staff-appointed"


def test_the_hashes_of_the_files_are_kept_once(school: SmallSchool) -> None:
    new = ArchiveWritten(1, ArchiveFile("ab" * 32, 1), ArchiveFile("cd" * 32, 2))
    assert school.facts("note_archive_written", YEAR, new, by=OPERATOR) == [new]
    assert school.facts("note_archive_written", YEAR, new, by=OPERATOR) == []
    beyond = msgspec.structs.replace(new, archive_version=9)
    assert school.refuses("note_archive_written", YEAR, beyond, by=OPERATOR, request=request()) == (
        Conflict,
        "archive.no_version",
    )
